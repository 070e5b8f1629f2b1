"""`verifier claims label`: a reviewer goes through a run at the terminal."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.conftest import Commit
from tests.model.emulator import Emulator
from tests.runs.workers import at, call, claim, files, worker, write_claims
from verifier.claim_files import load_claims
from verifier.cli import cli
from verifier.values.claim import Word

CLAIMS = Path("claims/workers.yaml")


@pytest.fixture
def record(folder: Path, commit: Commit, repository: Path, gemini: Emulator) -> str:
    """The record of a run: the first claim FULLY, the second NOT, the third UNPROVEN, for its file is not there."""
    commit(files(1) | {"worker2.py": worker(2, 22)})
    write_claims(folder, claim(1, "# as ever"), claim(2), claim(3))
    call("run", "-q", "--repo", str(repository), **at(gemini))
    (path,) = Path("reports").rglob("*.json")
    return str(path)


def label(record: str, *said: str, more: tuple[str, ...] = ()) -> Result:
    return CliRunner().invoke(cli, ["claims", "label", record, *more], input="".join(f"{line}\n" for line in said))


def labels() -> dict[str, tuple[Word | None, str | None]]:
    return {claim.id: (claim.expect, claim.expect_why) for claim in load_claims(CLAIMS).claims.claims}


def test_what_a_reviewer_says_becomes_the_label_and_the_reason(record: str) -> None:
    before = CLAIMS.read_text("utf-8")

    result = label(record, "a", "", "p", "", "half of it is there", "n", "there is no third worker")

    assert result.exit_code == 0
    assert labels() == {
        "adds-1": (Word.FULLY, None),
        "adds-2": (Word.PARTIALLY, "half of it is there"),
        "adds-3": (Word.NOT, "there is no third worker"),
    }
    assert [line for line in CLAIMS.read_text("utf-8").splitlines() if "expect" not in line] == before.splitlines()
    assert "1 of 3: adds-1\n  `Worker1.run` adds 1, in `worker1.py`\n  ✅ FULLY RESOLVED (1 proven)" in result.output
    assert "    worker1.py:2-3\n    |     def run(self, value):\n    |         return value + 1\n" in result.output
    assert "3 labels written to claims/workers.yaml; 0 left" in result.output


def test_a_reviewer_may_skip_and_quit_and_what_was_said_is_kept(record: str) -> None:
    assert "1 label written" in label(record, "s", "a", "", "q").output
    assert labels() == {"adds-1": (None, None), "adds-2": (Word.NOT, None), "adds-3": (None, None)}

    second = label(record, "a")  # and the input ends before the reason

    assert "1 of 2: adds-1" in second.output
    assert "0 labels written to claims/workers.yaml; 2 left" in second.output
    assert labels()["adds-1"] == (None, None)


def test_what_is_open_cannot_be_agreed_with(record: str) -> None:
    result = label(record, "s", "s", "a", "q")

    assert "f)ully, p)artially, n)ot resolved, s)kip, q)uit" in result.output
    assert "'a' is not one of" in result.output
    assert labels()["adds-3"] == (None, None)


def test_a_label_is_gone_through_again_where_that_is_asked_for(record: str) -> None:
    label(record, "f", "", "q")

    assert "1 of 2: adds-2" in label(record, "q").output
    again = label(record, "n", "it adds nothing", "q", more=("--again",))
    assert "labelled FULLY RESOLVED" in again.output
    assert labels()["adds-1"] == (Word.NOT, "it adds nothing")


def test_a_claim_that_says_something_else_by_now_is_passed_over(record: str) -> None:
    CLAIMS.write_text(CLAIMS.read_text("utf-8").replace("adds 1,", "adds one,"), encoding="utf-8")

    assert "1 of 2: adds-2" in label(record, "q").output


def test_a_claim_file_that_is_elsewhere_is_named(record: str) -> None:
    CLAIMS.rename("moved.yaml")

    result = label(record)
    assert result.exit_code == 2
    assert result.stderr == "verifier: claims/workers.yaml is not here; name the claim file with --claims\n"
    assert "1 label written to moved.yaml" in label(record, "a", "", "q", more=("--claims", "moved.yaml")).output
