"""Finding the files of claims in a large repository, cold and warm, against the least that it could take."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks import ROOT
from benchmarks.measuring import Figure, Took, took, turn_by_turn
from benchmarks.packing import VERIFIER
from benchmarks.scratch import Scratch
from tests.conftest import git

UNNAMED = (
    "Agents that have not reported for a while are considered down, and their routers are rescheduled to others",
    "Addresses of a subnet are handed out at random from a window of the next free ones",
    "Quotas are counted by the tables that track usage, and refreshed when these are dirty",
    "Security group rules without a remote prefix or group let everything in",
    "A network that still has ports cannot be deleted, unless these are owned by the service itself",
)
NAMED = {
    "": "`reschedule_resources_from_down_agents` in neutron/neutron/db/agentschedulers_db.py skips disabled agents",
    " by its end": "`reschedule_resources_from_down_agents` in neutron/db/agentschedulers_db.py skips disabled agents",
}
"""A claim that gives its file's path as it is in the commit, and one for which the files that end so are sought."""
MOST_CPU_MORE_S = 0.060
COPIES = 58
"""How often the service's texts, each time with other words, make a repository of 1 GB."""
LEAST_PIECE_CHARS = 2500
"""They are cut between definitions into pieces no smaller, so that it has 190,000 files."""


def claims_without_paths(scratch: Scratch, rounds: int) -> Iterator[Figure]:
    """Two claims that name no file, against the floor: cold, warm, and what one more takes."""
    tree = scratch.tree("service")
    two, five = (_claims(scratch, f"unnamed-{most}", UNNAMED[:most]) for most in (2, 5))
    words = [word for word in UNNAMED[0].lower().replace(",", "").split() if len(word) > 4]
    figures = turn_by_turn(
        {
            "floor": lambda: took([sys.executable, "-m", "benchmarks.fts5_floor", str(tree), *words], cwd=ROOT),
            "cold": lambda: _cold(scratch, two, tree),
            "warm": lambda: _warm(scratch, two, tree),
            "five": lambda: _warm(scratch, five, tree),
        },
        rounds,
    )
    floor, cold, warm = figures["floor"], figures["cold"], figures["warm"]
    yield Figure(
        "two claims that name no file, 18 MB repository, cold, against an FTS5 floor",
        f"CPU {cold.cpu_s / floor.cpu_s:.2f}x, memory {cold.peak_mb / floor.peak_mb:.2f}x ({cold.peak_mb:.0f} MB)",
        "CPU 2.5x, memory 4x",
        cold.cpu_s <= 2.5 * floor.cpu_s and cold.peak_mb <= 4 * floor.peak_mb,
    )
    share = warm.cpu_s / floor.cpu_s
    yield Figure("the same, warm", f"CPU {share:.2f}x ({warm.cpu_s:.2f} s)", "CPU 1x", share <= 1)
    more_s = (figures["five"].cpu_s - warm.cpu_s) / 3
    yield Figure("one more such claim, warm", f"{1000 * more_s:.0f} ms CPU", "60 ms", more_s <= MOST_CPU_MORE_S)


def claim_with_a_path(scratch: Scratch, rounds: int) -> Iterator[Figure]:
    """One claim that names its file and a function of it."""
    tree = scratch.tree("service")
    for how, statement in NAMED.items():
        named = _claims(scratch, f"named{len(how)}", [statement])
        _cold(scratch, named, tree), _pack(scratch, named, tree)
        # Warm comes behind cold: what this kept.
        figures = turn_by_turn(
            {"cold": lambda of=named: _cold(scratch, of, tree), "warm": lambda of=named: _pack(scratch, of, tree)},  # type: ignore[misc]
            rounds,
        )
        for way, most_s in (("cold", 1.5), ("warm", 0.8)):
            each = figures[way]
            yield Figure(
                f"one claim that names its file{how} and a function, 18 MB repository, {way}",
                f"CPU {each.cpu_s:.2f} s, {each.peak_mb:.0f} MB",
                f"CPU {most_s:g} s",
                each.cpu_s <= most_s,
            )


