"""HTML and templates: scripts and styles in it are code of their own, and so is what stands between `<%` and `%>`.

A comment is what its place makes one: `<!-- -->` in markup, `//` in a script, `#` in Ruby between the marks of ERB. The
definitions are those of the scripts."""

from __future__ import annotations

import functools
import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from verifier.languages import javascript
from verifier.languages.code_text import bare_lines
from verifier.languages.line_kinds import kinds_of, mask, to_bytes
from verifier.languages.marks import ANGLE, DOUBLE, HASH, JAVA, NO_MARKS, SCRIPT, SINGLE, SLASH_STAR, SLASHES, Marks
from verifier.languages.outline import LineKind, Outline
from verifier.languages.readers import Reader
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
_RUBY = Marks(comments=(HASH,), strings=(DOUBLE, SINGLE))
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


class _Page:
    """The parts of a file."""

    def __init__(self, language: str, text: str) -> None:
        self.source = to_bytes(text)
        self.comments: list[tuple[int, int, LineKind]] = []
        self.scripts: list[tuple[int, int]] = []
        self.script_language = "typescript" if language == "astro" else "javascript"
        marks = _LANGUAGES[language].marks
        for match in _scanner(language).finditer(self.source):
            groups = match.groupdict()
            if groups["comment"] is not None:
                self.comments.append((match.start(), match.end(), LineKind.COMMENT))
            elif groups["code"] is not None:
                self.scripts.append(match.span("code"))
                if _IS_TYPESCRIPT.search(groups["script"]):
                    self.script_language = "typescript"
                self._comments_of(match.span("code"), SCRIPT)
            elif groups["style"] is not None:
                self._comments_of(match.span("style"), _STYLE)
            elif groups.get("embedded") is not None:
                self._comments_of(match.span("embedded"), marks)
                if marks is SCRIPT:
                    self.scripts.append(match.span("embedded"))

    def _comments_of(self, span: tuple[int, int], marks: Marks) -> None:
        for start, end, kind in marks.ranges(self.source[span[0] : span[1]]):
            self.comments.append((span[0] + start, span[0] + end, kind))

    @cached_property
    def script(self) -> str:
        """The scripts of the file, all else blanked, every line where it was."""
        ends = [0, *(end for _, end in self.scripts)]
        starts = [*(start for start, _ in self.scripts), len(self.source)]
        rest = [(end, start, LineKind.BLANK) for end, start in zip(ends, starts, strict=True)]
        return mask(self.source, rest).decode("utf-8", "replace")

    def read_script(self) -> Outline:
        """Definitions and imports of the scripts; none where there are no scripts."""
        if not self.scripts:
            return Outline(self.script_language, ())
        return javascript.READER.read(self.script_language, self.script)


class _Reader(Reader):
    """Reads HTML and templates: their scripts by a grammar, all else by marks and indentation."""

    def read(self, language: str, text: str, /) -> Outline:
        page = _Page(language, text)
        script = page.read_script()
        return Outline(language, kinds_of(mask(page.source, page.comments)), script.definitions, script.imports)

    def calls(self, language: str, text: str, first_line: int, last_line: int, /) -> frozenset[str]:
        page = _Page(language, text)
        names = javascript.READER.calls(page.script_language, page.script, first_line, last_line)
        return names | super().calls(language, text, first_line, last_line)

    def code(self, language: str, text: str, /) -> tuple[str, ...]:
        page = _Page(language, text)
        tokens = [(start, end, "comment") for start, end, _ in page.comments]
        for first, last in page.scripts:
            tokens += [
                (first + start, first + end, what) for start, end, what in SCRIPT.tokens(page.source[first:last])
            ]
        return bare_lines(page.source, sorted(set(tokens)))

    def structure(self, reading: Outline, text: str, /) -> Structure:
        markup = super().structure(reading, text)
        page = _Page(reading.language, text)
        if not page.scripts:
            return markup
        script = javascript.READER.structure(page.read_script(), page.script)
        ends = [match.start() for match in re.finditer(rb"\n", page.source)]
        spans = [(bisect_left(ends, start) + 1, bisect_left(ends, end) + 1) for start, end in page.scripts]
        return _Both(markup, script, tuple(spans))


@dataclass(frozen=True)
class _Both:
    """The structure of markup with scripts in it."""

    markup: Structure
    script: Structure
    spans: tuple[tuple[int, int], ...]
    """The lines on which each script begins and ends."""

    @property
    def dead(self) -> list[Dead]:
        """What never runs."""
        return [*self.markup.dead, *self.script.dead]

    @property
    def functions(self) -> Sequence[Function]:
        """Those of the scripts."""
        return self.script.functions

    def around(self, line: int) -> Sequence[tuple[int, ...]]:
        """What a line stands inside: within a script its tag, and what its tree says."""
        for first, last in self.spans:
            if first < line <= last:
                return [(first,), *self.script.around(line)]
        return self.markup.around(line)


READER = _Reader()
