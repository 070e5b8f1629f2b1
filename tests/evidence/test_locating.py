"""Where a quote stands in a file."""

from __future__ import annotations

import pytest

from verifier.evidence.locating import locate
from verifier.values.source import Lines, split_lines

POOL = split_lines(
    "import queue\n\nMAX_IDLE = 30\n\ndef drain(pool):\n    while pool:\n        pool.pop()\n\nMAX_IDLE = 30\n"
)


@pytest.mark.parametrize(
    ("quote", "near", "places"),
    [
        pytest.param("import queue", 1, [(1, 1)], id="one line"),
        pytest.param("def drain(pool):\n    while pool:", 5, [(5, 6)], id="a run of lines"),
        pytest.param("def drain(pool):   \n    while pool:\t\n", 5, [(5, 6)], id="blanks at line ends"),
        pytest.param("\n\ndef drain(pool):\n", 5, [(5, 5)], id="blank lines around"),
        pytest.param("def drain(pool):\r\n    while pool:\r\n", 5, [(5, 6)], id="other line ends"),
        pytest.param("MAX_IDLE = 30", 8, [(9, 9), (3, 3)], id="several places, the nearest first"),
        pytest.param("def drain(pool):\n...\n        pool.pop()", 5, [(5, 7)], id="an elision"),
        pytest.param("def drain(pool):\n    # ...\n        pool.pop()", 5, [(5, 7)], id="an elision put as a comment"),
        pytest.param("import queue\n…\n    while pool:\n…\nMAX_IDLE = 30", 1, [(1, 9)], id="two elisions"),
        pytest.param("    while pool:\n...\nimport queue", 5, [], id="runs in another order"),
        pytest.param("while pool:", 6, [], id="without its indentation"),
        pytest.param("def drain", 5, [], id="half a line"),
        pytest.param("MAX_IDLE  = 30", 3, [], id="tidied blanks inside a line"),
        pytest.param("max_idle = 30", 3, [], id="other case"),
        pytest.param("def drain(pool):\n        pool.pop()", 5, [], id="a line left out without a mark"),
        pytest.param("", 1, [], id="nothing"),
        pytest.param("  \n\t\n", 1, [], id="only blanks"),
        pytest.param("...", 1, [], id="only an elision"),
    ],
)
def test_a_quote_is_located_line_by_line(quote: str, near: int, places: list[tuple[int, int]]) -> None:
    assert locate(quote, POOL, near) == tuple(Lines(first, last) for first, last in places)


def test_an_ellipsis_that_stands_in_the_file_is_text() -> None:
    lines = split_lines("def drain(pool):\n    ...\n\ndef fill(pool):\n    pool.put()\n")

    assert locate("def drain(pool):\n    ...", lines, 1) == (Lines(1, 2),)
    assert locate("    ...", lines, 4) == (Lines(2, 2),)


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("größe = '日本語'", id="other scripts"),
        pytest.param("\tif (x)\t{", id="tabs"),
        pytest.param("a\x0cb", id="a form feed inside"),
        pytest.param("a\u2028b", id="a line separator inside"),
        pytest.param("a\rb", id="a lone carriage return inside"),
        pytest.param("x" * 100_000, id="a line of 100 kB"),
        pytest.param("bad \ufffd byte", id="a replaced byte"),
    ],
)
def test_any_text_is_located_as_it_stands(line: str) -> None:
    lines = split_lines(f"first\n{line}\nlast")

    assert locate(line, lines, 1) == (Lines(2, 2),)
    assert locate("last", lines, 1) == (Lines(3, 3),)


def test_a_quote_that_is_cited_exactly_is_found_among_countless_others() -> None:
    lines = ["x = 1"] * 5000

    assert locate("x = 1", lines, 4321)[0] == Lines(4321, 4321)
