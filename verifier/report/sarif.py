"""SARIF 2.1.0, for code scanning: the claims are the rules, and each claim not fully resolved is a result.

An alert so stays one and the same while its claim goes from NOT RESOLVED to UNPROVEN or ERROR, and is closed by a
ruling of FULLY RESOLVED alone: no failure is read as a verdict. NOT RESOLVED is an error, PARTIALLY RESOLVED a warning,
UNPROVEN a note; an ERROR is no finding about the code, so its result is of kind "open" and the error stands among the
run's notifications. A claim whose waiver held on the day of the run is a note that is suppressed from outside the code,
with reason and owner, since code scanning itself passes suppressions by and shows the level; one whose waiver had
expired is not. What a branch does to the claims that it is judged by
is a result of a rule of its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import date
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from verifier.report import Format
from verifier.report.asides import asides, day_of, held_waiver
from verifier.report.marked_place import Place, claim_file, is_inside, marked_place
from verifier.report.permalinks import Permalinks
from verifier.report.plain_evidence import aside_line, evidence_lines, part_line, plain, quoted, words_not_judged
from verifier.report.words import fingerprint, ruling_line
from verifier.safety.invisible import visible
from verifier.values.claim import Waiver, Word
from verifier.values.record import PolicyChangeRecord, RulingRecord, RunRecord
from verifier.values.ruling import RuledPart, State

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_ROOT = "%SRCROOT%"
_MOST_RELATED = 20
_MOST_TAGS = 20
"""Of a rule. Code scanning refuses a whole file with more. Source: GitHub docs, "SARIF results exceed limits"."""

_LEVELS = {Word.NOT: "error", Word.PARTIALLY: "warning", Word.UNPROVEN: "note"}


def render(record: RunRecord) -> str:
    """The log as indented JSON; the same record always gives the same bytes."""
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [_run(record)]}
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


FORMAT = Format("sarif", ".sarif", render)


def _run(record: RunRecord) -> dict[str, Any]:
    name, _, version = record.tool.partition(" ")
    errors = [ruling for ruling in record.rulings if ruling.ruling is Word.ERROR]
    changes = record.policy_changes
    rules = [_rule(ruling) for ruling in record.rulings]
    driver: dict[str, Any] = {"name": name, "rules": [*rules, _POLICY_RULE] if changes else rules}
    if version:
        driver["version"] = version
    return {
        "tool": {"driver": driver},
        "invocations": [
            {
                "executionSuccessful": record.complete and not errors,
                "toolExecutionNotifications": [_notification(record, ruling) for ruling in errors],
            }
        ],
        **_provenance(record),
        "automationDetails": {"id": f"verifier/{_escaped(PurePosixPath(record.claim_set.path).name)}/"},
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the repository."}}},
        "columnKind": "unicodeCodePoints",
        "results": [
            *(
                _result(record, ruling, number)
                for number, ruling in enumerate(record.rulings)
                if ruling.ruling is not Word.FULLY
            ),
            *(_policy_result(record, change, len(rules)) for change in changes),
        ],
    }


def _provenance(record: RunRecord) -> dict[str, Any]:
    address = Permalinks.of(record.repository.remote, record.repository.commit).repository
    if address is None:
        return {}
    details = {"repositoryUri": address, "revisionId": record.repository.commit}
    if record.repository.ref != record.repository.commit:
        details["branch"] = visible(record.repository.ref)
    return {"versionControlProvenance": [details]}


def _rule(ruling: RulingRecord) -> dict[str, Any]:
    """The claim as a rule, under its own id."""
    return {
        "id": ruling.claim_id,
        "shortDescription": {"text": _text(plain(ruling.statement, 120))},
        "fullDescription": {"text": _text(plain(ruling.statement, 1_000))},
        "help": {
            "text": "The commit is to bear this claim out. Make the code do what its open parts say, "
            "or reword or withdraw the claim."
        },
        "properties": {"tags": list(dict.fromkeys(visible(tag) for tag in ruling.claim.tags))[:_MOST_TAGS]},
    }


_POLICY_RULE: dict[str, Any] = {
    "id": "policy/claims-changed",
    "shortDescription": {"text": "A branch does not judge itself."},
    "fullDescription": {"text": "The branch changes, removes or un-requires a claim that it is judged by."},
    "help": {"text": "Undo the change on this branch, or make it where the policy is taken from."},
}
"""No claim's id has a slash in it."""


