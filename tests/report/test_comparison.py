"""What a comparison of two runs says of who read, and how often both readings agree."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.report.run_records import FULLY, MODEL, READER, UNPROVEN, run
from verifier.records.comparing import compare
from verifier.report.comparison import as_document, as_markdown, as_text
from verifier.values.record import RunRecord

BEFORE = run(FULLY)
OTHER_READER = replace(BEFORE, settings={"reader_model": "gemini-4-argon"})


@pytest.mark.parametrize(
    ("after", "readers"),
    [
        pytest.param(BEFORE, None, id="the same"),
        pytest.param(OTHER_READER, (READER, "gemini-4-argon"), id="another"),
        pytest.param(replace(BEFORE, settings={}), (READER, MODEL), id="the model itself"),
    ],
)
def test_another_second_reader_is_told(after: RunRecord, readers: tuple[str, str] | None) -> None:
    told = as_text(compare(BEFORE, after))

    assert ("second reader asked" in told) is (readers is not None)
    if readers is not None:
        assert f"second reader asked: {' → '.join(readers)}\n" in told


def test_the_two_readers_are_named_in_every_form() -> None:
    comparison = compare(BEFORE, OTHER_READER)

    assert f"second reader asked: {READER} → gemini-4-argon\n" in as_text(comparison)
    assert f"- second reader asked: `{READER}` → `gemini-4-argon`\n" in as_markdown(comparison)
    assert as_document(comparison)["after"]["reader_model"] == "gemini-4-argon"


def test_that_both_readings_agree_less_often_is_told() -> None:
    said = as_text(compare(run(FULLY), run(UNPROVEN)))

    assert (
        "readings: the two readings agree over 2 of 2 parts, now the two readings agree over 1 of 3 parts\n"
    ) in said


def test_a_reader_s_name_is_text_and_no_markup() -> None:
    hostile = replace(BEFORE, settings={"reader_model": "a`b\u202e|<x>"})

    assert "``a`b\\u202e|<x>``" in as_markdown(compare(BEFORE, hostile))
    assert "\u202e" not in as_text(compare(BEFORE, hostile))
