"""Controls in an evaluation: each way to judge is held to those of its own rulings."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest

from tests.conftest import Commit
from tests.model.emulator import Answer, Emulator, Request
from tests.runs.test_controls import CLAIMS, CLIENT, PARSER, agrees, looks
from tests.runs.workers import at, call

CARELESS = "gemini-3.5-flash"


def either(request: Request) -> Answer:
    return agrees(request) if request.model == CARELESS else looks(request)


@pytest.fixture(autouse=True)
def _labelled(folder: Path, commit: Commit) -> None:
    (folder / "claims").mkdir()
    (folder / "claims" / "client.yaml").write_text(CLAIMS + "    expect: FULLY RESOLVED\n", encoding="utf-8")
    commit({"client.py": CLIENT, "parser.py": PARSER})


def test_judges_who_agree_with_the_labels_are_told_apart_by_their_controls(repository: Path) -> None:
    both = ["--model", "gemini-3.8-flash", "--model", CARELESS, "--controls", "1", "--max-rounds", "1", "-q"]

    with Emulator(either) as gemini:
        said = call("eval", "--repo", str(repository), *both, **at(gemini))
        data = call("eval", "--repo", str(repository), *both, "--format", "json", **at(gemini))

    careful, careless = json.loads(data.stdout)["scores"]
    assert careful["total"]["agreement"]["hits"] == careless["total"]["agreement"]["hits"] == 1
    assert {kind: (one["hits"], one["total"]) for kind, one in careful["controls"].items()} == {
        "cut": (1, 1),
        "false twin": (1, 1),
        "true twin": (1, 1),
    }
    assert careless["controls"]["false twin"]["hits"] == 0
    first, _, second = said.stdout.partition(f"## {CARELESS}\n")
    assert "| false twins caught | 1 of 1 (100%, 21% to 100%) |\n" in first
    assert "not caught" not in first
    assert "| false twins caught | 0 of 1 (0%, 0% to 79%) |\n" in second
    assert "- tries: false twin not caught\n  - changed: 3 changed to " in second
    assert "  - supports: client.py:2-3: " in second


def test_controls_are_judged_of_the_run_that_is_measured_and_of_no_repetition(repository: Path) -> None:
    sent = [0]
    with Emulator(looks) as gemini:
        for given in ([], ["--controls", "1"], ["--controls", "1", "--repeat", "2"]):
            call("eval", "--repo", str(repository), "--max-rounds", "1", "-q", *given, **at(gemini))
            sent.append(len(gemini.requests))

    claims, controls, repetition = (now - before for before, now in pairwise(sent))
    assert controls > 0
    assert repetition == claims


@pytest.mark.parametrize(
    ("model", "given", "code", "says_so"),
    [
        pytest.param("gemini-3.8-flash", ["--controls"], 0, "", id="all right"),
        pytest.param(CARELESS, ["--controls"], 1, "fails: gemini-3.5-flash: tries: false twin not caught", id="wrong"),
        pytest.param("gemini-3.8-flash", [], 1, "no control was judged; --fail-on-controls", id="none"),
    ],
)
def test_controls_gate(repository: Path, model: str, given: list[str], code: int, says_so: str) -> None:
    with Emulator(either) as gemini:
        chosen = ["--repo", str(repository), "-q", "--max-rounds", "1", "--model", model, "--fail-on-controls"]
        result = call("eval", *chosen, *given, **at(gemini))

    assert result.exit_code == code
    assert says_so in result.stderr
