"""Ground citations: does the commit say what the model quoted, and may it be shown as evidence?

Matters of fact alone, so one verdict and one commit always give the same groundings. Whether the lines show what the
part says is for the second reader.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from verifier.evidence.locating import locate, quoted_lines
from verifier.languages import Definition, FileKind, LineKind, SourceText, calls_in
from verifier.repository.index import Index
from verifier.repository.snapshot import SourceFile
from verifier.safety.quoting import plain_path
from verifier.system.patterns import pattern
from verifier.values.grounding import Grounding, Standing, TextKind
from verifier.values.source import Lines
from verifier.values.verdict import Citation, Role

SMALL_FILE_LINES = 12
"""A file up to this long may be cited whole; longer, a citation of all of it points at nothing."""

NEARLY_WHOLE = 0.9
"""Of a file's lines that are not blank; who cites so many cites the file."""

WIDEST_ELISION_LINES = 60
"""An elided quote may span this many lines; wider, the range says no more than the file's name."""

_SHOWN_LINES = 12
_CODE_FILES = {FileKind.CODE, FileKind.CONFIG, FileKind.VENDORED, FileKind.MINIFIED, FileKind.LOCK}

NOT_THE_PRODUCT = {
    FileKind.VENDORED: TextKind.VENDORED,
    FileKind.MINIFIED: TextKind.MINIFIED,
    FileKind.GENERATED: TextKind.GENERATED,
    FileKind.BUILD: TextKind.GENERATED,
    FileKind.MOCK: TextKind.EXAMPLE,
    FileKind.EXAMPLE: TextKind.EXAMPLE,
}
"""Kinds of file that are evidence only where the claim names the file."""


