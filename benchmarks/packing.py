"""Packing, against repomix and gitingest: the files of a claim set, whole trees, memory, and what numbers cost."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks import ROOT
from benchmarks.measuring import Figure, Took, Way, took, turn_by_turn
from benchmarks.scratch import Scratch
from verifier.claim_files import load_claims
from verifier.cost.tokens import count_tokens
from verifier.pipeline.opening import Limits, Work, open_claim
from verifier.prompting.packing import numbered
from verifier.prompting.rendering import Prompts
from verifier.repository.index import Index
from verifier.repository.snapshot import Snapshot
from verifier.setup.shipped_files import shipped
from verifier.values.source import Lines

VERIFIER = str(Path(sys.executable).with_name("verifier"))
LIBRARIES = "import click, jinja2, yaml, pydantic\nclass Any(pydantic.BaseModel): x: int\njinja2.Environment()"
"""What `verifier pack` cannot do without, made ready; the least that it could take."""
EVERYTHING = ("--no-gitignore", "--no-default-patterns", "--no-dot-ignore")
NUMBERED = ("--output-show-line-numbers", "--quiet")


def claim_set_files(scratch: Scratch, rounds: int) -> Iterator[Figure]:
    """Ten claims that name thirteen files: `verifier pack --show` against the peers, each a process of its own.

    The texts have been counted by an earlier run; once with nothing counted before, for what a first run takes.
    """
    for name in ("small", "medium", "large"):
        folder, files = scratch.claims(name)
        tree, out = str(scratch.tree(name)), str(scratch.folder / "packed")
        kept, nothing = ({"XDG_CACHE_HOME": str(scratch.folder / cache)} for cache in ("cache", "no-cache"))
        took([VERIFIER, "pack", "--repo", tree], cwd=folder, env=kept)
        repomix = [scratch.repomix(), "--include", ",".join(files), *NUMBERED, "-o", out, tree]
        gitingest = [scratch.peer("gitingest"), tree, "-o", out, *(word for f in files for word in ("-i", f))]
        figures = turn_by_turn(
            {
                "ours": lambda at=folder, tree=tree, env=kept: _pack(at, tree, env),  # type: ignore[misc]
                "first": lambda at=folder, tree=tree, env=nothing: _pack_anew(at, tree, env),  # type: ignore[misc]
                "libraries": lambda: took([sys.executable, "-c", LIBRARIES]),
                "repomix": lambda command=repomix: took(command),  # type: ignore[misc]
                "gitingest": lambda command=gitingest: took(command),  # type: ignore[misc]
            },
            rounds,
        )
        ours, theirs = figures["ours"], figures["repomix"]
        yield Figure(
            f"13 named files of the {name} tree, against `repomix --include`",
            f"{_times(theirs, ours)}; gitingest {_times(figures['gitingest'], ours)}",
            "CPU 3x less",
            theirs.cpu_s >= 3 * ours.cpu_s,
        )
        yield Figure(f"the same, {name} tree, no text counted before", _times(theirs, figures["first"]), "-")
        yield Figure(
            f"`repomix --include`, {name} tree, against importing click, jinja2, yaml and pydantic",
            _times(theirs, figures["libraries"]),
            "-",
        )


def _pack(folder: Path, tree: str, env: Mapping[str, str]) -> Took:
    return took([VERIFIER, "pack", "--show", "--repo", tree], cwd=folder, env=env)


def _pack_anew(folder: Path, tree: str, env: Mapping[str, str]) -> Took:
    shutil.rmtree(env["XDG_CACHE_HOME"], ignore_errors=True)
    return _pack(folder, tree, env)


def whole_trees(scratch: Scratch, rounds: int) -> Iterator[Figure]:
    """Every text of a tree, with line numbers and a token count."""
    for name in ("small", "medium"):
        figures = turn_by_turn(_whole_ways(scratch, name, "exact", "estimated", "repomix", "gitingest"), rounds)
        theirs, others = figures["repomix"], figures["gitingest"]
        for counts, cpu, wall in (("estimated", 8.0, 6.0), ("exact", 0.0, 1.5)):
            ours, target = figures[counts], f"CPU {cpu:g}x, wall {wall:g}x less" if cpu else f"wall {wall:g}x less"
            yield Figure(
                f"the whole {name} tree, counts {counts}, against repomix",
                f"{_times(theirs, ours)}; gitingest, which numbers no lines, {_times(others, ours)}",
                target if name == "medium" else "-",
                theirs.cpu_s >= cpu * ours.cpu_s and theirs.wall_s >= wall * ours.wall_s if name == "medium" else None,
            )


def memory(scratch: Scratch, rounds: int) -> Iterator[Figure]:
    """Peak memory on the large tree, and its growth from the medium one."""
    large = turn_by_turn(_whole_ways(scratch, "large", "exact", "estimated", "repomix"), rounds)
    medium = turn_by_turn(_whole_ways(scratch, "medium", "exact", "estimated"), rounds)
    for counts in ("exact", "estimated"):
        ours, theirs = large[counts].peak_mb, large["repomix"].peak_mb
        yield Figure(
            f"peak memory on the large tree, counts {counts}, against repomix",
            f"1/{theirs / ours:.1f} ({ours:.0f} MB; {ours / medium[counts].peak_mb:.2f} times that of the medium tree)",
            "1/8",
            theirs >= 8 * ours,
        )


def tokens_sent(scratch: Scratch, _: int) -> Iterator[Figure]:
    """What is sent for claims that name their files, against those files numbered, and numbers against bare text."""
    folder, _files = scratch.claims("medium")
    loaded = load_claims(folder / "claims" / "named.yaml")
    sent = bare = with_numbers = instructions = 0
    with Snapshot.open(scratch.tree("medium")) as snapshot:
        work = Work(loaded.claims, Index(snapshot), Prompts(shipped("prompts")), Limits())
        for claim in loaded.claims.claims:
            opened = open_claim(work, claim)
            sent += opened.prompt.tokens
            instructions += count_tokens(opened.prompt.system)
            for path in claim.files:
                file = snapshot.file(path)
                assert file is not None
                bare += count_tokens(file.text)
                with_numbers += count_tokens(numbered(file.lines, (Lines(1, len(file.lines)),)))
    over = sent / (with_numbers + instructions)
    yield Figure(
        "tokens sent, against the named files numbered plus instructions", f"{over:.2f}x", "1.10x", over <= 1.1
    )
    ratio = with_numbers / bare
    yield Figure("tokens of numbered files, against bare text", f"{ratio:.2f}x", "1.20x", ratio <= 1.2)


def _whole_ways(scratch: Scratch, name: str, *wanted: str) -> dict[str, Way]:
    tree, out = str(scratch.tree(name)), str(scratch.folder / "packed")

    def ours(counts: str) -> Took:
        # Other processes that make what is packed look nowhere but where Python is told to.
        return took(
            [sys.executable, "-m", "benchmarks.whole", tree, counts, out], cwd=ROOT, env={"PYTHONPATH": str(ROOT)}
        )

    ways: dict[str, Way] = {
        "exact": lambda: ours("exact"),
        "estimated": lambda: ours("estimated"),
        "repomix": lambda: took([scratch.repomix(), *EVERYTHING, *NUMBERED, "-o", out, tree]),
        "gitingest": lambda: took([scratch.peer("gitingest"), tree, "-o", out, "--include-gitignored"]),
    }
    return {way: ways[way] for way in wanted}


def _times(theirs: Took, ours: Took) -> str:
    return f"CPU {theirs.cpu_s / ours.cpu_s:.2f}x, wall {theirs.wall_s / ours.wall_s:.2f}x"
