"""Soak: a thousand claims, a fifth of all calls faulty, and the process killed with -9 ten times at random.

    python -m benchmarks.soak [--claims 1000] [--kills 10] [--seed N]

At the end every claim has its ruling, nothing that was answered was asked again, requests in flight at a kill excepted,
and no file holds the key. Everything goes to the emulator on this machine. Bounded by the number of claims and, in all,
by five minutes.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tests.conftest import git
from tests.model.emulator import Answer, Answerer, Emulator, after, drips, refuses, says
from tests.runs import faulty
from tests.runs.faulty import KEY, Ran, Service, check, rulings_in
from tests.runs.test_faults import PASSING

CONCURRENCY = 32
FAULTY = 0.2
LONGEST_S = 300.0
MOST_FAULTS = 3
"""Of one claim in a row; a run makes more attempts than that."""

MORE_FAULTS = {
    "storm": refuses(429, "RESOURCE_EXHAUSTED", "Slow down.", retry_info_s=0.5),
    "slow, then 503": after(0.3, refuses(503, "UNAVAILABLE", "The model is overloaded.")),
    "another fault's twin": replace(PASSING["cut_in_the_body"], delay_s=0.2),
}


def main() -> int:
    """Run the soak and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--claims", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=20261123)
    given = parser.parse_args()
    chance = random.Random(given.seed)
    with tempfile.TemporaryDirectory() as folder:
        print(soak(Path(folder), given.claims, given.kills, chance))
    return 0


def soak(folder: Path, claims: int, kills: int, chance: random.Random) -> str:
    """Run until every claim has its ruling, killing on the way; what came of it, in a line.

    Raises:
        AssertionError: Something that must hold did not.
    """
    names = [f"no{number}" for number in range(claims)]
    service = Service(names, {name: _faults(chance) for name in names}, whole_truth=lambda text: _told(text, chance))
    work, repository = _prepare(folder, names)
    until = time.monotonic() + LONGEST_S
    with Emulator(service) as emulator:
        for kill in range(kills):
            left = claims - len(emulator.asked) // 2
            asked = len(emulator.asked) + chance.randrange(1, max(2, left // (kills - kill)))
            process = _start(work, repository, emulator)
            while len(emulator.asked) < asked and process.poll() is None and time.monotonic() < until:
                time.sleep(0.002)
            process.send_signal(signal.SIGKILL)
            process.communicate()
            _say(f"killed {kill + 1} of {kills}: {len(emulator.asked)} requests so far")
        process = _start(work, repository, emulator)
        stdout, stderr = process.communicate(timeout=max(1.0, until - time.monotonic()))
        ran = Ran(process.returncode, stdout, stderr, work, rulings_in(work))
        check(ran, service, emulator.exchanges, repeats=kills * CONCURRENCY)
        sent, peak = len(emulator.exchanges), emulator.in_flight_peak
    assert len(ran.rulings) == claims, stderr[-2000:]
    assert ran.errors == {}, dict(list(ran.errors.items())[:3])
    assert peak <= CONCURRENCY
    truths = sum(map(sum, service.told.values()))
    return (
        f"{claims} claims, {claims} rulings, exit code {ran.code}; {sent} requests, {sent - truths} of them failed, "
        f"{truths - claims} in flight at {kills} kills and asked again; at most {peak} in flight; no key in any file"
    )


def _faults(chance: random.Random) -> Sequence[Answer | Answerer]:
    every = [*PASSING.values(), *MORE_FAULTS.values()]
    faults: list[Answer | Answerer] = []
    while chance.random() < FAULTY and len(faults) < MOST_FAULTS:
        faults.append(chance.choice(every))
    return faults


def _told(text: str, chance: random.Random) -> Answer:
    slow = chance.random()
    if slow < 0.02:
        return drips(text, over_s=0.5)
    return after(0.05 * slow, says(text))


def _prepare(folder: Path, names: Sequence[str]) -> tuple[Path, Path]:
    """A folder with the claims, and a repository in which they are true."""
    work, repository = folder / "work", folder / "repository"
    (work / "claims").mkdir(parents=True)
    (work / "claims" / "pool.yaml").write_text(faulty.claims(names), encoding="utf-8")
    repository.mkdir()
    for path, text in faulty.code(names).items():
        (repository / path).write_text(text, encoding="utf-8")
    git(repository, "init", "--quiet", "--initial-branch=main")
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--message=Make the pool")
    return work, repository


def _start(work: Path, repository: Path, emulator: Emulator) -> subprocess.Popen[str]:
    options = ["--repo", str(repository), "--concurrency", str(CONCURRENCY), "--attempts", str(MOST_FAULTS + 2)]
    return subprocess.Popen(
        [sys.executable, "-c", "from verifier.cli import main; main()", "run", "claims/pool.yaml", "--quiet", *options],
        cwd=work,
        env=os.environ | {"GOOGLE_GEMINI_BASE_URL": emulator.url, "GEMINI_API_KEY": KEY, "NO_PROXY": "127.0.0.1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
