"""The context pack: what a claim's prompt shows of the commit, and the manifest that accounts for every path."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field

from verifier.values.source import Lines


class Supply(enum.StrEnum):
    """How much of a path the model was shown."""

    WHOLE = "whole"
    IN_PART = "in part"
    LEFT_OUT = "left out"
    NOT_IN_COMMIT = "not in the commit"


@dataclass(frozen=True)
class Selected:
    """A path that a claim needs, and why."""

    path: str
    why: str
    """For the manifest: "named in the statement", "defines PoolManager"."""
    wanted: tuple[Lines, ...] = ()
    """The lines that were asked for, by number or by a definition's name: these alone are shown, whole."""
    shared: bool = False
    """Whether every claim of the set is shown it (the claim set's own `include`)."""
    room_tokens: int | None = None
    """The most that it is worth: beyond that it is shown in part. None: as much as there is room for."""


@dataclass(frozen=True)
class Selection:
    """The files a claim needs, most telling first, and the names it gives that match nothing."""

    files: tuple[Selected, ...]
    missing: tuple[Selected, ...] = ()
    """Paths or globs that match nothing in the commit: a fact about the commit, not an error."""
    refused: tuple[Selected, ...] = ()
    """What was named or asked for but may not be sent; `why` says by which rule."""
    asks_where: bool = False
    """Whether somebody is to be asked first where to look: the claim does not say, and its words are in many files."""


@dataclass(frozen=True)
class ManifestEntry:
    """What became of one path that was named, selected or asked for."""

    path: str
    supply: Supply
    why: str
    lines: tuple[Lines, ...] = ()
    """The lines supplied, where supplied in part."""
    total_lines: int = 0
    tokens: int = 0
    redactions: int = 0
    shared: bool = False


@dataclass(frozen=True)
class PackedFile:
    """One file as the prompt shows it."""

    path: str
    text: str
    """Numbered lines, `12<tab>text`; gaps are marked."""
    note: str
    """"whole, 120 lines", "in part: lines 1-20, 44-80 of 900"."""
    fence: str
    shared: bool = False


@dataclass(frozen=True)
class ContextPack:
    """Everything of the commit that a prompt shows."""

    files: tuple[PackedFile, ...]
    manifest: tuple[ManifestEntry, ...]
    listing: str
    """The commit's paths, or its directories with counts where there are too many."""
    tokens: int
    others: tuple[tuple[str, int], ...] = field(default=())
    """Files neither named nor selected, counted by directory."""

    @property
    def supplied(self) -> dict[str, ManifestEntry]:
        """The manifest's entries of which the model saw text, by path."""
        return {e.path: e for e in self.manifest if e.supply in (Supply.WHOLE, Supply.IN_PART)}
