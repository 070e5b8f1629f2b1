"""Ground citations: does the commit say what the model quoted, and does it bear on the part?

No model is asked anything here, so one verdict and one commit always give the same groundings.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from verifier.evidence.locating import locate, quoted_lines
from verifier.languages import Definition, FileKind, LineKind, SourceText, calls_in
from verifier.repository.index import Index
from verifier.repository.snapshot import SourceFile
from verifier.values.grounding import Grounding, Standing, TextKind
from verifier.values.source import Lines
from verifier.values.verdict import Citation, Part, Role
from verifier.wording import NameKind, is_about_prose, is_about_tests, last_name, named_in, names_in

SMALL_FILE_LINES = 12
"""A file up to this long may be cited whole; longer, a citation of all of it points at nothing."""

NEARLY_WHOLE = 0.9
"""Of a file's lines that are not blank; who cites so many cites the file."""

WIDEST_ELISION_LINES = 60
"""An elided quote may span this many lines; wider, the range says no more than the file's name."""

MOST_CALLED = 40
"""Definitions looked into behind the calls of one citation."""

_SHOWN_LINES = 12
_CODE_FILES = {FileKind.CODE, FileKind.CONFIG, FileKind.VENDORED, FileKind.MINIFIED, FileKind.LOCK}


def ground(citation: Citation, part: Part, index: Index) -> Grounding:
    """Look a citation up in the commit, say how it stands, and whether a ruling may rest on it.

    A quote that stands elsewhere in its file is moved, and its true place is given. Whether it counts depends on the
    part: code for a part about code, prose for one about prose, and something that the part names.
    """
    if citation.malformed is not None:
        return Grounding(citation, Standing.MALFORMED, why_not=(citation.malformed,))
    file = index.text_file(citation.path)
    if file is None:
        near = index.snapshot.near_paths(citation.path)
        return Grounding(citation, Standing.NO_SUCH_FILE, near_path=near[0] if near else None)
    found = locate(citation.quote, file.lines, near=citation.first_line)
    if not found:
        return _not_found(citation, file)
    cited = Lines(citation.first_line, citation.last_line)
    standing = Standing.EXACT if cited in found else Standing.MOVED
    place = cited if standing is Standing.EXACT else found[0]
    grounding = Grounding(citation, standing, tuple(sorted(found, key=lambda lines: lines != place)))
    return _weigh(grounding, _Place(citation.path, place, file, index), part)


def _not_found(citation: Citation, file: SourceFile) -> Grounding:
    if citation.last_line > len(file.lines):
        return Grounding(citation, Standing.OUTSIDE_FILE, true_text=f"the file has {len(file.lines)} lines")
    last = min(citation.last_line, citation.first_line + _SHOWN_LINES - 1)
    return Grounding(citation, Standing.NOT_FOUND, true_text="\n".join(file.lines[citation.first_line - 1 : last]))


@dataclass(frozen=True)
class _Place:
    """Where a citation was found, with what is known of the file."""

    path: str
    lines: Lines
    file: SourceFile
    index: Index

    @property
    def source(self) -> SourceText:
        source = self.index.source(self.path)
        assert source is not None, "a located file is text"
        return source

    @property
    def code(self) -> str:
        """The cited lines that are code, without those that are comment or docstring."""
        return self._code(self.lines)

    def _code(self, lines: Lines) -> str:
        return code_of(self.file, self.source, lines)

    @property
    def around(self) -> Definition | None:
        """The innermost definition that holds the cited lines, or that they open."""
        holding = [
            d for d in self.source.definitions if d.first_line <= self.lines.first and self.lines.last <= d.last_line
        ]
        return min(holding, key=lambda d: d.last_line - d.first_line, default=None)


def code_of(file: SourceFile, source: SourceText, lines: Lines) -> str:
    """The lines of the range that are code, joined."""
    return "\n".join(
        file.lines[n - 1] for n in range(lines.first, lines.last + 1) if source.kinds[n - 1] is LineKind.CODE
    )


def _weigh(grounding: Grounding, place: _Place, part: Part) -> Grounding:
    """Add what kind of text it is, and every reason why the citation does not count."""
    kind = _kind(place)
    stub = _stub(place)
    reasons = [
        reason
        for reason in (
            _loose(grounding.citation, place),
            _wrong_kind(kind, part),
            f"a stub: {stub}" if stub and grounding.citation.role is Role.SUPPORTS else None,
            _beside_the_point(place, part, kind, grounding.citation.role),
        )
        if reason
    ]
    return replace(grounding, kind=kind, stub=stub, unreferenced=_unreferenced(place, kind), why_not=tuple(reasons))


def _kind(place: _Place) -> TextKind:
    match place.index.kind(place.path):
        case FileKind.PROSE:
            return TextKind.PROSE
        case FileKind.GENERATED:
            return TextKind.GENERATED
        case FileKind.TEST:
            return TextKind.TEST if place.code else TextKind.PROSE
        case _:
            return TextKind.CODE if place.code else TextKind.PROSE


def _wrong_kind(kind: TextKind, part: Part) -> str | None:
    about = f"{part.text} {part.span}"
    match kind:
        case TextKind.CODE:
            return None
        case TextKind.PROSE:
            return None if is_about_prose(about) else "only comment, docstring or documentation"
        case TextKind.TEST:
            return None if is_about_tests(about) else "only a test"
        case TextKind.GENERATED:
            return "a generated file"


