"""What was said of a claim, to be judged again on another commit that shows it the same code."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pydantic import TypeAdapter, ValidationError

from verifier.journal.runs import code_key
from verifier.journal.store import Statement, Store
from verifier.values.outcome import Exchange
from verifier.values.pack import ManifestEntry
from verifier.values.prompt import Source, digest

_RECALLED = 5
"""Memories under one key that are looked through: branches that show a claim other files have one each."""


@dataclass(frozen=True)
class MemoryKey:
    """Under what a claim's replies are good for another commit: all of this is the same there."""

    claim: str
    """`claim_digest`."""
    judged_by: str
    """Digest of whatever else decides: addressee, templates, questions, rules."""
    supplied: Mapping[str, str]
    """Paths that the first round supplies, each with its blob."""

    @property
    def digest(self) -> str:
        """The key as the journal holds it."""
        return digest(json.dumps([self.claim, self.judged_by, code_key(self.supplied)]))


@dataclass(frozen=True)
class ClaimMemory:
    """The replies that led to one ruling, verbatim, with all that they were shown."""

    claim_id: str
    commit: str
    exchanges: tuple[Exchange, ...]
    """Verdicts and second readings, in order; recalled without usage, since these tokens are paid."""
    manifest: tuple[ManifestEntry, ...]
    supplied: Mapping[str, str]
    """Paths that any round supplied, each with its blob. Another commit must have all of them."""


class Memories:
    """The claims' memories that were kept."""

    def __init__(self, store: Store, now: Callable[[], str]) -> None:
        self._store = store
        self._now = now

    def remember(self, memories: Sequence[tuple[MemoryKey, ClaimMemory]]) -> None:
        """Keep what was said. Replayed and authored replies say nothing of another commit and are passed over."""
        sql = "INSERT INTO memories (key, claim_id, commit_id, made_at, memory) VALUES (?, ?, ?, ?, ?)"
        now = self._now()
        statements = [
            Statement(sql, (key.digest, memory.claim_id, memory.commit, now, _adapter().dump_json(memory).decode()))
            for key, memory in memories
            if all(one.source in (Source.LIVE, Source.JOURNAL) for one in memory.exchanges)
        ]
        if statements:
            self._store.write(statements)

    def recall(self, key: MemoryKey) -> Iterator[ClaimMemory]:
        """What was said last under the same key, newest first."""
        for (text,) in self._store.rows(
            "SELECT memory FROM memories WHERE key = ? ORDER BY id DESC LIMIT ?", key.digest, _RECALLED
        ):
            try:
                memory = _adapter().validate_json(text)
            except ValidationError:
                continue  # of a verifier that kept it otherwise; the model is asked
            paid = (replace(one, source=Source.JOURNAL, usage=None, paid_before=one.taken) for one in memory.exchanges)
            yield replace(memory, exchanges=tuple(paid))


@functools.cache
def _adapter() -> TypeAdapter[ClaimMemory]:
    return TypeAdapter(ClaimMemory)
