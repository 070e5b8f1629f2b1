"""Verdicts: what the model says of a claim.

The pydantic models are the door: their JSON Schema is what the model is asked to fill in (evidence stands before the
answer, the overall verdict last), and a reply is read against them. The dataclasses are what the stages pass on; a
malformed citation is kept there as malformed, so that one slip costs one citation and not the reply.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from verifier.values.source import Lines, nfc_of


class Holds(enum.StrEnum):
    """Whether a part is true of the code, in the model's opinion."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"
    CANNOT_TELL = "cannot_tell"


class Role(enum.StrEnum):
    """What a citation does for its part."""

    SUPPORTS = "supports"
    CONTRADICTS = "contradicts"


class Syntax(enum.StrEnum):
    """How an absence's pattern is read."""

    LITERAL = "literal"
    ERE = "ere"


class VerdictWord(enum.StrEnum):
    """The model's own overall word."""

    FULLY = "FULLY RESOLVED"
    PARTIALLY = "PARTIALLY RESOLVED"
    NOT = "NOT RESOLVED"
    CANNOT_TELL = "CANNOT TELL"


class Asked(BaseModel):
    """What a model fills in. No field of an enum or a model has a description: beside a `$ref` the API refuses it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    _nfc = field_validator("*")(nfc_of)

    @classmethod
    def as_schema(cls) -> dict[str, Any]:
        """JSON Schema of the reply, with the keywords that Gemini documents: no titles.

        Source: Gemini API docs, "Structured output", the list of supported keywords.
        """
        schema: dict[str, Any] = _without_titles(cls.model_json_schema())
        return schema


def _without_titles(node: Any) -> Any:
    """A JSON Schema without the titles that pydantic gives; a property called so stays."""
    if isinstance(node, dict):
        return {key: _without_titles(value) for key, value in node.items() if key != "title" or isinstance(value, dict)}
    return [_without_titles(item) for item in node] if isinstance(node, list) else node


class AskedCitation(Asked):
    """One place in one file."""

    path: str = Field(description="The file's path as it is listed.")
    first_line: int = Field(description="Number of the first quoted line.")
    last_line: int = Field(description="Number of the last quoted line.")
    quote: str = Field(description="The exact text of those lines with their indentation, without the numbers.")
    role: Role


class AskedAbsence(Asked):
    """Something that is nowhere in the commit, put as a search anyone can repeat."""

    pattern: str = Field(description="What a line would match if the thing were there.")
    syntax: Syntax
    paths: list[str] = Field(description="Paths or globs to search; empty for the whole commit.")
    why: str = Field(description="Why no match means absent.")


class AskedPart(Asked):
    """One thing that could be true or false of the code by itself."""

    id: str = Field(description="p1, p2, ...")
    text: str = Field(description="The part as a sentence that stands alone.")
    span: str = Field(
        description='The words of the statement that this part covers, verbatim; pieces joined by " ... ".'
    )
    why: str = Field(description="One or two sentences.")
    outside: str = Field(default="", description="A package outside the commit that decides it; else empty.")
    citations: list[AskedCitation]
    absences: list[AskedAbsence]
    holds: Holds


class AskedNeed(Asked):
    """Something that would settle a part: a file, some of its lines, or a definition."""

    path: str = Field(description="A listed path or a glob; may be empty where a definition is named.")
    first_line: int = Field(default=0, description="First line wanted; 0 for the whole file.")
    last_line: int = Field(default=0, description="Last line wanted; 0 for the whole file.")
    definition: str = Field(default="", description="A function, class or constant wanted whole; else empty.")
    why: str


class AskedAnswer(Asked):
    """An opinion on one of the set's questions."""

    question: str
    why: str
    answer: Annotated[str, Field(description="yes, partly, no or cannot_tell.")]


class AskedVerdict(Asked):
    """The whole reply."""

    parts: list[AskedPart]
    needs: list[AskedNeed]
    answers: list[AskedAnswer]
    verdict: VerdictWord


@dataclass(frozen=True)
class Citation:
    """Where a finding points: path, lines, quote."""

    path: str
    first_line: int
    last_line: int
    quote: str
    role: Role = Role.SUPPORTS
    malformed: str | None = None
    """What is wrong with the citation itself; None when it can be looked up."""

    @property
    def lines(self) -> Lines:
        """The lines that are cited."""
        return Lines(self.first_line, self.last_line)


@dataclass(frozen=True)
class Absence:
    """A pattern and where it was looked for."""

    pattern: str
    syntax: Syntax = Syntax.LITERAL
    paths: tuple[str, ...] = ()
    """Paths or globs; empty for the whole commit."""
    why: str = ""
    malformed: str | None = None
    """What is wrong with the absence itself; None when it can be searched."""


@dataclass(frozen=True)
class Part:
    """One part of the claim with the model's answer and evidence."""

    id: str
    text: str
    span: str
    holds: Holds
    why: str = ""
    citations: Annotated[tuple[Citation, ...], Field(exclude=True)] = ()
    """In a run record they stand with what became of them, and so do absences."""
    absences: Annotated[tuple[Absence, ...], Field(exclude=True)] = ()
    outside: str = ""
    """A package outside the commit on whose behaviour the answer depends; empty where none does."""


@dataclass(frozen=True)
class Need:
    """What the model wants to see: a path or pattern, some lines of a file, or a definition whole."""

    path: str
    why: str = ""
    lines: Lines | None = None
    """None: the whole file."""
    definition: str = ""
    """A name; empty where a file or its lines are wanted."""


@dataclass(frozen=True)
class Answer:
    """The model's opinion on one question; never part of a ruling."""

    question: str
    answer: str
    why: str = ""


@dataclass(frozen=True)
class Verdict:
    """A reply, parsed."""

    parts: tuple[Part, ...]
    needs: tuple[Need, ...]
    answers: tuple[Answer, ...]
    word: VerdictWord
