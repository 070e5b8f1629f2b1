"""Claim ids as reports write them, and the one form that they are compared in."""

from __future__ import annotations

import re

ID_PATTERN = r"(?:claims?|requirement|req|criterion)[\s_#\-]{0,3}\d{1,4}(?![\d])(?:\.\d{1,3})?[a-z]?(?:_\w{1,160})?"
"""What a pattern that meets an id in passing takes for one; it holds no group."""


def claim_id(written: str) -> str:
    """The id of a claim: an identifier as it is, "Claim 3" and "claim #3" as CLAIM_3."""
    written = written.strip(" \t*`\"'“”[]():")
    match = _COUNTED.fullmatch(written)
    if match is None:
        return written
    return f"{match[1].upper()}_{match[2]}{match[3] or ''}"


_COUNTED = re.compile(
    r"(claim|requirement|req|criterion|issue|fix|task|item|objective|goal|check|point)s?"
    r"[\s_#\-]{0,3}(\d{1,4}(?:\.\d{1,3})?[a-z]?)(_\w{1,160})?",
    re.IGNORECASE,
)
