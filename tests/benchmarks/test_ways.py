"""Other ways of asking: what a reader is shown instead, and what the program is given back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.judged.variants import (
    SINGLE,
    VARIANTS,
    AnswerFirst,
    SparseNumbers,
    Together,
    WholeDefinitions,
    put_together,
)
from tests.conftest import Commit
from tests.demo.authoring import Asked, refusal
from tests.model.emulator import Answer, Emulator, Request
from tests.runs.workers import at, call, claim, files, judge, write_claims
from verifier.repository.index import Index
from verifier.repository.snapshot import Snapshot


@pytest.fixture
def asked(folder: Path, repository: Path, commit: Commit) -> list[Asked]:
    """Two first requests and two second readings, in this order."""
    commit(files(1, 2))
    write_claims(folder, claim(1), claim(2))
    seen: list[Request] = []

    def kept(request: Request) -> Answer:
        seen.append(request)
        return judge(request)

    with Emulator(kept) as gemini:
        call("run", "-q", "--concurrency", "1", "--repo", str(repository), **at(gemini))
        readings = [Asked.of(request) for request in gemini.requests if request.is_reading]
    return [*map(Asked.of, seen), *readings]


def test_a_prompt_s_file_says_all_of_it(asked: list[Asked]) -> None:
    assert [one.is_reading for one in asked] == [False, False, True, True]
    assert [Asked.read(one.text) for one in asked] == asked


def test_only_the_first_line_of_a_run_and_every_tenth_are_numbered(asked: list[Asked]) -> None:
    sparse = SparseNumbers().sent(asked[0])

    assert "1\tclass Worker1:\n\t    def run(self, value):\n\t        return value + 1\n" in sparse.prompt
    assert "every tenth line" in sparse.system
    assert SparseNumbers().sent(asked[2]) == asked[2]


def test_the_answer_comes_first(asked: list[Asked]) -> None:
    first, reading = AnswerFirst().sent(asked[0]), AnswerFirst().sent(asked[2])

    order = list(first.schema["$defs"]["AskedPart"]["properties"])
    assert order.index("holds") < order.index("citations") < order.index("why")
    assert list(reading.schema["$defs"]["AskedPartReading"]["properties"])[1] == "answer"
    assert (first.prompt, reading.prompt) == (asked[0].prompt, asked[2].prompt)
    assert len({first.key, reading.key, asked[0].key, asked[2].key}) == 4


def test_the_whole_of_a_definition_is_cited(asked: list[Asked], repository: Path) -> None:
    reply = {"parts": [{"citations": [{"path": "worker1.py", "first_line": 3, "last_line": 3, "quote": "..."}]}]}
    with Snapshot.open(repository) as snapshot:
        given = WholeDefinitions().back(reply, asked[0], Index(snapshot))

    (citation,) = given["parts"][0]["citations"]
    assert (citation["first_line"], citation["last_line"]) == (2, 3)
    assert citation["quote"] == "    def run(self, value):\n        return value + 1"


def test_several_claims_are_asked_at_once_and_their_replies_shared_out(asked: list[Asked], tmp_path: Path) -> None:
    together = next(one for one in VARIANTS if isinstance(one, Together))
    for one in asked[:2]:
        refusal(one, together.place(tmp_path, one))
    ((prompt, waits),) = put_together(tmp_path)
    joint = Asked.read(prompt.read_text("utf-8"))
    assert (waits, joint.prompt.count("# Claim "), joint.prompt.count('"worker1.py" (whole')) == (None, 2, 1)
    keys = [Asked.read(one.read_text("utf-8")).key for one in sorted((tmp_path / SINGLE).glob("*.prompt.md"))]

    prompt.with_name(f"{joint.key}.json").write_text(json.dumps({"claims": [{"n": 1}, {"n": 2}]}), encoding="utf-8")
    ((_, tokens),) = put_together(tmp_path)

    assert tokens is not None
    assert [json.loads((tmp_path / SINGLE / f"{key}.json").read_text("utf-8")) for key in keys] == [{"n": 1}, {"n": 2}]
