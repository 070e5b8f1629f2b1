"""Two runs on one journal at once: what one is asking the other waits for, and nothing is paid twice."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests import ROOT
from tests.journal.test_journal import ADDRESSEE, AGAIN, DRAINS, PROMPT, REPLY, Answering
from tests.model.asking import prompt
from tests.model.emulator import Answer, Emulator, Request, after, hangs, in_turn, says
from tests.preloaded import python
from verifier.errors import ModelError
from verifier.journal import Journal
from verifier.model.journalled import Journalled
from verifier.values.prompt import Prompt, Reply

WAITS = "another run is asking the same with this journal; its replies are waited for"
SOON = says(DRAINS)


@contextmanager
def run(emulator: Emulator, journal: Path, claims: int, concurrency: int) -> Iterator[subprocess.Popen[str]]:
    """A run in a process of its own."""
    command = [
        *python(),
        str(ROOT / "tests/model/asking.py"),
        emulator.url,
        str(journal),
        str(claims),
        str(concurrency),
    ]
    environment = os.environ | {"ASKING_GRACE_S": "0.2"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as started:
        try:
            yield started
        finally:
            started.kill()


def lines(process: subprocess.Popen[str]) -> list[str]:
    """What the run printed from now on; it must end without an error."""
    output, errors = process.communicate(timeout=30)
    assert errors == ""
    return output.splitlines()


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().rstrip("\n")


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not holds() and time.monotonic() < end:
        time.sleep(0.005)
    assert holds()


def asked(emulator: Emulator) -> Counter[str]:
    return Counter(request.prompt for request in emulator.asked)


def test_two_runs_at_once_ask_each_request_once_and_both_get_every_reply(tmp_path: Path) -> None:
    path, claims = tmp_path / "journal.sqlite", 40
    with (
        Emulator(after(0.03, SOON)) as emulator,
        run(emulator, path, claims, 4) as one,
        run(emulator, path, claims, 4) as other,
    ):
        printed = [[line for line in lines(process) if line != WAITS] for process in (one, other)]

        assert asked(emulator) == {prompt(number).claim: 1 for number in range(claims)}
    assert [one.returncode, other.returncode] == [0, 0]
    assert [len(each) for each in printed] == [claims, claims]
    assert Counter(line.split()[1] for each in printed for line in each) == {"live": claims, "journal": claims}


def test_a_run_that_waits_says_so_once_and_takes_the_replies_of_the_other(tmp_path: Path) -> None:
    path, may_answer = tmp_path / "journal.sqlite", threading.Event()

    def answer(_: Request) -> Answer:
        may_answer.wait(30)
        return SOON

    with Emulator(answer) as emulator, run(emulator, path, 3, 3) as one:
        until(lambda: len(emulator.asked) == 3)
        with run(emulator, path, 3, 3) as other:
            assert first_line(other) == WAITS
            may_answer.set()
            assert sorted(lines(other)) == [f"claim-{number} journal" for number in range(3)]
        assert sorted(lines(one)) == [f"claim-{number} live" for number in range(3)]

        assert len(emulator.asked) == 3


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT], ids=["killed with -9", "stopped by Ctrl-C"])
def test_when_the_run_that_asks_ends_the_one_that_waits_asks(number: signal.Signals, tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    with Emulator(in_turn(hangs(60), then=SOON)) as emulator, run(emulator, path, 1, 1) as one:
        until(lambda: len(emulator.asked) == 1)
        with run(emulator, path, 1, 1) as other:
            assert first_line(other) == WAITS
            time.sleep(0.3)
            assert len(emulator.asked) == 1

            one.send_signal(number)  # nobody asks how it ended before the other has its reply

            assert lines(other) == ["claim-0 live"]
        assert len(emulator.asked) == 2


def test_a_run_that_waits_ends_at_ctrl_c_at_once(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    with Emulator(hangs(60)) as emulator, run(emulator, path, 1, 1):
        until(lambda: len(emulator.asked) == 1)
        with run(emulator, path, 1, 1) as other:
            assert first_line(other) == WAITS
            other.send_signal(signal.SIGINT)
            assert lines(other)[-1] == "claim-0 ERROR stopped; what was answered is kept, and the same command resumes"
        assert len(emulator.asked) == 1


def test_a_run_waits_for_no_request_but_the_same(tmp_path: Path) -> None:
    def answer(request: Request) -> Answer:
        return hangs(60) if "Claim 0 " in request.prompt else SOON

    path = tmp_path / "journal.sqlite"
    with Emulator(answer) as emulator, run(emulator, path, 1, 1):
        until(lambda: len(emulator.asked) == 1)
        with run(emulator, path, 5, 5) as other:
            printed = [first_line(other) for _ in range(5)]
        assert asked(emulator) == {prompt(number).claim: 1 for number in range(5)}
    assert sorted(printed) == sorted([WAITS, *(f"claim-{number} live" for number in range(1, 5))])


# Two runs in one process stand for the same: what one does can then be told to the instant.


class Slow(Answering):
    """A model that answers when it may."""

    def __init__(self, *replies: Reply | BaseException) -> None:
        super().__init__(list(replies or [REPLY]))
        self.is_asked, self.may_answer = asyncio.Event(), asyncio.Event()

    async def reply(self, prompt: Prompt) -> Reply:
        self.asked.append(prompt)
        self.is_asked.set()
        await self.may_answer.wait()
        answer = self.replies[0]
        if isinstance(answer, BaseException):
            raise answer
        return answer


async def no_pause(_: float) -> None:
    await asyncio.sleep(0)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal(tmp_path / "journal.sqlite") as opened:
        yield opened


async def both(journal: Journal, first: Slow, second: Answering, **options: Any) -> list[Reply | BaseException]:
    """What two runs get that ask the same; the first one's model may answer when the second run has long asked."""
    one = Journalled(first, journal, ADDRESSEE)
    other = Journalled(second, journal, ADDRESSEE, sleep=no_pause, **options)
    asking = [asyncio.create_task(one.reply(PROMPT))]
    await first.is_asked.wait()
    asking.append(asyncio.create_task(other.reply(PROMPT)))
    await asyncio.sleep(0.05)
    first.may_answer.set()
    return await asyncio.gather(*asking, return_exceptions=True)


