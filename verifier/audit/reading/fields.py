"""Labelled lines under a claim: its own LOCATION and EXPECTED, its statement, the customary aspects."""

from __future__ import annotations

import re

from verifier.audit.reading.markdown_lines import plain
from verifier.audit.reading.mentions import read_sentences


def statement_of(text: str) -> str:
    """A statement without the quotes, colons and emphasis that it is wrapped in."""
    text = plain(text).strip(" \t:–—")
    for opening, closing in _WRAPPINGS:
        inner = text[len(opening) : len(text) - len(closing)]
        if len(text) > 2 and text.startswith(opening) and text.endswith(closing) and closing not in inner:
            return inner.strip()
    return text


def paths_in(text: str) -> list[str]:
    """The paths that a text names, in order."""
    return [path for sentence in read_sentences(text) for path in sentence.paths()]


def names_lines(text: str) -> bool:
    """Whether a text cites lines, as evidence does and a statement does not."""
    return any(mention.ranges for sentence in read_sentences(text) for mention in sentence.mentions)


STATEMENT = re.compile(
    r"(?:claim(?:\sstatement)?|statement|description|requirement|text)\s{0,2}:\s{0,4}", re.IGNORECASE
)
LABELLED = re.compile(r"[A-Z][\w /-]{0,40}:(?:\s|$)")
FIELD = re.compile(r"(location|file|expected|validation|requirement)(?:s|\sbehaviou?r)?\s{0,2}:\s{0,4}", re.IGNORECASE)
"""What the claim says of itself; a VALIDATION that is a verdict has been read as one before."""
ASPECT = re.compile(
    r"(implementation present|functionality complete|requirements met|production ready)\??\s{0,2}:\s{0,4}",
    re.IGNORECASE,
)
ASPECT_WORD = re.compile(
    r"(?:yes|no|partially|partly|partial|mostly"
    r"|(?:not|mostly|fully|partially)\s(?:present|applicable|implemented|complete|met|ready)"
    r"|present|implemented|complete|met|missing|absent|cannot verify|unknown|n/a)(?=\s{0,2}(?:$|[.,;:(–—-]))",
    re.IGNORECASE,
)
_WRAPPINGS = (('"', '"'), ("“", "”"), ("'", "'"), ("‘", "’"), ("*", "*"), ("_", "_"), ("`", "`"))
