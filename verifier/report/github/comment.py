"""The body of the one comment on a pull request: all rulings in a table, then each open claim folded out.

It begins with a mark that the reader does not see, by which the comment is found and written anew after each push, and
with what was ruled, so that the next body can say what changed.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from verifier.report import Format
from verifier.report.asides import day_of, ruling_with_asides
from verifier.report.markdown_claim import claim_section, claimed
from verifier.report.markdown_text import cell, code_span, inline, link, table
from verifier.report.notices import agreement, notices, readers
from verifier.report.permalinks import Permalinks
from verifier.report.reading_order import grouped, needs_a_person, waiting, worst_first
from verifier.report.words import counted, fingerprint, spread
from verifier.safety.invisible import visible
from verifier.safety.terminal import disarmed
from verifier.values.claim import Word
from verifier.values.record import ModelRecord, RulingRecord, RunRecord

LONGEST_COMMENT = 65_536
"""Source: GitHub's own refusal, "body is too long (maximum is 65536 characters)"."""

NAME = "claims"
"""Of the comment, where none is given: each name has a comment of its own."""

_NAMED = 20
_FEW = 3
_LONG = 200
"""Characters of a text in the head, which is never left out."""
_FOR_THE_NOTE = 4_000
_FOR_WHAT_WAS_RULED = 8_000

_APART = re.compile(r"@(?=[A-Za-z0-9])|[#!](?=[0-9])|[Gg][Hh]-(?=[0-9])|:(?=//)|[Ww]{3}(?=\.)")

Ruled = Mapping[str, Word]
"""What was ruled of a claim, by the beginning of its fingerprint."""
_NOTHING: Ruled = {}


