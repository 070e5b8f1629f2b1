"""Work that is spread over processes of their own, so that all cores are used."""

from __future__ import annotations

import functools
import logging
import os
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future

Piece = TypeVar("Piece")
Result = TypeVar("Result")

# Without -P a `pickle.py` in the working directory, a stranger's repository for all we know, would be run.
_COMMAND = (sys.executable, "-P", "-c", "from verifier.system.processes import serve; serve()")

_LOG = logging.getLogger(__name__)

_AHEAD = 2
"""Pieces that wait for each process."""


def cores() -> int:
    """How many processes can run at once, by what this one may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def spread(work: Callable[[Piece], Result], pieces: Iterable[Piece], processes: int) -> Generator[Result]:
    """What a function of a module makes of each piece, in their order; worked out here where `processes` is 0.

    Each process takes as long to begin as verifier's imports do, some 0.3 s. What one of them does not answer, because
    it was killed, cannot be started or met an error, is worked out here, so that an error is raised here too. The log
    says so.
    """
    if processes < 1:
        yield from map(work, pieces)
        return
    from concurrent.futures import ThreadPoolExecutor
    from queue import SimpleQueue

    workers = [_Worker() for _ in range(processes)]
    idle: SimpleQueue[_Worker] = SimpleQueue()
    for worker in workers:
        idle.put(worker)

    def done(piece: Piece) -> Result:
        worker = idle.get()
        try:
            return worker.do(work, piece)
        except (OSError, EOFError, pickle.UnpicklingError) as met:
            _say_once(f"{type(met).__name__}: {met}".removesuffix(": "))
            return work(piece)
        finally:
            idle.put(worker)

    with ThreadPoolExecutor(processes, thread_name_prefix="spread") as pool:
        waiting: deque[Future[Result]] = deque()
        try:
            for piece in pieces:
                waiting.append(pool.submit(done, piece))
                if len(waiting) > _AHEAD * processes:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for left in waiting:
                left.cancel()
            for worker in workers:
                worker.end()


@functools.cache
def _say_once(why: str) -> None:
    _LOG.warning("one of the processes that share the work gave no answer (%s); its part is done without it", why)


class _Worker:
    """A process that answers one piece after the other."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def do(self, work: Callable[[Piece], Result], piece: Piece) -> Result:
        process = self._running()
        assert process.stdin is not None
        assert process.stdout is not None
        pickle.dump((work, piece), process.stdin, pickle.HIGHEST_PROTOCOL)
        process.stdin.flush()
        result: Result = pickle.load(process.stdout)  # noqa: S301  # our own process wrote it
        return result

    def end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            # Ctrl-C is for the process that started it, whose end ends this one too.
            self._process = subprocess.Popen(
                _COMMAND,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        return self._process


def serve() -> None:
    """Answer pieces from standard input until it ends."""
    answers, sys.stdout = sys.stdout.buffer, sys.stderr
    while True:
        try:
            work, piece = pickle.load(sys.stdin.buffer)  # noqa: S301  # our own process wrote it
        except EOFError:
            return
        pickle.dump(work(piece), answers, pickle.HIGHEST_PROTOCOL)
        answers.flush()
