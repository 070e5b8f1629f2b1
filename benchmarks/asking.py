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
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import ROOT
from benchmarks.measuring import Figure, Took, took, turn_by_turn
from benchmarks.scratch import Scratch
from tests.conftest import git
from tests.model.emulator import Answer, Answerer, Emulator, after, refuses, says
from tests.runs import faulty
from tests.runs.faulty import KEY, SecondReader, Service

CLAIMS = 1000
LATENCY_S = 0.2
CLAIM_FILE = "claims/pool.yaml"


def names(number: int) -> list[str]:
    """Of so many claims."""
    return [f"no{each}" for each in range(number)]


NAMES = names(CLAIMS)

RUN = "from verifier.cli import main; main()"

JUDGE = """
import sys
from pathlib import Path
from verifier import RunOptions, run
claims, repository, concurrency = sys.argv[1:]
run(RunOptions(claims=(Path(claims),), repo=Path(repository), concurrency=int(concurrency), attempts=8))
print("imported:", "google.genai" in sys.modules)
"""


@dataclass(frozen=True)
class Place:
    """A folder with claims, and the repository in which they are true."""

    work: Path
    repository: Path

    def judge(self, emulator: Emulator, concurrency: int, *, again: bool = False) -> Took:
        """`verifier.run`, as programs call it, as a process; without its journal unless it is to run again."""
        command = [sys.executable, "-c", JUDGE, CLAIM_FILE, str(self.repository), str(concurrency)]
        return self._took(command, emulator, again)

    def run(self, emulator: Emulator, concurrency: int, *more: str, again: bool = False) -> Took:
        """The whole command, which writes reports too."""
        return self._took([*self.command(concurrency), *more], emulator, again)

    def _took(self, command: Sequence[str], emulator: Emulator, again: bool) -> Took:
        if not again:
            shutil.rmtree(self.work / ".verifier", ignore_errors=True)
        return took(command, cwd=self.work, env=self.env(emulator))

    def command(self, concurrency: int) -> list[str]:
        """The command."""
        command = [sys.executable, "-c", RUN, "run", CLAIM_FILE, "--repo", str(self.repository), "--quiet"]
        return [*command, "--concurrency", str(concurrency), "--attempts", "8"]

    def env(self, emulator: Emulator) -> dict[str, str]:
        """What the environment says beside: a place has caches of its own, whatever was measured on this machine."""
        asked = {"GOOGLE_GEMINI_BASE_URL": emulator.url, "GEMINI_API_KEY": KEY, "NO_PROXY": "127.0.0.1"}
        return asked | {"XDG_CACHE_HOME": str(self.work / "cache")}

    @property
    def prompts(self) -> Path:
        """What was asked, for those who ask the same without us."""
        return self.work / "prompts.json"

    def keep_prompts(self, emulator: Emulator) -> None:
        """Write what the emulator was asked, second readings too."""
        asked = [
            (request.system, [part["text"] for part in request.body["contents"][0]["parts"]])
            for request in (*emulator.asked, *emulator.read)
        ]
        self.prompts.write_text(json.dumps(asked), encoding="utf-8")

    def bare(self, emulator: Emulator, concurrency: int) -> Took:
        """The same prompts through google-genai alone."""
        command = [sys.executable, "-m", "benchmarks.bare_loop", emulator.url, str(self.prompts), str(concurrency)]
        return took(command, cwd=ROOT, env={"NO_PROXY": "127.0.0.1"})


