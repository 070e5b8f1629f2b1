"""Read what a person or an agent wrote: notes, a pull request's text, a statement, from a file or standard input."""

from __future__ import annotations

import sys
from pathlib import Path

from verifier.errors import ClaimError
from verifier.safety.redacting import redact_text

LARGEST_BYTES = 500_000
"""Eight times what GitHub lets a pull request say; each bullet of two letters costs a kilobyte while it is read."""

STANDARD_INPUT = Path("-")


def read_written(path: Path) -> str:
    """The text of a file, of standard input for a dash; in NFC, and without secrets.

    Raises:
        ClaimError: It cannot be read, is too large, or is not UTF-8.
    """
    name = name_of(path)
    try:
        data = _read(path)
    except OSError as error:
        raise ClaimError(f"{name}: cannot be read ({error.strerror}); name notes that are there") from error
    if len(data) > LARGEST_BYTES:
        raise ClaimError(f"{name}: more than {LARGEST_BYTES // 1000} kB; name the notes themselves")
    try:
        return redact_text(data.decode("utf-8-sig"))[0]
    except UnicodeDecodeError as error:
        raise ClaimError(f"{name}: byte {error.start} is not UTF-8; save it as UTF-8") from error


def read_stated(statement: str) -> str:
    """A statement as it was given, or that of standard input for a dash; in NFC, and without secrets.

    Raises:
        ClaimError: Standard input cannot be read, is too large, or is not UTF-8.
    """
    return read_written(STANDARD_INPUT) if statement == str(STANDARD_INPUT) else redact_text(statement)[0]


def name_of(path: Path) -> str:
    """What messages call it."""
    return "standard input" if path == STANDARD_INPUT else str(path)


def _read(path: Path) -> bytes:
    if path == STANDARD_INPUT:
        return sys.stdin.buffer.read(LARGEST_BYTES + 1)
    with path.open("rb") as file:
        return file.read(LARGEST_BYTES + 1)
