"""What ends a run before its time: Ctrl-C, or an error that no claim can pass.

Ctrl-C once stops sending and keeps what comes within a few seconds, twice ends now; SIGTERM, which CI systems send, is
the same. An error that no claim can pass stops sending, too; what is on its way is waited for as ever, since it is
paid. What was answered is in the journal either way.
"""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from types import FrameType
from typing import Any, TypeVar

from verifier.errors import ModelError
from verifier.model import Answering, Model
from verifier.model.errors import TransientError
from verifier.values.prompt import Prompt, Reply

T = TypeVar("T")

GRACE_S = 5.0
"""How long replies that are on their way are waited for. CI systems kill some seconds after their first signal."""


_STOPPED = "stopped; what was answered is kept, and the same command resumes"


class StoppedError(ModelError):
    """The run ended before the model answered. No other claim of the run is asked either, so it is fatal."""

    def __init__(self, why: str = _STOPPED) -> None:
        super().__init__(why, fatal=True)


class Interruption:
    """Watches during one run for Ctrl-C, and for errors that no claim can pass.

        interruption = Interruption(on_stop=lambda waited_for: say(stopping_line(waited_for)))
        model = interruption.outside(Retrying(interruption.inside(gemini)))
        interruption.run(judge(run, model))

    Once stopped, `reply` raises `StoppedError`: the pipeline makes that the ERROR of each claim that was not finished.
    """

    def __init__(self, *, grace_s: float = GRACE_S, on_stop: Callable[[int], None] = lambda _: None) -> None:
        """Prepare; `on_stop` is told at the first Ctrl-C how many requests are waited for."""
        self._grace_s = grace_s
        self._on_stop = on_stop
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = False
        self._calls: dict[asyncio.Task[Reply], _Call] = {}
        self._sent = 0
        self._why: str | None = None
        """Why nothing more is sent. None as long as something may be."""
        self.stopped = False
        """Whether the run was asked to stop."""

    def run(self, main: Coroutine[Any, Any, T]) -> T:
        """Run to the end, in place of `asyncio.run`.

        Raises:
            KeyboardInterrupt: There was a second Ctrl-C.
        """

        async def watched() -> T:
            self._loop = asyncio.get_running_loop()
            return await main

        # With a loop of its own making, a runner leaves the thread's own event loop alone.
        with self._handlers(), asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
            return runner.run(watched())

    @property
    def waiting(self) -> int:
        """How many requests wait to be sent: for a pause to end, for a place, for another run's reply, for a batch."""
        return max(0, len(self._calls) - self._sent)

    def stop(self) -> None:
        """What the first Ctrl-C does. May be called from a signal handler and from any thread."""
        self.stopped, self._why = True, _STOPPED
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._begin_to_stop)

    def outside(self, model: Model) -> Model:
        """The same model, given up when the run stops. Put it around all that waits: retries, pace, purse."""
        return Answering(partial(self._ask, model))

    def inside(self, model: Model) -> Model:
        """The same model, next to the network: a request that has passed here is on its way."""
        return Answering(partial(self._send, model))

    async def _ask(self, model: Model, prompt: Prompt) -> Reply:
        """Ask in a task of its own, which stopping can cancel without touching the claim's."""
        self._refuse_when_over()
        call = _Call()

        async def ask() -> Reply:
            _current.set(call)
            return await model.reply(prompt)

        task = asyncio.create_task(ask())
        self._calls[task] = call
        try:
            return await task
        except asyncio.CancelledError:
            if call.given_up:
                self._refuse_when_over()
            raise
        except ModelError as error:
            if error.fatal and self._why is None:
                self._why = f"not asked any more, because the run had ended: {error}"
                self._give_up(sent_too=False)
            raise
        finally:
            del self._calls[task]

    async def _send(self, model: Model, prompt: Prompt) -> Reply:
        """Ask, and know meanwhile that the request is on its way."""
        self._refuse_when_over()
        call = _current.get() or _Call()
        call.sent = True
        self._sent += 1
        try:
            return await model.reply(prompt)
        except TransientError:
            self._refuse_when_over()  # It would be asked again otherwise.
            raise
        finally:
            call.sent = False
            self._sent -= 1

    def _refuse_when_over(self) -> None:
        if self._why is not None:
            raise StoppedError(self._why) from None

    def _begin_to_stop(self) -> None:
        """Give up what has not been sent, and all else when the grace is over."""
        if self._stopping or self._loop is None:
            return
        self._stopping = True
        self._give_up(sent_too=False)
        self._on_stop(sum(call.sent for call in self._calls.values()))
        self._loop.call_later(self._grace_s, self._give_up)

    def _give_up(self, sent_too: bool = True) -> None:
        for task, call in self._calls.items():
            if sent_too or not call.sent:
                call.given_up = True
                task.cancel()

    @contextmanager
    def _handlers(self) -> Iterator[None]:
        """Handlers of our own rather than the loop's: the second Ctrl-C must work while the loop is busy."""
        before = {}
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                # What is ignored stays ignored, as for a job in the background.
                if signal.getsignal(number) is not signal.SIG_IGN:
                    before[number] = signal.signal(number, self._on_signal) or signal.SIG_DFL
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        if self.stopped:
            raise KeyboardInterrupt
        self.stop()


def stopping_line(waited_for: int, grace_s: float = GRACE_S) -> str:
    """What to tell the person who pressed Ctrl-C once."""
    replies = "reply that is" if waited_for == 1 else "replies that are"
    waiting = f"waiting up to {grace_s:g} s for {waited_for} {replies} on the way; " if waited_for else ""
    return f"stopping: {waiting}the same command resumes; press Ctrl-C again to end now"


@dataclass
class _Call:
    """One request, from the moment somebody wants it answered."""

    sent: bool = False
    """Whether it is on its way to the service now, as opposed to waiting for its turn."""
    given_up: bool = False


_current: ContextVar[_Call | None] = ContextVar("current", default=None)
