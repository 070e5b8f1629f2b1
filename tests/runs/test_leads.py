"""Where to look, through the command line: recorded, kept, carried over, rechecked and told like any request."""

from __future__ import annotations

import json
import re
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

import verifier.runs.model_stack as model_stack
from tests.conftest import Commit
from tests.evidence.replies import part, verdict
from tests.model.emulator import Answer, Emulator, Request, says
from tests.pipeline.test_leads import BORNE_OUT, JANITOR, STATEMENT, many
from tests.runs.workers import at, call, document
from verifier.model.batching import Batched, Patience
from verifier.model.cassettes.files import read_cassette
from verifier.values.prompt import Asks


def judge(request: Request) -> Answer:
    """Would look in the janitor, and finds there what is claimed; elsewhere nothing."""
    if request.is_leads:
        return says(json.dumps({"paths": ["src/janitor.py"]}))
    return says(BORNE_OUT if "LIMIT_S = 1800" in request.prompt else verdict(part(STATEMENT, "cannot_tell")))


def leads_if_there(request: Request) -> Answer:
    """The same, where there is a janitor among the paths; else some file."""
    if request.is_leads and "janitor.py" not in request.prompt:
        return says(json.dumps({"paths": ["src/part1.py"]}))
    return judge(request)


@pytest.fixture(autouse=True)
def claims(folder: Path, commit: Commit) -> Path:
    """A claim set with the one claim, about a commit that bears it out."""
    (folder / "claims").mkdir()
    path = folder / "claims" / "idle.yaml"
    path.write_text(f"title: Idle\nclaims:\n  - {{id: idle, statement: {STATEMENT}}}\n", encoding="utf-8")
    commit(many())
    return path


def run(repository: Path, *arguments: str, gemini: Emulator | None = None) -> Result:
    return call("run", "--repo", str(repository), "--json", *arguments, **(at(gemini) if gemini else {}))


def ruling(result: Result) -> Any:
    return document(result)["rulings"][0]


def test_the_record_and_the_report_say_that_it_was_asked_where_to_look(repository: Path, folder: Path) -> None:
    with Emulator(judge) as gemini:
        told = ruling(run(repository, gemini=gemini))

    assert told["ruling"] == "FULLY RESOLVED"
    assert [request.is_leads for request in gemini.asked] == [True, False]
    assert json.loads(told["leads"]["reply"]) == {"paths": ["src/janitor.py"]}
    assert told["usage"]["prompt"] == sum(
        one["usage"]["prompt"] for one in (told["leads"], told["rounds"][0], told["rounds"][0]["reading"])
    )
    assert [entry["why"] for entry in told["context"]["whole"]] == ["where the model would look"]
    (page,) = (folder / "reports" / "idle").glob("*.md")
    text = page.read_text("utf-8")
    assert "\n- Where to look: live reply of " in text
    assert "1 round with the model, asked first where to look, 1 second reading" in text


def test_the_journal_answers_it_the_next_time(repository: Path) -> None:
    with Emulator(judge) as gemini:
        run(repository, gemini=gemini)
        again = run(repository, gemini=gemini)

    assert len(gemini.asked) == 2
    assert ruling(again)["leads"]["source"] == "journal"
    assert "nothing is asked in the first round" in again.stderr


def test_it_is_carried_over_to_a_commit_that_shows_the_same(repository: Path, commit: Commit) -> None:
    with Emulator(judge) as gemini:
        first = run(repository, gemini=gemini)
        commit({"docs/later.md": "Other words.\n"})
        second = run(repository, gemini=gemini)

    assert len(gemini.asked) == 2
    assert ruling(second)["carried_from"] == document(first)["repository"]["commit"]
    assert ruling(second)["ruling"] == "FULLY RESOLVED"


def test_what_the_leads_show_being_changed_it_is_asked_again(repository: Path, commit: Commit) -> None:
    with Emulator(judge) as gemini:
        run(repository, gemini=gemini)
        commit({"src/janitor.py": "LIMIT_S = 3600\n"})
        second = run(repository, gemini=gemini)

    assert [request.is_leads for request in gemini.asked] == [True, False, False]
    assert ruling(second)["leads"]["source"] == "journal"
    assert ruling(second)["carried_from"] is None
    assert ruling(second)["ruling"] == "UNPROVEN"


def test_a_file_that_nobody_reads_changes_nothing(repository: Path, commit: Commit) -> None:
    with Emulator(judge) as gemini:
        run(repository, gemini=gemini)
        commit({"docs/logo.png": b"\x89PNG\r\n\x1a\n\0\0\0\xff\xfe"})
        second = run(repository, gemini=gemini)

    assert len(gemini.asked) == 2
    assert ruling(second)["ruling"] == "FULLY RESOLVED"


