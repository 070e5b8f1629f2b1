"""Stems: the plain words in a text or an identifier, cut to what their forms share.

"Reconnecting", `reconnect_attempts` and `ReConnect` meet here, so that a claim in plain words finds its code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

LONGEST_WORD = 60
"""A longer run of letters is data, not a word."""

_RUN = re.compile(r"[^\W_]+")
_PIECE = re.compile(r"U+(?!l)|U?l+")
_SUFFIXES = ("ation", "ness", "ment", "able", "ible", "ing", "ion", "ed", "er", "or", "ly")
_SHORTEST_STEM = 3


def words_in(text: str) -> Iterator[str]:
    """The words of a text in order, in small letters; identifiers count as the words they are made of."""
    for run in _RUN.finditer(text):
        yield from split_word(run.group())


@lru_cache(maxsize=200_000)
def split_word(word: str) -> tuple[str, ...]:
    """The words an identifier is made of, split at underscores, capitals and digits, in small letters."""
    if len(word) > LONGEST_WORD:
        return ()
    shape = "".join("U" if letter.isupper() else "l" if letter.isalpha() else " " for letter in word)
    pieces = (word[slice(*piece.span())] for piece in _PIECE.finditer(shape))
    return tuple(piece.lower() for piece in pieces if len(piece) > 1)


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """What the forms of a word in small letters share: "retries", "retried" and "retry" give "retri".

    A word and its opposite ("unacked") count as forms of one word: a claim and its code may turn either round.

    Light on purpose: two words that are cut to the same stem cost a weak match, never a wrong answer.
    """
    while (shorter := _cut(word)) != word:
        word = shorter
    is_denied = word.startswith("un") and len(word) - 2 >= _SHORTEST_STEM
    return word[2:] if is_denied else word


def _cut(word: str) -> str:
    if len(word) <= _SHORTEST_STEM or not word.isascii():
        return word
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= _SHORTEST_STEM:
            return _without_double(word[: -len(suffix)])
    if word.endswith("y"):
        return word[:-1] + "i"
    if word.endswith("e") or (word.endswith("i") and len(word) > 2 * _SHORTEST_STEM - 1):
        return word[:-1]
    return word[:-1] + "z" if word.endswith("is") and len(word) > 2 * _SHORTEST_STEM else word


def _without_double(word: str) -> str:
    doubled = len(word) > _SHORTEST_STEM and word[-1] == word[-2] and word[-1] not in "aeioulsz"
    return word[:-1] if doubled else word
