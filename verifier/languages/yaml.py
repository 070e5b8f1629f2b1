"""YAML: keys of the two outer levels are sections. A `#` inside a block of text is text, in a script a comment."""

from __future__ import annotations

import re
from dataclasses import dataclass

from verifier.languages.marks import SHELL_HASH, Marks
from verifier.languages.outline import Heading, LineKind, Outline, sections
from verifier.languages.readers import TextReader
from verifier.languages.sentences import LONGEST, is_run, is_said, is_saying
from verifier.values.source import split_lines

_KEY = re.compile(r"(?P<indent> *)(?P<dash>- +)?(?P<key>[\w./$@-][\w./$@ -]*|\"[^\"]+\"|'[^']+')\s*:(?:\s|$)")
_BLOCK = re.compile(r"(?:[:\-]|^)\s+(?:[&!]\S+\s+)*[|>][-+\d]{0,2}\s*(?:#.*)?$")


def _read(language: str, text: str) -> Outline:
    """Read a whole file."""
    lines = split_lines(text)
    kinds: list[LineKind] = []
    headings: list[Heading] = []
    block = _NO_BLOCK
    outer_indent = None
    for number, raw in enumerate(lines, 1):
        line = raw[:LONGEST].rstrip()
        bare = line.lstrip(" \t\ufeff")
        indent = len(line) - len(bare)
        if not bare:
            kinds.append(LineKind.BLANK)
            continue
        if indent > block.indent:
            kinds.append(block.kind_of(bare))
            continue
        block = _NO_BLOCK
        if bare.startswith("#"):
            kinds.append(LineKind.COMMENT)
            continue
        key = _KEY.match(line)
        name = key["key"] if key else ""
        value = line[key.end() :] if key else bare.removeprefix("- ")
        is_block = _BLOCK.search(line) is not None
        is_text = not is_block and is_said(name, value.strip("\"' "))
        kinds.append(LineKind.TEXT if is_text else LineKind.CODE)
        if is_block or is_text:
            block = _Block(indent, is_text or is_saying(name), is_run(name))
        if key and not key["dash"]:
            if indent == 0:
                outer_indent = None
                headings.append(Heading(name.strip("\"' "), number, 1))
            elif headings and (outer_indent is None or indent == outer_indent):
                outer_indent = indent
                headings.append(Heading(name.strip("\"' "), number, 2))
    return Outline(language, tuple(kinds), sections(headings, len(lines)))


@dataclass(frozen=True)
class _Block:
    """A value that goes on for the lines that are indented deeper than its key."""

    indent: int
    is_text: bool = False
    is_script: bool = False

    def kind_of(self, line: str) -> LineKind:
        if self.is_text:
            return LineKind.TEXT
        return LineKind.COMMENT if self.is_script and line.startswith("#") else LineKind.CODE


_NO_BLOCK = _Block(1_000_000)


READER = TextReader(_read, default=Marks(comments=(SHELL_HASH,)), calls_nothing=True)
