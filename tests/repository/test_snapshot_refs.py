"""Which commit a name means, and one line that helps where it means none."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.conftest import Commit, git
from verifier.errors import SnapshotError
from verifier.repository.snapshot import Snapshot


def refusal(repository: Path, ref: str = "HEAD") -> str:
    """What is said on opening, with the folder's name made short."""
    with pytest.raises(SnapshotError) as raised:
        Snapshot.open(repository, ref)
    assert "\n" not in str(raised.value)
    return str(raised.value).replace(str(repository), "REPO")


@pytest.mark.parametrize(
    "ref", ["phase4", "v1.0", "v1.0-annotated", "refs/heads/phase4", "main~0", "main@{0}", "tags/v1.0"]
)
def test_a_branch_a_tag_or_an_expression_names_its_commit(commit: Commit, repository: Path, ref: str) -> None:
    sha = commit({"a.py": "a\n"}).commit
    git(repository, "branch", "phase4")
    git(repository, "tag", "v1.0")
    git(repository, "tag", "-a", "-m", "x", "v1.0-annotated")

    with Snapshot.open(repository, ref) as snapshot:
        assert (snapshot.commit, snapshot.ref) == (sha, ref)


def test_an_id_whole_or_shortened_names_its_commit(commit: Commit, repository: Path) -> None:
    first = commit({"a.py": "a\n"}).commit
    commit({"a.py": "b\n"})

    for ref in (first, first[:7], first.upper()):
        with Snapshot.open(repository, ref) as snapshot:
            assert (snapshot.commit, snapshot.lines("a.py")) == (first, ("a",))


def test_a_branch_that_is_not_there_is_refused_with_the_near_names(commit: Commit, repository: Path) -> None:
    commit({"a.py": "a\n"})
    git(repository, "branch", "phase4")
    git(repository, "update-ref", "refs/remotes/origin/phase5", "HEAD")

    assert refusal(repository, "phse4") == 'no commit "phse4" in REPO; did you mean "phase4"?'
    assert refusal(repository, "Phase4") == 'no commit "Phase4" in REPO; did you mean "phase4"?'
    assert refusal(repository, "phase5").startswith('no commit "phase5" in REPO; did you mean "origin/phase5"')
    assert refusal(repository, "v2.1") == 'no commit "v2.1" in REPO; fetch it, or name one that is there'


@pytest.mark.parametrize(
    "ref", ["0" * 40, "f" * 40, "deadbeef", "HEAD~5", "main^2", "a..b", "HEAD@{99}", "main:nothing"]
)
def test_what_names_no_commit_is_refused(commit: Commit, repository: Path, ref: str) -> None:
    commit({"a.py": "a\n"})

    assert refusal(repository, ref).startswith(f'no commit "{ref}" in REPO; ')


@pytest.mark.parametrize("ref", ["", " ", "-", "--all", "-h", "--upload-pack=x"])
def test_what_could_be_an_option_is_refused(commit: Commit, repository: Path, ref: str) -> None:
    commit({"a.py": "a\n"})

    assert refusal(repository, ref) == f'"{ref}" is no name of a commit; name a branch, a tag or an id'


@pytest.mark.parametrize("ref", ["a\nb", "\x1b[31mred", "a\u202eb", "a\0b"])
def test_a_name_that_could_break_a_terminal_is_shown_escaped(commit: Commit, repository: Path, ref: str) -> None:
    commit({"a.py": "a\n"})

    said = refusal(repository, ref)

    assert said.isprintable()
    assert "\\" in said


@pytest.mark.parametrize(
    ("ref", "what"), [("HEAD:src", "a folder"), ("HEAD^{tree}", "a folder"), ("HEAD:src/a.py", "a file")]
)
def test_a_folder_or_file_of_a_commit_is_no_commit(commit: Commit, repository: Path, ref: str, what: str) -> None:
    commit({"src/a.py": "a\n"})

    assert refusal(repository, ref) == (
        f'"{ref}" is {what} of a commit in REPO, not a commit; name a branch, a tag or an id'
    )


def test_a_branch_and_a_tag_of_one_name_are_ambiguous(commit: Commit, repository: Path) -> None:
    commit({"a.py": "a\n"})
    git(repository, "tag", "release")
    commit({"a.py": "b\n"})
    git(repository, "branch", "release")

    assert refusal(repository, "release") == (
        '"release" means more than one thing in REPO; write "refs/tags/release" or "refs/heads/release" or the full id'
    )
    assert refusal(repository, "release~0").startswith('"release~0" means more than one thing in REPO; ')
    with Snapshot.open(repository, "refs/heads/release") as snapshot:
        assert snapshot.lines("a.py") == ("b",)


