"""How a model's own count of tokens compares to ours."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.cost.tokens import MARGIN


@dataclass(frozen=True)
class Calibration:
    """How a model's own count of a prompt compares to ours. As it stands here, nothing is known yet."""

    replies: int = 0
    ratio: float = MARGIN
    """Theirs by ours, the median: for saying what is to be expected."""
    largest: float = MARGIN
    """Theirs by ours, the most that is to be feared: for keeping within a cap."""
    output_tokens: int = 2_000
    """What a reply takes, thoughts included, the median."""
