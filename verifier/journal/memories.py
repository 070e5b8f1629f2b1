"""What was said of a claim, to be judged again on another commit that shows it the same code."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from verifier.journal.runs import code_key
from verifier.journal.store import Statement, Store
from verifier.values.pack import ManifestEntry, Supply
from verifier.values.prompt import Reply, Source, digest
from verifier.values.source import Lines


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
    replies: tuple[Reply, ...]
    """One a round, in order; without usage, since these tokens are paid."""
    manifest: tuple[ManifestEntry, ...]
    supplied: Mapping[str, str]
    """Paths that any round supplied, each with its blob. Another commit must have all of them."""
    made_at: str = ""
    """Empty until it was remembered."""


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
            Statement(sql, (key.digest, memory.claim_id, memory.commit, now, json.dumps(_plain(memory))))
            for key, memory in memories
            if all(reply.source in (Source.LIVE, Source.JOURNAL) for reply in memory.replies)
        ]
        if statements:
            self._store.write(statements)

    def recall(self, key: MemoryKey) -> ClaimMemory | None:
        """What was said last under the same key. None where nothing was."""
        rows = self._store.rows(
            "SELECT claim_id, commit_id, memory, made_at FROM memories WHERE key = ? ORDER BY id DESC LIMIT 1",
            key.digest,
        )
        if not rows:
            return None
        claim_id, commit, memory, made_at = rows[0]
        return _read(claim_id, commit, json.loads(memory), made_at)


def _plain(memory: ClaimMemory) -> dict[str, Any]:
    return {
        "replies": [{"text": r.text, "model": r.model, "response_id": r.response_id} for r in memory.replies],
        "manifest": [dataclasses.asdict(entry) for entry in memory.manifest],
        "supplied": dict(memory.supplied),
    }


def _read(claim_id: str, commit: str, plain: dict[str, Any], made_at: str) -> ClaimMemory:
    return ClaimMemory(
        claim_id,
        commit,
        tuple(Reply(r["text"], Source.JOURNAL, r["model"], r["response_id"]) for r in plain["replies"]),
        tuple(_entry(entry) for entry in plain["manifest"]),
        plain["supplied"],
        made_at,
    )


def _entry(plain: dict[str, Any]) -> ManifestEntry:
    lines = tuple(Lines(**lines) for lines in plain["lines"])
    return ManifestEntry(**{**plain, "supply": Supply(plain["supply"]), "lines": lines})
