"""Keep foreign text in its place inside a prompt: fences it cannot forge, paths that stay on one line."""

from __future__ import annotations

import json
import re

from verifier.values.prompt import digest


def fence(label: str, text: str) -> str:
    """A mark that the text cannot forge: derived from a hash of what it encloses, and not found in it."""
    mark = digest(f"{label}\0{text}")[:16]
    while mark in text or mark in label:
        mark = digest(mark)[:16]
    return mark


def quoted_path(path: str) -> str:
    """The path in double quotes, control characters and quotes escaped, so that it stays on one line."""
    return _ENDS_A_LINE.sub(lambda end: f"\\u{ord(end[0]):04x}", json.dumps(path, ensure_ascii=False))


def plain_path(path: str) -> str:
    """The path as it is where it can be read as nothing but a path, and in quotes where it has blanks or signs."""
    return path if _PLAIN.fullmatch(path) else quoted_path(path)


_PLAIN = re.compile(r"[\w./@+-]+")

_ENDS_A_LINE = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""What JSON leaves as it is and some reader takes for the end of a line, for a control character, or for none."""


LONGEST_LINE = 2000
"""Characters of a line at a citation that failed."""


def clipped(line: str) -> str:
    """The line; of one as long as a minified file, the beginning and how much more there is."""
    return line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]} [{len(line) - LONGEST_LINE} more characters]"
