"""How much of the code that somebody else's report shows is in the commit."""

from __future__ import annotations

import pytest

from tests.audit.audited import audited_claim
from tests.conftest import Commit
from verifier.audit.record import AuditedBlock
from verifier.repository.snapshot import Snapshot

POOL = """\
class Pool:
    def drain(self):
        while self.idle:
            self.idle.pop()

    def refill(self, size):
        self.idle = [connect() for _ in range(size)]
"""


@pytest.fixture
def snapshot(commit: Commit) -> Snapshot:
    return commit(
        {
            "src/pool.py": POOL,
            "src/lake.py": "class Lake:\n    def drain(self):\n        return None\n",
            "docs/guide.md": f"# Guide\n\n```python\n{POOL}```\n\nonly_in_the_guide = 1\n",
        }
    )


def block(code: str, snapshot: Snapshot, said: str = "", language: str = "python") -> AuditedBlock:
    (only,) = audited_claim(f"{said}\n\n```{language}\n{code}\n```\n", snapshot).code_blocks
    return only


@pytest.mark.parametrize(
    ("code", "occurring", "lines"),
    [
        pytest.param("def drain(self):\n    while self.idle:\n        self.idle.pop()", 3, 3, id="moved to the left"),
        pytest.param("def drain(self):\n    self.close_all()\n    self.idle.pop()", 2, 3, id="one line invented"),
        pytest.param("def evict(self):\n    self.lru.pop()", 0, 2, id="all invented"),
        pytest.param("def drain(self):\n    ...\n    # [...]\n\n    }\n    self.idle.pop()", 2, 2, id="says nothing"),
        pytest.param("def drain(self):  # empties it\n    while self.idle:", 1, 2, id="a comment added"),
    ],
)
def test_the_lines_that_occur_in_the_file_are_counted(
    snapshot: Snapshot, code: str, occurring: int, lines: int
) -> None:
    shown = block(code, snapshot, "In `src/pool.py`:")

    assert (shown.path, shown.occurring, shown.lines) == ("src/pool.py", occurring, lines)
    assert shown.file == "src/pool.py"


@pytest.mark.parametrize(
    ("code", "file", "occurring"),
    [
        pytest.param("def drain(self):\n    while self.idle:", "src/pool.py", 2, id="the file that has most of it"),
        pytest.param("class Lake:\n    def drain(self):", "src/lake.py", 2, id="the other one"),
        pytest.param("only_in_the_guide = 1", None, 0, id="documentation quotes code and is none"),
        pytest.param("await nothing_of_the_kind()", None, 0, id="no file"),
    ],
)
def test_a_block_of_no_file_is_looked_for_in_all(
    snapshot: Snapshot, code: str, file: str | None, occurring: int
) -> None:
    shown = block(code, snapshot)

    assert (shown.path, shown.file, shown.occurring) == (None, file, occurring)


def test_a_block_that_is_not_in_its_file_is_looked_for_elsewhere(snapshot: Snapshot) -> None:
    shown = block("while self.idle:\n    self.idle.pop()", snapshot, "In `src/lake.py`:")

    assert (shown.path, shown.file, shown.occurring) == ("src/lake.py", "src/pool.py", 2)


def test_of_a_diff_the_lines_that_are_there_after_it_are_compared(snapshot: Snapshot) -> None:
    diff = "@@ -1,2 +1,2 @@\n class Pool:\n-    def empty(self):\n+    def drain(self):"

    shown = block(diff, snapshot, "In `src/pool.py`:", "diff")

    assert (shown.occurring, shown.lines) == (2, 2)


@pytest.mark.parametrize(
    ("code", "rests_on"),
    [
        pytest.param("def drain(self):\n    while self.idle:\n    invented()", "evidence", id="most of it"),
        pytest.param("def drain(self):\n    invented()", "nothing", id="half of it"),
    ],
)
def test_a_verdict_may_rest_on_a_block_most_of_which_is_there(snapshot: Snapshot, code: str, rests_on: str) -> None:
    assert audited_claim(f"```python\n{code}\n```", snapshot).rests_on.value == rests_on
