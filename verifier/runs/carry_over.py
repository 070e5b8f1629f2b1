"""Carry claims over from one commit to the next, where what the model was shown is the same on both.

The old replies go through the whole pipeline again: every citation is looked up and every absence searched on the new
commit. The model is asked where that needs a further round, or where anything does not stand as it stood. Replies
that were given on the very same commit are taken in the same way, and are nothing that a report speaks of.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import Any, Self

from verifier.journal import Addressee, Journal, KeptRuling, claim_digest
from verifier.journal.memories import ClaimMemory, MemoryKey
from verifier.model import Repeating
from verifier.pipeline.opening import OpenedClaim, Work
from verifier.pipeline.verifying import Hooks, verify_claim
from verifier.records.rulings import changed
from verifier.repository.snapshot import Snapshot
from verifier.runs.bookkeeping import supplied_blobs
from verifier.runs.claim_set_run import Run, listed, with_notes
from verifier.values.claim import Word
from verifier.values.grounding import Standing
from verifier.values.outcome import Exchange, Outcome
from verifier.values.pack import ManifestEntry
from verifier.values.prompt import Asks, digest
from verifier.values.record import RulingRecord, RunRecord
from verifier.values.tool import TOOL

_ASKED = (Asks.LEADS, Asks.VERDICT, Asks.READING)
_TOGETHER = 25
"""Memories that are written at once: each write waits for the disk, and replies wait beside it."""


class CarryOver:
    """What earlier runs of the same claims on other commits are good for. Use it as a context manager."""

    def __init__(
        self,
        journal: Journal,
        judged_by: str,
        *,
        fresh: bool = False,
        answered: Callable[[OpenedClaim], bool] = lambda _: False,
        takes: Callable[[str], bool] = lambda _: True,
    ) -> None:
        """Look in `journal`.

        Args:
            journal: Where memories are, and where new ones go.
            judged_by: What decides beside claim and code, as `judged_by` gives it.
            fresh: Carry nothing over; what is said now is remembered all the same.
            answered: Whether a claim's first round is answered already; then there is nothing to carry over.
            takes: Whether the replies of a model of that name may be used.
        """
        self._journal = journal
        self._judged_by = judged_by
        self._fresh = fresh
        self._answered = answered
        self._takes = takes
        self._known: dict[str, tuple[MemoryKey, ClaimMemory | None]] = {}
        """Of each claim at work what was said of it before."""
        self._carried: dict[str, str] = {}
        # A memory waits for the disk; the claims after it need not.
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="memories")
        self._waiting: list[tuple[MemoryKey, ClaimMemory]] = []
        self._written: list[Future[None]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Wait until everything is written.

        Raises:
            JournalError: A memory could not be written.
        """
        self._write()
        self._writer.shutdown(wait=True)
        for written in self._written if kind is None else ():
            written.result()

    def carried_from(self, claim_id: str) -> str | None:
        """The commit that a claim's replies were given on, where they were carried over; else None."""
        return self._carried.get(claim_id)

    def knows(self, work: Work, opened: OpenedClaim) -> bool:
        """Whether something was said of the claim on another commit that shows the same; `carry` sees if it stands.

        Raises:
            JournalError: The journal cannot be read.
        """
        return not self._fresh and self._recall(self._key(work, opened), opened, work.index.snapshot) is not None

    async def carry(self, work: Work, opened: OpenedClaim) -> Outcome | None:
        """The claim's outcome from what was said of it before. None: the model is to be asked.

        Raises:
            JournalError: The journal cannot be read.
        """
        claim, snapshot = opened.claim, work.index.snapshot
        key = self._key(work, opened)
        memory = self._recall(key, opened, snapshot)
        self._known[claim.id] = key, memory
        if memory is None or self._fresh:
            return None
        is_here = memory.commit == snapshot.commit
        before = None if not is_here and self._answered(opened) else self._ruling_of(memory, key)
        if before is None:
            return None
        outcome = await verify_claim(work, claim, Repeating(memory.exchanges), Hooks(opener=lambda *_: opened))
        if not _stands(outcome, before, memory, is_here=is_here):
            return None
        # Nothing that is not remembered was said.
        del self._known[claim.id]
        if not is_here:
            self._carried[claim.id] = memory.commit
        return outcome

    def marked(self, record: RunRecord) -> RunRecord:
        """The record with the commit that each carried claim's replies were given on."""
        if not self._carried:
            return record
        carried = dict(self._carried)
        marked = changed(record, lambda r: replace(r, carried_from=carried.get(r.claim_id)))
        return with_notes(marked, _notes(marked.rulings))

    def remember(self, outcome: Outcome, snapshot: Snapshot) -> None:
        """Keep what was said of a claim, for other commits. What failed and what was carried over is passed over."""
        claim_id = outcome.claim.id
        key, known = self._known.pop(claim_id, (None, None))
        if key is None or outcome.ruling is None:
            return
        exchanges = outcome.exchanges
        supplied = supplied_blobs(outcome.manifest, snapshot)
        memory = ClaimMemory(claim_id, snapshot.commit, exchanges, outcome.manifest, supplied)
        if known is None or _said(known) != _said(memory) or self._ruling_of(known, key) is None:
            self._waiting.append((key, memory))
            if len(self._waiting) >= _TOGETHER:
                self._write()

    def _write(self) -> None:
        self._written.append(self._writer.submit(self._journal.memories.remember, self._waiting))
        self._waiting = []

    def _key(self, work: Work, opened: OpenedClaim) -> MemoryKey:
        """Everything that is known to be shown in the first round but the list of the commit's other paths."""
        facts = [[fact.kind, fact.says, fact.holds] for fact in opened.facts]
        shown = _shown(opened.context.manifest)
        # What a branch changed of files in which the model would look is not known before it says so.
        base = [work.branch.before.commit] if work.branch is not None and opened.where is not None else []
        judged_by = digest(json.dumps([self._judged_by, shown, facts, *base, *_changes(opened)]))
        supplied = supplied_blobs(opened.context.manifest, work.index.snapshot)
        return MemoryKey(claim_digest(opened.claim), judged_by, supplied)

    def _recall(self, key: MemoryKey, opened: OpenedClaim, snapshot: Snapshot) -> ClaimMemory | None:
        """What was said last of the claim where it was shown the same. None: nothing."""
        memories = self._journal.memories.recall(key)
        good = (memory for memory in memories if self._is_good(memory, snapshot))
        return next((memory for memory in good if self._may_stand(memory, key, opened)), None)

    def _may_stand(self, memory: ClaimMemory, key: MemoryKey, opened: OpenedClaim) -> bool:
        """Whether it was borne out, or asked where to look among the same paths: a new one may be where it is done now.

        What bears a claim out is looked up again.
        """
        leads = next((one for one in memory.exchanges if one.asks is Asks.LEADS), None)
        if leads is None or opened.where is None or leads.digests == opened.where.prompt.digests:
            return True
        ruling = self._ruling_of(memory, key)
        return ruling is not None and ruling.word is Word.FULLY

    def _is_good(self, memory: ClaimMemory, snapshot: Snapshot) -> bool:
        """Whether all that any round was shown is the same, and the model that answered is one that is asked."""
        entries = {path: snapshot.entry(path) for path in memory.supplied}
        return all(self._takes(one.model) for one in memory.exchanges) and all(
            entry is not None and entry.blob == memory.supplied[path] for path, entry in entries.items()
        )

    def _ruling_of(self, memory: ClaimMemory, key: MemoryKey) -> KeptRuling | None:
        """What was ruled when the memory was made. None where that run was killed before it said so."""
        return self._journal.runs.last_ruling(memory.claim_id, key.claim, memory.commit)


