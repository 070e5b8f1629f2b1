"""Pack every text of a commit with line numbers and a count of tokens, as a process to be measured.

python -m benchmarks.whole REPOSITORY exact|estimated OUTPUT
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from verifier.cost.tokens import count_tokens
from verifier.prompting.packing import numbered
from verifier.repository.snapshot import Nature, Snapshot, SourceFile
from verifier.values.source import Lines, split_lines

CHARS_PER_TOKEN = 4


SPREAD_BYTES = {"exact": 4_000_000, "estimated": 64_000_000}
"""From how much on other processes pay: counting takes 0.2 s a megabyte."""


@dataclass(frozen=True)
class Numbered:
    """A file's text with numbered lines, and its tokens."""

    path: str
    text: str
    tokens: int


def main(repository: str, counts: str, output: str) -> None:
    """Pack, and print the number of tokens."""
    tokens = 0
    make = partial(numbered_file, exact=counts == "exact")
    with Snapshot.open(Path(repository)) as snapshot, Path(output).open("w", encoding="utf-8") as out:
        for file in snapshot.made_of(make, snapshot.paths, SPREAD_BYTES[counts]):
            if file is not None:
                tokens += file.tokens
                out.write(f"{file.path}\n{file.text}\n")
    print(tokens)


def numbered_file(file: SourceFile, *, exact: bool) -> Numbered | None:
    """None: it is no text."""
    if file.nature is not Nature.TEXT:
        return None
    lines = split_lines(file.text)  # kept nowhere, unlike `file.lines`
    text = numbered(lines, (Lines(1, len(lines)),))
    return Numbered(file.path, text, count_tokens(text) if exact else len(text) // CHARS_PER_TOKEN)


if __name__ == "__main__":
    from benchmarks.whole import main as imported  # so that other processes find what they are asked to make

    imported(*sys.argv[1:])
