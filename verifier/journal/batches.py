"""Batches that were submitted, with their requests, so that a run that was stopped finds its job again."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from verifier.journal.replies import Addressee
from verifier.journal.store import Statement, Store
from verifier.values.prompt import Prompt


@dataclass(frozen=True)
class OpenBatch:
    """A batch that may still answer a request."""

    label: str
    """The name that we gave the job, known before the job was submitted."""
    job: str | None
    """The name that the service gave it. None: the run ended before it was heard."""
    max_output_tokens: int
    """The room that the request has in it."""


class Batches:
    """The batches that were submitted.

    A request waits for its batch until a reply is kept that is younger than the batch, or the batch has failed it.
    """

    def __init__(self, store: Store, now: Callable[[], str]) -> None:
        self._store = store
        self._now = now

    def announce(self, label: str, addressee: Addressee, requests: Sequence[tuple[Prompt, int]]) -> None:
        """Write down what is about to be submitted under the label: prompts, each with its room to reply."""
        sql = (
            "INSERT INTO batched (label, key, made_at, host, model, digests, claim_id, round, max_output_tokens)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
        )
        now = self._now()
        self._store.write(
            [
                Statement(
                    sql,
                    (
                        label,
                        addressee.key(prompt),
                        now,
                        addressee.host,
                        addressee.form(prompt.asks).settings.model,
                        json.dumps(prompt.digests, sort_keys=True),
                        prompt.claim_id,
                        prompt.round,
                        room,
                    ),
                )
                for prompt, room in requests
            ]
        )

    def submitted(self, label: str, job: str) -> None:
        """Write down the name that the service gave the job."""
        self._store.write([Statement("UPDATE batched SET job = ? WHERE label = ?", (job, label))])

    def failed(self, label: str, keys: Sequence[str] | None = None) -> None:
        """Write down that the batch leaves these requests unanswered, or all of them; they may be submitted anew."""
        now, sql = self._now(), "UPDATE batched SET failed_at = ? WHERE label = ? AND failed_at IS NULL"
        if keys is None:
            self._store.write([Statement(sql, (now, label))])
        elif keys:
            self._store.write([Statement(f"{sql} AND key = ?", (now, label, key)) for key in keys])

    def waiting_for(self, key: str) -> OpenBatch | None:
        """The newest batch that may still answer the request. None where there is none."""
        rows = self._store.rows(
            "SELECT label, job, max_output_tokens FROM batched WHERE key = ? AND failed_at IS NULL AND NOT EXISTS"
            " (SELECT 1 FROM replies WHERE replies.key = batched.key AND replies.answered_at >= batched.made_at)"
            " ORDER BY id DESC LIMIT 1",
            key,
        )
        return OpenBatch(*rows[0]) if rows else None
