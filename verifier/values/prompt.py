"""Prompts and replies: what is sent and what comes back, byte for byte."""

from __future__ import annotations

import enum
import hashlib
import json
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, TypeVar

MOST_OUTPUT_TOKENS = 65536
"""The most that any Gemini model writes. Source: Gemini API docs, "Models"."""


SECTIONS = ("system", "shared", "claim", "followup", "evidence", "notes", "leads")
"""The texts of a prompt, in the order in which they are sent."""


@lru_cache(maxsize=16)
def digest(text: str) -> str:
    """SHA-256 of the text's UTF-8 bytes, in hex. The last ones are kept: many prompts begin with the same sections."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


class Asks(enum.StrEnum):
    """What a prompt asks for, and so which schema its reply has; in the order in which a round asks."""

    LEADS = "leads"
    VERDICT = "verdict"
    READING = "reading"
    DRAFT = "draft"


_TOLD = {Asks.LEADS: ", where to look", Asks.VERDICT: "", Asks.READING: ", second reading", Asks.DRAFT: ""}
_BY_SECTION = {"leads": Asks.LEADS, "evidence": Asks.READING, "notes": Asks.DRAFT}


def title_of(number: int, asks: Asks) -> str:
    """The name in messages of what is asked in a round: "round 2, second reading"."""
    return f"round {number}{_TOLD[asks]}"


Each = TypeVar("Each")


def by_what_is_asked(first: Each, reader: Each) -> dict[Asks, Each]:
    """What holds for each that is asked for: `reader` for second readings, `first` for all else."""
    return dict.fromkeys(Asks, first) | {Asks.READING: reader}


def asks_of(sections: Container[str]) -> Asks:
    """What a prompt with these sections asks for."""
    return next((asks for section, asks in _BY_SECTION.items() if section in sections), Asks.VERDICT)


@dataclass(frozen=True)
class Prompt:
    """One self-contained request for a verdict: instructions, what many claims share, this claim, what a round adds.

    Or for a second reading: instructions, and the evidence alone. Or for leads: instructions, paths and the claim. Or
    for a draft of claims: instructions, and a text.
    """

    claim_id: str
    round: int
    """Counted from 1; a reading has the number of the verdict that it reads."""
    system: str
    shared: str = ""
    claim: str = ""
    followup: str = ""
    """Empty in round 1."""
    evidence: str = ""
    """What a second reader is shown; empty where something else is asked for."""
    notes: str = ""
    """The text that claims are drafted from; empty where something else is asked for."""
    leads: str = ""
    """The paths and the claim, where it is asked which of them to open; empty where something else is asked for."""
    parts: tuple[str, ...] = ()
    """Ids of the parts that a second reader is to answer."""
    tokens: int = 0
    """Our own count over all sections, before calibration."""

    @property
    def asks(self) -> Asks:
        """What the prompt asks for."""
        return asks_of(self.sections)

    @property
    def key(self) -> tuple[str, int, Asks]:
        """What tells the prompt from the others of a run."""
        return self.claim_id, self.round, self.asks

    @property
    def title(self) -> str:
        """The prompt's name in messages: `"pool", round 2, second reading`."""
        return f'"{self.claim_id}", {title_of(self.round, self.asks)}'

    @property
    def sections(self) -> dict[str, str]:
        """The texts that are there, by their names, in the order in which they are sent."""
        return {name: text for name in SECTIONS if (text := getattr(self, name))}

    @property
    def contents(self) -> tuple[str, ...]:
        """The sections of the user's turn, in the order in which they are sent."""
        return tuple(text for name, text in self.sections.items() if name != "system")

    @cached_property
    def digests(self) -> dict[str, str]:
        """SHA-256 of each section, by the section's name."""
        return {name: digest(text) for name, text in self.sections.items()}


class Source(enum.StrEnum):
    """Where a reply came from."""

    LIVE = "live"
    JOURNAL = "journal"
    RECORDED = "recorded"
    AUTHORED = "authored"


@dataclass(frozen=True)
class Usage:
    """Tokens as the API reported them. `prompt` includes the cached part; thoughts are billed as output.

    Source: Gemini API docs, "GenerateContentResponse.UsageMetadata".
    """

    prompt: int = 0
    cached: int = 0
    output: int = 0
    thoughts: int = 0

    @property
    def total(self) -> int:
        """Everything that is billed."""
        return self.prompt + self.output + self.thoughts

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.prompt + other.prompt,
            self.cached + other.cached,
            self.output + other.output,
            self.thoughts + other.thoughts,
        )


@dataclass(frozen=True)
class Reply:
    """The text that came back, untouched."""

    text: str
    source: Source
    model: str
    """The model that answered, in its own words (`modelVersion`); "authored" where a person or tool wrote the reply."""
    response_id: str | None = None
    usage: Usage | None = None
    """None where the API reported none, as for an authored reply."""
    recorded_at: str | None = None
    """ISO time of a recording. None for a live reply."""
    paid_before: Usage | None = None
    """What it took when it came, where it is given again from what was kept; `usage` is None then."""


@dataclass(frozen=True)
class ModelSettings:
    """What a request says beside the prompt. None means: not sent, the service's own default holds."""

    model: str = "gemini-3.8-flash"
    max_output_tokens: int = 16384
    thinking_level: str | None = None
    temperature: float | None = None
    extra: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, str | int | float]:
        """The settings as the run record and the journal's key hold them."""
        pairs: dict[str, str | int | float | None] = {
            "model": self.model,
            "max_output_tokens": self.max_output_tokens,
            "thinking_level": self.thinking_level,
            "temperature": self.temperature,
            **self.extra,
        }
        return {key: value for key, value in pairs.items() if value is not None}


@dataclass(frozen=True)
class Form:
    """What a request says beside its prompt: the model with its settings, and the shape of the reply."""

    settings: ModelSettings
    schema: Mapping[str, Any] = field(repr=False)
    """JSON Schema of the reply."""

    @cached_property
    def schema_digest(self) -> str:
        """SHA-256 of the schema. The order of its fields counts: the model fills them in that order."""
        return digest(json.dumps(self.schema))
