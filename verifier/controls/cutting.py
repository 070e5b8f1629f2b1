"""Cut evidence out of a commit: functions become stubs, all else that is cited is gone.

The commit stays as it is; what comes out are other texts for some of its files.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from verifier.languages import Definition
from verifier.languages.stubbing import stubbed
from verifier.repository.index import Index
from verifier.values.ruling import RuledPart
from verifier.values.source import Lines, ranges_of
from verifier.values.verdict import Role


@dataclass(frozen=True)
class Cut:
    """A commit without what was cited of it."""

    texts: Mapping[str, str]
    """The files that are other now, by their paths."""
    what: tuple[str, ...]
    """What became of each piece: "`Pool.drain` in pool.py made a stub", "lines 3-5 of pool.toml removed"."""


def cut_out(parts: Iterable[RuledPart], index: Index) -> Cut | None:
    """Cut out the lines that stand for the parts. None where none are cited, as for what is gone."""
    cited: dict[str, set[int]] = {}
    for part in parts:
        for grounding in part.evidence.groundings:
            if grounding.stands and grounding.citation.role is Role.SUPPORTS:
                place = grounding.place
                cited.setdefault(grounding.citation.path, set()).update(range(place.first, place.last + 1))
    files = {path: _without(path, lines, index) for path, lines in sorted(cited.items())}
    what = tuple(line for _, whats in files.values() for line in whats)
    return Cut({path: text for path, (text, _) in files.items()}, what) if what else None


def _without(path: str, cited: set[int], index: Index) -> tuple[str, list[str]]:
    """The file's text without the cited lines, and what was done to it."""
    file, source = index.text_file(path), index.source(path)
    if file is None or source is None:
        return "", []
    text = file.text
    stubs = _outermost(_functions_of(cited, source.definitions))
    inside = {line for each in stubs for line in range(each.signature_line, each.last_line + 1)}
    heads = {each.signature_line for each in source.definitions if each.kind == "class" and _has(each, stubs)}
    edits: dict[Lines, Definition | None] = dict.fromkeys(ranges_of(cited - inside - heads))
    edits |= {Lines(each.signature_line, each.last_line): each for each in stubs}
    done = []
    # From the end of the file, so that the lines before keep their numbers.
    for lines, definition in sorted(edits.items(), key=lambda edit: edit[0], reverse=True):
        made = stubbed(path, text, definition) if definition is not None else None
        text = made or _removed(text, lines)
        removed = f"{'line' if len(lines) == 1 else 'lines'} {lines} of {path} removed"
        done.append(f"`{definition.qualified}` in {path} made a stub" if definition and made else removed)
    return text, done[::-1]


def _functions_of(cited: set[int], definitions: Iterable[Definition]) -> Iterator[Definition]:
    """The innermost functions that the lines stand in, and all of a class whose head is among them."""
    definitions = tuple(definitions)
    functions = [each for each in definitions if each.kind in ("function", "method") and not each.declaration]
    for line in cited:
        around = [each for each in functions if each.first_line <= line <= each.last_line]
        if around:
            yield max(around, key=lambda each: each.first_line)
    for head in definitions:
        if head.kind == "class" and head.signature_line in cited:
            yield from (each for each in functions if _has(head, [each]))


def _outermost(functions: Iterable[Definition]) -> list[Definition]:
    """The functions that lie in none of the others, each once."""
    chosen = dict.fromkeys(functions)
    return [each for each in chosen if not any(other is not each and _has(other, [each]) for other in chosen)]


def _has(outer: Definition, inner: Iterable[Definition]) -> bool:
    return any(outer.first_line <= each.first_line and each.last_line <= outer.last_line for each in inner)


def _removed(text: str, lines: Lines) -> str:
    kept = text.split("\n")
    del kept[lines.first - 1 : lines.last]
    return "\n".join(kept)
