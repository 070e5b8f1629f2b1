"""HTML and templates: scripts and styles in it are code of their own, and so is what stands between `<%` and `%>`.

A comment is what its place makes one: `<!-- -->` in markup, `//` in a script, `#` in Ruby between the marks of ERB. The
definitions are those of the scripts."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from verifier.languages import javascript
from verifier.languages.called_names import called_names
from verifier.languages.code_text import bare_lines
from verifier.languages.indentation import by_indentation
from verifier.languages.layout import Layout
from verifier.languages.line_kinds import kinds_of, mask, to_bytes
from verifier.languages.marks import ANGLE, HASH, JAVA, NO_MARKS, SCRIPT, SLASH_STAR, SLASHES, Marks
from verifier.languages.outline import Definition, LineKind, Outline
from verifier.languages.structure import Dead, Function, Structure


@dataclass(frozen=True)
class _Template:
    """What a language of templates adds to HTML."""

    comments: tuple[str, ...] = ()
    embedded: str = ""
    """An expression whose group "embedded" is code."""
    marks: Marks = NO_MARKS
    """How comments in that code are marked."""


_TAGS = r"<%[=_-]?(?P<embedded>.*?)(?:[-_]?%>|\Z)"
_RUBY = Marks(comments=(HASH,), strings=(r'"[^"\\\n]*+(?:\\.[^"\\\n]*+)*+"?', r"'[^'\\\n]*+(?:\\.[^'\\\n]*+)*+'?"))
_PHP = Marks(comments=(SLASHES, r"#(?!\[)[^\n]*+", SLASH_STAR), strings=_RUBY.strings)
_BRACES = r"\{#.*?(?:#\}|\Z)"
_LANGUAGES = {
    "html": _Template((_BRACES, r"\{%-?\s*comment\b.*?(?:\{%-?\s*endcomment\s*-?%\}|\Z)")),
    "jinja": _Template((_BRACES,)),
    "vue": _Template(),
    "svelte": _Template(),
    "astro": _Template((), r"\A---\n(?P<embedded>.*?)(?:\n---|\Z)", SCRIPT),
    "erb": _Template((r"<%#.*?(?:%>|\Z)",), _TAGS, _RUBY),
    "ejs": _Template((r"<%#.*?(?:%>|\Z)",), _TAGS, SCRIPT),
    "jsp": _Template((r"<%--.*?(?:--%>|\Z)",), _TAGS, JAVA),
    "blade": _Template((r"\{\{--.*?(?:--\}\}|\Z)",), r"(?:@php\b|<\?php\b)(?P<embedded>.*?)(?:@endphp\b|\?>|\Z)", _PHP),
    "handlebars": _Template((r"\{\{!--.*?(?:--\}\}|\Z)", r"\{\{![^}]*+(?:\}\}|\Z)")),
}
_STYLE = Marks(comments=(SLASH_STAR, r"(?<!:)//[^\n]*+"))
_IS_TYPESCRIPT = re.compile(rb"lang\s*=\s*[\"']?tsx?\b")


@functools.cache
def _scanner(language: str) -> re.Pattern[bytes]:
    template = _LANGUAGES[language]
    comments = "|".join((ANGLE, *template.comments))
    choices = [
        f"(?P<comment>{comments})",
        r"(?P<script><script\b[^>]{0,2000}>)(?P<code>.*?)(?=</script\b|\Z)",
        r"<style\b[^>]{0,2000}>(?P<style>.*?)(?=</style\b|\Z)",
        *((template.embedded,) if template.embedded else ()),
    ]
    return re.compile("|".join(choices).encode(), re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True)
class _Parts:
    """The parts of a file."""

    comments: tuple[tuple[int, int, LineKind], ...]
    scripts: tuple[tuple[int, int], ...]
    is_typescript: bool


def _parts(language: str, source: bytes) -> _Parts:
    comments: list[tuple[int, int, LineKind]] = []
    scripts: list[tuple[int, int]] = []
    is_typescript = language == "astro"
    template = _LANGUAGES[language]
    for match in _scanner(language).finditer(source):
        groups = match.groupdict()
        if groups["comment"] is not None:
            comments.append((match.start(), match.end(), LineKind.COMMENT))
        elif groups["code"] is not None:
            scripts.append(match.span("code"))
            is_typescript = is_typescript or _IS_TYPESCRIPT.search(groups["script"]) is not None
            comments += _comments(source, match.span("code"), SCRIPT)
        elif groups["style"] is not None:
            comments += _comments(source, match.span("style"), _STYLE)
        elif groups.get("embedded") is not None:
            comments += _comments(source, match.span("embedded"), template.marks)
            if template.marks is SCRIPT:
                scripts.append(match.span("embedded"))
    return _Parts(tuple(comments), tuple(scripts), is_typescript)


def _comments(source: bytes, span: tuple[int, int], marks: Marks) -> Iterator[tuple[int, int, LineKind]]:
    for start, end, kind in marks.ranges(source[span[0] : span[1]]):
        yield span[0] + start, span[0] + end, kind


def _script(source: bytes, parts: _Parts) -> str:
    """The scripts of a file, all else blanked, every line where it was."""
    pieces: list[bytes] = []
    at = 0
    for start, end in parts.scripts:
        pieces += (_NOT_LINE_END.sub(b" ", source[at:start]), source[start:end])
        at = end
    pieces.append(_NOT_LINE_END.sub(b" ", source[at:]))
    return b"".join(pieces).decode("utf-8", "replace")


_NOT_LINE_END = re.compile(rb"[^\n]")


class _Reader:
    """Reads HTML and templates."""

    def read(self, language: str, text: str, /) -> Outline:
        """Read a whole file: kinds of lines; definitions and imports of its scripts."""
        source = to_bytes(text)
        parts = _parts(language, source)
        definitions: tuple[Definition, ...] = ()
        imports: tuple[str, ...] = ()
        if parts.scripts:
            script = self._read_script(source, parts)
            definitions, imports = script.definitions, script.imports
        return Outline(language, kinds_of(mask(source, parts.comments)), definitions, imports)

    def calls(self, language: str, text: str, first_line: int, last_line: int, /) -> frozenset[str]:
        """Names that scripts call in those lines, and names before a bracket elsewhere."""
        source = to_bytes(text)
        parts = _parts(language, source)
        script = _script(source, parts)
        names = javascript.READER.calls(_language(parts), script, first_line, last_line)
        return names | called_names(text, first_line, last_line)

    def code(self, language: str, text: str, /) -> tuple[str, ...]:
        """A text's lines without comments, strings of scripts emptied."""
        source = to_bytes(text)
        parts = _parts(language, source)
        tokens = [(start, end, "comment") for start, end, _ in parts.comments]
        for first, last in parts.scripts:
            tokens += [(first + start, first + end, what) for start, end, what in SCRIPT.tokens(source[first:last])]
        return bare_lines(source, sorted(set(tokens)))

    def structure(self, reading: Outline, text: str, /) -> Structure:
        """Scripts by their tree, all else by its indentation."""
        source = to_bytes(text)
        parts = _parts(reading.language, source)
        layout = by_indentation(reading.language, self.code(reading.language, text))
        if not parts.scripts:
            return layout
        script = javascript.READER.structure(self._read_script(source, parts), _script(source, parts))
        spans: list[tuple[int, int]] = []
        at, line = 0, 1
        for start, end in parts.scripts:
            first = line + source.count(b"\n", at, start)
            at, line = end, first + source.count(b"\n", start, end)
            spans.append((first, line))
        return _Both(layout, script, tuple(spans))

    def _read_script(self, source: bytes, parts: _Parts) -> Outline:
        return javascript.READER.read(_language(parts), _script(source, parts))


def _language(parts: _Parts) -> str:
    return "typescript" if parts.is_typescript else "javascript"


@dataclass(frozen=True)
class _Both:
    """The structure of markup with scripts in it."""

    markup: Layout
    script: Structure
    spans: tuple[tuple[int, int], ...]
    """The lines on which each script begins and ends."""

    @property
    def dead(self) -> list[Dead]:
        """What never runs."""
        return [*self.markup.dead, *self.script.dead]

    @property
    def functions(self) -> tuple[Function, ...]:
        """Those of the scripts."""
        return tuple(self.script.functions)

    def around(self, line: int) -> list[tuple[int, ...]]:
        """What a line stands inside: within a script its tag, and what its tree says."""
        for first, last in self.spans:
            if first < line <= last:
                return [(first,), *self.script.around(line)]
        return list(self.markup.around(line))


READER = _Reader()
