"""Asking in batches, through the real client against the emulator: one job a round, found again after any end."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests import ROOT
from tests.conftest import Commit
from tests.evidence.replies import citation, part, reading, verdict
from tests.model.asking import SETTINGS, prompt
from tests.model.emulator import (
    Answer,
    Answerer,
    Emulator,
    Request,
    blocked,
    in_turn,
    raw,
    refuses,
    says,
    stopped,
    within_room,
)
from tests.preloaded import python
from tests.runs.workers import files, judge
from verifier.errors import ModelError, ReplyError
from verifier.journal import Addressee, Journal
from verifier.journal.batches import Batches, OpenBatch
from verifier.model import Model, batch_jobs
from verifier.model.batch_jobs import MOST_INLINE_BYTES, split, submit
from verifier.model.batching import Batched, Patience
from verifier.model.endpoint import Endpoint
from verifier.model.errors import TransientError
from verifier.model.gemini import Gemini
from verifier.model.journalled import Journalled
from verifier.model.retrying import Retrying
from verifier.model.spending import Purse, Spending, WorstCase
from verifier.pipeline.opening import Limits, Work
from verifier.pipeline.verifying import Hooks, verify
from verifier.prompting.rendering import Prompts
from verifier.repository.index import Index
from verifier.runs.interruption import Interruption
from verifier.setup.shipped_files import shipped
from verifier.values.claim import ClaimSet, Word
from verifier.values.outcome import Outcome
from verifier.values.prompt import Asks, Form, ModelSettings, Prompt, Reply, Source, Usage
from verifier.values.reading import AskedReading
from verifier.values.verdict import AskedVerdict

KEY = "not-a-key-at-all"
TEXT = verdict(part("it is so", "yes"))
READER = Form(SETTINGS, AskedReading.as_schema())
SOON = Patience(quiet_s=0.02, longest_s=2.0, first_look_s=0.01, longest_look_s=0.05, attempts=3, looks=3)


def addressee_of(emulator: Emulator, settings: ModelSettings = SETTINGS, reader: Form = READER) -> Addressee:
    return Addressee(emulator.url.removeprefix("http://"), settings, AskedVerdict.as_schema(), {Asks.READING: reader})


def batches_of(journal: Journal) -> Batches:
    return Batches(journal._store, lambda: datetime.now(UTC).isoformat(timespec="milliseconds"))


async def no_pause(_: float) -> None:
    await asyncio.sleep(0)


class Run:
    """One run, as the command line puts it together."""

    def __init__(
        self,
        emulator: Emulator,
        path: Path,
        settings: ModelSettings = SETTINGS,
        reader: Form = READER,
        **options: Any,
    ) -> None:
        self.emulator = emulator
        self.path = path
        self.settings = settings
        self.reader = reader
        self.options = {"patience": SOON, "sleep": no_pause, **options}
        self.said: list[str] = []

    def ask(self, prompts: Sequence[Prompt]) -> list[Reply | BaseException]:
        async def asking(model: Model, _: Batched) -> list[Reply | BaseException]:
            return await asyncio.gather(*(model.reply(one) for one in prompts), return_exceptions=True)

        replies: list[Reply | BaseException] = self.do(asking)
        return replies

    def do(self, work: Callable[[Model, Batched], Awaitable[Any]], **journalled: Any) -> Any:
        async def running() -> Any:
            endpoint, schema = Endpoint(KEY, self.emulator.url, timeout_s=5.0), AskedVerdict.as_schema()
            addressee = addressee_of(self.emulator, self.settings, self.reader)
            with Journal(self.path) as journal:
                async with (
                    Gemini(endpoint, self.settings, schema, others={Asks.READING: self.reader}) as gemini,
                    Batched(gemini, addressee, batches_of(journal), say=self.said.append, **self.options) as batched,
                ):
                    model = Journalled(Retrying(batched, attempts=3, sleep=no_pause), journal, addressee, **journalled)
                    return await work(model, batched)

        done = asyncio.run(running())
        assert all(KEY not in line and "\n" not in line for line in self.said)
        assert not any(KEY.encode() in file.read_bytes() for file in self.path.parent.glob("journal*"))
        return done


def created(emulator: Emulator) -> list[Request]:
    return [request for request in emulator.requests if request.path.endswith(":batchGenerateContent")]


def items(request: Request) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = request.field("batch", "inputConfig", "requests", "requests")
    return found


def looks(emulator: Emulator) -> int:
    return sum(request.path.startswith("/v1/batches/") for request in emulator.requests)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite"


def claim_of(request: Request) -> int:
    return int(request.prompt.split()[1])


def numbered_text(number: int) -> str:
    return verdict(part(f"claim {number}", "yes"))


def numbered(request: Request) -> Answer:
    return says(numbered_text(claim_of(request)))


def test_prompts_that_wait_at_the_same_time_go_out_as_one_job_and_each_gets_its_own_reply(path: Path) -> None:
    with Emulator(numbered) as emulator:
        run = Run(emulator, path)

        replies = run.ask([prompt(n) for n in range(10)])

        assert [len(items(request)) for request in created(emulator)] == [10]
    assert [reply.text for reply in replies if isinstance(reply, Reply)] == [numbered_text(n) for n in range(10)]
    assert {reply.source for reply in replies if isinstance(reply, Reply)} == {Source.LIVE}
    assert run.said == [
        "batches/emulated1: submitted with 10 requests; stopped now, the same command picks it up",
        "batches/emulated1: succeeded, 10 answered, 0 not",
    ]


def test_what_a_batch_answered_is_answered_by_the_journal_from_then_on(path: Path) -> None:
    with Emulator(numbered) as emulator:
        Run(emulator, path).ask([prompt(n) for n in range(3)])
        again = Run(emulator, path).ask([prompt(n) for n in range(3)])

        assert len(created(emulator)) == 1
    assert [reply.source for reply in again if isinstance(reply, Reply)] == [Source.JOURNAL] * 3


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param(SETTINGS, id="default settings"),
        pytest.param(replace(SETTINGS, thinking_level="low", temperature=0.5), id="thinking and temperature"),
        pytest.param(replace(SETTINGS, extra={"mediaResolution": "MEDIA_RESOLUTION_LOW"}), id="extra settings"),
    ],
)
def test_a_batched_request_says_what_a_direct_one_says(settings: ModelSettings, path: Path) -> None:
    whole = Prompt("c", 2, "Judge.", "pool.py: import queue", "Claim 1 is true.", "Also: queue.py", tokens=10)

    async def directly(emulator: Emulator) -> None:
        async with Gemini(Endpoint(KEY, emulator.url), settings, AskedVerdict.as_schema()) as gemini:
            await gemini.reply(whole)

    with Emulator(says(TEXT)) as emulator:
        asyncio.run(directly(emulator))
        Run(emulator, path, settings).ask([whole])
        direct, batched = (request.body for request in emulator.asked)

    assert batched == direct


def test_a_job_that_takes_its_time_is_looked_at_ever_less_often(path: Path) -> None:
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    with Emulator(numbered, batch_polls=5) as emulator:
        patience = replace(SOON, first_look_s=5.0, longest_look_s=20.0)
        Run(emulator, path, patience=patience, sleep=sleep).ask([prompt(1)])

        assert looks(emulator) == 6
    assert pauses == [5.0, 5.0, 7.5, 11.25, 16.875, 20.0]


def test_nobody_is_left_behind_while_claims_are_at_work(path: Path) -> None:
    async def one_after_the_other(model: Model, batched: Batched) -> None:
        async def claim(number: int) -> None:
            await asyncio.sleep(0.1 * number)
            await model.reply(prompt(number))
            batched.claim_ends()

        for _ in range(3):
            batched.claim_begins()
        await asyncio.gather(*(claim(number) for number in range(3)))

    with Emulator(numbered) as emulator:
        Run(emulator, path).do(one_after_the_other)

        assert [len(items(request)) for request in created(emulator)] == [3]


def test_those_who_wait_go_out_after_a_while_without_a_claim_that_asks_nothing(path: Path) -> None:
    async def ask(model: Model, batched: Batched) -> None:
        for _ in range(2):
            batched.claim_begins()
        await model.reply(prompt(1))

    with Emulator(numbered) as emulator:
        began_s = time.monotonic()
        Run(emulator, path, patience=replace(SOON, longest_s=0.2)).do(ask)

        assert time.monotonic() - began_s > 0.2
        assert len(created(emulator)) == 1


def test_requests_of_which_one_job_cannot_hold_all_go_into_several(path: Path) -> None:
    large = {str(n): {"contents": "x" * (MOST_INLINE_BYTES // 3)} for n in range(5)}

    parts = list(split(large))

    assert [list(part) for part in parts] == [["0", "1"], ["2", "3"], ["4"]]
    assert list(split({})) == []


def test_a_purse_that_allows_few_at_a_time_makes_several_jobs(path: Path) -> None:
    worst = WorstCase(100)
    few = 2 * worst.of(10).total + 300

    async def ask(model: Model, batched: Batched) -> list[Reply]:
        purse = Purse(SETTINGS.model, None, max_tokens=few)
        spending = Spending(model, purse, worst)
        for _ in range(5):
            batched.claim_begins()
        return await asyncio.gather(*(spending.reply(prompt(n)) for n in range(5)))

    with Emulator(numbered) as emulator:
        replies = Run(emulator, path, patience=replace(SOON, longest_s=0.1)).do(ask)

        assert [len(items(request)) for request in created(emulator)] == [2, 2, 1]
    assert len(replies) == 5


CLAIMS = 10


def two_rounds(request: Request) -> Answer:
    """Quotes what is not there, and what is there once it has been told."""
    number = int(request.prompt.split("# The claim")[1].split("`Worker")[1].split(".")[0])
    returned = number if "the quote is nowhere in that file" in request.prompt else "nothing"
    quote = f"    def run(self, value):\n        return value + {returned}"
    made = part(f"`Worker{number}.run` adds {number}", "yes", citation(f"worker{number}.py", 2, 3, quote))
    return says(verdict(made, word="FULLY RESOLVED"))


async def judged(work: Work, model: Model, batched: Batched) -> Sequence[Outcome]:
    """What becomes of the claims, each of which the batch is told of."""
    outcomes: list[Outcome] = []

    def done(outcome: Outcome) -> None:
        outcomes.append(outcome)
        batched.claim_ends()

    await verify(work, work.claims.claims, model, Hooks(lambda _: batched.claim_begins(), done))
    return outcomes


def test_ten_claims_with_two_rounds_and_a_second_reading_are_three_jobs(commit: Commit, path: Path) -> None:
    claims = [{"id": f"c{n}", "statement": f"`Worker{n}.run` adds {n}"} for n in range(CLAIMS)]
    given = ClaimSet.model_validate({"title": "Workers", "claims": claims})
    index = Index(commit(files(*range(CLAIMS))))
    work = Work(given, index, Prompts(shipped("prompts")), Limits(max_rounds=2, concurrency=CLAIMS))

    async def judging(model: Model, batched: Batched) -> Sequence[Outcome]:
        return await judged(work, model, batched)

    with Emulator(two_rounds) as emulator:
        outcomes = Run(emulator, path).do(judging)

        assert [len(items(request)) for request in created(emulator)] == [CLAIMS, CLAIMS, CLAIMS]
        assert (len(emulator.asked), len(emulator.read)) == (2 * CLAIMS, CLAIMS)
    assert [outcome.error for outcome in outcomes] == [None] * CLAIMS
    assert [(outcome.ruling.word, len(outcome.rounds)) for outcome in outcomes] == [(Word.FULLY, 2)] * CLAIMS


# Second readings.


def reading_prompt(number: int) -> Prompt:
    return Prompt(
        f"claim-{number}", 1, "Read.", evidence=f"Claim {number}\n# Evidence for p1\n", parts=("p1",), tokens=10
    )


def reads(request: Request) -> Answer:
    return says(reading({"p1": "shows"}), model_version=request.model)


def test_verdicts_and_second_readings_that_wait_at_the_same_time_go_out_as_one_job(path: Path) -> None:
    prompts = [prompt(0), reading_prompt(1), prompt(2), reading_prompt(3)]

    with Emulator(numbered, reader=reads) as emulator:
        replies = Run(emulator, path).ask(prompts)
        again = Run(emulator, path).ask(prompts)

        assert [len(items(request)) for request in created(emulator)] == [4]
        schemas = [item["request"]["generationConfig"]["responseJsonSchema"] for item in items(created(emulator)[0])]
    expected = [AskedVerdict.as_schema(), AskedReading.as_schema()] * 2
    assert sorted(map(json.dumps, schemas)) == sorted(map(json.dumps, expected))
    assert [reply.text for reply in replies if isinstance(reply, Reply)] == [
        numbered_text(0),
        reading({"p1": "shows"}),
        numbered_text(2),
        reading({"p1": "shows"}),
    ]
    assert [reply.source for reply in again if isinstance(reply, Reply)] == [Source.JOURNAL] * 4


def test_a_reader_of_another_model_has_a_job_of_its_own(path: Path) -> None:
    reader = Form(replace(SETTINGS, model="gemini-3.5-flash"), AskedReading.as_schema())

    with Emulator(numbered, reader=reads) as emulator:
        replies = Run(emulator, path, reader=reader).ask([prompt(0), reading_prompt(0), reading_prompt(1)])

        assert {request.model: len(items(request)) for request in created(emulator)} == {
            "gemini-3.8-flash": 1,
            "gemini-3.5-flash": 2,
        }
    assert [reply.model for reply in replies if isinstance(reply, Reply)] == [
        "gemini-3.8-flash",
        "gemini-3.5-flash",
        "gemini-3.5-flash",
    ]


def test_stopped_while_the_readings_are_out_the_next_run_picks_their_job_up_and_asks_no_verdict_again(
    commit: Commit, path: Path
) -> None:
    claims = [{"id": f"c{n}", "statement": f"`Worker{n}.run` adds {n}, in `worker{n}.py`"} for n in range(3)]
    given = ClaimSet.model_validate({"title": "Workers", "claims": claims})
    work = Work(given, Index(commit(files(*range(3)))), Prompts(shipped("prompts")), Limits(concurrency=3))

    async def judging(model: Model, batched: Batched) -> Sequence[Outcome]:
        return await judged(work, model, batched)

    with Emulator(judge, batch_polls=1_000_000) as emulator:

        async def stopped_at_the_readings(model: Model, batched: Batched) -> None:
            running = asyncio.create_task(judging(model, batched))
            while len(created(emulator)) < 2:
                emulator.finish_batches()
                await asyncio.sleep(0.002)
            await asyncio.sleep(0.05)
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running

        Run(emulator, path).do(stopped_at_the_readings)
        emulator.finish_batches()
        run = Run(emulator, path)
        outcomes = run.do(judging)

        assert [len(items(request)) for request in created(emulator)] == [3, 3]
        assert (len(emulator.asked), len(emulator.read)) == (3, 3)
    assert run.said[0] == "batches/emulated2: picked up again, 3 requests of this run in it"
    assert [[one.source for one in outcome.exchanges] for outcome in outcomes] == [[Source.JOURNAL, Source.LIVE]] * 3
    assert [outcome.ruling.word for outcome in outcomes] == [Word.FULLY] * 3


# What goes wrong with single requests.


def one_goes_wrong(answer: Answer | Answerer) -> Answerer:
    def answered(request: Request) -> Answer:
        if claim_of(request) != 1:
            return numbered(request)
        return answer if isinstance(answer, Answer) else answer(request)

    return answered


@pytest.mark.parametrize(
    ("answer", "error", "message"),
    [
        pytest.param(stopped("SAFETY"), ModelError, "Gemini's safety filter withheld the reply", id="safety"),
        pytest.param(blocked(), ModelError, "Gemini refused the prompt", id="blocked"),
        pytest.param(stopped("MAX_TOKENS", '{"p'), ReplyError, "the reply was cut at 32768 output tokens", id="cut"),
        pytest.param(says(TEXT, model_version="gemini-2.5-pro"), ModelError, "but gemini-2.5-pro answered", id="other"),
        pytest.param(
            refuses(400, "INVALID_ARGUMENT", "No such field."),
            ModelError,
            "the service refuses the request: 400 INVALID_ARGUMENT: No such field.",
            id="refused",
        ),
        pytest.param(
            refuses(503, "UNAVAILABLE", "Overloaded."),
            ModelError,
            "the service answered 503 UNAVAILABLE: Overloaded.; gave up after 3 attempts",
            id="busy for good",
        ),
        pytest.param(says(""), ModelError, "the model answered with an empty text; gave up after 3", id="empty"),
    ],
)
def test_the_error_of_one_request_is_that_of_a_direct_call_and_the_others_are_answered(
    answer: Answer, error: type[ModelError], message: str, path: Path
) -> None:
    with Emulator(one_goes_wrong(answer)) as emulator:
        zero, one, two = Run(emulator, path).ask([prompt(n) for n in range(3)])

    assert isinstance(zero, Reply)
    assert isinstance(two, Reply)
    assert isinstance(one, error)
    assert message in str(one)
    assert not isinstance(one, TransientError)


def test_what_failed_in_passing_goes_into_another_batch_alone(path: Path) -> None:
    with Emulator(one_goes_wrong(in_turn(refuses(503, "UNAVAILABLE", "Later."), then=numbered))) as emulator:
        replies = Run(emulator, path).ask([prompt(n) for n in range(3)])

        assert [len(items(request)) for request in created(emulator)] == [3, 1]
    assert all(isinstance(reply, Reply) for reply in replies)


def test_a_reply_that_is_cut_gets_twice_the_room_in_another_batch_and_both_are_counted(path: Path) -> None:
    settings = replace(SETTINGS, max_output_tokens=16)
    text = json.dumps({"parts": ["x" * 80]})

    with Emulator(within_room(text)) as emulator:
        (reply,) = Run(emulator, path, settings).ask([prompt(1)])

        rooms = [items(request)[0]["request"]["generationConfig"]["maxOutputTokens"] for request in created(emulator)]
    assert rooms == [16, 32]
    assert isinstance(reply, Reply)
    assert reply.text == text
    assert reply.usage == Usage(prompt=12, output=40, thoughts=40)


def test_a_request_that_a_batch_failed_is_submitted_anew_by_the_next_run(path: Path) -> None:
    with Emulator(one_goes_wrong(in_turn(stopped("SAFETY"), then=numbered))) as emulator:
        first = Run(emulator, path).ask([prompt(1)])
        second = Run(emulator, path).ask([prompt(1)])

    assert isinstance(first[0], ModelError)
    assert isinstance(second[0], Reply)


# What goes wrong with whole jobs.


def operation(name: str, state: str, *results: dict[str, Any], **more: Any) -> Answer:
    output = {"inlinedResponses": {"inlinedResponses": list(results)}} if results else {}
    metadata = {"state": f"BATCH_STATE_{state}", "output": output}
    return raw(200, json.dumps({"name": name, "metadata": metadata, "done": True, **more}))


def ends(answer: Answer | Callable[[], Answer]) -> Callable[[Request], Answer | None]:
    """Answers whoever looks at a job."""

    def elsewhere(request: Request) -> Answer | None:
        if not request.path.startswith("/v1/batches/"):
            return None
        return answer if isinstance(answer, Answer) else answer()

    return elsewhere


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (operation("b", "CANCELLED"), "batches/emulated1 was cancelled; the same command submits its requests anew"),
        (operation("b", "EXPIRED"), "batches/emulated1 expired unanswered; the same command submits its requests anew"),
        (
            operation("b", "FAILED", error={"code": 13, "message": "Out of\npower."}),
            "batches/emulated1 failed (the service answered 500 INTERNAL: Out of power.); "
            "the same command submits its requests anew",
        ),
        (
            refuses(404, "NOT_FOUND", "Requested entity was not found."),
            "batches/emulated1 is gone, or of another key; the same command submits its requests anew",
        ),
    ],
    ids=["cancelled", "expired", "failed", "gone"],
)
def test_a_job_that_comes_to_nothing_is_an_error_of_its_claims_and_is_not_waited_for_again(
    answer: Answer, message: str, path: Path
) -> None:
    with Emulator(numbered, elsewhere=ends(answer)) as emulator:
        errors = Run(emulator, path).ask([prompt(1), prompt(2)])

        assert [str(error) for error in errors] == [message] * 2
        assert all(isinstance(error, ModelError) and not error.fatal for error in errors)
        Run(emulator, path).ask([prompt(1)])
        assert len(created(emulator)) == 2


def test_what_a_cancelled_job_had_answered_counts(path: Path) -> None:
    with Emulator(numbered) as emulator:
        addressee = addressee_of(emulator)
        body = {"candidates": [{"content": {"parts": [{"text": TEXT}]}}], "modelVersion": SETTINGS.model}
        result = {"response": body, "metadata": {"key": addressee.key(prompt(1))}}
        emulator._elsewhere = ends(operation("b", "CANCELLED", result))

        one, two = Run(emulator, path).ask([prompt(1), prompt(2)])

    assert isinstance(one, Reply)
    assert "was cancelled" in str(two)


def test_results_that_come_in_another_order_reach_their_claims(path: Path) -> None:
    with Emulator(numbered) as emulator:
        results = [
            {
                "response": {
                    "candidates": [{"content": {"parts": [{"text": numbered_text(n)}]}}],
                    "modelVersion": SETTINGS.model,
                },
                "metadata": {"key": addressee_of(emulator).key(prompt(n))},
            }
            for n in (2, 0, 1)
        ]
        emulator._elsewhere = ends(operation("b", "SUCCEEDED", *results))

        replies = Run(emulator, path).ask([prompt(n) for n in range(3)])

    assert [reply.text for reply in replies if isinstance(reply, Reply)] == [numbered_text(n) for n in range(3)]


RESPONSE = {"candidates": [{"content": {"parts": [{"text": TEXT}]}}], "modelVersion": SETTINGS.model}


def test_nothing_is_concluded_from_results_that_do_not_say_whose_they_are(path: Path) -> None:
    answer = operation("b", "SUCCEEDED", {"response": RESPONSE}, {"response": RESPONSE})

    with Emulator(numbered, elsewhere=ends(answer)) as emulator:
        errors = Run(emulator, path).ask([prompt(1), prompt(2)])

    assert all(isinstance(error, ModelError) and error.fatal for error in errors)
    assert "without saying to which request" in str(errors[0])


def test_a_result_without_a_name_is_that_of_the_only_request(path: Path) -> None:
    with Emulator(numbered, elsewhere=ends(operation("b", "SUCCEEDED", {"response": RESPONSE}))) as emulator:
        (reply,) = Run(emulator, path).ask([prompt(1)])

    assert isinstance(reply, Reply)


def test_a_job_that_forgets_a_request_has_it_submitted_again(path: Path) -> None:
    with Emulator(numbered) as emulator:
        result = {"response": RESPONSE, "metadata": {"key": addressee_of(emulator).key(prompt(1))}}
        emulator._elsewhere = lambda request: (
            operation("b", "SUCCEEDED", result) if request.path == "/v1/batches/emulated1" else None
        )

        replies = Run(emulator, path).ask([prompt(1), prompt(2)])

        assert [len(items(request)) for request in created(emulator)] == [2, 1]
    assert all(isinstance(reply, Reply) for reply in replies)


def test_one_result_that_is_no_reply_costs_its_own_claim_alone(path: Path) -> None:
    with Emulator(numbered) as emulator:
        keys = [addressee_of(emulator).key(prompt(n)) for n in range(4)]
        results: list[Any] = [
            {"response": {"candidates": "yes"}, "metadata": {"key": keys[0]}},
            {"response": RESPONSE, "metadata": {"key": keys[1]}},
            {"error": "no", "metadata": {"key": keys[2]}},
            "nonsense",
            {"response": {**RESPONSE, "candidates": [{"finishReason": "NEW"}]}, "metadata": {"key": keys[3]}},
        ]
        emulator._elsewhere = ends(operation("b", "SUCCEEDED", *results))

        wrong, right, failed, odd = Run(emulator, path).ask([prompt(n) for n in range(4)])

    assert "the service's JSON is not as documented" in str(wrong)
    assert isinstance(right, Reply)
    assert "the batch gives neither a response nor an error" in str(failed)
    assert "finishReason NEW" in str(odd)


def test_a_job_is_looked_at_again_where_looking_failed(path: Path) -> None:
    failing = iter([refuses(503, "UNAVAILABLE", "Later."), raw(200, '{"na'), refuses(429, "RESOURCE_EXHAUSTED", "No.")])

    def elsewhere(request: Request) -> Answer | None:
        return next(failing, None) if request.path.startswith("/v1/batches/") else None

    with Emulator(numbered, elsewhere=elsewhere) as emulator:
        (reply,) = Run(emulator, path, patience=replace(SOON, looks=4)).ask([prompt(1)])

        assert len(created(emulator)) == 1
    assert isinstance(reply, Reply)


def test_a_job_that_cannot_be_looked_at_is_left_to_the_next_run(path: Path) -> None:
    with Emulator(numbered) as emulator:
        emulator._elsewhere = ends(refuses(503, "UNAVAILABLE", "Later."))
        (error,) = Run(emulator, path).ask([prompt(1)])
        emulator._elsewhere = None
        again = Run(emulator, path)
        (reply,) = again.ask([prompt(1)])

        assert len(created(emulator)) == 1
    assert str(error).startswith("batches/emulated1 goes on, but cannot be looked at: the service answered 503")
    assert isinstance(reply, Reply)
    assert again.said[0] == "batches/emulated1: picked up again, 1 request of this run in it"


def test_a_job_that_another_key_submitted_is_not_paid_again(path: Path) -> None:
    with Emulator(numbered, elsewhere=ends(refuses(403, "PERMISSION_DENIED", "Not yours."))) as emulator:
        first = Run(emulator, path).ask([prompt(1)])
        second = Run(emulator, path).ask([prompt(1)])

        assert len(created(emulator)) == 1
    assert [str(error) for error in first + second] == [
        "batches/emulated1 may not be looked at with this key; give the key that submitted it"
    ] * 2


# What goes wrong with submitting.


def creating(*answers: Answer) -> Callable[[Request], Answer | None]:
    """Answers whoever creates a job, one after the other, then lets the emulator do it."""
    waiting = iter(answers)
    return lambda request: next(waiting, None) if request.path.endswith(":batchGenerateContent") else None


def test_a_submission_that_failed_in_passing_is_made_again(path: Path) -> None:
    busy = refuses(503, "UNAVAILABLE", "Later.")

    with Emulator(numbered, elsewhere=creating(busy, busy)) as emulator:
        (reply,) = Run(emulator, path).ask([prompt(1)])

        assert len(emulator.asked) == 1
    assert isinstance(reply, Reply)


def test_a_submission_whose_answer_was_lost_is_found_by_its_label_and_not_made_twice(path: Path) -> None:
    """The job is made, but its answer is cut: only the service knows of it."""
    with Emulator(numbered) as emulator:

        def made_but_cut(request: Request) -> Answer | None:
            if not request.path.endswith(":batchGenerateContent"):
                return None
            whole = emulator._create_batch(request, "")
            return replace(whole, body=whole.body[:20])

        emulator._elsewhere = made_but_cut
        (reply,) = Run(emulator, path).ask([prompt(1)])

        assert len(created(emulator)) == 1
        assert len(emulator._batches) == 1
    assert isinstance(reply, Reply)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        pytest.param(
            refuses(400, "INVALID_ARGUMENT", "API key not valid.", reason="API_KEY_INVALID"),
            "the API key from --api-key is not valid",
            id="bad key",
        ),
        pytest.param(
            refuses(400, "FAILED_PRECONDITION", "Batches are not for you."),
            "the service refuses the request: 400 FAILED_PRECONDITION: Batches are not for you.",
            id="refused",
        ),
        pytest.param(raw(200, '{"name": "../models"}'), "gives a batch job no name that can be used", id="odd name"),
    ],
)
def test_a_submission_that_cannot_pass_ends_its_claims_at_once(answer: Answer, message: str, path: Path) -> None:
    with Emulator(numbered, elsewhere=creating(*[answer] * 9)) as emulator:
        errors = Run(emulator, path).ask([prompt(1), prompt(2)])

        assert len(created(emulator)) == 1
    assert all(isinstance(error, ModelError) and message in str(error) for error in errors)


def test_a_submission_that_keeps_failing_is_given_up(path: Path) -> None:
    busy = refuses(429, "RESOURCE_EXHAUSTED", "Too many batches.", retry_info_s=0.1)

    with Emulator(numbered, elsewhere=creating(*[busy] * 9)) as emulator:
        (error,) = Run(emulator, path).ask([prompt(1)])

        assert len(created(emulator)) == 3
    assert "429 RESOURCE_EXHAUSTED: Too many batches.; gave up after 3 attempts" in str(error)


# Runs that are ended and begun again.


def test_a_job_whose_name_was_never_heard_is_found_by_its_label(path: Path) -> None:
    with Emulator(numbered) as emulator:
        addressee = addressee_of(emulator)

        async def submit_and_die() -> None:
            async with Gemini(Endpoint(KEY, emulator.url), SETTINGS, AskedVerdict.as_schema()) as gemini:
                bodies = {addressee.key(prompt(1)): gemini.request(prompt(1), 100)}
                await submit(gemini, SETTINGS.model, "verifier-lost", bodies)

        with Journal(path) as journal:
            batches_of(journal).announce("verifier-lost", addressee, [(prompt(1), 100)])
        asyncio.run(submit_and_die())
        (reply,) = Run(emulator, path).ask([prompt(1)])

        assert len(created(emulator)) == 1
    assert isinstance(reply, Reply)


def test_a_job_that_was_announced_and_never_submitted_is_submitted(path: Path) -> None:
    with Emulator(numbered) as emulator:
        with Journal(path) as journal:
            batches_of(journal).announce("verifier-lost", addressee_of(emulator), [(prompt(1), 100)])
        (reply,) = Run(emulator, path).ask([prompt(1)])

        assert len(created(emulator)) == 1
    assert isinstance(reply, Reply)


def test_a_label_is_looked_for_on_every_page(path: Path) -> None:
    with Emulator(numbered) as emulator:

        async def find_the_last() -> str | None:
            async with Gemini(Endpoint(KEY, emulator.url), SETTINGS, AskedVerdict.as_schema()) as gemini:
                for number in range(60):
                    await submit(gemini, SETTINGS.model, f"label-{number}", {"k": gemini.request(prompt(1), 100)})
                return await batch_jobs.find(gemini, "label-57")

        assert asyncio.run(find_the_last()) == "batches/emulated58"


def test_fresh_asks_anew_what_a_batch_has_answered(path: Path) -> None:
    async def ask(model: Model, _: Batched) -> None:
        await model.reply(prompt(1))

    with Emulator(numbered) as emulator:
        Run(emulator, path).ask([prompt(1)])
        time.sleep(0.002)
        Run(emulator, path).do(ask, fresh=True)

        assert len(created(emulator)) == 2


ASKS = """
import sys
from pathlib import Path
from tests.model.test_batching import asked_here
sys.exit(asked_here(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])))
"""


def asked_here(url: str, path: Path, claims: int) -> int:
    """What a run in a process of its own does: asks one prompt a claim, and stops at Ctrl-C."""
    interruption = Interruption(grace_s=0.5)

    async def one(model: Model, number: int) -> bool:
        try:
            reply = await model.reply(prompt(number))
        except ModelError as error:
            sys.stdout.write(f"claim-{number} ERROR {error}\n")
            return False
        sys.stdout.write(f"claim-{number} {reply.source}\n")
        return True

    async def running() -> int:
        endpoint = Endpoint(KEY, url)
        addressee = Addressee(endpoint.host, SETTINGS, AskedVerdict.as_schema())
        with Journal(path) as journal:
            async with (
                Gemini(endpoint, SETTINGS, AskedVerdict.as_schema()) as gemini,
                Batched(gemini, addressee, batches_of(journal), patience=SOON) as batched,
            ):
                model = interruption.outside(Journalled(Retrying(batched), journal, addressee))
                done = await asyncio.gather(*(one(model, number) for number in range(claims)))
        return 0 if all(done) else 4

    return interruption.run(running())


@contextmanager
def process(emulator: Emulator, path: Path, claims: int) -> Iterator[subprocess.Popen[str]]:
    here = str(ROOT)
    command = [*python(), "-c", ASKS, emulator.url, str(path), str(claims)]
    environment = os.environ | {"PYTHONPATH": here}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as started:
        try:
            yield started
        finally:
            started.kill()


def wait_until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not holds() and time.monotonic() < until:
        time.sleep(0.002)
    assert holds()


@pytest.mark.parametrize("moment", ["as soon as the job is made", "while the job is looked at"])
def test_killed_between_submitting_and_the_results_the_same_command_waits_for_the_same_job(
    moment: str, path: Path
) -> None:
    claims = 6
    with Emulator(numbered, batch_polls=1_000_000) as emulator:
        with process(emulator, path, claims) as killed:
            made = moment.startswith("as soon")
            wait_until(lambda: bool(created(emulator)) if made else looks(emulator) > 2)
            killed.send_signal(signal.SIGKILL)
            killed.wait()
        emulator.finish_batches()
        run = Run(emulator, path)
        replies = run.ask([prompt(n) for n in range(claims)])

        creates = [exchange for exchange in emulator.exchanges if exchange.request in created(emulator)]
        assert len(creates) == 1
        assert len(emulator.asked) == claims
    assert killed.returncode == -signal.SIGKILL
    assert Counter(type(reply) for reply in replies) == {Reply: claims}
    assert run.said[0] == "batches/emulated1: picked up again, 6 requests of this run in it"


def test_ctrl_c_leaves_the_job_to_the_service_and_the_same_command_picks_it_up(path: Path) -> None:
    with Emulator(numbered, batch_polls=1_000_000) as emulator:
        with process(emulator, path, 3) as stopped_run:
            wait_until(lambda: looks(emulator) > 1)
            stopped_run.send_signal(signal.SIGINT)
            output, errors = stopped_run.communicate(timeout=10)
        emulator.finish_batches()
        replies = Run(emulator, path).ask([prompt(n) for n in range(3)])

        assert len(created(emulator)) == 1
    assert (stopped_run.returncode, errors) == (4, "")
    assert output.count("ERROR stopped; what was answered is kept, and the same command resumes") == 3
    assert all(isinstance(reply, Reply) for reply in replies)


def test_two_runs_at_once_are_one_job_and_when_one_is_killed_the_other_picks_it_up(path: Path) -> None:
    with Emulator(numbered, batch_polls=1_000_000) as emulator, process(emulator, path, 3) as killed:
        wait_until(lambda: looks(emulator) > 1)
        with process(emulator, path, 3) as other:
            time.sleep(0.5)
            killed.send_signal(signal.SIGKILL)
            killed.wait()
            emulator.finish_batches()
            output, errors = other.communicate(timeout=20)

        assert len(created(emulator)) == 1
        assert len(emulator.asked) == 3
    assert (other.returncode, errors) == (0, "")
    assert sorted(output.splitlines()) == [f"claim-{number} live" for number in range(3)]


def test_a_claim_that_gives_up_waiting_does_not_hold_up_the_others(path: Path) -> None:
    async def one_leaves(model: Model, _: Batched) -> list[Reply]:
        leaving = [asyncio.create_task(model.reply(prompt(n))) for n in range(4)]
        await asyncio.sleep(0)
        leaving[0].cancel()
        await asyncio.sleep(0.1)
        leaving[1].cancel()
        return await asyncio.gather(*leaving[2:])

    with Emulator(numbered) as emulator:
        replies = Run(emulator, path).do(one_leaves)

        assert [len(items(request)) for request in created(emulator)] == [3]
    assert [reply.text for reply in replies] == [numbered_text(2), numbered_text(3)]


def test_a_job_that_is_being_submitted_when_the_run_ends_is_known_to_the_next(path: Path) -> None:
    async def leave_at_once(model: Model, _: Batched) -> None:
        asking = asyncio.create_task(model.reply(prompt(1)))
        await asyncio.sleep(0.2)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)

    with Emulator(numbered) as emulator:

        def elsewhere(request: Request) -> Answer | None:
            if not request.path.endswith(":batchGenerateContent"):
                return None
            return replace(emulator._create_batch(request, ""), delay_s=0.6)

        emulator._elsewhere = elsewhere
        Run(emulator, path).do(leave_at_once)
        with Journal(path) as journal:
            found = batches_of(journal).waiting_for(addressee_of(emulator).key(prompt(1)))

    assert found == OpenBatch(found.label if found else "", "batches/emulated1", SETTINGS.max_output_tokens)


# The journal's part.


def test_a_journal_from_before_there_were_batches_takes_them_in(path: Path) -> None:
    Journal(path).close()
    with sqlite3.connect(path) as older:
        older.execute("DROP TABLE batched")
        older.execute("DROP TRIGGER answered")
        older.execute("DROP TABLE asking")
        older.execute("PRAGMA user_version = 1")
    older.close()

    with Journal(path) as journal:
        batches = batches_of(journal)
        addressee = Addressee("127.0.0.1", SETTINGS, {})
        batches.announce("a", addressee, [(prompt(1), 100)])

        assert batches.waiting_for(addressee.key(prompt(1))) == OpenBatch("a", None, 100)


def test_a_request_waits_for_its_newest_batch_until_that_is_answered_or_failed(path: Path) -> None:
    clock = iter(f"2026-01-01T00:00:{second:02}" for second in range(60))
    addressee = Addressee("127.0.0.1", SETTINGS, {})
    one, two = addressee.key(prompt(1)), addressee.key(prompt(2))
    with Journal(path, now=lambda: next(clock)) as journal:
        batches = Batches(journal._store, lambda: next(clock))

        batches.announce("a", addressee, [(prompt(1), 100), (prompt(2), 100)])
        batches.submitted("a", "batches/a")
        assert batches.waiting_for(one) == OpenBatch("a", "batches/a", 100)

        batches.failed("a", [one])
        assert batches.waiting_for(one) is None
        assert batches.waiting_for(two) == OpenBatch("a", "batches/a", 100)

        batches.announce("b", addressee, [(prompt(1), 200)])
        assert batches.waiting_for(one) == OpenBatch("b", None, 200)

        asyncio.run(journal.replies.keep(addressee, prompt(1), Reply(TEXT, Source.LIVE, SETTINGS.model)))
        assert batches.waiting_for(one) is None

        batches.failed("a")
        assert batches.waiting_for(two) is None
        assert batches.waiting_for("never asked") is None
