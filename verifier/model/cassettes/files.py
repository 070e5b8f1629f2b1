"""Cassette files: one run's exchanges with the model as YAML that a person can read and compare.

The layout is vcrpy's (`version`, `interactions` of `request` and `response`, `metadata`), with two liberties: what says
where the replies come from stands first, and a reply that is JSON is written as YAML, its text line by line.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from verifier.errors import CassetteError
from verifier.model.envelopes import AUTHORED
from verifier.system.whole_files import write_whole
from verifier.values.prompt import SECTIONS, Asks, asks_of, title_of

RECORDED_SECTIONS = (*SECTIONS, "config", "schema")
"""What a prompt is recorded as: a digest of each. `config` is the model and all its settings but the schema."""

_ORDER = tuple(Asks)

KEPT_REQUEST_HEADERS = ("claim-id", "round", *RECORDED_SECTIONS)
KEPT_REPLY_HEADERS = ("content-type", "retry-after")
RERECORD = "record it anew with --record"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Controlled(_Strict):
    """Of how many claims controls were judged, and by which seed these were drawn."""

    claims: int
    seed: int

    def __str__(self) -> str:
        """The options that say so."""
        return f"--controls {self.claims} --controls-seed {self.seed}"


class Provenance(_Strict):
    """Where the replies of a cassette come from, when, and by what."""

    replies: Literal["recorded", "authored"]
    recorded_at: str
    """ISO date or time. A report made by replaying carries it."""
    tool: str
    model: str
    """The model asked, also where the replies are authored."""
    base: str | None = Field(default=None, exclude_if=lambda base: base is None)
    """The commit whose differences the prompts show, in full. None: they show none."""
    controls: Controlled | None = Field(default=None, exclude_if=lambda controls: controls is None)
    """None: no control was judged."""


class RecordedRequest(_Strict):
    """A request, reduced: its headers are digests, its body a note."""

    method: str
    uri: str
    body: str
    headers: dict[str, str]


class RecordedStatus(_Strict):
    """An HTTP status line."""

    code: int
    message: str | None = None


class RecordedBody(_Strict):
    """What came back: as data where it is JSON, else as it was."""

    data: dict[str, Any] | None = Field(default=None, alias="json", exclude_if=lambda data: data is None)
    string: str | bytes | None = Field(default=None, exclude_if=lambda string: string is None)

    @property
    def content(self) -> bytes:
        """The bytes that the client is handed."""
        if self.data is not None:
            return json.dumps(self.data, ensure_ascii=False).encode()
        return self.string.encode() if isinstance(self.string, str) else self.string or b""

    @classmethod
    def of(cls, content: bytes) -> RecordedBody:
        """As data where that loses nothing, else as text, else as bytes."""
        try:
            text = content.decode()
            data = json.loads(text, object_pairs_hook=_unambiguous, parse_constant=_refuse_constant)
            json.dumps(data, ensure_ascii=False).encode()  # a lone surrogate has no place in a file
        except UnicodeDecodeError:
            return cls(string=content)
        except (ValueError, RecursionError):
            return cls(string=text)
        return cls.model_validate({"json": data}) if isinstance(data, dict) else cls(string=text)


class RecordedResponse(_Strict):
    """A response with the few headers that matter."""

    status: RecordedStatus
    headers: dict[str, list[str]]
    body: RecordedBody


class Interaction(_Strict):
    """One request and what was answered."""

    request: RecordedRequest
    response: RecordedResponse

    @property
    def claim_id(self) -> str:
        """The claim that was asked about."""
        return self.request.headers.get("claim-id", "")

    @property
    def round(self) -> int:
        """Counted from 1; 0 where the file does not say."""
        number = self.request.headers.get("round", "")
        return int(number) if number.isdecimal() else 0

    @property
    def asks(self) -> Asks:
        """What was asked for."""
        return asks_of(self.request.headers)

    @property
    def key(self) -> tuple[str, int, Asks]:
        """What tells its prompt from the others of a run."""
        return self.claim_id, self.round, self.asks

    @property
    def title(self) -> str:
        """Its name in messages, without the claim."""
        return title_of(self.round, self.asks)

    @property
    def digests(self) -> dict[str, str]:
        """Digests of the prompt's sections that are there."""
        return {name: self.request.headers[name] for name in RECORDED_SECTIONS if name in self.request.headers}

    @property
    def answered_model(self) -> str | None:
        """What the reply says of who answered."""
        version = (self.response.body.data or {}).get("modelVersion")
        return version if isinstance(version, str) else None

    @property
    def is_authored(self) -> bool:
        """Whether the reply says that no model wrote it."""
        return self.answered_model == AUTHORED

    @property
    def reply_text(self) -> str:
        """The text of the reply, its pieces joined; empty where nothing was answered."""
        candidates = (self.response.body.data or {}).get("candidates")
        first = candidates[0] if isinstance(candidates, list) and candidates else {}
        pieces = ((first.get("content") or {}).get("parts") or []) if isinstance(first, dict) else []
        return "".join(p.get("text", "") for p in pieces if isinstance(p, dict) and not p.get("thought"))


