"""Work beside the event loop, so that calls in flight are answered while a claim is opened or looked up.

All of it is done in one thread, a piece at a time: more of them would share one core, and what was read of the commit
for one claim is at hand for the next.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import cache, partial
from typing import NoReturn, TypeVar

T = TypeVar("T")


async def aside(work: Callable[[], T]) -> T:
    """What the work gives or raises, while the loop goes on with other tasks.

    A task that is cancelled does not end its work, whose result is then nobody's.
    """
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
