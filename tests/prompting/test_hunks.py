"""Two texts compared line by line: true hunks, and none that takes for ever."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.prompting.hunks import hunks


def patched(before: Sequence[str], found: Sequence[str]) -> list[str]:
    """The text that the hunks make of another; each must stand where it says, and say what stands there."""
    after: list[str] = []
    at = 0
    for hunk in found:
        head, *lines = hunk.split("\n")
        old, new = ([int(n) for n in side[1:].split(",")] for side in head.split()[1:3])
        start = old[0] - 1 if old[1] else old[0]
        after += before[at:start]
        assert len(after) == (new[0] - 1 if new[1] else new[0])
        assert sum(line[0] in " -" for line in lines) == old[1]
        assert sum(line[0] in " +" for line in lines) == new[1]
        at = start
        for line in lines:
            if line[0] in " -":
                assert before[at] == line[1:]
                at += 1
            after += [line[1:]] if line[0] in " +" else []
    return [*after, *before[at:]]


def test_a_changed_line_stands_in_a_hunk_with_three_lines_around_it() -> None:
    before = [f"line {n}" for n in range(1, 21)]
    after = [*before[:9], "another", "one more", *before[10:]]

    assert hunks(before, after) == (
        "@@ -7,7 +7,8 @@\n line 7\n line 8\n line 9\n-line 10\n+another\n+one more\n line 11\n line 12\n line 13",
    )


def test_changes_far_from_one_another_are_hunks_of_their_own() -> None:
    before = [f"line {n}" for n in range(1, 41)]
    after = ["first", *before[1:-1], "last"]

    assert [hunk.split("\n")[0] for hunk in hunks(before, after)] == ["@@ -1,4 +1,4 @@", "@@ -37,4 +37,4 @@"]


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        pytest.param(["a", "b"], ["a", "b"], (), id="the same"),
        pytest.param([], [], (), id="nothing"),
        pytest.param(["a", "b"], [], ("@@ -1,2 +0,0 @@\n-a\n-b",), id="all gone"),
        pytest.param([], ["a", "b"], ("@@ -0,0 +1,2 @@\n+a\n+b",), id="all new"),
        pytest.param([""], ["", ""], ("@@ -1,1 +1,2 @@\n \n+",), id="an empty line"),
        pytest.param(
            ["+a", "@@ -1 +1 @@"], ["-a", "@@ -1 +1 @@"], ("@@ -1,2 +1,2 @@\n-+a\n+-a\n @@ -1 +1 @@",), id="signs"
        ),
    ],
)
def test_texts_at_the_edge(before: list[str], after: list[str], found: tuple[str, ...]) -> None:
    assert hunks(before, after) == found


LINES = st.lists(st.sampled_from(["", "a", "b", "c", "def f():", "    return 1", "}"]), max_size=40)


@settings(max_examples=300, deadline=None)
@given(LINES, LINES)
def test_the_hunks_of_any_two_texts_make_the_one_of_the_other(before: list[str], after: list[str]) -> None:
    found = hunks(before, after)

    assert patched(before, found) == after
    assert bool(found) == (before != after)


def _two_words(length: int, seed: int) -> list[str]:
    chance = random.Random(seed)
    return [chance.choice(("yes", "no")) for _ in range(length)]


def _in_blocks(length: int, seed: int) -> list[str]:
    return [str(n) if n % 200 == 0 else word for n, word in enumerate(_two_words(length, seed))]


def _numbers(length: int) -> list[str]:
    return [str(n) for n in range(length)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(["x"] * 30_000, ["x"] * 29_000 + ["y"], id="one line over and over"),
        pytest.param(_two_words(30_000, 1), _two_words(30_000, 2), id="two words"),
        pytest.param(_in_blocks(30_000, 1), _in_blocks(30_000, 2), id="many blocks of two words"),
        pytest.param(_numbers(30_000), _numbers(30_000)[::-1], id="back to front"),
        pytest.param(_numbers(30_000), random.Random(3).sample(_numbers(30_000), 30_000), id="shuffled"),
    ],
)
def test_texts_that_would_take_difflib_for_ever_take_a_moment(before: list[str], after: list[str]) -> None:
    found = hunks(before, after)

    assert patched(before, found) == after
