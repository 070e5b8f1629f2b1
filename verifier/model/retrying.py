"""Ask again what can pass: with growing, jittered pauses, and never sooner than the service allows."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from verifier.model import Model
from verifier.model.errors import TransientError, given_up
from verifier.values.prompt import Prompt, Reply

DEFAULT_ATTEMPTS = 4
LONGEST_PAUSE_S = 60.0
"""Where the service does not say how long to wait."""

LONGEST_WAIT_S = 600.0
"""A service that asks for more is not waited for."""


@dataclass(frozen=True)
class Retry:
    """One attempt that failed and is made again."""

    prompt: Prompt
    reason: TransientError
    attempt: int
    """The one that failed, counted from 1."""
    attempts: int
    wait_s: float

    def __str__(self) -> str:
        where = self.prompt.title
        return f"{where}: {self.reason}; asking again in {self.wait_s:.1f} s ({self.attempt + 1} of {self.attempts})"


class Retrying:
    """A model that asks another one, as often as it takes."""

    def __init__(
        self,
        model: Model,
        *,
        attempts: int = DEFAULT_ATTEMPTS,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        on_retry: Callable[[Retry], None] | None = None,
    ) -> None:
        """Wrap `model`; `attempts` counts the first one too, `on_retry` is told before each pause."""
        self._model = model
        self._attempts = attempts
        self._sleep = sleep
        self._on_retry = on_retry

    async def reply(self, prompt: Prompt) -> Reply:
        """Ask until a reply comes, an error cannot pass, or the attempts are used up."""
        attempt = 1
        while True:
            try:
                return await self._model.reply(prompt)
            except TransientError as error:
                if attempt >= self._attempts or (error.retry_after_s or 0.0) > LONGEST_WAIT_S:
                    raise given_up(error, attempt) from error
                wait_s = pause_s(error, attempt)
                if self._on_retry is not None:
                    self._on_retry(Retry(prompt, error, attempt, self._attempts, wait_s))
            await self._sleep(wait_s)
            attempt += 1


def pause_s(error: TransientError, attempt: int) -> float:
    """What the service asks, and a little more so that not all come back at once; else ever longer pauses."""
    jitter_s = random.random()  # noqa: S311  # nobody gains by foreseeing it
    if error.retry_after_s is not None:
        return error.retry_after_s + jitter_s
    return min(2.0 ** min(attempt - 1, 10) + jitter_s, LONGEST_PAUSE_S)
