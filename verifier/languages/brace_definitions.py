"""Definitions in languages with braces that have no grammar here, and which of them are stubs or only declared.

What a keyword before a name begins ends with its brace, or where its expression does."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field

from verifier.languages.line_kinds import mask
from verifier.languages.marks import Marks
from verifier.languages.source_text import Definition
from verifier.languages.stubs import Body, Owner, Role, is_declaration, why_class_stub, why_stub


def definitions_in(language: str, source: bytes, masked: bytes, marks: Marks) -> tuple[Definition, ...]:
    """All definitions of a file; `masked` is its source without comments, every offset the same."""
    return _Definitions(language, source, masked, marks).read()


@dataclass
class _Found:
    """A definition on its way."""

    name: str
    start: int
    line: int
    kind: str
    end: int
    body: tuple[int, int] | None
    """Where the body stands, its braces not counted; None where there is none."""
    head: tuple[int, int]
    """What stands between the name and the body."""
    what: str = ""
    """The keyword of a type."""
    inner: list[_Found] = field(default_factory=list)
    qualified: str = ""
    stub: str | None = None
    declaration: bool = False


class _Definitions:
    """All definitions of one file."""

    def __init__(self, language: str, source: bytes, masked: bytes, marks: Marks) -> None:
        self._language = language
        self._source = source
        self._prose = marks
        self._text = masked if language == "hcl" else _without_strings(masked, marks)
        self._closing, self._stops = _brackets(self._text)
        self._starts = [0, *(match.end() for match in re.finditer(rb"\n", masked))]
        self._tail = _TAIL_OF_LINE if language in _ENDED_BY_LINES else _TAIL

    def read(self) -> tuple[Definition, ...]:
        patterns = [_BLOCKS] if self._language == "hcl" else [_TYPES]
        if self._language in _FUNCTIONS:
            patterns.insert(0, _FUNCTIONS[self._language] + _NAME % b"function")
        found: list[_Found] = []
        around: list[_Found] = []
        for match in re.finditer(b"|".join(patterns), self._text, re.MULTILINE):
            one = self._found(match)
            while around and around[-1].end <= one.start:
                around.pop()
            owner = around[-1] if around else None
            if one.kind == "function" and owner and owner.kind == "class":
                one.kind = "method"
            one.qualified = f"{owner.qualified}.{one.name}"[-500:] if owner else one.name
            if owner:
                owner.inner.append(one)
            if one.kind in ("function", "method"):
                self._judge(one, owner)
            found.append(one)
            around.append(one)
        for one in found:
            if one.kind == "class" and one.end - one.start < _LONGEST_CLASS:
                self._judge_class(one)
        return tuple(self._definition(one) for one in found)

    def _found(self, match: re.Match[bytes]) -> _Found:
        group = "function" if match.groupdict().get("function") else "block" if "block" in match.groupdict() else "name"
        kind = {"function": "function", "block": "section"}.get(group, "class")
        start = match.start() + len(match[0]) - len(match[0].lstrip())
        tail, body, end = self._body(match.end(), is_function=kind == "function")
        what = match["what"].decode() if group == "name" else ""
        name = match[group].decode("utf-8", "replace")
        line = bisect_right(self._starts, match.start(group))
        return _Found(name, start, line, kind, end, body, (match.end(), tail), what)

    def _body(self, at: int, *, is_function: bool) -> tuple[int, tuple[int, int] | None, int]:
        """Where the head ends that begins there, where its body stands, and where all of it ends."""
        for _ in range(_MOST_GROUPS):
            at = self._tail.match(self._text, at).end()  # type: ignore[union-attr]  # it matches nothing, too
            mark = self._text[at : at + 1]
            if mark == b"(":
                at = self._closing.get(at, at) + 1
            elif mark == b"{" or (mark == b"=" and is_function and self._opens(at)):
                opening = at if mark == b"{" else self._opens(at)
                end = self._closing.get(opening, len(self._text))
                return at, (opening + 1, end), end + 1
            elif mark == b"=" and is_function:
                begin = at + 1 + (self._text[at + 1 : at + 2] == b">")
                end = self._expression_end(begin)
                return at, (begin, end), end
            else:
                return at, None, at
        return at, None, at

    def _opens(self, at: int) -> int:
        """Where the brace stands that follows a sign of equality; 0 for none."""
        opening = _OPENS.match(self._text, at)
        return opening.end() - 1 if opening else 0

    def _expression_end(self, begin: int) -> int:
        by_stop = bisect_right(self._stops, begin)
        stop = self._stops[by_stop] if by_stop < len(self._stops) else len(self._text)
        if self._language in _ENDED_BY_LINES:
            blanks = _WHITE.match(self._text, begin)
            line_end = self._text.find(b"\n", blanks.end() if blanks else begin)
            stop = line_end if 0 <= line_end < stop else stop
        depth = 0
        for brace in _BRACE.finditer(self._text, begin, min(stop, begin + _LONGEST_BODY)):
            depth += 1 if brace[0] == b"{" else -1
            if depth < 0:
                return brace.start()
        return stop

    def _judge(self, one: _Found, owner: _Found | None) -> None:
        """Say of a function whether it is only declared, or a stub."""
        if one.body is None:
            one.declaration = self._language not in _WITHOUT_STUBS
            return
        body = self._statements_of(*one.body)
        if body is None:
            return
        head = self._decoded(*one.head)
        takes = bool(head.partition("(")[2].partition(")")[0].strip()) or any("@_" in each for each in body.statements)
        marks = self._marks(one) | frozenset(re.findall(r"\w+", head.rpartition(")")[2]))
        role = Role(one.name, takes_input=takes, owner=self._owner(owner) if owner else None, marks=marks)
        one.stub = why_stub(role, body)
        one.declaration = one.stub is None and is_declaration(role, body)

    def _judge_class(self, one: _Found) -> None:
        methods = [(inner.name, inner.stub) for inner in one.inner if inner.kind == "method"]
        if one.body is None or one.what not in _BUILT_TYPES or any(stub is None for _, stub in methods):
            return
        rest = self._decoded(*one.body)
        for inner in one.inner:
            rest = rest.replace(self._decoded(inner.start, inner.end), "", 1)
        one.stub = why_class_stub(self._owner(one), Body(_statements(rest) or ("more",)), methods)

    def _owner(self, one: _Found) -> Owner:
        head = re.sub(r"<[^<>]*>|\([^()]*\)", "", self._decoded(*one.head))
        bases = tuple(base for base in re.findall(r"\w+", head) if base not in _BEFORE_BASES)
        is_abstract = one.what not in _BUILT_TYPES or "abstract" in self._marks(one)
        return Owner(one.name, bases, abstract=is_abstract)

    def _marks(self, one: _Found) -> frozenset[str]:
        """Modifiers before a definition's name, and what decorates it."""
        lines = self._text[max(0, one.head[0] - _MARKS_CHARS) : one.head[0]].decode("utf-8", "replace").split("\n")
        own = len(lines) - 1
        while own > 0 and lines[own - 1].lstrip().startswith(("@", "[", "#[")):
            own -= 1
        return frozenset(re.findall(r"\w+", " ".join(lines[own:]).rpartition("}")[2].rpartition(";")[2]))

    def _statements_of(self, begin: int, end: int) -> Body | None:
        """A body's statements and comments; None where there are too many for a stub."""
        if end - begin > _LONGEST_BODY or self._language in _WITHOUT_STUBS:
            return None
        inside = self._source[begin:end]
        code = mask(inside, self._prose.ranges(inside)).decode("utf-8", "replace")
        code = re.sub(r"\x01[\x01 \t]*", "", code)
        is_block = self._text[begin - 1 : begin] == b"{"
        statements = _statements(code) if is_block else (f"return {code.strip().rstrip(';')}",)
        comments = (line for line in inside.decode("utf-8", "replace").split("\n") if _COMMENT.search(line))
        return None if statements is None else Body(statements, tuple(comments))

    def _decoded(self, begin: int, end: int) -> str:
        return self._text[begin : min(end, begin + _LONGEST_CLASS)].decode("utf-8", "replace")

    def _definition(self, one: _Found) -> Definition:
        first = bisect_right(self._starts, one.start)
        last = max(bisect_right(self._starts, max(one.end - 1, one.start)), one.line)
        return Definition(
            one.name, one.qualified, one.kind, min(first, one.line), last, one.line, one.stub, one.declaration
        )


