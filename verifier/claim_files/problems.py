"""What is wrong with a claim file, each in one line: file, line, claim, what was met, and what to do."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from pathlib import Path

from verifier.safety.invisible import visible

_LONGEST_SHOWN = 120


class Severity(enum.StrEnum):
    """An error means that the file is no claim set; a warning, that its claims will be hard to verify."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Problem:
    """One thing to mend in a claim file."""

    path: Path
    line: int
    claim: str | None
    severity: Severity
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


def quoted(text: str) -> str:
    """Foreign text in double quotes on one line, cut where it is long, with control characters escaped."""
    short = text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"
    return f'"{visible(short)}"'
