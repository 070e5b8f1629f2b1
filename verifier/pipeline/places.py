"""How many claims are at work at a time."""

from __future__ import annotations

import asyncio


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
