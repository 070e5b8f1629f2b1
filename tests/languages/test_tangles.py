"""Passing over what is plain changes nothing of what is found in a text."""

from __future__ import annotations

import random
import re

import pytest

from verifier.languages import marks, tangles

LANGUAGES = {name: each for name, each in vars(marks).items() if isinstance(each, marks.Marks) and name != "NO_MARKS"}
PIECES = (
    *("a", "r", "br", "Rb", "_", "__END__", "=begin", "=end", "é", "7", "word" * 40, " ", "\t", "\r", "\n", "\n  "),
    *('"', '"""', "'", "'''", "`", "#", '#"', "\\", "\\\\", "//", "/*", "*/", ".", ":", "@", "$", "\x85"),
    *("(", ")", "[", "]", "{", "}", ",", ";", "+", "-", "*", "%", "<", ">", "=", "!", "?", "->", "==="),
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_marks_and_punctuation_stand_where_a_search_at_each_byte_finds_them(language: str) -> None:
    chance = random.Random(language)
    looked_for = marks.alternatives(LANGUAGES[language], *tangles._PUNCTUATION)
    everywhere = re.compile(looked_for.encode(), re.MULTILINE | re.DOTALL)

    for _ in range(2000):
        source = "".join(chance.choices(PIECES, k=8)).encode()
        assert _found(tangles._tokens(LANGUAGES[language]), source) == _found(everywhere, source)


def _found(pattern: re.Pattern[bytes], source: bytes) -> list[tuple[str, int, int]]:
    return [
        (match.lastgroup, match.start(match.lastgroup), match.end())
        for match in pattern.finditer(source)
        if match.lastgroup
    ]
