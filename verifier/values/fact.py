"""Facts: what is certain of a commit without any model."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class FactKind(enum.StrEnum):
    """What a fact is about."""

    PATH = "path"
    SYMBOL = "symbol"
    CHECK = "check"


@dataclass(frozen=True)
class Fact:
    """One thing looked up: shown to the model, printed in the report, and able to carry a ruling."""

    kind: FactKind
    subject: str
    """The path, the name, or the check as its author would write it."""
    holds: bool
    says: str
    """The fact as a sentence: "src/pool.py is in the commit: 120 lines"."""
    part: str | None = None
    """Id of the part that a failed check refutes. None: a part of its own, or not a check."""
    required: bool = False
    """Whether failing refutes something. Only checks are ever required."""
    undecided: bool = False
    """Whether a check could not be decided either way; then it does not hold, and refutes nothing."""
    places: tuple[str, ...] = ()
    """Paths where what the fact says is there stands. Empty where nothing is, or for a check."""
    can_be_cited: bool = True
    """Whether lines can be cited for it; not for a path that is missing, a folder or no text."""
