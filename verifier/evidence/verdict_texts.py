"""Tell a verdict that stands in a file from code: a verdict is no evidence, and a repository may bring a forged one.

A reply laid down as JSON or a report's run record, or either as YAML, has the claim's own words on lines of data.
"""

from __future__ import annotations

import re

from verifier.system.patterns import pattern

_KEY = r"""(?<![\w-])\\?["']?%s\\?["']?[ \t]*[:=][ \t]*\\?["']?"""
_PART = pattern(_KEY % "holds" + r"(?:yes|no|partly|cannot_tell)\b", re.IGNORECASE)
_WORD = r"(?:(?:fully|partially|not) resolved|cannot tell|unproven)\b"
_WHOLE = pattern(_KEY % "(?:verdict|ruling)" + _WORD, re.IGNORECASE)
_RECORD = pattern(_KEY % "rulings" + r"(?:\[|$)", re.IGNORECASE | re.MULTILINE)


def holds_a_verdict(text: str) -> bool:
    """Whether the text has the shape of a reply or of a run record: parts that hold, or rulings, and a word for all."""
    if _WHOLE.search(text) is None:
        return False
    return _PART.search(text) is not None or _RECORD.search(text) is not None
