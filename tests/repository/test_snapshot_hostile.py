"""Hostile repositories: nothing in them is run, followed or fetched, and nothing inherited leads elsewhere."""

from __future__ import annotations

import os
import random
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.conftest import Commit, git
from verifier.errors import SnapshotError
from verifier.repository.git import Git, GitError
from verifier.repository.snapshot import Nature, Snapshot, Unread


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    """A file that must never come to be; `canary.sh` beside it makes it."""
    canary = tmp_path / "canary"
    script = tmp_path / "canary.sh"
    script.write_text(f"#!/bin/sh\ntouch {canary}\ncat\n")
    script.chmod(0o755)
    return canary


def read_everything(repository: Path, ref: str = "HEAD") -> list[str]:
    """Every way in: open, list, read, look for uncommitted work."""
    with Snapshot.open(repository, ref) as snapshot:
        assert snapshot.repository.remote is None or snapshot.repository.remote
        snapshot.near_paths("x")
        _ = snapshot.uncommitted
        return [source.text for source in snapshot.files()]


def fsmonitor(repository: Path, script: str) -> None:
    git(repository, "config", "core.fsmonitor", script)


def hooks(repository: Path, script: str) -> None:
    for name in ("post-index-change", "post-checkout", "pre-auto-gc", "fsmonitor-watchman", "reference-transaction"):
        (repository / ".git/hooks").mkdir(exist_ok=True)
        (repository / ".git/hooks" / name).symlink_to(script)


def hooks_path(repository: Path, script: str) -> None:
    (repository / "my-hooks").mkdir()
    (repository / "my-hooks/post-index-change").symlink_to(script)
    git(repository, "config", "core.hooksPath", str(repository / "my-hooks"))


def filters(repository: Path, script: str) -> None:
    (repository / ".gitattributes").write_text("* filter=evil\n")
    for kind in ("clean", "smudge", "process"):
        git(repository, "config", f"filter.evil.{kind}", script)
    git(repository, "config", "filter.evil.required", "true")


def textconv(repository: Path, script: str) -> None:
    (repository / ".git/info").mkdir(exist_ok=True)
    (repository / ".git/info/attributes").write_text("* diff=evil merge=evil\n")
    git(repository, "config", "diff.evil.textconv", script)
    git(repository, "config", "diff.evil.command", script)
    git(repository, "config", "diff.external", script)


def pager_editor_and_shell(repository: Path, script: str) -> None:
    for name in ("core.pager", "pager.ls-tree", "core.editor", "core.sshCommand", "core.askPass", "core.gitProxy"):
        git(repository, "config", name, script)
    git(repository, "config", "sequence.editor", script)


def aliases(repository: Path, script: str) -> None:
    for name in ("ls-tree", "cat-file", "rev-parse", "ls-files", "for-each-ref", "count-objects"):
        git(repository, "config", f"alias.{name}", f"!{script}")


def signatures(repository: Path, script: str) -> None:
    git(repository, "config", "gpg.program", script)
    git(repository, "config", "log.showSignature", "true")


def included_settings(repository: Path, script: str) -> None:
    (repository / "evil.config").write_text(f"[core]\n\tfsmonitor = {script}\n\thooksPath = /tmp\n")
    git(repository, "config", "include.path", "../evil.config")


def promisor(repository: Path, script: str) -> None:
    git(repository, "config", "extensions.partialClone", "origin")
    git(repository, "config", "remote.origin.promisor", "true")
    git(repository, "config", "remote.origin.url", f"ext::{script} %S")
    git(repository, "config", "remote.origin.uploadpack", script)
    git(repository, "config", "protocol.allow", "always")
    git(repository, "config", "protocol.ext.allow", "always")


SETTINGS = [
    fsmonitor,
    hooks,
    hooks_path,
    filters,
    textconv,
    pager_editor_and_shell,
    aliases,
    signatures,
    included_settings,
    promisor,
]


@pytest.mark.parametrize("lay", SETTINGS, ids=[lay.__name__ for lay in SETTINGS])
def test_nothing_that_a_repository_names_is_run(
    commit: Commit, repository: Path, canary: Path, lay: Callable[[Path, str], None]
) -> None:
    commit({"a.py": "a\n", "src/b.py": "b\n"})
    lay(repository, f"{canary}.sh")
    # A file as new as the index is what makes git run filters to compare.
    (repository / "a.py").write_text("b\n")
    os.utime(repository / ".git/index", (1, 1))

    assert read_everything(repository)[-2:] == ["a\n", "b\n"]
    assert not canary.exists()


