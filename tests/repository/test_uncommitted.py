"""Work that is not committed is noticed, from the index and from file stamps alone."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Commit, git
from verifier.repository.own_paths import own_paths
from verifier.repository.snapshot import Snapshot


def seen(repository: Path, ref: str = "HEAD") -> int | None:
    """How many paths a new snapshot says have work that is not committed."""
    with Snapshot.open(repository, ref) as snapshot:
        return snapshot.uncommitted


def test_a_clean_checkout_has_nothing_uncommitted(commit: Commit, repository: Path) -> None:
    (repository / "link").symlink_to("a.py")
    snapshot = commit({"a.py": "a\n", "empty": "", "with\nline": "x", "ünï.py": "ü\n"})

    assert snapshot.uncommitted == 0


def change(path: Path) -> None:
    path.write_text("longer now\n")


def stage(path: Path) -> None:
    change(path)
    git(path.parent, "add", path.name)


def stage_and_change(path: Path) -> None:
    stage(path)
    path.write_text("and changed again\n")


def replace_by_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def fill_new_folder(path: Path) -> None:
    (path.parent / "new/deep").mkdir(parents=True)
    (path.parent / "new/deep/one").write_text("new\n")
    (path.parent / "new/deep/other").write_text("new\n")


@pytest.mark.parametrize(
    "work",
    [
        pytest.param(change, id="changed"),
        pytest.param(Path.unlink, id="deleted"),
        pytest.param(replace_by_folder, id="a folder in its place"),
        pytest.param(stage, id="staged"),
        pytest.param(stage_and_change, id="staged, and changed again"),
        pytest.param(lambda path: git(path.parent, "rm", "--quiet", path.name), id="deleted, and staged"),
        pytest.param(lambda path: git(path.parent, "rm", "--quiet", "--cached", path.name), id="staged as deleted"),
        pytest.param(lambda path: stage(path.with_name("added")), id="a new file, staged"),
        pytest.param(lambda path: change(path.with_name("added")), id="a new file"),
        pytest.param(fill_new_folder, id="a new folder"),
    ],
)
def test_each_path_with_work_counts_once(work: Callable[[Path], object], commit: Commit, repository: Path) -> None:
    commit(dict.fromkeys(("one", "same"), "a\n"))
    work(repository / "one")

    assert seen(repository) == 1


def test_work_of_all_kinds_is_counted(commit: Commit, repository: Path) -> None:
    commit(dict.fromkeys(("changed", "staged", "removed", "same"), "a\n"))
    change(repository / "changed")
    stage(repository / "staged")
    change(repository / "new")
    git(repository, "rm", "--quiet", "--cached", "removed")

    assert seen(repository) == 4


def test_a_change_that_keeps_the_size_is_noticed_by_its_time(commit: Commit, repository: Path) -> None:
    commit({"a.py": "1\n"})
    (repository / "a.py").write_text("2\n")
    os.utime(repository / "a.py", (2_000_000_000, 2_000_000_000))

    assert seen(repository) == 1


def test_an_intent_to_add_is_a_change(commit: Commit, repository: Path) -> None:
    commit({"a.py": "1\n"})
    (repository / "new.py").write_text("new\n")
    git(repository, "add", "--intent-to-add", "new.py")

    assert seen(repository) == 1


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
        assert snapshot.uncommitted == 0

    (repository / "reports/sales.py").write_text("TOTAL = 1\n")
    (repository / "claims/notes.txt").write_text("later\n")
    with Snapshot.open(repository, own=own) as snapshot:
        assert snapshot.uncommitted == 2


def test_what_is_ignored_is_not_counted(commit: Commit, repository: Path) -> None:
    commit({".gitignore": "*.log\nbuild/\n"})
    (repository / "x.log").write_text("")
    (repository / "build").mkdir()
    (repository / "build/out").write_text("")

    assert seen(repository) == 0


def test_what_a_sparse_checkout_left_out_is_not_deleted(commit: Commit, repository: Path) -> None:
    commit({"src/a.py": "", "docs/b.md": ""})
    git(repository, "sparse-checkout", "set", "src")

    assert not (repository / "docs").exists()
    assert seen(repository) == 0


def test_another_commit_than_the_one_checked_out_has_no_uncommitted_work(commit: Commit, repository: Path) -> None:
    commit({"a.py": "a\n"})
    commit({"a.py": "b\n"})
    (repository / "a.py").write_text("changed\n")

    assert seen(repository, "HEAD~1") is None
    assert seen(repository, "main") == 1


def test_a_thousand_of_a_kind_are_counted(commit: Commit, repository: Path) -> None:
    commit({f"old{i}": "a\n" for i in range(1100)})
    for i in range(1100):
        (repository / f"new{i}").write_text("")

    assert seen(repository) == 1000

    for i in range(1100):
        (repository / f"old{i}").unlink()

    assert seen(repository) == 2000


def test_looking_writes_nothing(commit: Commit, repository: Path) -> None:
    commit({"a.py": "a\n"})
    (repository / "a.py").write_text("changed\n")
    before = {path: path.stat().st_mtime_ns for path in (repository / ".git").rglob("*")}

    seen(repository)

    assert {path: path.stat().st_mtime_ns for path in (repository / ".git").rglob("*")} == before
