"""Rulings whole, as their records say them, under a key over all that they follow from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from verifier.journal.store import Statement, Store
from verifier.journal.tables import SETTLED

_ASKED_AT_ONCE = 500
"""Keys of one query. Source: SQLite docs, "Limits": older ones bind 999 values at most."""


class Settled:
    """The records of rulings that were kept. The journal does not read them."""

    def __init__(self, store: Store, now: Callable[[], str]) -> None:
        self._store = store
        self._now = now
        if not store.rows("SELECT 1 FROM sqlite_schema WHERE name = 'settled'"):
            store.write([Statement(sql) for sql in SETTLED])

    def find(self, keys: Sequence[str]) -> dict[str, str]:
        """The record that was kept last under each of the keys, where there is one."""
        found: dict[str, str] = {}
        for at in range(0, len(keys), _ASKED_AT_ONCE):
            some = keys[at : at + _ASKED_AT_ONCE]
            marks = ", ".join("?" * len(some))
            sql = f"SELECT key, record FROM settled WHERE key IN ({marks}) ORDER BY id"  # noqa: S608  # marks alone
            found.update(self._store.rows(sql, *some))
        return found

    def keep(self, records: Iterable[tuple[str, str, str]]) -> None:
        """Keep records: key, claim id, record."""
        now = self._now()
        sql = "INSERT INTO settled (key, claim_id, made_at, record) VALUES (?, ?, ?, ?)"
        statements = [Statement(sql, (key, claim_id, now, text)) for key, claim_id, text in records]
        if statements:
            self._store.write(statements)
