"""`verifier doctor`: check the set-up and, with a key, settle by live calls what the documentation leaves open."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from verifier.cli.options import model, reader_model, where_to_ask, with_run_options
from verifier.cli.output import say, show
from verifier.errors import SnapshotError
from verifier.model.endpoint import keys_in
from verifier.model.probing import Probed, probe
from verifier.runs.options import RunOptions


@click.command()
@model
@reader_model
@click.option("--offline", is_flag=True, help="Make no live calls, also where there is a key.")
@where_to_ask
@with_run_options
def doctor(options: RunOptions, offline: bool) -> int:
    """Check the set-up. With a key, also make a handful of small live calls.

    Exit code 1 where something that a run needs is missing.
    """
    findings = list(_setup())
    keyed = options.api_key or keys_in(os.environ)
    if offline or not keyed:
        findings.append(Probed("key", True, "none given; runs need one, replays do not" if not keyed else "not tried"))
    else:
        endpoint = options.endpoint(os.environ)
        if endpoint.warning is not None:
            say(f"verifier: {endpoint.warning}")
        for one in dict.fromkeys((options.model, options.reader_model or options.model)):
            findings += asyncio.run(probe(endpoint, one))
    for finding in findings:
        show(f"{'ok  ' if finding.good else 'FAIL'} {finding.what}: {finding.says}")
    return 0 if all(finding.good for finding in findings) else 1


_SHIPPED = ("prompts/system.md.j2", "claims/phase4.yaml", "cassettes/phase4.yaml")


def _setup() -> Iterator[Probed]:
    from verifier.claim_files.finding import default_claim_files
    from verifier.cost.tokens import count_tokens
    from verifier.report.words import counted
    from verifier.runs.settings import read_settings
    from verifier.setup.shipped_files import shipped

    yield Probed("python", sys.version_info >= (3, 11), sys.version.split()[0])
    yield _git()
    yield _repository()
    yield Probed("token table", count_tokens("count these words") > 0, "o200k_base is there and whole")
    missing = [name for name in _SHIPPED if not shipped(name).is_file()]
    whole = "prompts, and claims and cassette of the demo, are there"
    yield Probed("package", not missing, f"{', '.join(missing)} missing; install again" if missing else whole)
    claims = default_claim_files(Path())
    none = "none here or above; `verifier init` begins some, `verifier check` needs none"
    yield Probed("claims", True, f"{counted(len(claims), 'file')} in {claims[0].parent}" if claims else none)
    _, settings = read_settings(Path())
    yield Probed("settings file", True, str(settings) if settings else "none; defaults hold")


def _git() -> Probed:
    path = shutil.which("git")
    if path is None:
        return Probed("git", False, "not found; install git")
    version = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    return Probed("git", bool(version), version or "does not run")


def _repository() -> Probed:
    from verifier.report.words import counted
    from verifier.repository.snapshot import Snapshot

    try:
        with Snapshot.open(Path.cwd()) as snapshot:
            paths = counted(len(snapshot.paths), "path")
            return Probed("repository", True, f"HEAD is commit {snapshot.commit}, {paths}")
    except SnapshotError as refused:
        return Probed("repository", False, str(refused))
