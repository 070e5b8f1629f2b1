"""Regular expressions that are compiled when they are first asked.

Those of this folder are long, and compiling them all takes longer than reading a claim file; most commands ask few.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property


class Pattern:
    """A regular expression, not yet compiled. Its methods are those of `re.Pattern`."""

    def __init__(self, expression: str, flags: re.RegexFlag = re.NOFLAG) -> None:
        self._expression = expression
        self._flags = flags

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self._expression, self._flags)

    def search(self, text: str) -> re.Match[str] | None:
        """The first place that matches."""
        return self._compiled.search(text)

    def match(self, text: str) -> re.Match[str] | None:
        """What matches at the beginning."""
        return self._compiled.match(text)

    def fullmatch(self, text: str) -> re.Match[str] | None:
        """The whole text, where it matches."""
        return self._compiled.fullmatch(text)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Every place that matches."""
        return self._compiled.finditer(text)

    def split(self, text: str) -> list[str]:
        """The text without what matches, in pieces."""
        return self._compiled.split(text)

    def sub(self, replacement: str, text: str) -> str:
        """The text with the replacement wherever it matches."""
        return self._compiled.sub(replacement, text)
