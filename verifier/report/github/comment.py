"""The body of a comment on a pull request: all rulings in a table, then each open claim folded out.

It begins with a mark that the reader does not see, by which the same comment is found and written anew after each push.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Sequence
from datetime import date
from pathlib import PurePosixPath

from verifier.report.asides import day_of, ruling_with_asides
from verifier.report.format import Format
from verifier.report.github.fitting import fitting, size
from verifier.report.markdown_claim import claim_section, claimed
from verifier.report.markdown_text import cell, code_span, inline, link
from verifier.report.notices import notices
from verifier.report.permalinks import Permalinks
from verifier.report.readers import Reader, agreement, first_reader, second_reader
from verifier.report.words import counted, spread
from verifier.safety.invisible import visible
from verifier.safety.terminal import disarmed
from verifier.values.claim import Word
from verifier.values.record import RulingRecord, RunRecord

LONGEST_COMMENT = 65_536
"""Source: GitHub's own refusal, "body is too long (maximum is 65536 characters)"."""

_WORST_FIRST = (Word.ERROR, Word.NOT, Word.PARTIALLY, Word.UNPROVEN, Word.FULLY)
_NAMED = 20
_FEW = 3
_LONG = 200
"""Characters of a text in the head, which is never left out."""
_FOR_THE_NOTE = 4_000

_APART = re.compile(r"@(?=[A-Za-z0-9])|[#!](?=[0-9])|[Gg][Hh]-(?=[0-9])|:(?=//)|[Ww]{3}(?=\.)")


def render(record: RunRecord) -> str:
    """The body, never longer than GitHub takes; what is left out is said."""
    return page(record, LONGEST_COMMENT)


FORMAT = Format("github-comment", ".comment.md", render)


def mark(record: RunRecord) -> str:
    """The first line of the comment, the same for every run over one claim file; a reader does not see it."""
    return f"<!-- verifier {hashlib.sha256(PurePosixPath(record.claim_set.path).name.encode()).hexdigest()[:16]} -->"


def page(record: RunRecord, room: int) -> str:
    """The comment in no more than so many bytes, of which a small page needs some thousands."""
    links = Permalinks.of(record.repository.remote, record.repository.commit)
    rulings = sorted(record.rulings, key=lambda ruling: _WORST_FIRST.index(ruling.ruling))
    head = "\n\n".join(
        [
            mark(record),
            f"## {inline(record.claim_set.title[:_LONG])}",
            spread(record),
            *_notices(record, links),
            *_notes(record, room // 8),
        ]
    )
    room -= size(head) + _FOR_THE_NOTE
    day = day_of(record)
    table = _table(rulings, day, room // 2)
    sections = [(ruling, _folded(ruling, links, day)) for ruling in rulings if ruling.ruling is not Word.FULLY]
    kept = fitting([text for _, text in sections], room - size(table))
    missed = [ruling for position, (ruling, _) in enumerate(sections) if position not in set(kept)]
    pieces = [head, table, *(sections[position][1] for position in kept)]
    if missed:
        pieces.append(f"_Left out here, where there is no more room: {_names(missed)}; the whole report has them._")
    return disarmed("\n\n".join(pieces)) + "\n"


def _notices(record: RunRecord, links: Permalinks) -> list[str]:
    repository = record.repository
    judged = f"{counted(len(record.rulings), 'claim')} of {code_span(record.claim_set.path[:_LONG])}"
    said = [f"{judged} at {link(code_span(repository.commit[:12]), links.commit)}, by {inline(record.tool[:_LONG])}."]
    first, second = map(_reader, (first_reader(record), second_reader(record)))
    said.append(f"Verdicts asked of {first}, second readings of {second}: {agreement(record)}.")
    chosen = f"those chosen by {inline((record.subset or '')[:_LONG])}"
    said += [f"**{one.what}**{one.of}: {one.follows}." for one in notices(record, chosen)]
    return said


def _reader(reader: Reader) -> str:
    asked = code_span(reader.requested[:_LONG])
    if reader.is_as_asked or not reader.answered:
        return asked
    answered = ", ".join(code_span(name[:_LONG]) for name in reader.answered[:_FEW])
    more = f" and {len(reader.answered) - _FEW} more" if len(reader.answered) > _FEW else ""
    return f"{asked} (the replies say {answered}{more})"


def _notes(record: RunRecord, room: int) -> list[str]:
    notes = [f"**Note**: {inline(note)}." for note in record.repository.notes]
    kept = fitting(notes, room)
    said = [notes[position] for position in kept]
    if len(kept) < len(notes):
        said.append(f"_{counted(len(notes) - len(kept), 'more note')} in the whole report._")
    return said


def _table(rulings: Sequence[RulingRecord], day: date, room: int) -> str:
    head = "| Claim | Ruling | What is claimed |\n| --- | --- | --- |"
    rows = [f"| {cell(one.claim_id)} | {ruling_with_asides(one, day)} | {claimed(one)} |" for one in rulings]
    kept = fitting(rows, room)
    table = "\n".join([head, *(rows[position] for position in kept)])
    rest = [ruling for position, ruling in enumerate(rulings) if position not in set(kept)]
    return f"{table}\n\nNot in this table, for want of room: {_names(rest)}." if rest else table


def _folded(ruling: RulingRecord, links: Permalinks, day: date) -> str:
    summary = f"{_in_html(ruling.claim_id)}: {ruling_with_asides(ruling, day)}"
    return f"<details>\n<summary>{summary}</summary>\n\n{claim_section(ruling, links, day)}\n\n</details>"


def _in_html(text: str) -> str:
    """The text as text of HTML, in which a host finds nothing to link either."""
    apart = _APART.sub(lambda found: f"{found[0]}\0", visible(" ".join(text.split()))[:200])
    return html.escape(apart).replace("\0", "&#8203;")


def _names(rulings: Sequence[RulingRecord]) -> str:
    names = [inline(ruling.claim_id[:130]) for ruling in rulings[:_NAMED]]
    kept = [names[position] for position in fitting(names, _FOR_THE_NOTE // 2 - 500)]
    rest = len(rulings) - len(kept)
    return ", ".join(kept) + (f" and {counted(rest, 'more claim')}" if rest else "")