def _notes(rulings: Iterable[RulingRecord]) -> Iterator[str]:
    by_commit: dict[str, list[str]] = {}
    for ruling in rulings:
        if ruling.carried_from is not None:
            by_commit.setdefault(ruling.carried_from, []).append(ruling.claim_id)
    for commit, ids in by_commit.items():
        whose = "1 ruling was" if len(ids) == 1 else f"{len(ids)} rulings were"
        yield (
            f"{whose} carried over from commit {commit}, where the model was shown the same; "
            f"every look-up was made again here: {listed(ids)}"
        )


def judged_by(run: Run, addressee: Addressee) -> str:
    """SHA-256 of what decides beside claim and code: the model and its settings, templates, questions, rules, limits.

    The rules are verifier's own, so its version stands for them.
    """
    claims = run.loaded.claims
    given = [
        TOOL,
        addressee.host,
        *((form.settings.as_json(), form.schema_digest) for form in map(addressee.form, _ASKED)),
        run.prompts.digests,
        [run.limits.budget_tokens, run.limits.max_rounds],
        [claims.questions, claims.context.model_dump(), claims.never_send],
        run.snapshot.truncated,
    ]
    return digest(json.dumps(given, sort_keys=True))


def _shown(manifest: Iterable[ManifestEntry]) -> list[list[Any]]:
    """Which paths the model was shown, and of which lines."""
    return sorted([e.path, e.supply, [[x.first, x.last] for x in e.lines]] for e in manifest)


def _changes(opened: OpenedClaim) -> Iterator[list[list[str]]]:
    """What the model was shown of the branch's changes, where it was shown any."""
    if opened.changes is not None:
        yield [[file.path, file.note, file.text] for file in opened.changes.files]
        yield [[one.path, one.why] for one in opened.changes.named]


def _stands(outcome: Outcome, before: KeptRuling, memory: ClaimMemory, *, is_here: bool) -> bool:
    """Whether the evidence leads to the same ruling by the same rounds, and none of it has become doubtful.

    What the first reader was shown is the same, and what the second was must be; on the commit that the memory is of,
    which `is_here`, so must every prompt. What neither was shown may have changed: there a citation must be found.
    """

    def asked(one: Exchange) -> tuple[object, ...]:
        return one.key, one.digests if is_here or one.asks is Asks.READING else None

    ruling = outcome.ruling
    if ruling is None or list(map(asked, outcome.exchanges)) != list(map(asked, memory.exchanges)):
        return False
    if _shown(outcome.manifest) != _shown(memory.manifest):
        return False
    if (ruling.word, ruling.range, dict(ruling.counts)) != (before.word, before.range, dict(before.counts)):
        return False
    evidence = [part.evidence for part in ruling.parts]
    unshown = [g for e in evidence for g in e.groundings if g.citation.path not in memory.supplied]
    return all(g.standing in (Standing.EXACT, Standing.MOVED) for g in unshown)


def _said(memory: ClaimMemory) -> tuple[list[str], Mapping[str, str]]:
    return [one.reply for one in memory.exchanges], memory.supplied
