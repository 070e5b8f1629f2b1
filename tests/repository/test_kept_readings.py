"""Readings of files as they are kept between runs: what is read anew, never a secret, never needed."""

from __future__ import annotations

import gc
import sqlite3
import subprocess
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.conftest import Commit
from tests.preloaded import python
from verifier.languages import SourceText, read_source
from verifier.repository import kept_readings, kept_words
from verifier.repository.index import Index
from verifier.repository.snapshot import Snapshot
from verifier.system import kept_answers
from verifier.values.source import Lines

FILES: Mapping[str, str] = {
    "pool.py": """import queue
MAX_IDLE = 30
class Pool:
    def drain(self, limit=3):
        \"\"\"Empty it.\"\"\"
        while self.idle:
            return queue.get()
            self.idle = 0
    def fill(self): ...
""",
    "größe.go": "package größe\n\n// Größe of it.\nfunc Größe() int { return 1 }\n",
    "README.md": "# Pools\n\nThey drain.\n",
    "logo.bin": "\0\0",
}

SECRET = "AKIA" + "Q3EGRIVYQJ7XKPLM"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "verifier" / "answers"


Asks = Callable[[Index, str], SourceText | None]


def read_now(index: Index, path: str) -> SourceText | None:
    """What the grammar says, whatever is kept."""
    file = index.text_file(path)
    return read_source(path, file.text) if file else None


def said(snapshot: Snapshot, read: Asks = Index.source) -> list[object]:
    """Everything that the readings of a commit are asked; what is to be kept is written then."""
    found: list[object] = []
    index: Index | None = Index(snapshot)
    assert index is not None
    for path in snapshot.paths:
        if source := read(index, path):
            found += [source.language, source.kinds, source.definitions, source.imports, dict(source.constants)]
            for lines in (Lines(8, 8), Lines(9, 9), Lines(1, 4)):
                found += [source.headers(lines), source.names_used(lines)]
                found += [source.dead_reason(lines), source.hollow_reason(lines)]
    source = index = None
    gc.collect()
    return found


def test_what_is_kept_says_what_is_read_anew(commit: Commit, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot = commit(FILES)
    anew = said(snapshot, read_now)

    assert said(snapshot) == anew
    with monkeypatch.context() as patched:
        patched.setattr(kept_readings, "read_source", None)
        assert said(snapshot) == anew, "no grammar was asked again"
    for kept in cache.iterdir():
        kept.unlink()
    assert said(snapshot) == anew


def test_another_text_under_the_same_path_is_read_for_itself(commit: Commit, cache: Path) -> None:
    said(commit(FILES))
    later = commit({"pool.py": "class Pool:\n    pass\n", "README.md": "def drain(): pass\n"})

    assert said(later) == said(later, read_now)
    assert [found.qualified for _, found in Index(later).definitions("Pool.drain")] == []


def test_a_link_has_no_text_though_a_file_with_its_blob_had(commit: Commit, repository: Path, cache: Path) -> None:
    said(commit({"pool.py": FILES["pool.py"], "old.py": "pool.py"}))
    (repository / "old.py").unlink()
    (repository / "old.py").symlink_to("pool.py")

    assert Index(commit({})).source("old.py") is None


def test_no_secret_is_kept(commit: Commit, cache: Path) -> None:
    said(commit({"keys.py": f'def {SECRET}(): pass\nKEY = "{SECRET}"\n{SECRET} = 1\n', f"{SECRET}.py": "a = 1\n"}))

    (kept,) = cache.iterdir()
    with sqlite3.connect(kept) as database:
        answers = [zlib.decompress(answer) for (answer,) in database.execute("SELECT answer FROM answer")]
    assert len(answers) > 5
    assert SECRET.encode() not in b"".join((kept.read_bytes(), *answers))


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda _: b"", id="empty"),
        pytest.param(lambda content: content[: len(content) // 2], id="cut short"),
        pytest.param(lambda content: b"no database" + content[11:], id="another file"),
        pytest.param(lambda content: content[:4096] + b"\xff" * 4096 + content[8192:], id="a broken page"),
        pytest.param(lambda content: content[:-300] + b"\x55" * 100 + content[-200:], id="other bytes in an answer"),
    ],
)
def test_a_file_that_is_damaged_is_made_anew(commit: Commit, cache: Path, damage: Callable[[bytes], bytes]) -> None:
    snapshot = commit(FILES)
    first = said(snapshot)
    (kept,) = cache.iterdir()
    kept.write_bytes(damage(kept.read_bytes()))

    assert said(snapshot) == first
    assert said(snapshot) == first


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(zlib.compress(b"[1"), id="no JSON"),
        pytest.param(zlib.compress(b"[]"), id="nothing in it"),
        pytest.param("text", id="no bytes"),
    ],
)
def test_an_answer_that_is_none_is_not_taken_for_one(commit: Commit, cache: Path, answer: object) -> None:
    snapshot = commit(FILES)
    first = said(snapshot)
    (kept,) = cache.iterdir()
    with sqlite3.connect(kept) as database:
        database.execute("UPDATE answer SET answer = ?", (answer,))

    assert said(snapshot) == first


