"""Measure processes: CPU, wall and memory, several ways turn by turn, so that a busy minute hits all of them alike."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
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


_MEASURE = """
import json, os, sys, time
told = int(sys.argv[1])
os.set_inheritable(told, False)
began = time.monotonic()
_, status, used = os.wait4(os.spawnvp(os.P_NOWAIT, sys.argv[2], sys.argv[2:]), 0)
wall_s = time.monotonic() - began
cpu_s, peak_mb = used.ru_utime + used.ru_stime, used.ru_maxrss * 1024 / 1e6
os.write(told, json.dumps([os.waitstatus_to_exitcode(status), cpu_s, wall_s, peak_mb]).encode())
"""
"""Starts a command from a small process: what starts one counts into its peak, until it becomes the command."""


def took(command: Sequence[str], *, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> Took:
    """Run a command to its end.

    Raises:
        RuntimeError: It ended with another exit code than 0.
    """
    told, tell = os.pipe()
    with (
        os.fdopen(told, "rb") as told_by,
        subprocess.Popen(  # a pipe has no path
            [sys.executable, "-I", "-S", "-c", _MEASURE, str(tell), *command],
            cwd=cwd,
            env=os.environ | dict(env or {}),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            pass_fds=(tell,),
        ) as process,
    ):
        os.close(tell)
        stdout, stderr = process.communicate()
        code, cpu_s, wall_s, peak_mb = json.loads(told_by.read())
    if code:
        raise RuntimeError(f"{command[:3]} ended with {code}: {stderr[-500:]}")
    return Took(cpu_s, wall_s, peak_mb, stdout, stderr)


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