@pytest.mark.parametrize(
    "lay", [fsmonitor, hooks, hooks_path, filters, included_settings], ids=lambda lay: lay.__name__
)
def test_the_traps_of_these_tests_do_spring(
    commit: Commit, repository: Path, canary: Path, lay: Callable[[Path, str], None]
) -> None:
    commit({"a.py": "a\n"})
    lay(repository, f"{canary}.sh")
    (repository / "a.py").write_text("b\n")

    # A filter that does not answer as git expects makes it fail, after it was run.
    with suppress(AssertionError):
        git(repository, "add", "a.py")

    assert canary.exists()


def test_replaced_objects_are_not_the_commit(commit: Commit, repository: Path) -> None:
    commit({"a.py": "true\n"})
    true = git(repository, "rev-parse", "HEAD:a.py")
    false = git(repository, "hash-object", "-w", "--stdin", stdin=b"false\n")
    git(repository, "replace", true, false)
    assert git(repository, "cat-file", "blob", "HEAD:a.py") == "false"

    assert read_everything(repository) == ["true\n"]


def test_a_replaced_commit_is_not_the_commit(commit: Commit, repository: Path) -> None:
    first = commit({"a.py": "true\n"}).commit
    second = commit({"a.py": "false\n"}).commit
    git(repository, "replace", first, second)

    assert read_everything(repository, first) == ["true\n"]


def test_a_worktree_setting_leads_nowhere(commit: Commit, repository: Path, tmp_path: Path) -> None:
    commit({"a.py": "a\n"})
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/secret-name").write_text("x")
    git(repository, "config", "core.worktree", str(tmp_path / "elsewhere"))

    with Snapshot.open(repository) as snapshot:
        assert snapshot.lines("a.py") == ("a",)
        assert snapshot.uncommitted == 0


