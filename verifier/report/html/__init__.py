"""The HTML report: one file that asks for nothing, for people who look at rulings and unfold what they doubt.

Every text of a statement, a file or the model passes through the template's escape and through `text`; the page's
policy allows no script and no style but the two that stand in it, and no request at all.
"""

from __future__ import annotations

from verifier.report.asides import day_of
from verifier.report.format import Format
from verifier.report.html.page import page
from verifier.report.permalinks import Permalinks
from verifier.report.readers import agreement, first_reader, second_reader
from verifier.values.claim import Word
from verifier.values.history import History
from verifier.values.record import RunRecord

__all__ = ["FORMAT", "render", "render_history"]

_NO_HISTORY = History((), ())


def render(record: RunRecord, history: History = _NO_HISTORY) -> str:
    """The page; the same record and history always give the same text."""
    return page(
        "page.html.j2",
        "page.js",
        record=record,
        history=history,
        day=day_of(record),
        first=first_reader(record),
        second=second_reader(record),
        agreement=agreement(record),
        links=Permalinks.of(record.repository.remote, record.repository.commit),
    )


def render_history(history: History) -> str:
    """Rulings over commits as a page of its own: a row for each claim, a column for each commit."""
    met = {word for strip in history.strips for word in strip.words}
    return page("history.html.j2", history=history, met=[word for word in Word if word in met])


FORMAT = Format("html", ".html", render, with_history=render)
