"""JUnit XML: read by a reader of that format and by any reader of XML, whatever the texts are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from junitparser import Error, Failure, JUnitXml, TestCase, TestSuite

from tests.report.expected_files import assert_as_expected
from tests.report.hostile_records import SPEAKING, hostile
from tests.report.run_records import ERROR, EVERYTHING, FULLY, NOT, PARTIALLY, PLAIN, UNPROVEN, part, ruled, run
from verifier.report.junit import render
from verifier.values.claim import Word
from verifier.values.record import RulingRecord, RunRecord
from verifier.values.ruling import State
from verifier.values.verdict import Holds


def suite_of(record: RunRecord, folder: Path) -> TestSuite:
    """The one suite as a JUnit reader takes it from a file."""
    path = folder / "report.junit.xml"
    path.write_bytes(render(record).encode("utf-8"))
    (suite,) = JUnitXml.fromfile(str(path))
    assert isinstance(suite, TestSuite)
    return suite


def cases(record: RunRecord, folder: Path) -> list[TestCase]:
    return list(suite_of(record, folder))


def test_a_document_is_as_expected() -> None:
    assert_as_expected("everything.junit.xml", render(EVERYTHING))


def test_a_case_is_a_claim(tmp_path: Path) -> None:
    found = cases(PLAIN, tmp_path)

    assert [(case.classname, case.name, case.result) for case in found] == [("pool", "pool-drains", [])]


@pytest.mark.parametrize(
    ("ruling", "kind", "type_", "message"),
    [
        pytest.param(NOT, Failure, "not-resolved", "❌ NOT RESOLVED (1 refuted)", id="not"),
        pytest.param(
            PARTIALLY,
            Failure,
            "partially-resolved",
            "⚠️ PARTIALLY RESOLVED (1 proven, 1 partly, 1 refuted)",
            id="partially",
        ),
        pytest.param(
            UNPROVEN,
            Failure,
            "unproven",
            "❔ UNPROVEN (1 proven, 5 unproven): could be FULLY RESOLVED or PARTIALLY RESOLVED",
            id="what is unproven never passes",
        ),
        pytest.param(ERROR, Error, "error", ERROR.error, id="an error is never a failure"),
    ],
)
def test_an_open_claim_is_a_failure_or_an_error(
    ruling: RulingRecord, kind: type[Any], type_: str, message: str, tmp_path: Path
) -> None:
    fully, case = cases(run(FULLY, ruling), tmp_path)

    assert fully.result == []
    assert [(type(one), one.type, one.message) for one in case.result] == [(kind, type_, message)]


def test_the_numbers_are_those_of_the_cases(tmp_path: Path) -> None:
    suite = suite_of(EVERYTHING, tmp_path)
    said = (suite.tests, suite.failures, suite.errors, suite.skipped)

    suite.update_statistics()  # type: ignore[no-untyped-call]

    assert said == (suite.tests, suite.failures, suite.errors, suite.skipped) == (6, 3, 2, 0)


def test_a_run_that_was_ended_is_never_green(tmp_path: Path) -> None:
    ended = replace(PLAIN, complete=False)

    (error,) = cases(ended, tmp_path)[-1].result

    assert (type(error), error.type) == (Error, "incomplete")


@pytest.mark.parametrize("text", SPEAKING.values(), ids=SPEAKING)
def test_hostile_text_leaves_the_document_as_it_is(text: str, tmp_path: Path) -> None:
    plain, written = (ElementTree.fromstring(render(hostile(given))) for given in ("word", text))

    assert [(one.tag, sorted(one.attrib)) for one in written.iter()] == [
        (one.tag, sorted(one.attrib)) for one in plain.iter()
    ]
    assert len(cases(hostile(text), tmp_path)) == 7


def test_every_character_a_record_can_hold_gives_valid_xml() -> None:
    every = "".join(chr(code) for code in [*range(0x300), *range(0x2000, 0x2100), *range(0xFDD0, 0x10000), 0x1F600])
    text = "a" + every.replace("\x00", "\x00b")
    record = run(
        *(ruled("a", text[at : at + 200], Word.NOT, "y", one(text[at : at + 200])) for at in range(0, len(text), 200))
    )

    root = ElementTree.fromstring(render(record))

    assert "\\u0001" in "".join(root.itertext())


def one(text: str) -> Any:
    return part(1, text, Holds.NO, State.REFUTED, text)


@pytest.mark.parametrize(
    ("generated", "timestamp"),
    [
        pytest.param("2025-07-18T13:42:42+02:00", "2025-07-18T11:42:42", id="a zone"),
        pytest.param("2025-07-18T13:42:42", "2025-07-18T13:42:42", id="no zone"),
        pytest.param("some day", None, id="no time at all"),
    ],
)
def test_the_time_is_in_utc(generated: str, timestamp: str | None) -> None:
    root = ElementTree.fromstring(render(replace(PLAIN, generated=generated)))

    assert root[0].get("timestamp") == timestamp