def test_a_branch_named_like_a_shortened_id_is_ambiguous(commit: Commit, repository: Path) -> None:
    first = commit({"a.py": "a\n"}).commit
    commit({"a.py": "b\n"})
    git(repository, "branch", first[:8])

    assert refusal(repository, first[:8]).startswith(
        f'"{first[:8]}" means more than one thing in REPO; write "refs/heads/'
    )


def test_a_branch_named_like_a_whole_id_does_not_replace_it(commit: Commit, repository: Path) -> None:
    first = commit({"a.py": "a\n"}).commit
    second = commit({"a.py": "b\n"}).commit
    git(repository, "update-ref", f"refs/heads/{first}", second)

    with Snapshot.open(repository, first) as snapshot:
        assert (snapshot.commit, snapshot.lines("a.py")) == (first, ("a",))


@pytest.mark.parametrize(
    ("full", "kind"), [("refs/heads/HEAD", "branch"), ("refs/tags/HEAD", "tag"), ("refs/HEAD", "ref")]
)
def test_what_is_named_head_does_not_replace_what_is_checked_out(
    commit: Commit, repository: Path, full: str, kind: str
) -> None:
    commit({"a.py": "a\n"})
    second = commit({"a.py": "b\n"}).commit
    git(repository, "update-ref", full, second)

    assert refusal(repository, "HEAD") == (
        f"a {kind} of REPO is called HEAD, so HEAD means more than one thing; "
        f'write "refs/heads/main", or rename the {kind}'
    )
    with Snapshot.open(repository, "refs/heads/main") as snapshot:
        assert snapshot.commit == second


def test_what_is_named_head_beside_a_commit_that_is_checked_out_asks_for_its_id(
    commit: Commit, repository: Path
) -> None:
    sha = commit({"a.py": "a\n"}).commit
    git(repository, "switch", "--quiet", "--detach")
    git(repository, "update-ref", "refs/heads/HEAD", sha)

    assert refusal(repository, "HEAD") == (
        "a branch of REPO is called HEAD, so HEAD means more than one thing; "
        "write the full id of what is checked out, or rename the branch"
    )


def test_a_repository_without_commits_says_so(repository: Path) -> None:
    assert refusal(repository) == "REPO has no commits yet; commit something first"
    assert refusal(repository, "main") == "REPO has no commits yet; commit something first"


def test_a_branch_without_commits_is_refused_with_the_others(commit: Commit, repository: Path) -> None:
    commit({"a.py": "a\n"})
    git(repository, "switch", "--quiet", "--orphan", "empty")

    assert refusal(repository) == 'HEAD of REPO names a branch without commits; name another: "main"'


def test_a_folder_without_a_repository_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path) == "no git repository at REPO or above it; name one with --repo"


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path / "gone") == "no folder REPO; name one that holds a git repository"
    (tmp_path / "file").write_text("")
    assert refusal(tmp_path / "file") == "no folder REPO; name one that holds a git repository"


def test_a_broken_repository_is_refused_in_one_line(commit: Commit, repository: Path) -> None:
    commit({"a.py": "a\n"})
    (repository / ".git/config").write_text("[core\nbroken")

    assert refusal(repository).startswith("REPO cannot be read as a git repository (")


def test_a_commit_whose_tree_is_gone_is_refused(commit: Commit, repository: Path) -> None:
    commit({"a.py": "a\n"})
    sha, tree = git(repository, "rev-parse", "HEAD", "HEAD^{tree}").split()
    (repository / ".git/objects" / tree[:2] / tree[2:]).unlink()

    assert refusal(repository) == f"commit {sha} of REPO cannot be read (fatal: not a tree object); fetch it again"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files away")
def test_a_repository_of_another_user_is_refused_with_the_way_out(commit: Commit, repository: Path) -> None:
    commit({"a.py": "a\n"})
    for path in (repository, repository / ".git"):
        os.chown(path, 12345, 12345)

    assert refusal(repository) == (
        "REPO belongs to another user, so git does not trust it; "
        "if you do: git config --global --add safe.directory REPO"
    )


def test_without_git_it_is_asked_for(commit: Commit, repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit({"a.py": "a\n"})
    monkeypatch.setenv("PATH", str(repository))

    assert shutil.which("git") is None
    assert refusal(repository) == "git is not on the PATH; install it"
