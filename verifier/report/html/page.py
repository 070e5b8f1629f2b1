"""What every page is made with: the templates, the one style and script in it, and the policy that allows no others."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from verifier.report.agent import what_settles
from verifier.report.asides import asides
from verifier.report.evidence_words import (
    all_hits,
    all_near,
    answer,
    because,
    fact_line,
    hit_notes,
    in_numbers,
    kind,
    outside,
    result,
    settles,
    spoken_lines,
)
from verifier.report.html.code import at_line, code, code_from
from verifier.report.html.overview import entries, in_title, shares, spent, tags_of
from verifier.report.html.past import in_words, judged, since, strip_of
from verifier.report.html.text import breakable, finalize, prose
from verifier.report.markdown_claim import rounds_counted, shown_in_numbers
from verifier.report.markdown_evidence import spans
from verifier.report.notices import to_know
from verifier.report.plain_evidence import weak
from verifier.report.reading_order import kinds, strongest
from verifier.report.templates import environment
from verifier.report.words import could_be, counted, differs, evidence_of, money, spoken, tokens

_FILTERS = (breakable, money, prose, spans, spoken)
_FUNCTIONS = (
    *(all_hits, all_near, answer, because, fact_line, hit_notes, in_numbers, kind, outside, result, settles),
    *(spoken_lines, at_line, code, code_from, spent, in_words, judged, since, strip_of, rounds_counted),
    *(entries, evidence_of, in_title, shares, tags_of, to_know),
    *(shown_in_numbers, weak, kinds, strongest, could_be, counted, differs, tokens, asides, what_settles),
)
"""What templates call, by their own names."""

_HERE = Path(__file__).parent


def page(template: str, script: str | None = None, **given: Any) -> str:
    """The page that a template gives, with our style and at most one script of ours."""
    style, program = _asset("page.css"), _asset(script) if script else Markup("")
    given |= {"style": style, "script": program, "policy": _policy(style, program)}
    return _templates().get_template(template).render(**given)


@cache
def _templates() -> Environment:
    return environment(_HERE, _FILTERS, _FUNCTIONS, autoescape=True, finalize=finalize)


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
