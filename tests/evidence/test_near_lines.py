"""Near lines: what of the commit comes closest to the words of a part that is said to be absent."""

from __future__ import annotations

import os
import random
import subprocess
import sys

import pytest

from tests.conftest import Commit
from verifier.evidence.near_lines import Near, near_lines
from verifier.repository.index import Index
from verifier.values.grounding import Hit

NOTHING = Near()


def near(commit: Commit, text: str, files: dict[str, str | bytes], **others: object) -> list[tuple[str, int]]:
    found = near_lines(text, Index(commit(files)), withheld=lambda path: path.startswith("secret/"))
    return [(hit.path, hit.line) for hit in found.hits]


POOL = "import queue\n\n\nclass RetryPolicy:\n    def wait(self, tries):\n        return 2**tries\n\n\nLIMIT = 3\n"
OTHERS = {f"m{n}.py": f"def step_{n}():\n    return {n}\n" for n in range(9)}


@pytest.mark.parametrize(
    ("text", "first"),
    [
        pytest.param("there is a retry policy", ("net.py", 4), id="words for a class"),
        pytest.param("retry_policy_v2 is used", ("net.py", 4), id="another spelling"),
        pytest.param("`RetryPolicy` is gone", ("net.py", 4), id="the very name"),
        pytest.param("retried by policies", ("net.py", 4), id="other endings"),
        pytest.param("it has a limit", ("net.py", 9), id="a constant"),
    ],
)
def test_the_line_with_the_rarest_words_comes_first(commit: Commit, text: str, first: tuple[str, int]) -> None:
    assert near(commit, text, {"net.py": POOL, **OTHERS})[0] == first


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"README.md": "A circuit breaker guards it.\n"}, id="documentation"),
        pytest.param({"a.py": "# the circuit breaker\nx = 1\n"}, id="comment"),
        pytest.param({"package-lock.json": '{"circuit-breaker": 1}\n'}, id="lock file"),
        pytest.param({"a.py": "x = 1\n"}, id="other words"),
        pytest.param({}, id="nothing else"),
    ],
)
def test_what_is_no_code_is_not_near(commit: Commit, files: dict[str, str | bytes]) -> None:
    assert near(commit, "a circuit breaker guards it", {"z.py": "y = 2\n", **files}) == []


def test_a_path_that_is_called_so_is_near(commit: Commit) -> None:
    files: dict[str, str | bytes] = {"src/circuit_breaker.bin": b"\0\1", **OTHERS}

    assert near(commit, "a circuit breaker guards it", files) == [("src/circuit_breaker.bin", 0)]


def test_a_definition_comes_before_its_uses_and_code_before_tests(commit: Commit) -> None:
    files: dict[str, str | bytes] = {
        "a.py": "drain_pool()\n",
        "b.py": "def drain_pool():\n    return 1\n",
        "tests/test_b.py": "def test_drain_pool():\n    assert drain_pool()\n",
    }

    assert [path for path, _ in near(commit, "the pool is drained", files)][:2] == ["b.py", "a.py"]


def test_lines_are_bounded_and_counted(commit: Commit) -> None:
    snapshot = commit({"a.py": "retry_policy()\n" * 50})

    found = near_lines("a retry policy", Index(snapshot), withheld=lambda _: False)

    assert (len(found.hits), found.total) == (8, 50)


def test_what_is_shown_in_any_case_is_not_shown_twice(commit: Commit) -> None:
    snapshot = commit({"a.py": "retry_policy()\nx = retry_policy()\n"})

    found = near_lines("a retry policy", Index(snapshot), withheld=lambda _: False, apart_from={("a.py", 1)})

    assert [hit.line for hit in found.hits] == [2]


def test_the_text_of_a_withheld_file_is_not_shown(commit: Commit) -> None:
    snapshot = commit({"secret/a.py": "retry_policy()\n"})

    found = near_lines("a retry policy", Index(snapshot), withheld=lambda path: path.startswith("secret/"))

    assert found.hits == (Hit("secret/a.py", 1, "", excluded=True),)


def test_a_text_without_words_has_nothing_near(commit: Commit) -> None:
    assert near_lines("== 5", Index(commit({"a.py": "x == 5\n"})), withheld=lambda _: False) == NOTHING


HASHED = """
import sys
from pathlib import Path
from verifier.evidence.near_lines import near_lines
from verifier.repository.index import Index
from verifier.repository.snapshot import Snapshot

index = Index(Snapshot.open(Path(sys.argv[1]), "HEAD"))
for text in sys.argv[2:]:
    print(near_lines(text, index, withheld=lambda _: False))
"""


def test_what_comes_near_does_not_hang_on_how_strings_are_hashed(commit: Commit) -> None:
    names = [
        "retry",
        "queue",
        "worker",
        "signal",
        "token",
        "header",
        "socket",
        "packet",
        "cookie",
        "buffer",
        "stream",
        "timer",
    ]
    chosen = random.Random(1)
    # Words of every frequency, so that their weights are numbers without end.
    calls = ["_".join(chosen.sample(names[: 2 + n % 11], min(6, 2 + n % 11))) for n in range(300)]
    files = {f"m{n}.py": "".join(f"{call}()\n" for call in chosen.sample(calls, 2 + n % 9)) for n in range(40)}
    texts = [" ".join(chosen.sample(names, 8)) for _ in range(30)]
    folder = str(commit(files).repository.named)

    def printed(seed: int) -> str:
        environment = {**os.environ, "PYTHONHASHSEED": str(seed)}
        command = [sys.executable, "-c", HASHED, folder, *texts]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout

    assert len({printed(seed) for seed in range(3)}) == 1
