"""What a gate lets pass, in words that options and settings use too."""

from __future__ import annotations

import enum


class FailOn(enum.StrEnum):
    """Which rulings fail: PARTIALLY RESOLVED and NOT RESOLVED, NOT RESOLVED alone, or none."""

    PARTIALLY = "partially"
    NOT = "not"
    NEVER = "never"


class Require(enum.StrEnum):
    """Which replies pass: live ones, those of earlier runs too, or recorded ones too. Authored ones never do."""

    LIVE = "live"
    JOURNAL = "journal"
    RECORDED = "recorded"
