"""Exhibits: gather what the second reader is shown of a part's evidence.

The cited lines that stand, inside the headers that they stand in, with the definitions of the constants that they use;
searches with what they found and what comes near; and nothing else of the repository.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from verifier.evidence.line_labels import label_of_line
from verifier.languages import LineKind, SourceText
from verifier.repository.index import Index
from verifier.repository.snapshot import SourceFile
from verifier.safety.quoting import clipped
from verifier.values.exhibit import MOST_LINES, Excerpt, Exhibit
from verifier.values.grounding import AbsenceFinding, Grounding, TextKind
from verifier.values.ruling import PartEvidence
from verifier.values.source import Lines, ranges_of

Piece = TypeVar("Piece")

MOST_DEFINITIONS = 8
"""Constants, defaults and settings whose definitions are shown for one part."""

LONGEST_DEFINITION = 12
"""Lines of one such definition; of a longer table the first ones."""

_FEWEST_LINES = 20
"""What a part is given of the room in any case, for citations and for searches."""

_LINE_CHARS = 120
"""A line that is longer takes the room of several."""

_LABELS = {
    TextKind.CODE: "code",
    TextKind.PROSE: "comment, docstring or documentation",
    TextKind.TEST: "test",
    TextKind.GENERATED: "generated file",
    TextKind.VENDORED: "vendored file",
    TextKind.MINIFIED: "minified file",
    TextKind.EXAMPLE: "example",
}


def exhibits(evidence: Sequence[PartEvidence], index: Index, withheld: Callable[[str], bool]) -> tuple[Exhibit, ...]:
    """What a second reader is shown of these parts, `MOST_LINES` lines of the repository in all.

    Lines that several parts cite count once; no more than twice as many are printed. Where all of it does not fit,
    parts share the room evenly; what one does not need, the next ones may have. `withheld` says whose text is kept from
    the model.
    """
    whole = tuple(_exhibit(one, index, withheld, MOST_LINES, _FEWEST_LINES) for one in evidence)
    if _taken_in_all(whole) <= MOST_LINES:
        return whole
    made: list[Exhibit] = []
    many = len(evidence) * _FEWEST_LINES > MOST_LINES
    fewest = MOST_LINES // (2 * len(evidence)) if many else _FEWEST_LINES
    for number, one in enumerate(evidence):
        room = MOST_LINES - _taken_in_all(made)
        made.append(_exhibit(one, index, withheld, max(fewest, room // (len(evidence) - number)), fewest))
    return tuple(made)


def _taken_in_all(exhibits: Sequence[Exhibit]) -> int:
    """The room that the exhibits take: a line that several of them show counts once, but not less than half of all."""
    excerpts = {excerpt for exhibit in exhibits for excerpt in (*exhibit.excerpts, *exhibit.definitions)}
    lines = {(excerpt.path, number): text for excerpt in excerpts for number, text in excerpt.lines}
    taken = max(_taken(lines.values()), sum(map(_taken_by, excerpts)) // 2)
    return taken + sum(_taken_up(finding) for one in exhibits for finding in one.absences)


def _exhibit(evidence: PartEvidence, index: Index, withheld: Callable[[str], bool], room: int, fewest: int) -> Exhibit:
    cited = (
        (g, _taken(_cited(g, index)), f"{g.citation.path}, lines {g.place}") for g in evidence.groundings if g.stands
    )
    shown, left_out = _fitting(cited, room)
    excerpts = tuple(_excerpt(path, found, index) for path, found in _by_file(shown).items())
    room -= sum(map(_taken_by, excerpts))
    searches = (
        (a, _taken_up(a), f"the search for {a.absence.pattern}") for a in evidence.absences if a.stands or a.unread
    )
    absences, not_shown = _fitting(searches, max(room, fewest))
    room -= sum(map(_taken_up, absences))
    definitions: list[Excerpt] = []
    for definition in _definitions(shown, excerpts, index, withheld):
        room -= _taken_by(definition)
        if room < 0 or len(definitions) == MOST_DEFINITIONS:
            break
        definitions.append(definition)
    return Exhibit(
        evidence.part,
        excerpts,
        tuple(definitions),
        absences,
        evidence.near,
        evidence.near_total,
        (*left_out, *not_shown),
    )


def _fitting(given: Iterable[tuple[Piece, int, str]], room: int) -> tuple[tuple[Piece, ...], tuple[str, ...]]:
    """The pieces that fit, by the room that each takes, in their order; and the names of those that do not."""
    shown: list[Piece] = []
    left_out: list[str] = []
    for piece, taken, name in given:
        if taken <= room:
            room -= taken
            shown.append(piece)
        else:
            left_out.append(name)
    return tuple(shown), tuple(left_out)


def _cited(grounding: Grounding, index: Index) -> Sequence[str]:
    file, _ = _read(grounding.citation.path, index)
    return file.lines[grounding.place.first - 1 : grounding.place.last]


def _taken(lines: Iterable[str]) -> int:
    """The room that lines take, of which a long one takes that of several."""
    return sum(1 + len(clipped(line)) // _LINE_CHARS for line in lines)


def _taken_by(excerpt: Excerpt) -> int:
    return _taken(text for _, text in excerpt.lines)


def _taken_up(finding: AbsenceFinding) -> int:
    """The room that a search with what it found takes."""
    return 1 + len(finding.hits)


def _by_file(groundings: Iterable[Grounding]) -> dict[str, list[Grounding]]:
    by_file: dict[str, list[Grounding]] = {}
    for grounding in groundings:
        by_file.setdefault(grounding.citation.path, []).append(grounding)
    return by_file


def _read(path: str, index: Index) -> tuple[SourceFile, SourceText]:
    file, source = index.text_file(path), index.source(path)
    assert file is not None, "what stands was found in a text"
    assert source is not None, "what stands was found in a text"
    return file, source


def _excerpt(path: str, groundings: Sequence[Grounding], index: Index) -> Excerpt:
    file, source = _read(path, index)
    cited = sorted({grounding.place for grounding in groundings})
    numbers = {n for lines in cited for n in (*source.headers(lines), *range(lines.first, lines.last + 1))}
    labels = dict.fromkeys(_label(grounding) for grounding in groundings)
    comments = [n for lines in cited for n in range(lines.first, lines.last + 1) if source.kinds[n - 1] in _COMMENTS]
    if comments and len(comments) < sum(map(len, cited)):
        labels[f"line{'s' if len(comments) > 1 else ''} {', '.join(map(str, ranges_of(comments)))} comment"] = None
    return Excerpt(path, "; ".join(labels), tuple((n, file.lines[n - 1]) for n in sorted(numbers)), tuple(cited))


_COMMENTS = (LineKind.COMMENT, LineKind.DOCSTRING)


def _label(grounding: Grounding) -> str:
    label = _LABELS[grounding.kind] if grounding.kind is not None else "text"
    return f"{label}, a stub: {grounding.stub}" if grounding.stub else label


def _definitions(
    groundings: Iterable[Grounding], excerpts: Iterable[Excerpt], index: Index, withheld: Callable[[str], bool]
) -> Iterator[Excerpt]:
    """Definitions of the constants that the cited lines use, where they are not among these already."""
    shown = {(excerpt.path, number) for excerpt in excerpts for number, _ in excerpt.lines}
    for grounding in groundings:
        path = grounding.citation.path
        _, source = _read(path, index)
        for name in sorted(source.names_used(grounding.place)):
            for where, lines in _constant(name, path, grounding.place, index):
                if (where, lines.first) in shown or withheld(where):
                    continue
                file, _ = _read(where, index)
                numbers = range(lines.first, min(lines.last, lines.first + LONGEST_DEFINITION - 1) + 1)
                shown.update((where, n) for n in numbers)
                kind = label_of_line(where, lines.first, index)
                label = f"definition of {name}" if kind == "code" else f"{kind}; definition of {name}"
                yield Excerpt(where, label, tuple((n, file.lines[n - 1]) for n in numbers))


def _constant(name: str, path: str, place: Lines, index: Index) -> list[tuple[str, Lines]]:
    """Where the constant, default or setting stands: nearest in its own file, else in the only file that has it."""
    _, source = _read(path, index)
    here = sorted(source.constants.get(name, ()), key=lambda lines: abs(lines.first - place.first))[:_MOST_PLACES]
    if here:
        return sorted(((path, lines) for lines in here), key=lambda found: found[1].first)
    if len(name) < _SHORTEST_NAME:
        return []
    elsewhere = (
        (other, found.constants[name])
        for other in index.mentions(name)
        if other != path and (found := index.source(other)) is not None and name in found.constants
    )
    first_two = list(islice(elsewhere, 2))
    return [(other, lines) for other, places in first_two for lines in places] if len(first_two) == 1 else []


_MOST_PLACES = 2
"""Places of one name in one file that are shown."""

_SHORTEST_NAME = 4
"""Letters of a name that is looked for beyond its own file."""
