"""Pack every text of a commit with line numbers and a count of tokens, as a process to be measured.

python -m benchmarks.whole REPOSITORY exact|estimated OUTPUT
"""

from __future__ import annotations

import sys
from pathlib import Path

from verifier.cost.tokens import count_tokens
from verifier.prompting.packing import numbered
from verifier.repository.snapshot import Nature, Snapshot
from verifier.values.source import Lines, split_lines

CHARS_PER_TOKEN = 4


def main(repository: str, counts: str, output: str) -> None:
    """Pack, and print the number of tokens."""
    tokens = 0
    with Snapshot.open(Path(repository)) as snapshot, Path(output).open("w", encoding="utf-8") as out:
        for file in snapshot.files():
            if file.nature is not Nature.TEXT:
                continue
            lines = split_lines(file.text)  # kept nowhere, unlike `file.lines`
            text = numbered(lines, (Lines(1, len(lines)),))
            tokens += count_tokens(text) if counts == "exact" else len(text) // CHARS_PER_TOKEN
            out.write(f"{file.path}\n{text}\n")
    print(tokens)


if __name__ == "__main__":
    main(*sys.argv[1:])
