"""`verifier history`: rulings over commits, from the journal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from verifier.cli.options import FILE, option

if TYPE_CHECKING:
    from verifier.journal import PastRuling
    from verifier.values.claim import Word
    from verifier.values.control import Figures
    from verifier.values.history import History


@click.command()
@click.argument("claim", required=False)
@option("--journal", type=FILE, help="Instead of .verifier/journal.sqlite.")
@click.option("--most", type=click.IntRange(1), default=40, show_default=True, help="Commits to show, the latest.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout, every ruling in it.")
@click.option("--html", type=FILE, help="Write the picture to a file, as a page.")
def history(claim: str | None, journal: Path | None, most: int, as_json: bool, html: Path | None) -> int:
    """Show how claims were ruled over commits, from the journal of earlier runs.

    CLAIM is a claim's id; every claim where none is given. One column a commit, the latest at the right.
    """
    from verifier.claim_files.finding import journal_place
    from verifier.errors import UsageError
    from verifier.journal import Journal
    from verifier.journal.past_rulings import history_of

    place = journal or journal_place()
    if not place.exists():
        kept = "`verifier run` without --record and --replay keeps one"
        raise UsageError(f"no run has been kept in a journal, {place}, so far; {kept}, --journal names another")
    with Journal(place) as opened:
        past, controls = opened.runs.history(claim), opened.runs.controls()
    if not past:
        said = f'no run has ruled on "{claim}"' if claim else "no run has ruled on anything"
        raise UsageError(f"{said}, by the journal {place}; replayed and recorded runs are not kept there")
    if html is not None:
        from verifier.report.files import write_text
        from verifier.report.html import render_history

        write_text(html, render_history(history_of(past, most, controls)))
    if as_json:
        from verifier.cli.output import show_json

        show_json([_as_document(one, controls.get(one.run, {})) for one in past])
    elif html is None:
        _show(history_of(past, most, controls), past if claim else ())
    return 0


def _show(picture: History, rulings: Sequence[PastRuling]) -> None:
    from verifier.cli.output import show, table
    from verifier.report.controls import figures_line
    from verifier.report.words import counted
    from verifier.safety.terminal import escape_terminal

    names = [escape_terminal(picture.name(strip)) for strip in picture.strips]
    width = max(map(len, names))
    for name, strip in zip(names, picture.strips, strict=True):
        show(f"{name:<{width}}  {''.join(map(_mark, strip.words))}  {strip.latest}", ready=True)
    commits = [one.commit[:12] for one in picture.commits]
    span = commits[0] if len(commits) == 1 else f"{commits[0]} to {commits[-1]}"
    show(f"{'':<{width}}  {counted(len(commits), 'commit')}, {span}")
    show(f"{'':<{width}}  {_legend(picture)}", ready=True)
    if picture.controlled:
        show("")
        show("controls")
        show(table([[one.commit[:12], one.day, figures_line(one.controls)] for one in picture.controlled]), ready=True)
    if rulings:
        show("")
        show(table([_row(one) for one in rulings]), ready=True)


def _legend(picture: History) -> str:
    """What stands anywhere in the picture, best first, in words."""
    met = {word for strip in picture.strips for word in strip.words}
    judged = {word.name: word for word in met if word is not None}
    words = [f"{_mark(judged[name])} {name.lower()}" for name in _MARKS if name in judged]
    return " ".join([*words, *([f"{_mark(None)} not judged"] if None in met else [])])


def _mark(word: Word | None) -> str:
    """What stands in a column: a bar as high as the ruling is good, or a sign why there is none."""
    from verifier.cli.output import colour

    if word is None:
        return "·"
    sign, name = _MARKS[word.name]
    return colour(sign, name)


_MARKS = {
    "FULLY": ("█", "green"),
    "PARTIALLY": ("▄", "yellow"),
    "NOT": ("▁", "red"),
    "UNPROVEN": ("?", "cyan"),
    "ERROR": ("!", "magenta"),
}


def _row(past: PastRuling) -> list[str]:
    ruling = past.ruling
    counts = ", ".join(f"{number} {state}" for state, number in ruling.counts.items() if number)
    how = f"carried over from {ruling.carried_from[:12]}" if ruling.carried_from else ruling.source or "not answered"
    return [
        past.started[:16].replace("T", " "),
        past.commit[:12],
        past.ref if past.ref != past.commit else "",
        ruling.word + (f" ({counts})" if counts else ""),
        f"verdict {ruling.verdict}" if ruling.verdict else "no verdict",
        how + ("" if past.finished else "; the run was killed"),
    ]


def _as_document(past: PastRuling, controls: Figures) -> dict[str, Any]:
    from pydantic_core import to_jsonable_python

    run: dict[str, Any] = to_jsonable_python(past)
    kept: dict[str, Any] = run.pop("ruling")
    ruling = {"claims": run.pop("claims_path"), "ruling": kept.pop("word"), **kept}
    del ruling["supplied"]
    return run | ruling | {"controls_of_run": to_jsonable_python(controls)}
