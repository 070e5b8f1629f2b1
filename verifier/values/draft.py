"""Drafts: claims that a model makes of what somebody wrote, for a person to read before anything is judged.

The pydantic models are the door, as for verdicts: the words of the text stand before what is made of them. The
dataclasses are what passes on.
"""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import Field

from verifier.values.verdict import Asked


class AskedDraftedClaim(Asked):
    """A claim, and the words that make it."""

    source: str = Field(description="The words of the text that say it, verbatim: one run of them.")
    statement: str = Field(description="What they claim, in one sentence that can be read alone.")


class AskedLeftOut(Asked):
    """Words of the text that are no claim."""

    words: str = Field(description="One sentence or item of the text, verbatim.")
    why: str = Field(description="In a few words: an opinion, about the future, only a run shows it, claimed already.")


class AskedDraft(Asked):
    """The whole reply."""

    claims: list[AskedDraftedClaim]
    left_out: list[AskedLeftOut]


@dataclass(frozen=True)
class DraftedClaim:
    """A claim that the text makes."""

    id: str
    statement: str
    source: str
    """The words of the text that it comes from, on one line."""


@dataclass(frozen=True)
class LeftOut:
    """Something that became no claim."""

    words: str
    why: str
    line: int | None = None
    """Of the text, counted from 1. None where the words are not in it."""

    def __str__(self) -> str:
        where = f"line {self.line}: " if self.line is not None else ""
        return f"{where}left out, {self.why}: {self.words}"


@dataclass(frozen=True)
class Draft:
    """What became of a text."""

    claims: tuple[DraftedClaim, ...]
    left_out: tuple[LeftOut, ...]
    """By where they stand in the text; what is not in it comes first."""
