"""The evidence of a part in Markdown: what counts with its code, then what does not, shortly, with the reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from verifier.languages.table import fence_of
from verifier.report.markdown_text import beginning, code_block, code_span, indented, inline, link, prose
from verifier.report.permalinks import Permalinks
from verifier.report.words import counted
from verifier.values.grounding import AbsenceStanding, Standing, TextKind
from verifier.values.record import AbsenceRecord, CitationRecord, HitRecord, LinesRecord, PartRecord
from verifier.values.verdict import Syntax

MOST_HITS = 5
"""Hits shown of one search; the run record has more."""

_KINDS = {
    TextKind.PROSE: "comment, docstring or documentation",
    TextKind.TEST: "a test",
    TextKind.GENERATED: "a generated file",
}


def evidence(part: PartRecord, links: Permalinks) -> list[str]:
    """The items of a list, without their marks: counting citations and absences first."""
    counting = [_counting(c, links) for c in part.citations if c.counts]
    absent = [_confirmed(a, links) for a in part.absences if _carries(a)]
    failing = [_failing(c, links) for c in part.citations if not c.counts]
    doubtful = [_doubtful(a, links) for a in part.absences if not _carries(a)]
    return [*counting, *absent, *failing, *doubtful]


def place(path: str, lines: LinesRecord | None, links: Permalinks, linked: bool = True) -> str:
    """A path with its lines, linked where the remote's host can show them."""
    first, last = (lines.first_line, lines.last_line) if lines else (0, 0)
    label = code_span(f"{path}:{span(lines)}" if lines else path)
    return link(label, links.file(path, first, last) if linked and path else None)


def span(lines: LinesRecord) -> str:
    """A range of lines: "12", "12-14"."""
    if lines.first_line == lines.last_line:
        return str(lines.first_line)
    return f"{lines.first_line}-{lines.last_line}"


def spans(ranges: Sequence[LinesRecord]) -> str:
    """Several ranges: "1-20, 44"."""
    return ", ".join(span(lines) for lines in ranges)


def _cited(citation: CitationRecord) -> LinesRecord:
    return LinesRecord(first_line=citation.first_line, last_line=citation.last_line)


def _true_place(citation: CitationRecord) -> LinesRecord:
    """Where the quote stands: the nearest place where it was found."""
    return citation.found[0] if citation.found else _cited(citation)


def _counting(citation: CitationRecord, links: Permalinks) -> str:
    notes = [_moved(citation), _kind(citation), _unreferenced(citation)]
    head = f"{citation.role.capitalize()}: {place(citation.path, _true_place(citation), links)}"
    said = "; ".join(note for note in notes if note)
    code = code_block(citation.quote, fence_of(citation.path))
    return f"{head}{f' ({said})' if said else ''}\n{code}"


def _moved(citation: CitationRecord) -> str | None:
    if citation.standing is not Standing.MOVED:
        return None
    said = f"moved: cited as {span(_cited(citation))}, it stands at {span(_true_place(citation))}"
    if len(citation.found) > 1:
        said += f", the nearest of {len(citation.found)} places: {spans(citation.found)}"
    return said


def _kind(citation: CitationRecord) -> str | None:
    return _KINDS.get(citation.kind) if citation.kind else None


def _unreferenced(citation: CitationRecord) -> str | None:
    if citation.unreferenced is None:
        return None
    return f"warning: nothing outside tests refers to {code_span(citation.unreferenced)}"


def _failing(citation: CitationRecord, links: Permalinks) -> str:
    in_file = citation.standing in (Standing.EXACT, Standing.MOVED, Standing.NOT_FOUND)
    where = place(citation.path, _true_place(citation), links, linked=in_file)
    return f"Does not count: {citation.role} {where}, {beginning(citation.quote)}: {_weakness(citation, links)}"


