"""Search a commit for what is said to be absent.

Line by line, with an engine whose time is linear in the text: patterns come from a model and from claim files. What
speaks against an absence contests it until the model has been shown it and has answered.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from typing import Any

import re2

from verifier.evidence.widening import bare_words, ere_tokens, stems, widened
from verifier.languages import FileKind, LineKind, file_kind, read_source
from verifier.repository.globbing import matching
from verifier.repository.snapshot import Nature, Snapshot, SourceFile
from verifier.values.grounding import ANSWERED, AbsenceFinding, AbsenceStanding, Hit
from verifier.values.verdict import Absence, Syntax

LONGEST_PATTERN = 500
MAX_MEMORY = 16 << 20
"""Bytes that the engine may take for one pattern."""

MAX_HITS = 10_000
"""How many hits are counted; a pattern with more is no evidence of absence anyway."""

LONGEST_TEXT = 200
"""Characters of a line that are kept."""


def search(
    absence: Absence,
    snapshot: Snapshot,
    *,
    words: frozenset[str],
    excluded: Callable[[str], bool],
    about_prose: bool = False,
    about_tests: bool = False,
    shown: frozenset[tuple[str, int]] = frozenset(),
    limit: int = 20,
) -> AbsenceFinding:
    """Look a pattern up in the commit and say how the absence stands.

    `words` are those of the part and the statement; `excluded` says whose text is kept from the model; `shown` are the
    paths and lines that the model has been shown and has answered. At most `limit` hits are given, all are counted.
    Where the scope names no text of the commit, the whole commit is searched: nothing is absent from nowhere.

    Raises:
        SnapshotError: The clone does not have a file's content.
    """
    claimed = stems(" ".join(words))
    pertinent = not claimed.isdisjoint(stems(bare_words(absence.pattern, absence.syntax)))
    pattern = _read(absence.pattern, absence.syntax, claimed)
    if isinstance(pattern, str):
        return AbsenceFinding(absence, AbsenceStanding.BAD_PATTERN, pertinent=pertinent, problem=pattern)
    pertinent = pertinent or any(_matches_word(pattern, word) for word in words)
    searched, found, notes = _searched(absence, snapshot, pattern, _Judged(about_prose, about_tests, excluded))
    found = _answered(found, shown)
    excuses = [each.hit.excused for each in found]
    contesting = excuses.count(None)
    standing = AbsenceStanding.CONTESTED if contesting else AbsenceStanding.CONFIRMED
    if snapshot.truncated and not contesting:
        standing = AbsenceStanding.BAD_PATTERN
        notes.append(f"the commit has more than {snapshot.path_limit} paths; those beyond were not searched")
    return AbsenceFinding(
        absence,
        standing,
        files_searched=searched,
        hits=_most_telling(found, limit),
        contesting=contesting,
        answered=excuses.count(ANSWERED),
        excused=len(excuses) - contesting - excuses.count(ANSWERED),
        pertinent=pertinent,
        problem="; ".join(notes) or None,
    )


def _matches_word(pattern: _Pattern, word: str) -> bool:
    """Whether the pattern would match a word that the claim itself has: `[Cc]ach(e|ing)` does "caching"."""
    found = pattern.exact.search(word)
    return found is not None and len(found[0]) >= _SHORTEST_WORD


_SHORTEST_WORD = 3


# Patterns.


@dataclass(frozen=True)
class _Pattern:
    """A pattern that can be searched for."""

    exact: Any
    near: Any
    """Matches what `exact` does and other spellings."""


@lru_cache(maxsize=64)
def _read(pattern: str, syntax: Syntax, words: frozenset[str]) -> _Pattern | str:
    """The pattern, ready to search for; what is wrong with it where it is none."""
    problem = _problem(pattern, syntax)
    if problem is not None:
        return problem
    expression = re2.escape(pattern.strip()) if syntax is Syntax.LITERAL else _by_line(pattern)
    exact = _compiled(expression)
    if isinstance(exact, str):
        return exact
    if exact.search(b"") is not None:
        return "the pattern matches the empty text, so every line; name what must not be there"
    if _is_broad(exact):
        return "the pattern matches nearly every line; name what must not be there"
    others = (_by_line(other) for other in widened(pattern, syntax, words))
    usable = [other for other in others if not isinstance(near := _compiled(other), str) and not _is_broad(near)]
    near = _compiled("|".join(f"(?:{each})" for each in [expression, *usable]))
    return _Pattern(exact, exact if isinstance(near, str) else near)


def _problem(pattern: str, syntax: Syntax) -> str | None:
    if not pattern.strip():
        return "the pattern is empty"
    if len(pattern) > LONGEST_PATTERN:
        return f"the pattern has {len(pattern)} characters, more than {LONGEST_PATTERN}; look for less of it"
    if re.search("[\ud800-\udfff]", pattern):
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


def _by_line(expression: str) -> str:
    """An expression in which the ends of a text are those of a line, and `\\<` may be a word's edge."""
    edges = {r"\A": "^", r"\z": "$", r"\Z": "$", r"\<": r"(?:\b|<)", r"\>": r"(?:\b|>)"}
    return "".join(edges.get(token[0], token[0]) for token in ere_tokens(expression))


