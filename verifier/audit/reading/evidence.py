"""What the passages under a claim rest on: citations, absences, code blocks, read in the order in which they stand.

A sentence that names lines but no file means a file named before. That is, in this order: the one of the sentence
before it, the one that a bullet or heading above it is about, the one that the passage before it cited, the only one
that the claim itself names. Where one of these names several files, the reference stays without: nothing is guessed.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import accumulate

from verifier.audit.reading.absences import calls_missing, read_absences
from verifier.audit.reading.citations import LIKENESS, read_citations
from verifier.audit.reading.markdown_lines import Line, Shape
from verifier.audit.reading.mentions import Kind, Sentence, read_sentences
from verifier.audit.values import CodeBlock, ReportAbsence, ReportCitation, Unread
from verifier.wording.naming import is_path


@dataclass
class Passage:
    """A bullet, heading or paragraph: lines that are read as one text."""

    depth: float
    """How far in it stands: a heading less than any text, a paragraph a little less than a bullet below it."""
    lines: list[tuple[int, str]]

    @property
    def text(self) -> str:
        """The lines joined by line ends."""
        return "\n".join(text for _, text in self.lines)

    def line_at(self) -> Callable[[int], int]:
        """What gives the line of the report in which an offset of the text stands."""
        starts = [0, *accumulate(len(text) + 1 for _, text in self.lines)]
        return lambda offset: self.lines[bisect_right(starts, offset, hi=len(self.lines)) - 1][0]


@dataclass(frozen=True)
class Evidence:
    """All that some passages rest on."""

    citations: tuple[ReportCitation, ...]
    absences: tuple[ReportAbsence, ...]
    code_blocks: tuple[CodeBlock, ...]
    unnamed: tuple[Unread, ...]
    """Lines that call something missing and name nothing that could be looked up."""


def passage(line: Line) -> Passage:
    """The passage that a line begins."""
    if line.shape is Shape.HEADING:
        return Passage(line.level - 10.0, [(line.number, line.text)])
    return Passage(line.indent - (0.5 if line.shape is Shape.TEXT else 0.0), [(line.number, line.text)])


def read_evidence(items: list[Passage | Line], claim_path: str | None = None) -> Evidence:
    """Read passages and, between them, fenced blocks; `claim_path` is the only path that the claim names."""
    reading = _Reading(claim_path)
    for item in items:
        if isinstance(item, Passage):
            reading.read(item)
        else:
            reading.quote(item)
    # "**Not present**. `x.py` is missing from the code": the one sentence says what the other one means.
    named = {absence.line for absence in reading.absences}
    unnamed = tuple(dict.fromkeys(one for one in reading.unnamed if one.line not in named))
    return Evidence(tuple(reading.citations), _distinct(reading.absences), tuple(reading.code_blocks), unnamed)


def _distinct(absences: list[ReportAbsence]) -> tuple[ReportAbsence, ...]:
    """Each subject once, where it is first called missing; `docker/x.yml` and `x.yml` are one subject."""
    kept: list[ReportAbsence] = []
    known: set[tuple[str, str | None]] = set()
    for absence in absences:
        if (absence.subject, absence.within) not in known:
            kept.append(absence)
            parts = absence.subject.split("/")[:_DEEPEST_PATH] if absence.kind == "path" else [absence.subject]
            known |= {("/".join(parts[start:]), absence.within) for start in range(len(parts))}
    return tuple(kept)


_DEEPEST_PATH = 40
_SEVERAL = ""
"""Stands for the path of a passage that names several."""


@dataclass
class _Reading:
    """What has been read so far, and which files the next line number could mean."""

    claim_path: str | None
    citations: list[ReportCitation] = field(default_factory=list)
    absences: list[ReportAbsence] = field(default_factory=list)
    code_blocks: list[CodeBlock] = field(default_factory=list)
    unnamed: list[Unread] = field(default_factory=list)
    above: list[tuple[float, str | None]] = field(default_factory=list)
    """The passages that the next one may stand under: depth, and the path that they are about."""
    cited: str | None = None
    """What the passage before cited last."""

    def read(self, item: Passage) -> None:
        """Take what the sentences of a passage cite and call missing."""
        while self.above and self.above[-1][0] >= item.depth:
            self.above.pop()
        above = self._path_above()
        outside = above if above is not None else (self.cited or self.claim_path)
        before = cited = None
        sentences = list(read_sentences(item.text, item.line_at()))
        for sentence in sentences:
            absences = read_absences(sentence, before or above or None)
            denied = {absence.subject for absence in absences}
            citations = read_citations(sentence, before or outside or None, denied)
            self.citations.extend(citations)
            self.absences.extend(absences)
            if not (absences or citations) and calls_missing(sentence):
                line = sentence.line_at(len(sentence.text) - len(sentence.text.lstrip()))
                self.unnamed.append(Unread(line, dict(item.lines)[line], "what it calls missing it does not name"))
            cited = next((citation.path for citation in reversed(citations) if citation.path), cited)
            before = _path_of(sentence, citations) or before
        self.cited = cited
        self.above.append((item.depth, _path_about(item, sentences)))

    def quote(self, fence: Line) -> None:
        """Take a fenced block as a code block, unless it is empty."""
        if not any(line.strip() for line in fence.code):
            return
        language = fence.text.split()[0].split(":")[0].split("{")[0] if fence.text else ""
        path = _named_in_fence(fence) or self.cited or self._last_path() or self.claim_path
        if is_path(language):
            language = ""
        self.code_blocks.append(CodeBlock(path or None, fence.code, fence.number, language))

    def _path_above(self) -> str | None:
        """The path of the nearest passage above that is about any; "" where that one is about several."""
        return next((path for _, path in reversed(self.above) if path is not None), None)

    def _last_path(self) -> str | None:
        return self.above[-1][1] if self.above and self.above[-1][1] else self._path_above()


def _path_of(sentence: Sentence, citations: list[ReportCitation]) -> str | None:
    """The path that a line number in the next sentence would mean."""
    paths = sentence.paths()
    if len(paths) == 1:
        return None if LIKENESS.search(sentence.text) else paths[0]
    return next((citation.path for citation in reversed(citations) if citation.path in paths), None)


def _path_about(item: Passage, sentences: list[Sentence]) -> str | None:
    """The path that what stands below a passage is about; `_SEVERAL` when it could be one of several."""
    text = item.text.rstrip(" *")
    if item.depth % 1 and not text.endswith(":") and not (text.startswith("**") and item.text.rstrip().endswith("**")):
        return None
    paths = list(dict.fromkeys(path for sentence in sentences for path in sentence.paths()))
    if len(paths) < 2:
        return paths[0] if paths else None
    first = sentences[0]
    label = [mention for mention in first.mentions if mention.start < first.text.find(":")]
    if len(label) == 1 and label[0].kind is Kind.PATH and not first.text[: label[0].start].strip():
        return label[0].text
    return _SEVERAL


def _named_in_fence(fence: Line) -> str | None:
    """The file that a fence names in its first line (```` ```python src/x.py ````) or a comment below."""
    for word in fence.text.replace("=", " ").replace(":", " ").split()[:10]:
        if is_path(word.strip("\"'{}")) and "." in word:
            return word.strip("\"'{}")
    comment = _COMMENT.match(fence.code[0][:_LONGEST_COMMENT])
    if comment and is_path(comment[1]) and "." in comment[1]:
        return comment[1]
    return None


_LONGEST_COMMENT = 300
_COMMENT = re.compile(
    r"\s{0,20}(?:#|//|--|/\*|<!--)\s{0,4}(?:[Ff]ile:\s{0,4})?([^\s:]{1,200})(?:\s{0,4}(?:\*/|-->))?(?=\s{0,4}$|:|\s\()"
)
