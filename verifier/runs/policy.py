"""By what a branch is judged, taken from another ref: a branch does not judge itself.

Claims, settings, prompts, prices and cassettes come from the policy's commit, read from git objects. Claims that the
branch adds are judged too, and marked as new; what it does to the claims that were there takes no effect, is reported,
and fails.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from verifier.claim_files import LoadedClaims, load_claims
from verifier.claim_files.finding import DEFAULT_FOLDER, SUFFIXES, find_claim_files
from verifier.errors import ClaimError, UsageError
from verifier.records.comparing import reworded
from verifier.records.gate import Rules
from verifier.records.rulings import changed
from verifier.report.files import read_record
from verifier.repository.branches import merge_base
from verifier.repository.folders import upwards
from verifier.repository.snapshot import Nature, Snapshot
from verifier.runs.claim_set_run import listed, with_notes
from verifier.runs.options import RunOptions
from verifier.safety.invisible import visible
from verifier.values.claim import Claim, ClaimSet
from verifier.values.passing import Require
from verifier.values.record import PolicyChangeRecord, PolicyRecord, RunRecord
from verifier.values.source import nfc


@contextmanager
def open_policy(repo: Path, ref: str) -> Iterator[Policy]:
    """The policy at a ref of the repository, while the context lasts.

    Raises:
        SnapshotError: There is no repository, or no such commit.
    """
    with Snapshot.open(repo, ref) as snapshot, tempfile.TemporaryDirectory(prefix="verifier-policy-") as folder:
        root = snapshot.repository.worktree or Path.cwd()
        yield Policy(repo, snapshot, root.resolve(), Path(folder).resolve())


@dataclass(frozen=True)
class JudgedClaims:
    """A claim set as a branch is judged by it."""

    loaded: LoadedClaims
    new: frozenset[str] = frozenset()
    """Ids of the claims that the branch adds."""
    changes: tuple[PolicyChangeRecord, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Policy:
    """The files of the policy's commit, written out where they are asked for."""

    repo: Path
    snapshot: Snapshot
    root: Path
    """The folder of the repository's files: paths below it are taken from the commit."""
    folder: Path
    """Where files are written out."""

    def taken(self, path: Path | None) -> Path | None:
        """A file or folder as the policy has it. What lies outside of the repository stays what it is.

        Raises:
            UsageError: The policy's commit does not have it as files of text.
        """
        below = self._below(path) if path is not None else None
        if path is None or below is None:
            return path
        found = [name for name in self.snapshot.paths if name == below or name.startswith(f"{below}/")]
        if not found:
            raise UsageError(f"{visible(path)} is not in {self._named}; put it there first, or name one that is")
        for name in found:
            self._write(self.snapshot, name, "taken")
        return self.folder / "taken" / below

    def baseline(self, path: Path, branch: Snapshot) -> Path:
        """An earlier run as the policy has it; one that no commit has, as it lies there.

        Raises:
            UsageError: Only the branch has it, so the branch would say itself what it may break.
        """
        below = self._below(path)
        if below is not None and self.snapshot.entry(below) is not None:
            return self._write(self.snapshot, below, "taken")
        if below is not None and branch.entry(below) is not None:
            raise UsageError(f"{visible(path)} is the branch's own, not in {self._named}; name another baseline")
        return path

    def stored(self, path: Path) -> Path | None:
        """A file as the policy has it. None: it has none of that name."""
        below = self._below(path)
        return self._write(self.snapshot, below, "taken") if below and self.snapshot.entry(below) is not None else None

    def claim_sets(self, wanted: Sequence[Path], branch: Snapshot) -> list[JudgedClaims]:
        """The claim sets of the policy, with the claims that the branch adds to them.

        What lies outside of the repository no commit has: all of its claims are new.

        Raises:
            ClaimError: There are none, or one of them is no claim set.
        """
        paths: dict[str, None] = {}
        outside: list[JudgedClaims] = []
        for path in wanted or (self._default_folder(branch),):
            below = self._below(path)
            if below is None:
                outside += map(_outside, find_claim_files((path,), Path()))
                continue
            found = [*_claim_files(self.snapshot, below), *_claim_files(branch, below)]
            if not found:
                raise ClaimError(
                    f"{visible(path)}: no claim file, neither in {self._named} nor in {branch.commit[:12]}; commit one"
                )
            paths |= dict.fromkeys(found)
        with self._where_it_began(branch) as began:
            judged = [self._judged(path, branch, began) for path in sorted(paths)]
        return [*(one for one in judged if one is not None), *outside]

    def _default_folder(self, branch: Snapshot) -> Path:
        """The nearest `claims/` from the current folder upwards: the policy's, or the branch's where it has none.

        A branch cannot put one before the policy's.
        """
        folders = [above / DEFAULT_FOLDER for above in upwards(Path())]
        for side in (self.snapshot, branch):
            for folder in folders:
                below = self._below(folder)
                if below is not None and _claim_files(side, below):
                    return folder
        return folders[0]

    @contextmanager
    def _where_it_began(self, branch: Snapshot) -> Iterator[Snapshot | None]:
        """The commit where the branch left the policy's line. None: this clone does not have it."""
        common = merge_base(self.repo, self.snapshot.commit, branch.commit)
        if common is None or common == self.snapshot.commit:
            yield None if common is None else self.snapshot
            return
        with Snapshot.open(self.repo, common) as began:
            yield began

    def marked(self, record: RunRecord, judged: JudgedClaims) -> RunRecord:
        """The record of a run over the claims, with what the branch did to them."""
        ref = self.snapshot.ref
        record = changed(record, lambda r: replace(r, new=r.claim_id in judged.new))
        policy = PolicyRecord(ref=ref, commit=self.snapshot.commit, changes=judged.changes)
        added = [r.claim_id for r in record.rulings if r.new]
        notes = [
            f"claims, settings, prompts, prices and cassettes are those of {ref}, commit {self.snapshot.commit}",
            *([f"claims that the branch adds: {listed(added)}"] if added else []),
            *(f'the branch may not do this, and it had no effect: "{c.claim_id}" {c.what}' for c in judged.changes),
            *judged.notes,
        ]
        return with_notes(replace(record, policy=policy), notes)

    @property
    def _named(self) -> str:
        return f'"{visible(self.snapshot.ref)}" ({self.snapshot.commit[:12]})'

    def _judged(self, path: str, branch: Snapshot, began: Snapshot | None) -> JudgedClaims | None:
        """The policy's claims of one file, with those that the branch adds. None: neither has any that count.

        What the branch has as it was where it began, it did nothing to, whatever has become of it in the policy since.
        """
        ours = self._load(self.snapshot, path, "policy")
        theirs = self._load(branch, path, "branch")
        left = self._load(began, path, "began") if began is not None else None
        was = _Claims(left.claims if left is not None else None, known=began is not None)
        before = ours.claims.claims if ours is not None else ()
        after = theirs.claims.claims if theirs is not None else ()
        known = {claim.id for claim in before} | was.by_id.keys()
        added = tuple(_without_waiver(claim) for claim in after if claim.id not in known)
        stands = ours or theirs
        assert stands is not None, "a claim file stands on at least one side"
        if not before and not added:
            return None
        merged = stands.claims.model_copy(update={"claims": (*before, *added)})
        lines = {**(theirs.lines if theirs else {}), **(ours.lines if ours else {})}
        notes = _other_keys(path, ours.claims, theirs.claims, was) if ours is not None and theirs is not None else ()
        return JudgedClaims(
            replace(stands, path=self.root / path, claims=merged, lines=lines),
            frozenset(claim.id for claim in added),
            tuple(_changes(path, before, after, was, self._why_unknown(branch))),
            (*notes, *_waivers_that_do_not_hold(before, after, was)),
        )

    def _why_unknown(self, branch: Snapshot) -> str:
        if branch.repository.shallow:
            return "this clone is too shallow to say where it began; deepen it with `git fetch --unshallow`"
        return f"it has no commit in common with {self._named}"

    def _load(self, snapshot: Snapshot, path: str, side: str) -> LoadedClaims | None:
        if snapshot.entry(path) is None:
            return None
        written = self._write(snapshot, path, side)
        try:
            return load_claims(written)
        except ClaimError as error:
            raise ClaimError(str(error).replace(f"{self.folder / side}/", f"{snapshot.commit[:12]}:")) from error

    def _write(self, snapshot: Snapshot, path: str, side: str) -> Path:
        file = snapshot.file(path)
        if file is None or file.nature is not Nature.TEXT:
            what = file.nature.value if file is not None else "missing"
            raise UsageError(f"{visible(path)} of {snapshot.commit[:12]} is no text file ({what}); put a file there")
        written = self.folder / side / path
        written.parent.mkdir(parents=True, exist_ok=True)
        written.write_bytes(file.text.encode("utf-8"))
        return written

    def _below(self, path: Path) -> str | None:
        """The path from the root of the repository; None for one outside of it."""
        # Links of the working tree are the branch's: where a path leads is not asked, only what it says.
        whole = Path(str(Path.cwd().resolve() / path))
        parts: list[str] = []
        for part in whole.parts:
            if part == "..":
                parts = parts[:-1]
            else:
                parts.append(part)
        plain = Path(*parts)
        return nfc(plain.relative_to(self.root).as_posix()) if plain.is_relative_to(self.root) else None


