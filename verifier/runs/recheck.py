"""Recheck a run: derive every standing, state and ruling again, from the recorded replies and the commit alone.

No model is asked and no key is needed. The pipeline is the same one; in the model's place stands the record.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from verifier.ci_files import read_ci_files
from verifier.controls.drawing import draw
from verifier.cost.prices import Bill
from verifier.evidence.checks import facts_of_ci, recorded_facts_of_ci
from verifier.model import Repeating
from verifier.model.cassettes.files import Cassette, read_cassette
from verifier.model.errors import one_line
from verifier.pipeline.opening import Limits, Work
from verifier.pipeline.verifying import verify_claim
from verifier.prompting.rendering import Prompts
from verifier.records.making import ruling_record
from verifier.report.files import read_record
from verifier.repository.branches import Branch, open_branch
from verifier.repository.index import Index
from verifier.repository.own_paths import own_paths
from verifier.repository.snapshot import Snapshot
from verifier.runs.controls import control_record, judge_control
from verifier.safety.redacting import redact_output
from verifier.setup.shipped_files import shipped
from verifier.values.ci import CiFile, CiReport
from verifier.values.claim import Check, ClaimSet, Word
from verifier.values.control import is_control
from verifier.values.fact import Fact
from verifier.values.grounding import AbsenceFinding, Grounding
from verifier.values.outcome import Outcome
from verifier.values.prompt import digest
from verifier.values.record import ControlsRecord, RulingRecord, RunRecord
from verifier.values.ruling import RuledPart
from verifier.values.verdict import Absence, Citation


@dataclass(frozen=True)
class Difference:
    """One thing that the record says and the replies and the commit do not bear out, or the reverse."""

    claim_id: str
    where: str
    """"ruling", "p2", "p2, citation 1", "round 1"."""
    recorded: str
    derived: str

    def __str__(self) -> str:
        return f'"{self.claim_id}", {self.where}: the record says {self.recorded}, derived is {self.derived}'


@dataclass(frozen=True)
class Rechecked:
    """What a recheck found."""

    derived: tuple[RulingRecord, ...]
    differences: tuple[Difference, ...]
    rendered_otherwise: tuple[str, ...]
    """Claims whose prompts this version or these templates render otherwise than they were sent."""
    attested: bool
    """Whether the replies were compared with a cassette."""
    ci_recorded: bool
    """Whether what CI says was taken from the record, for its files were not given."""
    commit: str
    """Where the rulings were derived, in full."""
    controls: int = 0
    """How many controls were made and derived again, which is done at the commit of the run alone."""

    @property
    def still_stands(self) -> bool:
        """Whether nothing differs."""
        return not self.differences


def recheck(
    path: Path,
    repo: Path,
    *,
    ref: str | None = None,
    cassette: Path | None = None,
    prompts: Path | None = None,
    facts: Path | None = None,
) -> Rechecked:
    """Derive again what a run's .json says.

    Args:
        path: The record.
        repo: The repository, or any folder in it.
        ref: Another commit to ask the same of. None: the one that was judged.
        cassette: Compare the replies with this recording too.
        prompts: A folder of templates. None: those that travel with verifier.
        facts: The files of CI that the run was given. None: what they say is taken from the record.

    Raises:
        VerifierError: The record, the cassette, the files or the commit cannot be read.
    """
    record = read_record(path)
    tape = read_cassette(cassette) if cassette is not None else None
    claim_file = Path(record.claim_set.path)
    # The record names the claim file from where the run was made, which was most likely the repository's root.
    own = (
        *own_paths(repo, [claim_file], path.parent.parent, cassette),
        *own_paths(repo, [repo / claim_file], repo / "reports", cassette),
    )
    base = record.settings.get("base")
    with ExitStack() as stack:
        snapshot = stack.enter_context(Snapshot.open(repo, ref or record.repository.commit, own=own))
        branch = stack.enter_context(open_branch(repo, base, snapshot)) if isinstance(base, str) else None
        ci = read_ci_files(facts, snapshot.commit) if facts is not None else None
        basis = _Basis(record, Index(snapshot), Prompts(prompts or shipped("prompts")), branch, ci, tape)
        return asyncio.run(_recheck(basis))


@dataclass(frozen=True)
class _Basis:
    """What rulings are derived from again."""

    record: RunRecord
    index: Index
    prompts: Prompts
    branch: Branch | None
    """The commit beside the base that the record names, if it does."""
    ci: Sequence[CiReport] | None
    cassette: Cassette | None

    @property
    def commit(self) -> str:
        """The commit, in full."""
        return self.index.snapshot.commit

    @property
    def is_same_commit(self) -> bool:
        """Whether it is the one that was judged."""
        return self.commit == self.record.repository.commit

    def work(self, ruling: RulingRecord, of_ci: Mapping[Check, Fact] | None = None) -> Work:
        """What the ruling was made with, in no more rounds than it took."""
        given = self.record.claim_set
        claims = ClaimSet(
            title=given.title,
            questions=given.questions,
            context=given.context,
            never_send=given.never_send,
            claims=(ruling.claim.model_copy(update={"statement": ruling.statement}),),
        )
        rounds = min(self._number("max_rounds"), max(1, len(ruling.rounds)))
        limits = Limits(self._number("budget_tokens"), rounds)
        asks_where = ruling.leads is not None
        return Work(
            claims, self.index, self.prompts, limits, branch=self.branch, of_ci=of_ci or {}, asks_where=asks_where
        )

    def _number(self, name: str) -> int:
        value = self.record.settings.get(name)
        default: int = getattr(Limits, name)
        return value if isinstance(value, int) else default

    def of_ci(self, ruling: RulingRecord) -> Mapping[Check, Fact]:
        """What CI answers to the claim's checks; what it said of one commit says nothing of another."""
        if self.ci is not None:
            return facts_of_ci([ruling.claim], self.index, self.ci)
        return recorded_facts_of_ci(ruling.claim, ruling.facts) if self.is_same_commit else {}


