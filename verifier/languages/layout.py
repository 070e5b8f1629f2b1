"""How lines hold each other where no grammar tells: the values that `brackets` and `indentation` read."""

from __future__ import annotations

from dataclasses import dataclass, field

from verifier.languages.structure import Dead, Function, rows_of_head
from verifier.system.patterns import pattern

LONGEST = 300
"""Characters of a statement that are looked at."""
LABEL = pattern(
    r"(?:case\b|default\b|[^\W\d]\w*\s*:(?![:=])|:\w|when\b|else\b|elif\b|elseif\b|elsif\b|rescue\b|ensure\b|catch\b)"
)
FUNCTION = pattern(
    r"\b(?:function|fun|fn|func|defp?|defmacrop?|def|sub|proc|lambda|method|procedure|rpc|task|init|constructor)\b"
)
BRANCH = pattern(r"[}\s]*(?:else|elseif|elsif|elif|catch|finally|rescue|except|ensure|after|otherwise)\b")


@dataclass
class Block:
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
    blocks: list[Block] = field(default_factory=list)
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

    def _first_branch(self, block: Block) -> Block:
        while block.prior >= 0:
            block = self.blocks[block.prior]
        return block


@dataclass
class Left:
    """A block in which what follows never runs, since a statement leaves it."""

    word: str
    indent: int = 0
    first: int = 0
    last: int = 0
