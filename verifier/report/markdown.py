"""The Markdown report: for people who want to see at a glance what the commit bears out, and then why."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from verifier.report import Format
from verifier.report.asides import day_of, ruling_with_asides
from verifier.report.markdown_claim import templates
from verifier.report.markdown_text import cell, link
from verifier.report.permalinks import Permalinks
from verifier.report.reading_order import grouped
from verifier.safety.invisible import visible
from verifier.values.record import RunRecord

_Groups = Sequence[tuple[str, Sequence[int]]]


def render(record: RunRecord) -> str:
    """The report; the same record always gives the same text."""
    return "".join(pieces(record))


def pieces(record: RunRecord) -> Iterator[str]:
    """The same a piece at a time."""
    day = day_of(record)
    # By number: the rulings themselves may be more than memory has room for.
    groups = grouped(range(len(record.rulings)), record.rulings.__getitem__)
    yield from (
        templates()
        .get_template("report.md.j2")
        .generate(
            record=record,
            links=Permalinks.of(record.repository.remote, record.repository.commit),
            day=day,
            rows=_rows(groups, record, day),
            groups=groups,
        )
    )


FORMAT = Format("markdown", ".md", render, pieces=pieces)


def _rows(groups: _Groups, record: RunRecord, day: date) -> Iterator[tuple[str, str]]:
    """The claims in the order of their sections, each with its ruling, linked by the anchor of its heading.

    A heading that was met before gets a number from the host. Source: GitHub Docs, "Section links".
    """
    met: Counter[str] = Counter()

    def anchor(heading: str) -> str:
        plain = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        name = plain if not met[plain] else f"{plain}-{met[plain]}"
        met[plain] += 1
        return name

    controls = ("Controls",) if record.controls is not None else ()
    for heading in (visible(" ".join(record.claim_set.title.split())), "Rulings", *controls):
        anchor(heading)
    for heading, numbers in groups:
        anchor(heading)
        for ruling in map(record.rulings.__getitem__, numbers):
            yield link(cell(ruling.claim_id), f"#{anchor(ruling.claim_id)}"), ruling_with_asides(ruling, day)
