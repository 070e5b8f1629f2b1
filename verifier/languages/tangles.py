"""Keep a parser from text that would tie it in knots.

A parser that mends errors as it goes can take cubic time and memory when an error ends a long chain of operators,
none of which is complete before the last: 6 kB of `a=>a=>a=>...` take tree-sitter five seconds, 100 kB all memory.
Such text is found beforehand, in one pass, by how many operators and brackets stand open at once. Source that people
write stays far below the limit; what does not is read by its marks alone."""

from __future__ import annotations

import functools
import re

from verifier.languages.marks import Marks, alternatives

OPEN_LIMIT = 200
"""Operators and brackets open at once. In 200 MB of published Python, C and JavaScript no file passes 150."""

_SHORT = 600
"""Bytes below which nothing takes long."""

_PUNCTUATION = (
    r"(?P<open>[(\[{])",
    r"(?P<close>[)\]}])",
    r"(?P<stop>[,;])",
    r"(?P<operator>[-+*/%&|^<>=!~?]{1,3}+)",
    r"(?P<line>\n(?=[ \t]*+[\w\"'`@}\])$#<]))",
)
_ENDS = frozenset({"stop", "line", "close"})
_PLAIN = r"(?:(?!^)(?:\w{1,100}+(?![\"#])|[ \t\r.:@$\x80-\xff]++))*+"
"""What begins no mark and no punctuation, passed over at once. What may: the start of a line, Rust's `r"` and `r#"`."""


def is_tangled(source: bytes, marks: Marks) -> bool:
    """Whether more is open at some point than a parser should be asked to hold."""
    if len(source) < _SHORT:
        return False
    count, operator_end = 0, 0
    floors = [0]
    for match in _tokens(marks).finditer(source):
        kind = match.lastgroup
        if kind is None:
            continue
        if kind == "operator":
            count += 1
            operator_end = match.end()
        elif kind == "open":
            count += 1
            floors.append(count)
        elif kind not in _ENDS or (kind == "close" and len(floors) == 1):
            continue  # a bracket that closes nothing ends nothing
        elif source[operator_end : match.start(kind)].strip():  # else an operator still waits for its right side
            count = floors[-1] - (kind == "close")
        if kind == "close":
            floors.pop()
        if count > OPEN_LIMIT:
            return True
    return False


@functools.cache
def _tokens(marks: Marks) -> re.Pattern[bytes]:
    """Each match ends in a mark or a piece of punctuation, its last group, in another byte, or where the text ends.

    It matches anywhere, so that nothing is passed over twice.
    """
    return re.compile(f"{_PLAIN}(?:{alternatives(marks, *_PUNCTUATION)}|.|\\Z)".encode(), re.MULTILINE | re.DOTALL)
