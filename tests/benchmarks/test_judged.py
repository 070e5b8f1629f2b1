"""The labelled sets: balanced, readable, borne out by the packages, and judged by a driver that knows what is right."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.judged.driving import Judged, judge, table
from benchmarks.judged.sets import CONFIG, END_TO_END, NO_FILE, Label, Set, problems, sets
from benchmarks.packages import Package, PackageError, Registry
from tests.conftest import Commit, git
from tests.evidence.replies import citation, part, reading, verdict
from verifier.claim_files.linting import lint
from verifier.claim_files.loading import load_claims
from verifier.values.claim import Word
from verifier.values.verdict import Absence, Citation
from verifier.wording.naming import paths_in

CLAIMS = [(one, claim) for one in sets().values() for claim in one.claims.claims]


def test_a_third_of_the_claims_is_true_a_third_partly_true_and_a_third_false() -> None:
    assert Counter(claim.expect for _, claim in CLAIMS) == {Word.FULLY: 40, Word.PARTIALLY: 40, Word.NOT: 40}
    assert {tuple(Counter(claim.expect for claim in one.claims.claims).values()) for one in sets().values()} == {
        (5, 5, 5)
    }


def test_half_of_the_claims_name_no_file_and_a_third_are_about_configuration() -> None:
    unnamed = [claim for _, claim in CLAIMS if NO_FILE in claim.tags]

    assert len(unnamed) == 60
    assert [claim.id for claim in unnamed if paths_in(claim.statement)] == []
    assert sum(CONFIG in claim.tags for _, claim in CLAIMS) >= 40


def test_those_that_are_carried_end_to_end_are_as_many_of_every_package_and_label() -> None:
    carried = [(one.name, claim) for one, claim in CLAIMS if END_TO_END in claim.tags]

    assert set(Counter(name for name, _ in carried).values()) == {8}
    assert all(20 <= count <= 23 for count in Counter(claim.expect for _, claim in carried).values())


@pytest.mark.parametrize("judged", sets().values(), ids=sets())
def test_claims_are_as_a_claim_file_should_be_and_each_label_has_its_proof(judged: Set) -> None:
    warned = lint(load_claims(judged.claim_file))

    assert [problem for problem in warned if "names no file" not in problem.message] == []
    assert {problem.claim for problem in warned} <= {one.id for one in judged.claims.claims if NO_FILE in one.tags}
    assert list(judged.labels) == [claim.id for claim in judged.claims.claims]
    assert all(label.needs and label.proof for label in judged.labels.values())


@pytest.fixture(scope="session")
def work() -> Path:
    """Where packages lie once they were fetched; kept between runs, beside what else is built."""
    return Path(__file__).parents[2] / "build" / "judged"


@pytest.mark.parametrize("judged", sets().values(), ids=sets())
def test_labels_are_borne_out_by_the_package(judged: Set, work: Path) -> None:
    try:
        folder = judged.repository(work)
    except PackageError as error:
        pytest.skip(f"{judged.package.name} {judged.package.version} cannot be fetched: {error}")

    assert problems(judged.labels, folder) == []


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("procrastinate", "| procrastinate | 8 | 8 | 0 | 0 | 0 | 0.62 + 1.00 + 1.00 | - |"),
        ("sidekiq", "| sidekiq | 8 | 8 | 0 | 0 | 0 | 0.62 + 1.00 + 1.00 | - |"),
    ],
)
def test_the_recorded_claims_about_a_package_are_ruled_as_the_benchmarks_say(work: Path, name: str, row: str) -> None:
    judged = sets()[name]
    try:
        replayed = judge(judged, work, None, ids=judged.recorded, record=False)
    except PackageError as error:
        pytest.skip(f"{judged.package.name} {judged.package.version} cannot be fetched: {error}")

    assert list(table([replayed]))[2] == row


def test_a_label_whose_proof_is_not_so_is_a_problem(commit: Commit, repository: Path) -> None:
    commit({"pool.py": "import queue\n\nMAX_IDLE = 30\n"})
    labels = {
        "RIGHT": Label(
            ("pool.py",), (Citation("pool.py", 3, 3, "MAX_IDLE = 30"), Absence("MAX_BUSY", paths=("pool.py",)))
        ),
        "PATH": Label(("gone.py",), ()),
        "VALUE": Label(("pool.py",), (Citation("pool.py", 3, 3, "MAX_IDLE = 20"),)),
        "LINE": Label(("pool.py",), (Citation("pool.py", 2, 2, "MAX_IDLE = 30"),)),
        "THERE": Label(("pool.py",), (Absence("MAX_IDLE", paths=("pool.py",)),)),
    }

    assert problems(labels, repository) == [
        "PATH: gone.py is not there",
        "VALUE: pool.py:3-3 is not_found",
        "LINE: pool.py:2-2 is moved",
        "THERE: 'MAX_IDLE' is hits",
    ]


def test_replies_are_asked_for_until_a_claim_is_ruled_and_its_label_says_how_well(tmp_path: Path) -> None:
    """The replies are scripted for this test."""
    tiny = _tiny(tmp_path)

    first = judge(tiny, tmp_path, tmp_path / "inbox", ids=(), record=False)
    _reply(first, verdict(part("The pool keeps 30 idle", "yes", citation("pool.py", 1, 1, "MAX_IDLE = 30"))))
    second = judge(tiny, tmp_path, tmp_path / "inbox", ids=(), record=False)
    _reply(second, reading({"p1": "shows"}))
    ruled = judge(tiny, tmp_path, tmp_path / "inbox", ids=(), record=True)
    again = judge(tiny, tmp_path, None, ids=(), record=False)

    assert [len(one.unanswered) for one in (first, second, ruled, again)] == [1, 1, 0, 0]
    assert [one.rulings[0].ruling for one in (first, ruled, again)] == [Word.ERROR, Word.FULLY, Word.FULLY]
    assert ruled.tokens > 100
    assert list(table([again]))[2] == "| tiny | 1 | 1 | 0 | 0 | 0 | 0.00 + 1.00 + 1.00 | - |"

    (ruling,) = again.rulings
    mislabelled = replace(ruling, claim=ruling.claim.model_copy(update={"expect": Word.NOT}))
    rows = list(table([replace(again, rulings=(mislabelled,))]))
    assert rows[2] == "| tiny | 1 | 0 | 1 | 0 | 0 | 0.00 + 1.00 + 1.00 | - |"
    assert rows[-1] == "- tiny IDLE: labelled NOT RESOLVED, ruled FULLY RESOLVED (p1 proven)"


def _tiny(work: Path) -> Set:
    """A set of one claim about a package that is there already."""
    folder = work / "tiny"
    folder.mkdir()
    (folder / "pool.py").write_text("MAX_IDLE = 30\n", encoding="utf-8")
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message=Add")
    (work / "claims").mkdir()
    claim = {"id": "IDLE", "statement": "The pool keeps 30 idle", "files": ["pool.py"], "expect": Word.FULLY}
    (work / "claims" / "tiny.yaml").write_text(json.dumps({"title": "Tiny", "claims": [claim]}), encoding="utf-8")
    return Set("tiny", "Python", Package("tiny", "1", Registry.PYPI, ""), work)


def _reply(judged: Judged, text: str) -> None:
    (prompt,) = judged.unanswered
    prompt.with_suffix("").with_suffix(".json").write_text(text, encoding="utf-8")
