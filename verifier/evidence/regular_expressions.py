"""Regular expressions that a model or a claim file wrote: read line by line, by an engine of linear time."""

from __future__ import annotations

import re
from typing import Any

import re2

LONGEST_PATTERN = 500
MAX_MEMORY = 16 << 20
"""Bytes that the engine may take for one pattern."""

_ERE_TOKEN = re.compile(
    r"(?P<escape>\\(?:[pP]\{\^?\w+\}|x\{[0-9a-fA-F]+\}|x[0-9a-fA-F]{2}|Q.*?(?:\\E|\Z)|.))"
    r"|(?P<class>\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*\])"
    r"|(?P<open>\(\?(?:P?<\w+>|[a-zA-Z-]*:|[a-zA-Z-]+\)))"
    r"|(?P<repeat>\{\d*,?\d*\}\??|[*+?]\??)"
    r"|(?P<letters>[^\W_]+)"
    r"|(?P<separator>[_\- ])"
    r"|(?P<other>.)",
    re.DOTALL,
)


def ere_tokens(pattern: str) -> list[re.Match[str]]:
    """The tokens of a regular expression."""
    return list(_ERE_TOKEN.finditer(pattern))


def by_line(expression: str) -> str:
    """An expression in which the ends of a text are those of a line, and `\\<` may be a word's edge."""
    edges = {r"\A": "^", r"\z": "$", r"\Z": "$", r"\<": r"(?:\b|<)", r"\>": r"(?:\b|>)"}
    return "".join(edges.get(token[0], token[0]) for token in ere_tokens(expression))


def compiled(expression: str) -> Any:
    """The expression over bytes, compiled; what is wrong with it, as text, where it does not compile."""
    options = re2.Options()
    options.max_mem = MAX_MEMORY
    options.log_errors = False
    options.never_capture = True
    # No class, however it is written, reaches into the next line.
    options.never_nl = True
    try:
        return re2.compile(f"(?m){expression}".encode("utf-8", "replace"), options)
    except re2.error as refused:
        said = refused.args[0].decode("utf-8", "replace") if isinstance(refused.args[0], bytes) else str(refused)
        hint = "lookaround is not supported" if re.search(r"\(\?<?[=!]", said) else ""
        hint = hint or ("backreferences are not supported" if re.search(r"\\\d", said) else "mend it, or use a literal")
        return f"the pattern cannot be read ({said.replace('(?m)', '')}); {hint}"


_LINES = (b"x = 1", b"}", b"import os", b"# --- ---", b"    return value;", b"\t<br/>", b"0")
"""Lines that have little in common."""


def is_broad(compiled_expression: Any) -> bool:
    """Whether nearly every line matches."""
    matched = sum(compiled_expression.search(line) is not None for line in _LINES)
    return compiled_expression.search(b"") is not None or matched >= 5