class Cassette(_Strict):
    """A whole file."""

    version: Literal[1]
    metadata: Provenance
    interactions: list[Interaction]


def read_cassette(path: Path) -> Cassette:
    """Read a cassette file.

    Raises:
        CassetteError: It is missing, cut short, not YAML, or no cassette.
    """
    return as_cassette(read_document(path), path)


def read_document(path: Path) -> Any:
    """The file's YAML, whatever it holds. Raises CassetteError where there is none, or not all of it."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise CassetteError(f"there is no cassette {path}; record one with --record {path}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise CassetteError(f"{path} cannot be read as UTF-8 text ({error}); restore it or {RERECORD}") from error
    try:
        document = yaml.load(text, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark else str(path)
        why = getattr(error, "problem", None) or "unreadable"
        raise CassetteError(f"{where}: not YAML ({why}); restore the file or {RERECORD}") from error
    if not text.rstrip().endswith("\n..."):
        raise CassetteError(
            f'{path} is no cassette, or is cut short: it does not end in "..."; restore the file or {RERECORD}'
        )
    if _holds_aliases(document):
        raise CassetteError(f"{path} holds YAML aliases, which no cassette needs; {RERECORD}")
    return document


def as_cassette(document: Any, path: Path) -> Cassette:
    """A document as a cassette. Raises CassetteError naming the first thing that is wrong."""
    try:
        return Cassette.model_validate(document)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        where = ".".join(str(step) for step in first["loc"]) or "the document"
        raise CassetteError(f"{path}: {where}: {first['msg']}; {RERECORD}") from error


def write_cassette(path: Path, cassette: Cassette, order: Sequence[str] = ()) -> None:
    """Write a cassette atomically: claims in the given order, the others after them by name, rounds in turn.

    Leads come before the verdict, and a second reading follows the one that it reads.

    Exchanges of one round keep their order: what was asked again was refused before. Same content, same bytes.

    Raises:
        CassetteError: The file cannot be written.
    """
    places = {claim_id: place for place, claim_id in enumerate(order)}
    interactions = sorted(
        cassette.interactions,
        key=lambda one: (places.get(one.claim_id, len(places)), one.claim_id, one.round, _ORDER.index(one.asks)),
    )
    document = cassette.model_copy(update={"interactions": interactions}).model_dump(by_alias=True)
    body = yaml.dump(
        document, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=1 << 30, explicit_end=True, encoding=None
    )
    try:
        write_whole(path, [f"{_preface(cassette)}\n{body}".encode()])
    except OSError as error:
        raise CassetteError(f"{path}: cannot be written ({error.strerror or error}); name another place") from error


def _preface(cassette: Cassette) -> str:
    provenance = cassette.metadata
    lines: tuple[str, ...]
    if provenance.replies == "authored":
        lines = (
            "Replies in this cassette are AUTHORED: written from the rendered prompt alone, not by Gemini.",
            f"They say so themselves (modelVersion: {AUTHORED}), and they report no tokens.",
            "With a key at hand, record them anew from the model: verifier run --record.",
        )
    else:
        lines = (f"Replies in this cassette were recorded from {provenance.model}, {provenance.recorded_at}.",)
    return "\n".join(f"# {line}" for line in (*lines, "Prompts are kept as digests of their sections."))


class _Dumper(yaml.CSafeDumper):
    """Safe YAML: texts of several lines as such, nothing by reference."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002
        return True


def _text(dumper: yaml.CSafeDumper, text: str) -> yaml.ScalarNode:
    # Where a text cannot stand line by line (control characters, blanks at line ends), YAML quotes it by itself.
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def _holds_aliases(document: Any) -> bool:
    """Whether any list or mapping stands in two places, which in a file can grow without end."""
    seen: set[int] = set()
    waiting = [document]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict | list):
            if id(value) in seen:
                return True
            seen.add(id(value))
            waiting.extend(value.values() if isinstance(value, dict) else value)
    return False


def _unambiguous(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def header_values(headers: Mapping[str, Any], kept: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """The headers to keep in the order of their names in `kept`, which are in lower case."""
    lowered = {str(name).lower(): values for name, values in headers.items()}
    for name in kept:
        if name in lowered:
            values = lowered[name]
            yield name, [str(value) for value in (values if isinstance(values, list) else [values])]
