"""Words: those of a text or an identifier, and the stem that the forms of a word share.

"Reconnecting", `reconnect_attempts` and `ReConnect` meet here, so that a claim in plain words finds its code. Whatever
compares words compares them by these: two ways of cutting "retry" would not find each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from verifier.languages.identifiers import split_identifier

LONGEST_WORD = 60
"""A longer run of letters is data, not a word."""

_RUN = re.compile(r"[^\W_]+")
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
    return tuple(piece.lower() for piece in split_identifier(word) if piece.isalpha() and len(piece) > 1)


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """What the forms of a word in small letters share: "retries", "retried" and "retry" give "retri".

    A word and its opposite ("unacked") count as forms of one word: a claim and its code may turn either round.
    """
    cut = _cut(word)
    is_denied = cut.startswith("un") and len(cut) - 2 >= _SHORTEST_STEM
    return cut[2:] if is_denied else cut


def sure_letters(stemmed: str) -> str:
    """What stands in every word of this stem: stemming cuts, and may leave a last letter changed."""
    if stemmed.endswith("ie"):
        return stemmed[:-2]  # of "dying"
    return stemmed[:-1] if stemmed.endswith(("e", "i", "l", "y")) else stemmed


class Said:
    """The stems of a text's words, and which of them other texts have."""

    def __init__(self, text: str) -> None:
        self._stems = frozenset(map(stem, words_in(text)))

    def by(self, text: str) -> frozenset[str]:
        """The stems that the text has words of too."""
        return self._stems.intersection(map(stem, words_in(text)))


def _cut(word: str) -> str:
    if len(word) <= _SHORTEST_STEM or not word.isascii():
        return word
    import Stemmer  # most commands do not need it

    # A stemmer holds the word that it works on, so threads must not share one.
    return str(Stemmer.Stemmer("english", 0).stemWord(word))
