"""Widen a pattern to other spellings of the same words, so that an absence is not an accident of spelling.

Case, `snake_case`, `camelCase`, `kebab-case` and separate words are one spelling; so are the endings of words: a commit
without "retries" that has `retryAttempt` has what was meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

import re2

from verifier.languages.identifiers import split_identifier
from verifier.values.verdict import Syntax
from verifier.wording.words import beginning_of_forms, stem, words_in

SEPARATOR = r"[_\- \t]?"
SHORTEST_WIDENED = 4
"""Patterns with fewer letters in all are only tried in other case, as whole words: they are in everything else."""

SHORTEST_CUT = 5
SHORTEST_BEGINNING = 3
"""Words of fewer letters, and those of whose letters fewer would be left, are looked for as they are."""


def widened(pattern: str, syntax: Syntax, words: frozenset[str]) -> Iterator[str]:
    """Expressions for other spellings and other readings of a pattern.

    `words` are those of the claim: where a pattern adds words of its own to several of them ("circuit_breaker_v2"),
    what it shares with the claim is looked for too.
    """
    if syntax is Syntax.LITERAL:
        yield _widened_literal(pattern)
        if _LOOKS_LIKE_ERE.search(pattern):
            yield _widened_ere(pattern)
    else:
        yield _widened_ere(pattern)
        yield "(?i)" + re2.escape(pattern)
    core = _shared_words(pattern, words)
    if core:
        yield "(?i)" + SEPARATOR.join(_word(word) for word in core)


def stems(text: str) -> frozenset[str]:
    """What the words of a text, of at least three letters, share with other forms of them."""
    return frozenset(stem(word) for word in words_in(text) if len(word) >= 3)


def bare_words(pattern: str, syntax: Syntax) -> str:
    """A pattern without the letters that stand for something else."""
    return re.sub(r"\\[A-Za-z]|\(\?[^:)]*[:)]", " ", pattern) if syntax is Syntax.ERE else pattern


_LOOKS_LIKE_ERE = re.compile(r"\\[bBsSwWdD.()\[\]|*+?{}^$]|\.[*+]|\][*+?]|^\^|\$$|\(\?|\w\|\w")


# Literals.

_LITERAL_TOKEN = re.compile(r"(?P<letters>[^\W_]+)|(?P<separator>[_\- \t]+)|(?P<quote>[\"'`])|(?P<other>.)", re.DOTALL)


def _widened_literal(pattern: str) -> str:
    pattern = pattern.strip()
    if _is_short(pattern):
        return _as_whole_words(re2.escape(pattern), pattern)
    written: list[str] = []
    for token in _LITERAL_TOKEN.finditer(pattern):
        if token["letters"]:
            written.append(_letters(token[0]))
        elif token["separator"]:
            written.append(SEPARATOR if len(token[0]) == 1 else r"[_\- \t]*")
        elif token["quote"]:
            written.append("[\"'`]")
        else:
            blanks = "" if token[0] == "." else r"[ \t]*"
            written.append(blanks + re2.escape(token[0]) + blanks)
    return "(?i)" + "".join(written)


def _is_short(pattern: str) -> bool:
    return sum(map(len, split_identifier(pattern))) < SHORTEST_WIDENED


def _as_whole_words(expression: str, pattern: str) -> str:
    before = r"\b" if pattern[:1].isalnum() else ""
    after = r"\b" if pattern[-1:].isalnum() else ""
    return f"(?i){before}{expression}{after}"


# Regular expressions.

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


def _widened_ere(pattern: str) -> str:
    if _is_short(bare_words(pattern, Syntax.ERE)):
        return "(?i)" + pattern
    tokens = ere_tokens(pattern)
    return "(?i)" + "".join(_ere_piece(tokens, i) for i in range(len(tokens)))


def _ere_piece(tokens: Sequence[re.Match[str]], at: int) -> str:
    token = tokens[at]
    before = tokens[at - 1] if at else None
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    if token["letters"]:
        if after is not None and after["repeat"]:
            # Only the last letter is repeated.
            return token[0] if len(token[0]) == 1 else SEPARATOR.join(split_identifier(token[0][:-1])) + token[0][-1]
        return _letters(token[0])
    if token["separator"] and before is not None and after is not None and before["letters"] and after["letters"]:
        return SEPARATOR
    if token[0] == r"\b" and any(
        beside is not None and len(beside["letters"] or "") >= 5 for beside in (before, after)
    ):
        # `\bretry\b` does not find `retry_count`.
        return ""
    return token[0]


# Words.


def _letters(run: str) -> str:
    return SEPARATOR.join(map(_word, split_identifier(run)))


def _word(word: str) -> str:
    """An expression for a word and its other forms."""
    lowered = word.lower()
    begin = beginning_of_forms(lowered)
    if begin == lowered or len(lowered) < SHORTEST_CUT or len(begin) < SHORTEST_BEGINNING:
        return lowered
    if stem(lowered).endswith("i"):
        return f"(?:{lowered}|{begin.removesuffix('i')}(?:y(?:ing|s)?|ie[sdr]s?))"
    return f"{begin}[a-z]{{0,6}}"


def _shared_words(pattern: str, words: frozenset[str]) -> tuple[str, ...]:
    """The longest run of at least two words that the claim has too, in a name that has others as well; else empty."""
    best: list[str] = []
    for name in re.finditer(r"[^\W_]+(?:[_\- ]?[^\W_]+)*", pattern):
        pieces = split_identifier(name[0])
        runs = (list(run) for known, run in groupby(pieces, lambda piece: stem(piece.lower()) in words) if known)
        best = max((run for run in (best, *runs) if len(run) < len(pieces)), key=len, default=best)
    return tuple(best) if len(best) >= 2 else ()
