"""Tokens counted offline."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

import verifier.cost.tokens as tokens
from verifier.cost.tokens import count_tokens

DATA = Path(tokens.__file__).parent / "data"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        pytest.param("", 0, id="nothing"),
        pytest.param("hello world", 2, id="words"),
        pytest.param("12\tdef drain(self):", 5, id="a numbered line"),
        pytest.param("<|endoftext|>", 7, id="a special token is plain text"),
    ],
)
def test_tokens_are_those_of_o200k(text: str, count: int) -> None:
    assert count_tokens(text) == count


def test_a_million_blanks_are_counted() -> None:
    assert count_tokens(" " * 1_000_000) > 0


def test_the_data_files_are_the_ones_that_the_readme_names() -> None:
    readme = (DATA / "README.md").read_text("utf-8")

    pattern = hashlib.sha256((DATA / "o200k_base.pattern.txt").read_bytes()).hexdigest()
    assert pattern in readme
    assert tokens._RANKS_SHA256 in readme
    assert (DATA / "LICENSE.tiktoken").is_file()
