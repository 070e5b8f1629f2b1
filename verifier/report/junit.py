"""JUnit XML: a test case for each claim.

A claim that is NOT or PARTIALLY RESOLVED is a failure. So is one that is UNPROVEN, of a type of its own: a skipped case
counts as harmless almost everywhere, and what is unproven never passes for proven. What could not be judged is an
error, never a failure; a run that was ended early has a case of its own that says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from xml.etree import ElementTree

from verifier.invisible import shown
from verifier.report.format import Format
from verifier.report.plain_evidence import evidence_lines, plain
from verifier.report.words import ruling_line
from verifier.values.claim import Word
from verifier.values.record import RulingRecord, RunRecord

_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Source: XML 1.0, section 2.2."""

_TYPES = {Word.PARTIALLY: "partially-resolved", Word.NOT: "not-resolved", Word.UNPROVEN: "unproven"}


def render(record: RunRecord) -> str:
    """The document; the same record always gives the same text."""
    errors = sum(ruling.ruling is Word.ERROR for ruling in record.rulings) + (not record.complete)
    numbers = {
        "tests": str(len(record.rulings) + (not record.complete)),
        "failures": str(sum(ruling.ruling in _TYPES for ruling in record.rulings)),
        "errors": str(errors),
    }
    root = ElementTree.Element("testsuites", {"name": "verifier", **numbers})
    suite = ElementTree.SubElement(
        root, "testsuite", {"name": _valid(plain(record.claim_set.title)), **numbers, "skipped": "0", **_time(record)}
    )
    properties = ElementTree.SubElement(suite, "properties")
    for name, value in _properties(record):
        ElementTree.SubElement(properties, "property", {"name": name, "value": _valid(plain(value, 1_000))})
    group = _valid(plain(PurePosixPath(record.claim_set.path).stem))
    for ruling in record.rulings:
        _case(suite, group, ruling)
    if not record.complete:
        case = ElementTree.SubElement(suite, "testcase", {"classname": group, "name": "(the whole run)"})
        message = "the run ended before every claim was judged"
        ElementTree.SubElement(case, "error", {"message": message, "type": "incomplete"}).text = message
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'


FORMAT = Format("junit", ".junit.xml", render)


def _case(suite: ElementTree.Element, group: str, ruling: RulingRecord) -> None:
    case = ElementTree.SubElement(suite, "testcase", {"classname": group, "name": _valid(plain(ruling.claim_id))})
    said = _valid("\n".join(_lines(ruling)))
    if ruling.ruling is Word.ERROR:
        message = _valid(plain(ruling.error or "the claim could not be judged", 1_000))
        ElementTree.SubElement(case, "error", {"message": message, "type": "error"}).text = said
    elif ruling.ruling in _TYPES:
        given = {"message": ruling_line(ruling), "type": _TYPES[ruling.ruling]}
        ElementTree.SubElement(case, "failure", given).text = said
    else:
        ElementTree.SubElement(case, "system-out").text = said


def _lines(ruling: RulingRecord) -> Iterator[str]:
    """What is claimed and ruled, then each part with its evidence; every line begins with a word of ours."""
    yield f"claim: {plain(ruling.statement, 2_000)}"
    yield f"ruling: {ruling_line(ruling)}"
    if ruling.ruling is Word.ERROR:
        yield f"error: {plain(ruling.error or '', 2_000)}"
    elif ruling.because:
        yield f"why: {plain(ruling.because)}"
    for part in ruling.parts:
        yield f"part {plain(part.id)}, {part.state}: {plain(part.text)} ({plain(part.because)})"
        for line in evidence_lines(part):
            yield f"  {line}"


def _properties(record: RunRecord) -> Iterator[tuple[str, str]]:
    yield "tool", record.tool
    yield "commit", record.repository.commit
    yield "ref", record.repository.ref
    yield "model", record.model.requested
    yield "claims", record.claim_set.path
    if record.subset is not None:
        yield "subset", record.subset


def _time(record: RunRecord) -> dict[str, str]:
    """When the run was made, in UTC and without saying so, as readers of this format want it."""
    if record.made is None:
        return {}
    return {"timestamp": record.made.replace(tzinfo=None).isoformat(timespec="seconds")}


def _valid(text: str) -> str:
    return _NOT_XML.sub("", shown(text, keep="\n"))
