"""The gate as people set it: where replies come from, baselines, waivers, repeated runs, further formats."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import Result

from tests.conftest import Commit
from tests.model.emulator import Answer, Emulator, Request, refuses
from tests.runs.workers import asked, at, call, claim, claim_set, document, files, judge, rulings, worker, write_claims
from verifier.claim_files import claim_file_schema, load_claims
from verifier.errors import ClaimError


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with two claims."""
    folder = tmp_path / "work"
    write_claims(folder, claim(1), claim(2))
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def judged(folder: Path, repository: Path, commit: Commit) -> Path:
    """A repository that bears out the first claim and not the second."""
    commit({"worker1.py": worker(1), "worker2.py": worker(2, 22)})
    return repository


def run(repository: Path, gemini: Emulator, *arguments: str) -> Result:
    return call("run", "--repo", str(repository), "-q", *arguments, **at(gemini))


def the_record() -> Path:
    (found,) = (path for path in Path("reports").rglob("*.json") if "subset" not in path.name)
    return found


# Where replies come from.


def test_live_replies_may_be_required_and_fresh_gives_them(judged: Path, gemini: Emulator) -> None:
    one = ["--claim", "adds-1"]

    assert run(judged, gemini, *one, "--require", "live").exit_code == 0
    again = run(judged, gemini, *one, "--require", "live")
    assert again.exit_code == 1
    assert "adds-1: a reply is from the journal; --fresh asks anew" in again.stderr
    assert run(judged, gemini, *one).exit_code == 0
    assert run(judged, gemini, *one, "--require", "live", "--fresh").exit_code == 0


def test_recorded_replies_pass_where_a_replay_was_asked_for_and_no_stricter_source(
    judged: Path, gemini: Emulator
) -> None:
    run(judged, gemini, "--record", "pool.yaml")
    replay = ["run", "--repo", str(judged), "-q", "--replay", "pool.yaml", "--claim", "adds-1"]

    assert call(*replay).exit_code == 0
    assert call(*replay, "--require", "recorded").exit_code == 0
    assert call(*replay, "--require", "live").exit_code == 1
    assert call(*replay, "--require", "journal").exit_code == 1


def test_authored_replies_pass_no_gate(judged: Path) -> None:
    def authored(request: Request) -> Answer:
        given = judge(request)
        return Answer(reply=given.reply, model_version="authored", usage={})

    with Emulator(authored) as gemini:
        run(judged, gemini, "--record", "pool.yaml", "--authored")
    for fail_on in ("partially", "never"):
        result = call(
            "run", "--repo", str(judged), "-q", "--replay", "pool.yaml", "--claim", "adds-1", "--fail-on", fail_on
        )

        assert result.exit_code == 1
        assert result.stdout.startswith("✅ FULLY RESOLVED")
        assert "a reply is authored, not a model's; such replies pass no gate" in result.stderr


# Baselines.


def test_a_baseline_lets_pass_what_was_so_before(judged: Path, gemini: Emulator, commit: Commit) -> None:
    assert run(judged, gemini).exit_code == 1
    baseline = str(the_record().rename("baseline.json"))

    assert run(judged, gemini, "--baseline", baseline).exit_code == 0

    commit({"worker1.py": worker(1, 11)})
    worse = run(judged, gemini, "--baseline", baseline)
    assert worse.exit_code == 1
    assert "adds-1: was FULLY RESOLVED, is NOT RESOLVED, by the baseline" in worse.stderr
    assert "adds-2" not in worse.stderr
    reports = "".join(path.read_text("utf-8") for path in Path("reports").rglob("*.md"))
    assert reports.count("**Worse than the baseline**: was FULLY RESOLVED, is NOT RESOLVED") == 1


def test_a_claim_that_is_taken_out_does_not_satisfy_the_baseline(judged: Path, gemini: Emulator, folder: Path) -> None:
    run(judged, gemini)
    baseline = str(the_record().rename("baseline.json"))
    write_claims(folder, claim(1))

    result = run(judged, gemini, "--baseline", baseline)

    assert result.exit_code == 1
    assert "adds-2: is missing" in result.stderr