async def _recheck(basis: _Basis) -> Rechecked:
    """Derive the record's rulings again."""
    record, cassette = basis.record, basis.cassette
    derived: list[RulingRecord] = []
    differences = list(_other_files(record.ci, basis.ci)) if basis.ci is not None else []
    otherwise: list[str] = []
    for ruling in record.rulings:
        work = basis.work(ruling, basis.of_ci(ruling))
        again = _derived(await verify_claim(work, work.claims.claims[0], Repeating(ruling.exchanges)))
        derived.append(again)
        differences += _compare(ruling, again)
        if [one.digests for one in ruling.exchanges] != [one.digests for one in again.exchanges]:
            otherwise.append(ruling.claim_id)
        if cassette is not None:
            differences += _attest(ruling.claim_id, ruling, again, cassette)
    controls = 0
    if record.controls is not None and basis.is_same_commit:
        controls = len(record.controls.controls)
        differences += await _controls(basis, record.controls)
    if cassette is not None:
        differences += _left_out(record, cassette)
    ci_recorded = basis.ci is None and any(check.asks_ci for one in record.rulings for check in one.claim.checks)
    attested = cassette is not None
    return Rechecked(
        tuple(derived), tuple(differences), tuple(otherwise), attested, ci_recorded, basis.commit, controls
    )


def _derived(outcome: Outcome) -> RulingRecord:
    return redact_output(ruling_record(outcome, Bill()))


def _other_files(recorded: Iterable[CiFile], given: Iterable[CiReport]) -> Iterator[Difference]:
    ours, theirs = ({one.path: one for one in files} for files in (recorded, [report.file for report in given]))
    for path in sorted({*ours, *theirs}):
        mine, again = (_file_of_ci(files.get(path)) for files in (ours, theirs))
        if mine != again:
            yield Difference("files of CI", path, mine, again)


