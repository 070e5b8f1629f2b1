"""Keep the service's pace: no more in flight than asked, no faster than allowed, and less while it says it is too much.

A refusal here and there (429, 503) costs only its own retry. When a good part of a window is refused, the number in
flight is halved and nothing is sent for as long as the service asks; every window that goes well adds an eighth.
"""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass

from aiolimiter import AsyncLimiter

from verifier.errors import ModelError
from verifier.model import Model
from verifier.model.errors import TransientError
from verifier.values.prompt import Prompt, Reply

TOO_MUCH = (429, 503)
"""HTTP statuses by which the service says that it gets too much. Source: Gemini API docs, "Troubleshooting"."""

_SMALLEST_WINDOW = 16
_STORM = 0.4
"""The share of a window that is more than bad luck: a tenth refused must not slow a run down."""


class Allowance:
    """How many requests may be in flight now. Knows neither clock nor network: times are handed in, in seconds."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.allowed = most
        """Between 1 and `most`."""
        self.in_flight = 0
        self.quiet_until_s = -math.inf
        """Nothing is sent before."""
        self._window = 0
        self._answers = 0
        self._refusals = 0
        self._longest_wait_s = 0.0

    def may_send(self, now_s: float) -> bool:
        """Whether one more request may go out."""
        return self.in_flight < self.allowed and now_s >= self.quiet_until_s

    def send(self) -> int:
        """Count a request that goes out; gives the number of its window."""
        self.in_flight += 1
        return self._window

    def done(self, window: int, now_s: float, *, refused: bool = False, wait_s: float | None = None) -> None:
        """Count what became of a request of that window; `wait_s` is how long the service asked to be left alone."""
        self.in_flight -= 1
        if window != self._window:
            return  # It was sent before the last change, and tells nothing about what holds now.
        self._answers += 1
        size = max(_SMALLEST_WINDOW, self.allowed)
        if refused:
            self._refusals += 1
            self._longest_wait_s = max(self._longest_wait_s, wait_s or 0.0)
            if self._refusals > size * _STORM:
                self.quiet_until_s = now_s + self._longest_wait_s
                self._open_window(max(1, self.allowed // 2))
                self._window += 1
                return
        if self._answers >= size:
            self._open_window(min(self.most, self.allowed + max(1, self.allowed // 8)))

    def _open_window(self, allowed: int) -> None:
        self.allowed = allowed
        self._answers = self._refusals = 0
        self._longest_wait_s = 0.0


@dataclass(frozen=True)
class Pace:
    """How fast a run may go."""

    in_flight: int
    rpm: float | None = None
    """Requests a minute; sent evenly spaced, so that no minute holds more. None for no limit."""
    tpm: float | None = None
    """Tokens sent a minute. A minute after an idle one may hold `largest_tokens` more. None for no limit."""
    largest_tokens: int = 70_000
    """The largest prompt there is to be sent, with its margin."""


class Paced:
    """A model that asks another one at a pace. It belongs inside retries, so that each is paced and seen."""

    def __init__(self, model: Model, pace: Pace, *, ratio: float = 1.0) -> None:
        """Wrap `model`.

        Args:
            model: Asked at the pace.
            pace: How fast.
            ratio: The service's count of a prompt by ours.
        """
        self._model = model
        self._pace = pace
        self._ratio = ratio
        self.allowance = Allowance(pace.in_flight)
        self._changed = asyncio.Condition()
        # Waiters of a limiter are served smallest first; one at a time keeps large prompts from waiting for ever.
        self._in_line = asyncio.Lock()
        self._requests = AsyncLimiter(1, 60 / pace.rpm) if pace.rpm else None
        self._burst = min(pace.largest_tokens, pace.tpm) if pace.tpm else 0.0
        self._tokens = AsyncLimiter(self._burst, 60 * self._burst / pace.tpm) if pace.tpm else None

    async def reply(self, prompt: Prompt) -> Reply:
        """Ask when it is this request's turn.

        Raises:
            ModelError: The prompt alone is more than a minute may hold, or as the model raises it.
        """
        window = await self._take_a_place()
        refused, wait_s = False, None
        try:
            await self._keep_the_rate(prompt)
            return await self._model.reply(prompt)
        except TransientError as error:
            refused, wait_s = says_too_much(error), error.retry_after_s
            raise
        finally:
            self.allowance.done(window, _now_s(), refused=refused, wait_s=wait_s)
            async with self._changed:
                self._changed.notify(max(1, self.allowance.allowed - self.allowance.in_flight))

    async def _take_a_place(self) -> int:
        async with self._changed:
            while not self.allowance.may_send(_now_s()):
                quiet_s = self.allowance.quiet_until_s - _now_s()
                try:
                    async with asyncio.timeout(quiet_s if quiet_s > 0 else None):
                        await self._changed.wait()
                except TimeoutError:
                    continue
                except asyncio.CancelledError:
                    # The place that woke this task, if one did, is for the next in line.
                    self._changed.notify()
                    raise
            return self.allowance.send()

    async def _keep_the_rate(self, prompt: Prompt) -> None:
        if self._requests is None and self._tokens is None:
            return
        needed = prompt.tokens * self._ratio
        if self._pace.tpm is not None and needed > self._pace.tpm:
            raise ModelError(
                f'"{prompt.claim_id}" needs {needed:.0f} tokens and a minute may hold {self._pace.tpm:g}; '
                "lower --budget-tokens or raise --tpm"
            )
        async with self._in_line:
            if self._requests is not None:
                await self._requests.acquire()
            while self._tokens is not None and needed > 0:
                await self._tokens.acquire(min(needed, self._burst))
                needed -= self._burst


def says_too_much(error: TransientError) -> bool:
    """Whether the service refused because it gets too much, as opposed to a connection that broke."""
    return error.retry_after_s is not None or getattr(error.__cause__, "code", None) in TOO_MUCH


def _now_s() -> float:
    return asyncio.get_running_loop().time()