def test_a_baseline_that_cannot_be_read_ends_the_run_before_anything_is_asked(judged: Path, gemini: Emulator) -> None:
    result = run(judged, gemini, "--baseline", "none.json")

    assert result.exit_code == 2
    assert "none.json: cannot be read" in result.stderr
    assert not gemini.requests


# Waivers.


def test_a_waiver_is_printed_in_summary_and_report_and_lets_the_claim_pass(
    judged: Path, gemini: Emulator, folder: Path
) -> None:
    waiver = 'waiver: {reason: "replaced in `v3`", owner: the pool team, expires: 2099-12-31}'
    write_claims(folder, claim(1, waiver), claim(2, waiver))

    result = run(judged, gemini)

    assert result.exit_code == 0
    assert result.stdout.splitlines()[:2] == [
        "✅ FULLY RESOLVED (1 proven)  adds-1",
        "❌ NOT RESOLVED (1 refuted)  adds-2 (waived until 2099-12-31, the pool team: replaced in `v3`)",
    ]
    page = the_record().with_suffix(".md").read_text("utf-8")
    assert "is NOT RESOLVED and has a waiver until 2099-12-31, the pool team: replaced in" in page
    assert page.count("waiver until") == 1
    assert "waiver" not in gemini.requests[0].whole_prompt


def test_an_expired_waiver_does_not_hold_and_says_so(judged: Path, gemini: Emulator, folder: Path) -> None:
    write_claims(folder, claim(2, "waiver: {reason: later, owner: the pool team, expires: 2020-02-29}"))

    result = run(judged, gemini)

    assert result.exit_code == 1
    assert "its waiver expired on 2020-02-29, the pool team: later" in result.stdout


BAD_WAIVERS: list[Any] = [
    pytest.param("{owner: o, expires: 2030-01-01}", "waiver has no reason", id="no reason"),
    pytest.param("{reason: r, expires: 2030-01-01}", "waiver has no owner", id="no owner"),
    pytest.param("{reason: r, owner: o}", "waiver has no expires", id="no end"),
    pytest.param("{reason: r, owner: ' ', expires: 2030-01-01}", "waiver.owner is empty", id="a blank owner"),
    pytest.param("{reason: r, owner: o, expires: 2030-02-30}", "no day of the calendar", id="no such day"),
    pytest.param("{reason: r, owner: o, expires: 20300201}", "not text", id="a number"),
    pytest.param("{reason: r, owner: o, expires: 2030-W01-1}", "no day of the calendar", id="a week"),
    pytest.param("{reason: r, owner: o, expires: never}", "no day of the calendar", id="for ever"),
    pytest.param("{reason: r, owner: o, expires: 2030-01-01, by: x}", "unknown key", id="one key too many"),
    pytest.param("later", "keys with values", id="a word"),
]


@pytest.mark.parametrize(("waiver", "says_so"), BAD_WAIVERS)
def test_a_waiver_needs_reason_owner_and_a_day(folder: Path, waiver: str, says_so: str) -> None:
    write_claims(folder, claim(1, f"waiver: {waiver}"))

    with pytest.raises(ClaimError, match=says_so):
        load_claims(folder / "claims" / "workers.yaml")


def test_the_schema_of_claim_files_knows_waivers() -> None:
    validator = jsonschema.Draft202012Validator(claim_file_schema())
    good = {"reason": "r", "owner": "o", "expires": "2030-01-01"}

    def accepts(waiver: dict[str, str]) -> bool:
        claims = [{"id": "a", "statement": "S", "waiver": waiver}]
        return bool(validator.is_valid({"title": "T", "claims": claims}))

    assert accepts(good)
    assert not any(accepts({key: good[key] for key in good if key != missing}) for missing in good)
    assert not accepts(good | {"expires": "never"})
    assert not accepts(good | {"by": "me"})


# Repeating.


