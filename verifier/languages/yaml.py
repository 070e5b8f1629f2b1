"""YAML: keys of the two outer levels are sections. A `#` inside a block of text is text."""

from __future__ import annotations

import re

from verifier.languages.marks import SHELL_HASH, Marks
from verifier.languages.outlines import Heading, sections
from verifier.languages.readers import TextReader, no_calls
from verifier.languages.source_text import LineKind, SourceText

_KEY = re.compile(r"(?P<indent> *)(?P<dash>- +)?(?P<key>[\w./$@-][\w./$@ -]*|\"[^\"]+\"|'[^']+')\s*:(?:\s|$)")
_BLOCK = re.compile(r"(?:[:\-]|^)\s+(?:[&!]\S+\s+)*[|>][-+\d]{0,2}\s*(?:#.*)?$")


def _read(language: str, text: str) -> SourceText:
    """Read a whole file."""
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    kinds, headings = [], []
    block_indent = None
    outer_indent = None
    for number, raw in enumerate(lines, 1):
        line = raw[:2000].rstrip()
        bare = line.lstrip(" \t\ufeff")
        indent = len(line) - len(bare)
        if not bare:
            kinds.append(LineKind.BLANK)
            continue
        if block_indent is not None and indent > block_indent:
            kinds.append(LineKind.CODE)
            continue
        block_indent = None
        kinds.append(LineKind.COMMENT if bare.startswith("#") else LineKind.CODE)
        if bare.startswith("#"):
            continue
        if _BLOCK.search(line):
            block_indent = indent
        key = _KEY.match(line)
        if key and not key["dash"]:
            if indent == 0:
                outer_indent = None
                headings.append(Heading(key["key"].strip("\"' "), number, 1))
            elif headings and (outer_indent is None or indent == outer_indent):
                outer_indent = indent
                headings.append(Heading(key["key"].strip("\"' "), number, 2))
    return SourceText(language, tuple(kinds), sections(headings, len(lines)))


READER = TextReader(_read, default=Marks(comments=(SHELL_HASH,)), calling=no_calls)
