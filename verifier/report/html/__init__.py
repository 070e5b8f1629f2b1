"""The HTML report: one file that asks for nothing, for people who look at rulings and unfold what they doubt.

Every text of a statement, a file or the model passes through the template's escape and through `text`; the page's
policy allows no script and no style but the two that stand in it, and no request at all.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from verifier.report import Format, agent, asides, evidence_words, notices, plain_evidence, reading_order, words
from verifier.report.html import overview, text
from verifier.report.markdown_claim import rounds_counted, shown_in_numbers
from verifier.report.markdown_evidence import spans
from verifier.report.notices import agreement, readers
from verifier.report.permalinks import Permalinks
from verifier.report.templates import environment
from verifier.values.claim import Word
from verifier.values.history import History
from verifier.values.record import RunRecord

_HERE = Path(__file__).parent
_NO_HISTORY = History((), ())


def render(record: RunRecord, history: History = _NO_HISTORY) -> str:
    """The page; the same record and history always give the same text."""
    first, second = readers(record)
    return page(
        "page.html.j2",
        "page.js",
        record=record,
        history=history,
        day=asides.day_of(record),
        first=first,
        second=second,
        agreement=agreement(record),
        links=Permalinks.of(record.repository.remote, record.repository.commit),
    )


def render_history(history: History) -> str:
    """Rulings over commits as a page of its own: a row for each claim, a column for each commit."""
    met = {word for strip in history.strips for word in strip.words}
    return page("history.html.j2", history=history, met=[word for word in Word if word in met])


def page(template: str, script: str | None = None, **given: Any) -> str:
    """The page that a template gives, with our style and at most one script of ours."""
    style, program = _asset("page.css"), _asset(script) if script else Markup("")
    given |= {"style": style, "script": program, "policy": _policy(style, program)}
    return _templates().get_template(template).render(**given)


@cache
def _templates() -> Environment:
    called = (agent, asides, evidence_words, notices, overview, plain_evidence, reading_order, text, words)
    more = (rounds_counted, shown_in_numbers, spans)
    return environment(_HERE, *called, *more, autoescape=True, finalize=text.finalize)


def _asset(name: str) -> Markup:
    return Markup((_HERE / name).read_text(encoding="utf-8"))  # noqa: S704  # our own file


def _policy(style: str, script: str) -> str:
    """No request of any kind; of styles and scripts only those whose digests are named here."""
    scripts = _digest(script) if script else "none"
    return (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{scripts}'; img-src data:; base-uri 'none'; "
        "form-action 'none'"
    )


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}"


FORMAT = Format("html", ".html", render, with_history=render)
