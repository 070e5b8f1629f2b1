"""Where a sentence says that something is: "retries stand in `net/retry.py`"."""

from __future__ import annotations

import re

from verifier.system.patterns import pattern
from verifier.wording.naming import NameKind, named_in


def places_in(text: str) -> tuple[str, ...]:
    """The paths that the text gives as the place of what it says is there, each once, in order.

    None where it says of anything that it is not there: "gone from `a.py`" and "not in `a.py`" hold without the file.
    """
    if says_absent(text):
        return ()
    paths = (named for named in named_in(text) if named.kind is NameKind.PATH)
    return tuple(dict.fromkeys(path.text for path in paths if _IN.search(text[max(0, path.start - 20) : path.start])))


def says_absent(text: str) -> bool:
    """Whether the text says of anything that it is not there, or is there no more."""
    return _ABSENT.search(text) is not None


_IN = pattern(r"\b(?:in|inside|within|under)\s+(?:the\s+)?(?:files?\s+)?[`'\"(]*$", re.IGNORECASE)
_ABSENT = pattern(
    r"\b(?:no|not|never|nothing|nowhere|none|neither|nor|without|gone|absent|missing|lacks?)\b|n't\b"
    r"|\b(?:remov|delet|dropp|mov|renam|replac|retir|ceas|stopp)(?:e[sd]?|ing|ed|al)\b",
    re.IGNORECASE,
)