def test_what_did_not_pass_is_repeated_and_nothing_else(judged: Path, gemini: Emulator, commit: Commit) -> None:
    run(judged, gemini)
    before = len(gemini.asked)
    commit({"worker1.py": worker(1, 11), "worker2.py": worker(2)})

    result = run(judged, gemini, "--failed", str(the_record()), "--json")

    assert asked(gemini, since=before) == ["Worker2"]
    assert rulings(result) == {"adds-2": "FULLY RESOLVED"}
    assert document(result)["subset"] == "did not pass: adds-2"
    assert result.exit_code == 0


def test_last_is_what_was_ruled_last_of_each_claim(judged: Path, gemini: Emulator, commit: Commit) -> None:
    run(judged, gemini)
    commit({"worker2.py": worker(2)})
    assert rulings(run(judged, gemini, "--failed", "last", "--json")) == {"adds-2": "FULLY RESOLVED"}

    nothing = run(judged, gemini, "--failed", "last")

    assert nothing.exit_code == 0
    assert "nothing to repeat: every claim passed" in nothing.stderr


def test_what_failed_in_an_error_is_repeated(judged: Path) -> None:
    def down(request: Request) -> Answer:
        return refuses(500, "INTERNAL", "down") if asked_about(request, 1) else judge(request)

    with Emulator(down) as gemini:
        assert run(judged, gemini, "--attempts", "1", "--fail-on", "never").exit_code == 4
    with Emulator(judge) as gemini:
        result = run(judged, gemini, "--failed", "last", "--fail-on", "never", "--json")

    assert rulings(result) == {"adds-1": "FULLY RESOLVED"}


def asked_about(request: Request, number: int) -> bool:
    return f"Worker{number}." in request.prompt.split("# The claim")[1].split("=== end")[0]


FAILED_OF_NOTHING: list[Any] = [
    pytest.param(["--failed", "last"], "holds no record of these claims", id="no record yet"),
    pytest.param(["--failed", "none.json"], "none.json: cannot be read", id="no such record"),
    pytest.param(["--changed"], "give --base too", id="changed since when"),
    pytest.param(["--also", "markdwn"], 'did you mean "markdown"', id="no such format"),
    pytest.param(["--base", "nowhere"], 'no commit "nowhere"', id="no such base"),
]


@pytest.mark.parametrize(("arguments", "says_so"), FAILED_OF_NOTHING)
def test_what_makes_no_sense_is_one_line_before_anything_is_asked(
    judged: Path, gemini: Emulator, arguments: list[str], says_so: str
) -> None:
    result = run(judged, gemini, *arguments)

    assert result.exit_code == 2
    assert says_so in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert not gemini.requests


def test_a_record_of_other_claims_is_refused(judged: Path, gemini: Emulator, folder: Path) -> None:
    run(judged, gemini)
    record = str(the_record())
    (folder / "claims" / "workers.yaml").rename(folder / "claims" / "others.yaml")

    result = run(judged, gemini, "--failed", record)

    assert result.exit_code == 2
    assert "is a run over claims/workers.yaml; name that claim file" in result.stderr


def test_a_claim_that_failed_and_is_gone_is_said(judged: Path, gemini: Emulator, folder: Path) -> None:
    run(judged, gemini)
    write_claims(folder, claim(1))

    result = run(judged, gemini, "--failed", str(the_record()))

    assert "adds-2 did not pass, but is no claim any more" in result.stderr
    assert result.exit_code == 0


def test_further_formats_are_written_beside_the_report(judged: Path, gemini: Emulator) -> None:
    run(judged, gemini, "--also", "jsonl", "--also", "json")

    beside = {path.suffix for path in the_record().parent.iterdir()}
    assert beside == {".md", ".json", ".jsonl"}


def test_settings_may_name_further_formats_and_the_source_that_is_required(judged: Path, gemini: Emulator) -> None:
    Path("verifier.toml").write_text('also = ["jsonl"]\nrequire = "live"\n', encoding="utf-8")

    codes = [run(judged, gemini, "--claim", "adds-1").exit_code for _ in range(2)]

    assert codes == [0, 1]
    assert list(Path("reports").rglob("*.jsonl"))


