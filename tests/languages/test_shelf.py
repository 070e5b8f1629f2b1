"""What was read last is kept: within a bound, whatever the texts are like."""

from __future__ import annotations

import pytest

from verifier import languages
from verifier.languages import read_source
from verifier.languages.shelf import Shelf


def test_what_was_asked_for_last_is_kept() -> None:
    shelf: Shelf[str, int] = Shelf(10)
    shelf.put("a", 1, 4)
    shelf.put("b", 2, 4)
    assert shelf.get("a") == 1

    shelf.put("c", 3, 4)

    assert [shelf.get(key) for key in "abc"] == [1, None, 3]


def test_the_last_one_is_kept_however_large() -> None:
    shelf: Shelf[str, int] = Shelf(10)
    shelf.put("a", 1, 4)

    shelf.put("b", 2, 40)

    assert [shelf.get(key) for key in "ab"] == [None, 2]


def test_readings_of_quotes_are_bounded_by_what_they_take_and_not_by_their_few_characters(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(languages, "_KEPT", Shelf(100_000))
    first = read_source("pool.py", "MAX_IDLE = 0\n")
    assert read_source("pool.py", "MAX_IDLE = 0\n") is first

    for number in range(1, 50):
        read_source("pool.py", f"MAX_IDLE = {number}\n")

    assert read_source("pool.py", "MAX_IDLE = 0\n") is not first
