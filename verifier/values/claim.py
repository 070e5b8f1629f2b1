"""Claims: statements about a repository, as their authors wrote them in YAML.

Foreign text comes in here, so these are pydantic models: a claim refuses to be made wrong, and nothing later has to
ask. What is for people and gates, `NEVER_JUDGED`, never reaches a prompt.
"""

from __future__ import annotations

import enum
from datetime import date
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from verifier.values.ci import Level
from verifier.values.source import nfc_of

DEFAULT_QUESTIONS = ("implementation present", "functionality complete", "requirements met", "production ready")

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Pattern = Annotated[str, StringConstraints(min_length=1)]
"""Blanks at the ends of a pattern are part of it."""


def _real(day: str) -> str:
    """The day, if the calendar has it."""
    try:
        if date.fromisoformat(day).isoformat() == day:
            return day
    except ValueError:
        pass
    raise ValueError(f'"{day}" is no day of the calendar; write it as 2026-01-31')


ClaimId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$")]
Day = Annotated[
    str, AfterValidator(_real), WithJsonSchema({"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"})
]
PartId = Annotated[str, StringConstraints(pattern=r"^p[1-9][0-9]{0,3}$")]


class Word(enum.StrEnum):
    """The words a ruling comes in; an ERROR is no ruling at all."""

    FULLY = "FULLY RESOLVED"
    PARTIALLY = "PARTIALLY RESOLVED"
    NOT = "NOT RESOLVED"
    UNPROVEN = "UNPROVEN"
    ERROR = "ERROR"

    @property
    def sign(self) -> str:
        """The one character that stands before the word in a report."""
        return {"FULLY": "✅", "PARTIALLY": "⚠️", "NOT": "❌", "UNPROVEN": "❔", "ERROR": "⛔"}[self.name]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    _nfc = field_validator("*")(nfc_of)


class Covered(_Frozen):
    """A file whose lines tests must have run through, by CI."""

    path: Text = Field(description="A path or glob of files in the commit.")
    at_least: float = Field(gt=0, le=1, description="The share of their lines that tests ran: 0.9.")


class NoFindings(_Frozen):
    """An analyser that must have found nothing, by CI."""

    tool: Text = Field(description="The analyser, as SARIF names it.")
    level: Level = Field(default=Level.NOTE, description="The mildest level that counts; every finding.")


CHECKS_OF_THE_COMMIT = ("path_exists", "symbol", "matches")
CHECKS_OF_CI = ("tests_pass", "covered", "no_findings")


def _is_none(value: object) -> bool:
    return value is None


class Check(_Frozen):
    """A fact that needs no model: exactly one of the kinds is given.

    Three are looked up in the commit, three in what CI made of it.
    """

    path_exists: Text | None = Field(default=None, description="A path or glob that must be in the commit.")
    symbol: Text | None = Field(default=None, description="A name that must be defined.")
    matches: Pattern | None = Field(
        default=None, description="A regular expression (RE2 syntax, no backtracking) that some line must match."
    )
    tests_pass: Text | None = Field(
        default=None,
        exclude_if=_is_none,
        description="A path or glob of tests that CI must have run, and none failed; or one test, as path::name.",
    )
    covered: Covered | None = Field(
        default=None, exclude_if=_is_none, description="Lines that tests must have run through, by CI."
    )
    no_findings: NoFindings | None = Field(
        default=None, exclude_if=_is_none, description="An analyser that must have found nothing, by CI."
    )
    within: Text | None = Field(
        default=None,
        validation_alias="in",
        serialization_alias="in",
        description="The path or glob to look in; the whole commit.",
    )
    at_least: int = Field(default=1, ge=1, description="How many lines must match.")
    required: bool = Field(default=True, description="Whether a failure refutes a part.")
    part: PartId | None = Field(default=None, description="The part that a failure refutes; one of its own if absent.")

    @model_validator(mode="after")
    def _one_kind(self) -> Check:
        if len(self._given) != 1:
            raise ValueError(f"a check is exactly one of {', '.join((*CHECKS_OF_THE_COMMIT, *CHECKS_OF_CI))}")
        if self.within is not None and self.kind not in ("symbol", "matches"):
            raise ValueError(f'"in" goes with symbol or matches; {self.kind} says itself what it is about')
        if self.matches is None and self.at_least != 1:
            raise ValueError('"at_least" goes with matches only')
        return self

    @property
    def kind(self) -> str:
        """Name of the check's kind, which is also the name of its file in `checks/`."""
        return self._given[0]

    @property
    def asks_ci(self) -> bool:
        """Whether CI has to answer, and not the commit."""
        return self.kind in CHECKS_OF_CI

    @property
    def _given(self) -> list[str]:
        return [kind for kind in (*CHECKS_OF_THE_COMMIT, *CHECKS_OF_CI) if getattr(self, kind) is not None]


class Waiver(_Frozen):
    """A person's decision to let a claim pass the gate for a while though it is not borne out."""

    reason: Text = Field(description="Why the claim may pass.")
    owner: Text = Field(description="Who answers for it.")
    expires: Day = Field(description="The last day on which it holds, as 2026-01-31.")

    def holds_on(self, day: date) -> bool:
        """Whether the waiver has not expired."""
        return day <= date.fromisoformat(self.expires)


class Claim(_Frozen):
    """One statement about the repository."""

    id: ClaimId
    statement: Text = Field(description="What is claimed, in one sentence.")
    parts: tuple[Text, ...] | None = Field(
        default=None, min_length=1, description="The statement, split by its author."
    )
    files: tuple[Text, ...] = Field(default=(), description="Paths or globs to show; also read out of the statement.")
    checks: tuple[Check, ...] = Field(default=(), description="Facts that need no model.")
    tags: tuple[Text, ...] = ()
    essential: tuple[PartId, ...] = Field(default=(), description="Parts whose refutation refutes the whole claim.")
    required: bool = Field(default=False, description="A gate never passes without this claim.")
    waiver: Waiver | None = Field(default=None, description="Lets the claim pass the gate until a day; printed.")
    source: Text | None = Field(
        default=None,
        exclude_if=lambda source: source is None,
        description="The words that the claim was made of, verbatim; whoever judges it never sees them.",
    )
    expect: Word | None = Field(default=None, description="A label, for measuring; never sent, never gates.")
    expect_why: Text | None = Field(
        default=None, exclude_if=lambda why: why is None, description="Why the label is what it is; never sent."
    )


NEVER_JUDGED = frozenset({"id", "tags", "required", "waiver", "source", "expect", "expect_why"})
"""Keys that bear on no ruling."""


class Context(_Frozen):
    """What every claim of a set is shown, and what none is."""

    include: tuple[Text, ...] = ()
    exclude: tuple[Text, ...] = ()


class ClaimSet(_Frozen):
    """A YAML file of claims verified together."""

    title: Text
    questions: tuple[Text, ...] = Field(
        default=DEFAULT_QUESTIONS, description="Asked of every claim; opinion, not ruling."
    )
    context: Context = Context()
    never_send: tuple[Text, ...] = Field(default=(), description="Globs of files whose text is never sent.")
    claims: tuple[Claim, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _ids_are_unique(self) -> ClaimSet:
        seen: set[str] = set()
        for claim in self.claims:
            if claim.id in seen:
                raise ValueError(f'the id "{claim.id}" is used twice')
            seen.add(claim.id)
        return self
