"""Definitions in languages with braces that have no grammar here, and which of them are stubs or only declared.

What a keyword before a name begins ends with its brace, or where its expression does."""

from __future__ import annotations

import re
from bisect import bisect_right

from verifier.languages.definitions import FUNCTIONS, Found, bases_in, definitions_of
from verifier.languages.line_kinds import mask
from verifier.languages.marks import Marks
from verifier.languages.outline import Definition
from verifier.languages.stubs import Body, Owner, Role


def definitions_in(language: str, source: bytes, masked: bytes, marks: Marks) -> tuple[Definition, ...]:
    """All definitions of a file; `masked` is its source without comments, every offset the same."""
    return _Definitions(language, source, masked, marks).read()


class _Braced(Found):
    """A definition of a language with braces."""

    def __init__(self, file: _Definitions, match: re.Match[bytes]) -> None:
        groups = match.groupdict()
        group = "function" if groups.get("function") else "block" if "block" in groups else "name"
        kind = {"function": "function", "block": "section"}.get(group, "class")
        start = match.start() + len(match[0]) - len(match[0].lstrip())
        self.tail, self.block, end = file.body(match.end(), is_function=kind == "function")
        """Where its head ends; and where its body stands, the braces not counted, None where there is none."""
        line = file.line_of(match.start(group))
        first_line, last_line = file.line_of(start), file.line_of(max(end - 1, start))
        name = match[group].decode("utf-8", "replace")
        super().__init__(kind, name, start, end, min(first_line, line), max(last_line, line), line)
        self.what = groups["what"].decode() if group == "name" else ""
        """The keyword of a type."""
        self.name_end = match.end()
        self.file = file

    def as_owner(self) -> Owner:
        """What a type is to its methods."""
        bases = bases_in(self.file.decoded(self.name_end, self.tail))
        return Owner(self.name, bases, abstract=self.what not in _BUILT_TYPES or "abstract" in self._marks())

    def role(self, owner: Owner | None) -> Role:
        """What a function's head says of it, and whether its body looks at what it was given, as Perl's do."""
        head = self.file.decoded(self.name_end, self.tail)
        takes = bool(head.partition("(")[2].partition(")")[0].strip()) or "@_" in self.file.decoded(
            *self.block or (0, 0)
        )
        marks = self._marks() | frozenset(re.findall(r"\w+", head.rpartition(")")[2]))
        return Role(self.name, takes_input=takes, owner=owner, marks=marks)

    def body(self) -> Body | None:
        """A function's statements and comments; of a type what is no definition."""
        if self.block is None or self.kind in FUNCTIONS:
            return self.file.statements_of(*self.block) if self.block else None
        if self.end - self.start >= _LONGEST_CLASS:
            return None
        rest = self.file.decoded(*self.block)
        for inner in self.inside:
            rest = rest.replace(self.file.decoded(inner.start, inner.end), "", 1)
        return Body(_statements(rest) or ("more",))

    def is_bare(self) -> bool:
        """Whether it has no body in a language whose functions have some."""
        return self.block is None and self.file.language not in _WITHOUT_STUBS

    def _marks(self) -> frozenset[str]:
        """Modifiers before its name, and what decorates it."""
        lines = self.file.decoded(max(0, self.name_end - _MARKS_CHARS), self.name_end).split("\n")
        own = len(lines) - 1
        while own > 0 and lines[own - 1].lstrip().startswith(("@", "[", "#[")):
            own -= 1
        return frozenset(re.findall(r"\w+", " ".join(lines[own:]).rpartition("}")[2].rpartition(";")[2]))


class _Definitions:
    """All definitions of one file."""

    def __init__(self, language: str, source: bytes, masked: bytes, marks: Marks) -> None:
        self.language = language
        self._source = source
        self._prose = marks
        self._text = masked if language == "hcl" else mask(source, marks.ranges(source, strings=True))
        self._closing, self._stops = _brackets(self._text)
        self._starts = [0, *(match.end() for match in re.finditer(rb"\n", masked))]
        self._tail = _TAIL_OF_LINE if language in _ENDED_BY_LINES else _TAIL

    def read(self) -> tuple[Definition, ...]:
        patterns = [_BLOCKS] if self.language == "hcl" else [_TYPES]
        if self.language in _FUNCTIONS:
            patterns.insert(0, _FUNCTIONS[self.language] + _NAME % b"function")
        found = re.finditer(b"|".join(patterns), self._text, re.MULTILINE)
        return definitions_of([_Braced(self, match) for match in found])

    def line_of(self, at: int) -> int:
        """The line on which an offset lies."""
        return bisect_right(self._starts, at)

    def body(self, at: int, *, is_function: bool) -> tuple[int, tuple[int, int] | None, int]:
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
        if self.language in _ENDED_BY_LINES:
            blanks = _WHITE.match(self._text, begin)
            line_end = self._text.find(b"\n", blanks.end() if blanks else begin)
            stop = line_end if 0 <= line_end < stop else stop
        depth = 0
        for brace in _BRACE.finditer(self._text, begin, min(stop, begin + _LONGEST_BODY)):
            depth += 1 if brace[0] == b"{" else -1
            if depth < 0:
                return brace.start()
        return stop

    def statements_of(self, begin: int, end: int) -> Body | None:
        """A body's statements and comments; None where there are too many for a stub."""
        if end - begin > _LONGEST_BODY or self.language in _WITHOUT_STUBS:
            return None
        inside = self._source[begin:end]
        code = mask(inside, self._prose.ranges(inside)).decode("utf-8", "replace")
        code = re.sub(r"\x01[\x01 \t]*", "", code)
        is_block = self._text[begin - 1 : begin] == b"{"
        statements = _statements(code) if is_block else (f"return {code.strip().rstrip(';')}",)
        comments = (line for line in inside.decode("utf-8", "replace").split("\n") if _COMMENT.search(line))
        return None if statements is None else Body(statements, tuple(comments))

    def decoded(self, begin: int, end: int) -> str:
        return self._text[begin : min(end, begin + _LONGEST_CLASS)].decode("utf-8", "replace")


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
_WITHOUT_STUBS = frozenset({"protobuf", "graphql", "hcl", "prisma", "thrift", "css"})
_NAME = rb"(?P<%s>[A-Za-z_\x80-\xff][\w\x80-\xff]*)"
_TYPES = (
    rb"(?<![\w:.$>])(?:record\s+(?=class\s|struct\s))?"
    rb"(?P<what>class|interface|trait|enum|struct|record|object|protocol|extension|contract|library|message"
    rb"|service|namespace|module|mixin|actor|input|model|union)\s+" + _NAME % b"name"
)
_TYPED = (  # a function that begins with the type of what it returns
    rb"(?:^|(?<=[{};]))[ \t]*+(?:\[[^\]\n]{0,80}\]\s*"
    rb"|(?:public|private|protected|internal|static|async|virtual|override|sealed|partial|abstract|final|extern|external|synchronized|new)\s+){0,8}+"
    rb"(?!(?:return|new|throw|await|else|yield|in|case|const|var|final|assert|using|goto|package|import|get|set|if|while"
    rb"|for|switch|class|record)\b)[\w<>\[\],.?]{1,80}\s+(?=\w+\s*(?:<[^>\n]{0,80}>\s*)?\()"
)
_FUNCTIONS = {
    "perl": rb"\bsub\s+",
    "kotlin": rb"\bfun\s+(?!interface\s)(?:<[^>\n]{0,80}>\s*)?(?:\w+\.)?",
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