def test_what_is_not_borne_out_is_asked_again_where_the_paths_are_others(repository: Path, commit: Commit) -> None:
    """The file that decides the claim comes with the second commit, and shares no word with it."""
    commit({"src/janitor.py": None})
    with Emulator(leads_if_there) as gemini:
        first = run(repository, gemini=gemini)
        commit({"src/janitor.py": JANITOR})
        second = run(repository, gemini=gemini)

    assert (ruling(first)["ruling"], ruling(second)["ruling"]) == ("UNPROVEN", "FULLY RESOLVED")
    assert ruling(second)["carried_from"] is None
    assert "first rounds: 1 to ask" in second.stderr


def test_what_is_carried_over_was_shown_the_same(repository: Path, commit: Commit) -> None:
    """A file comes that nobody leads to, and that would be shown beside the leads since its words fit best."""
    with Emulator(judge) as gemini:
        run(repository, gemini=gemini)
        commit({"src/sessions.py": f"# {STATEMENT}\n" * 12})
        second = run(repository, gemini=gemini)

    assert [request.is_leads for request in gemini.asked] == [True, False, True, False]
    assert "src/sessions.py" in gemini.asked[3].prompt
    assert ruling(second)["carried_from"] is None


@pytest.mark.parametrize("now", ["LIMIT_S = 3600\n", None])
def test_what_is_led_to_may_be_what_a_branch_touches(repository: Path, commit: Commit, now: str | None) -> None:
    with Emulator(judge) as gemini:
        base = document(run(repository, gemini=gemini))["repository"]["commit"]
        commit({"src/janitor.py": now})
        second = run(repository, "--changed", "--base", base, gemini=gemini)

    assert ruling(second)["ruling"] == "UNPROVEN"


def test_what_a_branch_changed_of_led_files_is_not_carried_over_to_another_branch(
    repository: Path, claims: Path, commit: Commit
) -> None:
    """What a branch changed is shown to claims that speak of a change, of led files too."""
    lowered = "The end of a session without a request was lowered from an hour to half an hour"
    claims.write_text(f"title: Idle\nclaims:\n  - {{id: idle, statement: {lowered}}}\n", encoding="utf-8")
    first = commit({"src/janitor.py": JANITOR.replace("1800", "3600")}).commit
    second = commit({"src/janitor.py": JANITOR}).commit

    def by_diff(request: Request) -> Answer:
        if request.is_leads or "-LIMIT_S = 3600" not in request.prompt:
            return judge(request) if request.is_leads else says(verdict(part(lowered, "cannot_tell")))
        return says(BORNE_OUT.replace(STATEMENT, lowered))

    with Emulator(by_diff) as gemini:
        before = run(repository, "--base", first, gemini=gemini)
        commit({"docs/later.md": "Other words.\n"})
        after = run(repository, "--base", second, gemini=gemini)

    assert (ruling(before)["ruling"], ruling(after)["ruling"]) == ("FULLY RESOLVED", "UNPROVEN")
    assert ruling(after)["carried_from"] is None


def test_branches_that_show_a_claim_other_files_are_each_remembered(repository: Path, commit: Commit) -> None:
    with Emulator(judge) as gemini:
        run(repository, gemini=gemini)
        commit({"src/janitor.py": "LIMIT_S = 3600\n"})
        run(repository, gemini=gemini)
        asked = len(gemini.asked)
        commit({"src/janitor.py": JANITOR, "docs/later.md": "Other words.\n"})
        back = run(repository, gemini=gemini)

    assert len(gemini.asked) == asked
    assert ruling(back)["ruling"] == "FULLY RESOLVED"


def test_what_cannot_be_opened_as_the_journal_knows_ends_its_claim_alone(
    repository: Path, claims: Path, commit: Commit
) -> None:
    named = "  - {id: limit, statement: '`LIMIT_S` is 1800, in `src/janitor.py`'}\n"
    claims.write_text(claims.read_text("utf-8") + named, encoding="utf-8")
    leads = says(json.dumps({"paths": ["src/janitor.py", *(f"src/{'long_' * 40}{n}.py" for n in range(7))]}))
    commit({f"src/{'long_' * 40}{n}.py": "x = 1\n" for n in range(7)})
    with Emulator(lambda request: leads if request.is_leads else judge(request)) as gemini:
        run(repository, gemini=gemini)
        small = run(repository, "--budget-tokens", "2600", gemini=gemini)

    assert small.exit_code in (3, 4)
    assert [one["claim_id"] for one in document(small)["rulings"]] == ["idle", "limit"]


def test_controls_may_ask_where_to_look_though_the_claim_need_not(repository: Path) -> None:
    with Emulator(judge) as gemini:
        run(repository, gemini=gemini)
        said = run(repository, "--controls", "1", gemini=gemini).stderr

    assert "3 controls: at most 21 requests, " in said


