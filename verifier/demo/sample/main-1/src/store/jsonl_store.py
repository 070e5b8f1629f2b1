"""Read entries from a file with one JSON object a line."""

from __future__ import annotations

import json
from pathlib import Path

from src.lookup.entry import Entry


class GlossaryError(ValueError):
    """A line of the glossary cannot be read as an entry."""


def load_entries(path: Path) -> list[Entry]:
    """Every entry of the file, in its order.

    Raises:
        OSError: The file cannot be read.
        GlossaryError: A line is no entry; the message says which.
    """
    with path.open(encoding="utf-8") as lines:
        return [_entry(line, number) for number, line in enumerate(lines, start=1) if line.strip()]


def _entry(line: str, number: int) -> Entry:
    try:
        fields = json.loads(line)
        return Entry(fields["term"], fields["meaning"], tuple(fields.get("see", ())))
    except KeyError as missing:
        raise GlossaryError(f"line {number}: no {missing}") from missing
    except (ValueError, TypeError, AttributeError) as error:
        raise GlossaryError(f"line {number}: {error}") from error
