"""Rulings over commits as a page of its own: a table with a row for each claim and a column for each commit."""

from __future__ import annotations

from verifier.report.html.page import page
from verifier.values.claim import Word
from verifier.values.history import History


def render(history: History) -> str:
    """The page; the same history always gives the same text."""
    met = {word for strip in history.strips for word in strip.words}
    return page("history.html.j2", history=history, met=[word for word in Word if word in met])
