"""`verifier init`: what it makes, what it leaves, and that a second time changes nothing."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from click.testing import CliRunner, Result

from tests.conftest import Commit, git
from verifier import __version__
from verifier.claim_files import lint, load_claims
from verifier.cli import cli
from verifier.cli.run import run as run_command
from verifier.repository.snapshot import Snapshot
from verifier.runs.settings import NEVER_FROM_A_FILE, SETTINGS, read_settings
from verifier.setup.installed import Origin, read_origin

MADE = (
    ".gitignore",
    ".github/workflows/verifier.yml",
    "claims/.claims.schema.json",
    "claims/first.yaml",
    "verifier.toml",
)


@pytest.fixture
def here(repository: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(repository)
    return repository


def init(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["init", *arguments], catch_exceptions=False)


def files(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file() and ".git" not in path.relative_to(folder).parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def workflow(folder: Path) -> Any:
    return yaml.safe_load((folder / ".github/workflows/verifier.yml").read_text("utf-8"))


def test_a_repository_is_set_up(here: Path) -> None:
    result = init()

    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "made: claims/first.yaml (and .claims.schema.json beside it, for editors)",
        "made: verifier.toml",
        "made: .gitignore (.verifier/ and /reports/)",
        "made: .github/workflows/verifier.yml (how it installs verifier needs a look)",
    ]
    assert sorted(files(here)) == sorted(MADE)


def test_a_second_time_changes_nothing(here: Path) -> None:
    init()
    before = files(here)

    result = init()

    assert files(here) == before
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "left as it is: claims (holds first.yaml)",
        "left as it is: verifier.toml (holds the settings)",
        "left as it is: .gitignore (has .verifier/ and /reports/)",
        "left as it is: .github/workflows/verifier.yml (is there already)",
    ]


def test_nothing_that_is_there_is_overwritten(here: Path) -> None:
    own = {
        "claims/ours.yml": "title: Ours\nclaims:\n  - {id: a, statement: '`a.py` is there'}\n",
        "pyproject.toml": "[tool.verifier]\nmax_rounds = 2\n",
        ".github/workflows/verifier.yml": "name: ours\n",
    }
    for path, text in own.items():
        (here / path).parent.mkdir(parents=True, exist_ok=True)
        (here / path).write_text(text, encoding="utf-8")

    result = init()

    assert files(here) == {path: text.encode() for path, text in own.items()} | {
        ".gitignore": b".verifier/\n/reports/\n"
    }
    assert "left as it is: claims (holds ours.yml)" in result.stdout
    assert "left as it is: pyproject.toml (holds the settings)" in result.stdout


@pytest.mark.parametrize(
    ("before", "added"),
    [
        pytest.param(b"build/\n", b".verifier/\n/reports/\n", id="lines are added"),
        pytest.param(b"build/", b"\n.verifier/\n/reports/\n", id="the last line had no end"),
        pytest.param(b"build/\r\n", b".verifier/\r\n/reports/\r\n", id="lines end as they did"),
        pytest.param(b"\xff\xfe\n", b".verifier/\n/reports/\n", id="bytes that are no UTF-8 stay"),
        pytest.param(b"#.verifier/\n# reports/\n", b".verifier/\n/reports/\n", id="a comment ignores nothing"),
        pytest.param(b"!.verifier/\n!/reports/\n", b".verifier/\n/reports/\n", id="the opposite is no such line"),
        pytest.param(b"/.verifier\n/reports\n", b"", id="anchored, without a slash behind"),
        pytest.param(b"**/.verifier/\n**/reports/\n", b"", id="at any depth"),
        pytest.param(b".verifier/*\nreports/*\n!reports/README.md\n", b"", id="what is in it, but for a file"),
        pytest.param(b".verifier/\n", b"/reports/\n", id="the journal is ignored"),
        pytest.param(b"reports/\n", b".verifier/\n", id="the reports are ignored"),
        pytest.param(b"old/reports/\n", b".verifier/\n/reports/\n", id="reports elsewhere are ignored"),
    ],
)
def test_git_is_told_once_to_ignore_journal_and_reports(here: Path, before: bytes, added: bytes) -> None:
    (here / ".gitignore").write_bytes(before)

    init()
    init()

    assert (here / ".gitignore").read_bytes() == before + added


@pytest.mark.parametrize(
    ("setting", "ignored"),
    [
        pytest.param("out/claims", b".verifier/\n/out/claims/\n", id="where settings say"),
        pytest.param("../reports", b".verifier/\n", id="outside of the folder"),
        pytest.param("/tmp/reports", b".verifier/\n", id="elsewhere on the machine"),
    ],
)
def test_reports_are_ignored_where_they_go(here: Path, setting: str, ignored: bytes) -> None:
    (here / "verifier.toml").write_text(f'reports = "{setting}"\n', encoding="utf-8")

    init()

    assert (here / ".gitignore").read_bytes() == ignored


def test_a_folder_of_reports_in_which_git_has_files_is_not_ignored(here: Path, commit: Commit) -> None:
    """New files of a team's own would go unnoticed."""
    commit({"reports/sales.py": "TOTAL = 1\n", "a/b.txt": "x\n"})

    init()

    assert (here / ".gitignore").read_bytes() == b".verifier/\n"


