"""Bring words into the form in which they are compared."""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"[a-z0-9]+")

FILLERS = frozenset({"a", "an", "and", "by", "for", "in", "is", "of", "on", "or", "that", "the", "to", "with"})


def normalise(text: str) -> str:
    """Lower case, no accents, single blanks: 'Deckle  Édge' becomes 'deckle edge'."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    return " ".join(_WORD.findall(plain.lower()))


def words(text: str) -> list[str]:
    """The words of a text that are worth looking for, in their order."""
    return [word for word in normalise(text).split() if word not in FILLERS]