def test_what_the_other_run_was_answered_is_taken_from_the_journal(journal: Journal) -> None:
    model = Answering()

    assert asyncio.run(both(journal, Slow(), model)) == [REPLY, AGAIN]
    assert model.asked == []


def test_what_the_other_run_got_no_answer_to_is_asked(journal: Journal) -> None:
    model = Answering()
    failed, answered = asyncio.run(both(journal, Slow(ModelError("blocked")), model))

    assert (str(failed), answered, model.asked) == ("blocked", REPLY, [PROMPT])


def test_an_answer_that_is_no_verdict_is_asked_for_again(journal: Journal) -> None:
    model = Answering()

    assert asyncio.run(both(journal, Slow(replace(REPLY, text="I am sorry,")), model))[1] == REPLY
    assert model.asked == [PROMPT]


def test_who_asks_anew_waits_for_nobody(journal: Journal) -> None:
    model = Answering()

    assert asyncio.run(both(journal, Slow(), model, fresh=True)) == [REPLY, REPLY]
    assert model.asked == [PROMPT]


def test_what_the_journal_answers_is_not_waited_for_while_somebody_asks_it_anew(journal: Journal) -> None:
    async def beside_a_fresh_run() -> Reply:
        await Journalled(Answering(), journal, ADDRESSEE).reply(PROMPT)
        slow = Slow()
        fresh = asyncio.create_task(Journalled(slow, journal, ADDRESSEE, fresh=True).reply(PROMPT))
        await slow.is_asked.wait()
        reply = await Journalled(Answering(), journal, ADDRESSEE).reply(PROMPT)
        fresh.cancel()
        await asyncio.gather(fresh, return_exceptions=True)
        return reply

    assert asyncio.run(beside_a_fresh_run()) == AGAIN


def test_a_claim_that_is_cancelled_gives_its_turn_back(journal: Journal) -> None:
    async def cancel_the_first() -> Reply:
        slow = Slow()
        asking = asyncio.create_task(Journalled(slow, journal, ADDRESSEE).reply(PROMPT))
        await slow.is_asked.wait()
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        return await Journalled(Answering(), journal, ADDRESSEE).reply(PROMPT)

    assert asyncio.run(cancel_the_first()) == REPLY


def test_looks_at_what_the_other_run_does_grow_rare(journal: Journal) -> None:
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        await asyncio.sleep(0)

    async def wait_long() -> None:
        slow = Slow()
        asking = asyncio.create_task(Journalled(slow, journal, ADDRESSEE).reply(PROMPT))
        await slow.is_asked.wait()
        waiting = asyncio.create_task(Journalled(Answering(), journal, ADDRESSEE, sleep=pause).reply(PROMPT))
        while len(pauses) < 20:
            await asyncio.sleep(0)
        for task in (asking, waiting):
            task.cancel()
        await asyncio.gather(asking, waiting, return_exceptions=True)

    asyncio.run(wait_long())

    assert pauses[0] < 0.1
    assert pauses == sorted(pauses)
    assert pauses[-1] == 1.0


def asking_since_before(journal: Journal, pid: int, for_s: float) -> None:
    """What a process of that number left in the journal when it began to ask."""
    with sqlite3.connect(journal.path) as other:
        other.execute("INSERT INTO asking VALUES (?, ?, ?)", (ADDRESSEE.key(PROMPT), pid, time.time() + for_s))
    other.close()


def turns_left(journal: Journal) -> int:
    with sqlite3.connect(journal.path) as other:
        (count,) = other.execute("SELECT count(*) FROM asking").fetchone()
    other.close()
    return int(count)


@pytest.mark.skipif(sys.platform == "win32", reason="nobody tells there whether a process has ended")
def test_a_turn_of_a_process_that_has_ended_is_taken_at_once(journal: Journal) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        ended.wait()
    asking_since_before(journal, ended.pid, for_s=600)
    said: list[str] = []

    assert asyncio.run(Journalled(Answering(), journal, ADDRESSEE, say=said.append).reply(PROMPT)) == REPLY
    assert (said, turns_left(journal)) == ([], 0)


@pytest.mark.skipif(sys.platform == "win32", reason="there, nobody waits")
def test_a_process_that_lives_but_never_gets_its_reply_is_waited_for_no_longer_than_a_turn_lasts(
    journal: Journal,
) -> None:
    asking_since_before(journal, os.getppid(), for_s=0.5)
    said: list[str] = []
    began_s = time.monotonic()

    assert asyncio.run(Journalled(Answering(), journal, ADDRESSEE, say=said.append).reply(PROMPT)) == REPLY
    assert time.monotonic() - began_s > 0.4
    assert (said, turns_left(journal)) == ([WAITS], 0)


@pytest.mark.parametrize("answer", [REPLY, ModelError("blocked")], ids=["answered", "failed"])
def test_a_turn_ends_with_its_request(answer: Reply | BaseException, journal: Journal) -> None:
    asyncio.run(both(journal, Slow(answer), Answering()))

    assert turns_left(journal) == 0
