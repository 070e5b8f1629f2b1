"""Work spread over processes: the same results in the same order, whatever becomes of the processes."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import psutil
import pytest

from verifier.system import processes
from verifier.system.processes import spread


@pytest.fixture(autouse=True)
def nothing_said() -> None:
    processes._say_once.cache_clear()


def _doubled(number: int) -> tuple[int, int]:
    return os.getpid(), 2 * number


def _fails_at_three(number: int) -> int:
    if number == 3:
        raise ValueError("three")
    return number


def _killed_elsewhere(number: int) -> int:
    if threading.current_thread() is threading.main_thread():
        os.kill(os.getpid(), signal.SIGKILL)  # a process of its own, where pieces are worked out in the main thread
    return number


def test_results_come_in_order_and_from_other_processes() -> None:
    found = list(spread(_doubled, range(20), 2))

    assert [twice for _, twice in found] == list(range(0, 40, 2))
    assert {os.getpid()}.isdisjoint(process for process, _ in found)
    assert list(spread(_doubled, range(3), 0)) == [(os.getpid(), twice) for twice in (0, 2, 4)]


def test_an_error_of_one_piece_is_raised_as_it_would_be_here() -> None:
    results = spread(_fails_at_three, range(6), 1)

    with pytest.raises(ValueError, match="three"):
        list(results)


def test_what_a_killed_process_did_not_answer_is_worked_out_here(caplog: pytest.LogCaptureFixture) -> None:
    assert list(spread(_killed_elsewhere, range(6), 2)) == list(range(6))
    assert "one of the processes that share the work gave no answer" in caplog.text


def test_processes_that_cannot_be_started_are_told_of_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(processes, "_COMMAND", ("/nowhere/python",))

    assert [twice for _, twice in spread(_doubled, range(6), 2)] == [0, 2, 4, 6, 8, 10]
    (said,) = set(caplog.messages)
    assert "FileNotFoundError" in said


def test_processes_end_with_whoever_asks_no_more() -> None:
    before = set(psutil.Process().children())
    results = spread(_doubled, range(100), 2)
    next(results)
    assert set(psutil.Process().children()) - before

    results.close()

    assert set(psutil.Process().children()) == before


def test_nothing_of_the_working_directory_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = tmp_path / "ran"
    for name in ("pickle.py", "verifier.py", "sitecustomize.py"):
        (tmp_path / name).write_text(f"open({str(ran)!r}, 'w').close()\n")
    monkeypatch.chdir(tmp_path)

    assert [twice for _, twice in spread(_doubled, range(3), 1)] == [0, 2, 4]
    assert not ran.exists()
