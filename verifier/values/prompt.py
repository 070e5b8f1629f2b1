"""Prompts and replies: what is sent and what comes back, byte for byte."""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache


@lru_cache(maxsize=16)
def digest(text: str) -> str:
    """SHA-256 of the text's UTF-8 bytes, in hex. The last ones are kept: many prompts begin with the same sections."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


@dataclass(frozen=True)
class Prompt:
    """One self-contained request: instructions, what many claims share, this claim, and what a later round adds."""

    claim_id: str
    round: int
    """Counted from 1."""
    system: str
    shared: str
    claim: str
    followup: str = ""
    """Empty in round 1."""
    tokens: int = 0
    """Our own count over all sections, before calibration."""

    @property
    def contents(self) -> tuple[str, ...]:
        """The sections of the user's turn, in the order in which they are sent."""
        return tuple(section for section in (self.shared, self.claim, self.followup) if section)

    @cached_property
    def digests(self) -> dict[str, str]:
        """SHA-256 of each section, by the section's name."""
        sections = {"system": self.system, "shared": self.shared, "claim": self.claim, "followup": self.followup}
        return {name: digest(text) for name, text in sections.items() if text}


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
