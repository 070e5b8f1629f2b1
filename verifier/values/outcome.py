"""Outcomes: what became of one claim, every round of it."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.values.changes import Changes
from verifier.values.claim import Claim
from verifier.values.fact import Fact
from verifier.values.followup import FollowUp
from verifier.values.pack import ManifestEntry
from verifier.values.prompt import Prompt, Reply, Usage
from verifier.values.ruling import Ruling
from verifier.values.verdict import Verdict


@dataclass(frozen=True)
class Round:
    """One request and what came back."""

    prompt: Prompt
    reply: Reply
    followup: FollowUp | None = None
    """What this round told the model beyond the first prompt. None in round 1."""


@dataclass(frozen=True)
class Outcome:
    """Everything that a record, a report or a gate needs of one claim."""

    claim: Claim
    facts: tuple[Fact, ...]
    manifest: tuple[ManifestEntry, ...]
    rounds: tuple[Round, ...]
    verdict: Verdict | None
    """The last verdict that could be read. None when none came."""
    ruling: Ruling | None
    """None when the work could not be done: then `error` says why."""
    error: str | None = None
    kept: str | None = None
    """What came back all the same, where a reply failed."""
    fatal: bool = False
    """Whether no other claim of the run can fare better: a bad key, no such model."""
    changes: Changes | None = None
    """What of the branch's changes the model was shown. None: nothing."""

    @property
    def usage(self) -> Usage:
        """Tokens over all rounds, as the API reported them."""
        return sum((r.reply.usage for r in self.rounds if r.reply.usage is not None), Usage())
