"""Evidence in plain words on one line each, for formats whose reader has no markup."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from verifier.report.asides import Aside
from verifier.report.evidence_words import (
    all_hits,
    all_near,
    answer,
    because,
    found_at,
    hit_notes,
    kind,
    outside,
    result,
    searched,
    settles,
    stub_or_dead,
    weighed,
)
from verifier.safety.invisible import visible
from verifier.values.grounding import AbsenceFinding, Grounding, Hit
from verifier.values.record import RulingRecord
from verifier.values.ruling import RuledPart
from verifier.values.verdict import Absence

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
    """Why a citation does not stand."""
    return grounding.weakness(plain, plain)


def words_not_judged(ruling: RulingRecord, limit: int = LONGEST) -> str | None:
    """Words of the statement that nobody judged, each in quotation marks. None where there are none."""
    return plain(", ".join(map(quoted, ruling.not_judged)), limit) if ruling.not_judged else None


def search(absence: Absence) -> str:
    """What was searched for, and where."""
    return searched(absence, quoted, plain)


def part_line(ruled: RuledPart) -> str:
    """A part on one line, with why it is so: "p2 refuted: calls are retried (both readings find ...)"."""
    return f"{part_head(ruled)} ({plain(because(ruled))})"


def part_head(ruled: RuledPart) -> str:
    """A part on one line: "p2 refuted: calls are retried"."""
    return f"{plain(ruled.id)} {ruled.state}: {plain(ruled.part.text)}"


def evidence_lines(ruled: RuledPart) -> Iterator[str]:
    """A line for each reading and each piece of evidence: what both readers saw, then what does not stand."""
    pieces, near = weighed(ruled.evidence), ruled.evidence.near
    yield from _readings(ruled)
    yield from (f"fact: {plain(fact.says)}" for fact in pieces.facts)
    yield from map(_standing, pieces.standing)
    yield from map(_searched, pieces.searches)
    if near:
        yield f"nearest to its words: {_places(near, all_near(ruled.evidence))}"
    for one in pieces.failing:
        yield f"does not stand: {where(one)}: {beginning(one.citation.quote)}: {weak(one)}"
    for finding in pieces.unmade:
        yield f"does not stand: search for {search(finding.absence)}: {result(finding, plain)}"


def _readings(ruled: RuledPart) -> Iterator[str]:
    said, reading, package = answer(ruled.part), ruled.evidence.reading, outside(ruled)
    if said is not None:
        yield _said("the model", said, ruled.part.why)
    if package is not None:
        yield f"rests on {plain(package)}, a package outside the commit"
    if reading is not None:
        yield _said("second reading", settles(reading), reading.why)
        if reading.missing.strip():
            yield f"missing: {plain(reading.missing)}"


def _said(who: str, what: str, why: str) -> str:
    return f"{who}: {what}: {plain(why)}" if why.strip() else f"{who}: {what}"


def _standing(grounding: Grounding) -> str:
    notes = (kind(grounding), stub_or_dead(grounding, plain), found_at(grounding))
    said = "; ".join(note for note in notes if note)
    head = f"{grounding.citation.role}: {where(grounding)}"
    return f"{head}{f' ({said})' if said else ''}: {beginning(grounding.citation.quote)}"


def _searched(finding: AbsenceFinding) -> str:
    said = f"searched: {search(finding.absence)}: {result(finding, plain)}"
    return f"{said}: {_places(finding.hits, all_hits(finding))}" if finding.hits else said


def _places(hits: Sequence[Hit], total: int) -> str:
    """Where the found lines and paths stand and what they are: "a.py:3 (code), b.md:9 (documentation) and 7 more"."""
    named = ", ".join(f"{place_of(hit)} ({', '.join(hit_notes(hit, plain))})" for hit in hits)
    return f"{named} and {total - len(hits):,} more" if total > len(hits) else named


def place_of(hit: Hit) -> str:
    """The path, with its line where a line was found."""
    return f"{plain(hit.path)}:{hit.line}" if hit.line else plain(hit.path)
