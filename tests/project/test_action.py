"""The GitHub Action, the workflow that `init` writes, and the pre-commit hooks: their shell run, their options real."""

from __future__ import annotations

import fnmatch
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from tests import ROOT
from tests.conftest import Commit, git
from tests.model.emulator import Answer, Emulator, Request, says
from tests.preloaded import python
from tests.project.linters import schema_findings, zizmor_findings
from tests.report.run_records import COMMIT, EVERYTHING, PLAIN
from tests.runs.workers import at, claim, claim_set, files, judge, worker
from verifier import __version__
from verifier.claim_files.finding import DEFAULT_FOLDER
from verifier.cli import cli
from verifier.cli.report import merge
from verifier.cli.run import run as run_command
from verifier.demo.sample import build_sample
from verifier.report.files import write_report
from verifier.setup.initialising import initialise
from verifier.setup.shipped_files import shipped
from verifier.values.draft import AskedDraft

ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
HOOKS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
STEPS: dict[str, dict[str, Any]] = {step["name"]: step for step in ACTION["runs"]["steps"]}
FIND, INSTALL, JUDGE, COMMENT, ATTACH, END = (
    "Find the commit",
    "Install verifier",
    "Judge the claims",
    "Comment on the pull request",
    "Attach the check",
    "Pass or fail",
)
OWN_INPUTS = {"working-directory", "check", "comment", "draft", "token", "python-version", "merge"}
"""Inputs that are the Action's own; every other is an argument or option of `verifier run`."""


