"""Ctrl-C once: stop sending, keep what comes. Twice: now."""

import asyncio
import os
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests import ROOT
from tests.conftest import Commit
from tests.evidence.replies import citation, part, verdict
from tests.model.asking import SETTINGS, prompt
from tests.model.emulator import Answer, Emulator, Request, after, hangs, refuses, says
from tests.preloaded import python
from verifier.errors import ModelError
from verifier.journal import Addressee, Journal
from verifier.model.errors import TransientError
from verifier.runs.interruption import Interruption, StoppedError, stopping_line
from verifier.values.prompt import Prompt, Reply, Source
from verifier.values.verdict import AskedVerdict

RESUMES = "stopped; what was answered is kept, and the same command resumes"
LONG_S = 50.0
"""Longer than a test waits: what ends sooner did not wait for it."""
SOON_S = 20.0
"""By then a run that was stopped has ended, on a busy machine too."""

REPLY = Reply("{}", Source.LIVE, "gemini-3.8-flash")


@contextmanager
def run(emulator: Emulator, journal: Path, *arguments: object, grace_s: float = 1.0) -> Iterator[subprocess.Popen[str]]:
    """A run in a process of its own, handed over when the emulator has its first request."""
    script = ROOT / "tests/model/asking.py"
    command = [*python(), str(script), emulator.url, str(journal), *map(str, arguments)]
    grace = os.environ | {"ASKING_GRACE_S": str(grace_s)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=grace) as process:
        try:
            until = time.monotonic() + 20
            while not emulator.asked and time.monotonic() < until:
                time.sleep(0.005)
            yield process
        finally:
            process.kill()


def wait_for(count: int, emulator: Emulator) -> None:
    until = time.monotonic() + 10
    while len(emulator.asked) < count and time.monotonic() < until:
        time.sleep(0.005)
    assert len(emulator.asked) == count


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_one_ctrl_c_keeps_what_is_on_its_way_and_sends_no_more(number: signal.Signals, tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    with Emulator(after(0.4, says('{"parts": []}'))) as emulator:
        addressee = Addressee(emulator.url.removeprefix("http://"), SETTINGS, AskedVerdict.as_schema())
        with run(emulator, path, 10, 3) as process:
            wait_for(3, emulator)
            process.send_signal(number)
            output, errors = process.communicate(timeout=SOON_S)
        assert len(emulator.asked) == 3

    lines = output.splitlines()
    assert (process.returncode, errors) == (4, "")
    assert stopping_line(3, 1.0) in lines
    assert Counter(line.split(" ", 1)[1] for line in lines if line.startswith("claim-")) == {
        "live": 3,
        f"ERROR {RESUMES}": 7,
    }
    with Journal(path) as journal:
        assert sum(bool(journal.replies.find(addressee.key(prompt(n)))) for n in range(10)) == 3


def test_what_does_not_come_within_the_grace_is_given_up(tmp_path: Path) -> None:
    def answer(request: Request) -> Answer:
        return hangs(60) if "Claim 0 " in request.prompt else after(0.2, says('{"parts": []}'))

    with Emulator(answer) as emulator, run(emulator, tmp_path / "journal.sqlite", 4, 2) as process:
        wait_for(2, emulator)
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=SOON_S)
        took_s = time.monotonic() - began

    assert (process.returncode, errors) == (4, "")
    assert f"claim-0 ERROR {RESUMES}" in output.splitlines()
    assert "claim-1 live" in output.splitlines()
    assert took_s > 0.9


def test_two_ctrl_c_end_the_run_now(tmp_path: Path) -> None:
    with Emulator(hangs(60)) as emulator, run(emulator, tmp_path / "journal.sqlite", 4, 2, grace_s=LONG_S) as process:
        wait_for(2, emulator)
        assert process.stdout is not None
        process.send_signal(signal.SIGINT)
        assert process.stdout.readline() == stopping_line(2, LONG_S) + "\n"
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=SOON_S)

    assert errors.rstrip().endswith("KeyboardInterrupt")
    assert process.returncode in (-signal.SIGINT, 130)


