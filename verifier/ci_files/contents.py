"""What a reader of one format takes from a file, before it is known of which commit that is."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.values.ci import Analysis, CiFormat, MeasuredFile, TriedCase


class UnreadableError(Exception):
    """A file has not the shape of its format; the message says what is wrong, for a sentence."""


@dataclass(frozen=True)
class Contents:
    """A file's own words."""

    format: CiFormat
    commits: tuple[frozenset[str], ...] = (frozenset(),)
    """For each run or suite of the file, the commits that it names as its own; empty where it names none."""
    cases: tuple[TriedCase, ...] = ()
    measured: tuple[MeasuredFile, ...] = ()
    analyses: tuple[Analysis, ...] = ()
