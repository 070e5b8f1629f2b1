"""Verify claims: some at a time, each through all of its rounds."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from verifier.errors import ModelError
from verifier.model import Model
from verifier.pipeline.failing import failed
from verifier.pipeline.opening import OpenedClaim, Work, open_claim
from verifier.pipeline.places import Places
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


async def verify(
    work: Work,
    claims: Sequence[Claim],
    model: Model,
    done: Callable[[Outcome], None] = lambda _: None,
    started: Callable[[Claim], None] = lambda _: None,
    carry: Carry = not_carried,
    places: Places | None = None,
    opener: Opener = open_claim,
) -> None:
    """Carry the claims through every stage, some at a time; `done` is told what became of each, which nobody keeps.

    `carry` is asked before the model is. An error of one claim is that claim's outcome. A fatal one (a bad key, no
    such model) ends the run: claims that were not done by then say so. `places` are given by who knows of pauses.
    """
    places = places or Places(work.limits.concurrency)
    ended_by: list[str | None] = []

    async def one(claim: Claim) -> None:
        try:
            started(claim)
            if ended_by:
                outcome = failed(not_begun(claim), ModelError(f"not asked, because the run had ended: {ended_by[0]}"))
            else:
                outcome = await verify_claim(work, claim, model, carry, opener)
        finally:
            places.leave(claim.id)
        if outcome.fatal:
            ended_by.append(outcome.error)
        done(outcome)

    try:
        async with asyncio.TaskGroup() as group:
            for claim in claims:
                await places.take(claim.id)
                group.create_task(one(claim))
    except BaseExceptionGroup as several:
        raise several.exceptions[0] from several


async def verify_claim(
    work: Work, claim: Claim, model: Model, carry: Carry = not_carried, opener: Opener = open_claim
) -> Outcome:
    """Carry one claim through every stage. An error, also one that nobody foresaw, is the claim's outcome."""
    so_far: Callable[[], Outcome] = partial(not_begun, claim)
    try:
        opened = await work.aside(partial(opener, work, claim))
        carried = await carry(work, opened)
        if carried is not None:
            return carried
        rounds = Rounds(work, opened, model)
        so_far = rounds.outcome
        return await rounds.run()
    except Exception as error:  # noqa: BLE001  # one claim ends here; the others go on, and the error is named
        return failed(so_far(), error)


async def verify_opened(work: Work, opened: OpenedClaim, model: Model) -> Outcome:
    """Ask about a claim that is opened, in as many rounds as it needs, and rule on it."""
    return await verify_claim(work, opened.claim, model, opener=lambda *_: opened)


def not_begun(claim: Claim) -> Outcome:
    """The outcome of a claim of which nothing is known."""
    return Outcome(claim, (), (), (), None, None)
