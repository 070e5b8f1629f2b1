"""Names before a bracket: what is called, as far as that can be told without a grammar."""

from __future__ import annotations

import re

from verifier.languages.word_lists import words

_CALLED = re.compile(r"(?<!\w)([^\W\d]\w*+[?!]?)\s{0,3}\(")
_NO_CALLS = words(
    """
    if for while switch catch return function def fn func fun sub elif foreach unless until match when and or not in is
    values varchar numeric decimal char select where from table as on using sizeof typeof await yield new
    """
)


def called_names(text: str, first_line: int, last_line: int) -> frozenset[str]:
    """Names before a bracket in those lines, save the words that languages put there."""
    lines = text.split("\n", max(last_line, 0))[max(first_line - 1, 0) : max(last_line, 0)]
    names = {name for line in lines for name in _CALLED.findall(line)}
    return frozenset(name for name in names if name.lower() not in _NO_CALLS)
