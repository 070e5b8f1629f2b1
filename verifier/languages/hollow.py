"""Lines that look like code and are nothing yet: declarations without bodies, stubs, empty tests."""

from __future__ import annotations

from collections.abc import Sequence

from verifier.languages.outline import Definition
from verifier.languages.structure import rows_within
from verifier.languages.stub_words import VACUOUS
from verifier.system.patterns import pattern
from verifier.values.source import Lines


def hollow_reason(code: Sequence[str], definitions: Sequence[Definition], lines: Lines) -> str | None:
    """Why nothing in these lines is built; None where anything is, or none is code."""
    said = [line for line in rows_within(lines, code) if _WORD.search(code[line - 1])]
    hollow = [each for each in definitions if (each.declaration or each.stub) and each.last_line >= lines.first]
    reasons = [_of_definition(hollow, line) or _of_test(code, line) for line in said]
    return reasons[0] if reasons and all(reasons) else None


def _of_definition(hollow: Sequence[Definition], line: int) -> str | None:
    around = [each for each in hollow if each.first_line <= line <= each.last_line]
    if not around:
        return None
    innermost = max(around, key=lambda each: each.first_line)
    return f"a stub: {innermost.stub}" if innermost.stub else "a declaration without a body"


def _of_test(code: Sequence[str], line: int) -> str | None:
    """Whether a line belongs to a test that is passed to a function of its framework, and says nothing."""
    for first in range(line, max(line - _LONGEST, 0), -1):
        if opening := _TEST.match(code[first - 1][:500]):
            return "an empty test" if _is_empty(code, first, opening.end()) and line <= first + _LONGEST else None
    return None


def _is_empty(code: Sequence[str], first: int, column: int) -> bool:
    rest = code[first - 1][column:].strip()
    for line in range(first + 1, min(first + _LONGEST, len(code)) + 1):
        if _CLOSES.fullmatch(rest):
            return True
        if rest and not VACUOUS.fullmatch(rest):
            return False
        rest = code[line - 1].strip()
    return _CLOSES.fullmatch(rest) is not None


_WORD = pattern(r"\w")
_LONGEST = 6
_TEST = pattern(
    r"\s*(?:it|test|specify)(?:\.\w+)?\s*\(?\s*\"\"\s*(?:,\s*(?:async\s*)?(?:\(\w*\)\s*=>|\w+\s*=>|function\s*\w*\(\w*\))\s*\{|do$)"
)
_CLOSES = pattern(r"\}\s*\)?\s*;?|end|\}\s*,\s*\d+\s*\)\s*;?")
