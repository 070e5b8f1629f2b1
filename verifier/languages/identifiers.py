"""Identifiers: the words that they are made of."""

from __future__ import annotations

import re

_PIECE = re.compile(r"U+(?!l)|U?l+|0+")
_ASCII_PIECE = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


def split_identifier(name: str) -> tuple[str, ...]:
    """The words of an identifier as written, and its numbers: "HTTPRetry_2" is "HTTP", "Retry", "2".

    Every letter and digit is in one of them. What is neither stands between two.
    """
    if name.isascii():
        return tuple(_ASCII_PIECE.findall(name))
    shape = "".join(map(_shape, name))
    return tuple(name[slice(*piece.span())] for piece in _PIECE.finditer(shape))


def _shape(letter: str) -> str:
    if letter.isupper() and letter.isalpha():
        return "U"
    return "l" if letter.isalpha() else "0" if letter.isalnum() else " "
