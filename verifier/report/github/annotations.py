"""Annotations: one for each claim that is not fully resolved, at its evidence, in the files of a pull request.

GitHub shows ten errors, ten warnings and ten notices of a step, so the tenth says how many more there are.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.invisible import shown
from verifier.report.format import Format
from verifier.report.github.workflow_commands import command
from verifier.report.marked_place import marked_place
from verifier.report.plain_evidence import plain
from verifier.report.words import counted, ruling_line
from verifier.values.claim import Word
from verifier.values.record import RulingRecord, RunRecord
from verifier.values.ruling import State

MOST = 10
"""Source: GitHub Docs, "Workflow commands", the limits of annotations."""

_LEVELS = {Word.ERROR: "error", Word.NOT: "error", Word.PARTIALLY: "warning", Word.UNPROVEN: "notice"}


def render(record: RunRecord) -> str:
    """A workflow command a line, worst first; nothing where every claim is fully resolved."""
    commands = [line for level in ("error", "warning", "notice") for line in _of_level(record, level)]
    return "".join(f"{line}\n" for line in commands)


FORMAT = Format("github-annotations", ".annotations.txt", render)


def _of_level(record: RunRecord, level: str) -> Iterator[str]:
    rulings = [ruling for ruling in record.rulings if _LEVELS.get(ruling.ruling) == level]
    incomplete = level == "error" and not record.complete
    if incomplete:
        yield command("error", "the run ended before every claim was judged", title="verifier")
    room = MOST - incomplete
    first = rulings if len(rulings) <= room else rulings[: room - 1]
    for ruling in first:
        yield _annotation(record, ruling, level)
    rest = rulings[len(first) :]
    if rest:
        names = plain(", ".join(ruling.claim_id for ruling in rest), 1_000)
        yield command(level, f"and {counted(len(rest), 'more claim')}: {names}", title="verifier")


def _annotation(record: RunRecord, ruling: RulingRecord, level: str) -> str:
    place = marked_place(record, ruling)
    properties: dict[str, str | int] = {}
    if place is not None:
        properties["file"] = shown(place.path)
        if place.lines is not None:
            properties |= {"line": place.lines.first_line, "endLine": place.lines.last_line}
    title = f"{plain(ruling.claim_id)}: {ruling_line(ruling)}"
    return command(level, "\n".join(_message(ruling)), **properties, title=title)


def _message(ruling: RulingRecord) -> Iterator[str]:
    yield plain(ruling.statement, 500)
    if ruling.ruling is Word.ERROR:
        yield f"No ruling: {plain(ruling.error or '', 500)}"
    for part in ruling.parts:
        if part.state is not State.PROVEN:
            yield f"{plain(part.id)} {part.state}: {plain(part.text)}"
