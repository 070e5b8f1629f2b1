"""JUnit XML: a test case for each claim.

A claim that is NOT or PARTIALLY RESOLVED is a failure. So is one that is UNPROVEN, of a type of its own: a skipped case
counts as harmless almost everywhere, and what is unproven never passes for proven. That is just what a waiver asks
for: where one held on the day of the run, the claim is skipped, with its ruling, reason and owner. What could not be
judged is an error, never a failure; a run that was ended early has a case of its own that says so, and so has what a
branch does to the claims that it is judged by, which fails.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import PurePosixPath
from xml.etree import ElementTree

from verifier.report import Format
from verifier.report.asides import asides, day_of, held_waiver
from verifier.report.evidence_words import because
from verifier.report.notices import agreement
from verifier.report.plain_evidence import aside_line, evidence_lines, plain, words_not_judged
from verifier.report.words import ruling_line
from verifier.safety.invisible import visible
from verifier.values.claim import Word
from verifier.values.record import RulingRecord, RunRecord

_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Source: XML 1.0, section 2.2."""

_TYPES = {Word.PARTIALLY: "partially-resolved", Word.NOT: "not-resolved", Word.UNPROVEN: "unproven"}


def render(record: RunRecord) -> str:
    """The document; the same record always gives the same text."""
    group = _valid(plain(PurePosixPath(record.claim_set.path).stem))
    cases = list(_cases(record, group))
    numbers = {"tests": str(len(cases)), "failures": _number(cases, "failure"), "errors": _number(cases, "error")}
    root = ElementTree.Element("testsuites", {"name": "verifier", **numbers})
    own = {"name": _valid(plain(record.claim_set.title)), **numbers, "skipped": _number(cases, "skipped")}
    # In UTC and without saying so, as readers of this format want it.
    made = {"timestamp": record.made.replace(tzinfo=None).isoformat(timespec="seconds")} if record.made else {}
    suite = ElementTree.SubElement(root, "testsuite", own | made)
    properties = ElementTree.SubElement(suite, "properties")
    for name, value in _properties(record):
        ElementTree.SubElement(properties, "property", {"name": name, "value": _valid(plain(value, 1_000))})
    suite.extend(cases)
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'


FORMAT = Format("junit", ".junit.xml", render)


def _number(cases: list[ElementTree.Element], result: str) -> str:
    return str(sum(case.find(result) is not None for case in cases))


def _cases(record: RunRecord, group: str) -> Iterator[ElementTree.Element]:
    day = day_of(record)
    for ruling in record.rulings:
        said = "\n".join(_lines(ruling, day))
        yield _case(group, ruling.claim_id, *_result(ruling, day), said)
    for change in record.policy_changes:
        what = f"{plain(change.claim_id)} {plain(change.what)}; it had no effect, and fails"
        yield _case(group, f"(policy) {change.claim_id}", "failure", "policy-change", what, what)
    if not record.complete:
        message = "the run ended before every claim was judged"
        yield _case(group, "(the whole run)", "error", "incomplete", message, message)


def _result(ruling: RulingRecord, day: date) -> tuple[str, str, str]:
    """What the case comes to: the element's name, its type and its message; only said where it passes."""
    waiver = held_waiver(ruling, day)
    if waiver is not None:
        why = f"waived until {waiver.expires}, {plain(waiver.owner)}: {plain(waiver.reason, 500)}"
        return "skipped", "waived", f"{ruling_line(ruling)}; {why}"
    if ruling.ruling is Word.ERROR:
        return "error", "error", plain(ruling.error or "the claim could not be judged", 1_000)
    if ruling.ruling in _TYPES:
        return "failure", _TYPES[ruling.ruling], ruling_line(ruling)
    return "system-out", "", ""


def _case(group: str, name: str, result: str, type_: str, message: str, said: str) -> ElementTree.Element:
    case = ElementTree.Element("testcase", {"classname": group, "name": _valid(plain(name))})
    given = {"message": _valid(message), "type": type_} if type_ else {}
    ElementTree.SubElement(case, result, given).text = _valid(said)
    return case


def _lines(ruling: RulingRecord, day: date) -> Iterator[str]:
    """What is claimed and ruled, then each part with its evidence; every line begins with a word of ours."""
    yield f"claim: {plain(ruling.statement, 2_000)}"
    if ruling.not_judged:
        yield f"not judged: {words_not_judged(ruling)}"
    yield f"ruling: {ruling_line(ruling)}"
    yield from map(aside_line, asides(ruling, day))
    if ruling.ruling is Word.ERROR:
        yield f"error: {plain(ruling.error or '', 2_000)}"
    elif ruling.because:
        yield f"why: {plain(ruling.because)}"
    for part in ruling.parts:
        yield f"part {plain(part.id)}, {part.state}: {plain(part.part.text)} ({plain(because(part))})"
        for line in evidence_lines(part):
            yield f"  {line}"


def _properties(record: RunRecord) -> Iterator[tuple[str, str]]:
    yield "tool", record.tool
    yield "commit", record.repository.commit
    yield "ref", record.repository.ref
    yield "model", record.model.requested
    yield "reader_model", record.reader_model
    yield "readings", agreement(record)
    yield "claims", record.claim_set.path
    if record.subset is not None:
        yield "subset", record.subset
    if record.policy is not None:
        yield "policy", f"{record.policy.ref}, commit {record.policy.commit}"


def _valid(text: str) -> str:
    return _NOT_XML.sub("", visible(text, keep="\n"))
