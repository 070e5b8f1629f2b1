"""What was answered is kept, and nothing is asked twice."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from tests.evidence.replies import citation, part, reading, verdict
from verifier.cost.calibration import Calibration
from verifier.errors import ModelError
from verifier.journal import Addressee, Journal
from verifier.model.journalled import Journalled
from verifier.values.prompt import Asks, Form, ModelSettings, Prompt, Reply, Source, Usage

DRAINS = verdict(part("the pool drains", "yes"))
PROMPT = Prompt("pool-drains", 1, "Judge.", "files", "The pool drains.", tokens=100)
ADDRESSEE = Addressee("generativelanguage.googleapis.com", ModelSettings(), {"type": "object"})
REPLY = Reply(DRAINS, Source.LIVE, "gemini-3.8-flash", "r-1", Usage(120, 20, 30, 10))
AGAIN = Reply(DRAINS, Source.JOURNAL, "gemini-3.8-flash", "r-1", None, paid_before=REPLY.usage)

READING_PROMPT = Prompt("pool-drains", 1, "Read.", evidence="# Evidence for p1\n", parts=("p1",), tokens=50)
READING = Reply(reading({"p1": "shows"}), Source.LIVE, "gemini-3.8-flash", "r-9", Usage(60, 0, 20))


@dataclass
class Answering:
    """A model that gives its replies in turn, the last one for ever, and keeps what it was asked."""

    replies: list[Reply | BaseException] = field(default_factory=lambda: [REPLY])
    asked: list[Prompt] = field(default_factory=list)

    async def reply(self, prompt: Prompt) -> Reply:
        self.asked.append(prompt)
        answer = self.replies[min(len(self.asked), len(self.replies)) - 1]
        await asyncio.sleep(0)
        if isinstance(answer, BaseException):
            raise answer
        return answer


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal(tmp_path / "journal.sqlite", now=lambda: "2026-07-01T12:00:00.000+00:00") as opened:
        yield opened


def ask(
    model: Answering, journal: Journal, prompt: Prompt = PROMPT, addressee: Addressee = ADDRESSEE, **options: Any
) -> Reply:
    return asyncio.run(Journalled(model, journal, addressee, **options).reply(prompt))


def test_a_reply_is_given_as_it_came_and_from_then_on_by_the_journal(journal: Journal) -> None:
    model = Answering()

    assert ask(model, journal) == REPLY
    assert ask(model, journal) == AGAIN

    assert model.asked == [PROMPT]


def test_a_reply_of_the_journal_costs_nothing_again_but_what_it_cost_is_kept(journal: Journal) -> None:
    ask(Answering(), journal)

    assert ask(Answering(), journal).usage is None
    (kept,) = journal.replies.find(ADDRESSEE.key(PROMPT))
    assert (kept.usage, kept.paid_before) == (None, REPLY.usage)


def test_a_reply_is_on_the_disk_before_it_is_given(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"

    async def look_from_elsewhere() -> int:
        with Journal(path) as journal, Journal(path) as other:
            await Journalled(Answering(), journal, ADDRESSEE).reply(PROMPT)
            return len(other.replies.find(ADDRESSEE.key(PROMPT)))

    assert asyncio.run(look_from_elsewhere()) == 1


@pytest.mark.parametrize(
    "addressee",
    [
        pytest.param(replace(ADDRESSEE, host="127.0.0.1:8080"), id="another host"),
        pytest.param(replace(ADDRESSEE, settings=ModelSettings(model="gemini-2.5-pro")), id="another model"),
        pytest.param(replace(ADDRESSEE, settings=ModelSettings(max_output_tokens=4096)), id="another room to reply"),
        pytest.param(replace(ADDRESSEE, settings=ModelSettings(thinking_level="LOW")), id="another thinking level"),
        pytest.param(replace(ADDRESSEE, settings=ModelSettings(temperature=0.0)), id="a temperature"),
        pytest.param(replace(ADDRESSEE, settings=ModelSettings(extra={"seed": "7"})), id="an extra setting"),
        pytest.param(replace(ADDRESSEE, schema={"type": "array"}), id="another schema"),
    ],
)
def test_another_way_to_ask_is_another_request(addressee: Addressee, journal: Journal) -> None:
    ask(Answering(), journal)
    model = Answering([replace(REPLY, model=addressee.settings.model)])

    assert ask(model, journal, addressee=addressee).source is Source.LIVE


def test_a_schema_with_its_fields_in_another_order_is_another_schema() -> None:
    one, other = ({"properties": dict(pairs)} for pairs in ([("a", 1), ("b", 2)], [("b", 2), ("a", 1)]))

    assert replace(ADDRESSEE, schema=one).key(PROMPT) != replace(ADDRESSEE, schema=other).key(PROMPT)


@pytest.mark.parametrize(
    "prompt",
    [
        pytest.param(replace(PROMPT, system="Judge well."), id="system"),
        pytest.param(replace(PROMPT, shared="other files"), id="shared"),
        pytest.param(replace(PROMPT, claim="The pool drains"), id="claim"),
        pytest.param(replace(PROMPT, round=2, followup="You asked for files."), id="followup"),
        pytest.param(replace(PROMPT, shared="The pool drains.", claim="files"), id="sections changed places"),
    ],
)
def test_another_prompt_is_another_request(prompt: Prompt, journal: Journal) -> None:
    ask(Answering(), journal)

    assert ask(Answering(), journal, prompt).source is Source.LIVE


def test_the_same_request_under_another_claim_id_is_the_same(journal: Journal) -> None:
    ask(Answering(), journal)

    assert ask(Answering(), journal, replace(PROMPT, claim_id="renamed")) == AGAIN


def test_fresh_asks_anew_once_and_keeps_both_replies(journal: Journal) -> None:
    second = replace(REPLY, text=verdict(part("the pool drains", "no")), response_id="r-2")
    model = Answering([REPLY, second])
    ask(model, journal)

    async def twice() -> list[Reply]:
        fresh = Journalled(model, journal, ADDRESSEE, fresh=True)
        return [await fresh.reply(PROMPT), await fresh.reply(PROMPT)]

    assert [reply.source for reply in asyncio.run(twice())] == [Source.LIVE, Source.JOURNAL]
    assert [kept.response_id for kept in journal.replies.find(ADDRESSEE.key(PROMPT))] == ["r-2", "r-1"]
    assert ask(model, journal).text == second.text


@pytest.mark.parametrize("fresh", [False, True])
def test_the_same_request_in_flight_twice_is_asked_once(fresh: bool, journal: Journal) -> None:
    model = Answering()

    async def at_once() -> list[Reply]:
        journalled = Journalled(model, journal, ADDRESSEE, fresh=fresh)
        return await asyncio.gather(*(journalled.reply(PROMPT) for _ in range(5)))

    assert asyncio.run(at_once()) == [REPLY, AGAIN, AGAIN, AGAIN, AGAIN]
    assert len(model.asked) == 1


def test_where_the_first_of_two_equal_requests_fails_the_second_is_asked(journal: Journal) -> None:
    model = Answering([ModelError("blocked"), REPLY])

    async def at_once() -> list[Reply | BaseException]:
        journalled = Journalled(model, journal, ADDRESSEE)
        return await asyncio.gather(*(journalled.reply(PROMPT) for _ in range(2)), return_exceptions=True)

    failed, answered = asyncio.run(at_once())
    assert (str(failed), answered) == ("blocked", REPLY)


@pytest.mark.parametrize("source", [Source.RECORDED, Source.AUTHORED])
def test_replayed_and_authored_replies_never_enter(source: Source, journal: Journal) -> None:
    reply = replace(REPLY, source=source)

    assert ask(Answering([reply]), journal) == reply
    assert journal.replies.find(ADDRESSEE.key(PROMPT)) == ()


def test_a_failure_is_no_reply_and_is_asked_again(journal: Journal) -> None:
    with pytest.raises(ModelError, match="blocked"):
        ask(Answering([ModelError("blocked")]), journal)

    assert ask(Answering(), journal) == REPLY


UNREADABLE = [
    pytest.param("I am sorry,", id="prose"),
    pytest.param('{"parts": [', id="cut"),
    pytest.param("[]", id="a list"),
    pytest.param("", id="nothing"),
    pytest.param("[" * 100_000, id="nested without end"),
    pytest.param("{}", id="an object"),
    pytest.param('{"parts": []}', id="no parts"),
]


@pytest.mark.parametrize(
    "text",
    [
        *UNREADABLE,
        pytest.param(reading({"p1": "shows"}), id="a reading"),
        pytest.param(verdict(part("the pool drains", "perhaps")), id="an unknown answer"),
        pytest.param(verdict(part(" ", "yes")), id="a part without words"),
        pytest.param(DRAINS.replace("p1", "1"), id="an id of another kind"),
    ],
)
def test_a_kept_reply_that_cannot_be_read_as_a_verdict_is_not_given_again(text: str, journal: Journal) -> None:
    ask(Answering([replace(REPLY, text=text)]), journal)

    assert Journalled(Answering(), journal, ADDRESSEE).kept(PROMPT) is None
    assert ask(Answering(), journal) == REPLY
    assert ask(Answering(), journal) == AGAIN


def test_a_slip_that_costs_one_citation_does_not_have_the_whole_asked_again(journal: Journal) -> None:
    slip = replace(REPLY, text=verdict(part("the pool drains", "yes", citation("pool.py", 0, 0, ""))))
    ask(Answering([slip]), journal)

    assert ask(Answering(), journal).text == slip.text


# Second readings.


def test_a_second_reading_is_kept_and_given_again_like_any_reply(journal: Journal) -> None:
    model = Answering([READING])

    assert ask(model, journal, READING_PROMPT) == READING
    assert ask(model, journal, READING_PROMPT) == replace(
        READING, source=Source.JOURNAL, usage=None, paid_before=READING.usage
    )

    assert model.asked == [READING_PROMPT]
    (kept,) = journal.replies.find(ADDRESSEE.key(READING_PROMPT))
    assert kept.paid_before == READING.usage


@pytest.mark.parametrize(
    "text",
    [
        *UNREADABLE,
        pytest.param(DRAINS, id="a verdict"),
        pytest.param(reading({"p1": "perhaps"}), id="an unknown answer"),
        pytest.param(reading({"p2": "shows"}), id="another part"),
        pytest.param(reading({}), id="no part"),
    ],
)
def test_a_kept_reply_that_cannot_be_read_as_the_reading_is_not_given_again(text: str, journal: Journal) -> None:
    ask(Answering([replace(READING, text=text)]), journal, READING_PROMPT)

    assert Journalled(Answering(), journal, ADDRESSEE).kept(READING_PROMPT) is None
    assert ask(Answering([READING]), journal, READING_PROMPT) == READING
    assert ask(Answering(), journal, READING_PROMPT).source is Source.JOURNAL


READER = Form(ModelSettings(model="gemini-2.5-pro"), {"type": "string"})


@pytest.mark.parametrize(
    "reader",
    [
        pytest.param(READER, id="another model and schema"),
        pytest.param(replace(READER, settings=ADDRESSEE.settings), id="another schema"),
        pytest.param(Form(READER.settings, ADDRESSEE.schema), id="another model"),
    ],
)
def test_another_reader_is_asked_the_readings_anew_and_no_verdict(reader: Form, journal: Journal) -> None:
    ask(Answering(), journal)
    ask(Answering([READING]), journal, READING_PROMPT)
    model = Answering([replace(READING, model=reader.settings.model)])

    assert ask(model, journal, addressee=replace(ADDRESSEE, others={Asks.READING: reader})) == AGAIN
    assert ask(model, journal, READING_PROMPT, replace(ADDRESSEE, others={Asks.READING: reader})).source is Source.LIVE
    assert model.asked == [READING_PROMPT]


def test_a_reading_is_given_again_where_the_reader_answered_and_not_the_first_model(journal: Journal) -> None:
    addressee = replace(ADDRESSEE, others={Asks.READING: READER})
    ask(Answering([replace(READING, model="gemini-2.5-pro")]), journal, READING_PROMPT, addressee)

    assert ask(Answering(), journal, READING_PROMPT, addressee).model == "gemini-2.5-pro"
    ask(Answering([READING]), journal, replace(READING_PROMPT, evidence="other"), addressee)
    assert (
        ask(Answering([READING]), journal, replace(READING_PROMPT, evidence="other"), addressee).source is Source.LIVE
    )


def test_a_reply_of_another_model_is_given_again_only_where_that_is_allowed(journal: Journal) -> None:
    other = replace(REPLY, model="gemini-2.5-pro")
    ask(Answering([other]), journal)

    assert ask(Answering(), journal, allow_other_model=True).model == "gemini-2.5-pro"
    assert ask(Answering(), journal).source is Source.LIVE


def test_a_prompt_is_known_to_be_answered_without_asking(journal: Journal) -> None:
    ask(Answering(), journal)

    assert Journalled(Answering(), journal, ADDRESSEE).kept(PROMPT) is not None
    assert Journalled(Answering(), journal, ADDRESSEE).kept(replace(PROMPT, claim="another")) is None
    assert Journalled(Answering(), journal, ADDRESSEE, fresh=True).kept(PROMPT) is None


def test_a_cancelled_request_whose_reply_has_come_is_kept(tmp_path: Path) -> None:
    path, answered = tmp_path / "journal.sqlite", asyncio.Event()

    class AtOnce:
        async def reply(self, _: Prompt) -> Reply:
            answered.set()
            return REPLY

    async def cancel_while_keeping() -> None:
        with Journal(path) as journal:
            task = asyncio.create_task(Journalled(AtOnce(), journal, ADDRESSEE).reply(PROMPT))
            await answered.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(cancel_while_keeping())

    with Journal(path) as journal:
        assert len(journal.replies.find(ADDRESSEE.key(PROMPT))) == 1


def test_many_replies_at_once_are_all_kept(journal: Journal) -> None:
    prompts = [replace(PROMPT, claim=f"Claim {number}.") for number in range(200)]

    async def at_once() -> None:
        journalled = Journalled(Answering(), journal, ADDRESSEE)
        await asyncio.gather(*(journalled.reply(prompt) for prompt in prompts))

    asyncio.run(at_once())

    assert [len(journal.replies.find(ADDRESSEE.key(prompt))) for prompt in prompts] == [1] * 200


def test_text_comes_back_byte_for_byte(journal: Journal) -> None:
    text = json.dumps(json.loads(DRAINS) | {"more": "\x00 \ud83d\ude00 \u2028 \\ud800"}) + "  \r\n"
    ask(Answering([replace(REPLY, text=text)]), journal)

    assert ask(Answering(), journal).text == text


def test_a_model_nobody_has_asked_is_planned_with_a_margin(journal: Journal) -> None:
    assert journal.replies.calibration("gemini-3.8-flash") == Calibration(0, 1.15, 1.15, 2_000)


def test_the_services_own_counts_calibrate_its_model_alone(journal: Journal) -> None:
    for number, count in enumerate((110, 120, 130, 140, 900)):
        usage = Usage(prompt=count, output=10 * number, thoughts=5)
        ask(Answering([replace(REPLY, usage=usage)]), journal, replace(PROMPT, claim=f"Claim {number}."))
    ask(Answering([replace(REPLY, usage=None)]), journal, replace(PROMPT, claim="No usage came."))
    ask(Answering(), journal, replace(PROMPT, claim="Nobody counted.", tokens=0))

    assert journal.replies.calibration("gemini-3.8-flash") == Calibration(5, 1.3, 9.0, 25)
    assert journal.replies.calibration("gemini-2.5-pro") == Calibration()


def test_few_replies_do_not_take_the_margin_away(journal: Journal) -> None:
    ask(Answering([replace(REPLY, usage=Usage(prompt=90, output=7))]), journal)

    assert journal.replies.calibration("gemini-3.8-flash") == Calibration(1, 0.9, 1.15, 7)
