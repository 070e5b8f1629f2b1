"""Evidence in plain words on one line each, for formats whose reader has no markup."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.report.asides import Aside
from verifier.report.markdown_evidence import span
from verifier.report.words import counted
from verifier.safety.invisible import shown
from verifier.values.grounding import AbsenceStanding, Standing
from verifier.values.record import AbsenceRecord, CitationRecord, LinesRecord, PartRecord
from verifier.values.verdict import Syntax

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


def true_lines(citation: CitationRecord) -> LinesRecord:
    """Where the quote stands: the nearest place where it was found, or as cited where there is none."""
    cited = LinesRecord(first_line=citation.first_line, last_line=citation.last_line)
    return citation.found[0] if citation.found else cited


def where(citation: CitationRecord) -> str:
    """The citation's path with its true lines: "src/pool.py:5-7"."""
    return f"{plain(citation.path)}:{span(true_lines(citation))}"


def carries(absence: AbsenceRecord) -> bool:
    """Whether a ruling may rest on the absence."""
    return absence.standing is AbsenceStanding.CONFIRMED and absence.pertinent


def weakness(citation: CitationRecord) -> str:
    """Why a citation does not count."""
    reasons = plain("; ".join(citation.why_not))
    match citation.standing:
        case Standing.NO_SUCH_FILE:
            return "no such file in the commit" + (f"; {plain(citation.near_path)} is" if citation.near_path else "")
        case Standing.OUTSIDE_FILE:
            size = f" ({plain(citation.true_text)})" if citation.true_text else ""
            return f"outside the file{size}, and the quote is nowhere in it"
        case Standing.NOT_FOUND:
            return "the quote is nowhere in that file"
        case Standing.MALFORMED:
            return f"malformed: {reasons}"
        case Standing.EXACT | Standing.MOVED:
            return reasons or "it carries nothing by itself"


def search(absence: AbsenceRecord) -> str:
    """What was searched for, and where."""
    syntax = "" if absence.syntax is Syntax.LITERAL else " (a regular expression)"
    return f"{quoted(absence.pattern)}{syntax} in {', '.join(map(plain, absence.paths)) or 'the whole commit'}"


def result(absence: AbsenceRecord) -> str:
    """What the search found."""
    if absence.standing is AbsenceStanding.BAD_PATTERN:
        return f"it cannot be searched for: {plain(absence.problem or '')}"
    found = counted(absence.contesting, "hit") if absence.contesting else "no hit"
    said = [f"{found} in {counted(absence.files_searched, 'file')} searched"]
    if absence.answered:
        said.append(f"{counted(absence.answered, 'hit')} that the model was shown and has answered")
    if absence.excused:
        said.append(f"{counted(absence.excused, 'hit')} that cannot contest (prose, tests, vendored, generated, locks)")
    return "; ".join(said)


def evidence_lines(part: PartRecord) -> Iterator[str]:
    """A line for each piece of evidence, what counts first."""
    for citation in part.citations:
        if citation.counts:
            yield f"{citation.role}: {where(citation)}: {beginning(citation.quote)}"
    for absence in part.absences:
        if carries(absence):
            yield f"absent: {search(absence)}: {result(absence)}"
    for citation in part.citations:
        if not citation.counts:
            yield f"does not count: {where(citation)}: {beginning(citation.quote)}: {weakness(citation)}"
    for absence in part.absences:
        if not carries(absence):
            impertinent = "no word of the claim is in it; " if absence.standing is AbsenceStanding.CONFIRMED else ""
            yield f"does not count: absence of {search(absence)}: {impertinent}{result(absence)}"
