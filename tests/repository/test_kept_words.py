"""The words of a commit as they are kept between runs: never a secret, never stale, never needed."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

import pytest

from tests.conftest import Commit, git
from tests.preloaded import python
from verifier.repository import snapshot as snapshot_module
from verifier.repository.kept_rows import rows_of
from verifier.repository.kept_words import KeptWords
from verifier.repository.snapshot import Snapshot
from verifier.system.kept_files import KEPT_BYTES

FILES: Mapping[str, str] = {
    "pool.py": "class ConnectionPool:\n    def drain_pool(self):\n        return 1\n",
    "größe.py": "def größe():\n    return ConnectionPool\n",
    "logo.bin": "\0\0",
    "README.md": "Draining the pool is retried.\n",
}

SECRET = "AKIA" + "Q3EGRIVYQJ7XKPLM"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "verifier" / "words"


def said(snapshot: Snapshot) -> object:
    """Everything that the words of a commit are asked."""
    words = KeptWords(snapshot)
    every = sorted(words.words())
    return every, [words.mentioning(word) for word in every], words.fitting(["pools", "drained", "retry", "größe"])


def test_on_several_cores_the_same_is_kept(
    commit: Commit, repository: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = {f"pool{number}.py": f"class Pool{number}:\n    KEY = '{SECRET}'\n" for number in range(150)}
    by_one = commit({**FILES, **many})
    first = said(by_one)
    for kept in cache.iterdir():
        kept.unlink()
    monkeypatch.setattr(snapshot_module, "SPREAD_BYTES", 0)
    monkeypatch.setattr(snapshot_module, "cores", lambda: 3)

    with Snapshot.open(repository) as by_three:
        assert said(by_three) == first
        assert by_three.unread == by_one.unread
    (kept,) = cache.iterdir()
    assert SECRET.encode() not in kept.read_bytes()


@pytest.mark.parametrize("number", [1, 3])
def test_what_was_read_once_is_not_searched_for_secrets_again(
    commit: Commit, cache: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    snapshot = commit(FILES)
    monkeypatch.setattr(snapshot_module, "cores", lambda: number)
    list(snapshot.made_of(rows_of, snapshot.paths, 0))

    monkeypatch.setattr(snapshot_module, "redact_text", _is_not_asked)

    assert snapshot.lines("pool.py") == tuple(FILES["pool.py"].splitlines())


def _is_not_asked(_: str) -> NoReturn:
    raise AssertionError("it was known to hold none")


def test_what_is_kept_says_what_is_read_anew(commit: Commit, cache: Path) -> None:
    snapshot = commit(FILES)
    first = said(snapshot)
    (kept,) = cache.iterdir()
    inode = kept.stat().st_ino

    assert said(snapshot) == first
    assert kept.stat().st_ino == inode
    kept.unlink()
    assert said(snapshot) == first


def test_forms_of_words_and_names_split_at_capitals_are_found(commit: Commit, cache: Path) -> None:
    words = KeptWords(commit(FILES))

    assert [found.path for found in words.fitting(["retry"])] == ["README.md"]
    assert {found.path for found in words.fitting(["connections"])} == {"pool.py", "größe.py"}
    assert words.mentioning("connectionpool") == []
    assert words.mentioning("ConnectionPool") == ["größe.py", "pool.py"]
    assert words.mentioning("größe") == ["größe.py"]


def test_the_next_commit_says_the_same_from_the_last_ones_file_as_by_itself(commit: Commit, cache: Path) -> None:
    said(commit(FILES))
    later = commit({"pool.py": "def fill_pool():\n    return 2\n", "README.md": None, "new.py": "drained = pools\n"})
    derived = said(later)
    assert len(list(cache.iterdir())) == 2

    for kept in cache.iterdir():
        kept.unlink()
    assert said(later) == derived
    assert KeptWords(later).mentioning("drain_pool") == []


def test_no_secret_is_kept(commit: Commit, cache: Path) -> None:
    said(commit({"settings.py": f'KEY = "{SECRET}"\n', f"{SECRET}.txt": "a name\n"}))

    (kept,) = cache.iterdir()
    assert SECRET.lower().encode() not in kept.read_bytes().lower()
    assert SECRET[4:].lower().encode() not in kept.read_bytes().lower()


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda _: b"", id="empty"),
        pytest.param(lambda content: content[: len(content) // 2], id="cut short"),
        pytest.param(lambda content: b"no database" + content[11:], id="another file"),
        pytest.param(lambda content: content[:60] + b"\0\0\0\7" + content[64:], id="another format"),
        pytest.param(lambda content: content[:4096] + b"\xff" * 4096 + content[8192:], id="a broken page"),
    ],
)
def test_a_file_that_is_damaged_or_of_another_format_is_made_anew(commit: Commit, cache: Path, damage) -> None:  # type: ignore[no-untyped-def]
    snapshot = commit(FILES)
    first = said(snapshot)
    (kept,) = cache.iterdir()
    kept.write_bytes(damage(kept.read_bytes()))

    assert said(snapshot) == first
    assert said(commit({"other.py": "x1 = 1\n"})) != first


def test_a_file_that_breaks_while_it_is_read_is_not_needed(commit: Commit, cache: Path) -> None:
    snapshot = commit(FILES)
    first = said(snapshot)
    (kept,) = cache.iterdir()
    words = KeptWords(snapshot)
    words.mentioning("drain_pool")
    kept.write_bytes(b"\xff" * kept.stat().st_size)

    assert [words.mentioning(word) for word in sorted(words.words())] == first[1]  # type: ignore[index]


def test_two_processes_at_once_say_the_same(commit: Commit, repository: Path, cache: Path) -> None:
    commit({f"m{n}.py": f"def name_{n}():\n    return name_{n + 1}\n" for n in range(200)})
    program = """
