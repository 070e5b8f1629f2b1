"""Twins of a claim: with one thing changed, sure to be false, or in other words, sure to mean the same.

A claim that was found borne out and its false twin contradict each other: no judge can be right about both. A twin that
may be true, or may mean something else, is not made.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from verifier.evidence.searching import search
from verifier.languages import Definition, FileKind
from verifier.repository.index import Index
from verifier.values.claim import Claim
from verifier.values.grounding import AbsenceStanding
from verifier.values.ruling import RuledPart
from verifier.values.verdict import Absence, Syntax
from verifier.wording.changing import speaks_of_change
from verifier.wording.naming import NameKind, named_in, paths_in


@dataclass(frozen=True)
class Twin:
    """A claim that is like another one."""

    claim: Claim
    how: str
    """What is different: "3 changed to 10"."""


def false_twins(claim: Claim, parts: Sequence[RuledPart], index: Index) -> Iterator[Twin]:
    """Twins that cannot be true where the claim is, by what its parts rest on in the commit; at most one of a kind."""
    text = _without_code(" ".join((claim.statement, *(claim.parts or ()))))
    if not _NEGATED.search(text):
        if not _LOOSE.search(text) and not speaks_of_change(claim.statement):
            yield from _first(_other_numbers(claim, parts, index))
            yield from _first(_other_names(claim, index))
        yield _negated(claim)


def true_twins(claim: Claim) -> Iterator[Twin]:
    """Twins that say what the claim says; at most one of a kind."""
    yield from _first(_reordered(claim))
    bare = claim.statement.replace("`", "")
    if "`" in claim.statement and _names(bare) == _names(claim.statement):
        yield Twin(_changed(claim, lambda text: text.replace("`", "")), "backquotes taken away")


def _first(twins: Iterator[Twin]) -> list[Twin]:
    return [twin for twin, _ in zip(twins, range(1), strict=False)]


def _changed(claim: Claim, change: Callable[[str], str]) -> Claim:
    """The claim with the same change in its statement and in each of its given parts."""
    parts = None if claim.parts is None else tuple(map(change, claim.parts))
    return claim.model_copy(update={"statement": change(claim.statement), "parts": parts})


def _replaced(claim: Claim, here: re.Pattern[str], old: str, new: str) -> Twin:
    return Twin(_changed(claim, lambda text: here.sub(lambda _: new, text)), f"{old} changed to {new}")


def _without_code(text: str) -> str:
    return re.sub(r"`[^`]*`", "X", text)


def _names(text: str) -> list[tuple[str, str]]:
    return [(name.kind, name.text) for name in named_in(text)]


# A number.


def _other_numbers(claim: Claim, parts: Sequence[RuledPart], index: Index) -> Iterator[Twin]:
    """Twins with a larger number, where the lines that are cited have the claim's own and no text has the other."""
    for name in named_in(claim.statement):
        number = name.text
        here = re.compile(rf"(?<![\w.,]){re.escape(number)}(?![\w%]|[.,]\d|\s*%)")
        if name.kind is not NameKind.NUMBER or not number.isdecimal() or len(here.findall(claim.statement)) != 1:
            continue
        if _IN_A_RANGE.search(claim.statement[: name.start]) or _OPENS_A_RANGE.match(claim.statement[name.end :]):
            continue
        cited = "\n".join(line for part in parts if here.search(part.part.text) for line in _cited_lines(part, index))
        if here.search(cited):
            for other in (int(number) * factor + more for factor, more in _LARGER):
                if _is_nowhere(str(other), index):
                    yield _replaced(claim, here, number, str(other))


_LARGER = ((1, 4), (1, 7), (3, 2), (7, 4), (13, 6), (41, 12), (97, 31))
"""By what a number is multiplied, and what is added: first what is near, then what is rare."""


def _cited_lines(part: RuledPart, index: Index) -> Iterator[str]:
    for grounding in part.evidence.groundings:
        file = index.text_file(grounding.citation.path)
        if grounding.stands and file is not None:
            yield from file.lines[grounding.place.first - 1 : grounding.place.last]


def _is_nowhere(number: str, index: Index) -> bool:
    absence = Absence(rf"(^|[^0-9]){number}([^0-9]|$)", Syntax.ERE)
    return search(absence, index, withheld=lambda _: True).standing is AbsenceStanding.CONFIRMED


# A name.


def _other_names(claim: Claim, index: Index) -> Iterator[Twin]:
    """Twins that say of the claim's own file what another name of the commit does, which that file never mentions."""
    paths = paths_in(claim.statement, index.snapshot.paths)
    place = index.text_file(paths[0]) if len(paths) == 1 else None
    if place is None or re.search(r"import \*|export \*|::\*", place.text):
        return
    for name in named_in(claim.statement):
        own = name.text.removesuffix("()")
        defined = [found for path, found in index.definitions(own) if path == place.path]
        if name.kind is not NameKind.IDENTIFIER or len(defined) != 1 or len(index.definitions(own)) != 1:
            continue
        here = re.compile(rf"(?<![\w.]){re.escape(own)}(?!\w)")
        for other in _others(defined[0], index):
            spoken = other.qualified if "." in own else other.name
            if other.name.lower() not in f"{place.text}\n{claim.statement}".lower():
                yield _replaced(claim, here, own, spoken)


