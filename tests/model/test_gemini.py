"""Gemini: the real client against the emulator."""

import asyncio
import contextlib
import json
import logging
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import quote

import pytest
from google import genai
from google.genai import errors, types

from tests.model.emulator import (
    DEFAULT_MODELS,
    Answer,
    Answerer,
    Emulator,
    Request,
    blocked,
    closes,
    cut_after,
    cut_in_headers,
    drips,
    empty_body,
    hangs,
    in_turn,
    no_candidates,
    not_json,
    raw,
    refuses,
    says,
    stopped,
    within_room,
    wrong_type,
)
from verifier.errors import ModelError, ReplyError, UsageError
from verifier.model.endpoint import Endpoint
from verifier.model.envelopes import same_model
from verifier.model.errors import TransientError
from verifier.model.gemini import Gemini
from verifier.model.refusals import day_comes_back
from verifier.values.prompt import Asks, Form, ModelSettings, Prompt, Reply, Source, Usage

KEY = "a-key-nobody-has"
SCHEMA: dict[str, Any] = {"type": "object", "properties": {"parts": {"type": "array", "items": {"type": "string"}}}}
PROMPT = Prompt("pool-drains", 1, system="Judge.", shared="pool.py: 1 import queue", claim="The pool drains.")
TEXT = '{"parts": ["ä quote: \\"x\\""]}'


def ask(
    answer: Answer | Answerer,
    prompt: Prompt = PROMPT,
    settings: ModelSettings | None = None,
    *,
    key: str = KEY,
    timeout_s: float = 5.0,
    **options: Any,
) -> Reply:
    with Emulator(answer) as emulator:
        endpoint = Endpoint(key, emulator.url, timeout_s=timeout_s, key_name="GEMINI_API_KEY")
        return ask_at(endpoint, prompt, settings, **options)


def ask_at(endpoint: Endpoint, prompt: Prompt = PROMPT, settings: ModelSettings | None = None, **options: Any) -> Reply:
    async def asking() -> Reply:
        async with Gemini(endpoint, settings or ModelSettings(), SCHEMA, **options) as gemini:
            return await gemini.reply(prompt)

    return asyncio.run(asking())


def failure(answer: Answer | Answerer, **options: Any) -> ModelError:
    with pytest.raises(ModelError) as caught:
        ask(answer, **options)
    error = caught.value
    assert "\n" not in str(error)
    assert KEY not in f"{error} {error!r} {error.kept}"
    return error


def test_a_reply_keeps_its_text_untouched_and_says_who_answered_and_what_it_cost() -> None:
    usage = {
        "promptTokenCount": 100,
        "cachedContentTokenCount": 60,
        "candidatesTokenCount": 20,
        "thoughtsTokenCount": 7,
        "toolUsePromptTokenCount": 3,
    }

    reply = ask(says(TEXT, model_version="gemini-3.8-flash-001", usage=usage))

    assert reply.response_id
    expected = Reply(TEXT, Source.LIVE, "gemini-3.8-flash-001", reply.response_id, Usage(103, 60, 20, 7))
    assert reply == expected


def test_a_reply_without_usage_has_none() -> None:
    assert ask(says(TEXT, usage={})).usage is None


def test_thoughts_are_no_part_of_the_reply() -> None:
    parts = [{"text": "let me think", "thought": True}, {"text": '{"parts": '}, {"text": "[]}"}]
    candidates = [{"content": {"role": "model", "parts": parts}, "finishReason": "STOP"}]

    assert ask(Answer(reply={"candidates": candidates})).text == '{"parts": []}'


def test_the_sections_are_sent_apart_and_nothing_is_sent_that_was_not_set() -> None:
    seen: list[Request] = []

    def answer(request: Request) -> Answer:
        seen.append(request)
        return says(TEXT)

    ask(answer, replace(PROMPT, round=2, followup="Also: queue.py"))

    (request,) = seen
    assert request.path == "/v1/models/gemini-3.8-flash:generateContent"
    assert request.system == "Judge."
    texts = [part["text"] for part in request.body["contents"][0]["parts"]]
    assert texts == ["pool.py: 1 import queue", "The pool drains.", "Also: queue.py"]
    config = request.field("generationConfig")
    assert config == {
        "maxOutputTokens": 16384,
        "responseMimeType": "application/json",
        "responseJsonSchema": SCHEMA,
    }


