"""What a run costs, as people meet it: caps, prices and batches, through the whole command line."""

from __future__ import annotations

import re
import statistics
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from tests.conftest import Commit
from tests.cost.listed import LAST_DAY, NEW_YEAR, listed_prices
from tests.model.emulator import Emulator
from tests.runs.workers import at, call, claim, document, files, judge, write_claims
from verifier.model.batching import Batched, Patience
from verifier.runs import model_stack
from verifier.values.exhibit import LIKELY_TOKENS

CLAIMS = 6
PRICES = """\
[models."gemini-3.8-flash"]
as_of = 2026-11-01
source = "a test"
input = 1.0
cached = 0.1
output = 10.0
"""


@pytest.fixture
def folder(tmp_path: Path, commit: Commit, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with claims about a commit in which they are true, and a price file."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    write_claims(folder, *map(claim, range(CLAIMS)))
    commit(files(*range(CLAIMS)))
    (folder / "prices.toml").write_text(PRICES, encoding="utf-8")
    return folder


def run(repository: Path, gemini: Emulator, *arguments: str) -> Result:
    return call("run", "--repo", str(repository), "--json", *arguments, **at(gemini))


def priced(repository: Path, gemini: Emulator, *arguments: str) -> Result:
    return run(repository, gemini, "--prices", "prices.toml", *arguments)


def with_prices(folder: Path, *more: str) -> None:
    (folder / "prices.toml").write_text(PRICES + "".join(f"{line}\n" for line in more), encoding="utf-8")


def price_of(usage: dict[str, int], factor: float = 1.0) -> float:
    fresh, written = usage["prompt"] - usage["cached"], usage["output"] + usage["thoughts"]
    return float(factor * (fresh * 1.0 + written * 10.0 + usage["cached"] * 0.1) / 1e6)


def billed(usage: dict[str, int]) -> int:
    return usage["prompt"] + usage["output"] + usage["thoughts"]


def errors(result: Result) -> list[str]:
    return [ruling["error"] for ruling in document(result)["rulings"] if ruling["error"]]


def test_before_the_first_call_a_run_says_what_it_will_take(folder: Path, repository: Path, gemini: Emulator) -> None:
    first = priced(repository, gemini)
    again = priced(repository, gemini)

    at_most, likely = first.stderr.splitlines()[:2]
    takes = r"\d+k tokens, \$\d+\.\d{4}"
    assert re.fullmatch(
        rf"6 claims: at most 36 requests, {takes}; likely, by the first rounds, 12 requests, {takes}", at_most
    )
    assert re.fullmatch(r"first rounds: 6 to ask; about \d+k tokens to send \(prices of .*\)", likely)
    assert again.stderr.splitlines()[0] == "6 claims, 6 answered by the journal; nothing is asked in the first round"


def exchanges(result: Result) -> list[dict[str, Any]]:
    rounds = [one for ruling in document(result)["rulings"] for one in ruling["rounds"]]
    return [one for done in rounds for one in (done, done["reading"]) if one is not None]


def test_pack_and_run_say_one_figure_and_how_it_is_counted(folder: Path, repository: Path, gemini: Emulator) -> None:
    for counted in (
        "tokens: counted offline, about 2500 a claim for a second reading, the reply's schema of ",
        "tokens: counted offline, about 2500 a claim for a second reading, times ",  # as the journal knows by then
    ):
        few = ("--claim", "adds-1", "--claim", "adds-2")
        packed = call("pack", "--repo", str(repository), "--prices", "prices.toml", *few).stdout.splitlines()
        ran = priced(repository, gemini, "--fresh", *few)

        assert packed[-2:] == ran.stderr.splitlines()[:2]
        assert packed[-3].startswith(counted)
        each = [int(found[1]) for line in packed if (found := re.match(r"adds-\d: (\d+) tokens, about \$", line))]
        assert len(each) == 2
        total = f"{sum(each)} tokens" if sum(each) < 10_000 else f"{sum(each) / 1000:.0f}k tokens"
        assert f"about {total} to send" in packed[-1]


def test_pack_makes_no_journal(folder: Path, repository: Path) -> None:
    call("pack", "--repo", str(repository))

    assert not (folder / ".verifier").exists()


def test_an_estimate_learns_from_what_the_service_has_counted(folder: Path, repository: Path, gemini: Emulator) -> None:
    two = ("--claim", "adds-0", "--claim", "adds-1")
    counted = exchanges(run(repository, gemini))

    again = run(repository, gemini, "--fresh", *two)

    found = re.search(r"about (\d+) tokens to send", again.stderr)
    assert found is not None
    ratio = statistics.median(one["usage"]["prompt"] / one["tokens_estimated"] for one in counted)
    verdicts = sum(one["tokens_estimated"] for one in exchanges(again)[::2])
    assert int(found[1]) == pytest.approx(ratio * (verdicts + 2 * LIKELY_TOKENS), rel=0.01)


def test_claim_sets_that_are_judged_together_are_estimated_together(
    folder: Path, repository: Path, gemini: Emulator
) -> None:
    write_claims(folder, *map(claim, range(CLAIMS)), name="workers-again")

    result = run(repository, gemini, "--max-tokens", "75000")

    assert result.exit_code == 2
    assert result.stderr.splitlines()[0].startswith("12 claims: at most 72 requests, ")
    assert gemini.requests == ()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--max-cost", "5", "--model", "nobody-knows"], "the price of nobody-knows is unknown, so --max-cost cannot"),
        (["--max-cost", "0.0001"], "the first rounds alone cost about $"),
        (["--max-cost", "0.001", "--prices", "prices.toml"], "the first rounds alone cost about $"),
        (["--max-tokens", "5000"], "the first rounds alone take about "),
    ],
    ids=["the price is unknown", "too dear", "too dear by its own price", "too long"],
)
@pytest.mark.parametrize("recording", [(), ("--record", "pool.yaml")], ids=["live", "recorded"])
def test_a_cap_that_cannot_be_kept_is_refused_before_anything_is_sent(
    arguments: list[str], says: str, recording: tuple[str, ...], folder: Path, repository: Path, gemini: Emulator
) -> None:
    result = run(repository, gemini, *arguments, *recording)

    assert result.exit_code == 2
    assert says in result.stderr.splitlines()[-1]
    assert gemini.requests == ()


