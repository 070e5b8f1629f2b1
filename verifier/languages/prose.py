"""Documentation: Markdown, reStructuredText, AsciiDoc, plain text. Headings are definitions, code in it is text."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from verifier.languages.line_kinds import kinds_by_start
from verifier.languages.outline import Heading, LineKind, Outline, sections
from verifier.languages.readers import TextReader
from verifier.values.source import split_lines

_FENCE = re.compile(r" {0,3}(```+|~~~+)")
_HASHES = re.compile(r" {0,3}(#{1,6})[ \t]+(.+)")
_EQUALS = re.compile(r"(={1,6})[ \t]+(.+)")
_UNDERLINE = re.compile(r"([=\-~^\"'`#*+:.])\1{2,}[ \t]*$")
_SHOWN = 120


def _read(language: str, text: str) -> Outline:
    """Read a whole file."""
    kinds = kinds_by_start(text, (), LineKind.TEXT)
    find = {"markdown": _markdown, "asciidoc": _asciidoc, "restructuredtext": _underlined}.get(language)
    headings = list(find(split_lines(text))) if find else []
    return Outline(language, kinds, sections(headings, len(kinds)))


def _markdown(lines: Sequence[str]) -> Iterator[Heading]:
    fence = ""
    for number, line in enumerate(lines, 1):
        mark = _FENCE.match(line)
        if fence:
            if mark and mark[1].startswith(fence) and not line.strip(" `~"):
                fence = ""
        elif mark:
            fence = mark[1]
        elif heading := _HASHES.match(line[:1000]):
            yield Heading(heading[2].rstrip(" \t#")[:_SHOWN] or "#", number, len(heading[1]))


def _asciidoc(lines: Sequence[str]) -> Iterator[Heading]:
    for number, line in enumerate(lines, 1):
        if heading := _EQUALS.match(line[:1000]):
            yield Heading(heading[2].rstrip(" \t=")[:_SHOWN] or "=", number, len(heading[1]))


def _underlined(lines: Sequence[str]) -> Iterator[Heading]:
    levels: dict[str, int] = {}
    for number, (title, line) in enumerate(itertools.pairwise(lines), 1):
        if _UNDERLINE.match(line[:1000]) and _is_title(title, line):
            yield Heading(title.strip()[:_SHOWN], number, levels.setdefault(line[0], len(levels) + 1))


def _is_title(title: str, underline: str) -> bool:
    if not title.strip() or title[0].isspace() or _UNDERLINE.match(title[:1000]):
        return False
    return len(underline) + 2 >= len(title)


READER = TextReader(_read, calls_nothing=True)
