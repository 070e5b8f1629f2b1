"""`verifier.run`: from options to records, without a command line."""

from __future__ import annotations

import asyncio
import re
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import Commit
from tests.model.emulator import Emulator, hangs
from tests.runs.workers import KEY, claim, files, judge, write_claims
from verifier import RunOptions, RunRecord, VerifierError, Watcher, run
from verifier.cost.prices import Bill
from verifier.errors import UsageError
from verifier.runs.allowance import Allowance
from verifier.values.claim import Claim, Word
from verifier.values.outcome import Outcome


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator(judge) as started:
        yield started


@pytest.fixture
def options(
    emulator: Emulator, commit: Commit, repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> RunOptions:
    commit(files(1, 2))
    monkeypatch.chdir(tmp_path)
    write_claims(tmp_path, claim(1), claim(2), claim(3))
    return RunOptions(repo=repository, api_key=KEY, base_url=emulator.url, max_rounds=1)


def words(record: RunRecord) -> dict[str, Word]:
    return {ruling.claim_id: ruling.ruling for ruling in record.rulings}


RULINGS = {"adds-1": Word.FULLY, "adds-2": Word.FULLY, "adds-3": Word.UNPROVEN}


class Seen(Watcher):
    """Writes down what it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.waiting: Callable[[], int] | None = None

    def begins(self, total: int, bill: Callable[[Outcome], Bill], waiting: Callable[[], int]) -> None:
        self.told.append(f"{total} begin")
        self.bill, self.waiting = bill, waiting

    def started(self, claim: Claim) -> None:
        self.told.append(f"{claim.id} starts")

    def done(self, outcome: Outcome) -> None:
        self.told.append(f"{outcome.claim.id} is done")
        assert self.bill(outcome).cost is not None

    def say(self, line: str) -> None:
        self.told.append(re.split(r" requests|;", line)[0])

    def insist(self, line: str) -> None:
        self.told.append(line)

    def ends(self) -> None:
        self.told.append("over")


def test_a_run_gives_its_record_and_prints_nothing(
    options: RunOptions, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (record,) = run(options)

    assert words(record) == RULINGS
    assert capfd.readouterr() == ("", "")
    assert not (tmp_path / "reports").exists()


def test_what_was_answered_is_asked_no_more(options: RunOptions, emulator: Emulator) -> None:
    (first,) = run(options)
    asked = len(emulator.asked)
    (second,) = run(options)

    assert asked == 3
    assert len(emulator.asked) == asked
    assert words(first) == words(second)


def test_each_claim_set_has_a_record_in_the_order_of_the_files(options: RunOptions, tmp_path: Path) -> None:
    write_claims(tmp_path, claim(2), name="a-first")

    records = run(options)

    assert [record.claim_set.path for record in records] == ["claims/a-first.yaml", "claims/workers.yaml"]
    assert [list(words(record)) for record in records] == [["adds-2"], ["adds-1", "adds-2", "adds-3"]]


def test_a_watcher_is_told_how_it_goes(options: RunOptions) -> None:
    seen = Seen()

    run(replace(options, concurrency=1, ids=("adds-1", "adds-2")), seen)

    assert seen.told[0] == "2 begin"
    assert seen.told[1:] == [
        "2 claims: at most 4",
        "first rounds: 2 to ask",
        "adds-1 starts",
        "adds-1 is done",
        "adds-2 starts",
        "adds-2 is done",
        "over",
    ]
    assert seen.waiting is not None
    assert seen.waiting() == 0


def test_a_watcher_is_told_of_two_keys_and_of_an_end_that_an_error_makes(
    options: RunOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = Seen()
    monkeypatch.setenv("GOOGLE_API_KEY", KEY)
    monkeypatch.setenv("GEMINI_API_KEY", KEY[::-1])

    with pytest.raises(UsageError, match="max-tokens"):
        run(replace(options, api_key=None, max_tokens=1), seen)

    assert seen.told[0] == "verifier: GOOGLE_API_KEY and GEMINI_API_KEY are both set; GOOGLE_API_KEY is used"
    assert seen.told[-1] == "over"


def test_a_run_leaves_signals_and_the_event_loop_as_they_were(options: RunOptions) -> None:
    before = signal.getsignal(signal.SIGINT)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        run(options)
        assert asyncio.get_event_loop_policy().get_event_loop() is loop
    finally:
        asyncio.set_event_loop(None)
        loop.close()

    assert signal.getsignal(signal.SIGINT) is before


def test_within_an_event_loop_a_run_is_given_a_thread(options: RunOptions) -> None:
    async def judged() -> list[RunRecord]:
        return await asyncio.to_thread(run, options)

    (record,) = asyncio.run(judged())

    assert words(record) == RULINGS


def test_within_an_event_loop_a_run_without_a_thread_says_what_to_do(options: RunOptions, emulator: Emulator) -> None:
    async def judged() -> list[RunRecord]:
        return run(options)

    with pytest.raises(UsageError, match="to_thread"):
        asyncio.run(judged())

    assert not emulator.asked


@pytest.mark.parametrize(
    ("wrong", "says_so"),
    [
        pytest.param({"ref": "nowhere"}, 'no commit "nowhere"', id="no such commit"),
        pytest.param({"claims": (Path("nowhere.yaml"),)}, "nowhere.yaml", id="no such claims"),
        pytest.param({"ids": ("nobody",)}, 'there is no claim "nobody"', id="no such claim"),
        pytest.param({"replay": Path("nowhere.yaml")}, "no cassette nowhere.yaml", id="no such cassette"),
        pytest.param({"api_key": " "}, "holds no API key", id="no key"),
        pytest.param({"changed": True}, "give --base too", id="changed since when"),
        pytest.param({"authored": True}, "give --record too", id="authored without a recording"),
        pytest.param({"batch": True, "record": Path("new.yaml")}, "--batch", id="a batch that is recorded"),
        pytest.param({"batch": True, "vertex": True, "project": "p"}, "--batch", id="a batch of Vertex"),
    ],
)
def test_what_cannot_be_done_is_an_error_before_anything_is_asked(
    options: RunOptions, emulator: Emulator, wrong: dict[str, object], says_so: str
) -> None:
    with pytest.raises(VerifierError, match=says_so):
        run(replace(options, **wrong))  # type: ignore[arg-type]

    assert not emulator.asked


def test_calls_that_failed_count_for_what_the_next_run_may_spend(options: RunOptions) -> None:
    """A call that ran out of time may be billed, and says nothing of what it took."""
    allowance = Allowance()
    with Emulator(lambda _: hangs(5)) as stuck:
        few = replace(options, base_url=stuck.url, ids=("adds-1",), timeout_s=0.2, attempts=1, max_tokens=1_000_000)
        (record,) = run(few, allowance=allowance)

    assert words(record) == {"adds-1": Word.ERROR}
    assert allowance.tokens > options.max_output_tokens
    assert allowance.cost > 0
    with pytest.raises(UsageError, match="max_tokens of 10000 is used up"):
        allowance.left(replace(options, max_tokens=10_000))


def test_a_run_that_breaks_has_counted_what_it_took(options: RunOptions) -> None:
    class Breaks(Watcher):
        def done(self, _: Outcome) -> None:
            raise OSError("no terminal")

    options = replace(options, ids=("adds-1",))
    (record,) = run(replace(options, journal=Path("other.sqlite")))
    allowance = Allowance()
    with pytest.raises(OSError, match="no terminal"):
        run(options, Breaks(), allowance)

    assert allowance.tokens == record.totals.usage.total > 0
