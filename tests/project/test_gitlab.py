"""The job that `init --ci gitlab` writes: its shell run, its shape that of GitLab's schema, its reports there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import Commit
from tests.model.emulator import Emulator
from tests.project.test_action import install, options_in, options_of
from tests.runs.workers import at, claim, claim_set, files, judge, worker
from verifier.cli.run import run as run_command
from verifier.setup.initialising import GITLAB, GITLAB_ROOT, Ci, initialise


@pytest.fixture
def job(repository: Path) -> dict[str, Any]:
    (repository / "claims").mkdir()
    (repository / "claims/workers.yaml").write_text(claim_set(claim(1), claim(2)), encoding="utf-8")
    list(initialise(repository, ci=Ci.GITLAB))
    found: dict[str, Any] = yaml.safe_load((repository / GITLAB).read_text("utf-8"))["claims"]
    return found


@pytest.fixture
def merged(repository: Path, commit: Commit, job: dict[str, Any]) -> Iterator[Callable[..., tuple[int, str]]]:
    """A branch that breaks a claim, and what the job says of its merge request."""
    base = commit({**files(1, 2), "claims/workers.yaml": claim_set(claim(1), claim(2))}).commit
    head = commit({"worker2.py": worker(2, 22), "claims/more.yaml": claim_set(claim(2))}, branch="topic").commit
    install(repository)
    program = repository.parent / "runner" / "verifier" / "bin"
    (program / "python").symlink_to(sys.executable)
    with Emulator(judge) as gemini:

        def run(**environment: str) -> tuple[int, str]:
            given = {
                "PATH": f"{program}:/usr/bin:/bin",
                "HOME": str(repository.parent),
                "XDG_CACHE_HOME": os.environ["XDG_CACHE_HOME"],
                "CI_COMMIT_SHA": head,
            }
            done = subprocess.run(
                ["/bin/sh", "-e", "-c", "\n".join(job["script"])],
                cwd=repository, env={**given, **at(gemini), "CI_MERGE_REQUEST_DIFF_BASE_SHA": base, **environment},
                capture_output=True, text=True, check=False,
            )  # fmt: skip
            return done.returncode, done.stdout + done.stderr

        yield run


@pytest.mark.skipif(find_spec("check_jsonschema") is None, reason="check-jsonschema, which has the schema, is missing")
@pytest.mark.usefixtures("job")
def test_the_job_has_the_shape_that_gitlab_reads(repository: Path) -> None:
    for path in (GITLAB, GITLAB_ROOT):
        done = subprocess.run(
            [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.gitlab-ci", str(repository / path)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout


def test_a_merge_request_is_judged_and_leaves_the_reports_that_the_job_names(
    merged: Callable[..., tuple[int, str]], repository: Path, job: dict[str, Any]
) -> None:
    code, said = merged()

    assert code == 1, said
    reports = job["artifacts"]["reports"]
    assert [path.parent.name for path in sorted(repository.glob(reports["junit"]))] == ["more", "workers"]
    found = json.loads((repository / reports["codequality"]).read_text("utf-8"))
    assert {one["location"]["path"] for one in found} == {"worker2.py"}
    assert {one["severity"] for one in found} == {"critical"}
    assert all(len(one["fingerprint"]) == 64 for one in found)


def test_a_fork_is_not_judged_and_does_not_fail(merged: Callable[..., tuple[int, str]]) -> None:
    fork = {"CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "2", "CI_MERGE_REQUEST_PROJECT_ID": "1"}

    code, said = merged(GEMINI_API_KEY="", **fork)

    assert (code, said.count("not judged")) == (0, 1)


def test_a_branch_of_ours_without_a_key_fails(merged: Callable[..., tuple[int, str]]) -> None:
    assert merged(GEMINI_API_KEY="")[0] == 2


def test_every_option_that_is_given_exists(job: dict[str, Any]) -> None:
    given = options_in(job["script"][0].replace("set --", "verifier run"), "verifier run")

    assert {"--ref", "--max-tokens", "--policy-ref", "--also"} <= given <= options_of(run_command)