def test_settings_are_sent() -> None:
    seen: list[Request] = []

    def answer(request: Request) -> Answer:
        seen.append(request)
        return says(TEXT)

    extra = {"mediaResolution": "MEDIA_RESOLUTION_LOW"}
    ask(answer, settings=ModelSettings(max_output_tokens=99, thinking_level="low", temperature=0.5, extra=extra))

    assert seen[0].field("generationConfig", "maxOutputTokens") == 99
    assert seen[0].field("generationConfig", "temperature") == 0.5
    assert seen[0].field("generationConfig", "thinkingConfig", "thinkingLevel") == "LOW"
    assert seen[0].field("generationConfig", "mediaResolution") == "MEDIA_RESOLUTION_LOW"
    assert seen[0].field("generationConfig", "responseJsonSchema") == SCHEMA


@pytest.mark.parametrize(
    ("vertex", "model"),
    [
        (False, "gemini-3.8-flash"),
        (False, "models/gemini-3.8-flash"),
        (False, "tunedModels/ours-1"),
        (True, "gemini-3.8-flash"),
        (True, "publishers/google/models/gemini-3.8-flash"),
    ],
)
@pytest.mark.parametrize(
    "settings",
    [
        ModelSettings(),
        ModelSettings(thinking_level="low", temperature=0.5, extra={"mediaResolution": "MEDIA_RESOLUTION_LOW"}),
    ],
    ids=["default settings", "all settings"],
)
def test_a_request_is_to_the_byte_what_the_clients_own_method_sends(
    settings: ModelSettings, vertex: bool, model: str
) -> None:
    settings = replace(settings, model=model)
    prompt = replace(PROMPT, round=2, followup="Also: queue.py")

    async def theirs(url: str) -> None:
        client = genai.Client(api_key=KEY, vertexai=vertex, http_options={"base_url": url})
        thinking = types.ThinkingLevel(settings.thinking_level.upper()) if settings.thinking_level else None
        config = types.GenerateContentConfig(
            system_instruction=prompt.system,
            response_mime_type="application/json",
            response_json_schema=SCHEMA,
            max_output_tokens=settings.max_output_tokens,
            temperature=settings.temperature,
            thinking_config=types.ThinkingConfig(thinking_level=thinking) if thinking else None,
            http_options=types.HttpOptions(extra_body={"generationConfig": dict(settings.extra)}),
        )
        contents = types.Content(role="user", parts=[types.Part(text=text) for text in prompt.contents])
        async with client.aio as asking:
            with contextlib.suppress(errors.APIError):
                await asking.models.generate_content(model=model, contents=contents, config=config)
        client.close()

    with Emulator(says(TEXT)) as emulator:
        asyncio.run(theirs(emulator.url))
        with contextlib.suppress(ModelError):
            ask_at(Endpoint(KEY, emulator.url, vertex=vertex), prompt, settings, names_models=False)
        their, our = emulator.requests

    assert our == their


def test_an_unknown_thinking_level_is_refused_before_anything_is_sent() -> None:
    with pytest.raises(UsageError, match='no thinking level "deep"; take one of MINIMAL, LOW, MEDIUM, HIGH'):
        Gemini(Endpoint(KEY), ModelSettings(thinking_level="deep"), SCHEMA)


@pytest.mark.parametrize("model", ["", "..", "../batches", "models/../batches"])
def test_what_is_no_name_of_a_model_is_refused_before_anything_is_sent(model: str) -> None:
    with pytest.raises(UsageError, match="is no name of a model"):
        ask(says(TEXT), settings=ModelSettings(model=model))


@pytest.mark.parametrize("model", ["gemini?key=x", "a&b", "a b", "a#b", "a%2Fb"])
def test_a_model_of_an_odd_name_is_asked_for_by_that_name_and_nothing_else(model: str) -> None:
    with Emulator(says(TEXT)) as emulator:
        with pytest.raises(ModelError):
            ask_at(Endpoint(KEY, emulator.url), settings=ModelSettings(model=model), names_models=False)
        (request,) = emulator.requests

    assert request.path.endswith(f"/models/{quote(model, safe='')}:generateContent")
    assert request.query == {}


