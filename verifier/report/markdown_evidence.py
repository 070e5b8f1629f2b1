"""The evidence of a part in Markdown: what both readers saw with its code, and apart from it what does not stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from verifier.languages.table import fence_of
from verifier.report.evidence_words import (
    Weighed,
    all_hits,
    all_near,
    answer,
    found_at,
    hit_notes,
    kind,
    outside,
    result,
    searched,
    settles,
    stub_or_dead,
)
from verifier.report.markdown_text import beginning, code_block, code_span, indented, inline, link, prose
from verifier.report.permalinks import Permalinks
from verifier.report.words import counted
from verifier.values.grounding import AbsenceFinding, Grounding, Hit, Standing
from verifier.values.ruling import PartEvidence, RuledPart
from verifier.values.source import Lines
from verifier.values.verdict import Absence
from verifier.values.weakness import weakness

MOST_HITS = 5
"""Hits shown of one search; the run record has more."""


def readings(ruled: RuledPart) -> Iterator[str]:
    """The items of a list, without their marks: what each reader says, and what the second one missed."""
    said = answer(ruled.part)
    if said is not None:
        yield _said("The model", said, ruled.part.why)
    package = outside(ruled)
    if package is not None:
        yield f"It rests on {code_span(package)}, a package outside the commit."
    reading = ruled.evidence.reading
    if reading is not None:
        yield _said("Second reading", settles(reading), reading.why)
        if reading.missing.strip():
            yield f"Missing: {prose(reading.missing)}"


def _said(who: str, what: str, why: str) -> str:
    return f"{who}: **{what}**. {prose(why)}" if why.strip() else f"{who}: **{what}**"


def evidence(pieces: Weighed, links: Permalinks) -> Iterator[str]:
    """The items of a list: what stands, as the second reader was shown it."""
    yield from (f"Fact: {inline(fact.says)}" for fact in pieces.facts)
    yield from (_standing(one, links) for one in pieces.standing)
    yield from (_searched(one, links) for one in pieces.searches)


def set_aside(pieces: Weighed, links: Permalinks) -> Iterator[str]:
    """The items of a list: what does not stand, and why."""
    yield from (_failing(one, links) for one in pieces.failing)
    yield from (f"Search for {_search(one.absence)}: {result(one, inline)}" for one in pieces.unmade)


def near(part: PartEvidence, links: Permalinks) -> Iterator[str]:
    """The items of a list: lines and paths that come nearest to the part's words, each with what it is."""
    yield from (_hit(one, links) for one in part.near)
    if all_near(part) > len(part.near):
        yield f"and {all_near(part) - len(part.near):,} more that come less near"


def place(path: str, lines: Lines | None, links: Permalinks, linked: bool = True) -> str:
    """A path with its lines, linked where the remote's host can show them."""
    first, last = (lines.first, lines.last) if lines is not None else (0, 0)
    label = code_span(f"{path}:{lines}" if lines is not None else path)
    return link(label, links.file(path, first, last) if linked and path else None)


def spans(ranges: Iterable[Lines]) -> str:
    """Several ranges: "1-20, 44"."""
    return ", ".join(map(str, ranges))


def _standing(grounding: Grounding, links: Permalinks) -> str:
    citation = grounding.citation
    notes = [kind(grounding), stub_or_dead(grounding, inline), found_at(grounding), _unreferenced(grounding)]
    head = f"{citation.role.capitalize()}: {place(citation.path, grounding.place, links)}"
    said = "; ".join(note for note in notes if note)
    code = code_block(citation.quote, fence_of(citation.path))
    return f"{head}{f' ({said})' if said else ''}\n{code}"


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
        found_at(grounding),
    ]
    said = "; ".join(reason for reason in reasons if reason)
    return f"{citation.role.capitalize()}: {where}, {beginning(citation.quote)}: {said}"


def _searched(finding: AbsenceFinding, links: Permalinks) -> str:
    said = f"Searched: {_search(finding.absence)}: {result(finding, inline)}"
    why = f". The model: {prose(finding.absence.why)}" if finding.absence.why.strip() else ""
    return f"{said}{why}{_hits(finding, links)}"


def _search(absence: Absence) -> str:
    return searched(absence, code_span, code_span)


def _hits(finding: AbsenceFinding, links: Permalinks) -> str:
    lines = [f"- {_hit(hit, links)}" for hit in finding.hits[:MOST_HITS]]
    if all_hits(finding) > len(lines) > 0:
        lines.append(f"- and {counted(all_hits(finding) - len(lines), 'more hit')}")
    return "".join(f"\n{line}" for line in lines)


def _hit(hit: Hit, links: Permalinks) -> str:
    """A found line with its text, or a path, and what it is."""
    where = place(hit.path, Lines(hit.line, hit.line) if hit.line else None, links)
    text = f" {beginning(hit.text)}" if hit.line and hit.text else ""
    return f"{where}{text} ({', '.join(hit_notes(hit, inline))})"


def list_item(text: str, depth: int = 0) -> str:
    """The text as an item of a list, its further lines as the item's inside."""
    return indented(f"- {indented(text, 2)[2:]}", 2 * depth)
