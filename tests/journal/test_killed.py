"""Killed with -9 at any instant, a run resumes and nothing that was answered is asked again."""

import os
import signal
import subprocess
import time
from collections import Counter
from pathlib import Path

from tests import ROOT
from tests.conftest import Commit
from tests.evidence.replies import citation, part, reading, verdict
from tests.journal.test_file import ADDRESSEE
from tests.journal.test_journal import DRAINS
from tests.model.asking import SETTINGS, prompt
from tests.model.emulator import Answer, Emulator, Request, after, says
from tests.preloaded import python
from verifier.journal import Addressee, Journal
from verifier.values.verdict import AskedVerdict


def run(emulator: Emulator, journal: Path, claims: int, concurrency: int) -> subprocess.Popen[str]:
    command = [
        *python(),
        str(ROOT / "tests/model/asking.py"),
        emulator.url,
        str(journal),
        str(claims),
        str(concurrency),
    ]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_a_run_killed_in_the_middle_asks_nothing_again_that_was_answered(tmp_path: Path) -> None:
    path, claims, concurrency = tmp_path / "journal.sqlite", 40, 4
    with Emulator(after(0.05, says(DRAINS))) as emulator:
        addressee = Addressee(emulator.url.removeprefix("http://"), SETTINGS, AskedVerdict.as_schema())
        killed = run(emulator, path, claims, concurrency)
        assert killed.stdout is not None
        for _ in range(10):
            killed.stdout.readline()
        killed.send_signal(signal.SIGKILL)
        said = killed.communicate()[0]
        with Journal(path) as journal:
            kept = [n for n in range(claims) if journal.replies.find(addressee.key(prompt(n)))]

        output, errors = run(emulator, path, claims, concurrency).communicate()

        times = Counter(request.prompt for request in emulator.asked)
    assert killed.returncode == -signal.SIGKILL
    assert (errors, len(output.splitlines())) == ("", claims)
    assert 10 + len(said.splitlines()) <= len(kept) < claims
    assert all(times[prompt(number).claim] == 1 for number in kept)
    assert sum(count == 2 for count in times.values()) <= concurrency
    assert set(times) == {prompt(number).claim for number in range(claims)}
    assert not any(b"not-a-key-at-all" in file.read_bytes() for file in tmp_path.iterdir())
    assert Counter(line.split()[1] for line in output.splitlines()) == {
        "journal": len(kept),
        "live": claims - len(kept),
    }


def test_a_run_killed_between_verdicts_and_second_readings_pays_for_nothing_twice(
    commit: Commit, tmp_path: Path
) -> None:
    path, claims, concurrency = tmp_path / "journal.sqlite", 12, 3
    listed = "".join(f"- id: c{n}\n  statement: pool.py sets SIZE_{n}.\n" for n in range(claims))
    sizes = "".join(f"SIZE_{n} = {n}\n" for n in range(claims))
    snapshot = commit({"pool.py": sizes, "claims.yaml": f"title: Pool\nclaims:\n{listed}"})

    def judge(request: Request) -> Answer:
        number = int((request.statement or "").rstrip(".").rpartition("_")[2])
        cited = citation("pool.py", number + 1, number + 1, f"SIZE_{number} = {number}")
        return says(verdict(part(f"pool.py sets SIZE_{number}", "yes", cited)))

    def read(_: Request) -> Answer:
        return after(0.1, says(reading({"p1": "shows"})))

    def judged(emulator: Emulator) -> subprocess.Popen[str]:
        script = ROOT / "tests/model/asking.py"
        command = [*python(), script, emulator.url, path, str(claims), str(concurrency), snapshot.repository.named]
        return subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    with Emulator(judge, reader=read) as emulator:
        killed = judged(emulator)
        until = time.monotonic() + 20
        while len(emulator.read) < 5 and time.monotonic() < until:
            time.sleep(0.002)
        killed.send_signal(signal.SIGKILL)
        killed.communicate()
        verdicts, readings = len(emulator.asked), len(emulator.read)

        output, errors = judged(emulator).communicate(timeout=60)

        times = [Counter(request.digest for request in requests) for requests in (emulator.asked, emulator.read)]
    assert errors == ""
    assert output.splitlines() == [f"c{n} FULLY RESOLVED" for n in range(claims)]
    assert 0 < verdicts < claims
    assert readings < claims
    assert [len(counted) for counted in times] == [claims, claims]
    # What was on its way when the kill came is asked again, and nothing else.
    assert sum(count - 1 for counted in times for count in counted.values()) <= concurrency


KEEPS_UNTIL_KILLED = """
import asyncio, itertools, os, sys
from pathlib import Path
from tests.model.asking import prompt
from verifier.journal import Journal
from tests.journal.test_file import ADDRESSEE
from verifier.values.prompt import Reply, Source
async def main():
    with Journal(Path(sys.argv[1])) as journal:
        for start in itertools.count(int(sys.argv[2]), 8):
            async def one(number):
                await journal.replies.keep(ADDRESSEE, prompt(number), Reply("{}", Source.LIVE, "gemini-3.8-flash"))
                os.write(1, f"{number}\\n".encode())
            await asyncio.gather(*(one(start + n) for n in range(8)))
asyncio.run(main())
"""


def test_what_was_said_to_be_kept_is_there_whenever_the_kill_came(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    said: list[int] = []
    for attempt in range(4):
        command = [*python(), "-c", KEEPS_UNTIL_KILLED, str(path), str(100_000 * attempt)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as process:
            assert process.stdout is not None
            first = process.stdout.readline()
            time.sleep(0.013 * attempt)
            process.kill()
            said += [int(line) for line in (first + process.stdout.read()).splitlines()]

    with Journal(path) as journal:
        assert all(journal.replies.find(ADDRESSEE.key(prompt(number))) for number in said)
    assert len(said) >= 4
