"""A snapshot is one commit, read from git objects: its paths, its text, what it knows of itself."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import pytest

from tests.conftest import Commit, git
from verifier.errors import SnapshotError
from verifier.repository.git import Objects
from verifier.repository.near_paths import near_paths, one_edit_apart
from verifier.repository.repository import public_address
from verifier.repository.snapshot import Entry, Nature, Snapshot, SourceFile


def test_a_file_is_read_as_the_commit_has_it(commit: Commit, repository: Path) -> None:
    snapshot = commit({"src/pool.py": "import queue\r\n\nMAX_IDLE = 30"})
    (repository / "src/pool.py").write_text("changed since\n")

    blob = git(repository, "rev-parse", "HEAD:src/pool.py")
    assert snapshot.file("src/pool.py") == SourceFile(
        "src/pool.py", Nature.TEXT, "import queue\r\n\nMAX_IDLE = 30", blob
    )
    assert snapshot.lines("src/pool.py") == ("import queue", "", "MAX_IDLE = 30")


def test_a_path_that_is_not_in_the_commit_has_no_file(commit: Commit, repository: Path) -> None:
    snapshot = commit({"a.py": "a\n"})
    (repository / "new.py").write_text("not committed\n")

    assert [snapshot.file(path) for path in ("new.py", "", "/a.py", "./a.py", "../a.py", "A.py", "a.py/")] == [None] * 7
    assert snapshot.lines("new.py") is None
    assert snapshot.entry("new.py") is None


def test_paths_are_sorted_and_whole(commit: Commit) -> None:
    snapshot = commit({"b/z.py": "", "b.py": "", ".hidden/x": "", "a/b/c/d.py": "", "ünï/ç.py": "", "with space": ""})

    assert snapshot.paths == (".hidden/x", "a/b/c/d.py", "b.py", "b/z.py", "with space", "ünï/ç.py")


def test_a_snapshot_knows_its_commit(commit: Commit, repository: Path) -> None:
    snapshot = commit({"a.py": "a\n"})

    assert snapshot.commit == git(repository, "rev-parse", "HEAD")
    assert snapshot.ref == "HEAD"
    assert snapshot.committed_at == "2025-06-15T15:06:40+00:00"
    assert (
        snapshot.repository.remote,
        snapshot.repository.shallow,
        snapshot.repository.alternates,
        snapshot.truncated,
    ) == (None, False, (), False)


CONTENTS = [
    ("text", b"a = 1\n", Nature.TEXT, "a = 1\n"),
    ("empty", b"", Nature.TEXT, ""),
    ("not-utf-8", b"caf\xe9\n", Nature.TEXT, "caf\ufffd\n"),
    ("byte-order-mark", b"\xef\xbb\xbfimport os\n", Nature.TEXT, "import os\n"),
    ("form-feed-and-lone-cr", b"a\x0cb\rc\n", Nature.TEXT, "a\x0cb\rc\n"),
    ("late-nul", b"x" * 8000 + b"\0", Nature.TEXT, "x" * 8000 + "\0"),
    ("nul", b"ab\0cd", Nature.UNREADABLE, ""),
    ("picture", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", Nature.BINARY, ""),
    ("film", b"\0\0\0\x18ftypmp42", Nature.BINARY, ""),
    ("archive", b"PK\3\4\0\0", Nature.BINARY, ""),
    ("utf-16", "größe = 1\n".encode("utf-16"), Nature.TEXT, "größe = 1\n"),
    ("utf-16-be", b"\xfe\xff" + "größe = 1\r\n".encode("utf-16-be"), Nature.TEXT, "größe = 1\r\n"),
    ("utf-32", "größe = 1\n".encode("utf-32"), Nature.TEXT, "größe = 1\n"),
    ("utf-32-be", b"\0\0\xfe\xff" + "größe = 1\n".encode("utf-32-be"), Nature.TEXT, "größe = 1\n"),
    ("utf-16-mark-alone", b"\xff\xfe", Nature.TEXT, ""),
    ("utf-16-cut-off", "a = 1\n".encode("utf-16") * 50 + b"a", Nature.TEXT, ("a = 1\n\ufeff" * 50)[:-1] + "\ufffd"),
    ("utf-16-without-a-mark", "a = 1\n".encode("utf-16-le"), Nature.UNREADABLE, ""),
    ("utf-16-of-zeros", b"\xff\xfe" + bytes(200), Nature.UNREADABLE, ""),
    ("marked-by-chance", b"\xff\xfe" + b"\x00\xdc" * 200, Nature.UNREADABLE, ""),
    ("lfs", b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n", Nature.LFS, ""),
    ("too-large", b"x" * 10_000_001, Nature.TOO_LARGE, ""),
    ("long-lines", b"x" * 100_000 + b"\n" + b"y" * 100_000, Nature.TEXT, "x" * 100_000 + "\n" + "y" * 100_000),
]


@pytest.mark.parametrize(("content", "nature", "text"), [c[1:] for c in CONTENTS], ids=[c[0] for c in CONTENTS])
def test_every_content_has_its_nature(commit: Commit, content: bytes, nature: Nature, text: str) -> None:
    snapshot = commit({"file": content, "other": "after\n"})

    source = snapshot.file("file")

    assert source is not None
    assert (source.nature, source.text) == (nature, text)
    # What was skipped is out of the way of what is read next.
    assert snapshot.lines("other") == ("after",)


def test_a_symlink_is_named_and_never_followed(commit: Commit, repository: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").write_text("outside\n")
    (repository / "link").symlink_to("../outside")
    (repository / "folder").symlink_to("/etc")
    snapshot = commit({"a.py": "a\n"})

    assert snapshot.entry("link") == Entry("link", b"link", "symlink", 10, git(repository, "rev-parse", "HEAD:link"))
    source = snapshot.file("link")
    assert source is not None
    assert (source.nature, source.text, source.target) == (Nature.SYMLINK, "", "../outside")
    assert snapshot.file("folder/passwd") is None


def test_a_submodule_is_named_and_never_entered(commit: Commit, repository: Path) -> None:
    inner = commit({"a.py": "a\n"}).commit
    git(repository, "update-index", "--add", "--cacheinfo", f"160000,{inner},vendor/lib")
    git(repository, "commit", "--quiet", "-m", "add a submodule")

    with Snapshot.open(repository) as snapshot:
        assert snapshot.entry("vendor/lib") == Entry("vendor/lib", b"vendor/lib", "submodule", 0, inner)
        assert snapshot.file("vendor/lib") == SourceFile("vendor/lib", Nature.SUBMODULE, "", inner)


def test_secrets_are_gone_from_text_and_from_names(commit: Commit) -> None:
    secret = "gh" + "p_" + "a1B2c3D4e5F6" * 3
    snapshot = commit({"a.py": f"x = 1\nTOKEN = '{secret}'\n", f"keys/{secret}.txt": "x\n"})

    source = snapshot.file("a.py")

    assert source is not None
    assert (source.text, source.redactions) == ("x = 1\nTOKEN = '[redacted: GitHub token]'\n", 1)
    assert snapshot.paths == ("a.py", "keys/[redacted: GitHub token].txt")
    assert snapshot.lines("keys/[redacted: GitHub token].txt") == ("x",)


def test_a_file_read_twice_counts_its_redactions_twice(commit: Commit) -> None:
    secret = "gh" + "p_" + "a1B2c3D4e5F6" * 3
    snapshot = commit({"a.py": secret, "copy.py": secret, "clean.py": "x\n", "clean_copy.py": "x\n"})

    assert {file.path: file.redactions for file in [*snapshot.files(), *snapshot.files()]} == {
        "a.py": 1,
        "copy.py": 1,
        "clean.py": 0,
        "clean_copy.py": 0,
    }


def test_many_files_are_read_in_the_order_asked_for(commit: Commit) -> None:
    snapshot = commit({f"f{i:04}.py": f"number = {i}\n" * 200 for i in range(1000)})

    assert [(f.path, f.text[:13]) for f in snapshot.files(["f0999.py", "gone.py", "f0000.py"])] == [
        ("f0999.py", "number = 999\n"),
        ("f0000.py", "number = 0\nnu"),
    ]
    assert [f.path for f in snapshot.files()] == list(snapshot.paths)


def test_many_threads_read_the_right_content(commit: Commit) -> None:
    snapshot = commit({f"f{i:03}.py": f"number = {i}\n" * 500 for i in range(200)})
    wrong: list[str] = []

    def read(step: int) -> None:
        for i in range(step, 200, 3):
            if snapshot.lines(f"f{i:03}.py") != (f"number = {i}",) * 500:
                wrong.append(f"f{i:03}.py")

    threads = [threading.Thread(target=read, args=(step,)) for step in (0, 1, 2, 0)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []


@pytest.mark.parametrize(
    ("said", "at_most"),
    [
        pytest.param("", 10, id="before it begins"),
        pytest.param("0 blob 1", 10, id="in its header"),
        pytest.param("0 blob 10\n12345", 10, id="in its content"),
        pytest.param("0 blob 10\n12345", 9, id="while it is passed over"),
    ],
)
def test_git_that_is_killed_gives_neither_half_a_file_nor_a_missing_one(said: str, at_most: int) -> None:
    """As where memory runs out: a file cut short would be searched in vain, and so prove an absence."""
    killed = f"import os; input(); os.write(1, {said.encode()!r}); os.kill(os.getpid(), 9)"

    with pytest.raises(SnapshotError, match="git was ended while objects were being read; run the command again"):
        Objects([sys.executable, "-c", killed]).read(["0"], at_most)


def test_a_closed_snapshot_reads_again_when_asked(commit: Commit) -> None:
    snapshot = commit({"a.py": "a\n", "b.py": "b\n"})
    snapshot.lines("a.py")
    snapshot.close()

    assert snapshot.lines("b.py") == ("b",)


def test_a_commit_without_files_has_none(commit: Commit) -> None:
    snapshot = commit({})

    assert snapshot.paths == ()
    assert list(snapshot.files()) == []


def test_the_number_of_paths_is_bounded(commit: Commit, repository: Path) -> None:
    commit({f"{i}.py": "" for i in range(20)})

    with Snapshot.open(repository, path_limit=12) as bounded, Snapshot.open(repository, path_limit=20) as whole:
        assert (len(bounded.paths), bounded.truncated, bounded.path_limit) == (12, True, 12)
        assert (len(whole.paths), whole.truncated) == (20, False)


def test_what_verifier_wrote_is_its_own(commit: Commit) -> None:
    snapshot = commit({"a.py": ""}, own=("claims/phase4.yaml", "reports", "cassettes/", "**/.verifier/**"))

    own = ["claims/phase4.yaml", "reports/a/b.md", "cassettes/x.yaml", ".verifier/journal.db", "deep/.verifier/x"]
    others = ["claims/other.yaml", "reports.py", "src/reports/x.md", "claims/phase4.yaml.bak", "verifier/x.py"]
    assert [snapshot.is_own(path) for path in own] == [True] * 5
    assert [snapshot.is_own(path) for path in others] == [False] * 5


@pytest.mark.parametrize(
    "path", ["reports/a/abcdef012345.py", "cassettes/run.sh", ".verifier/Dockerfile", "claims/a.sql"]
)
def test_a_program_is_never_verifiers_own(commit: Commit, path: str) -> None:
    snapshot = commit({path: "x\n"}, own=("claims/*", "reports", "cassettes/", ".verifier/**"))

    assert not snapshot.is_own(path)


# Other kinds of repositories.


def test_a_subfolder_opens_the_whole_repository(commit: Commit, repository: Path) -> None:
    commit({"src/deep/a.py": "a\n", "b.py": "b\n"})

    with Snapshot.open(repository / "src/deep") as snapshot:
        assert snapshot.paths == ("b.py", "src/deep/a.py")
        assert snapshot.uncommitted == 0


def test_a_bare_repository_is_read(commit: Commit, repository: Path, tmp_path: Path) -> None:
    sha = commit({"a.py": "a\n"}).commit
    git(tmp_path, "clone", "--quiet", "--bare", "repository", "bare.git")

    with Snapshot.open(tmp_path / "bare.git", "main") as snapshot:
        assert (snapshot.commit, snapshot.lines("a.py"), snapshot.uncommitted) == (sha, ("a",), None)


def test_a_worktree_is_read(commit: Commit, repository: Path, tmp_path: Path) -> None:
    commit({"a.py": "a\n"})
    git(repository, "worktree", "add", "--quiet", "-b", "other", "../tree")
    (tmp_path / "tree/a.py").write_text("changed, and longer\n")

    with Snapshot.open(tmp_path / "tree") as snapshot, Snapshot.open(repository) as main:
        assert snapshot.lines("a.py") == ("a",)
        assert snapshot.uncommitted == 1
        assert main.uncommitted == 0


def test_a_submodule_checkout_is_read(commit: Commit, repository: Path, tmp_path: Path) -> None:
    commit({"a.py": "a\n"})
    outer = tmp_path / "outer"
    outer.mkdir()
    git(outer, "init", "--quiet")
    git(outer, "submodule", "--quiet", "add", "../repository", "lib")

    with Snapshot.open(outer / "lib") as snapshot:
        assert snapshot.lines("a.py") == ("a",)
        assert snapshot.uncommitted == 0


def test_a_shallow_clone_says_so(commit: Commit, tmp_path: Path) -> None:
    commit({"a.py": "a\n"})
    sha = commit({"a.py": "b\n"}).commit
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{tmp_path}/repository", "shallow")

    with Snapshot.open(tmp_path / "shallow") as snapshot:
        assert (snapshot.repository.shallow, snapshot.commit, snapshot.lines("a.py")) == (True, sha, ("b",))
    with pytest.raises(SnapshotError, match=r'^no commit "HEAD~1" in .*; the clone is shallow: deepen it with'):
        Snapshot.open(tmp_path / "shallow", "HEAD~1")


def test_a_clone_that_borrows_objects_is_read_and_says_so(commit: Commit, repository: Path, tmp_path: Path) -> None:
    commit({"a.py": "a\n"})
    git(tmp_path, "clone", "--quiet", "--shared", "repository", "shared")

    with Snapshot.open(tmp_path / "shared") as snapshot:
        assert snapshot.lines("a.py") == ("a",)
        assert snapshot.repository.alternates == (str(repository / ".git/objects"),)


def test_ids_of_sha256_are_read(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--object-format=sha256")
    (tmp_path / "a.py").write_text("a\n")
    git(tmp_path, "add", "a.py")
    git(tmp_path, "commit", "--quiet", "-m", "x")

    with Snapshot.open(tmp_path) as snapshot:
        assert (len(snapshot.commit), snapshot.lines("a.py")) == (64, ("a",))


def test_a_packed_repository_is_read(commit: Commit, repository: Path) -> None:
    commit({"a.py": "a\n" * 100})
    commit({"a.py": "a\n" * 101})
    git(repository, "gc", "--quiet")

    with Snapshot.open(repository) as snapshot:
        assert snapshot.lines("a.py") == ("a",) * 101


# The remote.

ADDRESSES = [
    ("https", "https://example.org/o/n.git", "https://example.org/o/n.git"),
    ("user", "https://user@example.org/o/n", "https://example.org/o/n"),
    ("user-and-token", "https://user:tok3n@example.org:8443/o/n.git", "https://example.org:8443/o/n.git"),
    ("query", "https://example.org/o/n?private_token=abc#x", "https://example.org/o/n"),
    ("scp-like", "git@example.org:o/n.git", "https://example.org/o/n.git"),
    ("scp-like-without-user", "example.org:o/n.git", "https://example.org/o/n.git"),
    ("ssh", "ssh://git@example.org:2222/o/n.git", "https://example.org/o/n.git"),
    ("git", "git://example.org/o/n.git", "git://example.org/o/n.git"),
    ("folder", "/srv/git/n.git", "/srv/git/n.git"),
    ("relative-folder", "../n", "../n"),
    ("file", "file:///srv/git/n.git", "file:///srv/git/n.git"),
    ("ipv6", "https://u:p@[::1]:80/n", "https://[::1]:80/n"),
    ("broken-port", "https://example.org:abc/n", None),
    ("broken-host", "https://[::1/n", None),
]


@pytest.mark.parametrize(("address", "shown"), [a[1:] for a in ADDRESSES], ids=[a[0] for a in ADDRESSES])
def test_a_remote_address_loses_what_is_private(address: str, shown: str | None) -> None:
    assert public_address(address) == shown


def test_a_remote_is_origin_or_the_only_one(commit: Commit, repository: Path) -> None:
    commit({"a.py": "a\n"})

    def remote() -> str | None:
        with Snapshot.open(repository) as snapshot:
            return snapshot.repository.remote

    git(repository, "remote", "add", "fork", "https://u:" + "t0k3n@example.org/fork.git")
    assert remote() == "https://example.org/fork.git"
    git(repository, "remote", "add", "upstream", "git@example.org:up/stream.git")
    assert remote() is None
    git(repository, "remote", "add", "origin", "https://example.org/origin")
    assert remote() == "https://example.org/origin"


# Near paths.

PATHS = (
    "README.md",
    "docs/README.md",
    "src/core/errors.py",
    "src/core/error_handler.py",
    "tests/errors.py",
    "Makefile",
)

NEAR = [
    ("other-case", "readme.md", ("README.md",)),
    ("moved", "lib/core/error_handler.py", ("src/core/error_handler.py",)),
    ("nearest-folder-first", "lib/core/errors.py", ("src/core/errors.py", "tests/errors.py")),
    ("dropped-letter", "src/core/eror_handler.py", ("src/core/error_handler.py",)),
    ("added-letter", "src/core/errorss.py", ("src/core/errors.py",)),
    ("swapped-letters", "src/core/reror_handler.py", ("src/core/error_handler.py",)),
    ("changed-letter", "Makefilo", ("Makefile",)),
    ("nothing-near", "src/other.py", ()),
    ("folder", "src/core", ()),
    ("empty", "", ()),
]


@pytest.mark.parametrize(("path", "near"), [n[1:] for n in NEAR], ids=[n[0] for n in NEAR])
def test_near_paths_are_those_that_may_have_been_meant(path: str, near: tuple[str, ...]) -> None:
    assert near_paths(path, PATHS) == near


def test_at_most_three_near_paths_are_given(commit: Commit) -> None:
    snapshot = commit({f"{name}/a.py": "" for name in "vwxyz"})

    assert snapshot.near_paths("a.py") == ("v/a.py", "w/a.py", "x/a.py")


def test_two_edits_are_not_one() -> None:
    assert not one_edit_apart("abcd", "abdce")
    assert not one_edit_apart("abc", "abc")
    assert not one_edit_apart("ab", "cd")