def _loose(citation: Citation, place: _Place) -> str | None:
    """Why the range is no evidence: the whole file, a wide elision, or nothing but punctuation."""
    quoted = quoted_lines(citation.quote)
    if not any(_says_something(line) for line in quoted):
        return "quotes nothing but punctuation"
    if len(place.lines) > SMALL_FILE_LINES and len(place.lines) >= NEARLY_WHOLE * _lines_with_text(place.file):
        return "cites the whole file"
    if len(place.lines) > max(WIDEST_ELISION_LINES, len(quoted)):
        return f"spans {len(place.lines)} lines for a quote of {len(quoted)}"
    return None


def _lines_with_text(file: SourceFile) -> int:
    return sum(1 for line in file.lines if line.strip())


_NO_EVIDENCE = frozenset(
    {"else", "try", "pass", "return", "end", "fi", "done", "esac", "finally", "do", "then", "begin"}
)


def _says_something(line: str) -> bool:
    words = "".join(c if c.isalnum() or c == "_" else " " for c in line).split()
    return any(word not in _NO_EVIDENCE for word in words)


def _stub(place: _Place) -> str | None:
    """Why the definition that the citation shows is a stub; None when it does something or shows more than a stub."""
    around = place.around
    if around is not None:
        return around.stub
    inside = [d for d in place.source.definitions if place.lines.covers(d.signature_line)]
    if inside and all(d.stub for d in inside):
        return inside[0].stub
    return None


def _unreferenced(place: _Place, kind: TextKind) -> str | None:
    """The cited definition's name, where no code outside tests and its own definition mentions it."""
    around = place.around
    if kind is not TextKind.CODE or around is None or around.kind not in ("class", "function", "method"):
        return None
    name = around.name
    if name.startswith("__"):
        return None
    for path in place.index.mentions(name):
        if path != place.path and place.index.kind(path) in _CODE_FILES:
            return None
    lines = place.file.lines
    own = range(around.first_line, around.last_line + 1)
    if place.file.text.count(name) == sum(line.count(name) for line in lines[own.start - 1 : own.stop - 1]):
        return name
    elsewhere = (n for n in range(1, len(lines) + 1) if n not in own and place.source.kinds[n - 1] is LineKind.CODE)
    return None if any(name in lines[n - 1] for n in elsewhere) else name


def _names(text: str, role: Role) -> tuple[str, ...]:
    if role is Role.SUPPORTS:
        return names_in(text)
    numbers = {named.text for named in named_in(text) if named.kind is NameKind.NUMBER}
    return tuple(name for name in names_in(text) if name not in numbers)


def _beside_the_point(place: _Place, part: Part, kind: TextKind, role: Role) -> str | None:
    """Why the citation does not bear on what the part names; None when it does, or the part names nothing.

    What contradicts a number shows another one, so numbers are not looked for in it.
    """
    names = _names(part.text, role) or _names(part.span, role)
    if not names or any(_stands_in(name, text) for text in _reach(place, kind) for name in names):
        return None
    shown = ", ".join(names[:4])
    return f"beside the point: none of {shown} is in these lines, in the definition around them or in one it calls"


def _reach(place: _Place, kind: TextKind) -> Iterator[str]:
    """The texts in which a name of the part may stand: the lines, the definition around, the definitions called."""
    if kind is TextKind.PROSE:
        yield "\n".join(place.file.lines[place.lines.first - 1 : place.lines.last])
        if place.around is not None:
            yield place.around.qualified
        return
    yield place.code
    around = place.around
    lines = place.lines
    if around is not None:
        lines = Lines(around.first_line, around.last_line)
        yield code_of(place.file, place.source, lines)
        yield around.qualified
    for path, definition in _called(place, lines):
        file, source = place.index.text_file(path), place.index.source(path)
        if file is not None and source is not None and (kind is TextKind.TEST or place.index.kind(path) in _CODE_FILES):
            yield code_of(file, source, Lines(definition.first_line, definition.last_line))


def _called(place: _Place, lines: Lines) -> Iterator[tuple[str, Definition]]:
    names = calls_in(place.path, place.file.text, lines.first, lines.last)
    found = 0
    for name in sorted(names):
        for path, definition in _nearest_first(place.path, place.index.definitions(name)):
            yield path, definition
            found += 1
            if found >= MOST_CALLED:
                return


def _nearest_first(path: str, definitions: Iterable[tuple[str, Definition]]) -> list[tuple[str, Definition]]:
    """Definitions of one name, those of the citing file alone where it has any."""
    all_of_them = list(definitions)
    return [found for found in all_of_them if found[0] == path] or all_of_them


def _stands_in(name: str, text: str) -> bool:
    """Whether the name stands in the text as a word of its own; of a dotted name its last piece will do."""
    return any(_has_word(text, word) for word in {name, last_name(name)} if word)


def _has_word(text: str, word: str) -> bool:
    at = text.find(word)
    while at >= 0:
        before, after = text[at - 1 : at], text[at + len(word) : at + len(word) + 1]
        if not (word[0].isalnum() and _in_word(before)) and not (word[-1].isalnum() and _in_word(after)):
            return True
        at = text.find(word, at + 1)
    return False


def _in_word(char: str) -> bool:
    return char.isalnum() or char == "_"
