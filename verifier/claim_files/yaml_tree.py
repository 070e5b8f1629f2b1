"""YAML read into values that know their lines.

Only what claim files need: mappings, lists and scalars, with scalars resolved by YAML 1.2 (so `no` is text). The
parser's events are read one by one, because whatever builds whole documents also expands aliases and recurses without
a bound.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
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

    def line_of(self, loc: Loc) -> int:
        """The line of a place, or of the nearest around it that is written down."""
        while loc and loc not in self.lines:
            loc = loc[:-1]
        return self.lines.get(loc, 1)


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
    document = _Document(yaml.parse(text, Loader=_Loader))
    try:
        value = document.read()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise NotYamlError(mark.line + 1 if mark else 1, _said_plainly(error, text)) from error
    except yaml.reader.ReaderError as error:
        before = text[: error.position] if isinstance(error.position, int) else ""
        raise NotYamlError(before.count("\n") + 1, "a control character; remove it, or escape it in quotes") from error
    return Tree(value, document.lines, document.scalars, document.blocks, tuple(document.doubled))


_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Document:
    """A document that is read event by event."""

    def __init__(self, events: Iterator[yaml.Event]) -> None:
        self._events = events
        self._nodes = 0
        self.lines: dict[Loc, int] = {}
        self.scalars: dict[Loc, Scalar] = {}
        self.blocks: dict[Loc, Block] = {}
        self.doubled: list[tuple[Loc, int, int]] = []

    def read(self) -> Any:
        """The value of the only document; None where there is none."""
        value, documents = None, 0
        for event in self._events:
            documents += isinstance(event, yaml.DocumentStartEvent)
            if documents > 1:
                raise NotYamlError(_line(event), "a second document begins here; keep one claim set a file")
            if isinstance(event, yaml.NodeEvent):
                value, _ = self._node(event, (), _line(event))
        return value

    def _node(self, event: yaml.Event, loc: Loc, line: int) -> tuple[Any, int]:
        """A value, and where its last scalar or bracket ends. It recurses no deeper than documents may nest."""
        self._check(event, len(loc))
        self.lines[loc] = line
        start, end = _span(event)
        if not isinstance(event, yaml.ScalarEvent):
            return self._collection(event, loc, start)
        is_plain = event.style in (None, "")
        self.scalars[loc] = Scalar(start, end, is_plain)
        return resolved(event.value) if is_plain and event.tag is None else event.value, end

    def _collection(self, opens: yaml.Event, loc: Loc, end: int) -> tuple[Any, int]:
        value: dict[str, Any] | list[Any] = [] if isinstance(opens, yaml.SequenceStartEvent) else {}
        key_lines: dict[str, int] = {}
        event = opens
        while not isinstance(event := next(self._events), yaml.CollectionEndEvent):
            line = _line(event)
            if isinstance(value, list):
                item, item_end = self._node(event, (*loc, len(value)), line)
                value.append(item)
            else:
                key = self._key(event, len(loc) + 1)
                if key in key_lines:
                    self.doubled.append(((*loc, key), line, key_lines[key]))
                key_lines.setdefault(key, line)
                item, item_end = self._node(next(self._events), (*loc, key), line)
                value.setdefault(key, item)
            end = max(end, item_end)
        in_brackets = bool(getattr(opens, "flow_style", False))
        end = _span(event)[1] if in_brackets else end
        self.blocks[loc] = Block(opens.start_mark.column if opens.start_mark else 0, end, in_brackets)
        return value, end

    def _key(self, event: yaml.Event, depth: int) -> str:
        self._check(event, depth)
        if not isinstance(event, yaml.ScalarEvent):
            raise NotYamlError(_line(event), "a key that is a list or a mapping; a key is one word")
        return str(event.value)

    def _check(self, event: yaml.Event, depth: int) -> None:
        line = _line(event)
        if isinstance(event, yaml.AliasEvent):
            raise NotYamlError(line, f"an alias (*{event.anchor}); write its value out, or quote it if it is text")
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise NotYamlError(line, f"more than {MAX_NODES} values; split the file")
        if depth >= MAX_DEPTH:
            raise NotYamlError(line, f"nested more than {MAX_DEPTH} deep; a claim set needs five")
        tag = getattr(event, "tag", None)
        if tag not in (None, "!", "tag:yaml.org,2002:str"):
            shown = tag.replace("tag:yaml.org,2002:", "!!")[:40]
            raise NotYamlError(line, f"a tag ({shown}); tags are not read: remove it, or quote the value if it is text")


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


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