def a_gigabyte(scratch: Scratch, _: int) -> Iterator[Figure]:
    """One claim that names no file about a repository of 1 GB: the first run, and the second after a claim changed."""
    tree = _large(scratch)
    _cold_now(scratch)
    first = _pack(scratch, _claims(scratch, "large-1", UNNAMED[:1]), tree)
    second = _pack(scratch, _claims(scratch, "large-2", UNNAMED[1:2]), tree)
    share = second.cpu_s / first.cpu_s
    yield Figure(
        "1 GB repository of 190,000 files, one claim, first run and second with the claim changed between",
        f"{first.peak_mb:.0f} and {second.peak_mb:.0f} MB; CPU {first.cpu_s:.0f} s and {share:.3f} of it; "
        f"wall {first.wall_s:.0f} and {second.wall_s:.1f} s",
        "1000 MB; a tenth",
        first.peak_mb <= 1000 and share <= 0.1,
    )


def _pack(scratch: Scratch, folder: Path, tree: Path) -> Took:
    return took([VERIFIER, "pack", "--repo", str(tree)], cwd=folder, env=_cache(scratch))


def _warm(scratch: Scratch, folder: Path, tree: Path) -> Took:
    """With what an earlier run of the same claims has kept."""
    _pack(scratch, folder, tree)
    return _pack(scratch, folder, tree)


def _cold(scratch: Scratch, folder: Path, tree: Path) -> Took:
    """With nothing known of the repository, and the texts' tokens counted: that is what another row is about."""
    _cold_now(scratch)
    return _pack(scratch, folder, tree)


def _cold_now(scratch: Scratch) -> None:
    for kept in ("words", "answers"):
        shutil.rmtree(Path(_cache(scratch)["XDG_CACHE_HOME"]) / "verifier" / kept, ignore_errors=True)


def _cache(scratch: Scratch) -> dict[str, str]:
    return {"XDG_CACHE_HOME": str(scratch.folder / "cache-selecting")}


def _claims(scratch: Scratch, name: str, statements: Sequence[str]) -> Path:
    folder = scratch.folder / "claims" / name
    (folder / "claims").mkdir(parents=True, exist_ok=True)
    lines = [f"  - {{id: c{n}, statement: {json.dumps(statement)}}}" for n, statement in enumerate(statements)]
    (folder / "claims" / f"{name}.yaml").write_text("\n".join(("title: Claims", "claims:", *lines, "")), "utf-8")
    return folder


def _large(scratch: Scratch) -> Path:
    """A repository whose texts are those of the service, many times over, each time with other words in them."""
    tree = scratch.folder / "trees" / "gigabyte"
    if (tree / ".git").exists():
        return tree
    sources = [path for path in scratch.tree("service").rglob("*.py") if path.is_file()]
    tree.mkdir(parents=True)
    git(tree, "init", "--quiet", "--initial-branch=main")
    with subprocess.Popen(["git", "-C", str(tree), "fast-import", "--quiet"], stdin=subprocess.PIPE) as importing:
        assert importing.stdin is not None
        importing.stdin.write(b"commit refs/heads/main\ncommitter A <a@example.org> 1750000000 +0000\ndata 0\n")
        for copy in range(COPIES):
            for path in sources:
                bare = path.relative_to(scratch.tree("service")).with_suffix("")
                for number, piece in enumerate(_pieces(path.read_bytes())):
                    content = piece.replace(b"self.", b"part_%d." % copy)
                    name = f"part{copy}/{bare}{number or ''}.py".encode()
                    importing.stdin.write(b"M 100644 inline %s\ndata %d\n%s\n" % (name, len(content), content))
    return tree


def _pieces(content: bytes) -> Iterator[bytes]:
    start = 0
    while (at := content.find(b"\n\n\n", start + LEAST_PIECE_CHARS)) >= 0:
        yield content[start : at + 1]
        start = at + 3
    yield content[start:]
