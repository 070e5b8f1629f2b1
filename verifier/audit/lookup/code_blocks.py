"""Compare the code that a report shows with the commit: how many of its lines occur?

Indentation does not matter, as reports move code to the left. Where a block belongs to no file, or nothing of it is in
the file that it is said to be from, the file that has most of it is looked for.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence

from verifier.audit.lookup.lookup import Lookup
from verifier.audit.record import AuditedBlock
from verifier.audit.values import CodeBlock
from verifier.languages import FileKind
from verifier.repository.index import WORD


def compare_block(block: CodeBlock, lookup: Lookup, known: Collection[str] = ()) -> AuditedBlock:
    """How many of a block's lines occur in its file, or in the file that has most of them."""
    lines = _telling_lines(block)
    meant = lookup.paths.find(block.path, known).path if block.path else None
    occurring = _occurring(lines, meant, lookup) if meant else 0
    file = meant
    if not occurring:
        counts = [(_occurring(lines, path, lookup), path) for path in _candidates(lines, lookup)]
        occurring, best = max(counts, key=lambda pair: pair[0], default=(0, None))
        file = best if occurring else meant
    return AuditedBlock(block.line, block.path, file, len(lines), occurring)


def _telling_lines(block: CodeBlock) -> list[str]:
    """The lines that say something; of a diff, those that are there after it."""
    lines: Sequence[str] = block.lines
    if block.language in ("diff", "patch"):
        lines = [line[1:] for line in lines if not line.startswith(("-", "+++", "@@", "diff ", "index "))]
    return [line.strip() for line in lines if _TELLING.search(line)]


def _occurring(lines: Sequence[str], path: str, lookup: Lookup) -> int:
    there = {line.strip() for line in lookup.snapshot.lines(path) or ()}
    return sum(line in there for line in lines)


def _candidates(lines: Sequence[str], lookup: Lookup) -> list[str]:
    """The files that mention the rarest words of most lines; prose quotes code, and is no code."""
    votes: Counter[str] = Counter()
    for line in lines[:_MOST_LINES]:
        mentions = [found for word in set(WORD.findall(line)) if (found := lookup.index.mentions(word))]
        votes.update(min(mentions, key=len, default=())[:_MOST_MENTIONS])
    likely = (path for path, _ in votes.most_common(_MOST_OPENED))
    return [path for path in likely if lookup.index.kind(path) is not FileKind.PROSE]


_TELLING = re.compile(r"[^\W_]{2}")
_MOST_LINES = 60
_MOST_MENTIONS = 200
_MOST_OPENED = 10
