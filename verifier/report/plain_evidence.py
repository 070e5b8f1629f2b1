"""Evidence in plain words on one line each, for formats whose reader has no markup."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.report.asides import Aside
from verifier.report.evidence_words import found, searched, weighed
from verifier.safety.invisible import visible
from verifier.values.grounding import AbsenceFinding, AbsenceStanding, Grounding
from verifier.values.ruling import PartEvidence, RuledPart
from verifier.values.verdict import Absence
from verifier.values.weakness import weakness

LONGEST = 300
"""Characters of one text that are shown; the run record has all of it."""


def plain(text: str, limit: int = LONGEST) -> str:
    """The text on one line, with what cannot be seen written as escapes, shortened visibly."""
    line = visible(" ".join(text.split()))
    return line if len(line) <= limit else f"{line[: limit - 4].rstrip()} ..."


def aside_line(aside: Aside) -> str:
    """An aside on one line: "waived until 2026-01-31: the core team: not before v2"."""
    return f"{aside.what}: {plain(aside.follows, 500)}" if aside.follows else aside.what


def quoted(text: str, limit: int = 80) -> str:
    """The beginning of a text between quotation marks."""
    return f'"{plain(text, limit)}"'


def beginning(text: str) -> str:
    """The first line of a quote that says something, between quotation marks."""
    said = [line.strip() for line in text.split("\n") if line.strip()]
    return f"{quoted(said[0])}{' ...' if len(said) > 1 else ''}" if said else '""'


def where(grounding: Grounding) -> str:
    """The citation's path with its true lines: "src/pool.py:5-7"."""
    return f"{plain(grounding.citation.path)}:{grounding.place}"


def weak(grounding: Grounding) -> str:
    """Why a citation does not count."""
    return weakness(grounding, plain, plain)


def search(absence: Absence) -> str:
    """What was searched for, and where."""
    return searched(absence, quoted, plain)


def result(finding: AbsenceFinding) -> str:
    """What the search found."""
    if finding.standing is AbsenceStanding.BAD_PATTERN:
        return f"it cannot be searched for: {plain(finding.problem or '')}"
    return found(finding)


def part_line(ruled: RuledPart) -> str:
    """A part on one line: "p2 refuted: calls are retried"."""
    return f"{plain(ruled.id)} {ruled.state}: {plain(ruled.part.text)}"


def evidence_lines(evidence: PartEvidence) -> Iterator[str]:
    """A line for each piece of evidence, what counts first."""
    pieces = weighed(evidence)
    for one in pieces.counting:
        yield f"{one.citation.role}: {where(one)}: {beginning(one.citation.quote)}"
    for finding in pieces.absent:
        yield f"absent: {search(finding.absence)}: {result(finding)}"
    for one in pieces.failing:
        yield f"does not count: {where(one)}: {beginning(one.citation.quote)}: {weak(one)}"
    for finding in pieces.doubtful:
        impertinent = "no word of the claim is in it; " if finding.standing is AbsenceStanding.CONFIRMED else ""
        yield f"does not count: absence of {search(finding.absence)}: {impertinent}{result(finding)}"
