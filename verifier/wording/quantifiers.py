"""Words that make a sentence speak of all of something, so that one instance does not bear it out."""

from __future__ import annotations

import re

_QUANTIFIERS = re.compile(
    r"\b(every(?:thing|where|one)?|each|all|always|only|solely|exclusively|never|none|nowhere|nothing|"
    r"without exception|any|no longer|whenever)\b",
    re.IGNORECASE,
)
_CODE = re.compile(r"`[^`\n]*`")


def quantifiers_in(text: str) -> tuple[str, ...]:
    """Such words in small letters, each once, in order; not those between backticks."""
    return tuple(dict.fromkeys(found.lower() for found in _QUANTIFIERS.findall(_CODE.sub("``", text))))
