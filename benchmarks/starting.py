"""Start-up: `verifier --help` against a peer's and against importing click alone."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from benchmarks.measuring import Figure, took, turn_by_turn
from benchmarks.packing import VERIFIER
from benchmarks.scratch import Scratch


def help_text(scratch: Scratch, rounds: int) -> Iterator[Figure]:
    """CPU of a process from its start to its end."""
    figures = turn_by_turn(
        {
            "ours": lambda: took([VERIFIER, "--help"]),
            "files-to-prompt": lambda: took([scratch.peer("files-to-prompt"), "--help"]),
            "click": lambda: took([sys.executable, "-c", "import click"]),
        },
        3 * rounds,
    )
    ours = figures["ours"].cpu_s
    for name, what in (("files-to-prompt", "`files-to-prompt --help`"), ("click", '`python -c "import click"`')):
        ratio = ours / figures[name].cpu_s
        of_peer = name == "files-to-prompt"
        yield Figure(
            f"`verifier --help`, CPU, against {what}",
            f"{ratio:.2f}x",
            "2x" if of_peer else "-",
            ratio <= 2 if of_peer else None,
        )