INHERITED = [
    ("git-dir", {"GIT_DIR": "{other}/.git"}),
    ("work-tree", {"GIT_WORK_TREE": "{other}"}),
    ("index", {"GIT_INDEX_FILE": "{other}/.git/index"}),
    ("objects", {"GIT_OBJECT_DIRECTORY": "{other}/.git/objects"}),
    ("common-dir", {"GIT_COMMON_DIR": "{other}/.git"}),
    ("namespace", {"GIT_NAMESPACE": "x"}),
    ("ceiling", {"GIT_CEILING_DIRECTORIES": "/"}),
    ("settings", {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.fsmonitor", "GIT_CONFIG_VALUE_0": "{canary}.sh"}),
    (
        "external-diff",
        {"GIT_EXTERNAL_DIFF": "{canary}.sh", "GIT_PAGER": "{canary}.sh", "GIT_SSH_COMMAND": "{canary}.sh"},
    ),
    ("pathspecs", {"GIT_LITERAL_PATHSPECS": "1", "GIT_ICASE_PATHSPECS": "1"}),
    ("trace", {"GIT_TRACE": "{canary}", "GIT_TRACE2_EVENT": "{canary}"}),
    ("default-hash", {"GIT_DEFAULT_HASH": "sha256"}),
]


@pytest.mark.parametrize("inherited", [i[1] for i in INHERITED], ids=[i[0] for i in INHERITED])
def test_no_inherited_setting_of_git_has_a_say(
    commit: Commit,
    repository: Path,
    tmp_path: Path,
    canary: Path,
    monkeypatch: pytest.MonkeyPatch,
    inherited: dict[str, str],
) -> None:
    sha = commit({"a.py": "a\n"}).commit
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "--quiet")
    (other / "b.py").write_text("b\n")
    git(other, "add", "b.py")
    git(other, "commit", "--quiet", "-m", "other")
    for name, value in inherited.items():
        monkeypatch.setenv(name, value.format(other=other, canary=canary))

    with Snapshot.open(repository) as snapshot:
        assert (snapshot.commit, snapshot.paths, snapshot.lines("a.py")) == (sha, ("a.py",), ("a",))
        assert snapshot.uncommitted == 0
    assert not canary.exists()


NAMES = [
    "line\nbreak.py",
    "tab\there.py",
    "\x1b[31mred\x1b[0m.py",
    "| table | `code` | <b>bold</b> |.md",
    "](http:example.org) [x.py",
    "--option",
    "-rf",
    ":(top)magic",
    '"quoted".py',
    "back\\slash.py",
    "*.py",
    "app/[id]/page.tsx",
    "\u202ereversed.py",
    " leading and trailing ",
    "..hidden",
    "a/.git-like/b",
    "nul",
]


@pytest.mark.parametrize("name", NAMES, ids=[name.encode("unicode_escape").decode() for name in NAMES])
def test_a_name_is_kept_as_it_is(commit: Commit, name: str) -> None:
    snapshot = commit({name: "content\n", "plain.py": "x\n"})

    assert sorted(snapshot.paths) == sorted([name, "plain.py"])
    assert snapshot.lines(name) == ("content",)
    assert snapshot.uncommitted == 0


def test_names_that_are_not_utf_8_are_readable_and_told_apart(commit: Commit, repository: Path) -> None:
    (Path(os.fsdecode(os.fsencode(repository) + b"/caf\xe9.py"))).write_text("one\n")
    (Path(os.fsdecode(os.fsencode(repository) + b"/caf\xe8.py"))).write_text("two\n")
    snapshot = commit({"caf\ufffd.py (2)": "three\n"})

    assert sorted(path.encode("utf-8").decode("utf-8") for path in snapshot.paths) == [
        "caf\ufffd.py",
        "caf\ufffd.py (2)",
        "caf\ufffd.py (2) (2)",
    ]
    assert sorted(source.text for source in snapshot.files()) == ["one\n", "three\n", "two\n"]
    assert snapshot.uncommitted == 0


def test_a_tree_with_names_that_no_checkout_could_have_is_only_read(repository: Path) -> None:
    blob = git(repository, "hash-object", "-w", "--stdin", stdin=b"x\n")
    inner = git(repository, "mktree", stdin=f"100644 blob {blob}\tpasswd\n".encode())
    raw = b"".join(
        mode + b" " + name + b"\0" + bytes.fromhex(oid)
        for mode, name, oid in [(b"40000", b"..", inner), (b"40000", b".git", inner), (b"100644", b"a.py", blob)]
    )
    tree = git(repository, "hash-object", "-w", "-t", "tree", "--literally", "--stdin", stdin=raw)
    commit_id = git(repository, "commit-tree", "-m", "x", tree)

    with Snapshot.open(repository, commit_id) as snapshot:
        assert snapshot.lines("a.py") == ("x",)
        assert snapshot.lines("../passwd") == ("x",)


def test_a_symlink_in_place_of_a_folder_is_not_entered_for_stamps(
    commit: Commit, repository: Path, tmp_path: Path
) -> None:
    commit({"src/a.py": "a\n"})
    (repository / "src/a.py").unlink()
    (repository / "src").rmdir()
    (repository / "src").symlink_to(tmp_path)

    with Snapshot.open(repository) as snapshot:
        assert snapshot.lines("src/a.py") == ("a",)
        assert snapshot.uncommitted == 2  # the file that is gone, and the link


def test_a_git_file_that_leads_elsewhere_is_what_git_says_it_is(
    commit: Commit, repository: Path, tmp_path: Path
) -> None:
    sha = commit({"a.py": "a\n"}).commit
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked/.git").write_text(f"gitdir: {repository}/.git\n")

    with Snapshot.open(tmp_path / "linked") as snapshot:
        assert snapshot.commit == sha


@pytest.fixture
def partial(commit: Commit, repository: Path, tmp_path: Path, canary: Path) -> Iterator[Path]:
    """A clone without any blob, whose remote is a trap."""
    commit({"a.py": "a\n", "src/b.py": "b\n", "link": "x"})
    git(repository, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "--quiet", "--no-checkout", "--filter=blob:none", f"file://{repository}", "partial")
    git(tmp_path / "partial", "config", "remote.origin.uploadpack", f"{canary}.sh")
    yield tmp_path / "partial"
    assert not canary.exists()


def test_what_a_partial_clone_lacks_is_said_and_never_fetched(partial: Path) -> None:
    with Snapshot.open(partial) as snapshot:
        assert snapshot.paths == ("a.py", "link", "src/b.py")
        with pytest.raises(SnapshotError) as raised:
            snapshot.file("src/b.py")
    assert str(raised.value) == (
        f"src/b.py: its content is not in this clone of {partial} (a partial clone?), and verifier fetches nothing; "
        "run `git fetch --refetch --no-filter`, or clone in full"
    )


def test_what_a_partial_clone_has_is_read(partial: Path, repository: Path) -> None:
    content = subprocess.run(["git", "cat-file", "blob", "HEAD:a.py"], cwd=repository, capture_output=True, check=True)
    git(partial, "hash-object", "-w", "--stdin", stdin=content.stdout)

    with Snapshot.open(partial) as snapshot:
        assert [(f.path, f.nature, f.text) for f in snapshot.files(["a.py", "src/b.py"])] == [
            ("a.py", Nature.TEXT, "a\n"),
            ("src/b.py", Nature.MISSING, ""),
        ]
        assert snapshot.lines("a.py") == ("a",)


def test_a_clone_without_large_files_is_judged_by_what_is_there(
    commit: Commit, repository: Path, tmp_path: Path
) -> None:
    large = random.Random(0).randbytes(1_500_000)
    commit({"a.py": "a\n", "docs/large.png": large, "docs/large.sql": large.hex(), "same.py": "a\n", "z.py": "z\n"})
    git(repository, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "--quiet", "--no-checkout", "--filter=blob:limit=1m", f"file://{repository}", "partial")

    with Snapshot.open(tmp_path / "partial") as snapshot:
        assert [(f.path, f.nature) for f in snapshot.files()] == [
            ("a.py", Nature.TEXT),
            ("docs/large.png", Nature.MISSING),
            ("docs/large.sql", Nature.MISSING),
            ("same.py", Nature.TEXT),
            ("z.py", Nature.TEXT),
        ]
        why = "its content is not in this clone"
        assert snapshot.unread == (Unread("docs/large.png", why), Unread("docs/large.sql", why))
        assert snapshot.lines("docs/large.sql") == ()


def test_a_clone_without_folders_is_refused_in_one_line(commit: Commit, repository: Path, tmp_path: Path) -> None:
    sha = commit({"src/a.py": "a\n"}).commit
    git(repository, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "--quiet", "--no-checkout", "--filter=tree:0", f"file://{repository}", "partial")

    with pytest.raises(SnapshotError) as raised:
        Snapshot.open(tmp_path / "partial")
    assert str(raised.value) == (
        f"commit {sha} of {tmp_path / 'partial'} has folders that are not in this clone (a partial clone?), "
        "and verifier fetches nothing; run `git fetch --refetch --no-filter`, or clone in full"
    )


@pytest.mark.parametrize("harm", ["gone", "cut off", "no object at all"])
def test_a_blob_that_is_gone_or_broken_is_named(commit: Commit, repository: Path, harm: str) -> None:
    commit({"a.py": "a\n", "b.py": "b\n"})
    blob = git(repository, "rev-parse", "HEAD:a.py")
    loose = repository / ".git/objects" / blob[:2] / blob[2:]
    whole = loose.read_bytes()
    loose.unlink()
    if harm != "gone":
        loose.write_bytes(whole[:6] if harm == "cut off" else b"nonsense")

    with Snapshot.open(repository) as snapshot:
        assert [(f.path, f.nature) for f in snapshot.files()] == [("a.py", Nature.MISSING), ("b.py", Nature.TEXT)]
        assert snapshot.lines("b.py") == ("b",)
        assert [unread.path for unread in snapshot.unread] == ["a.py"]


@pytest.mark.parametrize(
    ("stamp", "expected"),
    [
        ("99999999999999 +0000", ""),
        ("-1 +0000", "1970-01-01T00:00:00+00:00"),
        ("0 +9999", "1970-01-01T00:00:00+00:00"),
        ("1750000000 -0330", "2025-06-15T11:36:40-03:30"),
    ],
    ids=["far-future", "before-the-epoch", "no-such-offset", "offset"],
)
def test_a_date_that_makes_no_sense_breaks_nothing(repository: Path, stamp: str, expected: str) -> None:
    tree = git(repository, "mktree", stdin=b"")
    raw = f"tree {tree}\nauthor A <a@example.org> {stamp}\ncommitter A <a@example.org> {stamp}\n\nx\n"
    sha = git(repository, "hash-object", "-w", "-t", "commit", "--literally", "--stdin", stdin=raw.encode())

    with Snapshot.open(repository, sha) as snapshot:
        assert snapshot.committed_at == expected


def test_a_broken_index_does_not_stop_a_run(commit: Commit, repository: Path) -> None:
    commit({"a.py": "a\n"})
    (repository / ".git/index").write_bytes(b"DIRC nonsense")

    with Snapshot.open(repository) as snapshot:
        assert snapshot.lines("a.py") == ("a",)
        assert snapshot.uncommitted is None


def test_a_pipe_in_place_of_a_file_does_not_hold_a_run_up(commit: Commit, repository: Path) -> None:
    commit({"a.py": "a\n"})
    (repository / ".git/index").unlink()
    os.mkfifo(repository / ".git/index")

    with pytest.raises(GitError):
        Git(repository).records("ls-files", "-z", limit=10, timeout_s=0.2)


def test_a_large_tree_opens_within_its_bound(repository: Path) -> None:
    blob = git(repository, "hash-object", "-w", "--stdin", stdin=b"x\n")
    leaf = git(repository, "mktree", stdin="".join(f"100644 blob {blob}\tf{i:03}.py\n" for i in range(100)).encode())
    tree = leaf
    for _ in range(3):
        tree = git(repository, "mktree", stdin="".join(f"040000 tree {tree}\td{i:02}\n" for i in range(30)).encode())
    sha = git(repository, "commit-tree", "-m", "2.7 million paths", tree)
    begun = time.monotonic()

    with Snapshot.open(repository, sha, path_limit=20_000) as snapshot:
        assert (len(snapshot.paths), snapshot.truncated) == (20_000, True)
        source = snapshot.file(snapshot.paths[-1])
        assert source is not None
        assert source.nature is Nature.TEXT
        assert snapshot.uncommitted is None
    assert time.monotonic() - begun < 20
