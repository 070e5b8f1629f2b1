"""`verifier eval`: judges held to labels, live, by the journal, from cassettes and by finished runs."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from tests import ROOT
from tests.conftest import Commit
from tests.evidence.replies import reading
from tests.model.emulator import Answer, Emulator, Request, says
from tests.runs.test_spending import PRICES
from tests.runs.workers import KEY, asked, at, call, claim, files, judge, worker, write_claims
from verifier import RunOptions, run
from verifier.cost.prices import Prices
from verifier.demo.sample import JUDGED, build_sample
from verifier.evaluation.rendering import TITLE, as_markdown
from verifier.evaluation.side_by_side import Evaluation

CARELESS = "gemini-3.5-flash"
"""Takes every worker for what it is said to be."""


def either(request: Request) -> Answer:
    """A judge who errs where the careless model is asked."""
    given = judge(request)
    return believing(given) if request.model == CARELESS else given


def text_of(given: Answer) -> str:
    assert given.reply is not None
    text: str = given.reply["candidates"][0]["content"]["parts"][0]["text"]
    return text


def believing(given: Answer) -> Answer:
    return says(text_of(given).replace('"holds": "no"', '"holds": "yes"').replace("contradicts", "supports"))


@pytest.fixture
def judges() -> Iterator[Emulator]:
    with Emulator(either) as emulator:
        yield emulator


@pytest.fixture(autouse=True)
def _claims(folder: Path, commit: Commit) -> None:
    """Four labelled claims, two of them false and one about a file that is not there; and one without a label."""
    commit(files(1, 5) | {"worker2.py": worker(2, 22), "worker3.py": worker(3, 33)})
    write_claims(
        folder,
        claim(1, "expect: FULLY RESOLVED", "tags: [fast]"),
        claim(2, "expect: NOT RESOLVED", "tags: [fast]"),
        claim(3, "expect: NOT RESOLVED", 'expect_why: "33 <b>is</b> no 3"'),
        claim(4, "expect: NOT RESOLVED"),
        claim(5),
    )
    (folder / "prices.toml").write_text(PRICES + PRICES.replace("gemini-3.8-flash", CARELESS), encoding="utf-8")


def evaluate(repository: Path, emulator: Emulator, *arguments: str) -> Result:
    return call("eval", "--repo", str(repository), *arguments, **at(emulator))


def figures(result: Result) -> Any:
    return json.loads(result.stdout)


BOTH = ("--model", "gemini-3.8-flash", "--model", CARELESS, "--prices", "prices.toml")


def test_two_judges_stand_side_by_side(repository: Path, judges: Emulator) -> None:
    result = evaluate(repository, judges, *BOTH, "--format", "json")

    # By hand: FULLY once, NOT three times; the careful one is right of three and open of one, the other of one.
    # Kappa of the first: observed 3/4, by chance (1*1 + 3*2)/16; of the second 1/4, and (1*3 + 3*0)/16.
    assert result.exit_code == 0
    careful, careless = figures(result)["scores"]
    assert careful["kappa"]["value"] == pytest.approx((3 / 4 - 7 / 16) / (1 - 7 / 16))
    assert careless["kappa"]["value"] == pytest.approx((1 / 4 - 3 / 16) / (1 - 3 / 16))
    assert counts(careful) == {("FULLY", "FULLY"): 1, ("NOT", "NOT"): 2, ("NOT", "UNPROVEN"): 1}
    assert counts(careless) == {("FULLY", "FULLY"): 1, ("NOT", "FULLY"): 2, ("NOT", "UNPROVEN"): 1}
    assert (careful["total"]["wrong"], careless["total"]["wrong"]) == (0, 2)
    assert hits(careless["precision"]["FULLY RESOLVED"]) == (1, 3)
    assert hits(careful["recall"]["NOT RESOLVED"]) == (2, 3)
    assert hits(careful["decided"]) == (3, 3)
    assert hits(careless["tags"]["fast"]["agreement"]) == (1, 2)
    assert hits(careful["readings"]) == (3, 3)
    (compared,) = figures(result)["compared"]
    assert (compared["only_first"], compared["only_second"], compared["right"]["value"]) == (2, 0, -0.5)
    assert compared["wrong"]["value"] == 0.5
    assert compared["right"]["interval"]["high"] <= 0.0 < -compared["right"]["interval"]["low"]


def counts(score: Any) -> dict[tuple[str, str], int]:
    short = {"FULLY RESOLVED": "FULLY", "PARTIALLY RESOLVED": "PARTIALLY", "NOT RESOLVED": "NOT"}
    return {
        (short[label], short.get(word, word)): number
        for label, row in score["matrix"].items()
        for word, number in row.items()
        if number
    }


def hits(share: Any) -> tuple[int, int]:
    return share["hits"], share["total"]


def test_only_labelled_claims_are_asked_about_and_none_twice(repository: Path, judges: Emulator) -> None:
    first = evaluate(repository, judges, *BOTH, "--format", "json")
    sent = len(judges.requests)
    second = evaluate(repository, judges, *BOTH, "--format", "json")

    assert Counter(asked(judges)) == {"Worker1": 2, "Worker2": 2, "Worker3": 2, "Worker4": 2}
    assert len(judges.requests) == sent
    assert figures(second) == figures(first), "what was paid when it came is what it costs"
    costs = figures(first)["scores"][0]["costs"]
    assert (costs["requests"], costs["billed_of"], costs["priced_of"]) == ((3 * 2 + 1) / 4, 4, 4)
    assert 0 < costs["dollars"] < 0.1
    assert costs["billed_tokens"] > costs["sent_tokens"] > 1000


def test_what_all_runs_take_is_told_before_the_first_call(repository: Path, judges: Emulator) -> None:
    told = evaluate(repository, judges, *BOTH).stderr.splitlines()
    again = evaluate(repository, judges, *BOTH).stderr.splitlines()

    assert told[:2] == ["2 runs in all:", told[1]]
    assert told[1].startswith("8 claims: at most ")
    assert told[2].startswith("first rounds: 8 to ask; about ")
    assert told[3] == "gemini-3.8-flash"
    assert again[1] == "8 claims, 8 answered by the journal; nothing is asked in the first round"


@pytest.mark.parametrize("cap", [("--max-cost", "0.3"), ("--max-tokens", "70000")])
def test_a_cap_that_one_run_keeps_and_two_do_not_is_refused_before_anything_is_asked(
    repository: Path, judges: Emulator, cap: tuple[str, str]
) -> None:
    result = evaluate(repository, judges, *BOTH, *cap)

    assert (result.exit_code, len(judges.requests)) == (2, 0)
    assert f"and {cap[0]} is {float(cap[1]):g}" in result.stderr
    assert evaluate(repository, judges, *BOTH[2:], *cap).exit_code != 2


def test_a_cap_that_the_first_run_uses_up_ends_the_evaluation_with_its_figures(repository: Path) -> None:
    dear = {"promptTokenCount": 150_000, "candidatesTokenCount": 10, "totalTokenCount": 150_010}

    with Emulator(judge, reader=lambda _: says(reading({"p1": "shows"}), usage=dear)) as emulator:
        result = evaluate(repository, emulator, *BOTH, "--claim", "adds-1", "--max-tokens", "150000")

        assert result.exit_code == 4
        assert "- **incomplete**: " in result.stdout
        assert "## gemini-3.8-flash\n\n- ruled as labelled: 1 of 1" in result.stdout
        assert "max_tokens of 150000 is used up by earlier claims; raise it" in result.stderr
        assert {request.model for request in emulator.asked} == {"gemini-3.8-flash"}


def test_repetitions_ask_anew_and_say_which_rulings_change(repository: Path) -> None:
    asked_before: Counter[str | None] = Counter()

    def wavering(request: Request) -> Answer:
        asked_before[request.statement] += 1
        truthful = asked_before[request.statement] == 1
        return judge(request) if truthful else believing(judge(request))

    with Emulator(wavering) as emulator:
        result = evaluate(repository, emulator, "--repeat", "2")
        sent = len(emulator.requests)
        again = evaluate(repository, emulator, "--repeat", "2")

        assert len(emulator.requests) == sent, "every repetition has a journal of its own, and resumes"
    assert again.stdout == result.stdout
    assert "- ruled alike in each of 2 runs: 2 of 4 (50%, 15% to 85%)" in result.stdout
    changed = result.stdout.partition("### Rulings that changed\n\n")[2]
    assert changed.startswith("- `adds-2`: labelled NOT, ruled NOT, FULLY: ")
    assert "### Wrong rulings" not in result.stdout


def test_folders_of_prompts_are_compared(repository: Path, gemini: Emulator) -> None:
    for name in ("short", "long"):
        shutil.copytree(ROOT / "prompts", name)
    system = next(path for path in Path("long").iterdir() if "system" in path.name or "instructions" in path.name)
    system.write_text(system.read_text("utf-8") + "\nTake your time." * 200, encoding="utf-8")

    result = evaluate(repository, gemini, "--prompts", "short", "--prompts", "long", "--claim", "adds-1")

    table = result.stdout.partition("## Side by side\n\n")[2].splitlines()
    assert table[2].startswith("| gemini-3.8-flash, short | 1 of 1")
    assert table[3].startswith("| gemini-3.8-flash, long | 1 of 1")
    sent = [int(row.split("|")[9].replace(",", "")) for row in table[2:4]]
    assert sent[1] > sent[0] + 500
    assert "a difference in up to 95% of claims may still be there" in result.stdout


@pytest.mark.parametrize(("number", "told"), [(8, "it is better"), (2, "these claims cannot tell which is better")])
def test_a_judge_who_alone_is_right_on_every_claim_is_told_apart(
    folder: Path, commit: Commit, repository: Path, judges: Emulator, number: int, told: str
) -> None:
    commit({f"worker{n}.py": worker(n, 11 * n) for n in range(1, number + 1)})
    write_claims(folder, *(claim(n, "expect: NOT RESOLVED") for n in range(1, number + 1)))

    result = evaluate(repository, judges, *BOTH[2:4], *BOTH[:2])

    assert f"over {number} claims: +100 points (" in result.stdout
    assert f" to +100) ruled as labelled ({number} it alone, 0 the other alone): {told}; -100 points" in result.stdout


def test_a_finished_run_is_measured_by_labels_that_came_later(repository: Path, gemini: Emulator) -> None:
    call("run", "-q", "--repo", str(repository), **at(gemini))
    (record,) = map(str, Path("reports").rglob("*.json"))
    text = Path("claims/workers.yaml").read_text("utf-8").replace("adds 1,", "adds 11,")
    Path("claims/workers.yaml").write_text(text + "    expect: FULLY RESOLVED\n", encoding="utf-8")

    result = call("eval", "--run", record, "--format", "json")

    (score,) = figures(result)["scores"]
    assert [case["claim_id"] for case in score["cases"]] == ["adds-2", "adds-3", "adds-4", "adds-5"]
    assert (score["name"], hits(score["total"]["agreement"])) == (record, (3, 4))


@pytest.mark.parametrize(
    ("chosen", "measured"), [(("--claim", "adds-3"), ["adds-3"]), (("--tag", "fast"), ["adds-1", "adds-2"])]
)
def test_of_a_finished_run_only_the_claims_that_are_chosen_are_measured(
    repository: Path, gemini: Emulator, chosen: tuple[str, str], measured: list[str]
) -> None:
    call("run", "-q", "--repo", str(repository), **at(gemini))
    (record,) = map(str, Path("reports").rglob("*.json"))

    (score,) = figures(call("eval", "--run", record, *chosen, "--format", "json"))["scores"]

    assert [case["claim_id"] for case in score["cases"]] == measured


@pytest.mark.parametrize("now", ["adds 11,", "adds 1,"], ids=["reworded", "no label"])
def test_a_finished_run_without_a_label_passes_no_gate(repository: Path, gemini: Emulator, now: str) -> None:
    call("run", "-q", "--repo", str(repository), "--claim", "adds-1", **at(gemini))
    (record,) = map(str, Path("reports").rglob("*.json"))
    text = Path("claims/workers.yaml").read_text("utf-8").replace("adds 1,", now)
    text = text if now == "adds 11," else text.replace("    expect: FULLY RESOLVED\n", "")
    Path("claims/workers.yaml").write_text(text, encoding="utf-8")

    result = call("eval", "--run", record, "--max-wrong", "0")

    assert (result.exit_code, result.stdout) == (2, "")
    assert f"{record}: no claim has a label in the claim files, or none says the same still" in result.stderr


def test_a_way_to_judge_without_a_labelled_ruling_fails_and_is_named(repository: Path, gemini: Emulator) -> None:
    """As where a policy's claims are judged, and the labels are in the branch's."""
    records = run(RunOptions(repo=repository, ids=("adds-5",), base_url=gemini.url, api_key=KEY))

    evaluation = Evaluation.of({"by policy": [records]}, Prices())

    assert evaluation.misses(None, None) == ["by policy: no ruling has a label, so that nothing was measured"]
    assert "- **not measured**, since no ruling has a label: by policy\n" in as_markdown(evaluation)


@pytest.mark.parametrize(
    ("model", "gate", "code", "fails"),
    [
        pytest.param("gemini-3.8-flash", ["--min-kappa", "0.5", "--max-wrong", "0"], 0, "", id="passes"),
        pytest.param(CARELESS, ["--min-kappa", "0.5"], 1, "kappa is 0.08; --min-kappa asks for 0.5", id="kappa"),
        pytest.param(CARELESS, ["--max-wrong", "1"], 1, "2 wrong; --max-wrong allows 1", id="wrong"),
        pytest.param("no-such-model", ["--max-wrong", "0"], 4, "", id="not judged"),
    ],
)
def test_the_exit_code_is_a_gate(
    repository: Path, judges: Emulator, model: str, gate: list[str], code: int, fails: str
) -> None:
    result = evaluate(repository, judges, "-q", "--model", model, *gate)

    assert result.exit_code == code
    assert ("fails: " in result.stderr, fails in result.stderr) == (bool(fails), True)


@pytest.mark.parametrize(
    ("arguments", "says_so"),
    [
        pytest.param(["--claim", "adds-5"], "no claim has a label; `verifier claims label` gives", id="no label"),
        pytest.param(["--replay", "a", "--replay", "b"], "1 to judge with and 2 of --replay", id="cassettes"),
        pytest.param(["--replay", "a", "--repeat", "2"], "a cassette says the same every time", id="replay repeated"),
        pytest.param(["--model", "a", "--model", "a"], "the same is to be compared with itself", id="one twice"),
    ],
)
def test_what_makes_no_sense_is_refused(repository: Path, gemini: Emulator, arguments: list[str], says_so: str) -> None:
    result = evaluate(repository, gemini, *arguments)

    assert (result.exit_code, len(gemini.requests)) == (2, 0)
    assert says_so in result.stderr


def test_a_settings_file_names_the_model_here_too(repository: Path, judges: Emulator) -> None:
    Path("verifier.toml").write_text(f'model = "{CARELESS}"\n', encoding="utf-8")

    assert f"## {CARELESS}\n" in evaluate(repository, judges, "--claim", "adds-1").stdout


def test_the_sample_is_evaluated_from_its_cassette_and_authored_replies_pass_no_gate(tmp_path: Path) -> None:
    build_sample(tmp_path / "sample")
    sample = ["eval", str(ROOT / "claims/phase4.yaml"), "--repo", str(tmp_path / "sample"), "--ref", JUDGED, "-q"]

    result = call(*sample, "--replay", str(ROOT / "cassettes/phase4.yaml"), "--max-wrong", "0")

    assert result.exit_code == 1
    assert result.stderr == "fails: replies are authored, not a model's; such replies pass no gate\n"
    assert "- 10 labelled claims: 3 FULLY RESOLVED, 2 PARTIALLY RESOLVED, 5 NOT RESOLVED\n" in result.stdout
    assert "replies are authored, not a model's**" in result.stdout


def test_a_page_shows_the_same_and_foreign_text_in_it_is_text(repository: Path, judges: Emulator) -> None:
    evaluate(repository, judges, "--model", CARELESS, "--format", "html", "--out", "judge.html")
    page = Path("judge.html").read_text("utf-8")

    assert f"<h1>{TITLE}</h1>" in page
    assert "<h3>Wrong rulings</h3>" in page
    assert "33 &lt;b&gt;is&lt;/b&gt; no 3" in page
    assert page.count("<script") == 0
    assert "default-src &#39;none&#39;" in page
    assert " style=" not in page
