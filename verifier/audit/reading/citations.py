"""The citations of a sentence: which lines of which file, and what is said to stand there.

A path is that of the sentence, nearest first; only a sentence without any takes one from its surroundings. The names
are those between the last citation and this one, or those in the same brackets. Names that the sentence denies ("does
not use `x`") are not sought in the cited lines.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from verifier.audit.reading.mentions import Kind, Mention, Sentence
from verifier.audit.values import ReportCitation


def read_citations(sentence: Sentence, implied: str | None, denied: Collection[str]) -> list[ReportCitation]:
    """The citations of one sentence, in order.

    Args:
        implied: The path that a line number without one belongs to, if any.
        denied: Subjects that the sentence calls missing.
    """
    anchors = [mention for mention in sentence.mentions if mention.ranges]
    if not anchors:
        return _whole_file(sentence, denied)
    return [
        ReportCitation(sentence.line_at(anchor.start), _path(sentence, anchor) or implied, first, last, names)
        for anchor, names in zip(anchors, _abouts(sentence, anchors, denied), strict=True)
        for first, last in anchor.ranges
    ]


def _abouts(sentence: Sentence, anchors: list[Mention], denied: Collection[str]) -> list[tuple[str, ...]]:
    """What each of the citations is about."""
    gaps = _gaps(sentence, anchors, denied)
    leading = _words(sentence.text[: anchors[0].start]) <= _WORDS_BEFORE_A_LEADING_CITATION and not gaps[0]
    taken: set[Mention] = set()
    chosen: list[list[Mention]] = []
    for index, anchor in enumerate(anchors):
        before = [mention for mention in gaps[index] if mention not in taken]
        after = gaps[index + 1]
        inside_before = [mention for mention in before if anchor.bracket and mention.bracket == anchor.bracket]
        inside_after = [mention for mention in after if anchor.bracket and mention.bracket == anchor.bracket]
        if _COLON.match(sentence.text, anchor.end) and (inside_after or not anchor.bracket) and after:
            about = inside_after or after
        elif inside_before:
            about = inside_before
        elif inside_after and index == len(anchors) - 1:
            about = inside_after
        elif before:
            about = before
        elif leading or (index == len(anchors) - 1 and not chosen):
            about = after
        else:
            again = chosen and _path(sentence, anchor) == _path(sentence, anchors[index - 1])
            about = chosen[-1] if again else []
        taken.update(about)
        chosen.append(about)
    return [_about(mentions) for mentions in chosen]


def _gaps(sentence: Sentence, anchors: list[Mention], denied: Collection[str]) -> list[list[Mention]]:
    gaps: list[list[Mention]] = [[]]
    at = 0
    negations = [match.end() for match in _DENYING.finditer(sentence.text)]
    for mention in sentence.mentions:
        if at < len(anchors) and mention is anchors[at]:
            gaps.append([])
            at += 1
        elif mention.kind in (Kind.NAME, Kind.CODE) and mention.text not in denied and mention.start not in negations:
            gaps[-1].append(mention)
    return gaps


def _about(mentions: Iterable[Mention]) -> tuple[str, ...]:
    """Names, then other code."""
    return tuple(dict.fromkeys(one.text for kind in (Kind.NAME, Kind.CODE) for one in mentions if one.kind is kind))


def _path(sentence: Sentence, anchor: Mention) -> str | None:
    """The path that lines belong to: "lines 3-9 in `x.py`", else the nearest one before them."""
    if anchor.kind is Kind.PATH:
        return anchor.text
    before = None
    for mention in sentence.mentions:
        if mention.kind is not Kind.PATH:
            continue
        if mention.start < anchor.start:
            before = mention.text
        elif not mention.ranges and _IN.fullmatch(sentence.text, anchor.end, mention.start):
            return mention.text
        else:
            break
    return before


def _whole_file(sentence: Sentence, denied: Collection[str]) -> list[ReportCitation]:
    """A file that is cited for what it holds, without lines: one path, and names, nothing of it denied or supposed."""
    text, paths = sentence.text, sentence.paths()
    if len(paths) != 1 or paths[0] in denied or _SUPPOSED.search(text) or LIKENESS.search(text):
        return []
    negation = _NEGATION.search(text)
    said = [
        one for one in sentence.mentions if one.text not in denied and (not negation or one.end <= negation.start())
    ]
    places, names = [one for one in said if one.kind is Kind.PATH], _about(said)
    return [ReportCitation(sentence.line_at(places[0].start), paths[0], None, None, names)] if places and names else []


def _words(text: str) -> int:
    return len(text[:80].split())


_WORDS_BEFORE_A_LEADING_CITATION = 2
_COLON = re.compile(r"\s{0,2}:")
_IN = re.compile(
    r"\s{0,2}[,(]?\s{0,2}(?:(?:in|of|from|within|inside|at)\s{1,2}(?:(?:the|file|its)\s{1,2}){0,2})?[(\"'\[]?\s{0,2}"
)
_DENYING = re.compile(
    r"(?:\bnot|n't|\bno|\bnever|\bwithout|\binstead of|\brather than|\black(?:s|ing)?|\bmiss(?:es|ing))\s{1,3}"
    r"(?:(?:a|an|the|any|real|actual|proper|just|use|uses|using|call|calls|contain|define|implement|include|import)\s{1,3}){0,3}(?=`)"
)
_NEGATION = re.compile(
    r"\bnot\b|n't\b|\bno\b|\bnever\b|\bwithout\b|\bmissing\b|\babsent\b|\black|\binstead\b|\bcannot\b|\bfail",
    re.IGNORECASE,
)
_SUPPOSED = re.compile(r"\b(?:would|should|could|might)\b", re.IGNORECASE)
LIKENESS = re.compile(r"\b(?:similar to|unlike|compared to|as opposed to)\b", re.IGNORECASE)
