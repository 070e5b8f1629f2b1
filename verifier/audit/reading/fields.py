"""Ids of claims as reports write them, and labelled lines under a claim: its statement, its LOCATION and EXPECTED."""

from __future__ import annotations

import re

from verifier.audit.reading.markdown_lines import plain
from verifier.audit.reading.mentions import read_sentences


def claim_id(written: str) -> str:
    """The one form in which ids are compared: an identifier as it is, "Claim 3" and "claim #3" as CLAIM_3."""
    written = written.strip(" \t*`\"'“”[]():")
    match = _COUNTED.fullmatch(written)
    return written if match is None else f"{match[1].upper()}_{match[2]}{match[3] or ''}"


def statement_of(text: str) -> str:
    """A statement on one line, without the quotes, colons and emphasis that it is wrapped in."""
    text = " ".join(plain(text).split()).strip(" :–—")
    for opening, closing in _WRAPPINGS:
        inner = text[len(opening) : len(text) - len(closing)]
        if len(text) > 2 and text.startswith(opening) and text.endswith(closing) and closing not in inner:
            return inner.strip()
    return text


def names_lines(text: str) -> bool:
    """Whether a text cites lines, as evidence does and a statement does not."""
    return any(mention.ranges for sentence in read_sentences(text) for mention in sentence.mentions)


ID_PATTERN = r"(?:claims?|requirement|req|criterion)[\s_#\-]{0,3}\d{1,4}(?![\d])(?:\.\d{1,3})?[a-z]?(?:_\w{1,160})?"
"""What a pattern that meets an id in passing takes for one; it holds no group."""
_COUNTED = re.compile(
    r"(claim|requirement|req|criterion|issue|fix|task|item|objective|goal|check|point)s?"
    r"[\s_#\-]{0,3}(\d{1,4}(?:\.\d{1,3})?[a-z]?)(_\w{1,160})?",
    re.IGNORECASE,
)
STATEMENT = re.compile(
    r"(?:claim(?:\sstatement)?|statement|description|requirement|text)\s{0,2}:\s{0,4}", re.IGNORECASE
)
LABELLED = re.compile(r"[A-Z][\w /-]{0,40}:(?:\s|$)")
FIELD = re.compile(r"(location|file|expected|validation|requirement)(?:s|\sbehaviou?r)?\s{0,2}:\s{0,4}", re.IGNORECASE)
"""What the claim says of itself; a VALIDATION that is a verdict has been read as one before."""
_WRAPPINGS = (('"', '"'), ("“", "”"), ("'", "'"), ("‘", "’"), ("*", "*"), ("_", "_"), ("`", "`"))
