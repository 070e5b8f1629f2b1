"""JSON, line by line as programs write it: sentences are text, cells of notebooks what they say they are."""

from __future__ import annotations

import re
from collections.abc import Sequence

from verifier.languages.outline import LineKind, Outline
from verifier.languages.readers import TextReader
from verifier.languages.sentences import LONGEST, is_said
from verifier.values.source import split_lines

_VALUE = re.compile(r"\s*(?:\"(?P<key>[^\"\\]{0,200})\"\s*:\s*)?\"(?P<value>[^\"\\]*(?:\\.[^\"\\]*)*)\"?,?\s*$")
_IS_NOTEBOOK = re.compile(r"\"cell_type\"\s*:")
_CELL = re.compile(r"\s*\"cell_type\"\s*:\s*\"(\w+)\"")
_LIST = re.compile(r"(?P<indent>\s*)\"(?P<key>source|outputs)\"\s*:\s*\[\s*$")


def _read(language: str, text: str) -> Outline:
    lines = split_lines(text)
    is_notebook = _IS_NOTEBOOK.search(text) is not None
    return Outline(language, _kinds_of_notebook(lines) if is_notebook else tuple([_kind(line) for line in lines]))


def _kind(line: str) -> LineKind:
    bare = line.strip()
    if not bare or bare == "\ufeff":
        return LineKind.BLANK
    value = _VALUE.match(line[:LONGEST]) if " " in bare else None
    return LineKind.TEXT if value and is_said(value["key"] or "", value["value"]) else LineKind.CODE


def _kinds_of_notebook(lines: Sequence[str]) -> tuple[LineKind, ...]:
    kinds: list[LineKind] = []
    cell, inside, end = "", "", ""
    for line in lines:
        if inside:
            if line.startswith(end):
                inside = ""
            kinds.append(_kind_in_cell(line, cell, inside) if inside else LineKind.CODE)
            continue
        kinds.append(_kind(line))
        if begins := _CELL.match(line[:LONGEST]):
            cell = begins[1]
        elif opens := _LIST.match(line[:LONGEST]):
            inside, end = opens["key"], f"{opens['indent']}]"
    return tuple(kinds)


def _kind_in_cell(line: str, cell: str, inside: str) -> LineKind:
    """What a line of a cell is: documentation, output, or code with its comments."""
    code = line.strip().removeprefix('"').removesuffix(",").removesuffix('"').removesuffix("\\n").strip()
    if not code:
        return LineKind.BLANK
    if inside == "outputs" or cell != "code":
        return LineKind.TEXT
    return LineKind.COMMENT if code.startswith("#") else LineKind.CODE


READER = TextReader(_read, calls_nothing=True, bracketed=None)
