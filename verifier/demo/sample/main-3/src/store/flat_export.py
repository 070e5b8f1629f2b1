"""Write the glossary as flat text, for the printed hand list."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from pathlib import Path

from src.lookup.entry import Entry

WIDTH = 72


def export_flat(entries: Iterable[Entry], into: Path) -> int:
    """Write one paragraph an entry, in the order of the alphabet; how many were written."""
    paragraphs = [_paragraph(entry) for entry in sorted(entries, key=lambda entry: entry.term)]
    into.parent.mkdir(parents=True, exist_ok=True)
    into.write_text("\n\n".join(paragraphs) + "\n", encoding="utf-8")
    return len(paragraphs)


def _paragraph(entry: Entry) -> str:
    text = f"{entry.term.upper()}. {entry.meaning}"
    if entry.see:
        text += f" See {', '.join(entry.see)}."
    return textwrap.fill(text, WIDTH, subsequent_indent="  ")
