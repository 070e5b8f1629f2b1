"""Verify claims: some at a time, each through all of its rounds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

from verifier.errors import ModelError
from verifier.model import Model
from verifier.pipeline.failing import failed
from verifier.pipeline.opening import OpenedClaim, Work, open_claim
from verifier.pipeline.rounds import Rounds
from verifier.values.claim import Claim
from verifier.values.outcome import Outcome

Carry = Callable[[Work, OpenedClaim], Awaitable[Outcome | None]]
"""Gives a claim's outcome from what was said of it on another commit. None: the model is to be asked."""


Opener = Callable[[Work, Claim], OpenedClaim]
"""Opens a claim, as `open_claim` does, or has it open already."""


async def not_carried(_work: Work, _opened: OpenedClaim) -> Outcome | None:
    """Carry nothing over."""
    return None


class Places:
    """So many places for claims at work. One that pauses leaves its place to another, and needs none to go on.

    What is on the wire is bounded by the pace, so that a claim that comes back is in nobody's way.
    """

    def __init__(self, number: int) -> None:
        self._free = asyncio.Semaphore(number)
        self._held: set[str] = set()

    async def take(self, claim_id: str) -> None:
        """Wait for a place; the claim has it until it leaves it."""
        await self._free.acquire()
        self._held.add(claim_id)

    def leave(self, claim_id: str) -> None:
        """Give the claim's place to the next one, if it still has one."""
        if claim_id in self._held:
            self._held.remove(claim_id)
            self._free.release()


@dataclass(frozen=True)
class Hooks:
    """Where others come in on a claim's way through the stages. As it stands, nobody does."""

    started: Callable[[Claim], None] = lambda _: None
    done: Callable[[Outcome], None] = lambda _: None
    """Told what became of a claim, which nobody else keeps."""
    carry: Carry = not_carried
    """Asked before the model is."""
    opener: Opener = open_claim
    places: Places | None = None
    """Given by who knows of pauses. None: as many as the limits say."""


NO_HOOKS = Hooks()


async def verify(work: Work, claims: Sequence[Claim], model: Model, hooks: Hooks) -> None:
    """Carry the claims through every stage, some at a time.

    An error of one claim is that claim's outcome. A fatal one (a bad key, no such model) ends the run: claims that were
    not done by then say so.
    """
    places = hooks.places or Places(work.limits.concurrency)
    ended_by: list[str | None] = []

    async def one(claim: Claim) -> None:
        try:
            hooks.started(claim)
            if ended_by:
                outcome = failed(not_begun(claim), ModelError(f"not asked, because the run had ended: {ended_by[0]}"))
            else:
                outcome = await verify_claim(work, claim, model, hooks)
        finally:
            places.leave(claim.id)
        if outcome.fatal:
            ended_by.append(outcome.error)
        hooks.done(outcome)

    async with tasks() as group:
        for claim in claims:
            await places.take(claim.id)
            group.create_task(one(claim))


@asynccontextmanager
async def tasks() -> AsyncIterator[asyncio.TaskGroup]:
    """A group of tasks that ends with the first error, which is raised as it is."""
    try:
        async with asyncio.TaskGroup() as group:
            yield group
    except BaseExceptionGroup as several:
        raise several.exceptions[0] from several


async def verify_claim(work: Work, claim: Claim, model: Model, hooks: Hooks = NO_HOOKS) -> Outcome:
    """Carry one claim through every stage. An error, also one that nobody foresaw, is the claim's outcome."""
    so_far: Callable[[], Outcome] = partial(not_begun, claim)
    try:
        opened = await work.aside(partial(hooks.opener, work, claim))
        carried = await hooks.carry(work, opened)
        if carried is not None:
            return carried
        rounds = Rounds(work, opened, model)
        so_far = rounds.outcome
        return await rounds.run()
    except Exception as error:  # noqa: BLE001  # one claim ends here; the others go on, and the error is named
        return failed(so_far(), error)


def not_begun(claim: Claim) -> Outcome:
    """The outcome of a claim of which nothing is known."""
    return Outcome(claim, (), (), (), None, None)