def test_calls_at_once_stay_within_the_cap_and_what_does_not_fit_is_no_verdict(
    folder: Path, repository: Path, commit: Commit, gemini: Emulator
) -> None:
    padding = "".join(f"PADDING_{number} = {number}\n" for number in range(1500))
    commit({path: f"{text!s}{padding}" for path, text in files(*range(CLAIMS)).items()})
    three = ("--claim", "adds-0", "--claim", "adds-1", "--claim", "adds-2")
    small = ("--fresh", "--max-output-tokens", "1000", *three)
    run(repository, gemini, *small)  # from now on the service's own counts are known
    verdicts, readings, cap = len(gemini.asked), len(gemini.read), 50_000

    result = run(repository, gemini, *small, "--max-tokens", str(cap), "--concurrency", "3")

    verdicts, readings = len(gemini.asked) - verdicts, len(gemini.read) - readings
    assert result.exit_code == 4
    assert 0 < verdicts < 3
    assert len(errors(result)) == 3 - readings
    assert all(f"of --max-tokens {cap} are left" in error for error in errors(result))
    assert billed(document(result)["totals"]["usage"]) <= cap


def test_second_readings_stay_within_the_cap_too(folder: Path, repository: Path, gemini: Emulator) -> None:
    small = ("--max-output-tokens", "1000")
    run(repository, gemini, *small)
    verdicts, readings, cap = len(gemini.asked), len(gemini.read), 10_000

    result = run(repository, gemini, *small, "--max-tokens", str(cap), "--reader-model", "gemini-3.5-flash")

    assert result.stderr.startswith("6 claims, 6 answered by the journal; nothing is asked in the first round")
    assert len(gemini.asked) == verdicts
    assert result.exit_code == 4
    assert 0 < len(gemini.read) - readings < CLAIMS
    assert all(f"of --max-tokens {cap} are left" in error for error in errors(result))
    assert billed(document(result)["totals"]["usage"]) <= cap


def test_a_recording_keeps_within_the_cap_too(folder: Path, repository: Path, gemini: Emulator) -> None:
    caps = ("--max-output-tokens", "8192", "--max-tokens", "29000", "--claim", "adds-0")

    result = run(repository, gemini, "--record", "pool.yaml", *caps)

    assert result.exit_code == 4
    assert gemini.asked == ()
    assert "may take 31k tokens and 29k tokens of --max-tokens 29000 are left" in errors(result)[0]


def test_a_price_says_what_each_claim_and_the_run_cost(folder: Path, repository: Path, gemini: Emulator) -> None:
    record = document(priced(repository, gemini))

    assert [ruling["cost"] for ruling in record["rulings"]] == [
        pytest.approx(price_of(ruling["usage"])) for ruling in record["rulings"]
    ]
    assert record["totals"]["cost"] == pytest.approx(price_of(record["totals"]["usage"]))
    history = call("history", "--json").stdout
    assert f'"cost": {record["rulings"][0]["cost"]}' in history