def _weakness(citation: CitationRecord, links: Permalinks) -> str:
    """Why a citation does not count."""
    reasons = inline("; ".join(citation.why_not))
    match citation.standing:
        case Standing.NO_SUCH_FILE:
            near = citation.near_path
            return f"no such file in the commit{f'; {place(near, None, links)} is' if near else ''}"
        case Standing.OUTSIDE_FILE:
            size = f" ({inline(citation.true_text)})" if citation.true_text else ""
            return f"outside the file{size}, and the quote is nowhere in it"
        case Standing.NOT_FOUND:
            there = f"; at these lines stands {beginning(citation.true_text)}" if citation.true_text else ""
            return f"the quote is nowhere in that file{there}"
        case Standing.MALFORMED:
            return f"malformed: {reasons}"
        case Standing.EXACT | Standing.MOVED:
            return "; ".join(said for said in (reasons, _moved(citation)) if said)


def _carries(absence: AbsenceRecord) -> bool:
    """Whether a ruling may rest on the absence."""
    return absence.standing is AbsenceStanding.CONFIRMED and absence.pertinent


def _confirmed(absence: AbsenceRecord, links: Permalinks) -> str:
    return f"Absent: {_search(absence)}: {_result(absence)}{_why(absence)}{_hits(absence, links)}"


def _doubtful(absence: AbsenceRecord, links: Permalinks) -> str:
    search = _search(absence)
    match absence.standing:
        case AbsenceStanding.BAD_PATTERN:
            return f"Does not count: absence of {search}: it cannot be searched for: {inline(absence.problem or '')}"
        case AbsenceStanding.CONTESTED:
            return f"Does not count: absence of {search}: contested by {_result(absence)}{_hits(absence, links)}"
        case AbsenceStanding.CONFIRMED:
            return f"Does not count: absence of {search}: no word of the claim is in it; {_result(absence)}"


def _search(absence: AbsenceRecord) -> str:
    syntax = "" if absence.syntax is Syntax.LITERAL else " (a regular expression)"
    scope = ", ".join(code_span(path) for path in absence.paths) or "the whole commit"
    return f"{code_span(absence.pattern)}{syntax} in {scope}"


def _result(absence: AbsenceRecord) -> str:
    found = counted(absence.contesting, "hit") if absence.contesting else "no hit"
    said = [f"{found} in {counted(absence.files_searched, 'file')} searched"]
    if absence.answered:
        said.append(f"{counted(absence.answered, 'hit')} that the model was shown and has answered")
    if absence.excused:
        said.append(f"{counted(absence.excused, 'hit')} that cannot contest (prose, tests, vendored, generated, locks)")
    return "; ".join(said)


def _why(absence: AbsenceRecord) -> str:
    return f". The model: {prose(absence.why)}" if absence.why.strip() else ""


def _hits(absence: AbsenceRecord, links: Permalinks) -> str:
    lines = [f"- {_hit(hit, links)}" for hit in absence.hits[:MOST_HITS]]
    every = max(absence.contesting + absence.answered + absence.excused, len(absence.hits))
    if every > len(lines) > 0:
        lines.append(f"- and {counted(every - len(lines), 'more hit')}")
    return "".join(f"\n{line}" for line in lines)


def _hit(hit: HitRecord, links: Permalinks) -> str:
    where = place(hit.path, LinesRecord(first_line=hit.line, last_line=hit.line), links)
    text = beginning(hit.text) if hit.text else "(its text is not shown)"
    return f"{where} {text}{''.join(f' ({note})' for note in _hit_notes(hit))}"


def _hit_notes(hit: HitRecord) -> Iterator[str]:
    if hit.near:
        yield "another spelling"
    if hit.excused:
        yield f"cannot contest: {inline(hit.excused)}"
    if hit.excluded:
        yield "kept from the model"


def list_item(text: str, depth: int = 0) -> str:
    """The text as an item of a list, its further lines as the item's inside."""
    return indented(f"- {indented(text, 2)[2:]}", 2 * depth)
