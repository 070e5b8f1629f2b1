"""What the sentences of a report mention: names and code in backticks, paths, line numbers.

Sentences end as people end them, never inside brackets or code; a passage that never ends one is cut.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum, auto

from verifier.wording.naming import is_keyword, is_path, name_of

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
    reading = _Reading(passage, line_at, _matched_brackets(passage))
    for token in _TOKEN.finditer(passage):
        if token.start() - reading.start > _LONGEST_SENTENCE:
            yield reading.cut(token.start())
        reading.take(token)
        if token["stop"] and not reading.open:
            yield reading.cut(token.end("stop"))
    yield reading.cut(len(passage))


@dataclass
class _Reading:
    """The sentence that is being read."""

    passage: str
    line_at: Callable[[int], int]
    matched: set[int]
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
        elif token["bare"]:
            self._take_bare(token)

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
        if written and is_path(written["path"]):
            self._add(Kind.PATH, token.span(), _tidy(written["path"]), _ranges(written["ranges"]))
        elif is_path(content):
            self._add(Kind.PATH, token.span(), _tidy(content))
        elif "::" in content and is_path(content.split("::")[0]):
            self._add(Kind.PATH, token.span(), _tidy(content.split("::")[0]))
            if name := name_of(content.split("::")[-1]):
                self._add(Kind.NAME, token.span(), name)
        elif only := _ONLY_LINES.fullmatch(content):
            self._add(Kind.LINES, token.span(), ranges=_ranges(only["ranges"]))
        elif name := name_of(content):
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

    def _take_bare(self, token: re.Match[str]) -> None:
        if self.mentions and self.mentions[-1].end + self.start > token.start("bare"):
            return
        text = token["bare"].rstrip(".,-/~+") + ("/" if token["bare"].endswith("/") else "")
        stem, dot, extension = text.rpartition(".")
        if not is_path(text) or not dot or not extension.isalnum() or text.endswith("/"):
            return
        end = token.start("bare") + len(text)
        ranges = _ATTACHED.match(self.passage, end)
        if ranges:
            self._add(Kind.PATH, (token.start("bare"), ranges.end()), _tidy(text), _ranges(ranges["ranges"]))
        elif len(stem) > 1 or "/" in text:
            self._add(Kind.PATH, (token.start("bare"), end), _tidy(text))


def _tidy(path: str) -> str:
    return path.removeprefix("./")


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
    r"|(?<![\w./@+~*-])(?P<bare>[\w@+~-]{0,80}[./][\w./@+~-]{0,249}[\w/])"
)