def _compiled(expression: str) -> Any:
    """The expression, compiled; what is wrong with it where it does not compile."""
    options = re2.Options()
    options.max_mem = MAX_MEMORY
    options.log_errors = False
    options.never_capture = True
    # No class, however it is written, reaches into the next line.
    options.never_nl = True
    try:
        return re2.compile(f"(?m){expression}".encode(), options)
    except re2.error as refused:
        said = refused.args[0].decode("utf-8", "replace") if isinstance(refused.args[0], bytes) else str(refused)
        hint = "lookaround is not supported" if re.search(r"\(\?<?[=!]", said) else ""
        hint = hint or ("backreferences are not supported" if re.search(r"\\\d", said) else "mend it, or use a literal")
        return f"the pattern cannot be read ({said.replace('(?m)', '')}); {hint}"


_LINES = (b"x = 1", b"}", b"import os", b"# --- ---", b"    return value;", b"\t<br/>", b"0")
"""Lines that have little in common."""


def _is_broad(compiled: Any) -> bool:
    return compiled.search(b"") is not None or sum(compiled.search(line) is not None for line in _LINES) >= 5


# Hits.


@dataclass(frozen=True)
class _Found:
    """A hit and the spelling that matched, in small letters."""

    hit: Hit
    spelling: str


@dataclass(frozen=True)
class _Judged:
    """What decides whether a hit contests."""

    about_prose: bool
    about_tests: bool
    excluded: Callable[[str], bool]

    def excuse_of_file(self, source: SourceFile) -> str | None:
        """Why no hit in the file contests; None where some may."""
        kind = file_kind(source.path, source.text[:2000])
        if (kind is FileKind.PROSE and self.about_prose) or (kind is FileKind.TEST and self.about_tests):
            return None
        return _EXCUSES.get(kind)

    def excuses_of_lines(self, source: SourceFile) -> Callable[[int], str | None]:
        """Why a hit in a line does not contest, by the line's number."""
        if self.about_prose:
            return lambda _: None
        kinds = read_source(source.path, source.text).kinds
        return lambda line: _LINE_EXCUSES.get(kinds[line - 1]) if line <= len(kinds) else None


_EXCUSES = {
    FileKind.PROSE: "prose",
    FileKind.TEST: "test",
    FileKind.GENERATED: "generated",
    FileKind.VENDORED: "vendored",
    FileKind.LOCK: "lock file",
    FileKind.MINIFIED: "minified",
}
_LINE_EXCUSES = {LineKind.COMMENT: "comment", LineKind.DOCSTRING: "docstring", LineKind.TEXT: "prose"}


def _searched(
    absence: Absence, snapshot: Snapshot, pattern: _Pattern, judged: _Judged
) -> tuple[int, list[_Found], list[str]]:
    """How many files were searched, what was found, and what a reader should know of the search."""
    scope = sorted({path for named in absence.paths for path in matching(named, snapshot.paths)})
    searched, found, too_large = _search_files(scope, snapshot, pattern, judged)
    notes = []
    if searched == 0:
        if absence.paths:
            named = ", ".join(absence.paths)
            notes.append(f"{named} names no text of the commit, so all of it was searched")
        searched, found, too_large = _search_files(snapshot.paths, snapshot, pattern, judged)
    if too_large:
        notes.append(f"too large to search: {', '.join(too_large[:5])}{' and others' if len(too_large) > 5 else ''}")
    return searched, found, notes