def _file_of_ci(file: CiFile | None) -> str:
    return f"digest {file.digest}, {'' if file.attested else 'un'}attested" if file is not None else "no such file"


async def _controls(basis: _Basis, controls: ControlsRecord) -> list[Difference]:
    """Make the controls again out of the record's rulings, and derive what became of each."""
    rulings = basis.record.rulings
    made = {control.name: control for control in draw(rulings, basis.index, controls.claims, controls.seed)}
    recorded = {one.name: one for one in controls.controls}
    differences: list[Difference] = []
    counted = {kind: (figure.right, figure.of) for kind, figure in controls.figures.items()}
    said = {kind: (share.right, share.of) for kind, share in controls.shares.items()}
    if said != counted:
        differences.append(Difference("controls", "how many came out right", _said(said), _said(counted)))
    for name in dict.fromkeys((*recorded, *made)):
        one, control = recorded.get(name), made.get(name)
        ours, theirs = one.how if one else "no such control", redact_output(control.how) if control else "none"
        if one is None or control is None or (ours, one.part) != (theirs, control.part):
            differences.append(Difference(name, "what was changed", ours, theirs))
            continue
        again = _derived(await judge_control(control, basis.work(one.outcome), Repeating(one.outcome.exchanges)))
        told = [replace(each, claim_id=name) for each in _compare(one.outcome, again)]
        holds = control_record(control, again, rulings).holds
        if one.outcome.claim != again.claim:
            told.append(Difference(name, "statement", one.outcome.statement, again.statement))
        if one.holds is not holds:
            told.append(Difference(name, "whether it came out right", str(one.holds), str(holds)))
        differences += told
        if basis.cassette is not None:
            differences += _attest(name, one.outcome, again, basis.cassette)
    return differences


def _compare(recorded: RulingRecord, derived: RulingRecord) -> Iterator[Difference]:
    """Every difference of one claim, the ruling first."""

    def differs(where: str, ours: object, theirs: object) -> Iterator[Difference]:
        if ours != theirs:
            yield Difference(recorded.claim_id, where, _said(ours), _said(theirs))

    if recorded.statement != recorded.claim.statement:
        yield from differs("statement", recorded.statement, recorded.claim.statement)
    if recorded.ruling is Word.ERROR and not recorded.rounds:
        return  # nothing was answered, so there is nothing to derive
    yield from differs("ruling", recorded.ruling, derived.ruling)
    yield from differs("range", recorded.range, derived.range)
    yield from differs("the rule", recorded.because, derived.because)
    yield from differs("the model's verdict", recorded.verdict, derived.verdict)
    yield from differs("words not judged", recorded.not_judged, derived.not_judged)
    yield from differs("answers", recorded.answers, derived.answers)
    yield from differs("facts", _bare(recorded.facts), _bare(derived.facts))
    theirs = {part.id: part for part in derived.parts}
    ours = {part.id: part for part in recorded.parts}
    for part_id in dict.fromkeys((*ours, *theirs)):
        yield from _compare_parts(recorded.claim_id, part_id, ours.get(part_id), theirs.get(part_id))


def _compare_parts(
    claim_id: str, part_id: str, ours: RuledPart | None, theirs: RuledPart | None
) -> Iterator[Difference]:
    if ours is None or theirs is None:
        yield Difference(claim_id, part_id, *(("no such part", "one") if ours is None else ("a part", "none")))
        return
    for one, other in ((ours.part, theirs.part), (ours.evidence, theirs.evidence), (ours, theirs)):
        mine, again = _fields(one), _fields(other)
        for name in _differing(mine, again):
            yield Difference(claim_id, f"{part_id}, {name}", _said(mine[name]), _said(again[name]))
    evidence, derived = ours.evidence, theirs.evidence
    yield from _compare_evidence(claim_id, f"{part_id}, citation", evidence.groundings, derived.groundings)
    yield from _compare_evidence(claim_id, f"{part_id}, absence", evidence.absences, derived.absences)


