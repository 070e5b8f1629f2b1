"""How lines hold each other where no grammar tells: by brackets, or by indentation.

One pass over the lines of code, without comments and strings. In languages with brackets each bracket that stays open
at the end of its line holds what follows, and its head is the statement that it belongs to; in others a line holds what
is indented deeper. What follows a statement that leaves (`return`, `throw`) in the same block never runs, nor does what
stands under a condition that is always false.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from verifier.languages.structure import Dead, Function, rows_of_head
from verifier.languages.stub_words import words
from verifier.values.source import Lines

_LONGEST = 300
"""Characters of a statement that are looked at."""
_BRACKET = re.compile(r"[()\[\]{}]")
_CLOSES = {")": "(", "]": "[", "}": "{"}

_LEAVING = "return throw raise break continue"
_LEAVING_BY_CALL = {
    "awk": "exit next",
    "batch": "exit goto",
    "c": "goto",
    "cpp": "goto",
    "crystal": "exit abort",
    "csharp": "goto",
    "dart": "exit",
    "elixir": "exit",
    "fish": "exit",
    "fortran": "stop",
    "go": "goto panic",
    "groovy": "error System.exit",
    "julia": "error exit",
    "kotlin": "error exitProcess",
    "lua": "error os.exit goto",
    "nim": "quit",
    "perl": "exit goto die croak confess last next redo",
    "php": "exit die goto",
    "powershell": "exit",
    "r": "stop quit next",
    "scala": "sys.exit sys.error",
    "solidity": "revert",
    "swift": "fatalError preconditionFailure exit",
    "tcl": "error exit",
    "vimscript": "finish",
}
"""Further words that leave a block, by language."""
_WITHOUT_FLOW = words(
    """
    asciidoc avro cmake css csv cypher data dhall dockerfile env gherkin go-module graphql haml haskell hcl html ignore
    ini jinja json jsonc jsonnet latex lock m4 makefile markdown nginx nix pip-requirements prisma protobuf pug record
    rego restructuredtext scss sql template text thrift toml unknown yaml
    xml vue svelte astro erb ejs jsp blade handlebars
    """
)
"""Languages in which `return` leaves nothing."""
_ENDED_BY_SEMICOLONS = words("c cpp csharp dart java objective-c perl php solidity zig")
_ZERO_IS_TRUE = frozenset({"lua", "elixir", "crystal", "clojure"})
_CONDITIONED = re.compile(r"\b(?:if|unless|when|while|until|and|or)\b|\|\||&&|\?")
_LABEL = re.compile(
    r"(?:case\b|default\b|[^\W\d]\w*\s*:(?![:=])|:\w|when\b|else\b|elif\b|elseif\b|elsif\b|rescue\b|ensure\b|catch\b)"
)
_CASE = re.compile(r"case\b(?!\s+(?:class|object)\b).*(?::|->|=>)|default\s*(?::|->|=>)")
_FUNCTION = re.compile(
    r"\b(?:function|fun|fn|func|defp?|defmacrop?|def|sub|proc|lambda|method|procedure|rpc|task|init|constructor)\b"
)
_MAKES_FUNCTION = re.compile(r"(?:=>|->)\s*\{?$|\)\s*(?:\w[\w<>, ]*)?\s*\{$")
_TYPE = re.compile(
    r"\b(?:class|object|interface|struct|enum|record|trait|extension|namespace|module|protocol|contract|actor|impl)\b"
)
_CONTROL = re.compile(
    r"[}\s]*(?:else\s+)?(?:if|for|foreach|while|unless|until|switch|catch|with|using|lock|match|when|try|do|else|elseif|elsif)\b"
)
_BRANCH = re.compile(r"[}\s]*(?:else|elseif|elsif|elif|catch|finally|rescue|except|ensure|after|otherwise)\b")
_CONTINUES = re.compile(r"[{.?:]|->|&&|\|\||=(?!=)|(?:where|throws|extends|implements|with|returns|and|or)\b")
_GOES_ON = re.compile(r"(?:[&|^=(\\]|(?<!\+)\+|=>|->|\b(?:and|or|extends|implements|else|return))$")
_LISTS = re.compile(
    r"\b(?:class|interface|struct|enum|record|trait|protocol|actor|extends|implements|throws|where)\b.*,$"
)
_ENTRY = re.compile(r"[\w\"'$.\[\]-]+\s*(?:=>|[:=](?!=))|\w+,$")
"""One of the entries of a table, or of the members of an enumeration."""
_DIRECTIVE = re.compile(r"#(?!\[)|<\?|\?>")
_ONLY_MARKS = re.compile(r"^(?:@[\w.:]++(?:\((?:[^()]|\([^()]*+\))*+\))?\s*+|#?\[[^\[\]]*+\]\s*+)++$")
_BRACELESS = re.compile(r"^(?:[}\s]*else\s+)?(?:if|for|foreach|while|unless)\b[^{;]*$|^[}\s]*(?:else|do)$")
_NEVER_ZERO = re.compile(r"[}\s]*(?:else\s+)?(?:if|elif|elsif|elseif|while)\b\s*\(*\s*0\s*\)*\s*(?:\{|then|do|:)?\s*$")
_NEVER = r"\(*\s*(?:false|False|FALSE|nil|null|\$false|!\s*true|not\s+true|(?:false|\$false)\s*(?:&&|and)[^|]*)\s*\)*"
_UNDER_NEVER = re.compile(
    rf"(?:[}}\s]*(?:else\s+)?|(?:\{{%-?|\{{\{{#|<%=?-?|@)\s*)(?:if|elif|elsif|elseif|while|when)\b\s*{_NEVER}"
    r"\s*(?:\{|then|do|:|-?%\}|\}\}|-?%>)?\s*$"
)
_ALWAYS = re.compile(
    r"[}\s]*(?:if|elif|elsif|elseif)\b\s*\(*\s*(?:true|True|TRUE|!\s*false)\s*\)*\s*(?:\{|then|do|:)?\s*$"
)
_ENDS = re.compile(
    r"(?:end\w*|fi|done|esac|else|elif|elseif|elsif|until|catch|rescue|ensure|after|when|case|[)}\]|]|\{%|<%|\{\{)"
)


@dataclass
class _Block:
    """What holds lines: a bracket, a label among cases, or a line with others indented below it."""

    head: tuple[int, ...]
    parent: int
    prior: int
    """The block whose other branch this is; -1 where there is none."""
    text: str
    last: int = 0
    dead: str = ""
    """Why nothing in it runs."""


@dataclass
class Layout:
    """The structure of a file by its brackets or its indentation."""

    dead: list[Dead] = field(default_factory=list)
    functions: list[Function] = field(default_factory=list)
    blocks: list[_Block] = field(default_factory=list)
    inside: list[int] = field(default_factory=list)
    """For each line, from 1, the innermost block that was open when it began; -1 for none."""
    goes_on: dict[int, int] = field(default_factory=dict)
    """For lines that go on with a statement, where that began."""

    def around(self, line: int) -> list[tuple[int, ...]]:
        """The heads of all that a line stands inside, innermost first."""
        heads = []
        if line in self.goes_on:
            heads.append(rows_of_head(self.goes_on[line], line - 1))
        at = self.inside[line] if 0 < line < len(self.inside) else -1
        while at >= 0:
            block = self.blocks[at]
            heads.append(block.head)
            first = self._first_branch(block)
            if first is not block:
                heads.append(first.head)
            at = block.parent
        return heads

    def _first_branch(self, block: _Block) -> _Block:
        while block.prior >= 0:
            block = self.blocks[block.prior]
        return block


def by_brackets(language: str, code: Sequence[str]) -> Layout:
    """Read a language in which brackets hold lines."""
    return _Brackets(_flow_of(language)).read(code)


def by_indentation(language: str, code: Sequence[str]) -> Layout:
    """Read a language in which indentation does. A dash before a key counts as half a step, as in YAML."""
    return _Indentation(_flow_of(language)).read(code)


@dataclass(frozen=True)
class _Flow:
    """By which words statements leave their blocks in a language, and what is never true in it."""

    leaves: re.Pattern[str] | None
    is_zero_true: bool
    ended_by_lines: bool = True
    """Whether a statement may end with its line, and needs no semicolon."""

    def word(self, text: str) -> str | None:
        """The word by which a statement leaves its block for certain."""
        match = self.leaves.match(text) if self.leaves else None
        return match[0] if match and not _CONDITIONED.search(text) else None

    def why_dead(self, text: str, first_branch: str | None) -> str:
        """Why what a line holds never runs; empty where it may. `first_branch` is the text of the first branch."""
        if _UNDER_NEVER.match(text) or (not self.is_zero_true and _NEVER_ZERO.match(text)):
            return "stands under a condition that is never true"
        if first_branch is not None and _ALWAYS.match(first_branch) and "if" not in text:
            return "stands under the other branch of a condition that is always true"
        return ""


@functools.cache
def _flow_of(language: str) -> _Flow:
    if language in _WITHOUT_FLOW:
        return _Flow(None, is_zero_true=True)
    words = f"{_LEAVING} {_LEAVING_BY_CALL.get(language, '')}".split()
    leaves = re.compile(rf"(?:{'|'.join(map(re.escape, words))})\b(?!\s*=|:|\.\w)")
    return _Flow(leaves, language in _ZERO_IS_TRUE, language not in _ENDED_BY_SEMICOLONS)


@dataclass
class _Statement:
    first: int
    text: str = ""


@dataclass
class _Left:
    """A block in which what follows never runs, since a statement leaves it."""

    word: str
    indent: int = 0
    first: int = 0
    last: int = 0


class _Brackets:
    def __init__(self, flow: _Flow) -> None:
        self._flow = flow
        self._braces = 0
        self._layout = Layout(inside=[-1])
        self._open: list[tuple[str, int, _Statement]] = []
        """Each open bracket, its block, and the statement that it interrupted."""
        self._left: dict[int, _Left] = {}
        self._closed = -1
        self._now = _Statement(1)
        self._is_new = True

    def read(self, code: Sequence[str]) -> Layout:
        for number, line in enumerate(code, 1):
            self._layout.inside.append(self._around())
            bare = line.strip()
            if bare:
                self._line(number, bare)
        for block in self._layout.blocks:
            block.last = block.last or len(code)
        while self._open:
            self._close(len(code))
        self._end_of(-1)
        return self._finished()

    def _line(self, number: int, line: str) -> None:
        if not self._in_block() or (self._is_new and not self._continues(line)):
            self._begin(number, line)
        elif self._now.first < number:
            self._layout.goes_on[number] = self._now.first
            self._say(" ")
        at = 0
        for bracket in _BRACKET.finditer(line):
            self._say(line[at : bracket.start()])
            at = bracket.end()
            if bracket[0] in _CLOSES:
                if not self._shut(bracket[0], number):
                    self._say(bracket[0])
            else:
                self._say(bracket[0])
                self._opened(bracket[0], number)
        self._say(line[at:])
        self._end_line(number, line)

    def _continues(self, line: str) -> bool:
        return bool(_CONTINUES.match(line)) and self._now.text.strip()[-1:] not in ("", ";", "}", ",", "{")

    def _say(self, text: str) -> None:
        if len(self._now.text) < _LONGEST:
            self._now.text += text[:_LONGEST]

    def _begin(self, number: int, line: str) -> None:
        """A statement begins: a label ends what is dead, all else is dead where the block was left."""
        if self._in_block() and _CASE.match(line[:_LONGEST]):
            self._case(number, line)
        self._now = _Statement(number)
        left = self._left.get(self._around())
        if left and line[0] not in "})]":
            if _LABEL.match(line) or _FUNCTION.search(line[:_LONGEST]) or _is_local_function(line[:_LONGEST]):
                self._end_of(self._around())
            else:
                left.first = left.first or number
                left.last = number

    def _case(self, number: int, line: str) -> None:
        if self._open and self._open[-1][0] == "case":
            self._end_of(self._open.pop()[1])
        self._layout.inside[number] = self._around()
        self._push("case", number, number, line[:_LONGEST])

    def _opened(self, bracket: str, number: int) -> None:
        self._push(bracket, self._now.first, number, self._now.text)
        self._now = _Statement(number)
        self._is_new = True

    def _push(self, bracket: str, first: int, last: int, text: str) -> None:
        block = _Block(rows_of_head(first, last), self._around(), -1, text.strip())
        if bracket == "{":
            self._braces += 1
            if _BRANCH.match(block.text) and self._closed >= 0:
                block.prior = self._closed
            branch = self._layout.blocks[block.prior].text if block.prior >= 0 else None
            block.dead = self._flow.why_dead(block.text, branch)
        self._layout.blocks.append(block)
        self._open.append((bracket, len(self._layout.blocks) - 1, self._now))

    def _shut(self, bracket: str, number: int) -> bool:
        """Close the nearest bracket of its kind; False where none is open, or another keeps it open."""
        opening = _CLOSES[bracket]
        if opening == "{":
            while self._open and self._open[-1][0] != "{":
                if not self._braces:
                    return False
                self._close(number)
        if not self._open or self._open[-1][0] != opening:
            return False
        inner = self._now.text
        statement = self._close(number)
        if opening == "{":
            self._now = _Statement(number, "}")
            self._is_new = True
        else:
            self._now = statement
            self._say(f"{inner[:100]}{bracket}")
        return True

    def _close(self, number: int) -> _Statement:
        kind, index, statement = self._open.pop()
        block = self._layout.blocks[index]
        block.last = number
        self._end_of(index)
        if kind == "{":
            self._braces -= 1
            self._closed = index
        return statement

    def _end_line(self, number: int, line: str) -> None:
        text = self._now.text.strip()
        if not self._in_block():
            self._is_new = True  # within round and square brackets each line is one of its own
            return
        ended = self._ends(line, text)
        self._is_new = ended
        if left := self._left.get(self._around()):
            left.last = number if left.first else 0
        elif ended and (leaves := self._flow.word(text)):
            self._left[self._around()] = _Left(leaves)

    def _ends(self, line: str, text: str) -> bool:
        """Whether a statement ends with this line."""
        if line.endswith((";", "{", "}")) or _DIRECTIVE.match(line):
            return True
        if line.endswith(","):
            leaves = self._flow.leaves is not None and self._flow.leaves.match(text)
            is_entry = self._flow.ended_by_lines or _ENTRY.match(text)
            return not leaves and bool(is_entry) and not _LISTS.search(text)
        if self._flow.ended_by_lines:
            return not any(goes.search(text) for goes in (_GOES_ON, _LISTS, _ONLY_MARKS, _BRACELESS))
        return line.endswith(":")

    def _in_block(self) -> bool:
        return not self._open or self._open[-1][0] in ("{", "case")

    def _around(self) -> int:
        return self._open[-1][1] if self._open else -1

    def _end_of(self, index: int) -> None:
        left = self._left.pop(index, None)
        if left and left.first:
            self._layout.dead.append(Dead(Lines(left.first, left.last), f"stands after {left.word}"))

    def _finished(self) -> Layout:
        for block in self._layout.blocks:
            inner = Lines(min(block.head[-1] + 1, block.last), max(block.last - 1, block.head[-1]))
            if block.dead:
                self._layout.dead.append(Dead(inner, block.dead))
            if self._flow.leaves and _holds_function(block.text):
                self._layout.functions.append(Function(Lines(block.head[0], block.head[-1]), inner))
            elif block.text == "param(":
                self._layout.functions.append(Function(Lines(block.head[0], block.last), Lines(1, 0)))
        return self._layout


class _Indentation:
    def __init__(self, flow: _Flow) -> None:
        self._flow = flow
        self._layout = Layout(inside=[-1])
        self._open: list[tuple[int, int]] = []
        """Indentation and block of each line that what follows may be indented below."""
        self._left: dict[int, _Left] = {}
        self._last = 0
        """The line of code before."""
        self._depth = 0
        self._floor = -1
        """Indentation of the statement whose brackets are open; what stands in them is indented deeper, as it were."""

    def read(self, code: Sequence[str]) -> Layout:
        for number, line in enumerate(code, 1):
            bare = line.strip()
            if bare:
                indent = 2 * (len(line) - len(line.lstrip())) + bare.startswith("- ")
                self._line(number, max(indent, self._floor + 1) if self._depth else indent, bare[:_LONGEST])
                self._last = number
                self._count_brackets(indent, line)
            else:
                self._layout.inside.append(-1)
        while self._open:
            self._close()
        self._end_of(-1)
        self._settle(code)
        return self._layout

    def _count_brackets(self, indent: int, line: str) -> None:
        if self._flow.leaves is None:
            return
        if not self._depth:
            self._floor = indent
        self._depth += sum(map(line.count, "([{")) - sum(map(line.count, ")]}"))
        self._depth = max(self._depth, 0)

    def _settle(self, code: Sequence[str]) -> None:
        """Put each line without code where the next line of code stands."""
        around = -1
        for number in range(len(code), 0, -1):
            if code[number - 1].strip():
                around = self._layout.inside[number]
            else:
                self._layout.inside[number] = around

    def _line(self, number: int, indent: int, text: str) -> None:
        prior = -1
        while self._open and self._open[-1][0] >= indent:
            prior = self._open[-1][1] if self._open[-1][0] == indent else -1
            self._close()
        around = self._around()
        self._layout.inside.append(around)
        block = _Block((number,), around, prior if _BRANCH.match(text) else -1, text)
        first = self._layout.blocks[block.prior].text if block.prior >= 0 else None
        block.dead = self._flow.why_dead(text, first)
        self._layout.blocks.append(block)
        self._open.append((indent, len(self._layout.blocks) - 1))
        left = self._left.get(around)
        if left is None:
            if word := self._flow.word(text):
                self._left[around] = _Left(word, indent)
        elif (
            indent < left.indent
            or _LABEL.match(text)
            or _FUNCTION.match(text)
            or (_ENDS.match(text) and text[0] not in ")]}")
        ):
            self._end_of(around)
        elif text[0] not in ")]}" and indent == left.indent:
            left.first = left.first or number

    def _around(self) -> int:
        return self._open[-1][1] if self._open else -1

    def _close(self) -> None:
        _, index = self._open.pop()
        block = self._layout.blocks[index]
        first, last = block.head[0] + 1, self._last
        self._end_of(index)
        if block.dead and first <= last:
            self._layout.dead.append(Dead(Lines(first, last), block.dead))
        if first <= last and _FUNCTION.search(block.text):
            self._layout.functions.append(Function(Lines(block.head[0], block.head[0]), Lines(first, last)))

    def _end_of(self, index: int) -> None:
        left = self._left.pop(index, None)
        if left and left.first:
            self._layout.dead.append(Dead(Lines(left.first, self._last), f"stands after {left.word}"))


def _holds_function(text: str) -> bool:
    if _FUNCTION.search(text):
        return True
    return bool(_MAKES_FUNCTION.search(text) and not _CONTROL.match(text) and not _TYPE.search(text))


def _is_local_function(line: str) -> bool:
    return bool(_LOCAL_FUNCTION.match(line))


_LOCAL_FUNCTION = re.compile(r"(?:static |async )*[\w<>\[\],.?]+ \w+(?:<[^>]*>)?\([^;]*\)\s*(?:=>|\{|$)")