def test_the_environment_does_not_switch_the_backend(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOOGLE_GENAI_USE_VERTEXAI", "true")

    assert ask(says(TEXT)).text == TEXT


def test_two_keys_in_the_environment_are_not_warned_of_here(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("GOOGLE_API_KEY", "one")
    monkeypatch.setenv("GEMINI_API_KEY", "two")

    with caplog.at_level(logging.DEBUG):
        ask(says(TEXT))

    assert "Both GOOGLE_API_KEY" not in caplog.text
    assert KEY not in caplog.text


BUSY = refuses(503, "UNAVAILABLE", "The model is overloaded.")

PASSING = {
    "empty body": (empty_body(), "the service answered with an empty body"),
    "empty list of candidates": (no_candidates(), "the service answered without a candidate"),
    "no candidates at all": (no_candidates(empty_list=False), "the service answered without a candidate"),
    "a candidate without text": (stopped("STOP"), "the model answered with an empty text"),
    "blank text": (says(" \n"), "the model answered with an empty text"),
    "a reply that breaks off between words": (says('{"parts": ["a",'), "the reply's JSON breaks off before its end"),
    "a reply that breaks off in a text": (says('{"parts": ["a\\u00'), "the reply's JSON breaks off before its end"),
    "a bracket too many": (
        says(f"{TEXT}\n}}"),
        "the reply's JSON has a slip in it (line 2, column 1: Extra data)",
    ),
    "a bare word": (
        says('{"parts": [oops], "needs": []}'),
        "the reply's JSON has a slip in it (line 1, column 12: Expecting value)",
    ),
    "a comma too few": (
        says('{"parts": [] "why": "x"}'),
        "the reply's JSON has a slip in it (line 1, column 14: Expecting ',' delimiter)",
    ),
    "a number without end": (
        stopped("MAX_TOKENS", '{"width": 1' + "0" * 5000),
        "the model repeated itself until 16384 output tokens were used up",
    ),
    "line ends without end": (
        stopped("MAX_TOKENS", '{"parts": [' + "\n" * 5000),
        "the model repeated itself until 16384 output tokens were used up",
    ),
    "a word without end": (
        stopped("MAX_TOKENS", '{"parts": [' + '"AI", ' * 1000 + '"A'),
        "the model repeated itself until 16384 output tokens were used up",
    ),
    "half an envelope": (raw(200, '{"candidates": [{"con'), "the service's JSON is broken or breaks off"),
    "429": (
        refuses(429, "RESOURCE_EXHAUSTED", "Slow\ndown."),
        "the service answered 429 RESOURCE_EXHAUSTED: Slow down.",
    ),
    "408": (refuses(408, "CANCELLED", "late"), "the service answered 408 CANCELLED: late"),
    "409": (refuses(409, "ABORTED", "busy"), "the service answered 409 ABORTED: busy"),
    "425": (refuses(425, "UNAVAILABLE", "soon"), "the service answered 425 UNAVAILABLE: soon"),
    "499": (
        refuses(499, "CANCELLED", "The operation was cancelled."),
        "the service answered 499 CANCELLED: The operation was cancelled.",
    ),
    "409 as a page": (not_json("<h1>Conflict</h1>", 409), "the service answered 409 Conflict: <h1>Conflict</h1>"),
    "a quota of the minute": (
        refuses(429, "RESOURCE_EXHAUSTED", "Quota.", retry_info_s=1, quotas=["GenerateRequestsPerMinutePerProject"]),
        "the service answered 429 RESOURCE_EXHAUSTED: Quota.",
    ),
    "a quota that nothing names": (
        refuses(429, "RESOURCE_EXHAUSTED", "You exceeded your current quota."),
        "the service answered 429 RESOURCE_EXHAUSTED: You exceeded your current quota.",
    ),
    "a call of a tool that there is not": (
        stopped("MALFORMED_FUNCTION_CALL"),
        "the model answered with no reply (finishReason MALFORMED_FUNCTION_CALL)",
    ),
    "another such call, beside a text": (
        stopped("UNEXPECTED_TOOL_CALL", TEXT),
        "the model answered with no reply (finishReason UNEXPECTED_TOOL_CALL)",
    ),
    "a reply that the service could not read": (
        stopped("MALFORMED_RESPONSE"),
        "the model answered with no reply (finishReason MALFORMED_RESPONSE)",
    ),
    "no reason in particular": (stopped("OTHER"), "the model answered with no reply (finishReason OTHER)"),
    "500": (refuses(500, "INTERNAL", "oops"), "the service answered 500 INTERNAL: oops"),
    "500 without a body": (empty_body(500), "the service answered 500 Internal Server Error"),
    "502 as a page": (
        not_json("<h1>Bad\x07 gateway</h1>", 502),
        "the service answered 502 Bad Gateway: <h1>Bad gateway</h1>",
    ),
    "an error page that is no UTF-8": (raw(503, b'{"error": "\xff"}'), "the service's error page cannot be read"),
    "cut before the first byte": (closes(), r"the connection to 127.0.0.1:\d+ broke: .+"),
    "reset before the first byte": (closes(reset=True), r"the connection to 127.0.0.1:\d+ broke: .+"),
    "cut in the headers": (cut_in_headers(), r"the connection to 127.0.0.1:\d+ broke: .+"),
    "cut in the body": (cut_after(10), r"the connection to 127.0.0.1:\d+ broke: .+"),
    "reset in the body": (cut_after(10, reset=True), r"the connection to 127.0.0.1:\d+ broke: .+"),
}


@pytest.mark.parametrize(("answer", "line"), PASSING.values(), ids=PASSING.keys())
def test_what_can_pass_is_one_line_and_transient(answer: Answer, line: str) -> None:
    error = failure(answer)

    assert re.fullmatch(re.sub(r"[()]", r"\\\g<0>", line), str(error)), str(error)
    assert isinstance(error, TransientError)
    assert not error.fatal


EXCLUDE = "leave the cause out with context.exclude or reword the claim"

LASTING = {
    "prompt blocked": (
        blocked("PROHIBITED_CONTENT"),
        "Gemini refused the prompt (PROHIBITED_CONTENT); see what it holds with verifier pack --show "
        "and leave the cause out with context.exclude",
    ),
    "safety": (
        stopped("SAFETY"),
        f"Gemini's safety filter withheld the reply (finishReason SAFETY); {EXCLUDE}",
    ),
    "recitation": (
        stopped("RECITATION"),
        f"Gemini withheld the reply because it repeats published text (finishReason RECITATION); {EXCLUDE}",
    ),
    "a finishReason that nobody knows": (
        stopped("SO\x1bMETHING", TEXT),
        "the reply did not end by itself (finishReason SO METHING); nothing is concluded from it",
    ),
    "a reply that wants to be continued": (
        stopped("CONTINUATION", TEXT),
        "the reply did not end by itself (finishReason CONTINUATION); nothing is concluded from it",
    ),
    "a page instead of JSON": (
        not_json("<html>\nSign in</html>"),
        'the service answered with something that is not JSON: "<html> Sign in</html>"',
    ),
    "JSON of another type": (
        wrong_type(),
        "the service's JSON is not as documented: candidates.0.content: Input should be an object",
    ),
    "a list instead of an object": (
        raw(200, "[1]"),
        "the service's JSON is not as documented: : Input should be an object",
    ),
    "too large a prompt": (
        refuses(400, "INVALID_ARGUMENT", "The input token count (2) exceeds the maximum number of tokens allowed (1)."),
        "the prompt is too large for gemini-3.8-flash: 400 INVALID_ARGUMENT: The input token count (2) exceeds the "
        "maximum number of tokens allowed (1).; lower --budget-tokens",
    ),
    "another model": (
        says(TEXT, model_version="gemini-4-flash"),
        "gemini-3.8-flash was asked but gemini-4-flash answered; ask gemini-4-flash with --model, "
        "or --allow-other-model accepts that",
    ),
    "an authored reply that is not replayed": (
        says(TEXT, model_version="authored"),
        "the reply says that it is authored, not a model's; such replies count only in a replay",
    ),
}


@pytest.mark.parametrize(("answer", "line"), LASTING.values(), ids=LASTING.keys())
def test_what_no_second_request_mends_is_an_error_of_this_claim_alone(answer: Answer, line: str) -> None:
    error = failure(answer)

    assert str(error) == line
    assert not isinstance(error, TransientError)
    assert not error.fatal


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (400, "The input token count (1200293) exceeds the maximum number of tokens allowed (1048576)."),
        (400, "The input token count exceeds the maximum number of tokens allowed 1048576."),
        (
            400,
            "Unable to submit request because the input token count is 1115882 but model only supports up to 1048576. "
            "Reduce the input token count and try again.",
        ),
        (400, "Request payload size exceeds the limit: 20971520 bytes."),
        (400, "Request contains text fields that are too large."),
        (400, "The prompt is too long: 1200000, model maximum context length: 1048575"),
        (400, "Input is too long for requested model."),
        (400, "The total number of tokens in the request exceeds the limit of 1048576."),
        (400, "The number of input tokens (1200000) exceeds the model's context window."),
        (422, "This model's maximum context length is 131072 tokens."),
        (413, "Too much."),
    ],
)
def test_a_prompt_that_is_too_large_is_told_however_the_service_words_it(code: int, message: str) -> None:
    error = failure(refuses(code, "INVALID_ARGUMENT", message))

    assert str(error).startswith(f"the prompt is too large for gemini-3.8-flash: {code} INVALID_ARGUMENT: ")
    assert str(error).endswith("; lower --budget-tokens")
    assert not error.fatal
    assert not isinstance(error, TransientError)