def test_a_second_run_after_init_sees_nothing_uncommitted(here: Path, commit: Commit) -> None:
    init()
    commit({"a.py": "x = 1\n"})
    (here / "reports/first").mkdir(parents=True)
    (here / "reports/first/0123456789ab.md").write_text("# Report\n", encoding="utf-8")

    assert git(here, "status", "--short") == ""


@pytest.mark.parametrize(
    ("committed", "statement"),
    [
        pytest.param({}, "The repository has a `README.md`", id="nothing yet"),
        pytest.param({"docs/guide.md": "# Guide\n"}, "The repository has a `docs/guide.md`", id="no code"),
        pytest.param(
            {"README.md": "x\n", "src/pool.py": "LIMIT = 3\n\n\nclass Pool:\n    size = 3\n"},
            "`Pool` is implemented in `src/pool.py`",
            id="code",
        ),
        pytest.param(
            {
                "a.py": "def later():\n    raise NotImplementedError\n",
                "tests/test_b.py": "def test_b():\n    assert 1\n",
            },
            "The repository has a `a.py`",
            id="only a stub and a test",
        ),
        pytest.param({"odd name.py": "def f():\n    return 1\n"}, "The repository has a `README.md`", id="an odd name"),
    ],
)
def test_the_example_names_something_that_is_there_and_lints_clean(
    here: Path, commit: Commit, committed: dict[str, str], statement: str
) -> None:
    if committed:
        commit(committed)

    init()

    loaded = load_claims(here / "claims/first.yaml")
    assert [claim.statement for claim in loaded.claims.claims] == [statement]
    assert lint(loaded) == ()
    if committed and "odd name.py" not in committed:
        with Snapshot.open(here) as snapshot:
            assert lint(loaded, snapshot.paths) == ()


