"""Lists of words, written as people read them."""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """The words of a text as a set: shorter to read than a list of strings."""
    return frozenset(text.split())