@pytest.mark.parametrize(
    "message",
    [
        "Unable to submit request because it has a maxOutputTokens value of 100000 but the supported range is from 1 "
        "(inclusive) to 65537 (exclusive).",
        "The requested output token count exceeds the maximum of 65536.",
        "A schema in GenerationConfig in the request exceeds the maximum allowed nesting depth.",
        "The specified schema produces a constraint that has too many states for serving.",
        "The thinking budget 100000 is invalid. Please choose a value between 512 and 24576.",
        "User location is not supported for the API use.",
    ],
)
def test_what_is_too_large_in_every_request_is_not_taken_for_one_prompt(message: str) -> None:
    error = failure(refuses(400, "INVALID_ARGUMENT", message))

    assert str(error).startswith("the service refuses the request: 400 INVALID_ARGUMENT: ")
    assert error.fatal


def test_what_is_wrong_in_a_text_is_an_error_of_this_claim_alone() -> None:
    error = failure(refuses(400, "INVALID_ARGUMENT", "Invalid value at 'contents[0].parts[1].text' (TYPE_STRING)"))

    assert str(error).startswith("the service refuses the prompt: 400 INVALID_ARGUMENT: Invalid value at ")
    assert not error.fatal


A_DAY = "GenerateRequestsPerDayPerProjectPerModel-FreeTier"
A_MINUTE = "GenerateRequestsPerMinutePerProjectPerModel-FreeTier"
OF_A_DAY: dict[str, Answer] = {
    "by the quota's id": refuses(429, "RESOURCE_EXHAUSTED", "Quota.", retry_info_s=36, quotas=[A_DAY]),
    "beside one of the minute": refuses(429, "RESOURCE_EXHAUSTED", "Quota.", retry_info_s=3, quotas=[A_MINUTE, A_DAY]),
    "by its message": refuses(
        429, "RESOURCE_EXHAUSTED", "Quota exceeded for limit 'Gemini Pro Requests per day per user per tier'."
    ),
    "by a metric in its message": refuses(429, "RESOURCE_EXHAUSTED", "Quota exceeded: requests_per_day_per_project"),
    "by the reason's limit": raw(
        429,
        json.dumps(
            {
                "error": {
                    "code": 429,
                    "message": "Quota.",
                    "status": "RESOURCE_EXHAUSTED",
                    "details": [
                        {
                            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                            "reason": "RATE_LIMIT_EXCEEDED",
                            "metadata": {"quota_limit": "Gemini25ProRequestsPerDay"},
                        }
                    ],
                }
            }
        ),
    ),
}