def test_pauses_between_retries_are_not_waited_out(tmp_path: Path) -> None:
    busy = refuses(429, "RESOURCE_EXHAUSTED", "Too many.", retry_info_s=30)
    with Emulator(busy) as emulator, run(emulator, tmp_path / "journal.sqlite", 2, 2, grace_s=LONG_S) as process:
        wait_for(2, emulator)
        time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=SOON_S)

    assert output.splitlines() == [stopping_line(0, LONG_S), f"claim-0 ERROR {RESUMES}", f"claim-1 ERROR {RESUMES}"]


def test_claims_that_were_not_finished_are_errors_and_the_others_are_ruled(commit: Commit, tmp_path: Path) -> None:
    claims = "".join(f"- id: c{n}\n  statement: pool.py sets the size to {n}.\n" for n in range(4))
    snapshot = commit({"pool.py": "SIZE = 4\n", "claims.yaml": f"title: Pool\nclaims:\n{claims}"})
    reply = verdict(part("pool.py sets the size", "cannot_tell"))
    with (
        Emulator(after(0.4, says(reply))) as emulator,
        run(emulator, tmp_path / "journal.sqlite", 4, 2, snapshot.repository.named) as process,
    ):
        wait_for(2, emulator)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=SOON_S)
        assert len(emulator.asked) == 2

    assert (process.returncode, errors) == (4, "")
    *others, last = output.splitlines()[1:]
    assert others == ["c0 UNPROVEN", "c1 UNPROVEN", f"c2 ERROR {RESUMES}"]
    # It may have begun, in its place, before it was known that the one before it had ended the run.
    assert last in (f"c3 ERROR {RESUMES}", f"c3 ERROR not asked, because the run had ended: {RESUMES}")


def test_a_claim_stopped_before_its_second_reading_is_an_error_and_its_verdict_is_not_asked_again(
    commit: Commit, tmp_path: Path
) -> None:
    path, sized = tmp_path / "journal.sqlite", "  statement: pool.py sets the size to 4.\n"
    claims = f"title: Pool\nclaims:\n- id: c0\n{sized}"
    snapshot = commit({"pool.py": "LIMIT = 9\nSIZE = 4\n", "claims.yaml": claims})
    reply = verdict(part("pool.py sets the size to 4", "yes", citation("pool.py", 2, 2, "SIZE = 4")))
    with Emulator(after(0.4, says(reply))) as emulator:
        with run(emulator, path, 1, 1, snapshot.repository.named) as process:
            wait_for(1, emulator)
            process.send_signal(signal.SIGINT)
            output, errors = process.communicate(timeout=SOON_S)
        assert (len(emulator.asked), len(emulator.read)) == (1, 0)

        with run(emulator, path, 1, 1, snapshot.repository.named) as again:
            finished, _ = again.communicate(timeout=SOON_S)
        assert (len(emulator.asked), len(emulator.read)) == (1, 1)

    assert (process.returncode, errors) == (4, "")
    assert output.splitlines()[1:] == [f"c0 ERROR {RESUMES}"]
    assert finished.splitlines() == ["c0 FULLY RESOLVED"]


class Patient:
    """A model that answers when it is told to."""

    def __init__(self) -> None:
        self.may_answer = asyncio.Event()
        self.error: ModelError | None = None

    async def reply(self, _: Prompt) -> Reply:
        await self.may_answer.wait()
        if self.error is not None:
            raise self.error
        return REPLY


def test_a_run_that_nobody_stops_is_as_it_was() -> None:
    async def ask(interruption: Interruption, model: Patient) -> Reply:
        model.may_answer.set()
        return await interruption.outside(interruption.inside(model)).reply(prompt(0))

    before = signal.getsignal(signal.SIGINT)
    interruption = Interruption()

    assert interruption.run(ask(interruption, Patient())) == REPLY
    assert not interruption.stopped
    assert signal.getsignal(signal.SIGINT) is before


def test_a_request_that_fails_while_stopping_is_not_tried_again() -> None:
    async def ask(interruption: Interruption, model: Patient) -> None:
        task = asyncio.create_task(interruption.outside(interruption.inside(model)).reply(prompt(0)))
        await asyncio.sleep(0.01)
        interruption.stop()
        model.error = TransientError("the connection broke")
        model.may_answer.set()
        with pytest.raises(StoppedError):
            await task

    interruption = Interruption()
    interruption.run(ask(interruption, Patient()))


