"""What every page is made with: the templates, the one style and script in it, and the policy that allows no others."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from verifier.report import controls
from verifier.report.asides import asides
from verifier.report.evidence_words import (
    all_hits,
    all_near,
    answer,
    because,
    fact_line,
    hit_notes,
    kind,
    nearest,
    not_standing,
    outside,
    result,
    settles,
    spoken_lines,
    weighed,
)
from verifier.report.html.code import at_line, code, code_from
from verifier.report.html.overview import spent
from verifier.report.html.past import in_words, judged, since, strip_of
from verifier.report.html.text import breakable, finalize, prose
from verifier.report.markdown_claim import rounds_counted
from verifier.report.markdown_evidence import spans
from verifier.report.plain_evidence import weak
from verifier.report.words import could_be, counted, differs, money, spoken, tokens

_HERE = Path(__file__).parent


def page(template: str, script: str | None = None, **given: Any) -> str:
    """The page that a template gives, with our style and at most one script of ours."""
    style, program = _asset("page.css"), _asset(script) if script else Markup("")
    return (
        _templates().get_template(template).render(style=style, script=program, policy=_policy(style, program), **given)
    )


@cache
def _templates() -> Environment:
    templates = Environment(
        loader=FileSystemLoader(_HERE),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=True,
        finalize=finalize,
    )
    templates.filters |= {
        "breakable": breakable,
        "money": money,
        "prose": prose,
        "spans": spans,
        "spoken": spoken,
    }
    templates.globals |= {
        "all_hits": all_hits,
        "all_near": all_near,
        "answer": answer,
        "asides": asides,
        "at_line": at_line,
        "because": because,
        "code": code,
        "code_from": code_from,
        "controls_line": controls.controls_line,
        "could_be": could_be,
        "counted": counted,
        "differs": differs,
        "fact_line": fact_line,
        "figures_line": controls.figures_line,
        "hit_notes": hit_notes,
        "how_made": controls.how_made,
        "in_words": in_words,
        "judged": judged,
        "kind": kind,
        "lines_of": controls.lines,
        "nearest": nearest,
        "not_standing": not_standing,
        "outside": outside,
        "result": result,
        "rounds_counted": rounds_counted,
        "settles": settles,
        "since": since,
        "spent": spent,
        "spoken_lines": spoken_lines,
        "strip_of": strip_of,
        "telling": controls.telling,
        "title_of": controls.title,
        "tokens": tokens,
        "weakness": weak,
        "weighed": weighed,
        "what_controls_are": controls.WHAT_THEY_ARE,
    }
    return templates


def _asset(name: str) -> Markup:
    return Markup((_HERE / name).read_text(encoding="utf-8"))  # noqa: S704  # our own file


def _policy(style: str, script: str) -> str:
    """No request of any kind; of styles and scripts only those whose digests are named here."""
    return "; ".join(
        [
            "default-src 'none'",
            f"style-src '{_digest(style)}'",
            f"script-src '{_digest(script)}'" if script else "script-src 'none'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}"
