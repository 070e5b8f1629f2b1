"""The evidence of parts in Markdown: the strongest on a line each, and all of it with its code for those who unfold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from verifier.languages.table import fence_of
from verifier.report.evidence_words import (
    Weighed,
    all_hits,
    all_near,
    answer,
    found_at,
    hit_notes,
    hits_of,
    kind,
    outside,
    result,
    searched,
    stub_or_dead,
    weighed,
)
from verifier.report.markdown_text import (
    beginning,
    code_block,
    code_cell,
    code_span,
    inline,
    link,
    list_item,
    listed,
    prose,
)
from verifier.report.permalinks import Permalinks
from verifier.report.reading_order import strongest, telling
from verifier.report.words import counted
from verifier.values.grounding import AbsenceFinding, Grounding, Hit, Standing
from verifier.values.ruling import RuledPart, State
from verifier.values.source import Lines
from verifier.values.verdict import Absence, Role

MOST_HITS = 5
"""Hits shown of one search; the run record has more."""

_MOST_PATHS = 3
"""Of a search, in a table."""


def in_short(ruled: RuledPart, links: Permalinks) -> Iterator[tuple[str, str]]:
    """The strongest of a part's evidence, each piece by what it is and as a line for a table's cell.

    A citation is the same for two parts though another of its lines is the telling one for each.
    """
    pieces, _ = strongest(ruled)
    for fact in pieces.facts:
        said = inline(fact.says)
        yield said, said
    for one in pieces.standing:
        is_against = one.citation.role is Role.CONTRADICTS and ruled.state is not State.REFUTED
        against = "Contradicts: " if is_against else ""
        where = place(one.citation.path, one.place, links, code=code_cell)
        notes = _in_brackets(_notes(one, code_cell))
        yield f"{against}{where}{notes}", f"{against}{where} {beginning(telling(one, ruled), 80, code_cell)}{notes}"
    for search in pieces.searches:
        paths = search.absence.paths
        more = f" and {len(paths) - _MOST_PATHS} more" if len(paths) > _MOST_PATHS else ""
        where = ", ".join(map(code_cell, paths[:_MOST_PATHS])) or "the whole commit"
        said = f"{hits_of(search)} for {beginning(search.absence.pattern, 60, code_cell)} in {where}{more}"
        yield said, said


def in_full(parts: Iterable[RuledPart], links: Permalinks) -> str:
    """A list by part: what the model says, and all evidence with its code; what stood in the list before, by name."""
    seen: set[tuple[str, str]] = set()

    def once(item: tuple[str, str]) -> str:
        met = item in seen
        seen.add(item)
        return f"{item[0]}: as above" if met and item[1] else "".join(item)

    lines = []
    for ruled in parts:
        items = [*_model(ruled), *map(once, _pieces(weighed(ruled.evidence), links))]
        near = [_hit(hit, links) for hit in ruled.evidence.near]
        fresh = [hit for hit in near if (hit, "") not in seen]
        seen |= {(hit, "") for hit in near}
        if near:
            items.append(f"Nearest to its words:\n{listed([*fresh, *_more_near(ruled, len(near) - len(fresh))])}")
        if items:
            lines += [list_item(f"**{inline(ruled.id)}**"), listed(items, depth=1)]
    return "\n".join(lines)


def place(
    path: str, lines: Lines | None, links: Permalinks, linked: bool = True, code: Callable[[str], str] = code_span
) -> str:
    """A path with its lines, linked where the remote's host can show them."""
    first, last = (lines.first, lines.last) if lines is not None else (0, 0)
    label = code(f"{path}:{lines}" if lines is not None else path)
    return link(label, links.file(path, first, last) if linked and path else None)


def spans(ranges: Iterable[Lines]) -> str:
    """Several ranges: "1-20, 44"."""
    return ", ".join(map(str, ranges))


def _model(ruled: RuledPart) -> Iterator[str]:
    said, package = answer(ruled.part), outside(ruled)
    if said is not None:
        yield f"The model: **{said}**" + (f". {prose(ruled.part.why)}" if ruled.part.why.strip() else "")
    if package is not None:
        yield f"It rests on {code_span(package)}, a package outside the commit."


def _pieces(pieces: Weighed, links: Permalinks) -> Iterator[tuple[str, str]]:
    """Each piece as what it is and what there is to say of it: what the second reader saw, then what does not stand."""
    yield from ((f"Fact: {inline(fact.says)}", "") for fact in pieces.facts)
    yield from (_standing(one, links) for one in pieces.standing)
    yield from ((f"Searched: {_search(one.absence)}", _found(one, links)) for one in pieces.searches)
    yield from ((_failing(one, links), "") for one in pieces.failing)
    for one in pieces.unmade:
        yield f"Does not stand: search for {_search(one.absence)}: {result(one, inline)}", ""


def _standing(grounding: Grounding, links: Permalinks) -> tuple[str, str]:
    citation = grounding.citation
    notes = _in_brackets([*_notes(grounding, code_span), found_at(grounding)])
    code = code_block(citation.quote, fence_of(citation.path))
    return f"{citation.role.capitalize()}: {place(citation.path, grounding.place, links)}", f"{notes}\n{code}"


def _notes(grounding: Grounding, code: Callable[[str], str]) -> list[str | None]:
    alone = grounding.unreferenced
    warning = f"warning: nothing outside tests refers to {code(alone)}" if alone is not None else None
    return [kind(grounding), stub_or_dead(grounding, inline), warning]


def _in_brackets(notes: Iterable[str | None]) -> str:
    said = "; ".join(filter(None, notes))
    return f" ({said})" if said else ""


def _failing(grounding: Grounding, links: Permalinks) -> str:
    citation = grounding.citation
    in_file = grounding.standing in (Standing.EXACT, Standing.MOVED, Standing.NOT_FOUND)
    where = place(citation.path, grounding.place, links, linked=in_file)
    there = grounding.true_text if grounding.standing is Standing.NOT_FOUND else None
    reasons = [
        grounding.weakness(inline, lambda path: place(path, None, links)),
        f"at these lines stands {beginning(there)}" if there else None,
        found_at(grounding),
    ]
    said = "; ".join(filter(None, reasons))
    return f"Does not stand: {citation.role} {where}, {beginning(citation.quote)}: {said}"


def _search(absence: Absence) -> str:
    return searched(absence, code_span, code_span)


def _found(finding: AbsenceFinding, links: Permalinks) -> str:
    why = f". The model: {prose(finding.absence.why)}" if finding.absence.why.strip() else ""
    hits = [_hit(hit, links) for hit in finding.hits[:MOST_HITS]]
    if all_hits(finding) > len(hits) > 0:
        hits.append(f"and {counted(all_hits(finding) - len(hits), 'more hit')}")
    return f": {result(finding, inline)}{why}" + (f"\n{listed(hits)}" if hits else "")


def _more_near(ruled: RuledPart, above: int) -> Iterator[str]:
    if above:
        yield f"and {above} of those above"
    further = all_near(ruled.evidence) - len(ruled.evidence.near)
    if further:
        yield f"and {further:,} more that come less near"


def _hit(hit: Hit, links: Permalinks) -> str:
    """A found line with its text, or a path, and what it is."""
    where = place(hit.path, Lines(hit.line, hit.line) if hit.line else None, links)
    text = f" {beginning(hit.text)}" if hit.line and hit.text else ""
    return f"{where}{text} ({', '.join(hit_notes(hit, inline))})"
