"""Work that is not committed is noticed, from the index and from file stamps alone."""

from __future__ import annotations

import os
from pathlib import Path

from tests.conftest import Commit, git
from verifier.repository.own_paths import own_paths
from verifier.repository.snapshot import Snapshot, Uncommitted


def seen(repository: Path, ref: str = "HEAD") -> Uncommitted | None:
    """What a new snapshot says."""
    with Snapshot.open(repository, ref) as snapshot:
        return snapshot.uncommitted


def test_a_clean_checkout_has_nothing_uncommitted(commit: Commit, repository: Path) -> None:
    (repository / "link").symlink_to("a.py")
    snapshot = commit({"a.py": "a\n", "empty": "", "with\nline": "x", "ünï.py": "ü\n"})

    assert snapshot.uncommitted == Uncommitted()
    assert snapshot.uncommitted.count == 0


def test_changes_are_told_apart(commit: Commit, repository: Path) -> None:
    commit(dict.fromkeys(("changed", "deleted", "staged", "both", "removed", "same", "folder"), "a\n"))
    (repository / "changed").write_text("longer now\n")
    (repository / "deleted").unlink()
    (repository / "staged").write_text("staged now\n")
    (repository / "both").write_text("staged now\n")
    (repository / "added").write_text("new\n")
    git(repository, "add", "staged", "both", "added")
    git(repository, "rm", "--quiet", "--cached", "removed")
    (repository / "both").write_text("and changed again\n")
    (repository / "folder").unlink()
    (repository / "folder").mkdir()
    (repository / "new/deep").mkdir(parents=True)
    (repository / "new/deep/file").write_text("new\n")

    found = seen(repository)

    assert found == Uncommitted(
        modified=("both", "changed", "deleted", "folder"),
        staged=("added", "both", "removed", "staged"),
        untracked=("new/", "removed"),
    )
    assert found.count == 8


def test_a_change_that_keeps_the_size_is_noticed_by_its_time(commit: Commit, repository: Path) -> None:
    commit({"a.py": "1\n"})
    (repository / "a.py").write_text("2\n")
    os.utime(repository / "a.py", (2_000_000_000, 2_000_000_000))

    assert seen(repository) == Uncommitted(modified=("a.py",))


def test_an_intent_to_add_is_a_change(commit: Commit, repository: Path) -> None:
    commit({"a.py": "1\n"})
    (repository / "new.py").write_text("new\n")
    git(repository, "add", "--intent-to-add", "new.py")

    assert seen(repository) == Uncommitted(modified=("new.py",))


def test_what_verifier_itself_writes_is_no_work_that_was_not_seen(commit: Commit, repository: Path) -> None:
    commit({"a.py": "1\n", "claims/pool.yaml": "title: x\n", "reports/pool/0123456789ab.md": "# Old\n"})
    for path in (
        "claims/pool.yaml",
        "claims/new.yaml",
        "reports/pool/0123456789ab.md",
        "reports/new/0123456789ab.json",
    ):
        (repository / path).parent.mkdir(parents=True, exist_ok=True)
        (repository / path).write_text("changed\n")
    own = own_paths(
        repository, [repository / "claims/pool.yaml", repository / "claims/new.yaml"], Path("reports"), None
    )

    with Snapshot.open(repository, own=own) as snapshot:
        assert snapshot.uncommitted == Uncommitted()

    (repository / "reports/sales.py").write_text("TOTAL = 1\n")
    (repository / "claims/notes.txt").write_text("later\n")
    with Snapshot.open(repository, own=own) as snapshot:
        assert snapshot.uncommitted == Uncommitted(untracked=("claims/notes.txt", "reports/sales.py"))


def test_what_is_ignored_is_not_counted(commit: Commit, repository: Path) -> None:
    commit({".gitignore": "*.log\nbuild/\n"})
    (repository / "x.log").write_text("")
    (repository / "build").mkdir()
    (repository / "build/out").write_text("")

    assert seen(repository) == Uncommitted()


def test_what_a_sparse_checkout_left_out_is_not_deleted(commit: Commit, repository: Path) -> None:
    commit({"src/a.py": "", "docs/b.md": ""})
    git(repository, "sparse-checkout", "set", "src")

    assert not (repository / "docs").exists()
    assert seen(repository) == Uncommitted()


def test_another_commit_than_the_one_checked_out_has_no_uncommitted_work(commit: Commit, repository: Path) -> None:
    commit({"a.py": "a\n"})
    commit({"a.py": "b\n"})
    (repository / "a.py").write_text("changed\n")

    assert seen(repository, "HEAD~1") is None
    assert seen(repository, "main") == Uncommitted(modified=("a.py",))


def test_the_lists_are_bounded(commit: Commit, repository: Path) -> None:
    commit({"a.py": "a\n"})
    for i in range(1100):
        (repository / f"new{i}").write_text("")

    found = seen(repository)

    assert found is not None
    assert len(found.untracked) == 1000


def test_looking_writes_nothing(commit: Commit, repository: Path) -> None:
    commit({"a.py": "a\n"})
    (repository / "a.py").write_text("changed\n")
    before = {path: path.stat().st_mtime_ns for path in (repository / ".git").rglob("*")}

    seen(repository)

    assert {path: path.stat().st_mtime_ns for path in (repository / ".git").rglob("*")} == before
