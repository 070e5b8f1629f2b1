"""The summary of a step: the Markdown report, or where that is too long the page that a comment has, with more room."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from verifier.errors import VerifierError
from verifier.report import Format, markdown
from verifier.report.github.comment import page, size
from verifier.safety.terminal import disarmed
from verifier.values.record import RunRecord

LONGEST_SUMMARY = 1024 * 1024
"""Source: GitHub Docs, "Adding a job summary": a step's summary has at most 1 MiB, else nothing of it is shown."""

VARIABLE = "GITHUB_STEP_SUMMARY"

_LEAST = 12_000
"""Room for a page that says anything."""


def render(record: RunRecord) -> str:
    """The summary, never longer than GitHub takes."""
    return _within(record, LONGEST_SUMMARY)


FORMAT = Format("github-summary", ".summary.md", render)


def write_step_summary(records: Iterable[RunRecord], environment: Mapping[str, str]) -> Path | None:
    """Append the runs to the file that the environment names as the step's summary; None where it names none.

    What the step has written there before counts towards the limit; a run for which nothing is left is left out.

    Raises:
        VerifierError: The file cannot be written.
    """
    name = environment.get(VARIABLE)
    if not name:
        return None
    path = Path(name)
    try:
        room = LONGEST_SUMMARY - (path.stat().st_size if path.exists() else 0)
        with path.open("ab") as file:
            for record in records:
                if room < _LEAST:
                    break
                text = _within(record, room - 1).encode("utf-8")
                file.write(text + b"\n")
                room -= len(text) + 1
    except OSError as error:
        raise VerifierError(
            f"{name}: cannot be written ({error.strerror}); {VARIABLE} names it: unset it, or name another"
        ) from error
    return path


def _within(record: RunRecord, room: int) -> str:
    whole = disarmed(markdown.render(record))
    return whole if size(whole) <= room else page(record, room)
