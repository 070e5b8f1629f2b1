"""Make claims of a pull-request text or a checklist: one a bullet, without a model."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from verifier.claim_files.written_text import name_of, read_written
from verifier.errors import ClaimError

if TYPE_CHECKING:
    from markdown_it.tree import SyntaxTreeNode


@dataclass(frozen=True)
class Note:
    """A statement that a text makes, or something in it that is no claim."""

    line: int
    statement: str
    left_out: str | None = None
    """Why it is no claim; None when it is one."""


def read_notes(path: Path) -> tuple[Note, ...]:
    """The bullets of a Markdown file, each with what is nested below it, and what is left out, in order.

    A dash reads standard input.

    Raises:
        ClaimError: The file cannot be read, or has no bullet that claims something.
    """
    notes = tuple(notes_in(read_written(path)))
    if not any(note.left_out is None for note in notes):
        raise ClaimError(
            f"{name_of(path)}: no bullet that claims something; write one claim a line, each after a dash, or let a "
            "model find them: verifier claims draft"
        )
    return notes


def notes_in(text: str) -> Iterator[Note]:
    """The bullets of a Markdown text, and the prose, tables, quotations and code beside them, which are left out.

    What is nested below a bullet joins it: "retries: three attempts; exponential backoff" means little in pieces. A box
    that is not ticked and a bullet struck out claim nothing. Headings, comments and rules are passed over.
    """
    for block in _blocks(text):
        if block.type in _LISTS:
            for item in block.children:
                yield _note(item)
                yield from _open_below(item)
        elif block.type in _LEFT_OUT:
            rows = block.walk() if block.type == "table" else (block,)
            for row in rows:
                if row.type in ("paragraph", "blockquote", "tr", "fence"):
                    yield Note(_line(row), _beginning(row), _LEFT_OUT[block.type])


def _note(item: SyntaxTreeNode) -> Note:
    head, *below = [_without_marks(words) for words in _texts(item)] or [""]
    below = [words for part in below if (words := part.rstrip(".;"))]
    statement = f"{head.rstrip('.:;')}: {'; '.join(below)}" if head and below else head or "; ".join(below)
    if _is_open(item):
        return Note(_line(item), statement, "its box is not ticked")
    if re.fullmatch(r"~~.*~~", head):
        return Note(_line(item), statement.strip("~"), "it is struck out")
    if len(re.findall(r"\w+", statement)) < 2:
        return Note(_line(item), statement, "it says nothing")
    return Note(_line(item), statement)


def _open_below(item: SyntaxTreeNode) -> Iterator[Note]:
    """What is nested below a bullet with a box that is not ticked; nothing more where the bullet itself is open."""
    nested = [below for block in item.children if block.type in _LISTS for below in block.children]
    for below in () if _is_open(item) else nested:
        yield from [_note(below)] if _is_open(below) else _open_below(below)


def _texts(item: SyntaxTreeNode) -> Iterator[str]:
    """The texts of a bullet and of those below it, without the boxes; what is open below it is not said."""
    for block in item.children:
        if block.type in _LISTS:
            for below in block.children:
                if not _is_open(below):
                    yield from _texts(below)
        elif block.type in ("paragraph", "heading"):
            yield _BOX.sub("", _content(block))


def _is_open(item: SyntaxTreeNode) -> bool:
    """Whether the bullet has a box that is not ticked."""
    box = _BOX.match(_content(item.children[0])) if item.children and item.children[0].type == "paragraph" else None
    return box is not None and box[1] == " "


def _blocks(text: str) -> list[SyntaxTreeNode]:
    """The outermost blocks of a Markdown text; what stands inside a line is left as it is written."""
    from markdown_it import MarkdownIt
    from markdown_it.tree import SyntaxTreeNode

    reader = (
        MarkdownIt("commonmark", {"maxNesting": _DEEPEST}).enable("table").disable(["code", "lheading", "reference"])
    )
    reader.core.ruler.disable("inline")
    return SyntaxTreeNode(reader.parse(_OTHER_BULLET.sub(r"\1-", text))).children


def _content(block: SyntaxTreeNode) -> str:
    return " ".join(inline.content for inline in block.walk() if inline.type == "inline")


def _line(block: SyntaxTreeNode) -> int:
    return block.map[0] + 1 if block.map else 1


def _beginning(block: SyntaxTreeNode) -> str:
    text = " ".join((block.content if block.type == "fence" else _content(block)).split())
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."


def slug(statement: str, taken: Collection[str]) -> str:
    """An id made of the statement's words, none that is taken."""
    plain = unicodedata.normalize("NFKD", statement).encode("ascii", "ignore").decode().lower()
    words = [word for word in re.findall(r"[a-z0-9]+", plain) if word not in _SMALL_WORDS]
    kept: list[str] = []
    for word in words[:6]:
        if sum(map(len, kept)) + len(kept) + len(word) <= 50:
            kept.append(word)
    base = "-".join(kept)[:60] or "claim"
    name, number = base, 1
    while name in taken:
        number += 1
        name = f"{base}-{number}"
    return name


_SMALL_WORDS = frozenset(
    ("a", "an", "and", "are", "for", "in", "is", "of", "on", "or", "the", "to", "with", "by", "it")
)
_LISTS = ("bullet_list", "ordered_list")
_LEFT_OUT = {
    "paragraph": "prose and no bullet",
    "blockquote": "a quotation and no bullet",
    "table": "a row of a table and no bullet",
    "fence": "code and no bullet",
}
_DEEPEST = 50
_LONGEST_SHOWN = 100
_OTHER_BULLET = re.compile(r"^([ \t]*)[•‣◦](?=[ \t])", re.MULTILINE)
_BOX = re.compile(r"\[([ xX])\](?:[ \t]+|$)")


def _without_marks(text: str) -> str:
    text = " ".join(text.split())
    text = re.sub(r"!?\[([^\[\]]*)\]\([^()\s]*\)", r"\1", text)
    text = re.sub(r"(\*\*|__)(?=\S)([^*_`]*?)(?<=\S)\1", r"\2", text)
    text = re.sub(r"(?<![\w*])\*(?=\S)([^*`]*?)(?<=\S)\*(?![\w*])", r"\1", text)
    return re.sub(r" ?\((?:#\d+(?:, )?)+\)$", "", text)
