"""Where a name, or code that a sentence quotes, stands in a file."""

from __future__ import annotations

import pytest

from verifier.evidence.locating import Words
from verifier.values.source import Lines, split_lines

POOL = split_lines(
    "def drain(pool, *,\n          limit=3):\n    while pool:\n        pool.pop()  # drained\n\n"
    "def refill(pool):\n    pool.put(size=3, wait = True)\n    größe = [...]\n    pool.pop( )\n"
)


@pytest.mark.parametrize(
    ("piece", "near", "places"),
    [
        pytest.param("drain", 1, [(1, 1)], id="a name"),
        pytest.param("pool", 7, [(7, 7), (6, 6), (9, 9), (4, 4), (3, 3), (1, 1)], id="the nearest first"),
        pytest.param("pool.pop()", 1, [(4, 4), (9, 9)], id="blanks inside"),
        pytest.param("def drain(pool, *, limit=3):", 1, [(1, 2)], id="two lines written as one"),
        pytest.param("größe", 1, [(8, 8)], id="other letters"),
        pytest.param("put(size=..., wait=True)", 1, [(7, 7)], id="an elision"),
        pytest.param("def drain(…): while pool", 1, [(1, 3)], id="an elision over lines"),
        pytest.param("[...]", 1, [(8, 8)], id="an ellipsis that is text"),
        pytest.param("drai", 1, [], id="half a word"),
        pytest.param("Drain", 1, [], id="other case"),
        pytest.param("pop() ... def drain", 1, [], id="runs in another order"),
        pytest.param("pool.pop() put", 1, [], id="words that do not follow"),
        pytest.param("", 1, [], id="nothing"),
        pytest.param(" \t", 1, [], id="blanks"),
        pytest.param("... …", 1, [], id="elisions alone"),
    ],
)
def test_a_piece_of_code_is_found_by_its_words(piece: str, near: int, places: list[tuple[int, int]]) -> None:
    assert Words(POOL).places(piece, near) == tuple(Lines(first, last) for first, last in places)


def test_an_elision_does_not_join_what_is_far_apart() -> None:
    lines = ["begin(", *["x = 1"] * 50, "end)"]

    assert Words(lines).places("begin(...end)") == ()


def test_a_word_that_is_everywhere_is_still_found_where_it_is_looked_for() -> None:
    words = Words(["x = 1"] * 100_000)

    assert words.places("x", near=90_000)[0] == Lines(90_000, 90_000)
    assert words.places("= 1", near=10_000_000)[0] == Lines(100_000, 100_000)


def test_a_file_of_one_word_said_over_and_over_is_searched_in_time() -> None:
    words = Words(["a " * 1_000] * 500)

    for near in range(0, 500, 5):
        words.places("a " * 200, near)
        words.places("a ... a b", near)
