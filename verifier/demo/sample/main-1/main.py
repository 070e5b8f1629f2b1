"""Look one term up and print what it means."""

from __future__ import annotations

import sys
from pathlib import Path

from src.lookup.index import Index
from src.store.jsonl_store import load_entries

DATA_FILE = Path("data/glossary.jsonl")


def main(arguments: list[str]) -> int:
    """Print the meaning of the term on the command line; 1 when there is no such term."""
    if not arguments:
        print("usage: main.py TERM", file=sys.stderr)
        return 2
    entry = Index(load_entries(DATA_FILE)).find(" ".join(arguments))
    if entry is None:
        print("no such term", file=sys.stderr)
        return 1
    print(f"{entry.term}: {entry.meaning}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