def test_editors_find_the_schema_from_the_first_line(here: Path) -> None:
    init()

    first = (here / "claims/first.yaml").read_text("utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=.claims.schema.json"
    schema = json.loads((here / "claims/.claims.schema.json").read_text("utf-8"))
    assert schema["title"] == "verifier claim file"


def test_the_settings_are_settings_and_the_commented_ones_are_the_defaults(here: Path) -> None:
    init()
    text = (here / "verifier.toml").read_text("utf-8")
    spelled_out = tomllib.loads("\n".join(line.removeprefix("# ") for line in text.splitlines() if " = " in line))
    context = click.Context(run_command)
    defaults = {param.name: param.get_default(context) for param in run_command.params}

    assert read_settings(here)[0] == {"model": defaults["model"]}
    assert spelled_out.keys() <= SETTINGS.keys()
    assert not spelled_out.keys() & NEVER_FROM_A_FILE
    kept = ("model", "budget_tokens", "max_rounds", "max_output_tokens", "concurrency", "fail_on", "reports")
    assert {name: spelled_out[name] for name in kept} == {
        name: str(defaults[name]) if isinstance(defaults[name], Path) else defaults[name] for name in kept
    }
    assert CliRunner().invoke(cli, ["config"]).exit_code == 0


def test_the_workflow_runs_this_version_on_the_branch_that_others_branch_from(here: Path, commit: Commit) -> None:
    commit({"a.txt": "a\n"})
    git(here, "switch", "--quiet", "--create", 'odd"branch')

    init()

    made = workflow(here)
    text = (here / ".github/workflows/verifier.yml").read_text("utf-8")
    assert made[True] == {"pull_request": None, "push": {"branches": ['odd"branch']}}
    assert f"          python -m pip install claim-verifier=={__version__}\n" in text
    assert not re.search("@[A-Z]+@", text)
    assert made["jobs"]["claims"]["defaults"]["run"]["working-directory"] == "."


COMMIT = "0123456789abcdef" * 2 + "01234567"
ORIGINS: list[Any] = [
    pytest.param(
        "https://example.org/o/verifier.git", f" @ git+https://example.org/o/verifier.git@{COMMIT}", id="https"
    ),
    pytest.param(
        "https://u:t0ken@example.org:8443/v", f" @ git+https://example.org:8443/v@{COMMIT}", id="with a token"
    ),
    pytest.param("ssh://git@example.org/o/verifier", None, id="ssh, for which CI has no key"),
    pytest.param("file:///home/somebody/verifier", None, id="a repository of this machine"),
    pytest.param("https://example.org/$(id)", None, id="an address that a shell would run"),
    pytest.param("https://${{secrets.K}}/o/v", None, id="a host that a workflow would fill in"),
    pytest.param("https://example.org/o/v\n- run: x", None, id="an address of two lines"),
]


@pytest.mark.parametrize(("url", "requirement"), ORIGINS)
def test_what_came_from_a_repository_is_installed_from_that_very_commit(url: str, requirement: str | None) -> None:
    found = read_origin(json.dumps({"url": url, "vcs_info": {"vcs": "git", "commit_id": COMMIT}}))

    index = Origin(f"claim-verifier=={__version__}", is_certain=False)
    assert found == (index if requirement is None else Origin(f"claim-verifier{requirement}", is_certain=True))


@pytest.mark.parametrize("found", [{"dir_info": {"editable": True}}, {"archive_info": {}}, {}])
def test_what_came_from_a_folder_is_not_certain_to_be_had_elsewhere(found: dict[str, Any]) -> None:
    assert not read_origin(json.dumps({"url": "file:///home/somebody/verifier", **found})).is_certain


def test_the_workflow_says_where_it_may_not_install(here: Path) -> None:
    init()

    steps = workflow(here)["jobs"]["claims"]["steps"]
    (install,) = (step["run"] for step in steps if step.get("name") == "Install verifier")
    # The tests run on a checkout.
    assert "had been installed from a folder" in install
    assert install.splitlines()[-1] == f"python -m pip install claim-verifier=={__version__}"


def test_origins_main_branch_goes_before_the_one_that_is_checked_out(here: Path, commit: Commit) -> None:
    commit({"a.txt": "a\n"})
    git(here, "update-ref", "refs/remotes/origin/trunk", "HEAD")
    git(here, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk")

    init()

    assert workflow(here)[True]["push"]["branches"] == ["trunk"]


def test_a_folder_below_the_root_has_its_own_claims_and_the_roots_workflow(here: Path) -> None:
    (here / "service").mkdir()

    result = init("--dir", "service")

    assert result.exit_code == 0
    assert (here / "service/claims/first.yaml").is_file()
    assert workflow(here)["jobs"]["claims"]["defaults"]["run"]["working-directory"] == "service"
    assert workflow(here)["jobs"]["claims"]["steps"][-1]["with"]["path"] == "service/reports"


@pytest.mark.parametrize(
    ("remote", "made"),
    [
        pytest.param("git@github.com:o/r.git", True, id="GitHub"),
        pytest.param("https://github.example.org/o/r.git", True, id="GitHub of one's own"),
        pytest.param("../elsewhere.git", True, id="a folder"),
        pytest.param("https://code.example.org/o/r.git", False, id="another host"),
    ],
)
def test_a_workflow_is_made_where_github_may_run_it(here: Path, remote: str, made: bool) -> None:
    git(here, "remote", "add", "origin", remote)

    result = init()

    assert (here / ".github").exists() == made
    assert ("code.example.org is neither GitHub nor GitLab; --ci names one" in result.stdout) == (not made)


def test_gitlab_gets_a_job_that_its_pipeline_includes(here: Path) -> None:
    git(here, "remote", "add", "origin", "https://gitlab.com/o/r.git")

    assert "made: .gitlab/verifier.yml (how it installs verifier needs a look)" in init().stdout
    assert yaml.safe_load((here / ".gitlab-ci.yml").read_text("utf-8")) == {
        "include": [{"local": ".gitlab/verifier.yml"}]
    }
    assert not (here / ".github").exists()


def test_a_pipeline_that_is_there_is_its_owner_s_to_change(here: Path) -> None:
    (here / ".gitlab-ci.yml").write_text("test: {script: [make]}\n", encoding="utf-8")

    result = init("--ci", "gitlab")

    assert (here / ".gitlab-ci.yml").read_text("utf-8") == "test: {script: [make]}\n"
    assert ".gitlab-ci.yml (is there already; add to its include: local: .gitlab/verifier.yml)" in result.stdout


def test_no_job_is_made_where_none_is_wanted(here: Path) -> None:
    init("--ci", "none")

    assert sorted(files(here)) == sorted(set(MADE) - {".github/workflows/verifier.yml"})


@pytest.mark.parametrize(
    ("prepare", "says_so"),
    [
        pytest.param(lambda folder: folder, "no git repository", id="no repository"),
        pytest.param(lambda folder: folder / "nowhere", "no folder", id="no folder"),
        pytest.param(lambda folder: _bare(folder), "is a bare repository", id="a bare repository"),
        pytest.param(
            lambda folder: _with_a_file_for_claims(folder), "claims/first.yaml: cannot be written", id="a file"
        ),
        pytest.param(lambda folder: _with_a_file_for_workflows(folder), ".github", id="a file for .github"),
        pytest.param(lambda folder: _with_broken_settings(folder), "not TOML", id="broken settings"),
    ],
)
def test_what_cannot_be_set_up_is_one_line(tmp_path: Path, prepare: Any, says_so: str) -> None:
    result = init("--dir", str(prepare(tmp_path)))

    assert result.exit_code == 2
    assert says_so in result.stderr
    assert len(result.stderr.splitlines()) == 1


def _bare(folder: Path) -> Path:
    git(folder, "init", "--quiet", "--bare", "bare.git")
    return folder / "bare.git"


def _repository_with(folder: Path, name: str, text: str) -> Path:
    git(folder, "init", "--quiet")
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def _with_a_file_for_claims(folder: Path) -> Path:
    return _repository_with(folder, "claims", "")


def _with_a_file_for_workflows(folder: Path) -> Path:
    return _repository_with(folder, ".github", "")


def _with_broken_settings(folder: Path) -> Path:
    return _repository_with(folder, "verifier.toml", "model =")


def test_what_it_writes_is_shown_to_a_claim_that_names_it_and_to_no_other(here: Path, commit: Commit) -> None:
    init()
    claims, job = here / "claims/first.yaml", ".github/workflows/verifier.yml"
    claims.write_text(
        "title: T\nclaims:\n  - id: jobs\n    statement: Settings, workflow and job of verifier are read by `Pool`\n",
        "utf-8",
    )

    def shown(text: str) -> str:
        commit({"pool.py": "class Pool:\n    pass\n", "verifier.toml": text, job: (here / job).read_text("utf-8")})
        return CliRunner().invoke(cli, ["pack", "--show"], catch_exceptions=False).stdout.partition("\n")[2]

    before = shown((here / "verifier.toml").read_text("utf-8"))

    assert job not in before
    assert shown("# Settings, workflow and job of verifier\n") == before
    claims.write_text(claims.read_text("utf-8").replace("by `Pool`", "by `Pool`, see `verifier.toml`"), "utf-8")
    assert "whole: verifier.toml, " in shown("# of verifier\n")