def test_a_flag_goes_before_the_environment_and_that_before_the_file(
    judged: Path, gemini: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rounds(*arguments: str) -> int:
        found: int = document(run(judged, gemini, "--json", *arguments))["settings"]["max_rounds"]
        return found

    assert rounds() == 3
    Path("verifier.toml").write_text("max-rounds = 4\n", encoding="utf-8")
    assert rounds() == 4
    monkeypatch.setenv("VERIFIER_MAX_ROUNDS", "5")
    assert rounds() == 5
    assert rounds("--max-rounds", "6") == 6


def test_what_only_gates_is_taken_from_the_claim_as_it_is_now(judged: Path, gemini: Emulator, folder: Path) -> None:
    def code(*keys: str) -> int:
        write_claims(folder, claim(1), claim(2, *keys))
        return run(judged, gemini, "--fail-on", "never").exit_code

    assert code() == 0
    asked_before = len(gemini.requests)
    assert code("required: true") == 1
    assert code("required: true", "waiver: {reason: r, owner: o, expires: 2099-12-31}") == 0
    assert code("required: true", "waiver: {reason: r, owner: o, expires: 2020-12-31}") == 1
    assert code() == 0
    assert len(gemini.requests) == asked_before


# What the branch touches.


@pytest.fixture
def branch(folder: Path, repository: Path, commit: Commit) -> Path:
    """A branch that changes the third worker of four and removes the fourth."""
    write_claims(folder, *map(claim, (1, 2, 3, 4)))
    commit(files(1, 2, 3, 4))
    commit({"worker3.py": "# tidied\n" + worker(3), "worker4.py": None}, branch="topic")
    commit({"worker1.py": "# elsewhere\n" + worker(1)}, branch="main")
    commit({}, branch="topic")
    return repository


def test_claims_whose_files_the_branch_touches_are_judged_first(branch: Path, gemini: Emulator) -> None:
    result = run(branch, gemini, "--base", "main", "--concurrency", "1", "--json")

    order = [next(n for n in range(1, 5) if asked_about(request, n)) for request in gemini.requests]
    assert list(dict.fromkeys(order)) == [3, 4, 1, 2]
    assert list(rulings(result)) == ["adds-1", "adds-2", "adds-3", "adds-4"]


def test_only_those_are_judged_where_only_they_are_wanted(branch: Path, gemini: Emulator) -> None:
    result = run(branch, gemini, "--base", "main", "--changed", "--json")

    assert list(rulings(result)) == ["adds-3", "adds-4"]
    assert document(result)["subset"] == "touched since main"


def test_where_no_claim_is_touched_nothing_is_judged(branch: Path, gemini: Emulator, commit: Commit) -> None:
    commit({"notes.txt": "later\n"}, branch="notes")

    result = run(branch, gemini, "--base", "topic", "--changed")

    assert result.exit_code == 0
    assert "nothing to judge: no claim is about a file touched since topic" in result.stderr
    assert not gemini.requests


def test_claims_of_a_file_that_the_branch_touches_are_judged_though_their_code_is_old(
    repository: Path, commit: Commit, gemini: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit({**files(1, 2, 3), "claims/workers.yaml": claim_set(claim(1)), "claims/more.yaml": claim_set(claim(3))})
    commit({"claims/workers.yaml": claim_set(claim(1), claim(2))}, branch="topic")
    monkeypatch.chdir(repository)

    result = run(repository, gemini, "--base", "main", "--changed", "--json")

    assert list(rulings(result)) == ["adds-1", "adds-2"]


def test_the_record_keeps_the_order_of_the_claim_file(branch: Path, gemini: Emulator) -> None:
    first = run(branch, gemini, "--json")
    second = run(branch, gemini, "--json", "--base", "main")

    assert json.dumps(list(rulings(first))) == json.dumps(list(rulings(second)))