def test_of_leads_that_are_known_the_estimate_counts_what_is_asked_then(repository: Path, commit: Commit) -> None:
    with Emulator(judge) as gemini:
        run(repository, gemini=gemini)
        commit({"src/janitor.py": "LIMIT_S = 3600\n"})
        refused = run(repository, "--max-tokens", "1500", gemini=gemini)
        said = run(repository, gemini=gemini).stderr

    assert refused.exit_code == 2
    assert "the first rounds alone take about" in refused.stderr
    assert "1 claim: at most 6 requests, " in said
    assert "likely, by the first rounds, 2 requests, " in said


def test_it_is_recorded_first_and_replayed(repository: Path) -> None:
    cassette = Path("cassettes/idle.yaml")
    with Emulator(judge) as gemini:
        recorded = run(repository, "--record", str(cassette), gemini=gemini)

    replayed = run(repository, "--replay", str(cassette))

    assert [one.asks for one in read_cassette(cassette).interactions] == [Asks.LEADS, Asks.VERDICT, Asks.READING]
    assert ruling(replayed)["ruling"] == ruling(recorded)["ruling"] == "FULLY RESOLVED"
    assert ruling(replayed)["leads"]["source"] == "recorded"


def test_a_recheck_derives_the_ruling_with_the_same_leads(repository: Path, folder: Path) -> None:
    cassette = Path("cassettes/idle.yaml")
    with Emulator(judge) as gemini:
        run(repository, "--record", str(cassette), gemini=gemini)
    (record,) = (folder / "reports" / "idle").glob("*.json")

    assert call("recheck", str(record), "--repo", str(repository), "--cassette", str(cassette)).exit_code == 0

    told = json.loads(record.read_text("utf-8"))
    told["rulings"][0]["leads"]["reply"] = json.dumps({"paths": ["src/part1.py"]})
    record.write_text(json.dumps(told), encoding="utf-8")
    again = call("recheck", str(record), "--repo", str(repository), "--cassette", str(cassette))
    assert again.exit_code == 1
    assert "round 1, where to look" in again.output


def test_a_record_of_before_is_rechecked_without_being_asked_where_to_look(repository: Path, folder: Path) -> None:
    with Emulator(judge) as gemini:
        run(repository, gemini=gemini)
    (record,) = (folder / "reports" / "idle").glob("*.json")
    told = json.loads(record.read_text("utf-8"))
    del told["rulings"][0]["leads"]
    record.write_text(json.dumps(told), encoding="utf-8")

    again = call("recheck", str(record), "--repo", str(repository))

    assert again.exit_code == 0, again.output


def test_in_a_batch_it_is_a_job_of_its_own(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    soon = Patience(first_look_s=0.01)  # the service's hours are the emulator's moments
    monkeypatch.setattr(model_stack, "Batched", partial(Batched, patience=soon))
    with Emulator(judge) as gemini:
        told = ruling(run(repository, "--batch", gemini=gemini))
        jobs = [request for request in gemini.requests if request.path.endswith(":batchGenerateContent")]

    assert told["ruling"] == "FULLY RESOLVED"
    assert len(jobs) == 3


def test_what_a_run_and_a_pack_say_beforehand_counts_it(repository: Path) -> None:
    with Emulator(judge) as gemini:
        said = run(repository, gemini=gemini).stderr

    packed = call("pack", "--repo", str(repository), "--show").stdout

    for told in (said, packed):
        assert "1 claim: at most 7 requests, " in told
        assert "likely, by the first rounds, 3 requests, " in told
    assert "\n  asked first where to look: " in packed
    assert "\n----- leads -----\n" in packed
    assert "\n----- schema of the reply: leads, sent with each such prompt -----\n" in packed
    assert "----- claim -----" not in packed


def test_at_most_a_first_round_takes_the_budget_and_controls_ask_too(repository: Path) -> None:
    estimate = call("pack", "--repo", str(repository), "--max-rounds", "1", "--budget-tokens", "30000").stdout
    with Emulator(judge) as gemini:
        said = run(repository, "--controls", "1", gemini=gemini).stderr

    most = re.search(r"at most 3 requests, (\d+)k tokens", estimate)
    assert most is not None
    assert int(most[1]) > (30_000 + 30_000) * 1.15 / 1000
    assert "3 controls: at most 21 requests, " in said


def test_a_cap_that_the_first_question_passes_ends_the_claim_before_it(repository: Path) -> None:
    with Emulator(judge) as gemini:
        result = run(repository, "--max-tokens", "100", gemini=gemini)

    assert result.exit_code == 2
    assert "--max-tokens is 100" in result.stderr
    assert not gemini.asked
