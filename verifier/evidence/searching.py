"""Search a commit for what is said to be absent: all of its text and all of its paths, in the scope that was given.

Line by line, with an engine whose time is linear in the text: patterns come from a model and from claim files. What a
hit means is for the second reader.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any

import re2

from verifier.evidence.line_labels import label_of_line
from verifier.evidence.regular_expressions import LONGEST_PATTERN, by_line, compiled, ere_tokens, is_broad
from verifier.repository.globbing import matching
from verifier.repository.index import Index
from verifier.repository.snapshot import Nature, SourceFile
from verifier.values.grounding import AbsenceFinding, AbsenceStanding, Hit
from verifier.values.verdict import Absence, Syntax

MAX_HITS = 10_000
"""How many hits are counted; a pattern with more is no evidence of absence anyway."""

LONGEST_TEXT = 200
"""Characters of a line that are kept."""

MOST_UNREAD = 20
"""Files that were not searched, by name; of more the number is given."""


def search(absence: Absence, index: Index, *, withheld: Callable[[str], bool], limit: int = 8) -> AbsenceFinding:
    """Look a pattern up in the commit and say what was found.

    `withheld` says whose text is kept from the model. At most `limit` hits are given, all are counted.

    Raises:
        SnapshotError: The clone does not have a file's content.
    """
    if absence.malformed is not None:
        return AbsenceFinding(absence, AbsenceStanding.BAD_PATTERN, problem=absence.malformed)
    pattern = _read(absence.pattern, absence.syntax)
    if isinstance(pattern, str):
        return AbsenceFinding(absence, AbsenceStanding.BAD_PATTERN, problem=pattern)
    snapshot = index.snapshot
    everything = [path for path in snapshot.paths if not snapshot.is_own(path)]
    scope = sorted({p for named in absence.paths for p in matching(named, everything)}) if absence.paths else everything
    if absence.paths and not scope:
        named = ", ".join(absence.paths)
        return AbsenceFinding(absence, AbsenceStanding.BAD_PATTERN, problem=f"{named} names no path of the commit")
    hits: list[Hit] = [Hit(path, 0, path, "path") for path in scope if pattern.search(_bytes(path))]
    searched, unread = 0, list[str]()
    for source in snapshot.files(scope):
        why = source.why_unsearched(absence.pattern)
        if why is not None:
            unread.append(f"{source.path}: {why}")
        if source.nature is not Nature.TEXT:
            continue
        searched += 1
        hits += islice(_found(source, pattern, index, is_withheld=withheld(source.path)), MAX_HITS - len(hits))
        if len(hits) >= MAX_HITS:
            break
    if snapshot.truncated and not absence.paths:
        unread.append(f"the paths beyond the first {snapshot.path_limit} of the commit")
    standing = AbsenceStanding.UNDECIDED if unread else AbsenceStanding.CONFIRMED
    return AbsenceFinding(
        absence,
        AbsenceStanding.HITS if hits else standing,
        files_searched=searched,
        hits=tuple(sorted(hits, key=_least_telling_last)[:limit]),
        total=len(hits),
        unread=_bounded(unread),
    )


def _bounded(unread: Sequence[str]) -> tuple[str, ...]:
    """What could hold a hit and was not read, with the reason; one line for all that are too many."""
    if len(unread) <= MOST_UNREAD:
        return tuple(unread)
    return (*unread[:MOST_UNREAD], f"and {len(unread) - MOST_UNREAD} more")


def _least_telling_last(hit: Hit) -> tuple[bool, bool, str, int]:
    return hit.kind != "code", hit.kind != "path", hit.path, hit.line


# Patterns.


@lru_cache(maxsize=64)
def _read(pattern: str, syntax: Syntax) -> Any:
    """The pattern, ready to search for; what is wrong with it where it is none."""
    problem = _problem(pattern, syntax)
    if problem is not None:
        return problem
    expression = unicodedata.normalize("NFKC", pattern)
    exact = compiled(re2.escape(expression.strip()) if syntax is Syntax.LITERAL else by_line(expression))
    if isinstance(exact, str):
        return exact
    if exact.search(b"") is not None:
        return "the pattern matches the empty text, so every line; name what must not be there"
    if is_broad(exact):
        return "the pattern matches nearly every line; name what must not be there"
    return exact


def _problem(pattern: str, syntax: Syntax) -> str | None:
    if not pattern.strip():
        return "the pattern is empty"
    if len(pattern) > LONGEST_PATTERN:
        return f"the pattern has {len(pattern)} characters, more than {LONGEST_PATTERN}; look for less of it"
    if "\N{REPLACEMENT CHARACTER}" in pattern:
        return "the pattern holds half a character"
    if "\n" in pattern.strip() or "\r" in pattern.strip():
        return _SPANS_LINES
    return _ere_problem(pattern) if syntax is Syntax.ERE else None


_SPANS_LINES = "the pattern spans lines, and lines are searched one by one; look for one of them"
_ANY_CHARACTER = re.compile(r"\\s\\S|\\S\\s|\\w\\W|\\W\\w|\\d\\D|\\D\\d")


def _ere_problem(pattern: str) -> str | None:
    tokens = ere_tokens(pattern)
    for at, token in enumerate(tokens):
        if re.fullmatch(r"\\(?:n|r|C|x0[aAdD]|x\{0*[aAdD]\})", token["escape"] or ""):
            return _SPANS_LINES
        if _ANY_CHARACTER.search(token["class"] or "") or re.match(r"\(\?[a-zA-Z]*s", token["open"] or ""):
            return _SPANS_LINES
        before = tokens[at - 1][0] if at else "("
        after = tokens[at + 1][0] if at + 1 < len(tokens) else ")"
        begins_late = token[0] == "^" and not (before in "(|^" or before.startswith("(?") or before == r"\b")
        if begins_late or (token[0] == "$" and after not in (")", "|", "$")):
            return (
                f'no line can match the pattern: "{token[0]}" stands inside it; escape it where the character is meant'
            )
    return None


# Hits.


def _bytes(text: str) -> bytes:
    """The text as it is searched: compatible spellings of a character are one."""
    folded = text if text.isascii() else unicodedata.normalize("NFKC", text)
    return folded.encode("utf-8", "replace")


def _found(source: SourceFile, pattern: Any, index: Index, *, is_withheld: bool) -> Iterator[Hit]:
    """The lines that match, in order, each once."""
    data = _bytes(source.text).replace(b"\r\n", b"\n")
    at, line = 0, 1
    while match := pattern.search(data, at):
        line += data.count(b"\n", at, match.start())
        begin = data.rfind(b"\n", 0, match.start()) + 1
        end = data.find(b"\n", match.end())
        end = len(data) if end == -1 else end
        text = "" if is_withheld else shortened(data[begin:end], match.start() - begin, match.end() - begin)
        yield Hit(source.path, line, text, label_of_line(source.path, line, index), is_withheld)
        at, line = end + 1, line + 1
        if at > len(data):
            return


def shortened(line: bytes, start: int, end: int) -> str:
    """The line's text; of a long one what stands round the match."""
    text = line.decode("utf-8", "replace")
    if len(text) <= LONGEST_TEXT:
        return text
    first = len(line[:start].decode("utf-8", "replace"))
    last = first + len(line[start:end].decode("utf-8", "replace"))
    room = LONGEST_TEXT - 2
    begin = max(0, min(first - (room - (last - first)) // 2, len(text) - room)) if last - first < room else first
    return f"{'…' if begin else ''}{text[begin : begin + room]}{'…' if begin + room < len(text) else ''}"