@pytest.fixture(scope="module")
def workflow(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("initialised")
    git(folder, "init", "--quiet")
    list(initialise(folder))
    return folder / ".github/workflows/verifier.yml"


def workflow_steps(workflow: Path) -> list[dict[str, Any]]:
    steps: list[dict[str, Any]] = yaml.safe_load(workflow.read_text("utf-8"))["jobs"]["claims"]["steps"]
    return steps


def options_of(command: click.Command) -> set[str]:
    return {name for param in command.params for name in (*param.opts, *param.secondary_opts)}


def options_in(script: str, command: str) -> set[str]:
    """The long options that a script gives to one command of verifier."""
    named = (command, "arguments", "common", "judged", "policy=(")
    lines = [line for line in script.splitlines() if any(one in line for one in named) and "claims draft" not in line]
    return set(re.findall(r"--[a-z][a-z-]+", "\n".join(lines)))


# What is promised.


def test_every_input_is_an_option_of_a_run() -> None:
    inputs = {name.replace("-", "_") for name in ACTION["inputs"].keys() - OWN_INPUTS}

    assert inputs <= {param.name for param in run_command.params}


def test_every_option_that_is_given_exists(workflow: Path) -> None:
    judged, merged = STEPS[JUDGE]["run"].split("command=(report merge)")
    given = options_in(judged, "run")
    assert options_in(merged, "merge") == {"--reports", "--fail-on", "--require"} <= options_of(merge)
    for step in workflow_steps(workflow):
        given |= options_in(step.get("run", ""), "verifier run")

    assert {"--ref", "--max-tokens"} <= given
    assert given <= options_of(run_command)


def test_every_input_is_used_and_described() -> None:
    text = (ROOT / "action.yml").read_text("utf-8")

    assert all(f"inputs.{name} " in text for name in ACTION["inputs"])
    assert all(given["description"] for given in (*ACTION["inputs"].values(), *ACTION["outputs"].values()))


def test_spending_is_capped_unless_somebody_says_otherwise() -> None:
    assert int(ACTION["inputs"]["max-tokens"]["default"]) <= 1_000_000
    assert "--max-tokens" in STEPS[JUDGE]["run"]


def test_no_expression_is_pasted_into_a_script(workflow: Path) -> None:
    scripts = [step["run"] for step in (*STEPS.values(), *workflow_steps(workflow)) if "run" in step]

    assert len(scripts) > 6
    assert not [script for script in scripts if "${{" in script]


def test_every_action_that_is_used_is_pinned_to_a_commit(workflow: Path) -> None:
    used = [step["uses"] for step in (*STEPS.values(), *workflow_steps(workflow)) if "uses" in step]

    assert len(used) == 5
    assert all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", one) for one in used)


def test_the_key_is_given_to_one_step_alone(workflow: Path) -> None:
    for steps, key in ((list(STEPS.values()), "inputs.api-key }}"), (workflow_steps(workflow), "secrets.")):
        assert [step["name"] for step in steps if key in json.dumps(step)] == [JUDGE]
        assert not [step for step in steps if key in step.get("run", "")]


def test_the_workflow_may_only_read(workflow: Path) -> None:
    document = yaml.safe_load(workflow.read_text("utf-8"))

    assert document["permissions"] == {"contents": "read"}
    assert "pull_request_target" not in document[True]
    checkout = document["jobs"]["claims"]["steps"][0]["with"]
    assert checkout["persist-credentials"] is False


# The schemas and linters of others.


def test_action_and_workflow_have_the_shape_that_github_reads(workflow: Path) -> None:
    assert schema_findings("github-actions", ROOT / "action.yml") == ""
    assert schema_findings("github-workflows", workflow) == ""


def test_zizmor_finds_nothing(workflow: Path) -> None:
    assert zizmor_findings(ROOT / "action.yml", workflow) == []


@pytest.mark.skipif(
    shutil.which("shellcheck", path=str(Path(sys.executable).parent)) is None and shutil.which("shellcheck") is None,
    reason="shellcheck is missing",
)
def test_shellcheck_finds_nothing(workflow: Path) -> None:
    program = shutil.which("shellcheck", path=str(Path(sys.executable).parent)) or shutil.which("shellcheck")
    for step in (*STEPS.values(), *workflow_steps(workflow)):
        if "run" in step:
            done = subprocess.run(
                [str(program), "--shell=bash", "-"], input=step["run"], capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, done.stdout


def as_a_workflow(action: Mapping[str, Any]) -> dict[str, Any]:
    """The Action's steps as a job, which is what actionlint reads."""
    inputs = {name: {"type": "string", "default": ""} for name in action["inputs"]}
    outputs = {name: given["value"] for name, given in action["outputs"].items()}
    job = {"runs-on": "ubuntu-latest", "outputs": outputs, "steps": action["runs"]["steps"]}
    return {"on": {"workflow_call": {"inputs": inputs}}, "permissions": {}, "jobs": {"action": job}}


def test_actionlint_finds_nothing(workflow: Path, actionlint: Callable[[Path], list[str]], tmp_path: Path) -> None:
    action = tmp_path / "action.yml"
    action.write_text(yaml.safe_dump(as_a_workflow(ACTION), sort_keys=False), encoding="utf-8")

    assert actionlint(workflow) == []
    assert actionlint(action) == []


def test_actionlint_would_find_an_output_that_no_step_has(
    actionlint: Callable[[Path], list[str]], tmp_path: Path
) -> None:
    text = yaml.safe_dump(as_a_workflow(ACTION)).replace("inputs.api-key", "inputs.api-kye")
    (tmp_path / "action.yml").write_text(text, encoding="utf-8")

    assert any("api-kye" in message for message in actionlint(tmp_path / "action.yml"))


# The steps, run.


def step(name: str, folder: Path, **environment: str) -> tuple[subprocess.CompletedProcess[str], dict[str, str]]:
    """Run a step of the Action; what it printed, and its outputs."""
    return run_step(STEPS[name], folder, environment)


def run_step(
    step: Mapping[str, Any], folder: Path, environment: Mapping[str, str]
) -> tuple[subprocess.CompletedProcess[str], dict[str, str]]:
    """Run a step's script as GitHub does, in a folder; what it printed, and its outputs."""
    temp = folder.parent / "runner"
    temp.mkdir(exist_ok=True)
    output = temp / "output"
    output.write_text("", encoding="utf-8")
    given = dict.fromkeys(step.get("env", {}), "") | {
        "PATH": f"{temp}:/usr/bin:/bin",
        "HOME": str(temp),
        "XDG_CACHE_HOME": os.environ["XDG_CACHE_HOME"],
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GITHUB_ACTIONS": "true",
        "GITHUB_OUTPUT": str(output),
        "GITHUB_STEP_SUMMARY": str(temp / "summary.md"),
        "GITHUB_REPOSITORY": "us/ours",
        "GITHUB_EVENT_NAME": "pull_request",
        "RUNNER_TEMP": str(temp),
    }
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        cwd=folder, env={**given, **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    pairs = (line.partition("=") for line in output.read_text("utf-8").splitlines())
    return done, {key: value for key, _, value in pairs}


@pytest.fixture
def branched(commit: Commit, repository: Path) -> Mapping[str, str]:
    """A repository in which main has gone on since a branch left it; the ids of its commits."""
    ids = {"left": commit({"a.txt": "1\n"}).commit}
    ids["head"] = commit({"a.txt": "2\n"}, branch="feature").commit
    git(repository, "switch", "--quiet", "main")
    ids["base"] = commit({"b.txt": "1\n"}).commit
    return ids


def find(repository: Path, ids: Mapping[str, str], **environment: str) -> tuple[int, dict[str, str], str]:
    given = {"HAS_KEY": "true", "HEAD_SHA": ids["head"], "BASE_SHA": ids["base"], "HEAD_REPOSITORY": "us/ours"}
    done, outputs = step(FIND, repository, **given | environment)
    return done.returncode, outputs, done.stdout + done.stderr


def test_the_head_is_judged_by_what_it_branched_from(repository: Path, branched: Mapping[str, str]) -> None:
    code, outputs, _ = find(repository, branched)

    assert (code, outputs) == (0, {"sha": branched["head"], "policy": branched["left"], "judge": "true"})


def test_a_push_is_judged_by_itself(repository: Path, branched: Mapping[str, str]) -> None:
    _, outputs, _ = find(repository, branched, BASE_SHA="", GITHUB_EVENT_NAME="push")

    assert outputs == {"sha": branched["head"], "policy": "", "judge": "true"}


def test_a_branch_is_named_by_its_id_from_then_on(repository: Path, branched: Mapping[str, str]) -> None:
    _, outputs, _ = find(repository, branched, REF="main", POLICY_REF="feature")

    assert (outputs["sha"], outputs["policy"]) == (branched["base"], branched["head"])


@pytest.fixture
def shallow(commit: Commit, repository: Path, branched: Mapping[str, str], tmp_path: Path) -> Path:
    """A clone of the branch at depth 1, as a checkout of GitHub's makes it, with histories that part far below."""
    for number in range(70):
        git(repository, "commit", "--quiet", "--allow-empty", f"--message={number}")
        if number == 0:
            git(repository, "switch", "--quiet", "feature")
    git(repository, "config", "uploadpack.allowAnySHA1InWant", "true")
    git(tmp_path, "clone", "--quiet", "--depth=1", "--branch=feature", f"file://{repository}", "shallow")
    return tmp_path / "shallow"


def tips(repository: Path) -> dict[str, str]:
    return {"head": git(repository, "rev-parse", "feature"), "base": git(repository, "rev-parse", "main")}


def test_a_shallow_clone_is_deepened_to_where_the_branch_began(
    repository: Path, branched: Mapping[str, str], shallow: Path
) -> None:
    code, outputs, said = find(shallow, tips(repository))

    assert code == 0, said
    assert outputs == {"sha": tips(repository)["head"], "policy": branched["left"], "judge": "true"}, said
    assert "warning" not in said


def test_a_branch_whose_beginning_cannot_be_had_is_judged_by_no_policy(repository: Path, shallow: Path) -> None:
    ids = tips(repository)
    git(shallow, "fetch", "--quiet", "--depth=1", "origin", ids["base"])
    git(shallow, "remote", "set-url", "origin", "/nowhere")

    code, outputs, said = find(shallow, ids)

    assert code == 0, said
    assert (outputs["sha"], outputs["policy"]) == (ids["head"], "")
    assert "::warning title=verifier::judged by no policy, but by the branch's own claims: where " in said
    assert "check out with fetch-depth: 0" in said


def test_a_branch_with_no_history_in_common_is_judged_by_no_policy(
    commit: Commit, repository: Path, branched: Mapping[str, str]
) -> None:
    git(repository, "switch", "--quiet", "--orphan", "apart")
    ids = {"head": commit({"c.txt": "1\n"}).commit, "base": branched["base"]}

    code, outputs, said = find(repository, ids)

    assert (code, outputs["policy"]) == (0, "")
    assert "judged by no policy" in said


@pytest.mark.parametrize(
    "environment",
    [
        pytest.param({"HEAD_REPOSITORY": "them/fork"}, id="a fork"),
        pytest.param({"HEAD_REPOSITORY": ""}, id="a fork that was deleted"),
        pytest.param({"AUTHOR": "dependabot[bot]"}, id="Dependabot, which gets no secrets"),
    ],
)
def test_without_a_key_a_fork_is_not_judged_and_does_not_fail(
    repository: Path, branched: Mapping[str, str], environment: dict[str, str]
) -> None:
    code, outputs, said = find(repository, branched, HAS_KEY="false", **environment)

    assert (code, outputs["outcome"]) == (0, "not-judged")
    assert "judge" not in outputs
    assert "not judged" in said


@pytest.mark.parametrize(
    ("environment", "says_so"),
    [
        pytest.param({"HAS_KEY": "false"}, "no api-key", id="no key on a branch of ours"),
        pytest.param({"HAS_KEY": "false", "GITHUB_EVENT_NAME": "push"}, "no api-key", id="no key on a push"),
        pytest.param({"GITHUB_EVENT_NAME": "pull_request_target"}, "pull_request_target", id="secrets for strangers"),
        pytest.param({"REF": "nowhere"}, "there is no commit nowhere", id="no such commit"),
        pytest.param({"REF": "--upload-pack=x"}, "is no name of a commit", id="an option for a commit"),
        pytest.param({"POLICY_REF": "-x", "REF": "main"}, "is no name of a commit", id="an option for a policy"),
        pytest.param(
            {"REF": "x\n::set-output name=a::b"}, "x ::set-output name=a::b is no name of a commit", id="a command"
        ),
    ],
)
def test_what_cannot_be_judged_safely_is_refused(
    repository: Path, branched: Mapping[str, str], environment: dict[str, str], says_so: str
) -> None:
    code, outputs, said = find(repository, branched, **environment)

    assert code == 1
    assert "judge" not in outputs
    assert says_so in said
    assert "\n::set-output" not in said


def test_a_cassette_needs_no_key(repository: Path, branched: Mapping[str, str]) -> None:
    _, outputs, _ = find(repository, branched, HAS_KEY="false", REPLAY="cassettes/pool.yaml")

    assert outputs["judge"] == "true"


def install(folder: Path) -> None:
    """Put this verifier where the step before has installed it."""
    program = folder.parent / "runner" / "verifier" / "bin" / "verifier"
    program.parent.mkdir(parents=True)
    program.write_text(
        f"#!/bin/sh\nexec {shlex.join(python())} -c 'from verifier.cli import main; main()' \"$@\"\n", "utf-8"
    )
    program.chmod(0o755)


WHEELS = sorted((ROOT / "build" / "wheel").glob("*.whl"))


@pytest.mark.skipif(not WHEELS, reason="no wheel is built; `make test` does that")
def test_what_the_next_step_calls_is_installed(tmp_path: Path) -> None:
    # What verifier needs is taken from the environment of the tests, so that no index is asked.
    given = {"PYTHON": sys.executable, "ACTION": str(WHEELS[-1]), "PIP_NO_DEPS": "1", "PIP_NO_INDEX": "1"}
    (tmp_path / "work").mkdir()

    done, _ = step(INSTALL, tmp_path / "work", **given)

    assert done.returncode == 0, done.stderr
    program = tmp_path / "runner" / "verifier" / "bin" / "verifier"
    needs = {"PYTHONPATH": sysconfig.get_path("purelib"), "PATH": os.environ["PATH"]}
    said = subprocess.run([program, "--version"], env=needs, capture_output=True, text=True, check=True)
    assert said.stdout == f"verifier, version {__version__}\n"


def test_claims_are_judged_and_the_code_is_kept_for_the_end(tmp_path: Path) -> None:
    folder = tmp_path / "work"
    build_sample(folder)
    for name in (DEFAULT_FOLDER, "cassettes"):
        (folder / name).mkdir()
        shutil.copy(shipped(f"{name}/phase4.yaml"), folder / name / "phase4.yaml")
    install(folder)
    sha = git(folder, "rev-parse", "phase4")

    done, outputs = step(
        JUDGE, folder, SHA=sha, REPLAY="cassettes/phase4.yaml", MAX_TOKENS="1000000", REPORTS="out", TAGS="core\n\n",
        CLAIMS="claims/phase4.yaml\n",
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert outputs == {"outcome": "failed", "exit-code": "1"}
    assert "CLAIM_5_PERFORMANCE_OPTIMIZATION" in done.stdout
    assert "CLAIM_1" not in done.stdout
    annotated = re.findall(r"^::\w+ .*title=(CLAIM_\w+)", done.stdout, re.MULTILINE)
    assert sorted(annotated) == sorted(set(annotated))
    assert "CLAIM_5_PERFORMANCE_OPTIMIZATION" in annotated
    (record,) = (folder / "out").rglob("*.json")
    assert json.loads(record.read_text("utf-8"))["repository"]["commit"] == sha


def test_shards_are_judged_by_themselves_and_merged_as_a_whole(tmp_path: Path) -> None:
    folder = tmp_path / "work"
    build_sample(folder)
    (folder / "claims").mkdir()
    shutil.copy(shipped("claims/phase4.yaml"), folder / "claims" / "phase4.yaml")
    install(folder)
    given = {
        "SHA": git(folder, "rev-parse", "phase4"), "REPLAY": str(shipped("cassettes/phase4.yaml")), "REPORTS": "out",
    }  # fmt: skip

    for number in (1, 2):
        done, _ = step(JUDGE, folder, SHARD=f"{number}/2", FAIL_ON="never", **given)
        assert "CLAIM" in done.stdout, done.stderr
    done, outputs = step(JUDGE, folder, MERGE="out/*/*.shard-*.json\n", **given)

    assert done.returncode == 0, done.stderr
    assert "missing" not in done.stderr, done.stderr
    (whole,) = (path for path in (folder / "out").rglob("*.json") if "shard" not in path.name)
    assert len(json.loads(whole.read_text("utf-8"))["rulings"]) == 10
    assert outputs["exit-code"] == "1"
    # A job that brings nothing to merge is no run that passes.
    assert step(JUDGE, folder, MERGE="nothing/*.json", **given)[1]["outcome"] == "incomplete"


def test_a_run_that_cannot_begin_is_incomplete(tmp_path: Path) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    install(folder)

    done, outputs = step(JUDGE, folder, SHA="0" * 40, REPORTS="reports", CLAIMS="-x.yaml")

    assert done.returncode == 0
    assert outputs == {"outcome": "incomplete", "exit-code": "2"}


def test_what_a_pull_request_says_is_judged_as_new_and_fails_nothing(repository: Path, commit: Commit) -> None:
    said = [f"`Worker{number}.run` adds {number}, in `worker{number}.py`" for number in (1, 2)]

    def answer(request: Request) -> Answer:
        if request.field("generationConfig", "responseJsonSchema") != AskedDraft.as_schema():
            return judge(request)
        claims = [{"source": f"{one}.", "statement": one} for one in said]
        return says(json.dumps({"claims": claims, "left_out": []}))

    base = commit({**files(1), "claims/workers.yaml": claim_set(claim(1))}).commit
    head = commit({"worker2.py": worker(2, 22)}, branch="topic").commit
    install(repository)
    with Emulator(answer) as gemini:
        given = {
            "SHA": head,
            "POLICY": base,
            "REPORTS": "reports",
            "DRAFT": "true",
            "TEXT": "\n".join(f"{one}." for one in said),
        }
        done, outputs = step(JUDGE, repository, **given, **at(gemini))

    assert outputs == {"outcome": "passed", "exit-code": "0"}, done.stderr
    assert "NOT RESOLVED" not in done.stdout
    assert "::error" not in done.stdout
    (record,) = (repository / "reports" / "text-of-the-pull-request").glob("*.json")
    assert [
        (one["statement"], one["ruling"], one["new"]) for one in json.loads(record.read_text("utf-8"))["rulings"]
    ] == [(said[1], "NOT RESOLVED", True)]


@pytest.mark.parametrize("code", ["0", "1", "3", "4"])
def test_the_job_ends_as_the_run_did(tmp_path: Path, code: str) -> None:
    done, _ = step(END, tmp_path, CODE=code)

    assert done.returncode == int(code)


@pytest.mark.parametrize(
    ("outcome", "conclusion"),
    [
        pytest.param("passed", "success", id="passed"),
        pytest.param("failed", "failure", id="failed"),
        pytest.param("unproven", "action_required", id="unproven"),
        pytest.param("not-judged", "neutral", id="a fork"),
        pytest.param("incomplete", "failure", id="incomplete"),
        pytest.param("", "failure", id="nothing came out"),
    ],
)
def test_the_check_is_attached_to_the_commit_that_was_judged(tmp_path: Path, outcome: str, conclusion: str) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    asked = gh(folder, exit_code=0)

    done, _ = step(ATTACH, folder, CHECK="claims", SHA="a" * 40, OUTCOME=outcome)

    assert done.returncode == 0, done.stderr
    said = asked.read_text("utf-8").splitlines()
    assert "repos/us/ours/check-runs" in said
    assert {f"conclusion={conclusion}", f"head_sha={'a' * 40}", "name=claims"} <= set(said)


def test_a_check_that_may_not_be_attached_is_said_and_fails_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    gh(folder, exit_code=1)

    done, _ = step(ATTACH, folder, CHECK="claims", SHA="a" * 40, OUTCOME="passed")

    assert done.returncode == 0
    assert "checks: write" in done.stdout


BOT = "github-actions[bot]"


@pytest.fixture
def commented(tmp_path: Path) -> Callable[..., tuple[str, list[dict[str, Any]]]]:
    """What the step says and which comments there are once it has run, with those that there were before."""
    if shutil.which("jq") is None:
        pytest.skip("jq is missing, which answers in place of GitHub's")
    folder = tmp_path / "work"
    folder.mkdir()
    write_report(EVERYTHING, folder / "reports")
    write_report(replace(PLAIN, claim_set=replace(PLAIN.claim_set, path="claims/plain.yaml")), folder / "reports")
    install(folder)
    stored, program = tmp_path / "comments.json", tmp_path / "runner" / "gh"
    program.write_text(f"#!{sys.executable}\n{_GITHUB}", encoding="utf-8")
    program.chmod(0o755)

    def run(*comments: dict[str, Any], **environment: str) -> tuple[str, list[dict[str, Any]]]:
        stored.write_text(json.dumps(comments), encoding="utf-8")
        given = {"NAME": "claims", "SHA": COMMIT, "NUMBER": "7", "REPORTS": "reports", "COMMENTS": str(stored)}
        done, _ = step(COMMENT, folder, **given | environment)
        assert done.returncode == 0, done.stderr
        return done.stdout, json.loads(stored.read_text("utf-8"))

    return run


_GITHUB = """
# GitHub's comments as its program shows them, kept in a file.
import json, os, subprocess, sys
given = sys.argv[1:]
if os.environ.get("REFUSES", "nothing") in given:
    sys.exit("HTTP 403")
if "graphql" in given:
    print("github-actions[bot]")
    sys.exit()
stored = os.environ["COMMENTS"]
comments = json.load(open(stored))
address = next(one for one in given if one.startswith("repos/us/ours/issues/")).removeprefix("repos/us/ours/issues/")
found = comments
if "?" not in address and not address.startswith("7/"):
    found = next(one for one in comments if one["id"] == int(address.removeprefix("comments/")))
if "--method" not in given:
    jq = ["jq", "--raw-output", given[given.index("--jq") + 1]]
    sys.exit(subprocess.run(jq, input=json.dumps(found), text=True).returncode)
body = open(next(one for one in given if one.startswith("body=@"))[6:]).read()
if "POST" in given:
    assert address == "7/comments"
    comments.append({"id": 99, "user": {"login": "github-actions[bot]"}, "body": body})
else:
    found["body"] = body
json.dump(comments, open(stored, "w"))
"""


def test_one_comment_is_written_about_all_claim_files(commented: Callable[..., Any]) -> None:
    said, (comment,) = commented()

    assert said == ""
    assert comment["body"].count("<!-- verifier ") == 1
    assert comment["body"].count("\n## Connection pool\n") == 2


def test_the_comment_is_about_the_merged_record_alone(commented: Callable[..., Any], tmp_path: Path) -> None:
    (folder,) = (tmp_path / "work" / "reports").glob("*plain*")
    whole = next(folder.glob("*.json"))
    for end in ("shard-1-of-2.json", "shard-2-of-2.incomplete.json"):
        shutil.copy(whole, folder / f"{whole.stem}.{end}")
    (folder / f"{whole.stem}.codequality.json").write_text("[]", encoding="utf-8")

    _, (comment,) = commented(MERGE="reports/*/*.shard-?-of-2.json")

    assert comment["body"].count("\n## Connection pool\n") == 2
    assert "inputs.shard == ''" in STEPS[COMMENT]["if"]


def test_patterns_of_the_documentation_are_of_records_of_shards_alone() -> None:
    named = re.findall(r"reports/\*/(\*\.shard\S+\.json)", (ROOT / "docs" / "scale.md").read_text("utf-8"))
    written = ["a.shard-1-of-4.json", "a.shard-1-of-4.incomplete.json", "a.shard-1-of-4.codequality.json"]

    assert len(named) == 3
    assert all(fnmatch.filter(written, one) == written[:1] for one in named)


def test_the_comment_is_written_anew_and_says_what_changed(commented: Callable[..., Any]) -> None:
    _, (first,) = commented()
    other = {"id": 1, "user": {"login": BOT}, "body": "Something else"}
    earlier = {**first, "id": 2, "body": first["body"].replace("=NOT", "=FULLY", 1)}

    said, comments = commented(other, earlier)

    assert said == ""
    assert [one["id"] for one in comments] == [1, 2]
    assert comments[0] == other
    assert "**was ✅ FULLY RESOLVED**" in comments[1]["body"]
    assert commented(*comments)[1][1]["body"] == first["body"]


def test_a_comment_of_somebody_else_is_left_alone(commented: Callable[..., Any]) -> None:
    _, (first,) = commented()
    forged = {**first, "id": 3, "user": {"login": "octocat"}}

    _, comments = commented(forged)

    assert comments == [forged, first]


@pytest.mark.parametrize("refused", ["graphql", "--paginate", "POST"])
def test_a_comment_that_may_not_be_written_is_said_and_fails_nothing(
    commented: Callable[..., Any], refused: str
) -> None:
    said, comments = commented(REFUSES=refused)

    assert comments == []
    assert said.startswith("::notice title=verifier::the comment could not be written; it needs the permission")


def test_where_nothing_was_judged_nothing_is_written(commented: Callable[..., Any]) -> None:
    assert commented(SHA="0" * 40) == ("", [])


def gh(folder: Path, *, exit_code: int) -> Path:
    """A program that GitHub's runners have, which here only writes down what it was asked."""
    asked = folder.parent / "asked"
    program = folder.parent / "runner" / "gh"
    program.parent.mkdir(exist_ok=True)
    program.write_text(f"#!/bin/sh\nprintf '%s\\n' \"$@\" > {shlex.quote(str(asked))}\nexit {exit_code}\n", "utf-8")
    program.chmod(0o755)
    return asked


# The workflow's steps, run.

LINT = "Lint the claims"


@pytest.fixture
def pushed(repository: Path, commit: Commit, workflow: Path) -> Iterator[Callable[..., tuple[int, str]]]:
    """A branch that breaks a claim and takes it out, and what the workflow's step says of it."""
    steps = {one["name"]: one for one in workflow_steps(workflow) if "run" in one}
    base = commit({**files(1, 2), "claims/workers.yaml": claim_set(claim(1), claim(2))}).commit
    broken = {"worker2.py": worker(2, 22), "claims/workers.yaml": claim_set(claim(1))}
    head = commit(broken, branch="topic").commit
    install(repository)
    program = repository.parent / "runner" / "verifier"
    path = f"{program / 'bin'}:{repository.parent / 'runner'}:/usr/bin:/bin"
    with Emulator(judge) as gemini:

        def run(name: str, **environment: str) -> tuple[int, str]:
            given = {**at(gemini), "BASE_SHA": base, "HEAD_SHA": head, "FROM_FORK": "false", "PATH": path}
            done, _ = run_step(steps[name], repository, given | environment)
            return done.returncode, done.stdout + done.stderr

        yield run


def test_a_pull_request_is_judged_by_the_claims_that_it_began_with(pushed: Callable[..., tuple[int, str]]) -> None:
    assert pushed(LINT)[0] == 0
    code, said = pushed(JUDGE)

    assert code == 1
    assert "NOT RESOLVED (1 refuted)  adds-2" in said
    assert "adds-2: is removed by the branch" in said


def test_a_push_is_judged_by_the_claims_that_it_has(pushed: Callable[..., tuple[int, str]]) -> None:
    code, said = pushed(JUDGE, BASE_SHA="")

    assert code == 0
    assert "adds-2" not in said


@pytest.mark.parametrize("who", [{"FROM_FORK": "true"}, {"AUTHOR": "dependabot[bot]"}], ids=["a fork", "Dependabot"])
def test_who_gets_no_secrets_is_told_so_and_does_not_fail(
    pushed: Callable[..., tuple[int, str]], who: dict[str, str]
) -> None:
    code, said = pushed(JUDGE, GEMINI_API_KEY="", **who)

    assert (code, said.count("not judged")) == (0, 1)


def test_a_branch_of_ours_without_a_key_fails(pushed: Callable[..., tuple[int, str]]) -> None:
    code, said = pushed(JUDGE, GEMINI_API_KEY="")

    assert code == 2
    assert "no API key" in said


def test_histories_that_do_not_meet_fail(pushed: Callable[..., tuple[int, str]]) -> None:
    assert pushed(JUDGE, BASE_SHA="0" * 40)[0] not in (0, 1)


# The hooks.


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: str(hook["id"]))
def test_every_hook_calls_a_command_with_options_that_exist(hook: dict[str, Any]) -> None:
    program, *words = shlex.split(hook["entry"]) + hook.get("args", [])
    command: click.Command | None = cli
    context = click.Context(cli)
    while isinstance(command, click.Group):
        command = command.get_command(context, words.pop(0))

    assert program == "verifier"
    assert command is not None
    assert {word for word in words if word.startswith("--")} <= options_of(command)
    assert hook["language"] == "python"


def test_no_hook_asks_a_model() -> None:
    running = [hook for hook in HOOKS if hook["entry"].startswith("verifier run")]

    assert [hook["id"] for hook in running] == ["verifier-replay"]
    assert all(hook["entry"].endswith("--replay") and hook["args"] for hook in running)
    assert all(hook["stages"] == ["pre-push"] for hook in running)


@pytest.mark.parametrize(
    ("path", "hook"),
    [
        pytest.param("claims/pool.yaml", "verifier-lint", id="a claim file"),
        pytest.param("cassettes/pool.yml", "verifier-cassettes", id="a cassette"),
        pytest.param("claims/.claims.schema.json", None, id="the schema"),
        pytest.param("src/claims.yaml", None, id="other YAML"),
    ],
)
def test_hooks_are_called_for_files_of_their_own(path: str, hook: str | None) -> None:
    matching = [one["id"] for one in HOOKS if "files" in one and re.search(one["files"], path)]

    assert matching == ([hook] if hook else [])
