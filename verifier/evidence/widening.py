"""Widen a pattern to other spellings of the same words, so that an absence is not an accident of spelling.

Case, `snake_case`, `camelCase`, `kebab-case` and separate words are one spelling; so are the endings of words: a commit
without "retries" that has `retryAttempt` has what was meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

import re2

from verifier.values.verdict import Syntax
from verifier.wording.stems import stem, words_in

SEPARATOR = r"[_\- \t]?"
SHORTEST_WIDENED = 4
"""Patterns with fewer letters in all are only tried in other case, as whole words: they are in everything else."""


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
        yield "(?i)" + SEPARATOR.join(_word(word, alone=False) for word in core)


def stems(text: str) -> frozenset[str]:
    """What the words of a text, of at least three letters, share with other forms of them."""
    return frozenset(stem(word) for word in words_in(text) if len(word) >= 3)


def bare_words(pattern: str, syntax: Syntax) -> str:
    """A pattern without the letters that stand for something else."""
    return re.sub(r"\\[A-Za-z]|\(\?[^:)]*[:)]", " ", pattern) if syntax is Syntax.ERE else pattern


def split_words(text: str) -> list[str]:
    """The words of a text; those of an identifier apart."""
    return [piece for run in re.findall(r"[^\W_]+", text) for piece in _pieces(run)]


_LOOKS_LIKE_ERE = re.compile(r"\\[bBsSwWdD.()\[\]|*+?{}^$]|\.[*+]|\][*+?]|^\^|\$$|\(\?|\w\|\w")


@lru_cache(maxsize=4096)
def _pieces(run: str) -> tuple[str, ...]:
    """The words of one run of letters and digits: "HTTPRetry2" is "HTTP", "Retry", "2"."""
    found = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", run)
    return tuple(found) if "".join(found) == run else (run,)


# Literals.

_LITERAL_TOKEN = re.compile(r"(?P<letters>[^\W_]+)|(?P<separator>[_\- \t]+)|(?P<quote>[\"'`])|(?P<other>.)", re.DOTALL)


def _widened_literal(pattern: str) -> str:
    pattern = pattern.strip()
    if _is_short(pattern):
        return _as_whole_words(re2.escape(pattern), pattern)
    alone = len(split_words(pattern)) == 1
    written: list[str] = []
    for token in _LITERAL_TOKEN.finditer(pattern):
        if token["letters"]:
            written.append(_letters(token[0], alone=alone))
        elif token["separator"]:
            written.append(SEPARATOR if len(token[0]) == 1 else r"[_\- \t]*")
        elif token["quote"]:
            written.append("[\"'`]")
        else:
            blanks = "" if token[0] == "." else r"[ \t]*"
            written.append(blanks + re2.escape(token[0]) + blanks)
    return "(?i)" + "".join(written)


def _is_short(pattern: str) -> bool:
    return sum(map(len, split_words(pattern))) < SHORTEST_WIDENED


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
    alone = len(split_words(bare_words(pattern, Syntax.ERE))) == 1
    return "(?i)" + "".join(_ere_piece(tokens, i, alone=alone) for i in range(len(tokens)))


def _ere_piece(tokens: Sequence[re.Match[str]], at: int, *, alone: bool) -> str:
    token = tokens[at]
    before = tokens[at - 1] if at else None
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    if token["letters"]:
        if after is not None and after["repeat"]:
            # Only the last letter is repeated.
            return token[0] if len(token[0]) == 1 else SEPARATOR.join(_pieces(token[0][:-1])) + token[0][-1]
        return _letters(token[0], alone=alone)
    if token["separator"] and before is not None and after is not None and before["letters"] and after["letters"]:
        return SEPARATOR
    if token[0] == r"\b" and any(
        beside is not None and len(beside["letters"] or "") >= 5 for beside in (before, after)
    ):
        # `\bretry\b` does not find `retry_count`.
        return ""
    return token[0]


# Words.


def _letters(run: str, *, alone: bool) -> str:
    return SEPARATOR.join(_word(piece, alone=alone) for piece in _pieces(run))


def _word(word: str, *, alone: bool) -> str:
    """An expression for a word and its other forms; `alone`: it is the pattern's only word."""
    lowered = word.lower()
    stem = _stem(lowered, alone=alone)
    if stem.endswith("y") and len(stem) >= 5:
        return f"{stem[:-1]}(?:y(?:ing|s)?|ie[sdr]s?)"
    return stem if stem == lowered else f"{stem}[a-z]{{0,6}}"


_ENDINGS = (("ations", 6), ("ation", 6), ("ions", 6), ("ion", 6), ("ings", 4), ("ing", 4), ("ers", 6), ("er", 6))
_MORE_ENDINGS = (("ors", 6), ("or", 6), ("ed", 4), ("es", 4), ("s", 4), ("e", 4))


@lru_cache(maxsize=4096)
def _stem(word: str, *, alone: bool) -> str:
    """What the forms of a word in small letters share; in company a stem may be shorter, as the rest tells too."""
    if len(word) < 5 or not (word.isascii() and word.isalpha()):
        return word
    if word.endswith(("ies", "ied")) and len(word) >= 6:
        return word[:-3] + "y"
    if word.endswith("ying") and len(word) >= 8:
        return word[:-3]
    for ending, shortest in (*_ENDINGS, *_MORE_ENDINGS):
        if word.endswith(ending) and not word.endswith("ss"):
            stem = word[: -len(ending)]
            if len(stem) >= (shortest if alone else min(shortest, 5)):
                doubled = (
                    ending in ("ing", "ings", "ed", "er", "ers") and stem[-1] == stem[-2] and stem[-1] not in "lsz"
                )
                return stem[:-1] if doubled else stem
    return word


def _shared_words(pattern: str, words: frozenset[str]) -> tuple[str, ...]:
    """The longest run of at least two words that the claim has too; empty where that is the whole pattern."""
    found = [
        (piece, start, start + len(piece)) for run in re.finditer(r"[^\W_]+", pattern) for piece, start in _placed(run)
    ]
    best: list[str] = []
    run_of_words: list[str] = []
    end_before = -1
    for piece, start, end in found:
        known = _stem(piece.lower(), alone=False) in words
        joined = re.fullmatch(r"[_\- ]?", pattern[end_before:start]) is not None if end_before >= 0 else False
        run_of_words = [*(run_of_words if joined else []), piece] if known else []
        best = max(best, run_of_words, key=len)
        end_before = end
    return tuple(best) if 2 <= len(best) < len(found) else ()


def _placed(run: re.Match[str]) -> Iterator[tuple[str, int]]:
    start = run.start()
    for piece in _pieces(run[0]):
        yield piece, start
        start += len(piece)
