"""Records of rulings, whole, under a key over all that they follow from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from verifier.journal.store import Statement, Store, asked_together
from verifier.journal.tables import RECORDS

KEPT_DAYS = 90
"""After which a record goes: most of the keys are never asked for again once code, claim or verifier changed."""


class Records:
    """The records that were kept, the last one under each key. The journal does not read them."""

    def __init__(self, store: Store, now: Callable[[], str]) -> None:
        self._store = store
        self._now = now
        if not store.rows("SELECT 1 FROM sqlite_schema WHERE name = 'records'"):
            store.write([Statement(sql) for sql in RECORDS])

    def find(self, keys: Sequence[str]) -> dict[str, str]:
        """The record under each of the keys, where there is one."""
        return dict(asked_together(self._store, "SELECT key, record FROM records WHERE key IN ({})", keys))

    def keep(self, records: Iterable[tuple[str, str, str]]) -> None:
        """Keep records: key, claim id, record."""
        now = self._now()
        sql = "INSERT OR REPLACE INTO records (key, claim_id, made_at, record) VALUES (?, ?, ?, ?)"
        statements = [Statement(sql, (key, claim_id, now, text)) for key, claim_id, text in records]
        if statements:
            before = (datetime.fromisoformat(now) - timedelta(days=KEPT_DAYS)).isoformat(timespec="milliseconds")
            self._store.write([Statement("DELETE FROM records WHERE made_at < ?", (before,)), *statements])
