"""The run record: everything that a reader, a report or `verifier recheck` needs of a run, replies verbatim included.

One pydantic model, whose JSON Schema `verifier report --schema` prints.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from verifier.values.claim import Claim, Context, Word
from verifier.values.fact import FactKind
from verifier.values.grounding import AbsenceStanding, Standing, TextKind
from verifier.values.prompt import Source
from verifier.values.ruling import State
from verifier.values.verdict import Holds, Role, Syntax, VerdictWord

SCHEMA_VERSION: Literal[1] = 1


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LinesRecord(_Record):
    """A range of lines, counted from 1, both ends included."""

    first_line: int
    last_line: int


class CitationRecord(_Record):
    """A citation with what became of it."""

    path: str
    first_line: int
    last_line: int
    quote: str
    role: Role
    standing: Standing
    found: tuple[LinesRecord, ...] = ()
    kind: TextKind | None = None
    counts: bool = False
    why_not: tuple[str, ...] = ()
    stub: str | None = None
    unreferenced: str | None = None
    near_path: str | None = None
    true_text: str | None = None


class HitRecord(_Record):
    """A line that matches a pattern."""

    path: str
    line: int
    text: str = ""
    near: bool = False
    excused: str | None = None
    excluded: bool = False


class AbsenceRecord(_Record):
    """An absence with what the search of the commit found."""

    pattern: str
    syntax: Syntax
    paths: tuple[str, ...] = ()
    why: str = ""
    standing: AbsenceStanding
    files_searched: int = 0
    hits: tuple[HitRecord, ...] = ()
    contesting: int = 0
    answered: int = 0
    excused: int = 0
    pertinent: bool = True
    problem: str | None = None


class PartRecord(_Record):
    """A part: the model's answer, what was looked up, and the state that follows."""

    id: str
    text: str
    span: str
    holds: Holds
    why: str = ""
    state: State
    because: str
    citations: tuple[CitationRecord, ...] = ()
    absences: tuple[AbsenceRecord, ...] = ()


class AnswerRecord(_Record):
    """The model's opinion on one question; never part of a ruling."""

    question: str
    answer: str
    why: str = ""


class FactRecord(_Record):
    """What was certain without a model."""

    kind: FactKind
    subject: str
    holds: bool
    says: str
    part: str | None = None
    required: bool = False


class SuppliedRecord(_Record):
    """A path of the manifest."""

    path: str
    why: str
    lines: tuple[LinesRecord, ...] = Field(default=(), description="The lines supplied, where supplied in part.")
    total_lines: int = 0
    tokens: int = 0


class ChangedRecord(_Record):
    """A file that the branch changed."""

    path: str
    how: str = Field(description="How it differs, and how much of that was shown.")


class ChangesRecord(_Record):
    """What a prompt showed of a branch's changes."""

    base: str = Field(description="The commit where the branch left its base.")
    shown: tuple[ChangedRecord, ...] = Field(default=(), description="Files of which a diff was shown.")
    named: tuple[ChangedRecord, ...] = Field(default=(), description="Files that were named as changed, without one.")


class ContextRecord(_Record):
    """What the model was and was not shown."""

    whole: tuple[SuppliedRecord, ...] = ()
    in_part: tuple[SuppliedRecord, ...] = ()
    left_out: tuple[SuppliedRecord, ...] = ()
    not_in_commit: tuple[SuppliedRecord, ...] = ()
    redactions: int = 0
    changes: ChangesRecord | None = Field(
        default=None,
        description="What of the branch's changes the model was shown beside the commit; no ruling rests on it.",
        exclude_if=lambda changes: changes is None,
    )


class UsageRecord(_Record):
    """Tokens as the API reported them; `prompt` includes `cached`, thoughts are billed as output."""

    prompt: int = 0
    cached: int = 0
    output: int = 0
    thoughts: int = 0


class RoundRecord(_Record):
    """One request by its digests, and the reply verbatim."""

    round: int
    digests: dict[str, str]
    tokens_estimated: int
    reply: str
    model: str
    source: Source
    response_id: str | None = None
    recorded_at: str | None = None
    usage: UsageRecord | None = None
    granted: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


class RulingRecord(_Record):
    """What became of one claim."""

    claim_id: str
    statement: str
    claim: Claim
    ruling: Word
    range: tuple[Word, ...] = Field(default=(), description="What an UNPROVEN claim could still be.")
    because: str = ""
    counts: dict[State, int] = {}
    verdict: VerdictWord | None = Field(default=None, description="The model's own word.")
    parts: tuple[PartRecord, ...] = ()
    answers: tuple[AnswerRecord, ...] = ()
    facts: tuple[FactRecord, ...] = ()
    context: ContextRecord = ContextRecord()
    rounds: tuple[RoundRecord, ...] = ()
    usage: UsageRecord = UsageRecord()
    cost: float | None = Field(default=None, description="US dollars; null where the price is not known.")
    error: str | None = None
    kept: str | None = Field(default=None, description="What came back all the same, where a reply failed.")
    carried_from: str | None = Field(
        default=None, description="The commit that the replies were given on, where they were carried over."
    )
    verdicts: dict[VerdictWord, int] = Field(
        default={}, description="The journal's verdicts on this claim over this code, where they differ, counted."
    )
    new: bool = Field(default=False, description="Whether the judged branch itself added the claim.")


class RepositoryRecord(_Record):
    """The commit that was judged."""

    commit: str
    ref: str
    remote: str | None = None
    committed_at: str | None = None
    uncommitted: int = Field(default=0, description="Files with uncommitted work, which was not seen.")
    notes: tuple[str, ...] = ()


class ClaimSetRecord(_Record):
    """The claim file."""

    path: str
    title: str
    digest: str
    questions: tuple[str, ...]
    context: Context = Context()
    never_send: tuple[str, ...] = ()


class ModelRecord(_Record):
    """The model that was asked for, and those that answered."""

    requested: str
    answered: tuple[str, ...] = ()


class PolicyChangeRecord(_Record):
    """Something that the judged branch does to the claims that it is judged by; it took no effect, and fails."""

    claim_id: str
    what: str


class PolicyRecord(_Record):
    """Where claims, settings, prompts, prices and cassettes were taken from, where not from the judged branch."""

    ref: str
    commit: str
    changes: tuple[PolicyChangeRecord, ...] = ()


class TotalsRecord(_Record):
    """Counts over the whole run."""

    claims: int
    rulings: dict[Word, int]
    citations: dict[Standing, int]
    absences: dict[AbsenceStanding, int]
    usage: UsageRecord
    cost: float | None = None
    sources: dict[Source, int]


class RunRecord(_Record):
    """One run over one claim set."""

    schema_version: Literal[1] = SCHEMA_VERSION
    tool: str
    generated: str = Field(description="ISO time; of the recording, where replies were replayed.")
    repository: RepositoryRecord
    claim_set: ClaimSetRecord
    model: ModelRecord
    settings: dict[str, str | int | float | bool | None]
    complete: bool = Field(default=True, description="Whether every claim that was asked for was carried to its end.")
    subset: str | None = Field(default=None, description="By what the claims were chosen; null for all of the set.")
    policy: PolicyRecord | None = None
    rulings: tuple[RulingRecord, ...]
    totals: TotalsRecord

    @property
    def made(self) -> datetime | None:
        """When the run was made, in UTC; a time without a zone is taken for UTC. None where it is no time."""
        try:
            made = datetime.fromisoformat(self.generated)
        except ValueError:
            return None
        return made.astimezone(UTC) if made.tzinfo else made.replace(tzinfo=UTC)