def _without_strings(masked: bytes, marks: Marks) -> bytes:
    """The text with what stands in strings overwritten by blanks, every offset the same."""
    pieces: list[bytes] = []
    at = 0
    for start, end, what in marks.tokens(masked):
        if what == "string":
            pieces += (masked[at:start], _BLANKED.sub(b" ", masked[start:end]))
            at = end
    return b"".join((*pieces, masked[at:]))


def _brackets(text: bytes) -> tuple[dict[int, int], list[int]]:
    """Where each round bracket and brace is closed, and where semicolons stand."""
    closing: dict[int, int] = {}
    stops: list[int] = []
    around: list[tuple[bytes, int]] = []
    braces = 0
    for match in _BRACKET.finditer(text):
        mark, at = match[0], match.start()
        if mark in b"({":
            around.append((mark, at))
            braces += mark == b"{"
        elif mark == b";":
            stops.append(at)
        elif mark == b")":
            if around and around[-1][0] == b"(":
                closing[around.pop()[1]] = at
        elif braces:
            while around[-1][0] != b"{":
                around.pop()
            closing[around.pop()[1]] = at
            braces -= 1
    return closing, stops


def _statements(code: str) -> tuple[str, ...] | None:
    """The statements of a body, each on lines or before semicolons of its own; None where they are too many to tell."""
    found: list[str] = []
    depth = 0
    for line in code.split("\n"):
        for piece in re.split(r"(?<=;)", line):
            bare = piece.strip()
            if not bare:
                continue
            if depth > 0 and found:
                found[-1] += f" {bare}"
            else:
                found.append(bare)
            depth += sum(map(bare.count, "({[")) - sum(map(bare.count, ")}]"))
            if len(found) > _MOST_STATEMENTS:
                return None
    return tuple(found)


