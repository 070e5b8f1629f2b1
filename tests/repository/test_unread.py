"""What could not be read of a commit is named with the reason, so that nobody takes it for searched."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.conftest import Commit, git
from verifier.repository.git import Objects
from verifier.repository.snapshot import Snapshot, Unread

LFS = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n"

UNREAD = [
    ("a-nul", "data.bin", b"audit_log\0", "it holds NUL bytes and names no encoding"),
    ("utf-16-without-a-mark", "notes.txt", "audit_log".encode("utf-16-le"), "it holds NUL bytes and names no encoding"),
    ("a-database", "app.db", b"SQLite format 3\0audit_log", "it holds NUL bytes and names no encoding"),
    ("large", "dump.sql", b"-" * 10_000_001, "larger than 10 MB"),
    ("lfs", "dump.sql", LFS, "only a Git LFS pointer to it is in the commit"),
]

READ = [
    ("text", "a.py", "a = 1\n"),
    ("utf-16", "a.txt", "a = 1\n".encode("utf-16")),
    ("not-utf-8", "a.txt", b"caf\xe9\n"),
    ("empty", "a.txt", ""),
    ("a-picture", "a.png", b"\x89PNG\r\n\x1a\n\0\0"),
    ("a-picture-of-any-name", "logo", b"\xff\xd8\xff\xe0\0\x10JFIF\0"),
    ("an-archive", "gradle-wrapper.jar", b"PK\3\4\n\0\0\0"),
    ("a-picture-in-lfs", "docs/Shot.PNG", LFS),
    ("a-large-film", "intro.mp4", b"-" * 10_000_001),
]


@pytest.mark.parametrize(("path", "content", "why"), [u[1:] for u in UNREAD], ids=[u[0] for u in UNREAD])
def test_what_may_hold_text_and_was_not_read_is_named(
    commit: Commit, path: str, content: str | bytes, why: str
) -> None:
    snapshot = commit({path: content, "a.py": "a = 1\n"})

    source = snapshot.file(path)

    assert source is not None
    assert source.unread == why
    assert snapshot.unread == (Unread(path, why),)


@pytest.mark.parametrize(("path", "content"), [r[1:] for r in READ], ids=[r[0] for r in READ])
def test_what_was_read_or_holds_no_text_is_not_named(commit: Commit, path: str, content: str | bytes) -> None:
    snapshot = commit({path: content})

    assert snapshot.unread == ()


def test_a_submodule_is_named_and_a_link_is_not(commit: Commit, repository: Path) -> None:
    inner = commit({"a.py": "a\n"}).commit
    (repository / "link").symlink_to("/etc/passwd")
    git(repository, "add", "link")
    git(repository, "update-index", "--add", "--cacheinfo", f"160000,{inner},vendor/lib")
    git(repository, "commit", "--quiet", "-m", "add a submodule and a link")

    with Snapshot.open(repository) as snapshot:
        assert snapshot.unread == (Unread("vendor/lib", "a submodule, whose files are in another repository"),)


def test_what_verifier_wrote_is_not_named(commit: Commit) -> None:
    snapshot = commit({".verifier/journal": b"\0", "b.bin": b"\0", "a.bin": b"\0"}, own=(".verifier/**",))

    assert [unread.path for unread in snapshot.unread] == ["a.bin", "b.bin"]


def test_what_was_read_once_is_not_read_again_to_be_named(commit: Commit, monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot = commit({"a.py": "a\n", "b.bin": b"\0"})
    assert len(list(snapshot.files())) == 2
    asked: list[str] = []

    def read(ids: Sequence[str], at_most: int) -> list[bytes | None]:
        asked.extend(ids)
        return [None] * len(ids)

    monkeypatch.setattr(Objects, "read", lambda _, ids, at_most: read(ids, at_most))
    assert [unread.path for unread in snapshot.unread] == ["b.bin"]
    assert asked == []


@pytest.mark.parametrize(
    ("content", "pattern", "why"),
    [
        pytest.param(b"M\xfcller\n", "Müller", "some of its bytes are not UTF-8", id="a letter that was not decoded"),
        pytest.param(b"M\xfcller = audit_log\n", "audit_log", None, id="letters that every encoding has"),
        pytest.param("Müller\n", "Müller", None, id="UTF-8"),
        pytest.param("Müller\n".encode("utf-16"), "Müller", None, id="UTF-16"),
        pytest.param(b"M\0ller", "ller", "it holds NUL bytes and names no encoding", id="no text"),
        pytest.param(b"GIF89a\0", "Müller", None, id="a picture"),
    ],
)
def test_a_search_that_may_miss_something_says_why(
    commit: Commit, content: str | bytes, pattern: str, why: str | None
) -> None:
    source = commit({"a.txt": content}).file("a.txt")

    assert source is not None
    assert source.why_unsearched(pattern) == why
