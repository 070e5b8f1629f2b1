"""Work beside the event loop, so that calls in flight are answered while a claim is opened or looked up.

All of it is done in one thread, a piece at a time: more of them would share one core, and what was read of the commit
for one claim is at hand for the next. Two threads that have much to do hinder each other, which costs a small claim a
tenth of its CPU, so that short pieces stay in the loop.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import cache, partial
from typing import TYPE_CHECKING, NoReturn, TypeVar

if TYPE_CHECKING:
    import asyncio

T = TypeVar("T")


LONG_S = 0.005
"""Of CPU. A shorter piece may delay the loop as much from beside it: so long a thread holds the interpreter.

Source: Python docs, `sys.setswitchinterval`."""

_RECENT = 30
"""As many pieces as must have been short, one after the other, before one is done in the loop."""


class Aside:
    """Does work beside the loop as long as any of the last pieces was long."""

    def __init__(self) -> None:
        self._took_s: deque[float] = deque([LONG_S], maxlen=_RECENT)

    async def __call__(self, work: Callable[[], T]) -> T:
        """What the work gives or raises."""
        timed = partial(self._timed, work)
        return timed() if max(self._took_s) < LONG_S else await beside(timed)

    def _timed(self, work: Callable[[], T]) -> T:
        began_s = time.thread_time()
        try:
            return work()
        finally:
            self._took_s.append(time.thread_time() - began_s)


async def beside(work: Callable[[], T]) -> T:
    """What the work gives or raises, while the loop goes on with other tasks.

    A task that is cancelled does not end its work, whose result is then nobody's.
    """
    import asyncio  # who only opens claims has no loop

    loop = asyncio.get_running_loop()
    done: asyncio.Future[Callable[[], T]] = loop.create_future()

    def piece() -> None:
        try:
            result = work()
            given: Callable[[], T] = lambda: result  # noqa: E731
        except BaseException as error:  # noqa: BLE001  # raised where it is waited for
            given = partial(_raise, error)
        with suppress(RuntimeError):  # the loop is closed: the run was ended meanwhile
            loop.call_soon_threadsafe(_give, done, given)

    _pieces().put(piece)
    return (await done)()


def _give(done: asyncio.Future[T], given: T) -> None:
    if not done.done():
        done.set_result(given)


def _raise(error: BaseException) -> NoReturn:
    raise error


@cache
def _pieces() -> queue.SimpleQueue[Callable[[], None]]:
    """What waits for the thread, which lives as long as the process and does not keep it from ending."""
    pieces: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
    threading.Thread(target=_work, args=(pieces,), name="aside", daemon=True).start()
    return pieces


def _work(pieces: queue.SimpleQueue[Callable[[], None]]) -> None:
    while True:
        pieces.get()()