def ground(citation: Citation, index: Index, *, named: bool = False, about_imports: bool = False) -> Grounding:
    """Look a citation up in the commit, say how it stands, and whether it may be shown as evidence.

    A quote that stands elsewhere in its file is moved, and its true place is given. `named` says that the claim names
    the file, so that it may be vendored, generated, or an example; `about_imports` that it speaks of importing.
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
    lines = cited if standing is Standing.EXACT else found[0]
    source = index.source(citation.path)
    assert source is not None, "a located file is text"
    place = _Place(citation, lines, file, source, index)
    grounding = Grounding(citation, standing, tuple(sorted(found, key=lambda one: one != lines)))
    return _weigh(grounding, place, named=named, about_imports=about_imports)


def _not_found(citation: Citation, file: SourceFile) -> Grounding:
    if citation.last_line > len(file.lines):
        return Grounding(citation, Standing.OUTSIDE_FILE, true_text=f"the file has {len(file.lines)} lines")
    last = min(citation.last_line, citation.first_line + _SHOWN_LINES - 1)
    return Grounding(citation, Standing.NOT_FOUND, true_text="\n".join(file.lines[citation.first_line - 1 : last]))


@dataclass(frozen=True)
class _Place:
    """Where a citation was found, with what is known of the file."""

    citation: Citation
    lines: Lines
    file: SourceFile
    source: SourceText
    index: Index

    @property
    def path(self) -> str:
        return self.citation.path

    @property
    def code_lines(self) -> tuple[int, ...]:
        """Numbers of the cited lines that are code, not comment or docstring."""
        return tuple(n for n in range(self.lines.first, self.lines.last + 1) if self._is_code(n))

    def _is_code(self, line: int) -> bool:
        return self.source.kinds[line - 1] is LineKind.CODE

    @property
    def around(self) -> Definition | None:
        """The innermost definition that holds the cited lines, or that they open."""
        holding = [
            d for d in self.source.definitions if d.first_line <= self.lines.first and self.lines.last <= d.last_line
        ]
        return min(holding, key=lambda d: d.last_line - d.first_line, default=None)


def _weigh(grounding: Grounding, place: _Place, *, named: bool, about_imports: bool) -> Grounding:
    """Add what kind of text it is, and every reason why the citation does not stand."""
    kind = text_kind(place.index.kind(place.path), is_code=bool(place.code_lines))
    stub, unbuilt = _unbuilt(place)
    dead = place.source.dead_reason(place.lines)
    reasons = (
        _loose(place),
        None if about_imports else _imports_alone(place),
        _not_the_product(kind, named=named),
        f"it never runs: {dead}" if dead else None,
        unbuilt,
    )
    return replace(
        grounding,
        kind=kind,
        stub=stub,
        dead=dead,
        unreferenced=_unreferenced(place, kind),
        why_not=tuple(reason for reason in reasons if reason),
    )


def text_kind(kind: FileKind, *, is_code: bool) -> TextKind:
    """What to call lines of such a file; `is_code`: whether any of them is code."""
    if kind in NOT_THE_PRODUCT:
        return NOT_THE_PRODUCT[kind]
    if kind is FileKind.PROSE or not is_code:
        return TextKind.PROSE
    return TextKind.TEST if kind is FileKind.TEST else TextKind.CODE


def _not_the_product(kind: TextKind, *, named: bool) -> str | None:
    if named or kind in (TextKind.CODE, TextKind.PROSE, TextKind.TEST):
        return None
    return f"the file is {'an example' if kind is TextKind.EXAMPLE else kind.value}, and the claim does not name it"


def _loose(place: _Place) -> str | None:
    """Why the range is no evidence: the whole file, a wide elision, or nothing but punctuation."""
    quoted = quoted_lines(place.citation.quote)
    if not any(_says_something(line) for line in quoted):
        return "quotes nothing but punctuation"
    with_text = sum(1 for line in place.file.lines if line.strip())
    if len(place.lines) > SMALL_FILE_LINES and len(place.lines) >= NEARLY_WHOLE * with_text:
        return "cites the whole file"
    if len(place.lines) > max(WIDEST_ELISION_LINES, len(quoted)):
        return f"spans {len(place.lines)} lines for a quote of {len(quoted)}"
    if len(place.lines) > len(quoted) and _runs_out_of_a_definition(place):
        return "the quote leaves lines out and runs across definitions"
    return None


def _runs_out_of_a_definition(place: _Place) -> bool:
    """Whether the range begins inside a function and ends outside it."""
    first, last = place.lines.first, place.lines.last
    functions = (d for d in place.source.definitions if d.kind in ("function", "method"))
    return any(d.first_line <= first <= d.last_line < last for d in functions)


_NO_EVIDENCE = frozenset(
    {"else", "try", "pass", "return", "end", "fi", "done", "esac", "finally", "do", "then", "begin"}
)


def _says_something(line: str) -> bool:
    words = "".join(c if c.isalnum() or c == "_" else " " for c in line).split()
    return any(word not in _NO_EVIDENCE for word in words)


def _imports_alone(place: _Place) -> str | None:
    shown = [place.file.lines[n - 1] for n in (*place.source.headers(place.lines), *place.code_lines)]
    code = [place.file.lines[n - 1] for n in place.code_lines]
    in_a_list = any(_OPENS_IMPORTS.match(line) for line in shown)
    is_import = bool(code) and all(_IMPORT.match(line) or (in_a_list and _IMPORTED.match(line)) for line in code)
    return "only an import" if is_import else None


_IMPORT = pattern(
    r"\s*(?:import\b|from\s+[\w.]+\s+import\b|export\s.*\bfrom\s*[\"']|#\s*(?:include|import)\b|use\s+[\w:\\{]|using\s+[\w.:]"
    r"|extern\s+crate\b|mod\s+\w+;|package\s+[\w.]+;?\s*$|require(?:_once|_relative)?\b|alias\s+[A-Z]|source\s+\S"
    r"|(?:const|let|var)\s[^=]*=\s*(?:await\s+)?(?:require|import)\(|@(?:use|import|forward)\b|library\()"
)
_OPENS_IMPORTS = pattern(r"\s*(?:import\s*[({]|from\s+[\w.]+\s+import\s*\(|use\s+[\w:]+::\{)")
_IMPORTED = pattern(
    r"\s*+(?:[\w.*]++\s++)?[\"'][^\"']++[\"'],?;?\s*+$|[\w*.:{}\s]++,?;?\s*+$|\s*+[)}]++[;,]?\s*+(?:from\s.*)?$"
)


def _unbuilt(place: _Place) -> tuple[str | None, str | None]:
    """Why what the citation shows, or all that it calls, is a stub; and why it does not stand for that.

    Stubs, declarations and empty tests bear nothing out. A stub speaks against a claim only where the commit has no
    other definition of the name.
    """
    supports = place.citation.role is Role.SUPPORTS
    shown = _shown_definition(place)
    if shown is not None and shown.stub:
        if supports:
            return shown.stub, f"a stub: {shown.stub}"
        real = (f"{plain_path(p)}:{d.signature_line}" for p, d in place.index.definitions(shown.name) if not d.stub)
        elsewhere = next(real, None)
        return shown.stub, f"a stub, but {shown.name} is also at {elsewhere}" if elsewhere else None
    if not supports:
        return None, None
    called = _call_of_stubs_alone(place)
    return called, f"all that it calls is a stub: {called}" if called else place.source.hollow_reason(place.lines)


def _shown_definition(place: _Place) -> Definition | None:
    """The definition that the citation is inside of, or that is all that it shows."""
    around = place.around
    if around is not None and around.kind != "class":
        return around
    inside = [d for d in place.source.definitions if place.lines.covers(d.signature_line)]
    if inside and all(d.stub for d in inside):
        return inside[0]
    return around


def _call_of_stubs_alone(place: _Place) -> str | None:
    """A name that the lines call, where each of them that the commit defines is nothing but stubs."""
    names = calls_in(place.path, place.file.text, place.lines.first, place.lines.last)
    defined = {name: found for name in sorted(names) if (found := place.index.definitions(name))}
    functions = {n: [d for _, d in found if d.kind in ("function", "method")] for n, found in defined.items()}
    if functions and all(found and all(d.stub for d in found) for found in functions.values()):
        return min(functions)
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
