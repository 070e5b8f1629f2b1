"""Keep the books of a live run: its rulings go into the journal as they are made, for `verifier history`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Self

from verifier.journal import Journal, KeptRuling, KeptRun, claim_digest, code_key
from verifier.records.rulings import changed
from verifier.repository.snapshot import Snapshot
from verifier.runs.claim_set_run import Run, with_notes
from verifier.values.claim import Word
from verifier.values.outcome import Outcome
from verifier.values.pack import ManifestEntry, Supply
from verifier.values.prompt import Source
from verifier.values.record import RunRecord
from verifier.values.tool import TOOL

_TOGETHER = 25
"""Rulings that are written at once: each write waits for the disk."""


class Books:
    """The books of one run, open while its context lasts. A run that is killed leaves what was written by then."""

    def __init__(self, journal: Journal, run: Run, carried_from: Callable[[str], str | None]) -> None:
        """Write about `run`. `carried_from` gives the commit that a claim's replies were carried over from."""
        self._runs = journal.runs
        self._run = run
        self._carried_from = carried_from
        self._waiting: list[KeptRuling] = []
        self._judged: dict[str, tuple[str, str]] = {}
        self.number = 0
        """The run's in the journal."""

    def __enter__(self) -> Self:
        run = self._run
        self.number = self._runs.begin(
            KeptRun(run.snapshot.commit, run.snapshot.ref, run.loaded.named, run.loaded.digest, TOOL)
        )
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Write the rest. A run that an error ended is not marked as finished."""
        self._write()
        if kind is None:
            self._runs.finish(self.number)

    def ruled(self, outcome: Outcome) -> None:
        """Take one claim's outcome down."""
        kept = self._kept(outcome)
        self._judged[kept.claim_id] = (kept.claim_digest, code_key(kept.supplied))
        self._waiting.append(kept)
        if len(self._waiting) >= _TOGETHER:
            self._write()

    def with_other_verdicts(self, record: RunRecord) -> RunRecord:
        """The record with the model's differing verdicts on the same claims over the same code, counted."""
        self._write()
        differing = self._runs.differing_verdicts(set(self._judged.values()))
        if not differing:
            return record
        verdicts = {claim_id: differing.get(judged, Counter()) for claim_id, judged in self._judged.items()}
        told = changed(record, lambda r: replace(r, verdicts=dict(verdicts[r.claim_id].most_common())))
        notes = [
            f'on "{r.claim_id}" the model has given differing verdicts over the same code: '
            + ", ".join(f"{number} {word}" for word, number in r.verdicts.items())
            for r in told.rulings
            if r.verdicts
        ]
        return with_notes(told, notes)

    def _write(self) -> None:
        if self._waiting:
            self._runs.add(self.number, self._waiting)
            self._waiting = []

    def _kept(self, outcome: Outcome) -> KeptRuling:
        ruling, verdict = outcome.ruling, outcome.verdict
        return KeptRuling(
            claim_id=outcome.claim.id,
            claim_digest=claim_digest(outcome.claim),
            word=ruling.word if ruling else Word.ERROR,
            range=ruling.range if ruling else (),
            counts=dict(ruling.counts) if ruling else {},
            verdict=verdict.word if verdict else None,
            source=_source([r.source for r in outcome.exchanges]),
            carried_from=self._carried_from(outcome.claim.id),
            supplied=supplied_blobs(outcome.manifest, self._run.snapshot),
            tokens=outcome.usage.total,
            cost=self._run.bill(outcome).cost,
        )


def supplied_blobs(manifest: Iterable[ManifestEntry], snapshot: Snapshot) -> dict[str, str]:
    """The paths of which the model was shown text, each with its blob."""
    paths = (entry.path for entry in manifest if entry.supply in (Supply.WHOLE, Supply.IN_PART))
    return {path: entry.blob for path in paths if (entry := snapshot.entry(path)) is not None}


def _source(sources: Sequence[Source]) -> Source | None:
    """Where the replies came from as a whole: live where one of them is."""
    if not sources:
        return None
    return Source.LIVE if Source.LIVE in sources else sources[0]
