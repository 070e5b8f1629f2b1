"""Controls of a run: claims whose outcome is known beforehand, and what the judge made of them."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass


class ControlKind(enum.StrEnum):
    """What was done to a claim that was found borne out, or to its commit."""

    CUT = "cut"
    """Its evidence is gone: it must not come out FULLY RESOLVED."""
    FALSE_TWIN = "false twin"
    """It says something false: it must not come out FULLY RESOLVED."""
    TRUE_TWIN = "true twin"
    """It says the same in other words: it must come out the same."""

    @property
    def when_right(self) -> str:
        """What is said where the outcome is the right one."""
        return {"CUT": "cut noticed", "FALSE_TWIN": "false twins caught", "TRUE_TWIN": "true twins kept"}[self.name]


def control_name(claim_id: str, kind: ControlKind) -> str:
    """What the requests of a claim's control go by; no claim can be called so."""
    return f"{claim_id}~{kind.replace(' ', '-')}"


def is_control(name: str) -> bool:
    """Whether requests of that name are a control's."""
    return "~" in name


@dataclass(frozen=True)
class Figure:
    """How many of the controls of one kind came out right."""

    right: int
    of: int
    """Those that were judged."""

    def __add__(self, other: Figure) -> Figure:
        return Figure(self.right + other.right, self.of + other.of)

    def is_worse_than(self, other: Figure) -> bool:
        """Whether a smaller share came out right."""
        return self.right * other.of < other.right * self.of


Figures = Mapping[ControlKind, Figure]
"""Of each kind that was judged, how many came out right."""
