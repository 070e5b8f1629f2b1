"""Annotations: one for each claim that is not fully resolved, at its evidence, in the files of a pull request.

Each is a workflow command: a line on standard output that a runner obeys, so that text of others must never form one.

GitHub shows ten errors, ten warnings and ten notices of a step, so the tenth says how many more there are. A claim
whose waiver held on the day of the run is a notice, whatever its ruling.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from verifier.report import Format
from verifier.report.asides import asides, day_of, held_waiver, ruling_with_asides
from verifier.report.marked_place import Place, claim_file, marked_place
from verifier.report.plain_evidence import aside_line, part_line, plain, words_not_judged
from verifier.safety.invisible import visible
from verifier.values.claim import Word
from verifier.values.record import RulingRecord, RunRecord
from verifier.values.ruling import State

MOST = 10
"""Source: GitHub Docs, "Workflow commands", the limits of annotations."""

_LEVELS = {Word.ERROR: "error", Word.NOT: "error", Word.PARTIALLY: "warning", Word.UNPROVEN: "notice"}


def render(record: RunRecord) -> str:
    """A workflow command a line, worst first; nothing where every claim is fully resolved."""
    return annotate([record])


def annotate(records: Sequence[RunRecord], failures: Iterable[tuple[str, str]] = ()) -> str:
    """The annotations of the runs of one step, all together no more than GitHub shows of it.

    `failures` are the claims that fail the gate, each with the reason: what no ruling tells is annotated too.
    """
    every = (_incomplete, _changed, _open)
    found = [one for each in every for record in records for one in each(record)]
    found += _failing(failures, told={one.name for one in found if one.level != "notice"})
    commands = [line for level in ("error", "warning", "notice") for line in _of_level(found, level)]
    return "".join(f"{line}\n" for line in commands)


FORMAT = Format("github-annotations", ".annotations.txt", render)


@dataclass(frozen=True)
class _Annotation:
    level: str
    message: str
    name: str
    """What it is called where it has no room of its own."""
    title: str = "verifier"
    place: Place | None = None


def _incomplete(record: RunRecord) -> Iterator[_Annotation]:
    if not record.complete:
        name = plain(record.claim_set.path)
        yield _Annotation("error", f"the run over {name} ended before every claim was judged", name)


def _changed(record: RunRecord) -> Iterator[_Annotation]:
    for change in record.policy_changes:
        name = plain(change.claim_id)
        said = f"{name} {plain(change.what)}; it had no effect on this run, and fails"
        yield _Annotation("error", said, name, f"{name}: changed by the branch", claim_file(record))


def _open(record: RunRecord) -> Iterator[_Annotation]:
    day = day_of(record)
    for ruling in record.rulings:
        level = "notice" if held_waiver(ruling, day) else _LEVELS.get(ruling.ruling)
        if level is not None:
            name, said = plain(ruling.claim_id), "\n".join(message(ruling, day))
            title = f"{name}: {ruling_with_asides(ruling, day)}"
            yield _Annotation(level, said, name, title, marked_place(record, ruling))


def _failing(failures: Iterable[tuple[str, str]], told: set[str]) -> Iterator[_Annotation]:
    for claim_id, why in failures:
        name = plain(claim_id)
        if name not in told:
            yield _Annotation("error", f"{name}: {plain(why)}", name, f"{name} fails")


def _of_level(annotations: Sequence[_Annotation], level: str) -> Iterator[str]:
    ours = [one for one in annotations if one.level == level]
    with_room = ours if len(ours) <= MOST else ours[: MOST - 1]
    yield from map(_command, with_room)
    rest = ours[len(with_room) :]
    if rest:
        yield command(
            level, f"and {len(rest):,} more: {plain(', '.join(one.name for one in rest), 1_000)}", title="verifier"
        )


def _command(one: _Annotation) -> str:
    properties: dict[str, str | int] = {}
    if one.place is not None:
        properties["file"] = visible(one.place.path)
        if one.place.lines is not None:
            properties |= {"line": one.place.lines.first, "endLine": one.place.lines.last}
    return command(one.level, one.message, **properties, title=one.title)


def message(ruling: RulingRecord, day: date) -> Iterator[str]:
    """What is claimed, and why it is open, in lines of plain text."""
    yield plain(ruling.statement, 500)
    if ruling.not_judged:
        yield f"not judged: {words_not_judged(ruling)}"
    yield from map(aside_line, asides(ruling, day))
    if ruling.ruling is Word.ERROR:
        yield f"No ruling: {plain(ruling.error or '', 500)}"
    for part in ruling.parts:
        if part.state is not State.PROVEN:
            yield part_line(part)
            reading = part.evidence.reading
            if reading is not None and reading.missing.strip():
                yield f"missing: {plain(reading.missing)}"
            for finding in part.evidence.absences:
                if finding.unread:
                    yield f"not searched: {plain('; '.join(finding.unread))}"


def command(name: str, message: str, **properties: str | int) -> str:
    """One workflow command on one line.

    Source: GitHub Docs, "Workflow commands for GitHub Actions", and the escapes of @actions/core.
    """
    given = ",".join(f"{key}={_escaped(str(value), _PROPERTY)}" for key, value in properties.items())
    return f"::{name}{f' {given}' if given else ''}::{_escaped(message, _DATA)}"


def _escaped(text: str, escapes: dict[str, str]) -> str:
    return "".join(escapes.get(letter, letter) for letter in text)


_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_PROPERTY = {**_DATA, ":": "%3A", ",": "%2C"}
