"""Draft claims of a text: what a model made of it, held against the text itself.

No model is asked anything here. A claim whose source is not in the text, or that names what the text does not, is
dropped; what nobody spoke of is found by what no source and no left-out words cover.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from verifier.claim_files.notes import slug
from verifier.values.claim import Claim
from verifier.values.draft import AskedDraft, AskedDraftedClaim, Draft, DraftedClaim, LeftOut
from verifier.values.source import nfc
from verifier.wording.naming import NameKind, named_in


def settle_draft(text: str, asked: AskedDraft, known: Sequence[Claim]) -> Draft:
    """The claims of the text that may be written down, and all else, with why it is no claim.

    `known` are claims that there are already.
    """
    text = nfc(text)
    known_by = {_same(claim.statement): claim.id for claim in reversed(known)}
    made_of = {_same(claim.source): claim.id for claim in reversed(known) if claim.source is not None}
    ids = {claim.id for claim in known}
    claims: list[DraftedClaim] = []
    left_out: list[LeftOut] = []
    covered: list[tuple[int, int]] = []
    for one in asked.claims:
        found = _find(one.source, text)
        if found is not None:
            covered.append(found.span())
        why = _why_not(one, found, text, known_by, made_of)
        if why is not None or found is None:
            left_out.append(LeftOut(_one_line(one.statement), why or "", _line(text, found)))
            continue
        drafted = DraftedClaim(slug(one.statement, ids), _one_line(one.statement), _one_line(found[0]))
        claims.append(drafted)
        ids.add(drafted.id)
        known_by.setdefault(_same(drafted.statement), drafted.id)
    for words in asked.left_out:
        found = _find(words.words, text)
        if found is not None:
            covered.append(found.span())
            why = _one_line(words.why) or "without a reason"
            left_out.append(LeftOut(_one_line(found[0]), why, _line(text, found)))
    left_out += _unspoken_of(text, covered)
    return Draft(tuple(claims), tuple(sorted(left_out, key=lambda one: one.line or 0)))


def _why_not(
    one: AskedDraftedClaim,
    found: re.Match[str] | None,
    text: str,
    known_by: dict[str, str],
    made_of: dict[str, str],
) -> str | None:
    """Why the claim is none to be written down. None: it is one."""
    if found is None:
        return f'its source is not in the text ("{_one_line(one.source)}")'
    if not one.statement.strip():
        return "it says nothing"
    invented = _invented(one.statement, found[0], text)
    if invented:
        return f"it names {', '.join(invented)}, and its source does not"
    if _same(one.statement) in known_by:
        return f'claim "{known_by[_same(one.statement)]}" says it'
    if _same(one.source) in made_of:
        return f'claim "{made_of[_same(one.source)]}" was made of the same words'
    return None


def _invented(statement: str, source: str, text: str) -> list[str]:
    """Numbers that the source does not have, and names that the whole text does not, under any case of letters.

    "It" in a source may be a name of an earlier sentence; a number of another sentence is one of another thing.
    """
    numbers = {named.text for named in named_in(source) if named.kind is NameKind.NUMBER}
    return list(
        dict.fromkeys(
            named.text
            for named in named_in(statement)
            if named.text not in numbers
            and (named.kind is NameKind.NUMBER or _find(named.text, text, re.IGNORECASE) is None)
        )
    )


def _find(words: str, text: str, flags: int = 0) -> re.Match[str] | None:
    """Where the words stand in the text as whole words, whatever blanks and line ends are between them."""
    pieces = [re.escape(piece) for piece in nfc(words).split()]
    if not pieces:
        return None
    # What is quoted begins each of its lines anew.
    return re.search(rf"(?<!\w){_BETWEEN.join(pieces)}(?!\w)", text, flags)


_BETWEEN = r"(?:\s+>)*\s+"


def _unspoken_of(text: str, covered: Iterable[tuple[int, int]]) -> Iterator[LeftOut]:
    """Words that neither a claim nor what was left out accounts for; headings are no claims."""
    bare = list(text)
    for start, end in covered:
        bare[start:end] = ("\n" if letter == "\n" else "\0" for letter in text[start:end])
    for number, line in enumerate("".join(bare).split("\n"), start=1):
        for piece in re.split("\0+", line):
            if len(re.findall(r"\w+", piece)) >= _FEWEST_WORDS and not line.lstrip().startswith("#"):
                yield LeftOut(_one_line(piece), "the model says nothing of it", number)


_FEWEST_WORDS = 3
"""Less than that is a bullet, a mark or an "and" between sources."""


def _line(text: str, found: re.Match[str] | None) -> int | None:
    return text.count("\n", 0, found.start()) + 1 if found is not None else None


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _same(text: str) -> str:
    """The text as far as two claims that say the same word for word have it."""
    return _one_line(nfc(text)).casefold().rstrip(" .;")
