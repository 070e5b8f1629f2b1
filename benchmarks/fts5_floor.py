"""The least that ranking a repository's files can take: its texts in SQLite's FTS5, and a query; nothing else.

python -m benchmarks.fts5_floor REPOSITORY WORD...
"""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from threading import Thread

_EDGE = re.compile("([a-z0-9])([A-Z])")
_LINES = 40


def main() -> None:
    """Index the head commit's texts in passages, and print the paths that fit the words best."""
    repository, *words = sys.argv[1:]
    git = ("git", "-C", repository)
    listed = subprocess.run((*git, "ls-tree", "-r", "-z", "HEAD"), capture_output=True, check=True).stdout
    files = [(entry.split()[2], entry.split(b"\t")[1].decode()) for entry in listed.split(b"\0") if entry]
    database = sqlite3.connect("")
    database.execute("CREATE VIRTUAL TABLE passage USING fts5 (path, text, content='', tokenize='porter unicode61')")
    paths: list[str] = []
    with subprocess.Popen((*git, "cat-file", "--batch"), stdin=subprocess.PIPE, stdout=subprocess.PIPE) as reading:
        assert reading.stdin is not None
        assert reading.stdout is not None
        asked = b"".join(blob + b"\n" for blob, _ in files)
        writer = Thread(target=lambda: (reading.stdin.write(asked), reading.stdin.close()))  # type: ignore[union-attr]
        writer.start()
        for _, path in files:
            content = reading.stdout.read(int(reading.stdout.readline().split()[2]) + 1)
            lines = content.decode("utf-8", "replace").split("\n") if b"\0" not in content[:8000] else []
            for first in range(0, len(lines), _LINES):
                text = _EDGE.sub(r"\1 \2", "\n".join(lines[first : first + _LINES]))
                database.execute("INSERT INTO passage VALUES (?, ?)", (_EDGE.sub(r"\1 \2", path), text))
                paths.append(path)
        writer.join()
    query = "SELECT rowid FROM passage WHERE passage MATCH ? ORDER BY bm25(passage, 3.0, 1.0) LIMIT 200"
    found = database.execute(query, (" OR ".join(words),))
    print("\n".join(list(dict.fromkeys(paths[row - 1] for (row,) in found))[:15]))


if __name__ == "__main__":
    main()