_BLANKED = re.compile(rb"[^\n]")
_BRACKET = re.compile(rb"[(){};]")
_TAIL = re.compile(rb"[^(){};=]{0,2000}")
_TAIL_OF_LINE = re.compile(rb"(?:[^(){};=\n]|\n\s*(?=[{:=]|->|(?:where|throws|extends|with)\b)){0,2000}")
_OPENS = re.compile(rb"=>?\s*\{")
_MOST_GROUPS = 10
_MOST_STATEMENTS = 12
_LONGEST_BODY = 2000
_LONGEST_CLASS = 8000
_MARKS_CHARS = 200
_COMMENT = re.compile(r"//|/\*|^\s*\*|#")
_BRACE = re.compile(rb"[{}]")
_WHITE = re.compile(rb"\s*")
_BUILT_TYPES = frozenset({"class", "object", "actor", "contract", "struct", "record", "enum", "extension", "namespace"})
"""Types whose methods have bodies."""
_BEFORE_BASES = frozenset({"extends", "implements", "with", "where", "by", "public", "private"})
_WITHOUT_STUBS = frozenset({"protobuf", "graphql", "hcl", "prisma", "thrift", "css"})
_NAME = rb"(?P<%s>[A-Za-z_\x80-\xff][\w\x80-\xff]*)"
_TYPES = (
    rb"(?<![\w:.$>])(?P<what>class|interface|trait|enum|struct|record|object|protocol|extension|contract|library|message"
    rb"|service|namespace|module|mixin|actor|input|model|union)\s+" + _NAME % b"name"
)
_TYPED = (  # a function that begins with the type of what it returns
    rb"(?:^|(?<=[{};]))[ \t]*+(?:\[[^\]\n]{0,80}\]\s*"
    rb"|(?:public|private|protected|internal|static|async|virtual|override|sealed|partial|abstract|final|extern|external|synchronized|new)\s+){0,8}+"
    rb"(?!(?:return|new|throw|await|else|yield|in|case|const|var|final|assert|using|goto|package|import|get|set|if|while"
    rb"|for|switch)\b)[\w<>\[\],.?]{1,80}\s+(?=\w+\s*(?:<[^>\n]{0,80}>\s*)?\()"
)
_FUNCTIONS = {
    "perl": rb"\bsub\s+",
    "kotlin": rb"\bfun\s+(?:<[^>\n]{0,80}>\s*)?(?:\w+\.)?",
    "swift": rb"\bfunc\s+",
    "scala": rb"\bdef\s+",
    "groovy": rb"(?:\bdef\s+(?=\w+\s*\()|" + _TYPED + rb")",
    "zig": rb"\bfn\s+",
    "protobuf": rb"\brpc\s+",
    "php": rb"\bfunction\s+&?",
    "solidity": rb"\b(?:function|modifier|event)\s+",
    "csharp": _TYPED,
    "dart": _TYPED,
}
_ENDED_BY_LINES = frozenset({"kotlin", "swift", "scala", "groovy", "graphql", "hcl", "prisma"})
"""Languages in which a statement may end with its line."""
_BLOCKS = rb"^(?:resource|data|module|variable|output|provider|locals)\s+(?:\"[\w-]+\"\s+)?\"(?P<block>[\w-]+)\""
