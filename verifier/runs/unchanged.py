"""Rulings that are given again, because nothing that they follow from has changed since they were made.

The same claim, commit, replies, templates, settings and rules lead to the same ruling, so a second run over a commit
need not open, ground and rule anew: it takes the record of the first. `--fresh` and `verifier recheck` work it out
again.
"""

from __future__ import annotations

import functools
import importlib.util
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

from pydantic import ValidationError

from verifier.cost.prices import Price
from verifier.journal import Journal
from verifier.repository.snapshot import Snapshot
from verifier.values.claim import Claim
from verifier.values.prompt import Source, digest
from verifier.values.record import RulingRecord, UsageRecord

Newest = Callable[[Sequence[Mapping[str, str]]], Sequence[str | None]]
"""Gives what the journal would answer each prompt, known by its sections' digests; None where it would not."""

_LANGUAGES = ("bash", "c", "cpp", "go", "java", "javascript", "python", "ruby", "rust", "typescript")

DECIDING = (
    *("jinja2", "pydantic", "pydantic_core", "re2", "tiktoken", "tree_sitter", "yaml"),
    *(f"tree_sitter_{name}" for name in _LANGUAGES),
)
"""Packages of which another version may read, count or search otherwise."""


class Unchanged:
    """The rulings that earlier runs made under the same conditions."""

    def __init__(
        self, journal: Journal, judged_by: Sequence[object], snapshot: Snapshot, newest: Newest, *, fresh: bool = False
    ) -> None:
        """Look in `journal`.

        Args:
            journal: Where records are kept.
            judged_by: What decides beside claim, commit, replies and program.
            snapshot: The commit.
            newest: What the journal would answer.
            fresh: Give nothing again; what is ruled now is kept all the same.
        """
        self._journal = journal
        self._conditions = digest(json.dumps([*judged_by, snapshot.commit, snapshot.own, program_stamp()]))
        self._newest = newest
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
        keys = [self._key(claim) for claim in claims]
        records = list(_readable(self._journal.records.find(keys).values()))
        rounds = [r for record in records for r in record.rounds]
        # A run that asked anew, or was killed while it did, may have left other replies.
        newest = iter(self._newest([r.digests for r in rounds]))
        current = [
            record for record in records if [r.reply for r in record.rounds] == list(islice(newest, len(record.rounds)))
        ]
        free = None if price is None else 0.0
        found = {record.claim_id: record.model_copy(update={"cost": free}) for record in current}
        self._given = frozenset(found)
        return found

    def keep(self, rulings: Iterable[RulingRecord]) -> None:
        """Keep what was ruled now. What failed is passed over, and so is what was carried over from another commit.

        Raises:
            JournalError: The journal cannot be written.
        """
        new = [
            ruling
            for ruling in rulings
            if ruling.error is None and ruling.carried_from is None and ruling.claim_id not in self._given
        ]
        self._journal.records.keep(
            (self._key(ruling.claim), ruling.claim_id, _as_given_again(ruling).model_dump_json()) for ruling in new
        )

    def _key(self, claim: Claim) -> str:
        return digest(f"{self._conditions}\n{claim.model_dump_json()}")


def _readable(texts: Iterable[str]) -> Iterator[RulingRecord]:
    for text in texts:
        try:
            yield RulingRecord.model_validate_json(text)
        except ValidationError:
            continue  # Another verifier's; the claim is judged anew.


def _as_given_again(ruling: RulingRecord) -> RulingRecord:
    """The record as it is when it is given again: paid for, and without what the journal counts anew."""
    rounds = (r.model_copy(update={"source": Source.JOURNAL, "usage": None}) for r in ruling.rounds)
    return ruling.model_copy(
        update={"rounds": tuple(rounds), "usage": UsageRecord(), "cost": None, "verdicts": {}, "new": False}
    )


@functools.cache
def program_stamp() -> str:
    """SHA-256 of what is run: verifier's own files and the packages that decide, by where they are and when changed.

    The version alone would not tell that a rule was edited in a checkout, or a grammar upgraded. Made once a process,
    since what was imported stays as it was.
    """
    package = Path(__file__).parent.parent
    own = (path for path in sorted(package.rglob("*")) if path.is_file() and path.suffix != ".pyc")
    specs = map(importlib.util.find_spec, DECIDING)
    beside = (Path(spec.origin) for spec in specs if spec is not None and spec.origin is not None)
    stamps = [(str(path), stat.st_size, stat.st_mtime_ns) for path in (*own, *beside) for stat in [path.stat()]]
    return digest(json.dumps([sys.version, *stamps]))
