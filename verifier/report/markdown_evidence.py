"""The evidence of a part in Markdown: what counts with its code, then what does not, shortly, with the reason."""

from __future__ import annotations

from collections.abc import Iterable

from verifier.languages.table import fence_of
from verifier.report.evidence_words import all_hits, found, hit_notes, kind, searched, weighed
from verifier.report.markdown_text import beginning, code_block, code_span, indented, inline, link, prose
from verifier.report.permalinks import Permalinks
from verifier.report.words import counted
from verifier.values.grounding import AbsenceFinding, AbsenceStanding, Grounding, Hit, Standing
from verifier.values.ruling import PartEvidence
from verifier.values.source import Lines
from verifier.values.verdict import Absence
from verifier.values.weakness import weakness

MOST_HITS = 5
"""Hits shown of one search; the run record has more."""


def evidence(part: PartEvidence, links: Permalinks) -> list[str]:
    """The items of a list, without their marks: counting citations and absences first."""
    pieces = weighed(part)
    return [
        *(_counting(one, links) for one in pieces.counting),
        *(_confirmed(one, links) for one in pieces.absent),
        *(_failing(one, links) for one in pieces.failing),
        *(_doubtful(one, links) for one in pieces.doubtful),
    ]


def place(path: str, lines: Lines | None, links: Permalinks, linked: bool = True) -> str:
    """A path with its lines, linked where the remote's host can show them."""
    first, last = (lines.first, lines.last) if lines is not None else (0, 0)
    label = code_span(f"{path}:{lines}" if lines is not None else path)
    return link(label, links.file(path, first, last) if linked and path else None)


def spans(ranges: Iterable[Lines]) -> str:
    """Several ranges: "1-20, 44"."""
    return ", ".join(map(str, ranges))


def _counting(grounding: Grounding, links: Permalinks) -> str:
    citation = grounding.citation
    notes = [_moved(grounding), kind(grounding), _unreferenced(grounding)]
    head = f"{citation.role.capitalize()}: {place(citation.path, grounding.place, links)}"
    said = "; ".join(note for note in notes if note)
    code = code_block(citation.quote, fence_of(citation.path))
    return f"{head}{f' ({said})' if said else ''}\n{code}"


def _moved(grounding: Grounding) -> str | None:
    if grounding.standing is not Standing.MOVED:
        return None
    said = f"moved: cited as {grounding.citation.lines}, it stands at {grounding.place}"
    if len(grounding.found) > 1:
        said += f", the nearest of {len(grounding.found)} places: {spans(grounding.found)}"
    return said


def _unreferenced(grounding: Grounding) -> str | None:
    if grounding.unreferenced is None:
        return None
    return f"warning: nothing outside tests refers to {code_span(grounding.unreferenced)}"


def _failing(grounding: Grounding, links: Permalinks) -> str:
    citation = grounding.citation
    in_file = grounding.standing in (Standing.EXACT, Standing.MOVED, Standing.NOT_FOUND)
    where = place(citation.path, grounding.place, links, linked=in_file)
    there = grounding.true_text if grounding.standing is Standing.NOT_FOUND else None
    reasons = [
        weakness(grounding, inline, lambda path: place(path, None, links)),
        f"at these lines stands {beginning(there)}" if there else None,
        _moved(grounding),
    ]
    said = "; ".join(reason for reason in reasons if reason)
    return f"Does not count: {citation.role} {where}, {beginning(citation.quote)}: {said}"


def _confirmed(finding: AbsenceFinding, links: Permalinks) -> str:
    why = finding.absence.why
    model = f". The model: {prose(why)}" if why.strip() else ""
    return f"Absent: {_search(finding.absence)}: {found(finding)}{model}{_hits(finding, links)}"


def _doubtful(finding: AbsenceFinding, links: Permalinks) -> str:
    said = f"Does not count: absence of {_search(finding.absence)}"
    match finding.standing:
        case AbsenceStanding.BAD_PATTERN:
            return f"{said}: it cannot be searched for: {inline(finding.problem or '')}"
        case AbsenceStanding.CONTESTED:
            return f"{said}: contested by {found(finding)}{_hits(finding, links)}"
        case AbsenceStanding.CONFIRMED:
            return f"{said}: no word of the claim is in it; {found(finding)}"


def _search(absence: Absence) -> str:
    return searched(absence, code_span, code_span)


def _hits(finding: AbsenceFinding, links: Permalinks) -> str:
    lines = [f"- {_hit(hit, links)}" for hit in finding.hits[:MOST_HITS]]
    if all_hits(finding) > len(lines) > 0:
        lines.append(f"- and {counted(all_hits(finding) - len(lines), 'more hit')}")
    return "".join(f"\n{line}" for line in lines)


def _hit(hit: Hit, links: Permalinks) -> str:
    where = place(hit.path, Lines(hit.line, hit.line), links)
    text = beginning(hit.text) if hit.text else "(its text is not shown)"
    return f"{where} {text}{''.join(f' ({note})' for note in hit_notes(hit, inline))}"


def list_item(text: str, depth: int = 0) -> str:
    """The text as an item of a list, its further lines as the item's inside."""
    return indented(f"- {indented(text, 2)[2:]}", 2 * depth)
