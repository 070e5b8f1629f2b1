"""An evaluation as Markdown, as a page, and as data."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

from markdown_it import MarkdownIt
from markupsafe import Markup
from pydantic_core import to_jsonable_python

from verifier.evaluation.scoring import LABELS, Case, Costs, Group, Score
from verifier.evaluation.side_by_side import Compared, Evaluation
from verifier.measures.agreement import Kappa
from verifier.measures.intervals import Difference, Interval, Share, most_likely_missed
from verifier.report.controls import lines, title
from verifier.report.html.page import page
from verifier.report.markdown_text import cell, code_span, inline
from verifier.report.words import counted, money
from verifier.values.claim import Word

TITLE = "How good is the judge?"


def as_markdown(evaluation: Evaluation) -> str:
    """The evaluation for people; the same one always gives the same text."""
    return "\n".join([f"# {TITLE}", "", *_head(evaluation), *_side_by_side(evaluation), *_each(evaluation)]) + "\n"


def as_html(evaluation: Evaluation) -> str:
    """The same as a page that asks for nothing."""
    body = MarkdownIt("js-default", {"html": False, "linkify": False}).render(as_markdown(evaluation))
    return page("plain.html.j2", title=TITLE, body=Markup(body))  # noqa: S704  # made of escaped text alone


def as_json(evaluation: Evaluation) -> str:
    """The evaluation as data, every claim of every way to judge in it."""
    return json.dumps(to_jsonable_python(evaluation), indent=2, ensure_ascii=False) + "\n"


RENDERINGS = {"markdown": as_markdown, "json": as_json, "html": as_html}
"""By the names of the formats."""


def _head(evaluation: Evaluation) -> Iterator[str]:
    spread = ", ".join(f"{number} {label}" for label, number in evaluation.labels.items())
    yield f"- {counted(sum(evaluation.labels.values()), 'labelled claim')}: {spread}"
    yield f"- claims: {', '.join(map(code_span, evaluation.claim_sets))}"
    yield f"- commit: {', '.join(map(code_span, evaluation.commits))}"
    yield "- intervals are at 95 %: Wilson's for shares, by bootstrap over the claims for all else"
    if evaluation.authored:
        replies = counted(evaluation.authored, "reply is", "replies are")
        yield f"- **{replies} authored, not a model's**: these figures say nothing of a model"
    if not evaluation.complete:
        yield "- **incomplete**: some claims could not be judged, or a run was stopped"
    yield ""


def _side_by_side(evaluation: Evaluation) -> Iterator[str]:
    if len(evaluation.scores) < 2:
        return
    yield from ["## Side by side", ""]
    yield from _table(
        ["", "As labelled", "Kappa", "Wrong", "Unproven", "Error", "Readings agree", *_COSTS],
        (
            [
                cell(one.name),
                _share(one.total.agreement),
                _kappa(one.kappa),
                *_open(one.total),
                _rate(one.readings),
                *_costs(one.costs),
            ]
            for one in evaluation.scores
        ),
    )
    yield from map(_difference, evaluation.compared)
    yield ""


def _difference(one: Compared) -> str:
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


def _each(evaluation: Evaluation) -> Iterator[str]:
    for one in evaluation.scores:
        yield from [f"## {inline(one.name)}", ""]
        yield from _summary(one)
        yield ""
        yield from _table(
            ["Label, and ruling:", *(word.name for word in Word)],
            (
                [label.name, *(f"**{n}**" if word is label else str(n) for word, n in one.matrix[label].items())]
                for label in LABELS
            ),
        )
        yield from _table(
            ["", "Precision", "Recall"],
            ([word.name, _share(share), _share(one.recall[word])] for word, share in one.precision.items()),
        )
        yield from _table(
            ["Tag", "Claims", "As labelled", "Wrong", "Unproven", "Error"],
            ([cell(tag), str(g.claims), _share(g.agreement), *_open(g)] for tag, g in one.tags.items()),
        )
        yield from _table(["A claim", *_COSTS], [["on average", *_costs(one.costs)]])
        yield from _controls(one)
        yield from _listed("Wrong rulings", (case for case in one.cases if case.is_wrong))
        yield from _listed("Abstentions", (case for case in one.cases if case.ruling in (Word.UNPROVEN, Word.ERROR)))
        yield from _listed("Rulings that changed", (case for case in one.cases if case.changed))


def _summary(one: Score) -> Iterator[str]:
    yield f"- ruled as labelled: {_share(one.total.agreement)}; of those ruled on at all: {_share(one.decided)}"
    yield f"- Cohen's kappa: {_kappa(one.kappa)}"
    yield f"- wrong: {one.total.wrong}; unproven: {one.total.unproven}; error: {one.total.errors}"
    yield f"- the two readings agree over {_share(one.readings)} of the parts that were read twice"
    if one.steady is not None:
        runs = 1 + max(len(case.again) for case in one.cases)
        yield f"- ruled alike in each of {counted(runs, 'run')}: {_share(one.steady)}"


def _controls(one: Score) -> Iterator[str]:
    """What became of claims whose outcome was known beforehand, and each that came out otherwise, with its evidence."""
    yield from _table(
        ["Controls", "Came out right"],
        ([cell(kind.when_right), _share(share)] for kind, share in one.controls.items()),
    )
    for control in one.telling:
        yield from [f"- {inline(title(control))}", *(f"  - {inline(line)}" for line in lines(control))]
    if one.telling:
        yield ""


def _listed(heading: str, cases: Iterable[Case]) -> Iterator[str]:
    listed = [
        f"- {code_span(case.claim_id)}: labelled {case.expect.name}"
        + (f" ({inline(case.expect_why)})" if case.expect_why else "")
        + f", ruled {', '.join(word.name for word in (case.ruling, *case.again))}"
        + (f", could be {' or '.join(word.name for word in case.range)}" if case.range else "")
        + (f": {inline(case.because)}" if case.because else "")
        for case in cases
    ]
    if listed:
        yield from [f"### {heading}", "", *listed, ""]


_COSTS = ("Requests", "Tokens sent", "Tokens billed", "US dollars")


def _costs(costs: Costs) -> list[str]:
    """Averages; those that are not known of every claim say of how many."""
    billed = "not known" if costs.billed_tokens is None else f"{costs.billed_tokens:,.0f}{_of(costs.billed_of, costs)}"
    dollars = "not known" if costs.dollars is None else f"{money(costs.dollars)}{_of(costs.priced_of, costs)}"
    return [f"{costs.requests:.2f}", f"{costs.sent_tokens:,.0f}", billed, dollars]


def _of(known: int, costs: Costs) -> str:
    return f" over {known:,} of {costs.claims:,}" if known < costs.claims else ""


def _open(group: Group) -> list[str]:
    return [str(group.wrong), str(group.unproven), str(group.errors)]


def _share(share: Share) -> str:
    """With its interval: 9 of 10 (90%, 60% to 98%)."""
    interval = share.interval
    if share.rate is None or interval is None:
        return "none"
    return f"{share.hits:,} of {share.total:,} ({share.rate:.0%}, {interval.low:.0%} to {interval.high:.0%})"


def _rate(share: Share) -> str:
    return "-" if share.rate is None else f"{share.rate:.0%}"


def _kappa(kappa: Kappa) -> str:
    if kappa.value is None:
        return "not defined"
    interval = kappa.interval
    between = f" ({interval.low:.2f} to {interval.high:.2f})" if interval else ", the same in every draw"
    return f"{kappa.value:.2f}{between}"


def _points(difference: Difference) -> str:
    """Of percentages, with the interval: -10 points (-30 to +0)."""
    interval = difference.interval
    between = f" ({100 * interval.low:+.0f} to {100 * interval.high:+.0f})" if interval else ""
    return f"{100 * difference.value:+.0f} points{between}"


def _dollars(amount: float) -> str:
    return f"{'+' if amount >= 0 else '-'}${abs(amount):,.4f}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A table with a blank line below it; nothing without rows."""
    lines = [f"| {' | '.join(row)} |" for row in rows]
    if lines:
        yield from [f"| {' | '.join(head)} |", "| " + " | ".join(["---"] * len(head)) + " |", *lines, ""]
