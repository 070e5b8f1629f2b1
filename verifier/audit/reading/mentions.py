"""What the sentences of a report mention: names and code in backticks, paths, line numbers.

Sentences end as people end them, never inside brackets or code; a passage that never ends one is cut.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum, auto

from verifier.wording.naming import Named, NameKind, is_keyword, is_numbered, is_path, named_in

Ranges = tuple[tuple[int, int], ...]


class Kind(Enum):
    """What is mentioned."""

    NAME = auto()
    CODE = auto()
    PATH = auto()
    LINES = auto()


@dataclass(frozen=True)
class Mention:
    """One thing that a sentence mentions; offsets are those of the sentence's text."""

    kind: Kind
    start: int
    end: int
    text: str = ""
    ranges: Ranges = ()
    """Of lines, or of a path that carries its lines with it (`x.py:12-15`)."""
    bracket: int = 0
    """Which pair of brackets encloses it, counted from 1; 0: none."""


@dataclass(frozen=True)
class Sentence:
    """One sentence; emphasis and code are blanked in its text, so that words can be looked for."""

    text: str
    mentions: tuple[Mention, ...]
    line_at: Callable[[int], int]
    """The line of the report in which an offset of the text stands."""

    def paths(self) -> list[str]:
        """The paths that it mentions, each once, in order."""
        return list(dict.fromkeys(mention.text for mention in self.mentions if mention.kind is Kind.PATH))


def read_sentences(passage: str, line_at: Callable[[int], int] = int) -> Iterator[Sentence]:
    """Cut a passage (a bullet or paragraph, its lines joined by line ends) into sentences.

    `line_at` gives the line of the report in which an offset of the passage stands.
    """
    in_prose = (named for named in named_in(passage) if named.kind is NameKind.PATH and not named.in_code)
    reading = _Reading(passage, line_at, _matched_brackets(passage), deque(in_prose))
    for token in _TOKEN.finditer(passage):
        reading.take_paths(token.start())
        if token.start() - reading.start > _LONGEST_SENTENCE:
            yield reading.cut(token.start())
        reading.take(token)
        if token["stop"] and not reading.open:
            yield reading.cut(token.end("stop"))
    reading.take_paths(len(passage))
    yield reading.cut(len(passage))


@dataclass
class _Reading:
    """The sentence that is being read."""

    passage: str
    line_at: Callable[[int], int]
    matched: set[int]
    in_prose: deque[Named]
    """Paths outside of code that are still to come."""
    start: int = 0
    mentions: list[Mention] = field(default_factory=list)
    blanks: list[tuple[int, int]] = field(default_factory=list)
    open: list[int] = field(default_factory=list)
    brackets: int = 0

    def take(self, token: re.Match[str]) -> None:
        """Add what a token mentions."""
        if token["open"] and token.start() in self.matched:
            self.brackets += 1
            self.open.append(self.brackets)
        elif token["close"] and token.start() in self.matched and self.open:
            self.open.pop()
        elif token["code"] is not None or token["code2"] is not None:
            self.blanks.append(token.span())
            self._take_code(token)
        elif token["lines"]:
            self._take_lines(token)

    def take_paths(self, end: int) -> None:
        """Add the paths in plain words that begin before `end`."""
        while self.in_prose and self.in_prose[0].start < end:
            path = self.in_prose.popleft()
            if self.mentions and self.mentions[-1].end + self.start > path.start:
                continue
            ranges = _ATTACHED.match(self.passage, path.end)
            span = path.start, ranges.end() if ranges else path.end
            self._add(Kind.PATH, span, path.text, _ranges(ranges["ranges"]) if ranges else ())

    def cut(self, end: int) -> Sentence:
        """The sentence up to `end`; the next one begins there."""
        start, text = self.start, list(self.passage[self.start : end])
        for first, last in self.blanks:
            text[first - start : last - start] = "`" * (min(last, end) - first)
        words = "".join(text).replace("*", " ").replace("\n", " ")
        self.start, self.mentions, self.blanks, mentions = end, [], [], tuple(self.mentions)
        return Sentence(words, mentions, lambda offset: self.line_at(start + offset))

    def _add(self, kind: Kind, span: tuple[int, int], text: str = "", ranges: Ranges = ()) -> None:
        bracket = self.open[-1] if self.open else 0
        self.mentions.append(Mention(kind, span[0] - self.start, span[1] - self.start, text, ranges, bracket))

    def _take_code(self, token: re.Match[str]) -> None:
        content = (token["code"] if token["code"] is not None else token["code2"]).strip()
        written = _WRITTEN_WITH_LINES.fullmatch(content)
        path, _, within = (written["path"] if written else content).partition("::")
        if is_path(path):
            self._add(Kind.PATH, token.span(), path.removeprefix("./"), _ranges(written["ranges"]) if written else ())
            content = within.rpartition("::")[2]
        if only := _ONLY_LINES.fullmatch(content):
            self._add(Kind.LINES, token.span(), ranges=_ranges(only["ranges"]))
        elif _is_name(name := content.removesuffix("(").removesuffix("()")):
            self._add(Kind.NAME, token.span(), name)
        elif content and not is_keyword(content) and not content.startswith("<"):
            self._add(Kind.CODE, token.span(), content)

    def _take_lines(self, token: re.Match[str]) -> None:
        end = token.end("lines")
        ranges = list(_ranges(token["ranges"]))
        while match := _ANOTHER_RANGE.match(self.passage, end):
            further = _ranges(match["range"])
            if further[0][0] <= ranges[-1][1] and not match["word"]:
                break
            ranges.extend(further)
            end = match.end()
        self._add(Kind.LINES, (token.start("lines"), end), ranges=tuple(ranges))


