"""A text's lines with nothing but code in them: comments are blanked, strings are emptied of all but names put in."""

from __future__ import annotations

import re

from verifier.languages.line_kinds import to_bytes
from verifier.languages.marks import Marks, scanner

_NAMES_PUT_IN = re.compile(
    rb"\$\{([^}\n]*)\}|#\{([^}\n]*)\}|\\\(([^)\n]*)\)|\$\(([^)\n]*)\)|\$([A-Za-z_]\w*)|(?<!\{)\{([A-Za-z_][^{}\n]*)\}(?!\})"
)
"""How languages put values into strings: `${x}`, `#{x}`, `\\(x)`, `$(x)`, `$x`, `{x}`."""


def code_lines(text: str, marks: Marks) -> tuple[str, ...]:
    """One line for each line of the text, counted as `split_lines` counts them."""
    pattern = scanner(marks)
    source = to_bytes(text)
    if pattern is not None:
        source = pattern.sub(_bare, source)
    lines = source.decode("utf-8", "replace").split("\n")
    if not text or text.endswith("\n"):
        lines.pop()
    return tuple(line.rstrip() for line in lines)


def _bare(match: re.Match[bytes]) -> bytes:
    ends = b"\n" * match[0].count(b"\n")
    if match.lastgroup != "string":
        return ends
    if ends or match.end() - match.start() > _LONGEST:
        return b'"' + ends + b'"'
    put_in = b" ".join(b" ".join(filter(None, found)) for found in _NAMES_PUT_IN.findall(match[0]))
    return b'"' + put_in + b'"' if put_in else b'""'


_LONGEST = 2000
