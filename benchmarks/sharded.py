"""Many claims: what memory ten thousand of them take in four shards, one of which is killed, and their one report."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

from benchmarks.asking import RUN, Place, names, place
from benchmarks.measuring import Figure, Took, took
from benchmarks.scratch import Scratch
from tests.model.emulator import Emulator
from tests.runs.faulty import Service

FEW, CLAIMS, SHARDS = names(1000), names(10_000), 4
IN_FLIGHT = 32


def shards_merged(_: Scratch, __: int) -> Iterator[Figure]:
    """Once, since it takes some minutes: peak memory of the largest process, and what a kill has lost."""
    with place(FEW) as at, Emulator(Service(FEW)) as emulator:
        few = at.run(emulator, IN_FLIGHT).peak_mb
    with place(CLAIMS) as at, Emulator(Service(CLAIMS)) as emulator:
        _kill(at, emulator, after_requests=len(CLAIMS) // SHARDS)
        shards = [_shard(at, emulator, number) for number in range(1, SHARDS + 1)]
        merged = _merged(at)
        (record,) = (path for path in (at.work / "reports").rglob("*.json") if "shard" not in path.name)
        rulings = json.loads(record.read_bytes())["totals"]["rulings"]
        again = len(emulator.exchanges) - 2 * len(CLAIMS)
    most = max(one.peak_mb for one in (*shards, merged))
    yield Figure(
        f"{len(CLAIMS)} claims, {SHARDS} shards merged, against {len(FEW)} claims: memory of the largest process",
        f"{most / few:.2f}x ({few:.0f} MB; shards {', '.join(f'{one.peak_mb:.0f}' for one in shards)}, "
        f"merge {merged.peak_mb:.0f} MB and {merged.wall_s:.0f} s)",
        "1.5x",
        most <= 1.5 * few,
    )
    proven = rulings["FULLY RESOLVED"]
    yield Figure(
        "the same, a shard killed with -9 half way: rulings, and requests that were made again",
        f"{proven} of {len(CLAIMS)}; {again}",
        f"all; at most the {IN_FLIGHT} in flight",
        proven == len(CLAIMS) and again <= IN_FLIGHT,
    )


def _options(number: int) -> list[str]:
    return ["--shard", f"{number}/{SHARDS}", "--journal", f"journals/{number}.sqlite"]


def _shard(at: Place, emulator: Emulator, number: int) -> Took:
    return at.run(emulator, IN_FLIGHT, *_options(number), again=True)


def _kill(at: Place, emulator: Emulator, *, after_requests: int) -> None:
    """Run the first shard until so many requests came, and kill it."""
    command = [*at.command(IN_FLIGHT), *_options(1)]
    nowhere = subprocess.DEVNULL
    with subprocess.Popen(command, cwd=at.work, env=os.environ | at.env(emulator), stdout=nowhere) as process:
        while len(emulator.exchanges) < after_requests and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)


def _merged(at: Place) -> Took:
    records = sorted(str(path.relative_to(at.work)) for path in (at.work / "reports").rglob("*.shard-*.json"))
    return took([sys.executable, "-c", RUN, "report", "merge", *records], cwd=at.work)
