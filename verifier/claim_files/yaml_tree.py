"""YAML read into values that know their lines.

Only what claim files need: mappings, lists and scalars, with scalars resolved by YAML 1.2 (so `no` is text). The
parser's events are read one by one, because whatever builds whole documents also expands aliases and recurses without
a bound.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import yaml

MAX_DEPTH = 20
MAX_NODES = 400_000

Loc: TypeAlias = tuple[str | int, ...]
"""Where in a document: keys and indexes from the root, as pydantic writes it."""


@dataclass(frozen=True)
class Scalar:
    """Where a scalar stands in the text, as it is written."""

    start: int
    end: int
    is_plain: bool
    is_block: bool


@dataclass(frozen=True)
class Block:
    """A list or mapping: its column, where its last scalar or bracket ends, and whether it is written in brackets."""

    column: int
    end: int
    in_brackets: bool


@dataclass(frozen=True)
class Tree:
    """A document: its value, and for each place in it the line and how it is written."""

    value: Any
    lines: dict[Loc, int]
    scalars: dict[Loc, Scalar]
    blocks: dict[Loc, Block]
    doubled: tuple[tuple[Loc, int, int], ...]
    """Keys that stand twice in their mapping: where, line of the second, line of the first."""


class NotYamlError(Exception):
    """The text is not YAML, or not the part of it that claim files are written in."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


def read_tree(text: str) -> Tree:
    """Read a text that holds one YAML document.

    Raises:
        NotYamlError: It is no YAML, several documents, too deep or too large, or has aliases or foreign tags.
    """
    builder = _Builder()
    try:
        for event in yaml.parse(text, Loader=_Loader):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise NotYamlError(mark.line + 1 if mark else 1, _said_plainly(error, text)) from error
    except yaml.reader.ReaderError as error:
        before = text[: error.position] if isinstance(error.position, int) else ""
        raise NotYamlError(before.count("\n") + 1, "a control character; remove it, or escape it in quotes") from error
    return builder.tree()


_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass
class _Open:
    """A mapping or list that is still being read."""

    loc: Loc
    event: yaml.Event
    value: dict[str, Any] | list[Any]
    key: str | None = None
    key_line: int = 0
    ends: int = 0
    first_lines: dict[str, int] = field(default_factory=dict)


class _Builder:
    """Puts events together; a stack of its own stands for recursion."""

    def __init__(self) -> None:
        self._stack: list[_Open] = []
        self._value: Any = None
        self._documents = 0
        self._nodes = 0
        self._lines: dict[Loc, int] = {}
        self._scalars: dict[Loc, Scalar] = {}
        self._blocks: dict[Loc, Block] = {}
        self._doubled: list[tuple[Loc, int, int]] = []

    def tree(self) -> Tree:
        return Tree(self._value, self._lines, self._scalars, self._blocks, tuple(self._doubled))

    def take(self, event: yaml.Event) -> None:
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise NotYamlError(line, "a second document begins here; keep one claim set a file")
        elif isinstance(event, yaml.AliasEvent):
            raise NotYamlError(line, f"an alias (*{event.anchor}); write its value out, or quote it if it is text")
        elif isinstance(event, yaml.CollectionEndEvent):
            self._close(event)
        elif isinstance(event, yaml.NodeEvent):
            self._check(event, line)
            if isinstance(event, yaml.ScalarEvent):
                self._scalar(event, line)
            else:
                self._open(event, line)

    def _check(self, event: yaml.Event, line: int) -> None:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise NotYamlError(line, f"more than {MAX_NODES} values; split the file")
        if len(self._stack) >= MAX_DEPTH:
            raise NotYamlError(line, f"nested more than {MAX_DEPTH} deep; a claim set needs five")
        tag = getattr(event, "tag", None)
        if tag not in (None, "!", "tag:yaml.org,2002:str"):
            shown = tag.replace("tag:yaml.org,2002:", "!!")[:40]
            raise NotYamlError(line, f"a tag ({shown}); tags are not read: remove it, or quote the value if it is text")

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        top = self._stack[-1] if self._stack else None
        if top is not None and isinstance(top.value, dict) and top.key is None:
            self._key(top, event.value, line)
            return
        is_plain = event.style in (None, "")
        loc = self._next_loc()
        self._lines[loc] = top.key_line if top is not None and top.key is not None else line
        start, end = _span(event)
        self._scalars[loc] = Scalar(start, end, is_plain, event.style in ("|", ">"))
        self._ends_at(end)
        self._put(resolved(event.value) if is_plain and event.tag is None else event.value)

    def _key(self, top: _Open, key: str, line: int) -> None:
        top.key, top.key_line = key, line
        if key in top.first_lines:
            self._doubled.append(((*top.loc, key), line, top.first_lines[key]))
        top.first_lines.setdefault(key, line)

    def _open(self, event: yaml.Event, line: int) -> None:
        top = self._stack[-1] if self._stack else None
        if top is not None and isinstance(top.value, dict) and top.key is None:
            raise NotYamlError(line, "a key that is a list or a mapping; a key is one word")
        loc = self._next_loc()
        self._lines[loc] = top.key_line if top is not None and top.key is not None else line
        value: dict[str, Any] | list[Any] = [] if isinstance(event, yaml.SequenceStartEvent) else {}
        self._put(value)
        self._stack.append(_Open(loc, event, value, ends=_span(event)[0]))

    def _close(self, event: yaml.Event) -> None:
        closed = self._stack.pop()
        in_brackets = bool(getattr(closed.event, "flow_style", False))
        ends = _span(event)[1] if in_brackets else closed.ends
        mark = closed.event.start_mark
        self._blocks[closed.loc] = Block(mark.column if mark else 0, ends, in_brackets)
        self._ends_at(ends)

    def _next_loc(self) -> Loc:
        if not self._stack:
            return ()
        top = self._stack[-1]
        return (*top.loc, top.key if isinstance(top.value, dict) and top.key is not None else len(top.value))

    def _put(self, value: Any) -> None:
        if not self._stack:
            self._value = value
            return
        top = self._stack[-1]
        if isinstance(top.value, list):
            top.value.append(value)
        else:
            top.value.setdefault(str(top.key), value)
            top.key = None

    def _ends_at(self, index: int) -> None:
        if self._stack:
            self._stack[-1].ends = max(self._stack[-1].ends, index)


