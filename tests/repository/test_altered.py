"""A commit with other texts in some of its files, in memory alone."""

from __future__ import annotations

import textwrap
from pathlib import Path

from tests.conftest import Commit, git
from verifier.repository.index import Index

POOL = """\
MAX_IDLE = 30


class Pool:
    def drain(self):
        for each in self.idle:
            each.close()

    def refill(self):
        return connect()
"""


def test_it_is_read_as_if_it_were_committed_and_nothing_is_written(commit: Commit, repository: Path) -> None:
    snapshot = commit({"pool.py": POOL, "other.py": "def drain_all():\n    go()\n"})
    index = Index(snapshot)
    assert index.mentions("MAX_IDLE") == ("pool.py",)
    before = git(repository, "count-objects", "-v"), git(repository, "status", "--porcelain")
    text = textwrap.dedent(
        """\
        def fill():
            raise NotImplementedError
        """
    )

    with snapshot.altered({"pool.py": text}) as cut:
        altered = Index(cut)
        assert (cut.commit, cut.paths) == (snapshot.commit, snapshot.paths)
        assert [file.text for file in cut.files()] == ["def drain_all():\n    go()\n", text]
        entry = cut.entry("pool.py")
        assert entry is not None
        assert (entry.size, entry.blob) == (len(text), git(repository, "hash-object", "--stdin", stdin=text.encode()))
        assert cut.entry("other.py") == snapshot.entry("other.py")
        assert altered.definitions("drain") == ()
        assert [each.stub for _, each in altered.definitions("fill")] == ["only says that it is not implemented"]
        assert (altered.mentions("MAX_IDLE"), altered.mentions("drain_all")) == ((), ("other.py",))
        assert altered.mentions("NotImplementedError") == ("pool.py",)
    assert snapshot.lines("pool.py") == tuple(POOL.split("\n")[:-1])
    assert index.mentions("MAX_IDLE") == ("pool.py",)
    assert (git(repository, "count-objects", "-v"), git(repository, "status", "--porcelain")) == before


def test_it_is_indexed_as_one_that_was_committed_so(commit: Commit) -> None:
    before = commit({"pool.py": POOL, "gone.py": "def once():\n    pass\n"})
    now = {"pool.py": POOL.replace("drain", "flush"), "gone.py": ""}
    committed = Index(commit(dict(now)))

    with before.altered(now) as snapshot:
        altered = Index(snapshot)
        for word in ("drain", "flush", "once", "Pool", "connect"):
            assert altered.mentions(word) == committed.mentions(word)
        assert altered.words_with("flush") == committed.words_with("flush")
