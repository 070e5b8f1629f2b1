"""What was asked and answered. A request is known by a digest over all that could change its answer."""

from __future__ import annotations

import json
import os
import statistics
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from verifier.cost.calibration import Calibration
from verifier.cost.tokens import MARGIN
from verifier.journal.connection import JournalError
from verifier.journal.store import Statement, Store
from verifier.values.prompt import Asks, Form, ModelSettings, Prompt, Reply, Source, Usage, digest

_RECENT = 200
"""How many of a model's last replies calibrate."""

_ENOUGH = 5
"""From how many replies on the largest deviation seen stands for the largest there is."""


TURN_S = 600.0
"""For how long nobody else asks what one process is asking: longer than a reply takes, pauses included."""


@dataclass(frozen=True)
class Addressee:
    """Whom a run asks, and what every request says beside its prompt."""

    host: str
    """`Endpoint.host`: no user, no key."""
    settings: ModelSettings
    schema: Mapping[str, Any] = field(repr=False)
    """JSON Schema of the reply."""

    others: Mapping[Asks, Form] = field(default_factory=dict, repr=False)
    """What requests for something else than a verdict say; where nothing is said of one, as for a verdict."""

    def form(self, asks: Asks) -> Form:
        """What a request for this says beside its prompt."""
        return self.others.get(asks, self._first)

    @cached_property
    def _first(self) -> Form:
        return Form(self.settings, self.schema)

    def key(self, prompt: Prompt) -> str:
        """The request's name in the journal: equal for requests that are the same, byte for byte."""
        form = self.form(prompt.asks)
        return digest(
            json.dumps(
                {
                    "host": self.host,
                    "settings": form.settings.as_json(),
                    "schema": form.schema_digest,
                    "digests": prompt.digests,
                },
                sort_keys=True,
            )
        )


class Replies:
    """The replies that were kept."""

    def __init__(self, store: Store, now: Callable[[], str]) -> None:
        self._store = store
        self._now = now
        self._turns: set[str] = set()

    def find(self, key: str) -> tuple[Reply, ...]:
        """Every reply to the request as it is given now, newest first: its tokens were paid when it came."""
        rows = self._store.rows(
            "SELECT text, answered_by, response_id, prompt_tokens, cached_tokens, output_tokens, thought_tokens"
            " FROM replies WHERE key = ? ORDER BY id DESC",
            key,
        )
        return tuple(
            Reply(text, Source.JOURNAL, model, response_id, paid_before=None if tokens[0] is None else Usage(*tokens))
            for text, model, response_id, *tokens in rows
        )

    @asynccontextmanager
    async def turn(self, key: str) -> AsyncIterator[bool]:
        """Whether this run is to ask the request. If so, no other run is, as long as the context lasts.

        A turn ends with the reply, with the context, with its process, and after `TURN_S` in any case.

        Raises:
            JournalError: The journal cannot be read or written.
        """
        if key in self._turns:
            yield False
            return
        self._turns.add(key)
        try:
            yield await self._take_turn(key)
        finally:
            self._turns.remove(key)
            with suppress(JournalError):  # it ends by itself
                if self._store.rows("SELECT 1 FROM asking WHERE key = ? AND pid = ?", key, os.getpid()):
                    self._store.write([Statement("DELETE FROM asking WHERE key = ?", (key,))])

    async def _take_turn(self, key: str) -> bool:
        now_s, ours, gone = time.time(), os.getpid(), None
        while True:
            await self._store.keep(
                Statement(
                    "INSERT INTO asking (key, pid, until) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE"
                    " SET pid = excluded.pid, until = excluded.until WHERE until < ? OR pid = ?",
                    (key, ours, now_s + TURN_S, now_s, gone),
                    outlives_power_cut=False,
                )
            )
            holders = self._store.rows("SELECT pid FROM asking WHERE key = ?", key)
            if holders == [(ours,)]:
                return True
            if not holders or not _is_gone(holders[0][0]):
                return False
            gone = holders[0][0]

    async def keep(self, addressee: Addressee, prompt: Prompt, reply: Reply) -> None:
        """Keep a live reply; it is on the disk when this returns."""
        usage, form = reply.usage, addressee.form(prompt.asks)
        tokens = (None,) * 4 if usage is None else (usage.prompt, usage.cached, usage.output, usage.thoughts)
        values = (
            addressee.key(prompt),
            self._now(),
            addressee.host,
            form.settings.model,
            json.dumps(form.settings.as_json(), sort_keys=True),
            form.schema_digest,
            json.dumps(prompt.digests, sort_keys=True),
            prompt.claim_id,
            prompt.round,
            prompt.tokens,
            reply.text,
            reply.model,
            reply.response_id,
            *tokens,
        )
        marks = ", ".join("?" * len(values))
        await self._store.keep(Statement(f"INSERT INTO replies ({_COLUMNS}) VALUES ({marks})", values))  # noqa: S608

    def calibration(self, model: str) -> Calibration:
        """What the API has reported for the model, over its last replies."""
        rows = self._store.rows(
            "SELECT CAST(prompt_tokens AS REAL) / tokens_estimated, output_tokens + thought_tokens FROM replies"
            " WHERE model = ? AND prompt_tokens > 0 AND tokens_estimated > 0 ORDER BY id DESC LIMIT ?",
            model,
            _RECENT,
        )
        if not rows:
            return Calibration()
        ratios = [row[0] for row in rows]
        largest = max(ratios) if len(ratios) >= _ENOUGH else max(MARGIN, *ratios)
        return Calibration(len(rows), statistics.median(ratios), largest, round(statistics.median(r[1] for r in rows)))


def _is_gone(pid: int) -> bool:
    """Whether the process has ended, even if whoever started it has not asked how."""
    import psutil

    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True
    except psutil.AccessDenied:
        return False  # somebody else's


_COLUMNS = (
    "key, answered_at, host, model, settings, schema, digests, claim_id, round, tokens_estimated, text, answered_by,"
    " response_id, prompt_tokens, cached_tokens, output_tokens, thought_tokens"
)