def _span(event: yaml.Event) -> tuple[int, int]:
    """Where an event begins and ends in the text, in characters."""
    start, end = event.start_mark, event.end_mark
    return (start.index or 0 if start else 0), (end.index or 0 if end else 0)


_NULL = frozenset(("", "~", "null", "Null", "NULL"))
_BOOL = {word: word.lower() == "true" for word in ("true", "True", "TRUE", "false", "False", "FALSE")}
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}|0x[0-9A-Fa-f]{1,15}|0o[0-7]{1,20}")
_FLOAT = re.compile(
    r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)


def resolved(text: str) -> str | int | float | bool | None:
    """What an unquoted scalar is by YAML 1.2's core schema."""
    if text in _NULL:
        return None
    if text in _BOOL:
        return _BOOL[text]
    if _INTEGER.fullmatch(text):
        return int(text, 0) if text[:2] in ("0x", "0o") else int(text)
    if len(text) <= 40 and _FLOAT.fullmatch(text):
        return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
    return text


def _said_plainly(error: yaml.MarkedYAMLError, text: str) -> str:
    """The parser's complaint as what an author can do about it."""
    problem = error.problem or "not YAML"
    mark = error.problem_mark
    at = text[mark.index : mark.index + 1] if mark is not None else ""
    line = text.split("\n")[mark.line] if mark is not None and mark.line < text.count("\n") + 1 else ""
    if at == "\t" or (line.strip() and "\t" in line[: len(line) - len(line.lstrip())]):
        return "a tab; YAML indents with blanks: replace it"
    if "cannot start any token" in problem:
        return f'a value cannot begin with "{at}"; put the value in quotes'
    if "mapping values are not allowed" in problem:
        return 'a ":" inside a value, or a line indented too far; put the value in quotes, or mend the indentation'
    if "alphabetic or numeric character" in problem:
        return "a value that begins with * or & is an alias to YAML; put it in quotes"
    if "unknown escape character" in problem:
        return "a backslash in double quotes means an escape; use single quotes"
    return f"not YAML: {problem}; mend the quotes, brackets or indentation {_about(error)}".rstrip()


def _about(error: yaml.MarkedYAMLError) -> str:
    mark = error.context_mark
    return f"of what begins on line {mark.line + 1}" if mark is not None else "here"
