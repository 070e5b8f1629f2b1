"""Settings of git: none of a repository's breaks anything, and what a user trusts is trusted wherever he says so."""

from __future__ import annotations

import os
import shlex
import shutil
from pathlib import Path

import pytest

from tests.conftest import Commit, git
from tests.model.emulator import Emulator
from tests.runs.workers import at, call, claim, claim_set, files, rulings
from verifier.errors import SnapshotError
from verifier.repository.repository import find_repository
from verifier.repository.snapshot import Snapshot

INCLUDED = "/nowhere/credentials.config"
SETTINGS = [
    ("gitdir", f'[includeIf "gitdir:/home/runner/work/"]\n\tpath = {INCLUDED}\n'),
    ("gitdir-of-a-container", f'[includeIf "gitdir:/github/workspace/.git"]\n\tpath = {INCLUDED}\n'),
    ("gitdir-in-any-case", f'[includeIf "gitdir/i:/WORK/"]\n\tpath = {INCLUDED}\n'),
    ("on-branch", f'[includeIf "onbranch:main"]\n\tpath = {INCLUDED}\n'),
    ("has-config", f'[includeIf "hasconfig:remote.*.url:https://**"]\n\tpath = {INCLUDED}\n'),
    ("unknown-condition", f'[includeIf "phase:full"]\n\tpath = {INCLUDED}\n'),
    ("include", f"[include]\n\tpath = {INCLUDED}\n"),
    ("latin-1", "[user]\n\tname = Jürgen Müller\n"),
    ("no-value", "[core]\n\tbare2\n[remote]\n\tpushDefault = origin\n"),
    ("twice", '[remote "origin"]\n\turl = https://other.example.org/n\n'),
    ("quotes-and-a-comment", '[alias]\n\tx = "!f() { echo \\"$1\\"; }; f" ; a comment\n'),
    ("a-colon", '[url "https://u:p@example.org/"]\n\tinsteadOf = https://example.org/\n'),
]


def configured(repository: Path, settings: str) -> None:
    git(repository, "remote", "add", "origin", "https://user:" + "t0k3n@example.org/o/n.git")
    with (repository / ".git/config").open("ab") as file:
        file.write(settings.encode("latin-1"))


@pytest.mark.parametrize("settings", [s[1] for s in SETTINGS], ids=[s[0] for s in SETTINGS])
def test_the_remote_is_read_whatever_else_is_configured(commit: Commit, repository: Path, settings: str) -> None:
    commit({"a.py": "a\n"})
    configured(repository, settings)

    with Snapshot.open(repository) as snapshot:
        assert (snapshot.repository.remote, snapshot.repository.remote_problem) == ("https://example.org/o/n.git", None)
        assert snapshot.committed_at == "2025-06-15T15:06:40+00:00"


@pytest.mark.parametrize(
    "settings", [s[1] for s in SETTINGS[:2] + SETTINGS[7:8]], ids=["gitdir", "container", "latin-1"]
)
def test_a_bare_repository_and_a_worktree_are_read_as_well(
    commit: Commit, repository: Path, tmp_path: Path, settings: str
) -> None:
    commit({"a.py": "a\n"})
    configured(repository, settings)
    git(repository, "worktree", "add", "--quiet", "-b", "other", "../tree")
    (tmp_path / "bare.git").symlink_to(repository / ".git")
    git(repository, "config", "core.bare", "true")

    for place in ("tree", "bare.git"):
        with Snapshot.open(tmp_path / place, "main") as snapshot:
            assert (snapshot.repository.remote, snapshot.lines("a.py")) == ("https://example.org/o/n.git", ("a",))