def _compare_evidence(
    claim_id: str,
    where: str,
    ours: Sequence[Grounding] | Sequence[AbsenceFinding],
    theirs: Sequence[Grounding] | Sequence[AbsenceFinding],
) -> Iterator[Difference]:
    if len(ours) != len(theirs):
        yield Difference(claim_id, f"{where}s", f"{len(ours)} of them", f"{len(theirs)}")
        return
    for number, (one, other) in enumerate(zip(ours, theirs, strict=True), start=1):
        mine, again = _fields(one), _fields(other)
        names = _differing(mine, again)
        if names:
            said = (", ".join(f"{name} {_said(given[name])}" for name in names) for given in (mine, again))
            yield Difference(claim_id, f"{where} {number}", *said)


_COMPARED_APART = {"part", "evidence", "groundings", "citations", "absences", "facts"}


def _fields(value: object) -> dict[str, object]:
    """The value's fields by name, those of a citation or an absence in it among them."""
    own: dict[str, object] = {}
    for name, given in vars(value).items():
        if isinstance(given, Citation | Absence):
            own |= _fields(given)
        elif name not in _COMPARED_APART:
            own[name] = given
    return own


def _differing(ours: Mapping[str, object], theirs: Mapping[str, object]) -> list[str]:
    return [name for name in ours if ours[name] != theirs[name]]


def _bare(facts: Iterable[Fact]) -> list[tuple[str, bool]]:
    return [(fact.says, fact.holds) for fact in facts]


def _said(value: object) -> str:
    if isinstance(value, tuple | list):
        return "[" + ", ".join(_said(one) for one in value) + "]"
    return one_line(value, longest=160)


def _left_out(record: RunRecord, cassette: Cassette) -> Iterator[Difference]:
    """Claims and rounds that the cassette holds and a record of the whole set does not."""
    kept = {(ruling.claim_id, *one.key) for ruling in record.rulings for one in ruling.exchanges}
    controls = record.controls.controls if record.controls is not None else ()
    kept |= {(control.name, *one.key) for control in controls for one in control.outcome.exchanges}
    chosen = {ruling.claim_id for ruling in record.rulings}
    for exchange in cassette.interactions:
        if record.controls is None and is_control(exchange.claim_id):
            continue  # the run asked for none
        if exchange.reply_text and exchange.key not in kept and (record.subset is None or exchange.claim_id in chosen):
            yield Difference(exchange.claim_id, exchange.title, "nothing", "a reply in the cassette")


def _agree(digests: dict[str, str], asked: dict[str, str]) -> bool:
    """Whether the sections of a prompt are those that the cassette has."""
    return all(asked.get(name) == value for name, value in digests.items())


def _attest(name: str, ruling: RulingRecord, derived: RulingRecord, cassette: Cassette) -> Iterator[Difference]:
    """Where the record's replies, or the prompts that they answered, are not the cassette's. `name` is the prompts'."""
    rendered = {one.key: one.digests for one in derived.exchanges}
    for recorded in ruling.exchanges:
        of_prompt = [one for one in cassette.interactions if one.key == (name, *recorded.key)]
        for said, digests in (("recorded", recorded.digests), ("rendered", rendered.get(recorded.key, {}))):
            if of_prompt and not any(_agree(digests, one.digests) for one in of_prompt):
                where = f"{recorded.title}, the prompt as {said}"
                yield Difference(name, where, "other digests", "those of the cassette")
        texts = [one.reply_text for one in of_prompt if one.reply_text]
        if recorded.reply not in texts:
            has = f"one of digest {digest(texts[-1])[:12]}" if texts else "none"
            said = f"a reply of digest {digest(recorded.reply)[:12]}"
            yield Difference(name, f"{recorded.title}, the cassette's reply", said, has)