def _policy_result(record: RunRecord, change: PolicyChangeRecord, rule: int) -> dict[str, Any]:
    said = f"{quoted(change.claim_id)} {plain(change.what)}; it had no effect on this run, and fails."
    return {
        "ruleId": _POLICY_RULE["id"],
        "ruleIndex": rule,
        "kind": "fail",
        "level": "error",
        "message": {"text": _text(said)},
        "locations": _locations(claim_file(record)),
        "partialFingerprints": _fingerprints(record, _POLICY_RULE["id"], change.claim_id, change.what),
        "suppressions": [],
    }


def _result(record: RunRecord, ruling: RulingRecord, rule: int) -> dict[str, Any]:
    day = day_of(record)
    waiver = held_waiver(ruling, day)
    marks = {"required": ruling.claim.required, "new": ruling.new, "carriedFrom": ruling.carried_from}
    judged = ruling.ruling in _LEVELS
    level = _LEVELS.get(ruling.ruling, "none")
    return {
        "ruleId": ruling.claim_id,
        "ruleIndex": rule,
        "kind": "fail" if judged else "open",
        "level": level if waiver is None else "note",
        "message": {"text": _message(ruling, day)},
        "locations": _locations(marked_place(record, ruling)),
        "relatedLocations": _related(ruling.parts),
        "partialFingerprints": _fingerprints(record, ruling.claim_id),
        "suppressions": [] if waiver is None else [_suppression(waiver)],
        "properties": {
            "ruling": ruling.ruling,
            "range": list(ruling.range),
            "counts": ruling.counts,
            "verdict": ruling.verdict,
            **{name: value for name, value in marks.items() if value},
        },
    }


def _fingerprints(record: RunRecord, *identity: str) -> dict[str, str]:
    """What stays the same from run to run, whatever becomes of the claim."""
    digest = fingerprint(record, *identity)
    # The first is what code scanning tells alerts apart by; without it, it would take the text of the line.
    return {"primaryLocationLineHash": f"{digest[:16]}:1", "claim/v1": digest}


def _suppression(waiver: Waiver) -> dict[str, Any]:
    """A waiver. A result without one has an empty list: every result of a run has the property, or none.

    Source: SARIF 2.1.0, section 3.27.23.
    """
    said = f"waived until {waiver.expires}, {waiver.owner}: {waiver.reason}"
    return {"kind": "external", "status": "accepted", "justification": plain(said, 1_000)}


def _message(ruling: RulingRecord, day: date) -> str:
    """The ruling, then a line for each part that is not proven, with its evidence."""
    lines = [f"{ruling_line(ruling)}: {quoted(ruling.statement, 1_000)}"]
    if ruling.not_judged:
        lines.append(f"not judged: {words_not_judged(ruling)}")
    lines.extend(map(aside_line, asides(ruling, day)))
    if ruling.ruling is Word.ERROR:
        lines.append(f"No ruling: {plain(ruling.error or '', 1_000)}")
    for part in ruling.parts:
        if part.state is not State.PROVEN:
            lines.append(part_line(part))
            lines.extend(f"- {line}" for line in evidence_lines(part))
    return _text("\n".join(lines))


def _text(text: str) -> str:
    """The text with no link in it: brackets would be read as one.

    Source: SARIF 2.1.0, section 3.11.6.
    """
    return re.sub(r"[\\\[\]]", r"\\\g<0>", text)


def _notification(record: RunRecord, ruling: RulingRecord) -> dict[str, Any]:
    return {
        "level": "error",
        "associatedRule": {"id": ruling.claim_id},
        "message": {"text": _text(plain(ruling.error or "The claim could not be judged.", 1_000))},
        "locations": _locations(marked_place(record, ruling)),
    }


def _related(parts: Iterable[RuledPart]) -> list[dict[str, Any]]:
    """The citations that stand, whatever part they are for."""
    standing = [
        (ruled, one)
        for ruled in parts
        for one in ruled.evidence.groundings
        if one.stands and one.found and is_inside(one.citation.path)
    ]
    return [
        {
            "id": number,
            **_location(Place(one.citation.path, one.place)),
            "message": {
                "text": _text(f"{one.citation.role} {plain(ruled.id)}, {ruled.state}: {plain(ruled.part.text)}")
            },
        }
        for number, (ruled, one) in enumerate(standing[:_MOST_RELATED], start=1)
    ]


def _locations(place: Place | None) -> list[dict[str, Any]]:
    return [] if place is None else [_location(place)]


def _location(place: Place) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": _escaped(place.path), "uriBaseId": _ROOT}}
    if place.lines is not None:
        physical["region"] = {"startLine": place.lines.first, "endLine": place.lines.last}
    return {"physicalLocation": physical}


def _escaped(path: str) -> str:
    """The path as a relative address."""
    return quote(path, errors="replace")
