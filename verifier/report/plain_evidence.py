"""Evidence in plain words on one line each, for formats whose reader has no markup."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.report.asides import Aside
from verifier.report.words import counted
from verifier.safety.invisible import shown
from verifier.values.grounding import AbsenceFinding, AbsenceStanding, Grounding
from verifier.values.ruling import PartEvidence
from verifier.values.verdict import Absence, Syntax
from verifier.values.weakness import weakness

LONGEST = 300
"""Characters of one text that are shown; the run record has all of it."""


def plain(text: str, limit: int = LONGEST) -> str:
    """The text on one line, with what cannot be seen written as escapes, shortened visibly."""
    line = shown(" ".join(text.split()))
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


def carries(finding: AbsenceFinding) -> bool:
    """Whether a ruling may rest on the absence."""
    return finding.standing is AbsenceStanding.CONFIRMED and finding.pertinent


def weak(grounding: Grounding) -> str:
    """Why a citation does not count."""
    return weakness(grounding, plain, plain)


def search(absence: Absence) -> str:
    """What was searched for, and where."""
    syntax = "" if absence.syntax is Syntax.LITERAL else " (a regular expression)"
    return f"{quoted(absence.pattern)}{syntax} in {', '.join(map(plain, absence.paths)) or 'the whole commit'}"


def result(finding: AbsenceFinding) -> str:
    """What the search found."""
    if finding.standing is AbsenceStanding.BAD_PATTERN:
        return f"it cannot be searched for: {plain(finding.problem or '')}"
    return found(finding)


def found(finding: AbsenceFinding) -> str:
    """What a search that could be made found, in numbers."""
    contesting = counted(finding.contesting, "hit") if finding.contesting else "no hit"
    said = [f"{contesting} in {counted(finding.files_searched, 'file')} searched"]
    if finding.answered:
        said.append(f"{counted(finding.answered, 'hit')} that the model was shown and has answered")
    if finding.excused:
        said.append(f"{counted(finding.excused, 'hit')} that cannot contest (prose, tests, vendored, generated, locks)")
    return "; ".join(said)


def evidence_lines(evidence: PartEvidence) -> Iterator[str]:
    """A line for each piece of evidence, what counts first."""
    for one in evidence.groundings:
        if one.counts:
            yield f"{one.citation.role}: {where(one)}: {beginning(one.citation.quote)}"
    for finding in evidence.absences:
        if carries(finding):
            yield f"absent: {search(finding.absence)}: {result(finding)}"
    for one in evidence.groundings:
        if not one.counts:
            yield f"does not count: {where(one)}: {beginning(one.citation.quote)}: {weak(one)}"
    for finding in evidence.absences:
        if not carries(finding):
            impertinent = "no word of the claim is in it; " if finding.standing is AbsenceStanding.CONFIRMED else ""
            yield f"does not count: absence of {search(finding.absence)}: {impertinent}{result(finding)}"
