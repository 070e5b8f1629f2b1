"""Make claims of a pull-request text or a checklist: one a bullet, without a model."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from verifier.errors import ClaimError

LARGEST_NOTES_BYTES = 2_000_000


@dataclass(frozen=True)
class Note:
    """A statement that a text makes, or a bullet that states nothing."""

    line: int
    statement: str
    left_out: str | None = None
    """Why it is no claim; None when it is one."""


def read_notes(path: Path) -> tuple[Note, ...]:
    """The bullets of a Markdown file, each with what is nested below it, in order.

    Raises:
        ClaimError: The file cannot be read, or has no bullet that claims something.
    """
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_NOTES_BYTES + 1)
    except OSError as error:
        raise ClaimError(f"{path}: cannot be read ({error.strerror}); name notes that are there") from error
    if len(data) > LARGEST_NOTES_BYTES:
        raise ClaimError(f"{path}: more than {LARGEST_NOTES_BYTES // 1_000_000} MB; name the notes themselves")
    try:
        notes = tuple(notes_in(data.decode("utf-8-sig")))
    except UnicodeDecodeError as error:
        raise ClaimError(f"{path}: byte {error.start} is not UTF-8; save it as UTF-8") from error
    if not any(note.left_out is None for note in notes):
        raise ClaimError(f"{path}: no bullet that claims something; write one claim a line, each after a dash")
    return notes


def notes_in(text: str) -> Iterator[Note]:
    """The bullets of a Markdown text.

    What is nested below a bullet joins it: "retries: three attempts; exponential backoff" means little in pieces. Code
    blocks, comments and quotations are passed over; a box that is not ticked and a bullet struck out claim nothing.
    """
    for bullet in _bullets(text):
        statement = _plain(bullet)
        if bullet.is_open:
            yield Note(bullet.line, statement, "its box is not ticked")
        elif re.fullmatch(r"~~.*~~", " ".join(bullet.words).strip()):
            yield Note(bullet.line, statement.strip("~"), "it is struck out")
        elif len(re.findall(r"\w+", statement)) < 2:
            yield Note(bullet.line, statement, "it says nothing")
        else:
            yield Note(bullet.line, statement)


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
_BULLET = re.compile(r"([ \t]*)(?:[-*+•]|\d{1,9}[.)])(?:[ \t]+(.*)|$)")
_BOX = re.compile(r"\[([ xX])\](?:[ \t]+|$)")
_FENCE = re.compile(r"[ \t]*(?:[-*+][ \t]+)?(`{3,}|~{3,})")


@dataclass
class _Bullet:
    line: int
    depth: int
    is_open: bool
    words: list[str] = field(default_factory=list)
    below: list[list[str]] = field(default_factory=list)


def _bullets(text: str) -> Iterator[_Bullet]:
    """The outermost bullets, what is below each of them joined to it."""
    current: _Bullet | None = None
    after_blank = False
    for number, line in _outside_code(text):
        found = _BULLET.match(line)
        if found and not re.fullmatch(r"[ \t]*([-*_])(?:[ \t]*\1){2,}[ \t]*", line):
            depth = len(found[1].expandtabs(4))
            box = _BOX.match(found[2] or "")
            words = (found[2] or "")[box.end() if box else 0 :]
            is_open = box is not None and box[1] == " "
            if current is None or depth <= current.depth:
                if current is not None:
                    yield current
                current = _Bullet(number, depth, is_open, [words])
            elif not is_open:
                current.below.append([words])
        elif not line.strip():
            after_blank = True
            continue
        elif current is not None:
            if re.match(r"#{1,6}[ \t]|>|<|\||[-*_]{3}", line) or (after_blank and not line[0].isspace()):
                yield current
                current = None
            else:
                (current.below[-1] if current.below else current.words).append(line.strip())
        after_blank = False
    if current is not None:
        yield current


def _outside_code(text: str) -> Iterator[tuple[int, str]]:
    """The lines outside code fences and comments, with their numbers."""
    fence: str | None = None
    in_comment = False
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        mark = _FENCE.match(line)
        if fence is not None:
            if mark and mark[1][0] == fence[0] and len(mark[1]) >= len(fence) and not line[mark.end() :].strip():
                fence = None
            continue
        if in_comment or line.lstrip().startswith("<!--"):
            in_comment = "-->" not in line
            continue
        if mark:
            fence = mark[1]
            continue
        yield number, line


def _plain(bullet: _Bullet) -> str:
    """The bullet's words without Markdown's marks; backticks stay, they say what is code."""
    head = _without_marks(" ".join(bullet.words))
    below = [words for part in bullet.below if (words := _without_marks(" ".join(part)).rstrip(".;"))]
    if not below:
        return head
    return f"{head.rstrip('.:;')}: {'; '.join(below)}" if head else "; ".join(below)


def _without_marks(text: str) -> str:
    text = " ".join(text.split())
    text = re.sub(r"!?\[([^\[\]]*)\]\([^()\s]*\)", r"\1", text)
    text = re.sub(r"(\*\*|__)(?=\S)([^*_`]*?)(?<=\S)\1", r"\2", text)
    text = re.sub(r"(?<![\w*])\*(?=\S)([^*`]*?)(?<=\S)\*(?![\w*])", r"\1", text)
    return re.sub(r" ?\((?:#\d+(?:, )?)+\)$", "", text)
