"""An evaluation as Markdown, as a page, and as data."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from jinja2 import Template
from markdown_it import MarkdownIt
from markupsafe import Markup
from pydantic_core import to_jsonable_python

from verifier.evaluation.scoring import LABELS, Costs, Group, Score
from verifier.evaluation.side_by_side import Compared, Evaluation
from verifier.measures.agreement import Kappa
from verifier.measures.intervals import Difference, Interval, Share, most_likely_missed
from verifier.report.html import page
from verifier.report.markdown_text import cell, code_span, inline
from verifier.report.templates import markdown_templates
from verifier.report.words import counted, money
from verifier.values.claim import Word

TITLE = "How good is the judge?"


def as_markdown(evaluation: Evaluation) -> str:
    """The evaluation for people; the same one always gives the same text."""
    return _template().render(evaluation=evaluation, title=TITLE)


def as_html(evaluation: Evaluation) -> str:
    """The same as a page that asks for nothing."""
    body = MarkdownIt("js-default", {"html": False, "linkify": False}).render(as_markdown(evaluation))
    return page("plain.html.j2", title=TITLE, body=Markup(body))  # noqa: S704  # made of escaped text alone


def as_json(evaluation: Evaluation) -> str:
    """The evaluation as data, every claim of every way to judge in it."""
    return json.dumps(to_jsonable_python(evaluation), indent=2, ensure_ascii=False) + "\n"


RENDERINGS = {"markdown": as_markdown, "json": as_json, "html": as_html}
"""By the names of the formats."""


@cache
def _template() -> Template:
    own = (by_control, by_tag, confusion, costs, difference, kappa, share, sharpness, side_by_side)
    templates = markdown_templates(Path(__file__).parent, code_span, inline, counted, *own)
    templates.globals |= {"COSTS": _COSTS, "WORDS": [word.name for word in Word]}
    return templates.get_template("report.md.j2")


_COSTS = ["Requests", "Tokens sent", "Tokens billed", "US dollars"]


def side_by_side(evaluation: Evaluation) -> Iterator[list[str]]:
    """A row for each way to judge."""
    for one in evaluation.scores:
        agree = "-" if one.readings.rate is None else f"{one.readings.rate:.0%}"
        yield [
            cell(one.name),
            share(one.total.agreement),
            kappa(one.kappa),
            *_open(one.total),
            agree,
            *costs(one.costs),
        ]


def confusion(one: Score) -> Iterator[list[str]]:
    """A row for each label: how many claims of it have which ruling."""
    for label in LABELS:
        yield [label.name, *(f"**{n}**" if word is label else str(n) for word, n in one.matrix[label].items())]


def sharpness(one: Score) -> Iterator[list[str]]:
    """A row for each ruling that settles a claim, with precision and recall."""
    return ([word.name, share(found), share(one.recall[word])] for word, found in one.precision.items())


def by_control(one: Score) -> Iterator[list[str]]:
    """A row for each kind of control."""
    return ([cell(kind.when_right), share(found)] for kind, found in one.controls.items())


def by_tag(one: Score) -> Iterator[list[str]]:
    """A row for each tag."""
    return ([cell(tag), str(g.claims), share(g.agreement), *_open(g)] for tag, g in one.tags.items())


def difference(one: Compared) -> str:
    """Is it better or worse, and do we know?"""
    alone = f"{one.only_second} it alone, {one.only_first} the other alone"
    said = f"- **{inline(one.second)}** beside {inline(one.first)}, over {counted(one.claims, 'claim')}: "
    value, missed = one.right.value, most_likely_missed(one.claims)
    if one.right.interval is None and value == 0:
        rest = f"a difference in up to {missed:.0%} of claims may still be there"
        said += f"both rule as labelled on the same claims; {rest}"
    else:  # where all claims differ by the same, the opposite may still be there in as many as are likely to be missed
        interval = one.right.interval or Interval(*sorted((value, value * (1 - 2 * missed))))
        said += f"{_points(Difference(value, interval))} ruled as labelled ({alone}): {_conclusion(interval)}"
    said += f"; {_points(one.wrong)} ruled wrong"
    if one.dollars is not None:
        span = one.dollars.interval
        between = f" ({_dollars(span.low)} to {_dollars(span.high)})" if span else ""
        said += f"; {_dollars(one.dollars.value)} a claim{between}"
    return said


def _conclusion(interval: Interval) -> str:
    if interval.low > 0:
        return "it is better"
    if interval.high < 0:
        return "it is worse"
    return "these claims cannot tell which is better"


def costs(given: Costs) -> list[str]:
    """Averages; those that are not known of every claim say of how many."""
    billed = "not known" if given.billed_tokens is None else f"{given.billed_tokens:,.0f}{_of(given.billed_of, given)}"
    dollars = "not known" if given.dollars is None else f"{money(given.dollars)}{_of(given.priced_of, given)}"
    return [f"{given.requests:.2f}", f"{given.sent_tokens:,.0f}", billed, dollars]


def _of(known: int, costs: Costs) -> str:
    return f" over {known:,} of {costs.claims:,}" if known < costs.claims else ""


def _open(group: Group) -> list[str]:
    return [str(group.wrong), str(group.unproven), str(group.errors)]


def share(given: Share) -> str:
    """With its interval: 9 of 10 (90%, 60% to 98%)."""
    interval = given.interval
    if given.rate is None or interval is None:
        return "none"
    return f"{given.hits:,} of {given.total:,} ({given.rate:.0%}, {interval.low:.0%} to {interval.high:.0%})"


def kappa(given: Kappa) -> str:
    """With its interval, where it is defined."""
    if given.value is None:
        return "not defined"
    interval = given.interval
    between = f" ({interval.low:.2f} to {interval.high:.2f})" if interval else ", the same in every draw"
    return f"{given.value:.2f}{between}"


def _points(difference: Difference) -> str:
    """Of percentages, with the interval: -10 points (-30 to +0)."""
    interval = difference.interval
    between = f" ({100 * interval.low:+.0f} to {100 * interval.high:+.0f})" if interval else ""
    return f"{100 * difference.value:+.0f} points{between}"


def _dollars(amount: float) -> str:
    return f"{'+' if amount >= 0 else '-'}${abs(amount):,.4f}"