def comment(records: Sequence[RunRecord], name: str = NAME, before: str = "") -> str:
    """The body over the runs of one check, never longer than GitHub takes; what is left out is said.

    `before` is the body that it takes the place of: rulings that are others now are marked.
    """
    records = worst_first(records)
    head = f"{mark(name)}\n{_ruled(records)}\n\n"
    most = LONGEST_COMMENT - size(head)
    was = _was_ruled(before) if before.startswith(mark(name)) else {}
    pages = [page(record, most // len(records) - 1, was) for record in records]
    if sum(map(size, pages)) + len(pages) <= most:
        return head + "\n".join(pages)
    kept = fitting(pages, most - _FOR_THE_NOTE)
    missed = [record for position, record in enumerate(records) if position not in kept]
    note = f"_Left out here, where there is no more room: {_titles(missed)}; the whole reports have them._"
    return head + "\n".join([*kept.values(), disarmed(note)]) + "\n"


def render(record: RunRecord) -> str:
    """The body for one run that nobody commented on yet."""
    return comment([record])


FORMAT = Format("github-comment", ".comment.md", render)


def mark(name: str) -> str:
    """The first line of the comment of that name; a reader does not see it."""
    return f"<!-- verifier {hashlib.sha256(name.encode()).hexdigest()[:16]} -->"


def page(record: RunRecord, room: int, was: Ruled = _NOTHING) -> str:
    """One run in no more than so many bytes, of which a small page needs some thousands."""
    links, day = Permalinks.of(record.repository.remote, record.repository.commit), day_of(record)
    rulings = [ruling for _, group in grouped(record.rulings, lambda ruling: ruling) for ruling in group]
    changed = {number: _change(record, ruling, was) for number, ruling in enumerate(rulings)}
    head = "\n\n".join(
        [
            f"## {inline(record.claim_set.title[:_LONG])}",
            f"{spread(record)}. {waiting(record)}{_changes(changed.values())}",
            *_notices(record, links),
            *_notes(record, room // 8),
        ]
    )
    room -= size(head) + _FOR_THE_NOTE
    rows = [
        (cell(one.claim_id), f"{ruling_with_asides(one, day)}{changed[number]}", claimed(one))
        for number, one in enumerate(rulings)
    ]
    overview = _table(rulings, rows, room // 2)
    told = [one for one in rulings if one.ruling is not Word.FULLY or needs_a_person(one)]
    kept = fitting((_folded(one, links, day) for one in told), room - size(overview))
    missed = [ruling for position, ruling in enumerate(told) if position not in kept]
    pieces = [head, overview, *kept.values()]
    if missed:
        pieces.append(f"_Left out here, where there is no more room: {_names(missed)}; the whole report has them._")
    return disarmed("\n\n".join(pieces)) + "\n"


def _ruled(records: Iterable[RunRecord]) -> str:
    """What was ruled, in a line that a reader does not see; of very many claims the first."""
    every = [
        f"{fingerprint(record, ruling.claim_id)[:12]}={ruling.ruling.name}"
        for record in records
        for ruling in record.rulings
    ]
    return f"<!-- ruled {' '.join(fitting(every, _FOR_WHAT_WAS_RULED).values())} -->"


def _was_ruled(before: str) -> Ruled:
    """What an earlier body says that was ruled. Whoever can edit it can make a mark appear here, and no ruling."""
    lines = before.splitlines()[1:2]
    found = re.findall(r"\b([0-9a-f]{12})=([A-Z]+)\b", lines[0]) if lines else []
    return {key: Word[name] for key, name in found if name in Word.__members__}


def _change(record: RunRecord, ruling: RulingRecord, was: Ruled) -> str:
    before = was.get(fingerprint(record, ruling.claim_id)[:12], ruling.ruling)
    return f"; **was {before.sign} {before}**" if before is not ruling.ruling else ""


def _changes(changes: Iterable[str]) -> str:
    number = sum(map(bool, changes))
    return f" {counted(number, 'ruling')} changed since the last push." if number else ""


def _notices(record: RunRecord, links: Permalinks) -> Iterator[str]:
    repository = record.repository
    judged = f"{counted(len(record.rulings), 'claim')} of {code_span(record.claim_set.path[:_LONG])}"
    yield f"{judged} at {link(code_span(repository.commit[:12]), links.commit)}, by {inline(record.tool[:_LONG])}."
    first, second = map(_reader, readers(record))
    yield f"Verdicts asked of {first}, second readings of {second}: {agreement(record)}."
    chosen = f"those chosen by {inline((record.subset or '')[:_LONG])}"
    yield from (f"**{one.what}**{one.of}: {one.follows}." for one in notices(record, chosen))


def _reader(reader: ModelRecord) -> str:
    asked = code_span(reader.requested[:_LONG])
    if reader.is_as_asked or not reader.answered:
        return asked
    answered = ", ".join(code_span(name[:_LONG]) for name in reader.answered[:_FEW])
    more = f" and {len(reader.answered) - _FEW} more" if len(reader.answered) > _FEW else ""
    return f"{asked} (the replies say {answered}{more})"


def _notes(record: RunRecord, room: int) -> Iterator[str]:
    notes = [f"**Note**: {inline(note)}." for note in record.repository.notes]
    kept = fitting(notes, room)
    yield from kept.values()
    if len(kept) < len(notes):
        yield f"_{counted(len(notes) - len(kept), 'more note')} in the whole report._"


def _table(rulings: Sequence[RulingRecord], rows: Sequence[Sequence[str]], room: int) -> str:
    kept = fitting(["   ".join(row) for row in rows], room)
    shown = table(("Claim", "Ruling", "What is claimed"), [rows[position] for position in kept])
    rest = [ruling for position, ruling in enumerate(rulings) if position not in kept]
    return f"{shown}\n\nNot in this table, for want of room: {_names(rest)}." if rest else shown


def _folded(ruling: RulingRecord, links: Permalinks, day: date) -> str:
    opened = " open" if needs_a_person(ruling) else ""
    summary = f"{_in_html(ruling.claim_id)}: {ruling_with_asides(ruling, day)}"
    return f"<details{opened}>\n<summary>{summary}</summary>\n\n{claim_section(ruling, links, day)}\n\n</details>"


def _in_html(text: str) -> str:
    """The text as text of HTML, in which a host finds nothing to link either."""
    apart = _APART.sub(lambda found: f"{found[0]}\0", visible(" ".join(text.split()))[:200])
    return html.escape(apart).replace("\0", "&#8203;")


def _names(rulings: Sequence[RulingRecord]) -> str:
    return _first([inline(ruling.claim_id[:130]) for ruling in rulings], "more claim")


def _titles(records: Sequence[RunRecord]) -> str:
    return _first([f"{inline(one.claim_set.title[:130])} ({spread(one)})" for one in records], "more claim set")


def _first(names: Sequence[str], more: str) -> str:
    kept = fitting(names[:_NAMED], _FOR_THE_NOTE // 2 - 500)
    rest = len(names) - len(kept)
    return ", ".join(kept.values()) + (f" and {counted(rest, more)}" if rest else "")


_MOST_TOO_LARGE = 100
"""So many pieces in a row that do not fit, and no more are tried: of a large set most would be made to be left out."""


def fitting(pieces: Iterable[str], room: int) -> dict[int, str]:
    """The pieces that fit, two line ends after each, by their positions; a small one may follow some too large."""
    kept: dict[int, str] = {}
    too_large = 0
    for position, piece in enumerate(pieces):
        needed = size(piece) + 2
        if needed <= room:
            kept[position] = piece
            room -= needed
            too_large = 0
        elif (too_large := too_large + 1) == _MOST_TOO_LARGE:
            break
    return kept


def size(text: str) -> int:
    """The length of a text in bytes, which is never less than a host finds that counts characters."""
    return len(text.encode("utf-8"))
