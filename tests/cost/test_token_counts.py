"""Counts that earlier runs made."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from verifier.cost.token_counts import LARGEST_FILE_BYTES, KeptCounts
from verifier.cost.tokens import count_tokens, counts_kept


def no_count(text: str) -> int:
    raise AssertionError(f"{text!r} is counted again")


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A file with the counts of two texts."""
    path = tmp_path / "cache" / "tokens.txt"
    counts = KeptCounts(path)
    counts.of("one", len)
    counts.of("two \udcff", len)
    counts.save()
    return path


def test_a_text_is_counted_once(kept: Path) -> None:
    counts = KeptCounts(kept)

    assert (counts.of("one", no_count), counts.of("two \udcff", no_count)) == (3, 5)


def test_two_processes_that_save_lose_nothing(kept: Path) -> None:
    first, second = KeptCounts(kept), KeptCounts(kept)
    first.of("first", len)
    second.of("second", len)
    first.save()
    second.save()

    both = KeptCounts(kept)
    assert [both.of(text, no_count) for text in ("one", "first", "second")] == [3, 5, 6]


@pytest.mark.parametrize("cut", range(1, 6))
def test_a_line_that_was_cut_short_is_no_count(kept: Path, cut: int) -> None:
    kept.write_bytes(kept.read_bytes()[:-cut])
    again = KeptCounts(kept)
    assert again.of("two \udcff", lambda _: 99) == 99
    again.save()

    assert KeptCounts(kept).of("one", no_count) == 3


def test_what_is_no_file_of_counts_has_none(tmp_path: Path) -> None:
    (tmp_path / "tokens.txt").write_bytes(
        b"\xff\xfe nonsense\n" + b"a" * 32 + b" -3\n" + b"b" * 32 + b" " + b"9" * 5000 + b"\n"
    )

    assert KeptCounts(tmp_path / "tokens.txt").of("one", len) == 3


def test_a_place_that_cannot_be_written_costs_no_more_than_counting_again(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    counts = KeptCounts(tmp_path / "file" / "tokens.txt")
    counts.of("one", len)
    counts.save()

    assert (tmp_path / "file").read_text() == ""


def test_the_file_does_not_grow_without_end(kept: Path) -> None:
    kept.write_bytes(b"x" * LARGEST_FILE_BYTES)
    counts = KeptCounts(kept)
    counts.of("one", len)
    counts.save()

    assert kept.stat().st_size < 100
    assert KeptCounts(kept).of("one", no_count) == 3


def test_a_count_is_the_same_whether_or_not_it_was_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    text = "def drain(self):  # kept\n"
    counts = set()
    for _ in range(2):
        count_tokens.cache_clear()
        with counts_kept():
            counts.add(count_tokens(text))
    count_tokens.cache_clear()

    assert counts == {count_tokens(text)}
    assert len(list((tmp_path / "verifier").iterdir())) == 1


def test_who_has_no_home_folder_counts_again(tmp_path: Path) -> None:
    program = """
import os, platformdirs.unix
from verifier.cost.token_counts import KeptCounts, cache_file
if os.getuid() == 0:
    os.setuid(61234)  # an account that is in no table, and has a home folder nowhere but in the environment
    assert cache_file("a") is None
print(KeptCounts(None).of("a", len))
"""
    ended = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONPATH": os.pathsep.join(sys.path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ended.stdout, ended.stderr) == ("1\n", "")
    assert list(tmp_path.iterdir()) == []


def test_counting_within_counting_keeps_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    count_tokens.cache_clear()
    with counts_kept():
        with counts_kept():
            count_tokens("inner")
        count_tokens("outer")
    count_tokens.cache_clear()

    assert len(next((tmp_path / "verifier").iterdir()).read_text().splitlines()) == 2
