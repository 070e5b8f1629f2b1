"""What a contributor meets: workflows, hooks, templates and the pages that speak of them."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests import ROOT
from tests.project.linters import schema_findings, zizmor_findings

GITHUB = ROOT / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actionlint_finds_nothing_in_our_workflows(path: Path, actionlint: Callable[[Path], list[str]]) -> None:
    assert actionlint(path) == []


def test_zizmor_finds_nothing_in_our_workflows() -> None:
    assert zizmor_findings(GITHUB) == []


def test_zizmor_would_find_an_action_that_is_not_pinned(tmp_path: Path) -> None:
    text = re.sub(r"@[0-9a-f]{40}", "@v4", (GITHUB / "workflows" / "tests.yml").read_text("utf-8"))
    (tmp_path / "tests.yml").write_text(text, encoding="utf-8")

    assert "unpinned-uses" in zizmor_findings(tmp_path / "tests.yml")


@pytest.mark.parametrize(
    ("schema", "path"),
    [
        *(("github-workflows", path) for path in WORKFLOWS),
        ("dependabot", GITHUB / "dependabot.yml"),
        ("github-issue-config", GITHUB / "ISSUE_TEMPLATE" / "config.yml"),
        ("github-issue-forms", GITHUB / "ISSUE_TEMPLATE" / "bug.yml"),
        ("github-issue-forms", GITHUB / "ISSUE_TEMPLATE" / "wrong-ruling.yml"),
    ],
    ids=lambda value: value.name if isinstance(value, Path) else None,
)
def test_a_file_has_the_shape_that_github_reads(schema: str, path: Path) -> None:
    assert schema_findings(schema, path) == ""


def test_tests_run_on_every_python_that_is_promised() -> None:
    promised = {one.rpartition(" ")[2] for one in PROJECT["classifiers"] if re.search(r":: 3\.\d+$", one)}
    tests = yaml.safe_load((GITHUB / "workflows" / "tests.yml").read_text("utf-8"))

    assert set(tests["jobs"]["newest"]["strategy"]["matrix"]["python"]) == promised
    assert PROJECT["requires-python"] == f">={tests['jobs']['lowest']['steps'][1]['with']['python-version']}"


def test_nothing_is_published_before_it_was_tested_and_tried() -> None:
    release = yaml.safe_load((GITHUB / "workflows" / "release.yml").read_text("utf-8"))
    steps = [step.get("name") for step in release["jobs"]["build"]["steps"]]

    assert release["jobs"]["publish"]["needs"] == ["tests", "build"]
    assert steps.index("Compare the tag with the version") < steps.index("Build") < steps.index("Try the wheel")
    assert [job for job, body in release["jobs"].items() if "id-token" in body.get("permissions", {})] == ["publish"]


def test_a_hook_runs_what_setup_installs() -> None:
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))
    programs = {shlex.split(hook["entry"])[0] for repo in config["repos"] for hook in repo["hooks"]}
    installed = {re.match(r"[\w-]+", one)[0] for one in PROJECT["optional-dependencies"]["dev"]}  # type: ignore[index]
    names = {"lint-imports": "import-linter"}

    for program in programs:
        folder, _, name = program.rpartition("/")
        assert folder == ".venv/bin"
        assert names.get(name, name) in installed | set(PROJECT["scripts"])


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "SECURITY.md", "README.md", ".github/pull_request_template.md"])
def test_every_make_target_and_link_of_a_page_exists(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")

    assert set(re.findall(r"(?:`|    )make ([a-z]+)", text)) <= TARGETS
    for link in re.findall(r"\]\((?!https:)([^)#\s]+)", text):
        assert (ROOT / page).parent.joinpath(link).exists(), link
