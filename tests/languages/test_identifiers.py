from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.languages.identifiers import split_identifier


@pytest.mark.parametrize(
    ("name", "pieces"),
    [
        pytest.param("RetryPolicy", ("Retry", "Policy"), id="camel"),
        pytest.param("retry_policy_v2", ("retry", "policy", "v", "2"), id="snake"),
        pytest.param("MAX_RETRIES", ("MAX", "RETRIES"), id="constant"),
        pytest.param("circuit-breaker", ("circuit", "breaker"), id="kebab"),
        pytest.param("HTTPRetry2", ("HTTP", "Retry", "2"), id="acronym-and-number"),
        pytest.param("parseURL", ("parse", "URL"), id="acronym-at-the-end"),
        pytest.param("straßeÖffnen", ("straße", "Öffnen"), id="letters-beyond-ascii"),
        pytest.param("__init__", ("init",), id="underscores-around"),
        pytest.param("", (), id="nothing"),
    ],
)
def test_an_identifier_is_split_where_its_words_meet(name: str, pieces: tuple[str, ...]) -> None:
    assert split_identifier(name) == pieces


@given(st.text())
def test_no_letter_and_no_digit_is_lost(text: str) -> None:
    assert "".join(split_identifier(text)) == "".join(letter for letter in text if letter.isalnum())
