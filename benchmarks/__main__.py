"""Measure, and print the table of benchmarks/README.md.

    python -m benchmarks [--work DIR] [--rounds 5] [ROW...]

Figures are medians of several rounds, in each of which every way has its turn. Downloads packages and peers into the
scratch folder by pip and npm; asks nobody but the emulator on this machine.
"""

from __future__ import annotations

import argparse
import compileall
import os
import platform
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks import ROOT
from benchmarks.asking import a_tenth_refused, against_gemini, against_ideal, per_claim
from benchmarks.auditing import many_pieces
from benchmarks.growth import hostile_texts
from benchmarks.measuring import ROUNDS, Figure
from benchmarks.packing import claim_set_files, memory, tokens_sent, whole_trees
from benchmarks.scratch import Scratch
from benchmarks.selecting import a_gigabyte, claim_with_a_path, claims_without_paths
from benchmarks.sharded import shards_merged
from benchmarks.starting import help_text

ROWS: dict[str, Callable[[Scratch, int], Iterator[Figure]]] = {
    "help": help_text,
    "tokens": tokens_sent,
    "claim-set": claim_set_files,
    "whole": whole_trees,
    "memory": memory,
    "per-claim": per_claim,
    "ideal": against_ideal,
    "gemini": against_gemini,
    "refused": a_tenth_refused,
    "shards": shards_merged,
    "audit": many_pieces,
    "growth": hostile_texts,
    "unnamed": claims_without_paths,
    "named": claim_with_a_path,
}
LONG: dict[str, Callable[[Scratch, int], Iterator[Figure]]] = {"gigabyte": a_gigabyte}
"""Rows that take minutes and gigabytes; only where they are asked for."""


def main() -> None:
    """Measure the rows that are asked for; all of them by default."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", nargs="*", choices=[[], *ROWS, *LONG], metavar="ROW", help=", ".join((*ROWS, *LONG)))
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "verifier-benchmarks")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    given = parser.parse_args()
    compileall.compile_dir(ROOT / "verifier", quiet=1)  # as pip does with what it installs
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()} {platform.machine()}\n")
    print("| what | measured | target | reached |\n| --- | --- | --- | --- |", flush=True)
    for name in given.rows or ROWS:
        for figure in (ROWS | LONG)[name](Scratch(given.work), given.rounds):
            print(figure, flush=True)


if __name__ == "__main__":
    main()