def _claim_files(snapshot: Snapshot, below: str) -> list[str]:
    if snapshot.entry(below) is not None:
        return [below]
    folder = PurePosixPath(below)
    inside = (PurePosixPath(path) for path in snapshot.paths)
    return [
        str(path)
        for path in inside
        if path.parent == folder and path.suffix in SUFFIXES and not path.name.startswith(".")
    ]


class _Claims:
    """The claims of a file where the branch began."""

    def __init__(self, claims: ClaimSet | None, *, known: bool) -> None:
        self.known = known
        """Whether it is known where the branch began."""
        self.set = claims
        self.by_id = {claim.id: claim for claim in claims.claims} if claims is not None else {}

    def has(self, claim_id: str, claim: Claim | None) -> bool:
        """Whether the claim was the same then; None is one that is not there."""
        return self.known and self.by_id.get(claim_id) == claim


def _changes(
    path: str, before: Sequence[Claim], after: Sequence[Claim], was: _Claims, why_unknown: str
) -> Iterator[PolicyChangeRecord]:
    """What the branch does to claims that were there and may not do."""
    theirs = {claim.id: claim for claim in after}
    for claim in before:
        now = theirs.get(claim.id)
        if now == claim or was.has(claim.id, now):
            continue
        if now is None:
            gone = f"is removed by the branch from {path}"
            unsure = f"is not in {path} of the branch, which may have removed it: {why_unknown}"
            yield PolicyChangeRecord(claim_id=claim.id, what=gone if was.known else unsure)
            continue
        then = was.by_id.get(claim.id, claim)
        changed = reworded(then, now)
        if changed:
            yield PolicyChangeRecord(claim_id=claim.id, what=f"is changed by the branch: {', '.join(changed)}")
        if then.required and claim.required and not now.required:
            yield PolicyChangeRecord(claim_id=claim.id, what="is no longer required on the branch")


