"""The run record: everything that a reader, a report or `verifier recheck` needs of a run, replies verbatim included.

It is made of the very values that the stages pass on, so what is added to one of them is in the record too; its JSON,
and the JSON Schema that `verifier report --schema` prints, follow from these classes and their docstrings.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from verifier.values.ci import CiFile
from verifier.values.claim import Claim, Context, Word
from verifier.values.control import ControlKind, Figure, Figures, control_name
from verifier.values.fact import Fact
from verifier.values.grounding import AbsenceStanding, Standing
from verifier.values.outcome import Exchange, Round, exchanges_of
from verifier.values.pack import ManifestEntry
from verifier.values.prompt import Source, Usage
from verifier.values.ruling import RuledPart, State
from verifier.values.verdict import Answer, VerdictWord

SCHEMA_VERSION: Literal[2] = 2


@dataclass(frozen=True)
class ChangedRecord:
    """A file that the branch changed."""

    path: str
    how: str
    """How it differs, and how much of that was shown."""


@dataclass(frozen=True)
class ChangesRecord:
    """What a prompt showed of a branch's changes."""

    base: str
    """The commit where the branch left its base."""
    shown: tuple[ChangedRecord, ...] = ()
    """Files of which a diff was shown."""
    named: tuple[ChangedRecord, ...] = ()
    """Files that were named as changed, without one."""


@dataclass(frozen=True)
class ContextRecord:
    """What the model was and was not shown."""

    whole: tuple[ManifestEntry, ...] = ()
    in_part: tuple[ManifestEntry, ...] = ()
    left_out: tuple[ManifestEntry, ...] = ()
    not_in_commit: tuple[ManifestEntry, ...] = ()
    redactions: int = 0
    """Secrets that were replaced before anything was sent."""
    changes: Annotated[ChangesRecord | None, Field(exclude_if=lambda changes: changes is None)] = None
    """What of the branch's changes the model was shown beside the commit; no ruling rests on it."""


@dataclass(frozen=True, kw_only=True)
class RulingRecord:
    """What became of one claim."""

    claim_id: str
    statement: str
    claim: Claim
    ruling: Word
    range: tuple[Word, ...] = ()
    """What an UNPROVEN claim could still be."""
    because: str = ""
    """The row of the ruling table that decided."""
    verdict: VerdictWord | None = None
    """The model's own word."""
    parts: tuple[RuledPart, ...] = ()
    not_judged: tuple[str, ...] = ()
    """Words of the statement that nobody can look up; no part covers them, and no ruling rests on them."""
    answers: tuple[Answer, ...] = ()
    facts: tuple[Fact, ...] = ()
    context: ContextRecord = field(default_factory=ContextRecord)
    leads: Annotated[Exchange | None, Field(exclude_if=lambda leads: leads is None)] = None
    """The reply to where to look; left out where that was not asked."""
    rounds: tuple[Round, ...] = ()
    usage: Usage = field(default_factory=Usage)
    cost: float | None = None
    """US dollars; null where the price, or what was used, is not known."""
    priced_by: Annotated[tuple[str, ...], Field(exclude_if=lambda priced_by: not priced_by)] = ()
    """Whose prices that is by, and of which days."""
    error: str | None = None
    kept: str | None = None
    """What came back all the same, where a reply failed."""
    traceback: Annotated[str | None, Field(exclude_if=lambda traceback: traceback is None)] = None
    """Where an error came from that nobody foresaw."""
    carried_from: str | None = None
    """The commit that the replies were given on, where they were carried over."""
    verdicts: dict[VerdictWord, int] = field(default_factory=dict)
    """The journal's verdicts on this claim over this code, where they differ, counted."""
    worsened: Annotated[str | None, Field(exclude_if=lambda worsened: worsened is None)] = None
    """In how far less of it is borne out than in the run's baseline: "was FULLY RESOLVED, is NOT RESOLVED"."""
    new: bool = False
    """Whether the judged branch itself added the claim."""

    @property
    def counts(self) -> dict[State, int]:
        """How many parts are in each state that occurs, proven ones first."""
        numbers = Counter(part.state for part in self.parts)
        return {state: numbers[state] for state in State if numbers[state]}

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """Every exchange in the order in which they were made, second readings among them."""
        return exchanges_of(self.leads, self.rounds)


@dataclass(frozen=True, kw_only=True)
class RepositoryRecord:
    """The commit that was judged."""

    commit: str
    ref: str
    remote: str | None = None
    committed_at: str | None = None
    uncommitted: int = 0
    """Files with uncommitted work, which was not seen."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ClaimSetRecord:
    """The claim file."""

    path: str
    title: str
    digest: str
    questions: tuple[str, ...]
    context: Context = field(default_factory=Context)
    never_send: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ModelRecord:
    """The model that was asked for, and those that answered."""

    requested: str
    answered: tuple[str, ...] = ()

    @property
    def is_as_asked(self) -> bool:
        """Whether the model that was asked for answered, and no other."""
        return self.answered == (self.requested,)


@dataclass(frozen=True, kw_only=True)
class PolicyChangeRecord:
    """Something that the judged branch does to the claims that it is judged by; it took no effect, and fails."""

    claim_id: str
    what: str


@dataclass(frozen=True, kw_only=True)
class PolicyRecord:
    """Where claims, settings, prompts, prices and cassettes were taken from, where not from the judged branch."""

    ref: str
    commit: str
    changes: tuple[PolicyChangeRecord, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ShardRecord:
    """Which share of the claims a run judged, and what the other shares must have in common with it."""

    number: int
    """From 1."""
    of: int
    claims: tuple[str, ...]
    """The ids of all shares together, in the claim file's order."""
    chosen: str | None = None
    """By what all of them were chosen; null for all of the set."""
    prompts: str
    """SHA-256 of the templates."""

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"


