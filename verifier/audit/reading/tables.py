"""Rows of tables that give verdicts: which cell is the verdict, which the statement, and which claim is meant.

The verdict stands in a column that is called so, in one whose every cell begins with a mark, or is the name of the
column in which the row has its mark.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from verifier.audit.reading.claim_headings import Form, Heading
from verifier.audit.reading.fields import claim_id, statement_of
from verifier.audit.reading.markdown_lines import Line, Shape, plain
from verifier.audit.reading.verdict_words import VerdictWords, answer_words, leading_words


def verdict_rows(lines: Sequence[Line]) -> dict[int, Heading]:
    """The rows of a report's tables that give verdicts, by the index of their line; also those that should."""
    tables = groupby(enumerate(lines), key=lambda item: item[1].shape)
    return {row.index: row for shape, table in tables if shape is Shape.ROW for row in _read(list(table))}


def _read(table: Sequence[tuple[int, Line]]) -> Iterator[Heading]:
    rows = [[plain(cell) for cell in line.cells] for _, line in table]
    has_header = len(rows) > 1 and all(map(_RULE.fullmatch, rows[1]))
    header: Sequence[str] = rows[0] if has_header else ()
    body = list(range(2 if has_header else 0, len(rows)))
    columns = _columns(header, [rows[at] for at in body])
    if any(_is_marked(header[at]) for at in columns if at < len(header)):
        header, body = (), [0, *body]
    found = [_row(table[at][0], rows[at], header, columns) for at in body]
    if any(row.words for row in found):
        yield from (row for row in found if row.words or (row.statement and not row.id))


def _columns(header: Sequence[str], body: Sequence[Sequence[str]]) -> list[int]:
    """Where verdicts may stand: in the columns called so, else in those whose every cell begins with a mark."""
    called = [at for at, name in enumerate(header) if _STATUS.fullmatch(name) or _QUESTION.fullmatch(name)]
    width = min(map(len, body), default=0)
    return called or [at for at in range(width) if all(_is_marked(row[at]) for row in body)]


def _is_marked(cell: str) -> bool:
    return leading_words(cell, labelled=True, marked=True) is not None


def _row(index: int, cells: Sequence[str], header: Sequence[str], columns: Sequence[int]) -> Heading:
    ids = {at: claim_id(match[0]) for at, cell in enumerate(cells) if (match := _ID_CELL.match(cell))}
    verdict = _of_columns_name(cells, header) if not columns else None
    for at in columns or (range(1, len(cells)) if ids and verdict is None else ()):
        words = _words(cells[at], header[at] if at < len(header) else "") if at < len(cells) else None
        verdict = verdict or ((at, words) if words and words.verdict else None)
    others = [at for at in range(len(cells)) if at not in ids and at not in columns and at != (verdict or (-1,))[0]]
    called = [at for at in others if at < len(header) and _STATEMENT.fullmatch(header[at])]
    long = [at for at in others if len(cells[at].split()) > _WORDS_OF_A_LABEL]
    said = next(iter(called or long or ([] if ids else [at for at in others if not cells[at].isdigit()])), None)
    number = next((cells[at] for at in others if cells[at].isdigit() and at == 0), "")
    return Heading(
        index,
        Form.ROW if called and columns else Form.OTHER_ROW,
        id=next(iter(ids.values())) if len(ids) == 1 else f"CLAIM_{number}" if number and not ids else "",
        statement=statement_of(cells[said]) if said is not None else "",
        words=verdict[1] if verdict and len(ids) < 2 else None,
        cells=tuple(cell for at, cell in enumerate(cells) if "`" in cell and at not in ids),
    )


def _words(cell: str, column: str) -> VerdictWords | None:
    """The verdict of a cell; in a column that asks a question, an answer to it."""
    return leading_words(cell, labelled=True) or (answer_words(cell) if _QUESTION.fullmatch(column) else None)


def _of_columns_name(cells: Sequence[str], header: Sequence[str]) -> tuple[int, VerdictWords] | None:
    """The verdict that the one marked column of several is called by."""
    named = {
        at: words
        for at, name in enumerate(header)
        if (words := leading_words(name, labelled=True) or answer_words(name))
    }
    marked = [at for at in named if at < len(cells) and _MARKED.fullmatch(cells[at])]
    return (marked[0], replace(named[marked[0]], end=0)) if len(named) > 1 and len(marked) == 1 else None


_WORDS_OF_A_LABEL = 2
_RULE = re.compile(r":?-{1,200}:?")
_MARKED = re.compile(r"[✅✔☑✓xX•●\ufe0f]{1,3}|yes", re.IGNORECASE)
_STATUS = re.compile(
    r"(?:\w+ )?(?:verdict|status|result|assessment|ruling|outcome|conclusion|validation|state|resolution|compliance)s?",
    re.IGNORECASE,
)
_QUESTION = re.compile(
    r"(?:requirement |criterion )?(?:fully )?(?:met|implemented|done|compliant|resolved|fulfilled|satisfied"
    r"|pass(?:ed|es)?|completed?|addressed|verified|confirmed|holds|ok)\s?\??",
    re.IGNORECASE,
)
_STATEMENT = re.compile(
    r"(?:\w+ )?(?:claim|requirement|criterion|criteria|statement|description|acceptance criteria|feature|item|what"
    r"|expectation|objective|goal)s?(?: text)?",
    re.IGNORECASE,
)
_ID_CELL = re.compile(
    r"[`\"'(\[]{0,2}(?:claim|requirement)[\s_#\-]{0,3}\d{1,4}[a-z]?(?:_\w{1,160})?(?=$|[\s:`\"')\].-])", re.IGNORECASE
)