def _others(definition: Definition, index: Index) -> Iterator[Definition]:
    """Definitions of the same kind in the commit's code, those first whose names are of like length."""
    code = [path for path in index.snapshot.paths if index.kind(path) is FileKind.CODE][:_MOST_READ]
    found = [each for path in code if (source := index.source(path)) for each in source.definitions]
    alike = [each for each in found if each.kind == definition.kind and not each.name.startswith("__")]
    return iter(sorted(alike, key=lambda each: (abs(len(each.qualified) - len(definition.qualified)), each.qualified)))


_MOST_READ = 300
"""Files in which another name is looked for."""


# The opposite.


def _negated(claim: Claim) -> Twin:
    """The claim's opposite; of given parts the first one's."""
    parts = None if claim.parts is None else (_opposite(claim.parts[0]), *claim.parts[1:])
    return Twin(claim.model_copy(update={"statement": _opposite(claim.statement), "parts": parts}), "negated")


def _opposite(text: str) -> str:
    """Of a sentence, or of words without a verb, as reports have them: "circuit breakers in `pool.py`"."""
    return f"This is not the case: {text}"


_NEGATED = re.compile(
    r"\b(?:not|no|never|none|nothing|nobody|nowhere|neither|nor|without|cannot|lacks?|removed|gone|missing"
    r"|absent|instead|rather|untrue|false)\b|n['’]t\b",
    re.IGNORECASE,
)
"""A statement that denies something: what its opposite says is easily misread."""

_LOOSE = re.compile(
    r"\b(?:or|either|unless|except|at least|at most|up to|more|less|fewer|than|over|under|above|below|within|between"
    r"|about|around|roughly|approximately|nearly|almost|some|any|may|might|could|can|minimum|maximum|every|e\.g\.|like"
    r"|such as|including|among)\b|[<>~≈±≤≥]",
    re.IGNORECASE,
)
"""What lets a statement be true of more than one number or name."""

_IN_A_RANGE = re.compile(r"\d\s*(?:-|–|to|and|,|of|x|/)\s*$")
_OPENS_A_RANGE = re.compile(r"\s*(?:-|–|to|and|,|of|x|/|\+|percent)\s*(?:\d|$)|\s*percent|\+")


# Other words.


def _reordered(claim: Claim) -> Iterator[Twin]:
    if claim.parts is not None:
        bound = bool(claim.essential) or any(check.part for check in claim.checks)
        if len(claim.parts) > 1 and not bound and not any(map(_LEANS.search, claim.parts)):
            yield Twin(claim.model_copy(update={"parts": claim.parts[::-1]}), "its parts in another order")
        return
    sentences = re.split(r"(?<=[\w)`])[.;]\s+", claim.statement.rstrip(" ."))
    if len(sentences) > 1 and not any(map(_LEANS.search, sentences)) and not _ABBREVIATED.search(claim.statement):
        yield Twin(
            _changed(claim, lambda _: ". ".join(map(_opened, sentences[::-1]))), "its sentences in another order"
        )
    listed = _LIST.search(claim.statement)
    if listed is not None and not _ORDERED.search(claim.statement):
        names = re.findall(r"`[^`]+`", listed[0])
        listing = f"{', '.join(names[:0:-1])} and {names[0]}"
        yield Twin(_changed(claim, lambda text: text.replace(listed[0], listing, 1)), "its names in another order")


def _opened(sentence: str) -> str:
    """The sentence as one begins; a name keeps its spelling."""
    first = sentence.split(" ", 1)[0]
    return sentence[0].upper() + sentence[1:] if first.islower() and first.isalpha() else sentence


_LEANS = re.compile(
    r"\b(?:it|its|they|them|their|this|that|these|those|he|she|then|also|there|here|same|former|latter|both|otherwise"
    r"|afterwards?|before|too|such|so|one|ones|other|another|which)\b",
    re.IGNORECASE,
)
"""What leans on words that stand elsewhere."""
_ABBREVIATED = re.compile(r"\b(?:e\.g|i\.e|etc|vs|cf|resp|approx|incl|no)\.", re.IGNORECASE)
_LIST = re.compile(r"`[^`\n]+`(?:, `[^`\n]+`)*,? and `[^`\n]+`(?=\s*(?:[.;,:)]|$)|\s(?:are|were|have|exist)\b)")
"""Names whose "and" joins them and no clauses: the clause ends behind them."""
_ORDERED = re.compile(
    r"\b(?:respectively|between|first|then|before|after|order|followed|from|former|latter|chain|precedence|into"
    r"|subtract\w*|divid\w*|to|extends?|inherits?|cop(?:y|ies)|maps?|moves?|renames?)\b",
    re.IGNORECASE,
)
