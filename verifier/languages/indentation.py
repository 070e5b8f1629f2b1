"""How lines hold each other by their indentation.

A line holds what is indented deeper. One pass over the lines of code, without comments and strings. What follows a
statement that leaves (`return`, `raise`) at the same depth never runs, nor does what stands under a condition that is
never true. What stands in open brackets belongs to the statement that opened them, however it is indented.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from verifier.languages.flow import Flow, flow_of
from verifier.languages.layout import BRANCH, FUNCTION, LABEL, LONGEST, Block, Layout, Left
from verifier.languages.structure import Dead, Function
from verifier.values.source import Lines


def by_indentation(language: str, code: Sequence[str]) -> Layout:
    """Read a language in which indentation holds lines. A dash before a key counts as half a step, as in YAML."""
    return _Indentation(flow_of(language)).read(code)


class _Indentation:
    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._layout = Layout(inside=[-1])
        self._open: list[tuple[int, int]] = []
        """Indentation and block of each line that what follows may be indented below."""
        self._left: dict[int, Left] = {}
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
                self._line(number, max(indent, self._floor + 1) if self._depth else indent, bare[:LONGEST])
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
        block = Block((number,), around, prior if BRANCH.match(text) else -1, text)
        first = self._layout.blocks[block.prior].text if block.prior >= 0 else None
        block.dead = self._flow.why_dead(text, first)
        self._layout.blocks.append(block)
        self._open.append((indent, len(self._layout.blocks) - 1))
        left = self._left.get(around)
        if left is None:
            if word := self._flow.word(text):
                self._left[around] = Left(word, indent)
        elif (
            indent < left.indent
            or LABEL.match(text)
            or FUNCTION.match(text)
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
        if first <= last and FUNCTION.search(block.text):
            self._layout.functions.append(Function(Lines(block.head[0], block.head[0]), Lines(first, last)))

    def _end_of(self, index: int) -> None:
        left = self._left.pop(index, None)
        if left and left.first:
            self._layout.dead.append(Dead(Lines(left.first, self._last), f"stands after {left.word}"))


_ENDS = re.compile(
    r"(?:end\w*|fi|done|esac|else|elif|elseif|elsif|until|catch|rescue|ensure|after|when|case|[)}\]|]|\{%|<%|\{\{)"
)