def _search_files(
    paths: Iterable[str], snapshot: Snapshot, pattern: _Pattern, judged: _Judged
) -> tuple[int, list[_Found], list[str]]:
    searched, too_large = 0, []
    found: list[_Found] = []
    for source in snapshot.files(path for path in paths if not snapshot.is_own(path)):
        if source.nature is Nature.TOO_LARGE:
            too_large.append(source.path)
        if source.nature is not Nature.TEXT:
            continue
        searched += 1
        if (name := _named_so(source, pattern)) is not None:
            found.append(_Found(_of_name(source, judged), name.lower()))
        found += islice(_found(source, pattern, judged), MAX_HITS - len(found))
        if len(found) == MAX_HITS:
            break
    return searched, found, too_large


def _named_so(source: SourceFile, pattern: _Pattern) -> str | None:
    """The file's name, with or without its ending, where the pattern is that name and not merely in it."""
    name = source.path.rpartition("/")[2]
    stem = name.rpartition(".")[0]
    return next((one for one in (name, stem) if len(one) >= _SHORTEST_WORD and pattern.exact.fullmatch(one)), None)


def _of_name(source: SourceFile, judged: _Judged) -> Hit:
    withheld = judged.excluded(source.path)
    text = "" if withheld else "(the file is called so)"
    return Hit(source.path, 1, text, excused=judged.excuse_of_file(source), excluded=withheld)


def _found(source: SourceFile, pattern: _Pattern, judged: _Judged) -> Iterator[_Found]:
    """The lines that match, in order, each once."""
    data = source.text.encode("utf-8").replace(b"\r\n", b"\n")
    at, line = 0, 1
    excuse: str | None = None
    excuse_of_line: Callable[[int], str | None] | None = None
    while match := pattern.near.search(data, at):
        line += data.count(b"\n", at, match.start())
        begin = data.rfind(b"\n", 0, match.start()) + 1
        end = data.find(b"\n", match.end())
        end = len(data) if end == -1 else end
        whole = data[begin:end]
        if excuse_of_line is None:
            excuse = judged.excuse_of_file(source)
            excuse_of_line = (lambda _: None) if excuse else judged.excuses_of_lines(source)
        is_excluded = judged.excluded(source.path)
        hit = Hit(
            path=source.path,
            line=line,
            text="" if is_excluded else _shortened(whole, match.start() - begin, match.end() - begin),
            near=pattern.exact.search(whole) is None,
            excused=excuse or excuse_of_line(line),
            excluded=is_excluded,
        )
        yield _Found(hit, match.group().decode("utf-8", "replace").casefold())
        at, line = end + 1, line + 1
        if at > len(data):
            return


def _shortened(line: bytes, start: int, end: int) -> str:
    """The line's text; of a long one what stands round the match."""
    text = line.decode("utf-8", "replace")
    if len(text) <= LONGEST_TEXT:
        return text
    first = len(line[:start].decode("utf-8", "replace"))
    last = first + len(line[start:end].decode("utf-8", "replace"))
    room = LONGEST_TEXT - 2
    begin = max(0, min(first - (room - (last - first)) // 2, len(text) - room)) if last - first < room else first
    return f"{'…' if begin else ''}{text[begin : begin + room]}{'…' if begin + room < len(text) else ''}"


def _answered(found: list[_Found], shown: frozenset[tuple[str, int]]) -> list[_Found]:
    """The hits, with those marked that were answered; a near spelling is answered once for all its lines."""
    if not shown:
        return found
    spellings = {each.spelling for each in found if each.hit.near and (each.hit.path, each.hit.line) in shown}
    return [
        replace(each, hit=replace(each.hit, excused=ANSWERED))
        if each.hit.excused is None
        and ((each.hit.path, each.hit.line) in shown or (each.hit.near and each.spelling in spellings))
        else each
        for each in found
    ]


def _most_telling(found: list[_Found], limit: int) -> tuple[Hit, ...]:
    """Contesting hits first, then exact ones, then a near spelling's first hit, then by path."""
    met: set[tuple[bool, str]] = set()
    ranked: list[tuple[tuple[bool, bool, bool, str, int], Hit]] = []
    for each in found:
        hit = each.hit
        spelling = (hit.excused is None, each.spelling)
        is_repeated = hit.near and spelling in met
        met.add(spelling)
        ranked.append(((hit.excused is not None, hit.near, is_repeated, hit.path, hit.line), hit))
    return tuple(hit for _, hit in sorted(ranked, key=lambda pair: pair[0])[:limit])
