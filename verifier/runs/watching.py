"""Watch a run: what is told to whoever wants to see how it goes. Nothing that a watcher does changes the run."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from verifier.cost.prices import Bill
    from verifier.model.retrying import Retry
    from verifier.values.claim import Claim
    from verifier.values.outcome import Outcome


class Watcher:
    """Told what happens in a run. Each method does nothing: a subclass has those of what it looks at."""

    def begins(self, total: int, bill: Callable[[Outcome], Bill], waiting: Callable[[], int]) -> None:
        """Work begins on so many claims.

        `bill` gives what a claim that is done has cost, and `waiting` how many of those at work wait for the service
        just now; that may be asked from any thread.
        """

    def ends(self) -> None:
        """The run is over, or an error ended it."""

    def started(self, claim: Claim) -> None:
        """Work on a claim begins."""

    def done(self, outcome: Outcome) -> None:
        """A claim has its outcome."""

    def retried(self, retry: Retry) -> None:
        """A request failed and is made again after a pause."""

    def say(self, line: str) -> None:
        """The run has something to tell: what it is going to take, for example."""

    def insist(self, line: str) -> None:
        """The run has something to tell that nobody should be spared: that it stops, for example."""
