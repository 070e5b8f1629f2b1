"""A text's lines with nothing but code in them: comments are blanked, strings are emptied of all but names put in."""

from __future__ import annotations

import re
from collections.abc import Iterable

from verifier.languages.line_kinds import to_bytes
from verifier.languages.marks import Marks

_NAMES_PUT_IN = re.compile(
    rb"\$\{([^}\n]*)\}|#\{([^}\n]*)\}|\\\(([^)\n]*)\)|\$\(([^)\n]*)\)|\$([A-Za-z_]\w*)|(?<!\{)\{([A-Za-z_][^{}\n]*)\}(?!\})"
)
"""How languages put values into strings: `${x}`, `#{x}`, `\\(x)`, `$(x)`, `$x`, `{x}`."""


def code_lines(text: str, marks: Marks) -> tuple[str, ...]:
    """One line for each line of the text, counted as `split_lines` counts them."""
    source = to_bytes(text)
    return bare_lines(source, marks.tokens(source))


def bare_lines(source: bytes, tokens: Iterable[tuple[int, int, str]]) -> tuple[str, ...]:
    """The lines of a source without these comments, docstrings and strings, which come in order."""
    pieces: list[bytes] = []
    at = 0
    for start, end, what in tokens:
        if start >= at:
            pieces += (source[at:start], _bare(source[start:end], what))
            at = end
    pieces.append(source[at:])
    lines = b"".join(pieces).decode("utf-8", "replace").split("\n")
    if not source or source.endswith(b"\n"):
        lines.pop()
    return tuple(line.rstrip() for line in lines)


def _bare(token: bytes, what: str) -> bytes:
    ends = b"\n" * token.count(b"\n")
    if what != "string":
        return ends
    if ends or len(token) > _LONGEST:
        return b'"' + ends + b'"'
    put_in = b" ".join(b" ".join(_NAME.findall(b" ".join(found))) for found in _NAMES_PUT_IN.findall(token))
    return b'"' + put_in + b'"' if put_in else b'""'


_NAME = re.compile(rb"[A-Za-z_\x80-\xff][\w\x80-\xff]*")
_LONGEST = 2000
