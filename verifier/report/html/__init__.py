"""The HTML report: one file that asks for nothing, for people who look at rulings and unfold what they doubt.

Every text of a statement, a file or the model passes through the template's escape and through `text`; the page's
policy allows no script and no style but the two that stand in it, and no request at all.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from verifier.report.format import Format
from verifier.report.html.code import at_line, code, code_from
from verifier.report.html.overview import Overview, spent
from verifier.report.html.text import prose, spoken, visible
from verifier.report.markdown_evidence import span, spans
from verifier.report.permalinks import Permalinks
from verifier.report.plain_evidence import carries, result, true_lines, weakness
from verifier.report.words import could_be, counted, differs, money, tokens
from verifier.values.record import RunRecord

__all__ = ["FORMAT", "render"]

_HERE = Path(__file__).parent


def render(record: RunRecord) -> str:
    """The page; the same record always gives the same text."""
    style, script = (_asset(name) for name in ("page.css", "page.js"))
    return (
        _templates()
        .get_template("page.html.j2")
        .render(
            record=record,
            overview=Overview.of(record),
            links=Permalinks.of(record.repository.remote, record.repository.commit),
            style=style,
            script=script,
            policy=_policy(style, script),
        )
    )


FORMAT = Format("html", ".html", render)


@cache
def _templates() -> Environment:
    templates = Environment(
        loader=FileSystemLoader(_HERE),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=True,
        finalize=visible,
    )
    templates.filters |= {"prose": prose, "spoken": spoken, "span": span, "spans": spans, "money": money}
    templates.tests["carrying"] = carries
    templates.globals |= {
        "at_line": at_line,
        "carries": carries,
        "code": code,
        "code_from": code_from,
        "could_be": could_be,
        "counted": counted,
        "differs": differs,
        "result": result,
        "spent": spent,
        "tokens": tokens,
        "true_lines": true_lines,
        "weakness": weakness,
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
            f"script-src '{_digest(script)}'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}"
