"""What commands print: machine output on stdout, messages on stderr, and foreign text that cannot move a terminal."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from verifier.safety.terminal import escape_terminal, unobeyed

if TYPE_CHECKING:
    from verifier.values.record import RunRecord


def say(message: str, *, ready: bool = False) -> None:
    """Print a message for the person at the terminal, on stderr; where nobody reads it any more, that ends nothing.

    What is foreign in it is escaped, unless it is ready: then whoever made it has done that.
    """
    with suppress(BrokenPipeError):
        _echo(message, ready=ready, err=True)


def show(text: str, *, ready: bool = False) -> None:
    """Print a line of a result, on stdout; escaped as a message is."""
    _echo(text, ready=ready, err=False)


def show_json(document: Any) -> None:
    """Print one JSON document on stdout, the same for every terminal."""
    from verifier.safety.redacting import redact_output

    show(escape_json(json.dumps(redact_output(document), ensure_ascii=False, indent=2)), ready=True)


def deliver(text: str, out: Path | None, *, obeyed: bool = False) -> None:
    """Write a document to a file; print it where none is named. A runner obeys nothing in it, unless it may."""
    if out is None:
        shown = escape_json(text) if text.startswith("{") else text if obeyed else unobeyed(text)
        click.echo(shown.encode("utf-8"), nl=False)
    else:
        from verifier.report.files import write_text

        write_text(out, text)


def escape_json(text: str) -> str:
    """A JSON text that says the same and moves neither a terminal nor a runner: escapes in its strings instead."""
    from verifier.safety.invisible import visible

    def escaped(found: re.Match[str]) -> str:
        if found[0] == "[":
            return "\\u005b"
        return found[0] if visible(found[0]) == found[0] else json.dumps(found[0])[1:-1]

    return _UNPLAIN.sub(escaped, text)


_UNPLAIN = re.compile(r"[^\n\x20-\x7e]|(?<=##)\[")
"""The bracket is that of a workflow command, which is obeyed wherever on a line it stands."""


def print_records(records: Sequence[RunRecord]) -> None:
    """Print run records as one JSON document: a single one as it is, several as a list."""
    from verifier.records.document import as_document

    documents = [as_document(record) for record in records]
    show_json(documents[0] if len(documents) == 1 else documents)


def open_page(path: Path) -> None:
    """Open an HTML file in the browser of whoever sits there; where there is none, say where the file is."""
    import webbrowser

    if not webbrowser.open(path.absolute().as_uri()):
        say(f"no browser could be opened; the report is {path}")


def colour(text: str, name: str) -> str:
    """The text in a colour, unless NO_COLOR is set; what is no terminal gets it plain from click."""
    return text if os.environ.get("NO_COLOR") else click.style(text, fg=name)


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows as columns that line up, two blanks apart; the cells are foreign text and are escaped."""
    escaped = [[escape_terminal(cell) for cell in row] for row in rows]
    widths = [max(map(_width, column)) for column in zip(*escaped, strict=True)]
    return "\n".join("  ".join(_padded(row, widths)).rstrip() for row in escaped)


def _padded(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    return [cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)]


def _width(text: str) -> int:
    """How many columns of a terminal the text takes."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def _echo(text: str, *, ready: bool, err: bool) -> None:
    text = text if ready else escape_terminal(text)
    stream: IO[str] = sys.stderr if err else sys.stdout
    encoding = getattr(stream, "encoding", None) or "utf-8"
    # A terminal that has no sign for a character gets its escape rather than a crash.
    click.echo(text.encode(encoding, "backslashreplace").decode(encoding), err=err)
