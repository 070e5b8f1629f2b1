"""Ask again what can pass: with growing, jittered pauses, and never sooner than the service allows."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import NoReturn

import tenacity

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

        def tell(state: tenacity.RetryCallState) -> None:
            if self._on_retry is not None:
                self._on_retry(Retry(prompt, _error(state), state.attempt_number, self._attempts, state.upcoming_sleep))

        def is_last(state: tenacity.RetryCallState) -> bool:
            too_long = (_error(state).retry_after_s or 0.0) > LONGEST_WAIT_S
            return too_long or state.attempt_number >= self._attempts

        asking = tenacity.AsyncRetrying(
            sleep=self._sleep,
            stop=is_last,
            wait=pause_s,
            retry=tenacity.retry_if_exception_type(TransientError),
            before_sleep=tell,
            retry_error_callback=_give_up,
        )
        return await asking(self._model.reply, prompt)


def _give_up(state: tenacity.RetryCallState) -> NoReturn:
    raise given_up(_error(state), state.attempt_number) from _error(state)


_backoff = tenacity.wait_exponential_jitter(initial=1, max=LONGEST_PAUSE_S, jitter=1)
_jitter = tenacity.wait_random(0, 1)


def pause_s(state: tenacity.RetryCallState) -> float:
    """What the service asks, and a little more so that not all come back at once; else ever longer pauses."""
    asked_s = _error(state).retry_after_s
    return _backoff(state) if asked_s is None else asked_s + _jitter(state)


def _error(state: tenacity.RetryCallState) -> TransientError:
    assert state.outcome is not None
    error = state.outcome.exception()
    assert isinstance(error, TransientError)
    return error
