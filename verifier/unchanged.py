"""Rulings that are given again, because nothing that they follow from has changed since they were made.

The same claim, commit, model, templates, settings and rules lead to the same ruling, so a second run over a commit need
not open, ground and rule anew: it takes the record of the first. `--fresh` and `verifier recheck` work it out again.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import click
from pydantic import TypeAdapter

from verifier.journal import Journal
from verifier.prices import Price
from verifier.snapshot import Snapshot
from verifier.values.claim import Claim
from verifier.values.prompt import Source, digest
from verifier.values.record import RulingRecord, UsageRecord


class Unchanged:
    """The rulings that earlier runs made under the same conditions."""

    def __init__(self, journal: Journal, judged_by: str, snapshot: Snapshot, *, fresh: bool = False) -> None:
        """Look in `journal`.

        Args:
            journal: Where records are kept.
            judged_by: Digest of what decides beside claim, commit and program, as `reuse.judged_by` gives it.
            snapshot: The commit.
            fresh: Give nothing again; what is ruled now is kept all the same.
        """
        self._journal = journal
        self._conditions = digest("\n".join((judged_by, snapshot.commit, *snapshot.own, program_stamp())))
        self._fresh = fresh
        self._given: frozenset[str] = frozenset()

    def rulings(self, claims: Sequence[Claim], price: Price | None) -> Mapping[str, RulingRecord]:
        """The records of the claims that nothing has changed for, by claim id.

        Their replies come from the journal now, and cost nothing once more.

        Raises:
            JournalError: The journal cannot be read.
        """
        if self._fresh:
            return {}
        keys = {self._key(claim): claim.id for claim in claims}
        found = self._journal.settled.find(tuple(keys))
        records = _RECORDS.validate_json(f"[{','.join(found.values())}]")
        free = None if price is None else 0.0
        self._given = frozenset(keys[key] for key in found)
        return {keys[key]: record.model_copy(update={"cost": free}) for key, record in zip(found, records, strict=True)}

    def keep(self, rulings: Iterable[RulingRecord]) -> None:
        """Keep what was ruled now. What failed is passed over.

        Raises:
            JournalError: The journal cannot be written.
        """
        new = [ruling for ruling in rulings if ruling.error is None and ruling.claim_id not in self._given]
        self._journal.settled.keep(
            (self._key(ruling.claim), ruling.claim_id, _again(ruling).model_dump_json()) for ruling in new
        )

    def _key(self, claim: Claim) -> str:
        return digest(f"{self._conditions}\n{claim.model_dump_json()}")


_RECORDS = TypeAdapter(list[RulingRecord])


def _again(ruling: RulingRecord) -> RulingRecord:
    """The record as it is when it is given again: paid for, and without what the journal counts anew."""
    rounds = (r.model_copy(update={"source": Source.JOURNAL, "usage": None}) for r in ruling.rounds)
    return ruling.model_copy(
        update={"rounds": tuple(rounds), "usage": UsageRecord(), "cost": None, "verdicts": {}, "new": False}
    )


def program_stamp() -> str:
    """SHA-256 of when verifier's own files, and the packages beside it, were changed last.

    The version alone would not tell that a rule was edited in a checkout, or a grammar upgraded.
    """
    package = Path(__file__).parent
    files = sorted(path for path in package.rglob("*.py"))
    stats = [(path.relative_to(package).as_posix(), path.stat()) for path in files]
    beside = Path(click.__file__).parent.parent.stat().st_mtime_ns
    stamps = [f"{name} {stat.st_size} {stat.st_mtime_ns}" for name, stat in stats]
    return digest("\n".join([sys.version, str(beside), *stamps]))