@dataclass(frozen=True, kw_only=True)
class ReadingsRecord:
    """How often the two readings say the same, over the parts that were read a second time."""

    agreed: int = 0
    differed: int = 0


@dataclass(frozen=True, kw_only=True)
class TotalsRecord:
    """Counts over the whole run."""

    claims: int
    rulings: dict[Word, int]
    citations: dict[Standing, int]
    absences: dict[AbsenceStanding, int]
    readings: ReadingsRecord = field(default_factory=ReadingsRecord)
    usage: Usage
    cost: float | None = None
    sources: dict[Source, int]


@dataclass(frozen=True, kw_only=True)
class ControlRecord:
    """One control and what became of it: no ruling on the commit."""

    kind: ControlKind
    claim_id: str
    """Of the claim that it was made from."""
    part: str | None = None
    """The part that it is about; null for the whole claim."""
    how: str
    """What was changed, in words."""
    holds: bool | None
    """Whether the outcome is the right one; null where the control could not be judged."""
    outcome: RulingRecord
    """What was made of the changed claim, or of the claim without its evidence."""

    @property
    def name(self) -> str:
        """What its requests went by."""
        return control_name(self.claim_id, self.kind)


def figures_of(controls: Iterable[ControlRecord]) -> Figures:
    """Of each kind that was judged, how many came out right."""
    judged = [(one.kind, one.holds) for one in controls if one.holds is not None]
    told = ((kind, [holds for of, holds in judged if of is kind]) for kind in ControlKind)
    return {kind: Figure(sum(holds), len(holds)) for kind, holds in told if holds}


@dataclass(frozen=True, kw_only=True)
class ShareRecord:
    """How many of how many came out right, with Wilson's score interval at 95 %."""

    right: int
    of: int
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class ControlsRecord:
    """The controls of a run; they count among no totals."""

    seed: int
    """By which the claims were drawn."""
    claims: int
    """How many were asked for."""
    shares: dict[ControlKind, ShareRecord] = field(default_factory=dict)
    """Of each kind that was judged, how many came out right."""
    controls: tuple[ControlRecord, ...] = ()
    usage: Usage = field(default_factory=Usage)
    cost: float | None = None
    """US dollars; null where the price, or what was used, is not known."""

    @property
    def figures(self) -> Figures:
        """Of each kind that was judged, how many came out right."""
        return figures_of(self.controls)

    @property
    def failed(self) -> tuple[ControlRecord, ...]:
        """Those whose outcome is not the right one."""
        return tuple(one for one in self.controls if one.holds is False)

    @property
    def not_judged(self) -> tuple[ControlRecord, ...]:
        """Those that could not be judged."""
        return tuple(one for one in self.controls if one.holds is None)


@dataclass(frozen=True, kw_only=True)
class RunRecord:
    """One run over one claim set."""

    schema_version: Literal[2] = SCHEMA_VERSION
    tool: str
    generated: str
    """ISO time; of the recording, where replies were replayed."""
    repository: RepositoryRecord
    claim_set: ClaimSetRecord
    model: ModelRecord
    settings: dict[str, str | int | float | bool | None]
    complete: bool = True
    """Whether every claim that was asked for was carried to its end."""
    subset: str | None = None
    """By what the claims were chosen; null for all of the set."""
    shard: Annotated[ShardRecord | None, Field(exclude_if=lambda shard: shard is None)] = None
    """The share of the claims that was judged; absent for all of them."""
    policy: PolicyRecord | None = None
    ci: Annotated[tuple[CiFile, ...], Field(exclude_if=lambda ci: not ci)] = ()
    """The files of CI that were read, for checks that ask it."""
    rulings: Annotated[Sequence[RulingRecord], AfterValidator(tuple)]
    """A tuple, or what reads as one where they are too many for memory."""
    totals: TotalsRecord
    controls: Annotated[ControlsRecord | None, Field(exclude_if=lambda controls: controls is None)] = None
    """What the judge made of claims whose outcome is known beforehand. None where none were asked for."""

    @property
    def policy_changes(self) -> tuple[PolicyChangeRecord, ...]:
        """What the judged branch does to the claims that it is judged by; each fails, and none had an effect."""
        return self.policy.changes if self.policy is not None else ()

    @property
    def reader_model(self) -> str:
        """The model that was asked for second readings; the same as for verdicts where no other was."""
        return str(self.settings.get("reader_model") or self.model.requested)

    @property
    def made(self) -> datetime | None:
        """When the run was made, in UTC; a time without a zone is taken for UTC. None where it is no time."""
        try:
            made = datetime.fromisoformat(self.generated)
        except ValueError:
            return None
        return made.astimezone(UTC) if made.tzinfo else made.replace(tzinfo=UTC)
