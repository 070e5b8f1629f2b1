"""How lines hold each other in languages with brackets.

A bracket that stays open at the end of its line holds what follows, and its head is the statement that it belongs to;
so does a label among cases. One pass over the lines of code, without comments and strings. What follows a statement
that leaves (`return`, `throw`) in the same block never runs, nor does what stands under a condition that is never true.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from verifier.languages.flow import Flow, flow_of
from verifier.languages.layout import BRANCH, FUNCTION, LABEL, LONGEST, Block, Layout, Left
from verifier.languages.structure import Dead, Function, rows_of_head
from verifier.values.source import Lines


def by_brackets(language: str, code: Sequence[str]) -> Layout:
    """Read a language in which brackets hold lines."""
    return _Brackets(flow_of(language)).read(code)


@dataclass
class _Statement:
    first: int
    text: str = ""


class _Brackets:
    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._braces = 0
        self._layout = Layout(inside=[-1])
        self._open: list[tuple[str, int, _Statement]] = []
        """Each open bracket, its block, and the statement that it interrupted."""
        self._left: dict[int, Left] = {}
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
        if len(self._now.text) < LONGEST:
            self._now.text += text[:LONGEST]

    def _begin(self, number: int, line: str) -> None:
        """A statement begins: a label ends what is dead, all else is dead where the block was left."""
        if self._in_block() and _CASE.match(line[:LONGEST]):
            self._case(number, line)
        self._now = _Statement(number)
        left = self._left.get(self._around())
        if left and line[0] not in "})]":
            if LABEL.match(line) or FUNCTION.search(line[:LONGEST]) or _is_local_function(line[:LONGEST]):
                self._end_of(self._around())
            else:
                left.first = left.first or number
                left.last = number

    def _case(self, number: int, line: str) -> None:
        if self._open and self._open[-1][0] == "case":
            self._end_of(self._open.pop()[1])
        self._layout.inside[number] = self._around()
        self._push("case", number, number, line[:LONGEST])

    def _opened(self, bracket: str, number: int) -> None:
        self._push(bracket, self._now.first, number, self._now.text)
        self._now = _Statement(number)
        self._is_new = True

    def _push(self, bracket: str, first: int, last: int, text: str) -> None:
        block = Block(rows_of_head(first, last), self._around(), -1, text.strip())
        if bracket == "{":
            self._braces += 1
            if BRANCH.match(block.text) and self._closed >= 0:
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
            self._left[self._around()] = Left(leaves)

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


def _holds_function(text: str) -> bool:
    if FUNCTION.search(text):
        return True
    return bool(_MAKES_FUNCTION.search(text) and not _CONTROL.match(text) and not _TYPE.search(text))


def _is_local_function(line: str) -> bool:
    return bool(_LOCAL_FUNCTION.match(line))


_LOCAL_FUNCTION = re.compile(r"(?:static |async )*[\w<>\[\],.?]+ \w+(?:<[^>]*>)?\([^;]*\)\s*(?:=>|\{|$)")
_BRACKET = re.compile(r"[()\[\]{}]")
_CLOSES = {")": "(", "]": "[", "}": "{"}
_CASE = re.compile(r"case\b(?!\s+(?:class|object)\b).*(?::|->|=>)|default\s*(?::|->|=>)")
_MAKES_FUNCTION = re.compile(r"(?:=>|->)\s*\{?$|\)\s*(?:\w[\w<>, ]*)?\s*\{$")
_TYPE = re.compile(
    r"\b(?:class|object|interface|struct|enum|record|trait|extension|namespace|module|protocol|contract|actor|impl)\b"
)
_CONTROL = re.compile(
    r"[}\s]*(?:else\s+)?(?:if|for|foreach|while|unless|until|switch|catch|with|using|lock|match|when|try|do|else|elseif|elsif)\b"
)
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
