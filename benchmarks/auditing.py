"""Audits: a report of ten thousand pieces of evidence against one of a thousand; linear is 10x."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks.measuring import Figure, took, turn_by_turn
from benchmarks.packing import VERIFIER
from benchmarks.scratch import Scratch

LINES = {
    "one name at many lines": "`Pool` is there (`pool.py`, line {n}).",
    "many names": "`name{n}` is there (`pool.py`, line {n}).",
    "files that are not there": "`Pool` is there (`src/{n}/pool.py`, line 3).",
    "names called missing": "The `Pool{n}` class is missing.",
    "names called unused": "`pool.py` does not use `x{n}`.",
    "blocks of code": "```\nreturn {n}\n```",
}


def many_pieces(scratch: Scratch, rounds: int) -> Iterator[Figure]:
    """CPU of `verifier audit`, start-up included."""
    folder = scratch.folder / "audited"
    if not folder.is_dir():
        folder.mkdir(parents=True)
        (folder / "pool.py").write_text(
            "class Pool:\n    def drain(self):\n        return self\n" * 200, encoding="utf-8"
        )
        for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "Pool"]):
            subprocess.run(["git", "-C", str(folder), *command], check=True)
    for name, line in LINES.items():
        sizes = {size: _report(scratch.folder / f"{size}.md", line, size) for size in (1_000, 10_000)}
        audit = [VERIFIER, "audit", "--repo", str(folder)]
        figures = turn_by_turn({str(size): partial(took, [*audit, str(page)]) for size, page in sizes.items()}, rounds)
        idle = took([sys.executable, "-c", "import verifier.audit"]).cpu_s
        few, many = figures["1000"].cpu_s - idle, figures["10000"].cpu_s - idle
        yield Figure(
            f"audit of ten thousand pieces of evidence, {name}, CPU against a thousand",
            f"{many / few:.1f}x ({figures['10000'].cpu_s:.1f} s)",
            "10x",
            many / few <= 10,
        )


def _report(place: Path, line: str, size: int) -> Path:
    pieces = "\n\n".join(line.format(n=n) for n in range(size))
    place.write_text(f"### CLAIM 1: the pool\n\nVerdict: FULLY RESOLVED\n\n{pieces}", encoding="utf-8")
    return place