@contextmanager
def place(claims: Sequence[str] = NAMES) -> Iterator[Place]:
    """A place with the claims of these names, gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        work, repository = Path(folder, "work"), Path(folder, "repository")
        (work / "claims").mkdir(parents=True)
        (work / CLAIM_FILE).write_text(faulty.claims(claims), encoding="utf-8")
        repository.mkdir()
        for path, text in faulty.code(claims).items():
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
                "command": lambda: at.run(emulator, 32),
                "first": lambda: at.judge(emulator, 32),
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
        "CPU a claim, `verifier.run`, against a bare google-genai loop over the same prompts",
        f"{first.cpu_s / bare.cpu_s:.2f}x ({each_ms:.1f} ms)",
        "1.5x",
        first.cpu_s <= 1.5 * bare.cpu_s,
    )
    yield Figure("the same, whole command with its reports", f"{figures['command'].cpu_s / bare.cpu_s:.2f}x", "-")
    yield Figure(
        "the same against Inspect AI with its mock model",
        f"{first.cpu_s / mock.cpu_s:.2f}x",
        "1/3",
        first.cpu_s <= mock.cpu_s / 3,
    )
    imported = "imported: True" in second.stdout
    yield Figure(
        "second run over an unchanged commit, CPU against the first",
        f"{second.cpu_s / first.cpu_s:.2f}x, 0 calls, google.genai {'imported' if imported else 'never imported'}",
        "1/10, 0 calls, never imported",
        second.cpu_s <= first.cpu_s / 10 and not imported,
    )


def _asks_nothing(at: Place, emulator: Emulator) -> Took:
    asked = len(emulator.exchanges)
    second = at.judge(emulator, 32, again=True)
    assert len(emulator.exchanges) == asked, "the second run asked something"
    return second


def against_ideal(_: Scratch, rounds: int) -> Iterator[Figure]:
    """Wall against the bare loop, and against ceil(requests / in flight) times the latency; the whole command."""
    for in_flight, limit in ((8, None), (32, 1.25), (64, None)):
        ideal_s = math.ceil(2 * CLAIMS / in_flight) * LATENCY_S
        with place() as at, _slow(NAMES, LATENCY_S) as emulator:
            at.run(emulator, in_flight)
            at.keep_prompts(emulator)
            figures = turn_by_turn(
                {
                    "ours": lambda at=at, emulator=emulator, n=in_flight: at.run(emulator, n),  # type: ignore[misc]
                    "bare": lambda at=at, emulator=emulator, n=in_flight: at.bare(emulator, n),  # type: ignore[misc]
                },
                rounds,
            )
        ours, bare = (figures[name].wall_s for name in ("ours", "bare"))
        yield Figure(
            f"wall of the whole command against the bare loop, 200 ms, {2 * CLAIMS} requests, {in_flight} in flight",
            f"{ours / bare:.2f} ({ours / ideal_s:.2f} and {bare / ideal_s:.2f} of ideal)",
            "-" if limit is None else f"{limit:g}",
            None if limit is None else ours <= limit * bare,
        )


def against_gemini(_: Scratch, __: int) -> Iterator[Figure]:
    """Wall against ideal where a call takes what Gemini's do, once: it takes nearly two minutes."""
    claims, latency_s, in_flight = names(160), 10.0, 32
    ideal_s = math.ceil(2 * len(claims) / in_flight) * latency_s
    with place(claims) as at, _slow(claims, latency_s) as emulator:
        ratio = at.run(emulator, in_flight).wall_s / ideal_s
    what = f"the same against ideal, 10 s, {2 * len(claims)} requests, {in_flight} in flight"
    yield Figure(what, f"{ratio:.3f}", "1.02", ratio <= 1.02)


def _slow(claims: Sequence[str], latency_s: float) -> Emulator:
    def told(text: str) -> Answer:
        return after(latency_s, says(text))

    return Emulator(Service(claims, whole_truth=told), reader=SecondReader(claims, {}, whole_truth=told))


def a_tenth_refused(_: Scratch, rounds: int) -> Iterator[Figure]:
    """The same with a tenth of the calls answered 429."""
    slow: list[Answer | Answerer] = [refuses(429, "RESOURCE_EXHAUSTED", "Slow down.")]
    chance = random.Random(1)
    ideal_s = math.ceil(2 * CLAIMS / 32) * LATENCY_S
    with place() as at:

        def once() -> Took:
            faults = {name: slow for name in NAMES if chance.random() < 0.1}
            reader = SecondReader(NAMES, {}, whole_truth=_late)
            with Emulator(Service(NAMES, faults, whole_truth=_late), reader=reader) as emulator:
                return at.judge(emulator, 32)

        ours = turn_by_turn({"ours": once}, rounds)["ours"]
    ratio = ours.wall_s / ideal_s
    yield Figure(
        "wall against ideal, 200 ms, 32 in flight, a tenth of first requests answered 429",
        f"{ratio:.2f}, none lost",
        "1.20",
        ratio <= 1.2,
    )


def _late(text: str) -> Answer:
    return after(LATENCY_S, says(text))