def _is_name(word: str) -> bool:
    """Whether a word between backticks is a name in code; what counts claims (`CLAIM_1_POOL`) is a report's own."""
    named = named_in(f"`{word}`")
    return bool(named) and named[0].kind is NameKind.IDENTIFIER and not is_numbered(word)


def _ranges(text: str) -> Ranges:
    """The ranges in a text that is known to hold nothing else: `10-20, L31`."""
    return tuple((int(match[1]), int(match[2] or match[1])) for match in _RANGE.finditer(text))


def _matched_brackets(text: str) -> set[int]:
    """Where brackets stand that have a partner; an open one without would swallow the rest of the text."""
    matched: set[int] = set()
    unmatched: list[int] = []
    for token in _TOKEN.finditer(text):
        if token["open"]:
            unmatched.append(token.start())
        elif token["close"] and unmatched:
            matched |= {unmatched.pop(), token.start()}
    return matched


_LONGEST_SENTENCE = 2000
_ONE = (
    r"L?\d{1,7}(?:\s{0,2}(?:-|–|—|‑|\.\.|\bto\b|\bthrough\b)\s{0,2}L?\d{1,7})?"
    r"(?![\w%])(?!\.\d)(?!\s{0,2}[-–—‑]\s{0,2}L?\d)"
)
_RANGE = re.compile(r"L?(\d{1,7})(?:\s{0,2}(?:-|–|—|‑|\.\.|\bto\b|\bthrough\b)\s{0,2}L?(\d{1,7}))?")
_LINE_WORD = r"(?:[Ll]ines?|LINES?|[Ll]n\.|[Ll]oc\.)"
_ATTACHED = re.compile(r"(?::|#L?)(?P<ranges>\d{1,7}(?:[-–]L?\d{1,7})?(?:,\s?\d{1,7}[-–]\d{1,7}){0,20})(?!\w)")
_WRITTEN_WITH_LINES = re.compile(
    r"(?P<path>[^\s:#(,]{1,300})(?::|#L?|,?\s\(?(?:lines?|L)\s?:?)\s?"
    r"(?P<ranges>L?\d{1,7}(?:\s?[-–]\s?L?\d{1,7})?(?:,\s?L?\d{1,7}(?:\s?[-–]\s?L?\d{1,7})?){0,20})(?::\d{1,5})?\)?"
)
_ONLY_LINES = re.compile(r"(?:[Ll]ines?\s|L)(?P<ranges>\d{1,7}(?:\s?[-–]\s?L?\d{1,7})?)")
_ANOTHER_RANGE = re.compile(
    rf"(?:\s{{0,2}}[,;&/]\s{{0,2}}(?:and\s{{1,2}}|or\s{{1,2}})?|\s{{1,2}}(?:and|or)\s{{1,2}})(?P<word>)(?P<range>{_ONE})"
    r"(?=\s{0,2}(?:[,;:.)\]&]|$|\s(?:and|or|in|of|from|within|inside|respectively)\b))"
)
_TOKEN = re.compile(
    r"``(?P<code2>[^`\n]{1,400})``(?!`)"
    r"|`(?P<code>[^`\n]{1,400})`"
    rf"|(?<!\w)(?P<lines>{_LINE_WORD}[\s#:~]{{0,3}}(?:(?:no|number|numbers|nos)\.?\s{{1,2}})?(?P<ranges>{_ONE}))"
    r"|(?P<open>\()|(?P<close>\))"
    r"|(?P<stop>[.!?][\"”')\]*]{0,4}(?=\s{1,6}[\"“'(\[*]{0,4}[A-Z`❌✅⚠]))(?<!e\.g\.)(?<!i\.e\.)(?<!vs\.)(?<!cf\.)(?<!approx\.)"
)
