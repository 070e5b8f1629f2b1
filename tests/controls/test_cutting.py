"""What is cut out of a commit, and that nobody but the reader of the cut sees it."""

from __future__ import annotations

import pytest

from tests.conftest import Commit
from tests.controls.proven import proven
from verifier.controls.cutting import cut_out
from verifier.repository.index import Index

POOL = """\
import queue

MAX_IDLE = 30


class Pool:
    size = 4

    @retry(stop=3)
    def drain(self):
        for each in self.idle:
            each.close()

    def refill(self):
        def one():
            return connect()

        return [one() for _ in range(self.size)]
"""

SETTINGS = '[pool]\nsize = 4\ntimeout = "30s"\n\n[log]\nlevel = "info"\n'

CUTS = {
    "the function around the cited lines": (
        ("pool.py", 11, 12),
        "`Pool.drain` in pool.py made a stub",
        ("            each.close()", "    def refill(self):"),
    ),
    "a signature": (
        ("pool.py", 10, 10),
        "`Pool.drain` in pool.py made a stub",
        ("            each.close()", "    @retry(stop=3)"),
    ),
    "a decorator, which goes too": (
        ("pool.py", 9, 10),
        "line 9 of pool.py removed; `Pool.drain` in pool.py made a stub",
        ("    @retry(stop=3)", "    def drain(self):"),
    ),
    "the innermost function alone": (
        ("pool.py", 16, 16),
        "`Pool.refill.one` in pool.py made a stub",
        ("            return connect()", "        return [one() for _ in range(self.size)]"),
    ),
    "a class by its head: all that it does": (
        ("pool.py", 6, 7),
        "line 7 of pool.py removed; `Pool.drain` in pool.py made a stub; `Pool.refill` in pool.py made a stub",
        ("            each.close()", "class Pool:"),
    ),
    "a constant": (("pool.py", 3, 3), "line 3 of pool.py removed", ("MAX_IDLE = 30", "import queue")),
    "configuration": (("pool.toml", 2, 3), "lines 2-3 of pool.toml removed", ('timeout = "30s"', 'level = "info"')),
}


FLOWS = "fun drain(a: Int) = close(a)\n\nfun size(): Int {\n    return 4\n}\n"


def test_what_can_be_no_stub_goes_whole(commit: Commit) -> None:
    index = Index(commit({"pool.kt": FLOWS}))

    cut = cut_out([proven(index, "the pool works", "pool.kt", 1, 1)], index)

    assert cut is not None
    assert (cut.what, cut.texts["pool.kt"]) == (("line 1 of pool.kt removed",), FLOWS.partition("\n")[2])


@pytest.mark.parametrize(("cited", "what", "lines"), CUTS.values(), ids=CUTS.keys())
def test_the_evidence_is_gone_and_the_rest_stays(
    commit: Commit, cited: tuple[str, int, int], what: str, lines: tuple[str, str]
) -> None:
    index = Index(commit({"pool.py": POOL, "pool.toml": SETTINGS}))
    path, gone_and_kept = cited[0], lines

    cut = cut_out([proven(index, "the pool works", *cited)], index)

    assert cut is not None
    assert "; ".join(cut.what) == what
    assert list(cut.texts) == [path]
    assert [line in cut.texts[path].split("\n") for line in gone_and_kept] == [False, True]


def test_several_parts_are_cut_at_once(commit: Commit) -> None:
    index = Index(commit({"pool.py": POOL, "pool.toml": SETTINGS}))
    parts = [proven(index, "a", "pool.py", 11, 12), proven(index, "b", "pool.py", 3, 3)]

    cut = cut_out([*parts, proven(index, "c", "pool.toml", 2, 2)], index)

    assert cut is not None
    assert cut.what == (
        "line 3 of pool.py removed",
        "`Pool.drain` in pool.py made a stub",
        "line 2 of pool.toml removed",
    )


def test_where_nothing_is_cited_nothing_is_cut(commit: Commit) -> None:
    index = Index(commit({"pool.py": POOL}))

    assert cut_out([], index) is None
