"""Tell a sentence that is a value in data from a value that a program acts on.

What a program acts on is a command, a path, a pattern, a word; what people read has the key of a description, or looks
like a sentence: it begins with a capital letter, has words parted by blanks and little else, and ends as sentences do.
"""

from __future__ import annotations

import re

from verifier.languages.word_lists import words

LONGEST = 2000
"""Characters of a line that are looked at."""

_SAYING_KEYS = words(
    """
    description desc summary title help comment comments note notes doc docs documentation about abstract reason
    explanation rationale details detail remarks purpose overview caption changelog readme text hint tooltip markdown
    """
)
_RUN_KEYS = words("run script command cmd shell before_script after_script entrypoint exec")
_DOING_KEYS = words(
    """
    args query sql pattern regex regexp path paths url uri image cron schedule if when condition expression expr format
    template value values default enum version ref include exclude files key selector
    """
)
_KEY_PART = re.compile(r"[A-Za-z]+")
_CODE = re.compile(r"[{}<>=|$`\\]|\w\(|::|->|;|--\w|\w/\w+/|^[\w.-]+[:=]\S")
_SENTENCE = re.compile(r"[\"'(]?[^\W\d_][^\n]*[.!?:…)\"']$")
_WORD = re.compile(r"(?<!\S)[\"'(]?[^\W\d_][\w'’-]*[,.;:!?)\"']*(?!\S)")
_FEW, _MANY = 3, 8
_LONGEST_KEY = 100


def is_said(key: str, value: str) -> bool:
    """Whether the value of a key, empty for an item of a list, is there to be read by people."""
    value = value.strip()[:LONGEST]
    count = len(_WORD.findall(value))
    if is_saying(key):
        return count > 1
    if is_run(key) or _named(key, _DOING_KEYS) or _CODE.search(value):
        return False
    looks_said = value[:1].isupper() and _SENTENCE.fullmatch(value) is not None and count > _FEW
    mostly_words = count >= 0.8 * len(value.split())
    return mostly_words and (looks_said or (count >= _MANY and value[:1].isupper()))


def is_saying(key: str) -> bool:
    """Whether a key's value is there to be read, however long it is."""
    return _named(key, _SAYING_KEYS)


def is_run(key: str) -> bool:
    """Whether a key's value is a script."""
    return _named(key, _RUN_KEYS)


def _named(key: str, names: frozenset[str]) -> bool:
    parts = _KEY_PART.findall(key.lower()[-_LONGEST_KEY:])
    return bool(parts) and parts[-1] in names