@pytest.mark.parametrize("settings", [s[1] for s in SETTINGS], ids=[s[0] for s in SETTINGS])
def test_a_run_a_replay_and_an_audit_go_through(
    commit: Commit, repository: Path, folder: Path, gemini: Emulator, settings: str
) -> None:
    commit(files(1))
    configured(repository, settings)
    (folder / "workers.yaml").write_text(claim_set(claim(1)))
    (folder / "report.md").write_text("### CLAIM 1: It adds\n\n`run` (`worker1.py`, line 2).\n\n**Verdict**: ✅ DONE\n")

    asked = ("run", "-q", "workers.yaml", "--repo", str(repository), "--json")
    live = call(*asked, "--record", "tape.yaml", **at(gemini))
    replayed = call(*asked, "--replay", "tape.yaml", "--reports", "replayed")
    audited = call("audit", "report.md", "--repo", str(repository))

    assert rulings(live) == rulings(replayed) == {"adds-1": "FULLY RESOLVED"}
    assert audited.exit_code == 0
    assert "t0k3n" not in live.output + replayed.output + audited.output


def test_a_remote_that_cannot_be_read_is_a_note(
    commit: Commit, repository: Path, folder: Path, gemini: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(files(1))
    (folder / "workers.yaml").write_text(claim_set(claim(1)))
    (folder / "bin").mkdir()
    (folder / "bin/git").write_text(
        '#!/bin/sh\ncase "$*" in *--get-regexp*) echo "fatal: bad config line 7" >&2; exit 128;; esac\n'
        f'exec {shutil.which("git")} "$@"\n'
    )
    (folder / "bin/git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}")

    result = call("run", "-q", "workers.yaml", "--repo", str(repository), **at(gemini))

    (report,) = (folder / "reports").rglob("*.md")
    assert result.exit_code == 0
    assert "the address of the remote cannot be read (fatal: bad config line 7)" in report.read_text("utf-8")


# Whom git trusts.

needs_root = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files away")


@pytest.fixture
def foreign(commit: Commit, repository: Path) -> Path:
    """A repository of another user."""
    commit({"src/a.py": "a\n"})
    for path in (repository, repository / ".git"):
        os.chown(path, 12345, 12345)
    return repository


def by_count(_: Path, trusted: str) -> dict[str, str]:
    return {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": trusted}


def by_parameters(_: Path, trusted: str) -> dict[str, str]:
    return {"GIT_CONFIG_PARAMETERS": f"'safe.directory'='{trusted}'"}


def by_file(name: str) -> object:
    def lay(folder: Path, trusted: str) -> dict[str, str]:
        file = folder / "git.config"
        file.write_text(f"[safe]\n\tdirectory = /elsewhere\n\tdirectory = {trusted}\n")
        return {name: str(file)}

    lay.__name__ = name
    return lay


def by_home(folder: Path, trusted: str) -> dict[str, str]:
    by_file("x")(folder, trusted)  # type: ignore[operator]
    (folder / "git.config").rename(folder / ".gitconfig")
    return {"HOME": str(folder)}


WAYS = [by_count, by_parameters, by_file("GIT_CONFIG_SYSTEM"), by_file("GIT_CONFIG_GLOBAL"), by_home]


@needs_root
@pytest.mark.parametrize("trusted", ["itself", "*"])
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_a_repository_that_the_user_trusts_is_read(
    foreign: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: object, trusted: str
) -> None:
    given = way(tmp_path, str(foreign) if trusted == "itself" else trusted)  # type: ignore[operator]
    for name, value in given.items():
        monkeypatch.setenv(name, value)

    with Snapshot.open(foreign / "src") as snapshot:
        assert snapshot.lines("src/a.py") == ("a",)
        assert snapshot.uncommitted is not None


@needs_root
@pytest.mark.parametrize("trusted", ["/elsewhere", ".", "repository", ""])
def test_one_that_is_not_trusted_is_refused_with_what_helps(
    foreign: Path, monkeypatch: pytest.MonkeyPatch, trusted: str
) -> None:
    for name, value in by_count(foreign, trusted).items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(foreign / "src")

    with pytest.raises(SnapshotError) as raised:
        find_repository(Path())

    said = str(raised.value)
    assert said == (
        f". belongs to another user, so git does not trust it; if you do: "
        f"git config --global --add safe.directory {foreign}"
    )
    # The advice helps.
    monkeypatch.setenv("HOME", str(foreign.parent))
    monkeypatch.delenv("GIT_CONFIG_COUNT")
    git(
        foreign.parent,
        *shlex.split(said.partition("if you do: git ")[2]),
        GIT_CONFIG_GLOBAL=f"{foreign.parent}/.gitconfig",
    )
    assert find_repository(Path()).worktree == foreign


@needs_root
def test_a_repository_cannot_vouch_for_itself(foreign: Path) -> None:
    with (foreign / ".git/config").open("a") as file:
        file.write("[safe]\n\tdirectory = *\n")

    with pytest.raises(SnapshotError, match="belongs to another user"):
        find_repository(foreign)


@needs_root
def test_nothing_else_of_such_settings_has_a_say(
    foreign: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "script"
    script.write_text(f"#!/bin/sh\ntouch {tmp_path}/canary\n")
    script.chmod(0o755)
    (tmp_path / "system").write_text(f"[safe]\n\tdirectory = *\n[core]\n\tfsmonitor = {script}\n")
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", str(tmp_path / "system"))

    with Snapshot.open(foreign) as snapshot:
        assert snapshot.uncommitted is not None
    assert not (tmp_path / "canary").exists()


# Where git keeps objects elsewhere.


def test_a_push_that_is_being_received_has_its_own_line(
    commit: Commit, repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit({"a.py": "a\n"})
    git(tmp_path, "clone", "--quiet", "--bare", "repository", "bare.git")
    commit({"a.py": "b\n"})
    hook = tmp_path / "bare.git/hooks/pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(
        f'#!/bin/sh\nread old new ref\nenv | grep ^GIT_ > {tmp_path}/seen\necho "COMMIT=$new" >> {tmp_path}/seen\n'
    )
    hook.chmod(0o755)
    git(repository, "push", "--quiet", "../bare.git", "main")
    seen = dict(line.split("=", 1) for line in (tmp_path / "seen").read_text().splitlines())
    git(tmp_path / "bare.git", "update-ref", "refs/heads/main", "main~1")
    git(tmp_path / "bare.git", "reflog", "expire", "--expire=now", "--all")
    git(tmp_path / "bare.git", "gc", "--quiet", "--prune=now")
    sha = seen.pop("COMMIT")
    assert "GIT_QUARANTINE_PATH" in seen
    for name, value in seen.items():
        monkeypatch.setenv(name, value)

    with pytest.raises(SnapshotError) as raised:
        Snapshot.open(tmp_path / "bare.git", sha)
    assert str(raised.value) == (
        f'no commit "{sha}" in {tmp_path}/bare.git yet: git keeps what is being pushed aside until its pre-receive '
        "hook has ended, and verifier does not read it there; run it from post-receive, or on a branch"
    )
    with Snapshot.open(tmp_path / "bare.git", "main") as snapshot:
        assert snapshot.lines("a.py") == ("a",)


@pytest.fixture
def borrowing(commit: Commit, repository: Path, tmp_path: Path) -> Path:
    """A clone with a commit of its own on top of what it borrowed from a repository that is gone."""
    commit({"a.py": "a\n", "b.py": "b\n"})
    git(tmp_path, "clone", "--quiet", "--shared", "repository", "shared")
    (tmp_path / "shared/b.py").write_text("mine\n")
    git(tmp_path / "shared", "commit", "--quiet", "--all", "-m", "mine")
    repository.rename(tmp_path / "moved")
    return tmp_path / "shared"


def gone(borrowing: Path) -> str:
    return (
        f'{borrowing} borrows objects from "{borrowing.parent}/repository/.git/objects", which is not there; '
        "put it back, or clone in full"
    )


def test_a_commit_in_an_alternate_that_is_gone_has_its_own_line(borrowing: Path) -> None:
    with pytest.raises(SnapshotError) as raised:
        Snapshot.open(borrowing, "HEAD~1")
    assert str(raised.value) == f'"HEAD~1" cannot be read: {gone(borrowing)}'


def test_what_is_there_is_judged_without_the_alternate(borrowing: Path) -> None:
    with Snapshot.open(borrowing) as snapshot:
        assert [unread.path for unread in snapshot.unread] == ["a.py"]
        assert snapshot.lines("b.py") == ("mine",)


def test_a_folder_in_an_alternate_that_is_gone_has_its_own_line(
    commit: Commit, repository: Path, tmp_path: Path
) -> None:
    commit({"src/a.py": "a\n"})
    git(tmp_path, "clone", "--quiet", "--shared", "repository", "shared")
    git(tmp_path / "shared", "commit", "--quiet", "--allow-empty", "-m", "mine")
    sha = git(tmp_path / "shared", "rev-parse", "HEAD")
    repository.rename(tmp_path / "moved")

    with pytest.raises(SnapshotError) as raised:
        Snapshot.open(tmp_path / "shared")
    assert str(raised.value) == f"commit {sha} of {tmp_path / 'shared'} cannot be read: {gone(tmp_path / 'shared')}"


def test_files_in_an_alternate_that_is_gone_have_their_own_line(
    commit: Commit, repository: Path, tmp_path: Path
) -> None:
    commit({"a.py": "a\n"})
    git(tmp_path, "clone", "--quiet", "--shared", "repository", "shared")
    for oid in git(repository, "rev-parse", "HEAD", "HEAD^{tree}").split():
        loose = f"objects/{oid[:2]}/{oid[2:]}"
        (tmp_path / "shared/.git" / loose).parent.mkdir(exist_ok=True)
        (repository / ".git" / loose).rename(tmp_path / "shared/.git" / loose)
    repository.rename(tmp_path / "moved")

    with Snapshot.open(tmp_path / "shared") as snapshot, pytest.raises(SnapshotError) as raised:
        snapshot.file("a.py")
    assert str(raised.value) == f"a.py cannot be read: {gone(tmp_path / 'shared')}"


@pytest.mark.parametrize("empty", [False, True], ids=["missing", "empty"])
@pytest.mark.parametrize("ref", ["HEAD", "main"])
def test_a_branch_whose_commit_is_lost_is_no_branch_without_commits(
    commit: Commit, repository: Path, ref: str, empty: bool
) -> None:
    commit({"a.py": "a\n"})
    sha = git(repository, "rev-parse", "HEAD")
    loose = repository / ".git/objects" / sha[:2] / sha[2:]
    loose.unlink()
    if empty:
        loose.write_bytes(b"")

    with pytest.raises(SnapshotError) as raised:
        Snapshot.open(repository, ref)
    assert str(raised.value) == (
        f'"{ref}" is {sha} in {repository}, which is missing or damaged there; `git fsck` says more'
    )


@pytest.mark.parametrize("ref", ["HEAD", "main"])
def test_a_branch_that_was_cut_off_while_it_was_written_has_its_own_line(
    commit: Commit, repository: Path, ref: str
) -> None:
    commit({"a.py": "a\n"})
    (repository / ".git/refs/heads/main").write_bytes(b"")

    with pytest.raises(SnapshotError) as raised:
        Snapshot.open(repository, ref)
    assert str(raised.value) == f'"refs/heads/main" of {repository} is damaged; `git reflog` knows what it was'


def test_a_worktree_whose_repository_has_forgotten_it_is_told_where_it_leads(
    commit: Commit, repository: Path, tmp_path: Path
) -> None:
    commit({"a.py": "a\n"})
    git(repository, "worktree", "add", "--quiet", str(tmp_path / "beside"))
    shutil.rmtree(repository / ".git/worktrees")

    with pytest.raises(SnapshotError) as raised:
        Snapshot.open(tmp_path / "beside")
    assert str(raised.value) == (
        f"the .git of {tmp_path / 'beside'} leads to {repository}/.git/worktrees/beside, which is not there; "
        "put it back, or clone anew"
    )
