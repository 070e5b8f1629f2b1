"""Measure processes: CPU, wall and memory, several ways turn by turn, so that a busy minute hits all of them alike."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROUNDS = 5


@dataclass(frozen=True)
class Took:
    """What a process and its children took."""

    cpu_s: float
    wall_s: float
    peak_mb: float
    """Of the largest of the processes."""
    stdout: str = ""
    stderr: str = ""


def took(command: Sequence[str], *, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> Took:
    """Run a command to its end.

    Raises:
        RuntimeError: It ended with another exit code than 0.
    """
    began = time.monotonic()
    with subprocess.Popen(
        command, cwd=cwd, env=os.environ | dict(env or {}), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        stdout, stderr = _drained(process)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command[:3]} ended with {process.returncode}: {stderr[-500:]}")
    return Took(used.ru_utime + used.ru_stime, time.monotonic() - began, used.ru_maxrss * 1024 / 1e6, stdout, stderr)


def _drained(process: subprocess.Popen[str]) -> tuple[str, str]:
    """What it printed. `communicate` would collect the process, and with it what it took."""
    import threading

    assert process.stdout is not None
    assert process.stderr is not None
    errors: list[str] = []
    reader = threading.Thread(target=lambda: errors.append(process.stderr.read() if process.stderr else ""))
    reader.start()
    printed = process.stdout.read()
    reader.join()
    return printed, "".join(errors)


Way = Callable[[], Took]


def turn_by_turn(ways: Mapping[str, Way], rounds: int = ROUNDS) -> dict[str, Took]:
    """The medians of each way, each figure by itself."""
    figures: dict[str, list[Took]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            figures[name].append(way())
    return {name: _median(each) for name, each in figures.items()}


def _median(each: Sequence[Took]) -> Took:
    return Took(
        statistics.median(one.cpu_s for one in each),
        statistics.median(one.wall_s for one in each),
        statistics.median(one.peak_mb for one in each),
        each[-1].stdout,
        each[-1].stderr,
    )


@dataclass(frozen=True)
class Figure:
    """One line of the table."""

    what: str
    measured: str
    target: str
    reached: bool | None = None
    """None where there is no target."""

    def __str__(self) -> str:
        verdict = {True: "yes", False: "**no**", None: "-"}[self.reached]
        return f"| {self.what} | {self.measured} | {self.target} | {verdict} |"