def test_the_answer_to_another_question_is_not_taken_for_this_ones(commit: Commit, cache: Path) -> None:
    """As where a machine stops before all pages of a table are on its disk."""
    snapshot = commit({"a.py": "def open(): pass\n", "b.py": "def shut(): pass\n"})
    first = said(snapshot)
    (kept,) = cache.iterdir()
    with sqlite3.connect(kept) as database:
        (one, (row, _)) = database.execute("SELECT rowid, answer FROM answer WHERE question = 'reading'").fetchall()
        database.execute("UPDATE answer SET answer = ? WHERE rowid = ?", (one[1], row))

    assert said(snapshot) == first


def test_a_file_at_which_others_are_is_neither_waited_for_without_end_nor_deleted(
    commit: Commit, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = commit(FILES)
    first = said(snapshot)
    (kept,) = cache.iterdir()
    before = kept.read_bytes()
    monkeypatch.setattr(kept_answers, "LONGEST_WAIT_S", 0.0)
    other = sqlite3.connect(kept, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")

    assert said(snapshot) == first

    other.close()
    assert kept.read_bytes() == before


def test_other_programs_do_not_trust_what_these_kept(
    commit: Commit, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said(commit(FILES))
    monkeypatch.setattr(kept_words, "way", lambda: "f" * 64)
    said(commit(FILES))

    assert len(list(cache.iterdir())) == 2


def test_a_file_that_grew_too_large_is_begun_anew(
    commit: Commit, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = commit(FILES)
    first = said(snapshot)
    (kept,) = cache.iterdir()
    before = tmp_path / "before"
    before.hardlink_to(kept)
    monkeypatch.setattr(kept_answers, "MOST_BYTES", 100)

    assert said(snapshot) == first
    assert not kept.samefile(before)


def test_a_place_that_cannot_be_written_costs_no_more_than_reading_again(commit: Commit, cache: Path) -> None:
    cache.parent.mkdir(parents=True)
    cache.write_text("")

    snapshot = commit(FILES)
    assert said(snapshot) == said(snapshot, read_now)
    assert cache.read_text() == ""


def test_processes_at_once_say_the_same_and_keep_it(commit: Commit, repository: Path, cache: Path) -> None:
    snapshot = commit({f"m{n}.py": f"class C{n}:\n    def name_{n}(self):\n        return {n}\n" for n in range(60)})
    program = """
import sys
from pathlib import Path
from verifier.repository.index import Index
from verifier.repository.snapshot import Snapshot
with Snapshot.open(Path(sys.argv[1])) as snapshot:
    index = Index(snapshot)
    print([each.qualified for path in snapshot.paths for each in index.source(path).definitions])
"""
    running = [
        subprocess.Popen([*python(), "-c", program, str(repository)], stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    printed = {one.communicate()[0] for one in running}

    assert len(printed) == 1
    assert "C7.name_7" in printed.pop()
    assert said(snapshot) == said(snapshot, read_now)
