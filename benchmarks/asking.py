"""Asking: what a claim costs beside the model's own time, and what a second run costs. All on this machine's loopback.

The claims are small and all true; the emulator runs in this process, so that its work is not counted as theirs.
"""

from __future__ import annotations

import json
import math
import random
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import ROOT
from benchmarks.measuring import Figure, Took, took, turn_by_turn
from benchmarks.scratch import Scratch
from tests.conftest import git
from tests.model.emulator import Answer, Answerer, Emulator, after, refuses, says
from tests.runs import faulty
from tests.runs.faulty import KEY, Service

CLAIMS = 1000
LATENCY_S = 0.2
NAMES = [f"no{number}" for number in range(CLAIMS)]

RUN = (
    "import atexit, sys; atexit.register(lambda: print('imported:', 'google.genai' in sys.modules, file=sys.stderr)); "
    "from verifier.cli import main; main()"
)


@dataclass(frozen=True)
class Place:
    """A folder with a thousand claims, and the repository in which they are true."""

    work: Path
    repository: Path

    def run(self, emulator: Emulator, concurrency: int, *, again: bool = False) -> Took:
        """`verifier run` as a process; without its journal unless it is to run again."""
        if not again:
            shutil.rmtree(self.work / ".verifier", ignore_errors=True)
        command = [sys.executable, "-c", RUN, "run", "claims/pool.yaml", "--repo", str(self.repository), "--quiet"]
        env = {"GOOGLE_GEMINI_BASE_URL": emulator.url, "GEMINI_API_KEY": KEY, "NO_PROXY": "127.0.0.1"}
        return took([*command, "--concurrency", str(concurrency), "--attempts", "8"], cwd=self.work, env=env)

    @property
    def prompts(self) -> Path:
        """What was asked, for those who ask the same without us."""
        return self.work / "prompts.json"

    def keep_prompts(self, emulator: Emulator) -> None:
        """Write what the emulator was asked."""
        asked = [
            (request.system, [part["text"] for part in request.body["contents"][0]["parts"]])
            for request in emulator.asked
        ]
        self.prompts.write_text(json.dumps(asked), encoding="utf-8")

    def bare(self, emulator: Emulator, concurrency: int) -> Took:
        """The same prompts through google-genai alone."""
        command = [sys.executable, "-m", "benchmarks.bare_loop", emulator.url, str(self.prompts), str(concurrency)]
        return took(command, cwd=ROOT, env={"NO_PROXY": "127.0.0.1"})


@contextmanager
def place() -> Iterator[Place]:
    """A place that is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        work, repository = Path(folder, "work"), Path(folder, "repository")
        (work / "claims").mkdir(parents=True)
        (work / "claims" / "pool.yaml").write_text(faulty.claims(NAMES), encoding="utf-8")
        repository.mkdir()
        for path, text in faulty.code(NAMES).items():
            (repository / path).write_text(text, encoding="utf-8")
        git(repository, "init", "--quiet", "--initial-branch=main")
        git(repository, "add", "--all")
        git(repository, "commit", "--quiet", "--message=Make the pool")
        yield Place(work, repository)


def per_claim(scratch: Scratch, rounds: int) -> Iterator[Figure]:
    """CPU a claim, a thousand claims, against the bare loop and Inspect AI, and a second run against the first."""
    with place() as at, Emulator(Service(NAMES)) as emulator:
        at.run(emulator, 32)
        at.keep_prompts(emulator)
        inspect = [scratch.peer("python"), "benchmarks/inspect_mock.py", str(at.prompts), str(at.work / "logs")]
        figures = turn_by_turn(
            {
                "first": lambda: at.run(emulator, 32),
                "second": lambda: _asks_nothing(at, emulator),
                "bare": lambda: at.bare(emulator, 32),
                "inspect": lambda: took(inspect, cwd=ROOT),
            },
            rounds,
        )
    first, second, bare = figures["first"], figures["second"], figures["bare"]
    mock = figures["inspect"]
    each_ms = first.cpu_s / CLAIMS * 1000
    yield Figure(
        "CPU a claim, whole command, against a bare google-genai loop over the same prompts",
        f"{first.cpu_s / bare.cpu_s:.2f}x ({each_ms:.1f} ms)",
        "2x",
        first.cpu_s <= 2 * bare.cpu_s,
    )
    yield Figure(
        "the same against Inspect AI with its mock model",
        f"{first.cpu_s / mock.cpu_s:.2f}x",
        "1/3",
        first.cpu_s <= mock.cpu_s / 3,
    )
    imported = "imported: True" in second.stderr
    yield Figure(
        "second run over an unchanged commit, CPU against the first",
        f"{second.cpu_s / first.cpu_s:.2f}x, 0 calls, google.genai {'imported' if imported else 'never imported'}",
        "1/10, 0 calls, never imported",
        second.cpu_s <= first.cpu_s / 10 and not imported,
    )


def _asks_nothing(at: Place, emulator: Emulator) -> Took:
    asked = len(emulator.exchanges)
    second = at.run(emulator, 32, again=True)
    assert len(emulator.exchanges) == asked, "the second run asked something"
    return second


def against_ideal(_: Scratch, rounds: int) -> Iterator[Figure]:
    """Wall against ceil(N / in flight) times the latency; start-up, packing and reports included."""
    for in_flight, limit in ((8, 1.08), (32, 1.12), (64, 1.40)):
        ideal_s = math.ceil(CLAIMS / in_flight) * LATENCY_S
        with place() as at, Emulator(Service(NAMES, whole_truth=_late)) as emulator:
            at.run(emulator, in_flight)
            at.keep_prompts(emulator)
            figures = turn_by_turn(
                {
                    "ours": lambda at=at, emulator=emulator, n=in_flight: at.run(emulator, n),  # type: ignore[misc]
                    "bare": lambda at=at, emulator=emulator, n=in_flight: at.bare(emulator, n),  # type: ignore[misc]
                },
                rounds,
            )
        ratio, bare = (figures[name].wall_s / ideal_s for name in ("ours", "bare"))
        yield Figure(
            f"wall of the whole command against ideal, 200 ms, N = {CLAIMS}, {in_flight} in flight",
            f"{ratio:.2f} (bare loop {bare:.2f})",
            f"{limit:g}",
            ratio <= limit,
        )


def a_tenth_refused(_: Scratch, rounds: int) -> Iterator[Figure]:
    """The same with a tenth of the calls answered 429."""
    slow: list[Answer | Answerer] = [refuses(429, "RESOURCE_EXHAUSTED", "Slow down.")]
    chance = random.Random(1)
    ideal_s = math.ceil(CLAIMS / 32) * LATENCY_S
    with place() as at:

        def once() -> Took:
            faults = {name: slow for name in NAMES if chance.random() < 0.1}
            with Emulator(Service(NAMES, faults, whole_truth=_late)) as emulator:
                return at.run(emulator, 32)

        ours = turn_by_turn({"ours": once}, rounds)["ours"]
    ratio = ours.wall_s / ideal_s
    yield Figure("the same, 32 in flight, a tenth answered 429", f"{ratio:.2f}, none lost", "1.20", ratio <= 1.2)


def _late(text: str) -> Answer:
    return after(LATENCY_S, says(text))
