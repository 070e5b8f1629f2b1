"""GitLab's code quality report: an entry for each claim that is not fully resolved, at its evidence.

An entry keeps its fingerprint, made of the claim file's name and the claim's id, so that GitLab tells what is new on a
branch. What a waiver excuses is an "info".
"""

from __future__ import annotations

import json
from typing import Any

from verifier.report import Format
from verifier.report.asides import day_of, held_waiver
from verifier.report.github.annotations import message
from verifier.report.marked_place import Place, claim_file, marked_place
from verifier.report.plain_evidence import plain
from verifier.report.words import fingerprint, ruling_line
from verifier.values.claim import Word
from verifier.values.record import RunRecord

_SEVERITIES = {Word.ERROR: "blocker", Word.NOT: "critical", Word.PARTIALLY: "major", Word.UNPROVEN: "minor"}


def render(record: RunRecord) -> str:
    """The report as JSON, a list.

    Source: GitLab Docs, "Code Quality report format".
    """
    day, entries = day_of(record), []
    for change in record.policy_changes:
        said = f"{plain(change.claim_id)} {plain(change.what)}; it had no effect, and fails"
        entries.append(_entry(record, (change.claim_id, change.what), said, "critical", claim_file(record)))
    for ruling in record.rulings:
        severity = "info" if held_waiver(ruling, day) else _SEVERITIES.get(ruling.ruling)
        if severity is not None:
            said = f"{plain(ruling.claim_id)}: {ruling_line(ruling)}: {'; '.join(message(ruling, day))}"
            entries.append(_entry(record, (ruling.claim_id,), said, severity, marked_place(record, ruling)))
    return json.dumps(entries, indent=2, ensure_ascii=False) + "\n"


FORMAT = Format("gitlab-code-quality", ".codequality.json", render)


def _entry(
    record: RunRecord, identity: tuple[str, ...], said: str, severity: str, place: Place | None
) -> dict[str, Any]:
    path = place.path if place is not None else record.claim_set.path
    first = place.lines.first if place is not None and place.lines is not None else 1
    return {
        "description": said,
        "check_name": "verifier",
        "fingerprint": fingerprint(record, *identity),
        "severity": severity,
        "location": {"path": path, "lines": {"begin": first}},
    }