def test_the_default_model_has_a_price_of_a_day_and_a_source(folder: Path, repository: Path, gemini: Emulator) -> None:
    record = document(run(repository, gemini, "--max-cost", "5"))

    by = f"prices of {datetime.now(UTC).date()}, genai-prices {version('genai-prices')}"
    assert record["totals"]["cost"] > 0
    assert {tuple(ruling["priced_by"]) for ruling in record["rulings"]} == {(by,)}
    (report,) = (folder / "reports").rglob("*.md")
    assert f"({by})" in report.read_text("utf-8")


def test_a_replay_is_priced_by_the_day_of_its_recording(folder: Path, repository: Path) -> None:
    with listed_prices(), Emulator(judge, models=("doubles",)) as gemini:
        model, cassette = ("--model", "doubles"), folder / "pool.yaml"
        run(repository, gemini, *model, "--record", "pool.yaml")
        text = cassette.read_text("utf-8")
        costs = []
        for day in (LAST_DAY, NEW_YEAR):
            dated = re.sub(r"recorded_at: .*", f"recorded_at: '{day}T12:00:00+00:00'", text)
            cassette.write_text(dated, encoding="utf-8")
            replayed = document(run(repository, gemini, *model, "--replay", "pool.yaml"))
            assert all(f"prices of {day}, " in by for ruling in replayed["rulings"] for by in ruling["priced_by"])
            costs.append(replayed["totals"]["cost"])

    assert costs[0] > 0
    assert costs[1] == pytest.approx(2 * costs[0])


def test_without_a_price_a_report_says_unknown_and_never_zero(folder: Path, repository: Path) -> None:
    with Emulator(judge, models=("nobody-knows",)) as gemini:
        record = document(run(repository, gemini, "--model", "nobody-knows"))

    assert record["totals"]["cost"] is None
    (report,) = (folder / "reports").rglob("*.md")
    assert "price unknown" in report.read_text("utf-8")


def test_what_the_claims_share_is_sent_first_and_is_the_same_for_all(
    folder: Path, repository: Path, gemini: Emulator
) -> None:
    run(repository, gemini)

    begins = {(request.system, request.body["contents"][0]["parts"][0]["text"]) for request in gemini.asked}
    assert len(gemini.asked) == CLAIMS
    assert len(begins) == 1
    assert all(list(request.body)[:2] == ["contents", "systemInstruction"] for request in gemini.asked)
    assert not any("Worker" in text for texts in begins for text in texts)


def test_a_batch_costs_half(folder: Path, repository: Path, gemini: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    soon = Patience(first_look_s=0.01)  # the service's hours are the emulator's moments
    monkeypatch.setattr(model_stack, "Batched", partial(Batched, patience=soon))

    record = document(priced(repository, gemini, "--batch"))

    assert [request.path.partition(":")[2] for request in gemini.requests if request.method == "POST"] == [
        "batchGenerateContent",
        "batchGenerateContent",
    ]
    assert (len(gemini.asked), len(gemini.read)) == (CLAIMS, CLAIMS)
    assert record["totals"]["rulings"]["FULLY RESOLVED"] == CLAIMS
    assert record["totals"]["cost"] == pytest.approx(price_of(record["totals"]["usage"], factor=0.5))
    assert document(priced(repository, gemini, "--batch"))["totals"]["sources"]["journal"] == 2 * CLAIMS
    with_prices(folder, "batch = 0.25")
    again = document(priced(repository, gemini, "--batch", "--fresh"))
    assert again["totals"]["cost"] == pytest.approx(price_of(again["totals"]["usage"], factor=0.25))


def test_only_live_replies_pass_where_that_is_required(folder: Path, repository: Path, gemini: Emulator) -> None:
    live = ("--require", "live")

    assert run(repository, gemini, *live).exit_code == 0
    kept = run(repository, gemini, *live)
    assert kept.exit_code == 1
    assert "fails: adds-0: a reply is from the journal; --fresh asks anew" in kept.stderr
    assert run(repository, gemini, *live, "--fresh").exit_code == 0


def test_some_of_many_claims_stand_for_all_before_the_first_call(
    folder: Path, repository: Path, commit: Commit, gemini: Emulator
) -> None:
    """What cannot be started is refused without opening each of them."""
    write_claims(folder, *map(claim, range(100, 501)))
    commit(files(*range(100, 501)))

    def said(*arguments: str) -> re.Match[str]:
        told = call("run", "--repo", str(repository), "--max-tokens", "1", *arguments, **at(gemini))
        assert told.exit_code == 2
        found = re.search(r"(.*): at most .*\nfirst rounds: \d+ to ask; about ([\d.]+)k? tokens to send", told.stderr)
        assert found is not None
        return found

    one, many = said("--claim", "adds-300"), said()

    assert (one[1], many[1]) == ("1 claim", "401 claims, estimated by 37 of them")
    assert float(many[2]) * 1000 == pytest.approx(401 * float(one[2]), rel=0.05)
    assert not gemini.exchanges
