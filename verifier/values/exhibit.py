"""Exhibits: what of a part's evidence the second reader is shown, and nothing beside it."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from functools import cached_property

from verifier.values.grounding import AbsenceFinding, Hit
from verifier.values.source import Lines
from verifier.values.verdict import Part

MOST_LINES = 300
"""Lines of the repository that one request of the second reader shows, over all its parts."""

LIKELY_TOKENS = 2_500
"""What a request of the second reader takes as a rule, by our own count, instructions included."""

MOST_TOKENS = 20_000
"""What such a request takes at the most: more is refused."""


@dataclass(frozen=True)
class Excerpt:
    """Lines of one file, with the headers they stand inside."""

    path: str
    label: str
    """What kind of text it is, in words: "code", "test", "comment or documentation"."""
    lines: tuple[tuple[int, str], ...]
    """Number and text, in file order; what lies between is left out."""
    cited: tuple[Lines, ...] = ()
    """The ranges that were cited; other lines are headers. Empty for the definition of a name."""


@dataclass(frozen=True)
class Exhibit:
    """The evidence of one part that stands, as the second reader sees it."""

    part: Part
    excerpts: tuple[Excerpt, ...] = ()
    definitions: tuple[Excerpt, ...] = ()
    """Constants, defaults and settings that the cited lines use."""
    absences: tuple[AbsenceFinding, ...] = ()
    near: tuple[Hit, ...] = ()
    """Lines and paths in which names and words of the part stand, nearest first."""
    near_total: int = 0
    left_out: tuple[str, ...] = ()
    """What was cited but is not shown for want of room."""

    @property
    def shows(self) -> bool:
        """Whether there is anything to judge by: not where all that was cited is too long to be shown."""
        return bool(self.excerpts or self.absences or not self.left_out)

    @cached_property
    def digest(self) -> str:
        """SHA-256 over what is shown: the same evidence needs no second reading again."""
        shown = (
            self.part.text,
            self.part.span,
            *(asdict(excerpt) for excerpt in (*self.excerpts, *self.definitions)),
            *((a.absence.pattern, a.absence.syntax, a.absence.paths, asdict(a)["hits"]) for a in self.absences),
            *map(asdict, self.near),
            self.left_out,
        )
        return hashlib.sha256(repr(shown).encode("utf-8", "backslashreplace")).hexdigest()
