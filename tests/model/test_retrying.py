"""Asking again what can pass."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from tests.model.emulator import Emulator, closes, empty_body, in_turn, refuses, says
from verifier.errors import CassetteError, ModelError
from verifier.model.endpoint import Endpoint
from verifier.model.errors import TransientError
from verifier.model.options import ModelOptions, open_model
from verifier.model.retrying import LONGEST_PAUSE_S, Retry, Retrying
from verifier.values.prompt import ModelSettings, Prompt, Reply, Source

PROMPT = Prompt("pool-drains", 2, system="Judge.", shared="files", claim="The pool drains.")
REPLY = Reply("{}", Source.LIVE, "gemini-3.8-flash")
BUSY = TransientError("busy")


@dataclass
class Answering:
    """A model that answers or fails as it is told, in turn."""

    answers: Sequence[Reply | BaseException]
    asked: int = 0

    async def reply(self, prompt: Prompt) -> Reply:
        assert prompt == PROMPT
        answer = self.answers[self.asked]
        self.asked += 1
        if isinstance(answer, BaseException):
            raise answer
        return answer


@dataclass
class Watch:
    """A clock that does not wait."""

    slept_s: list[float] = field(default_factory=list)
    told: list[Retry] = field(default_factory=list)

    async def sleep(self, seconds: float) -> None:
        self.slept_s.append(seconds)


def ask(model: Answering, watch: Watch, attempts: int = 4) -> Reply:
    retrying = Retrying(model, attempts=attempts, sleep=watch.sleep, on_retry=watch.told.append)
    return asyncio.run(retrying.reply(PROMPT))


def test_a_first_reply_is_taken_as_it_is() -> None:
    watch = Watch()

    assert ask(Answering([REPLY]), watch) == REPLY
    assert watch == Watch()


def test_what_can_pass_is_asked_again_with_growing_pauses_until_it_passes() -> None:
    watch = Watch()

    assert ask(Answering([BUSY, BUSY, BUSY, REPLY]), watch) == REPLY

    assert [floor <= slept <= floor + 1 for floor, slept in zip((1, 2, 4), watch.slept_s, strict=True)] == [True] * 3


def test_pauses_do_not_grow_without_end() -> None:
    watch = Watch()

    ask(Answering([BUSY] * 20 + [REPLY]), watch, attempts=21)

    assert max(watch.slept_s) <= LONGEST_PAUSE_S + 1


def test_the_service_is_left_alone_for_as_long_as_it_asks() -> None:
    watch = Watch()

    ask(
        Answering([TransientError("busy", retry_after_s=30.5), TransientError("busy", retry_after_s=0.0), REPLY]), watch
    )

    first, second = watch.slept_s
    assert 30.5 <= first <= 31.5
    assert 0 <= second <= 1


def test_each_retry_is_told_in_one_line() -> None:
    watch = Watch()

    ask(Answering([TransientError("the service answered 429"), REPLY]), watch)

    (retry,) = watch.told
    assert retry.attempt == 1
    expected = f'"pool-drains", round 2: the service answered 429; asking again in {watch.slept_s[0]:.1f} s (2 of 4)'
    assert str(retry) == expected


def test_when_the_attempts_are_used_up_the_last_error_says_so_and_keeps_what_came() -> None:
    model = Answering([BUSY, BUSY, TransientError("half a reply", kept="{")])

    with pytest.raises(ModelError) as caught:
        ask(model, Watch(), attempts=3)

    assert str(caught.value) == "half a reply; gave up after 3 attempts"
    assert caught.value.kept == "{"
    assert not caught.value.fatal
    assert not isinstance(caught.value, TransientError)


def test_one_attempt_is_not_called_giving_up() -> None:
    with pytest.raises(ModelError, match=r"^busy$"):
        ask(Answering([BUSY]), Watch(), attempts=1)


def test_a_service_that_asks_for_hours_is_not_waited_for() -> None:
    watch = Watch()

    with pytest.raises(ModelError, match=r"^quota used up; the service asks to wait 7200 s$"):
        ask(Answering([TransientError("quota used up", retry_after_s=7200)]), watch)

    assert watch.slept_s == []


@pytest.mark.parametrize(
    "error",
    [
        ModelError("bad key", fatal=True),
        ModelError("blocked"),
        CassetteError("another prompt"),
        asyncio.CancelledError(),
        KeyError("bug"),
    ],
    ids=["fatal", "blocked", "no recording", "cancelled", "bug"],
)
def test_what_cannot_pass_is_raised_at_once_as_it_is(error: BaseException) -> None:
    watch = Watch()

    with pytest.raises(type(error)) as caught:
        asyncio.run(_outcome(Answering([error]), watch))

    assert caught.value is error
    assert watch == Watch()


async def _outcome(model: Answering, watch: Watch) -> Reply:
    return await Retrying(model, sleep=watch.sleep, on_retry=watch.told.append).reply(PROMPT)


def test_a_bad_spell_on_the_wire_ends_in_a_reply() -> None:
    watch = Watch()
    spell = (refuses(503, "UNAVAILABLE", "busy"), closes(), empty_body(), refuses(429, "X", "slow", retry_info_s=2.5))

    async def asking(url: str) -> Reply:
        options = ModelOptions(ModelSettings(), {"type": "object"}, Endpoint("a-key", url), attempts=5)
        async with open_model(options, sleep=watch.sleep, on_retry=watch.told.append) as model:
            return await model.reply(PROMPT)

    with Emulator(in_turn(*spell, says('{"parts": []}'))) as emulator:
        reply = asyncio.run(asking(emulator.url))

    assert reply.text == '{"parts": []}'
    assert len(watch.slept_s) == 4
    assert watch.slept_s[3] >= 2.5
