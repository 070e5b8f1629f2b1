"""Outcomes: what became of one claim, every round of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import chain
from typing import Annotated, Self

from pydantic import Field

from verifier.values.changes import Changes
from verifier.values.claim import Claim
from verifier.values.fact import Fact
from verifier.values.followup import FollowUp
from verifier.values.pack import ManifestEntry
from verifier.values.prompt import Asks, Prompt, Reply, Source, Usage, asks_of, title_of
from verifier.values.ruling import Ruling
from verifier.values.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """One request by its digests, and the reply verbatim."""

    round: int
    digests: dict[str, str]
    """SHA-256 of each section of the prompt, by the section's name."""
    tokens_estimated: int
    """Our own count over the prompt."""
    reply: str
    model: str
    """The model that answered, in its own words."""
    source: Source
    response_id: str | None = None
    recorded_at: str | None = None
    """ISO time of a recording."""
    usage: Usage | None = None
    """None where none was reported."""
    paid_before: Annotated[Usage | None, Field(exclude_if=lambda usage: usage is None)] = None
    """What the reply took when it came, where it was kept since; nothing was paid for it now."""

    @classmethod
    def of(cls, prompt: Prompt, reply: Reply) -> Self:
        """What is kept of a prompt and its reply."""
        return cls(
            round=prompt.round,
            digests=prompt.digests,
            tokens_estimated=prompt.tokens,
            reply=reply.text,
            model=reply.model,
            source=reply.source,
            response_id=reply.response_id,
            recorded_at=reply.recorded_at,
            usage=reply.usage,
            paid_before=reply.paid_before,
        )

    @property
    def taken(self) -> Usage | None:
        """What the reply took, now or when it came. None where that is not known."""
        return self.usage or self.paid_before

    @property
    def asks(self) -> Asks:
        """What the request asked for."""
        return asks_of(self.digests)

    @property
    def key(self) -> tuple[int, Asks]:
        """What tells it from the claim's other exchanges."""
        return self.round, self.asks

    @property
    def title(self) -> str:
        """Its name in messages."""
        return title_of(self.round, self.asks)

    def again(self) -> Reply:
        """The reply as it is given once more, which costs nothing."""
        return Reply(
            self.reply,
            self.source,
            self.model,
            self.response_id,
            recorded_at=self.recorded_at,
            paid_before=self.taken,
        )


@dataclass(frozen=True, kw_only=True)
class Round(Exchange):
    """One round with the model."""

    granted: tuple[str, ...] = ()
    """Paths that the model asked for and was shown in this round."""
    refused: tuple[str, ...] = ()
    """Paths that it asked for and was not shown."""
    reading: Exchange | None = None
    """The second reading. None where no new evidence stood."""

    @classmethod
    def of(cls, prompt: Prompt, reply: Reply, followup: FollowUp | None = None) -> Self:
        """The round in which the prompt was answered; `followup` is what it told beyond the first one."""
        asked = super().of(prompt, reply)
        if followup is None:
            return asked
        granted, refused = ((one.path for one in ones) for ones in (followup.files, followup.refused))
        return replace(asked, granted=tuple(granted), refused=tuple(refused))


def exchanges_of(leads: Exchange | None, rounds: Iterable[Round]) -> tuple[Exchange, ...]:
    """A claim's exchanges in the order in which they were made: leads, each verdict, and what was read of it."""
    pairs = ((one, one.reading) for one in rounds)
    return tuple(exchange for exchange in (leads, *chain.from_iterable(pairs)) if exchange is not None)


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
    traceback: str | None = None
    """Where an error came from that nobody foresaw."""
    fatal: bool = False
    """Whether no other claim of the run can fare better: a bad key, no such model."""
    changes: Changes | None = None
    """What of the branch's changes the model was shown. None: nothing."""
    leads: Exchange | None = None
    """Where the model was asked where to look. None: it was not."""

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """Every request that was answered, in the order they were, second readings among them."""
        return exchanges_of(self.leads, self.rounds)

    @property
    def usage(self) -> Usage:
        """Tokens over all requests, as the API reported them."""
        return sum((one.usage for one in self.exchanges if one.usage is not None), Usage())