@pytest.mark.parametrize("answer", OF_A_DAY.values(), ids=OF_A_DAY.keys())
def test_a_day_that_is_spent_ends_the_run_and_says_when_it_comes_back(answer: Answer) -> None:
    error = failure(answer)

    assert re.match(
        r"the day's quota of gemini-3.8-flash is spent; it comes back at \d{4}-\d\d-\d\d \d\d:00 \S+ "
        r"\(midnight Pacific time\), and the same command resumes: the service answered 429 RESOURCE_EXHAUSTED: Quota",
        str(error),
    )
    assert error.fatal
    assert not isinstance(error, TransientError)


@pytest.fixture
def utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine whose clock shows UTC."""
    with monkeypatch.context() as here:
        here.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("utc")
@pytest.mark.parametrize(
    ("now", "back"),
    [
        pytest.param("2026-01-15T12:00", "2026-01-16 08:00 UTC", id="in winter"),
        pytest.param("2026-07-15T12:00", "2026-07-16 07:00 UTC", id="in summer"),
        pytest.param("2026-07-15T06:59", "2026-07-15 07:00 UTC", id="a minute before"),
        pytest.param("2026-07-15T07:00", "2026-07-16 07:00 UTC", id="just now"),
        pytest.param("2026-03-08T09:00", "2026-03-09 07:00 UTC", id="on the day of 23 hours"),
        pytest.param("2026-11-01T08:00", "2026-11-02 08:00 UTC", id="on the day of 25 hours"),
    ],
)
def test_a_day_comes_back_at_midnight_pacific_time(now: str, back: str) -> None:
    assert day_comes_back(datetime.fromisoformat(f"{now}Z")) == f"at {back} (midnight Pacific time)"


@pytest.mark.parametrize(
    "answer",
    [
        refuses(429, "RESOURCE_EXHAUSTED", "* Quota exceeded, limit: 0, model: gemini-3.8-flash\nRetry in 20s."),
        refuses(429, "RESOURCE_EXHAUSTED", "Quota.", retry_info_s=20, quotas=[A_MINUTE], quota_value="0"),
    ],
    ids=["by its message", "by the quota's value"],
)
def test_a_key_without_any_quota_ends_the_run(answer: Answer) -> None:
    error = failure(answer)

    assert str(error).startswith(
        "this key has no quota at all for gemini-3.8-flash; enable billing, or name another model with --model: the "
        "service answered 429 RESOURCE_EXHAUSTED: "
    )
    assert error.fatal


FATAL = {
    "forbidden": (
        refuses(403, "PERMISSION_DENIED", "Your project has no access."),
        "the key may not ask gemini-3.8-flash: the service answered 403 PERMISSION_DENIED: Your project has no access.",
    ),
    "bad request": (
        refuses(400, "INVALID_ARGUMENT", 'Unknown name "x".'),
        'the service refuses the request: 400 INVALID_ARGUMENT: Unknown name "x".',
    ),
    "a page that is not there": (
        not_json("<html>gone</html>", 404),
        r"127.0.0.1:\d+ does not answer as Gemini does: 404 Not Found: <html>gone</html>; check GOOGLE_GEMINI_BASE_URL",
    ),
    "a redirect, which is not followed": (
        replace(raw(302, ""), headers=(("Location", "https://elsewhere.example/"),)),
        r"127.0.0.1:\d+ does not answer as Gemini does: 302 Found; check GOOGLE_GEMINI_BASE_URL",
    ),
    "a key that is echoed": (
        refuses(403, "PERMISSION_DENIED", f"Key {KEY} was reported as leaked."),
        "the key may not ask gemini-3.8-flash: the service answered 403 PERMISSION_DENIED: "
        r"Key \[key\] was reported as leaked.",
    ),
}


@pytest.mark.parametrize(("answer", "line"), FATAL.values(), ids=FATAL.keys())
def test_what_no_claim_can_pass_ends_the_run(answer: Answer, line: str) -> None:
    error = failure(answer)

    assert re.fullmatch(line, str(error)), str(error)
    assert error.fatal


def test_a_bad_key_ends_the_run_and_says_which_key_was_used() -> None:
    with Emulator(says(TEXT)) as emulator:
        environment = {"GOOGLE_API_KEY": "invalid", "GEMINI_API_KEY": KEY, "GOOGLE_GEMINI_BASE_URL": emulator.url}
        with pytest.raises(ModelError) as caught:
            ask_at(Endpoint.from_environment(environment))

    assert str(caught.value) == (
        "the API key from GOOGLE_API_KEY (used because both GOOGLE_API_KEY and GEMINI_API_KEY are set) is not valid; "
        "set GEMINI_API_KEY or GOOGLE_API_KEY to a key from https://aistudio.google.com/apikey"
    )
    assert caught.value.fatal


def test_a_model_that_does_not_exist_ends_the_run_and_names_some_that_do() -> None:
    error = failure(says(TEXT), settings=ModelSettings(model="gemini-3.9-flash"))

    assert error.fatal
    assert str(error) == (
        "there is no model gemini-3.9-flash for this key; name another with --model: "
        "gemini-3.8-flash, gemini-3.5-flash, gemini-2.5-pro"
    )


@pytest.mark.parametrize("elsewhere", [not_json("<html>", 500), raw(200, "[")], ids=["refused", "broken"])
def test_a_list_of_models_that_cannot_be_had_is_left_out(elsewhere: Answer) -> None:
    with Emulator(says(TEXT), elsewhere=lambda _: elsewhere) as emulator, pytest.raises(ModelError) as caught:
        ask_at(Endpoint(KEY, emulator.url), settings=ModelSettings(model="gemini-1"))

    assert str(caught.value) == "there is no model gemini-1 for this key; name another with --model"


def test_a_port_where_nobody_listens_is_named() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]

    with pytest.raises(TransientError, match=rf"^cannot reach 127.0.0.1:{port}: .+"):
        ask_at(Endpoint(KEY, f"http://user:word@127.0.0.1:{port}/"))


@pytest.mark.parametrize("answer", [hangs(30), drips(TEXT, over_s=30)], ids=["silence", "a drip that never stops"])
def test_the_deadline_holds_for_the_whole_call(answer: Answer) -> None:
    error = failure(answer, timeout_s=0.3)

    assert isinstance(error, TransientError)
    assert str(error) == "no whole reply within 0.3 s; raise --timeout-s if replies take longer"


def test_a_slow_reply_within_the_deadline_is_a_reply() -> None:
    assert ask(drips(TEXT, over_s=0.2)).text == TEXT


REST = {
    "RetryInfo": (refuses(429, "RESOURCE_EXHAUSTED", "slow", retry_info_s=2.5), 2.5),
    "Retry-After": (refuses(503, "UNAVAILABLE", "slow", retry_after_s=7), 7.0),
    "both: RetryInfo": (refuses(429, "RESOURCE_EXHAUSTED", "slow", retry_info_s=3, retry_after_s=9), 3.0),
    "a date gone by": (replace(BUSY, headers=(("Retry-After", "Wed, 21 Oct 2015 07:28:00 GMT"),)), 0.0),
    "nonsense": (replace(BUSY, headers=(("Retry-After", "soon"),)), None),
    "nothing": (BUSY, None),
}


@pytest.mark.parametrize(("answer", "rest_s"), REST.values(), ids=REST.keys())
def test_how_long_the_service_asks_to_be_left_alone(answer: Answer, rest_s: float | None) -> None:
    error = failure(answer)

    assert isinstance(error, TransientError)
    assert error.retry_after_s == rest_s


def test_a_cut_reply_is_asked_for_once_more_with_twice_the_room_and_both_are_counted() -> None:
    with Emulator(within_room(TEXT)) as emulator:
        reply = ask_at(Endpoint(KEY, emulator.url), settings=ModelSettings(max_output_tokens=4))
        rooms = [request.field("generationConfig", "maxOutputTokens") for request in emulator.requests]
        prompt_tokens = reply.usage.prompt if reply.usage else 0

    assert reply.text == TEXT
    assert rooms == [4, 8]
    once = ask(says(TEXT)).usage
    assert once is not None
    assert prompt_tokens == 2 * once.prompt


def test_a_reply_cut_twice_is_an_error_that_keeps_what_came() -> None:
    error = failure(within_room(TEXT * 20), settings=ModelSettings(max_output_tokens=4))

    assert isinstance(error, ReplyError)
    assert str(error) == "the reply was cut at 8 output tokens; raise --max-output-tokens"
    assert error.kept == (TEXT * 20)[:32]


def test_a_reply_cut_with_all_the_room_there_is_is_not_asked_for_again() -> None:
    settings = ModelSettings(max_output_tokens=65536)

    assert str(failure(in_turn(stopped("MAX_TOKENS", '{"par')), settings=settings)).startswith(
        "the reply was cut at 65536"
    )


@pytest.mark.parametrize("text", ["FULLY RESOLVED", f"```json\n{TEXT}\n```", f"{TEXT}\n```", f"{TEXT}\nThat is all."])
def test_words_round_json_are_left_to_whoever_reads_it(text: str) -> None:
    assert ask(says(text)).text == text


def test_another_model_is_accepted_where_that_is_allowed() -> None:
    assert ask(says(TEXT, model_version="gemini-4-flash"), allow_other_model=True).model == "gemini-4-flash"


def test_an_authored_reply_is_one_only_where_that_is_allowed() -> None:
    reply = ask(says(TEXT, model_version="authored", usage={}), allow_authored=True)

    assert (reply.source, reply.model, reply.usage) == (Source.AUTHORED, "authored", None)


def test_allowing_another_model_does_not_allow_an_authored_reply() -> None:
    assert "authored" in str(failure(says(TEXT, model_version="authored"), allow_other_model=True))


def test_a_large_reply_comes_through_whole() -> None:
    text = '{"parts": ["' + "x" * 10_000_000 + '"]}'

    assert ask(says(text), timeout_s=30).text == text


SAME = [
    ("gemini-3.8-flash", "gemini-3.8-flash"),
    ("gemini-3.8-flash", "models/gemini-3.8-flash"),
    ("models/gemini-3.8-flash", "gemini-3.8-flash-001"),
    ("gemini-3.8-flash", "publishers/google/models/gemini-3.8-flash@002"),
    ("gemini-3.8-flash", "gemini-3.8-flash-preview-05-20"),
    ("gemini-3.8-flash", "gemini-3.8-flash-2026-12-01"),
    ("gemini-flash-latest", "gemini-3.8-flash"),
    ("gemini-flash-latest", "gemini-3.8-flash-preview-05-20"),
    ("gemini-flash-lite-latest", "gemini-3.8-flash-lite"),
]
OTHER = [
    ("gemini-3.8-flash", "gemini-3.8-flash-lite"),
    ("gemini-3.8-flash", "gemini-3.8-flash-image"),
    ("gemini-3.8-flash", "gemini-3.8"),
    ("gemini-3.8-flash", "gemini-3x8-flash"),
    ("gemini-2.5-pro", "gemini-2.5-pro1"),
    ("gemini-2.5-pro", "gemini-3.8-pro"),
    ("gemini-3.8-flash-001", "gemini-3.8-flash-002"),
    ("gemini-flash-latest", "gemini-3.8-flash-lite"),
    ("gemini-flash-latest", "gemini-3.8-pro"),
]


@pytest.mark.parametrize(("asked", "answered"), SAME)
def test_the_same_model_may_be_named_more_exactly(asked: str, answered: str) -> None:
    assert same_model(asked, answered)


@pytest.mark.parametrize(("asked", "answered"), OTHER)
def test_another_model_is_not_taken_for_the_one_asked(asked: str, answered: str) -> None:
    assert not same_model(asked, answered)


def test_no_more_connections_are_open_than_allowed() -> None:
    async def asking(endpoint: Endpoint) -> int:
        async with Gemini(endpoint, ModelSettings(), SCHEMA, connections=3) as gemini:
            prompts = [replace(PROMPT, claim_id=f"c{number}") for number in range(20)]
            return len(await asyncio.gather(*(gemini.reply(prompt) for prompt in prompts)))

    with Emulator(says(TEXT)) as emulator:
        assert asyncio.run(asking(Endpoint(KEY, emulator.url))) == 20
        assert emulator.in_flight_peak <= 3


def test_a_run_that_asks_nothing_does_not_import_the_client() -> None:
    program = (
        "import asyncio, sys\n"
        "from verifier.model.options import ModelOptions, open_model\n"
        "from verifier.model.endpoint import Endpoint\n"
        "from verifier.values.prompt import ModelSettings\n"
        "async def main():\n"
        "    async with open_model(ModelOptions(ModelSettings(), {}, Endpoint('k'))):\n"
        "        print('google.genai' in sys.modules, 'vcr' in sys.modules)\n"
        "asyncio.run(main())\n"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout == "False False\n"


@pytest.mark.parametrize(
    ("answer", "line"),
    [
        pytest.param(None, "no model gemini-3.5-pro for this key; name another with --reader-model", id="none"),
        pytest.param(
            refuses(429, "RESOURCE_EXHAUSTED", "limit: 0, model: gemini-3.5-pro"),
            "name another model with --reader-model",
            id="no quota",
        ),
        pytest.param(
            says("{}", model_version="gemini-2.5-pro"), "ask gemini-2.5-pro with --reader-model", id="another"
        ),
    ],
)
def test_what_is_wrong_with_the_readers_model_names_the_readers_option(answer: Answer | None, line: str) -> None:
    reader = Form(ModelSettings(model="gemini-3.5-pro"), {"type": "array"})
    models = DEFAULT_MODELS if answer is None else (*DEFAULT_MODELS, "gemini-3.5-pro")

    async def read(emulator: Emulator) -> None:
        async with Gemini(
            Endpoint(KEY, emulator.url), ModelSettings(), SCHEMA, others={Asks.READING: reader}
        ) as gemini:
            await gemini.reply(Prompt("pool-drains", 1, "Read.", evidence="6\tself.items.pop()"))

    with Emulator(answer or says("{}"), models=models) as emulator, pytest.raises(ModelError) as refused:
        asyncio.run(read(emulator))

    assert line in str(refused.value)


def test_a_second_reading_is_asked_of_its_own_model_in_its_own_form() -> None:
    reader = Form(ModelSettings(model="gemini-3.5-flash", max_output_tokens=500), {"type": "array"})
    verdict = Prompt("pool-drains", 1, "Judge.", "", "It drains.")
    reading = Prompt("pool-drains", 1, "Read.", evidence="6\tself.items.pop()")

    def answer(request: Request) -> Answer:
        return says("{}", model_version=request.model)

    async def both(emulator: Emulator) -> list[Reply]:
        async with Gemini(
            Endpoint(KEY, emulator.url), ModelSettings(), SCHEMA, others={Asks.READING: reader}
        ) as gemini:
            return [await gemini.reply(verdict), await gemini.reply(reading)]

    with Emulator(answer) as emulator:
        replies = asyncio.run(both(emulator))
        configs = [exchange.request.body["generationConfig"] for exchange in emulator.exchanges]

    assert [reply.model for reply in replies] == ["gemini-3.8-flash", "gemini-3.5-flash"]
    assert [config["responseJsonSchema"] for config in configs] == [SCHEMA, {"type": "array"}]
    assert [config["maxOutputTokens"] for config in configs] == [16384, 500]
