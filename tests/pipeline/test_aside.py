"""What one claim takes of this machine delays no call of another that is in flight."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable

import pytest

from tests.conftest import Commit
from tests.evidence.replies import Says, citation, part, verdict
from verifier.pipeline.aside import LONG_S, Aside, beside
from verifier.pipeline.lookups import Lookups, open_parts
from verifier.pipeline.opening import OpenedClaim, Work, open_claim
from verifier.pipeline.verifying import Hooks, verify
from verifier.prompting.rendering import Prompts
from verifier.repository.index import Index
from verifier.setup.shipped_files import shipped
from verifier.values.claim import Claim, ClaimSet, Word
from verifier.values.outcome import Outcome
from verifier.values.prompt import Prompt, Reply

FILES = {"pool.py": "def drain(items):\n    while items:\n        items.pop().close()\n"}
STATEMENT = "`drain` closes every item, in `pool.py`"
DRAINS = part(STATEMENT, "yes", citation("pool.py", 1, 3, FILES["pool.py"].rstrip("\n")))
RESOLVED = verdict(DRAINS, word="FULLY RESOLVED")
LONGEST_S = 10.0
"""For a reply that is there at once, unless the loop is blocked."""


class InFlight:
    """A model whose first reply about one claim comes while this machine is at work on the other."""

    def __init__(self) -> None:
        self._at_work = threading.Event()
        self._answered = threading.Event()
        self._models = {"waits": Says(RESOLVED), "works": Says(RESOLVED)}

    async def reply(self, prompt: Prompt) -> Reply:
        if prompt.claim_id == "waits":
            while not self._at_work.is_set():
                await asyncio.sleep(0.001)
            self._answered.set()
        return await self._models[prompt.claim_id].reply(prompt)

    def work(self, claim_id: str) -> None:
        """Be at work on a claim; on the other one's turn until the reply is there."""
        if claim_id == "works":
            self._at_work.set()
            assert self._answered.wait(LONGEST_S), "the reply in flight was not taken while this machine was at work"


@pytest.mark.parametrize("step", ["opened", "looked up", "ruled on"])
def test_a_reply_is_taken_while_another_claim_is(commit: Commit, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    claims = ClaimSet.model_validate(
        {"title": "Pool", "claims": [{"id": one, "statement": STATEMENT} for one in ("waits", "works")]}
    )
    everything = Work(claims, Index(commit(FILES)), Prompts(shipped("prompts")))
    model, made = InFlight(), list[Outcome]()

    def opens(work: Work, claim: Claim) -> OpenedClaim:
        if step == "opened":
            model.work(claim.id)
        return open_claim(work, claim)

    def worked(before: Callable[..., object], claim_id: Callable[..., str]) -> Callable[..., object]:
        def work(*given: object) -> object:
            model.work(claim_id(*given))
            return before(*given)

        return work

    if step == "looked up":
        monkeypatch.setattr(Lookups, "part", worked(Lookups.part, lambda self, _: self._opened.claim.id))
    if step == "ruled on":
        opened_parts = worked(open_parts, lambda opened, *_: opened.claim.id)
        monkeypatch.setattr("verifier.pipeline.rounds.open_parts", opened_parts)
    asyncio.run(verify(everything, claims.claims, model, Hooks(done=made.append, opener=opens)))

    assert [one.ruling and one.ruling.word for one in made] == [Word.FULLY, Word.FULLY]


def test_what_work_beside_the_loop_raises_is_raised_where_it_is_waited_for() -> None:
    def fails() -> None:
        raise StopIteration("nothing more")

    with pytest.raises(RuntimeError) as met:
        asyncio.run(beside(fails))

    assert isinstance(met.value.__cause__, StopIteration)


def test_work_of_a_task_that_is_cancelled_is_nobodys_and_the_next_is_done() -> None:
    may_end = threading.Event()

    async def main() -> str:
        first = asyncio.create_task(beside(lambda: may_end.wait(LONGEST_S)))
        await asyncio.sleep(0)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        may_end.set()
        return await beside(lambda: "done")

    assert asyncio.run(main()) == "done"


def test_short_work_stays_in_the_loop_until_a_piece_is_long() -> None:
    """A thread beside the loop costs what it takes to hand over, twice a piece."""

    def long() -> threading.Thread:
        began_s = time.thread_time()
        while time.thread_time() - began_s < 2 * LONG_S:
            pass
        return threading.current_thread()

    async def main() -> list[bool]:
        aside, here = Aside(), threading.current_thread()
        threads = [await aside(threading.current_thread) for _ in range(60)]
        threads.append(await aside(long))
        threads.append(await aside(threading.current_thread))
        return [thread is here for thread in threads]

    in_the_loop = asyncio.run(main())

    assert in_the_loop == [False] * 30 + [True] * 31 + [False]