def _other_keys(path: str, ours: ClaimSet, theirs: ClaimSet, was: _Claims) -> Iterator[str]:
    """What the branch says otherwise of the whole set. No offence, but nobody is to think that it holds."""
    then = was.set or ours
    names = [name for name in _OF_THE_SET if getattr(theirs, name) not in (getattr(ours, name), getattr(then, name))]
    if names:
        yield f"the branch changes {', '.join(names)} of {path}, which has no effect before it is merged"


_OF_THE_SET = ("questions", "context", "never_send")


def _waivers_that_do_not_hold(before: Sequence[Claim], after: Sequence[Claim], was: _Claims) -> Iterator[str]:
    ours = {claim.id: claim.waiver for claim in before}
    for claim in after:
        then = was.by_id.get(claim.id)
        if claim.waiver not in (None, ours.get(claim.id), then.waiver if then is not None else None):
            yield f'the branch waives "{claim.id}" itself; its own waivers do not hold'


def _outside(path: Path) -> JudgedClaims:
    loaded = load_claims(path)
    claims = tuple(map(_without_waiver, loaded.claims.claims))
    new = replace(loaded, claims=loaded.claims.model_copy(update={"claims": claims}))
    return JudgedClaims(new, frozenset(claim.id for claim in claims))


def _without_waiver(claim: Claim) -> Claim:
    return claim.model_copy(update={"waiver": None})


def gate_rules(options: RunOptions) -> Rules:
    """By what a run is let pass, as of today.

    Raises:
        RecordError: A baseline cannot be read.
        UsageError: A baseline is the branch's own, and the branch is judged by a policy. Controls are to gate, and
            none are judged.
    """
    if options.fail_on_controls and options.controls is None:
        raise UsageError("--fail-on-controls gates the controls of a run; give --controls to it, or leave this out")
    require = options.require or (Require.RECORDED if options.replay else Require.JOURNAL)
    baseline: Sequence[Path] = options.baseline
    with ExitStack() as stack:
        if options.policy_ref is not None and baseline:
            policy = stack.enter_context(open_policy(options.repo, options.policy_ref))
            branch = stack.enter_context(Snapshot.open(options.repo, options.ref))
            baseline = [policy.baseline(path, branch) for path in baseline]
        return Rules(
            options.fail_on,
            require,
            tuple(map(read_record, baseline)),
            datetime.now(UTC).date(),
            options.fail_on_controls,
        )