def test_after_a_stop_nothing_is_asked() -> None:
    async def ask(interruption: Interruption, model: Patient) -> None:
        interruption.stop()
        for wrapped in (interruption.outside(model), interruption.inside(model)):
            with pytest.raises(StoppedError, match="the same command resumes") as raised:
                await wrapped.reply(prompt(0))
            assert raised.value.fatal

    interruption = Interruption()
    interruption.run(ask(interruption, Patient()))


def test_after_an_error_that_no_claim_can_pass_nothing_waits_and_nothing_is_asked() -> None:
    class Waiting:
        """A model that waits for its turn for ever."""

        async def reply(self, _: Prompt) -> Reply:
            await asyncio.sleep(LONG_S)
            return REPLY

    async def ask(interruption: Interruption) -> list[BaseException]:
        waiting = asyncio.create_task(interruption.outside(Waiting()).reply(prompt(0)))
        on_its_way, failing = Patient(), Patient()
        sent = asyncio.create_task(interruption.outside(interruption.inside(on_its_way)).reply(prompt(1)))
        await asyncio.sleep(0.01)
        failing.error = ModelError("the key is not valid", fatal=True)
        failing.may_answer.set()
        errors = []
        for asked in (interruption.outside(failing).reply(prompt(2)), waiting):
            with pytest.raises(ModelError) as raised:
                await asked
            errors.append(raised.value)
        assert not sent.done()
        on_its_way.may_answer.set()
        assert await sent == REPLY
        with pytest.raises(ModelError) as raised:
            await interruption.outside(Patient()).reply(prompt(3))
        return [*errors, raised.value]

    interruption = Interruption()
    errors = interruption.run(ask(interruption))

    after = "not asked any more, because the run had ended: the key is not valid"
    assert [str(error) for error in errors] == ["the key is not valid", after, after]
    assert not interruption.stopped


def test_what_waits_is_told_apart_from_what_is_on_its_way() -> None:
    async def ask(interruption: Interruption) -> list[int]:
        pausing, on_its_way = Patient(), Patient()
        asking = [
            asyncio.create_task(interruption.outside(pausing).reply(prompt(0))),
            asyncio.create_task(interruption.outside(interruption.inside(on_its_way)).reply(prompt(1))),
        ]
        await asyncio.sleep(0.01)
        waiting = [interruption.waiting]
        for model in (pausing, on_its_way):
            model.may_answer.set()
        await asyncio.gather(*asking)
        return [*waiting, interruption.waiting]

    interruption = Interruption()
    assert interruption.run(ask(interruption)) == [1, 0]


def test_an_error_of_one_claim_ends_no_run() -> None:
    async def ask(interruption: Interruption) -> Reply:
        failing, model = Patient(), Patient()
        failing.error = ModelError("blocked")
        failing.may_answer.set()
        model.may_answer.set()
        with pytest.raises(ModelError, match="blocked"):
            await interruption.outside(failing).reply(prompt(0))
        return await interruption.outside(interruption.inside(model)).reply(prompt(1))

    interruption = Interruption()
    assert interruption.run(ask(interruption)) == REPLY


def test_a_claim_that_its_own_caller_cancels_is_cancelled_and_not_stopped() -> None:
    async def ask(interruption: Interruption, model: Patient) -> None:
        task = asyncio.create_task(interruption.outside(interruption.inside(model)).reply(prompt(0)))
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    interruption = Interruption()
    interruption.run(ask(interruption, Patient()))


def test_a_run_in_another_thread_works_without_signals() -> None:
    async def ask() -> int:
        return 7

    found: list[int] = []
    thread = threading.Thread(target=lambda: found.append(Interruption().run(ask())))
    thread.start()
    thread.join()

    assert found == [7]


@pytest.mark.parametrize(
    ("waited_for", "line"),
    [
        (0, "stopping: the same command resumes; press Ctrl-C again to end now"),
        (1, "stopping: waiting up to 5 s for 1 reply that is on the way; the same command resumes; press Ctrl-C again"),
        (3, "stopping: waiting up to 5 s for 3 replies that are on the way; the same command resumes; press Ctrl-C"),
    ],
)
def test_the_person_who_pressed_ctrl_c_is_told_what_happens_now(waited_for: int, line: str) -> None:
    assert stopping_line(waited_for).startswith(line)