import sys
from pathlib import Path
from verifier.repository.kept_rows import rows_of
from verifier.repository.kept_words import KeptWords
from verifier.repository.snapshot import Snapshot
with Snapshot.open(Path(sys.argv[1])) as snapshot:
    words = KeptWords(snapshot)
    words.words()
    print(words.mentioning("name_7"))
"""
    running = [
        subprocess.Popen([*python(), "-c", program, str(repository)], stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]

    assert [one.communicate()[0] for one in running] == ["['m6.py', 'm7.py']\n"] * 3
    assert [kept.suffix for kept in cache.iterdir()] == [".sqlite"]


def test_a_place_that_cannot_be_written_costs_no_more_than_reading_again(commit: Commit, cache: Path) -> None:
    snapshot = commit(FILES)
    first = said(snapshot)
    for kept in cache.iterdir():
        kept.unlink()
    cache.rmdir()
    cache.write_text("")

    assert said(snapshot) == first
    assert cache.read_text() == ""


def test_what_was_not_used_for_longest_makes_room(commit: Commit, cache: Path) -> None:
    cache.mkdir(parents=True)
    old, older, left_over = cache / "a-1.sqlite", cache / "a-2.sqlite", cache / "a-3.sqlite.x.part"
    for age, path in enumerate((old, older, left_over)):
        path.touch()
        os.truncate(path, KEPT_BYTES // 3 * 2)  # takes no room on the disk
        os.utime(path, (1_000_000 - age, 1_000_000 - age))
    said(commit(FILES))

    assert {path.name for path in (old, older, left_over) if path.exists()} == {old.name}
    assert len(list(cache.iterdir())) == 2


def test_a_word_that_is_looked_for_before_words_are_kept_is_found_as_among_them(commit: Commit, cache: Path) -> None:
    snapshot = commit({**FILES, "odd.py": "3drain_pool = \ufb01nd\n", "keys.py": f'KEY = "{SECRET}"\n'})
    asked = ("drain_pool", "find", "ConnectionPool", "Connection", "redacted", SECRET)
    first, second = [[KeptWords(snapshot).mentioning(word) for word in asked] for _ in range(2)]
    assert not cache.exists()

    kept = KeptWords(snapshot)
    kept.words()
    assert first == second == [kept.mentioning(word) for word in asked]
    assert first == [["odd.py", "pool.py"], ["odd.py"], ["größe.py", "pool.py"], [], ["keys.py"], []]


def test_what_a_clone_does_not_have_is_not_kept_as_read(commit: Commit, repository: Path, cache: Path) -> None:
    whole = commit({**FILES, "lost.py": "lost_name = 1\n"})
    entry = whole.entry("lost.py")
    assert entry is not None
    loose = repository / ".git" / "objects" / entry.blob[:2] / entry.blob[2:]
    content = loose.read_bytes()
    loose.unlink()
    with Snapshot.open(repository) as partial:
        assert KeptWords(partial).mentioning("drain_pool") == ["pool.py"]
    loose.write_bytes(content)
    git(repository, "fsck")

    with Snapshot.open(repository) as mended:
        assert KeptWords(mended).mentioning("lost_name") == ["lost.py"]
