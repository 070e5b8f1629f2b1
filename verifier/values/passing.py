"""What a gate lets pass, in words that options and settings use too."""

from __future__ import annotations

import enum


class FailOn(enum.StrEnum):
    """The mildest ruling that fails."""

    PARTIALLY = "partially"
    NOT = "not"
    NEVER = "never"


class Require(enum.StrEnum):
    """The mildest source of replies that passes. Authored ones never do."""

    LIVE = "live"
    JOURNAL = "journal"
    RECORDED = "recorded"
