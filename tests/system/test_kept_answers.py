"""Answers that earlier runs worked out, kept in a file."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from verifier.cost.tokens import count_tokens, counts_kept
from verifier.system import kept_answers
from verifier.system.kept_answers import KeptAnswers


def no_count() -> int:
    raise AssertionError("it is counted again")


def asked(answers: KeptAnswers, text: str, count: Callable[[], int]) -> int:
    return int(answers.of(text, "tokens", count))


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A file with the counts of two texts."""
    path = tmp_path / "cache" / "tokens.sqlite"
    answers = KeptAnswers(path)
    asked(answers, "one", lambda: 3)
    asked(answers, "two \udcff", lambda: 5)
    return path


def test_an_answer_is_worked_out_once(kept: Path) -> None:
    answers = KeptAnswers(kept)

    assert (asked(answers, "one", no_count), asked(answers, "two \udcff", no_count)) == (3, 5)


def test_another_question_about_the_same_has_another_answer(kept: Path) -> None:
    assert KeptAnswers(kept).of("one", "lines", lambda: 1) == 1
    assert asked(KeptAnswers(kept), "one", no_count) == 3


def test_two_processes_that_save_lose_nothing(kept: Path) -> None:
    first, second = KeptAnswers(kept), KeptAnswers(kept)
    asked(first, "first", lambda: 5)
    asked(second, "second", lambda: 6)
    del first, second

    both = KeptAnswers(kept)
    assert [asked(both, text, no_count) for text in ("one", "first", "second")] == [3, 5, 6]


@pytest.mark.parametrize("left", [0, 50, 5000], ids=["all of it", "most of it", "a part"])
def test_a_file_that_was_cut_short_is_begun_anew(kept: Path, left: int) -> None:
    kept.write_bytes(kept.read_bytes()[:left])
    assert asked(KeptAnswers(kept), "one", lambda: 99) == 99
    asked(KeptAnswers(kept), "one", lambda: 99)

    assert asked(KeptAnswers(kept), "one", no_count) == 99


def test_what_is_no_file_of_answers_has_none(tmp_path: Path) -> None:
    (tmp_path / "tokens.sqlite").write_bytes(b"\xff\xfe nonsense\n" + b"a" * 5000)

    assert asked(KeptAnswers(tmp_path / "tokens.sqlite"), "one", lambda: 3) == 3


def test_a_place_that_cannot_be_written_costs_no_more_than_working_out_again(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    answers = KeptAnswers(tmp_path / "file" / "tokens.sqlite")

    assert asked(answers, "one", lambda: 3) == 3
    assert asked(answers, "one", lambda: 3) == 3
    del answers
    assert (tmp_path / "file").read_text() == ""


def test_the_file_does_not_grow_without_end(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_answers, "MOST_BYTES", kept.stat().st_size - 1)

    assert asked(KeptAnswers(kept), "one", lambda: 4) == 4


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
    assert len(list((tmp_path / "verifier" / "costs").iterdir())) == 1


def test_who_has_no_home_folder_counts_again(tmp_path: Path) -> None:
    program = """
import os, platformdirs.unix
from verifier.system.kept_answers import KeptAnswers
from verifier.system.kept_files import place
if os.getuid() == 0:
    os.setuid(61234)  # an account that is in no table, and has a home folder nowhere but in the environment
    assert place("costs", "a") is None
print(KeptAnswers(None).of("a", "tokens", lambda: 1))
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

    for text in ("inner", "outer"):
        (place,) = (tmp_path / "verifier" / "costs").iterdir()
        assert asked(KeptAnswers(place), text, no_count) == 1
