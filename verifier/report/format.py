"""What a format is: a name, the end of a file's name, and how a run is written in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from verifier.values.record import RunRecord


@dataclass(frozen=True)
class Format:
    """One way to write a run. A package adds one by the entry-point group `verifier.formats`."""

    name: str
    suffix: str
    """With its dot: ".md"."""
    render: Callable[[RunRecord], str]
    """The report as text; the same record always gives the same text."""
