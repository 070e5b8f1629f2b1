"""The emulator, asked by the real google-genai client."""

import asyncio
import http.client
import json
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx2
import pydantic
import pytest
from google import genai
from google.genai import errors, types
from google.genai.client import AsyncClient

from tests.model.emulator import (
    Answer,
    Emulator,
    Request,
    after,
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

MODEL = "gemini-3.8-flash"
KEY = "a-key-nobody-has"

T = TypeVar("T")
Response = types.GenerateContentResponse


@asynccontextmanager
async def gemini(emulator: Emulator, key: str = KEY, timeout_s: float = 5.0) -> AsyncIterator[AsyncClient]:
    options = types.HttpOptions(
        base_url=emulator.url,
        timeout=int(timeout_s * 1000),
        # Reading the machine's certificates takes longer than most of these tests.
        client_args={"verify": False},
        async_client_args={"transport": httpx2.AsyncHTTPTransport(verify=False)},
    )
    client = genai.Client(api_key=key, vertexai=False, http_options=options)
    async with client.aio as open_client:
        yield open_client


def visit(emulator: Emulator, do: Callable[[AsyncClient], Awaitable[T]], key: str = KEY, timeout_s: float = 5.0) -> T:
    async def stay() -> T:
        async with gemini(emulator, key, timeout_s) as client:
            return await do(client)

    return asyncio.run(stay())


def ask(
    emulator: Emulator,
    prompt: types.ContentListUnionDict = "Is it so?",
    *,
    model: str = MODEL,
    key: str = KEY,
    timeout_s: float = 5.0,
    **config: Any,
) -> Response:
    def generate(client: AsyncClient) -> Awaitable[Response]:
        return client.models.generate_content(
            model=model, contents=prompt, config=types.GenerateContentConfig(**config)
        )

    return visit(emulator, generate, key, timeout_s)


def ask_many(emulator: Emulator, prompts: Sequence[str], at_once: int) -> list[str | None]:
    async def all_of_them(client: AsyncClient) -> list[str | None]:
        gate = asyncio.Semaphore(at_once)

        async def one(prompt: str) -> str | None:
            async with gate:
                return (await client.models.generate_content(model=MODEL, contents=prompt)).text

        return await asyncio.gather(*map(one, prompts))

    return visit(emulator, all_of_them)


def post(emulator: Emulator, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, dict[str, Any]]:
    """Speak to the emulator without the client, to send what the client would not."""
    connection = http.client.HTTPConnection(urlsplit(emulator.url).netloc, timeout=5)
    try:
        connection.request("POST", path, body, headers)
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    finally:
        connection.close()


def generate_raw(emulator: Emulator, body: dict[str, Any], version: str = "v1") -> tuple[int, dict[str, Any]]:
    path = f"/{version}/models/{MODEL}:generateContent"
    return post(emulator, path, json.dumps(body).encode(), {"x-goog-api-key": KEY})


TURN = {"role": "user", "parts": [{"text": "Is it so?"}]}


def test_a_request_is_kept_as_the_client_sent_it() -> None:
    with Emulator(says("yes")) as emulator:
        ask(emulator, ["first", "second"], system_instruction="Be brief.", max_output_tokens=100)

    (request,) = emulator.requests
    assert (request.method, request.path, request.model) == ("POST", f"/v1/models/{MODEL}:generateContent", MODEL)
    assert (request.system, request.prompt) == ("Be brief.", "firstsecond")
    assert request.whole_prompt == "Be brief.\nfirstsecond"
    assert request.field("generationConfig", "maxOutputTokens") == 100
    assert request.field("generationConfig", "noSuchField") is None
    assert set(request.body) == {"contents", "systemInstruction", "generationConfig"}
    assert {"x-goog-api-key", "content-type", "x-server-timeout"} <= request.header_names


def test_fields_are_read_in_either_spelling() -> None:
    body = {"contents": [TURN], "generation_config": {"max_output_tokens": 7}, "system_instruction": TURN}
    with Emulator(says("yes")) as emulator:
        status, _ = generate_raw(emulator, body)

    assert status == 200
    assert emulator.requests[0].field("generationConfig", "maxOutputTokens") == 7
    assert emulator.requests[0].system == "Is it so?"


def test_equal_requests_have_equal_digests_and_no_reply_shares_its_id_with_another() -> None:
    with Emulator(says("yes")) as emulator:
        ids = [ask(emulator, prompt).response_id for prompt in ("one", "one", "two")]

    first, again, other = (request.digest for request in emulator.requests)
    assert first == again != other
    assert None not in ids
    assert len(set(ids)) == 3


def test_the_key_is_kept_nowhere() -> None:
    with Emulator(says("yes")) as emulator:
        ask(emulator)
        post(emulator, f"/v1/models/{MODEL}:generateContent?key={KEY}", json.dumps({"contents": [TURN]}).encode(), {})

        assert [exchange.status for exchange in emulator.exchanges] == [200, 200]
        assert KEY not in repr((emulator.exchanges, emulator.asked, vars(emulator)))


@pytest.mark.parametrize("version", ["v1", "v1beta"])
def test_both_versions_of_the_protocol_are_spoken(version: str) -> None:
    with Emulator(says("yes")) as emulator:
        assert generate_raw(emulator, {"contents": [TURN]}, version)[0] == 200


def test_an_ordinary_reply_carries_text_model_id_and_usage() -> None:
    with Emulator(says("yes, it is")) as emulator:
        reply = ask(emulator, "p" * 41, system_instruction="s" * 8)

    usage = reply.usage_metadata
    assert reply.text == "yes, it is"
    assert reply.model_version == MODEL
    assert reply.response_id
    assert usage is not None
    assert (usage.prompt_token_count, usage.candidates_token_count, usage.thoughts_token_count) == (13, 3, 3)
    assert usage.cached_content_token_count is None
    assert usage.total_token_count == 13 + 3 + 3


def test_a_reply_can_come_from_another_model_than_the_one_asked() -> None:
    with Emulator(says("yes", model_version="gemini-4.0-flash")) as emulator:
        assert ask(emulator).model_version == "gemini-4.0-flash"


@pytest.mark.parametrize(
    ("usage", "expected"), [({}, None), ({"promptTokenCount": 9}, 9)], ids=["no usage at all", "usage as told"]
)
def test_usage_is_what_the_test_says(usage: dict[str, int], expected: int | None) -> None:
    with Emulator(says("yes", usage=usage)) as emulator:
        found = ask(emulator).usage_metadata

    assert (found and found.prompt_token_count) == expected


CUT_TEXT = '{"verdict": "y'


@pytest.mark.parametrize(
    ("answer", "text", "finish_reason"),
    [
        pytest.param(stopped("MAX_TOKENS", CUT_TEXT), CUT_TEXT, "MAX_TOKENS", id="MAX_TOKENS, text cut"),
        pytest.param(stopped("MAX_TOKENS"), None, "MAX_TOKENS", id="MAX_TOKENS, no text"),
        pytest.param(stopped("SAFETY"), None, "SAFETY", id="SAFETY"),
        pytest.param(stopped("RECITATION"), None, "RECITATION", id="RECITATION"),
    ],
)
def test_a_reply_that_stopped_early_raises_nothing(answer: Answer, text: str | None, finish_reason: str) -> None:
    with Emulator(answer) as emulator:
        reply = ask(emulator, response_mime_type="application/json", response_json_schema={"type": "object"})

    assert reply.candidates is not None
    assert reply.candidates[0].finish_reason == types.FinishReason(finish_reason)
    assert (reply.text, reply.parsed) == (text, None)
    assert (reply.candidates[0].content is None) is (text is None)


def test_a_blocked_prompt_has_feedback_and_no_candidates() -> None:
    with Emulator(blocked("SAFETY")) as emulator:
        reply = ask(emulator)

    assert (reply.candidates, reply.text) == (None, None)
    assert reply.prompt_feedback is not None
    assert reply.prompt_feedback.block_reason == types.BlockedReason.SAFETY
    assert reply.usage_metadata is not None
    assert reply.usage_metadata.candidates_token_count is None


@pytest.mark.parametrize(
    ("answer", "candidates"),
    [(no_candidates(), []), (no_candidates(empty_list=False), None)],
    ids=["an empty list", "no field"],
)
def test_a_reply_without_candidates_raises_nothing(answer: Answer, candidates: list[Any] | None) -> None:
    with Emulator(answer) as emulator:
        reply = ask(emulator)

    assert (reply.candidates, reply.text) == (candidates, None)


def test_an_empty_body_is_a_reply_that_is_empty_throughout() -> None:
    with Emulator(empty_body()) as emulator:
        reply = ask(emulator)

    assert (
        reply.model_dump(exclude_none=True, exclude={"sdk_http_response", "automatic_function_calling_history"}) == {}
    )


def test_an_unknown_finish_reason_warns_and_becomes_a_new_member() -> None:
    with Emulator(says("yes", finish_reason="OUT_OF_BREATH")) as emulator, pytest.warns(UserWarning, match="OUT_OF_B"):
        reply = ask(emulator)

    assert reply.candidates is not None
    assert reply.candidates[0].finish_reason is not None
    assert reply.candidates[0].finish_reason.value == "OUT_OF_BREATH"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        pytest.param(not_json(), json.JSONDecodeError, id="HTML with status 200"),
        pytest.param(raw(200, '{"candidates": ['), json.JSONDecodeError, id="JSON that breaks off"),
        pytest.param(raw(200, '{"responseId": "a\x00b"}'), json.JSONDecodeError, id="a control character"),
        pytest.param(raw(200, '{"candidates": 5}'), TypeError, id="a number for the candidates"),
        pytest.param(wrong_type(), pydantic.ValidationError, id="wrong field type"),
        pytest.param(closes(), httpx2.RemoteProtocolError, id="closed before the first byte"),
        pytest.param(closes(reset=True), httpx2.ReadError, id="reset before the first byte"),
        pytest.param(cut_in_headers(), httpx2.RemoteProtocolError, id="closed in the headers"),
        pytest.param(cut_in_headers(reset=True), httpx2.ReadError, id="reset in the headers"),
        pytest.param(cut_after(40), httpx2.RemoteProtocolError, id="closed in the body"),
        pytest.param(cut_after(40, reset=True), httpx2.ReadError, id="reset in the body"),
    ],
)
def test_a_reply_that_cannot_be_read_raises(answer: Answer, error: type[Exception]) -> None:
    with Emulator(answer) as emulator, pytest.raises(error) as raised:
        ask(emulator)

    assert type(raised.value) is error


def test_a_reply_without_a_byte_in_time_raises_an_error_without_words() -> None:
    with Emulator(hangs(30)) as emulator, pytest.raises(httpx2.ReadTimeout) as raised:
        ask(emulator, timeout_s=0.3)

    assert str(raised.value) == ""


def test_where_nobody_listens_no_connection_is_made() -> None:
    with Emulator(says("yes")) as emulator:
        pass

    with pytest.raises(httpx2.ConnectError):
        ask(emulator)


def test_of_duplicate_keys_the_client_takes_the_last() -> None:
    twice = '{"responseId": "first", "responseId": "last"}'
    with Emulator(raw(200, twice)) as emulator:
        assert ask(emulator).response_id == "last"


@pytest.mark.parametrize(
    ("body", "candidates", "response_id"),
    [
        pytest.param(b'{"responseId": "a\xff"}', None, "a\ufffd", id="invalid UTF-8 is replaced"),
        pytest.param(b'{"candidates": "no"}', [types.Candidate()] * 2, None, id="a text is a candidate per letter"),
        pytest.param(b"[]", None, None, id="a list is an empty reply"),
        pytest.param(b"null", None, None, id="null is an empty reply"),
    ],
)
def test_some_nonsense_the_client_lets_pass(
    body: bytes, candidates: list[types.Candidate] | None, response_id: str | None
) -> None:
    with Emulator(raw(200, body)) as emulator:
        reply = ask(emulator)

    assert (reply.candidates, reply.response_id, reply.text) == (candidates, response_id, None)


def test_a_reply_of_ten_megabytes_arrives_whole() -> None:
    with Emulator(says("x" * 10_000_000)) as emulator:
        assert len(ask(emulator).text or "") == 10_000_000


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        (400, "FAILED_PRECONDITION", errors.ClientError),
        (403, "PERMISSION_DENIED", errors.ClientError),
        (408, "DEADLINE_EXCEEDED", errors.ClientError),
        (429, "RESOURCE_EXHAUSTED", errors.ClientError),
        (500, "INTERNAL", errors.ServerError),
        (503, "UNAVAILABLE", errors.ServerError),
        (504, "DEADLINE_EXCEEDED", errors.ServerError),
    ],
)
def test_a_refusal_says_code_status_and_message(code: int, status: str, kind: type[errors.APIError]) -> None:
    with Emulator(refuses(code, status, "Not today.")) as emulator, pytest.raises(kind) as raised:
        ask(emulator)

    error = raised.value
    assert (error.code, error.status, error.message) == (code, status, "Not today.")
    assert error.details == {"error": {"code": code, "message": "Not today.", "status": status}}
    assert "retry-after" not in error.response.headers
    assert len(emulator.requests) == 1


def test_a_refusal_says_when_to_come_back_and_why() -> None:
    answer = refuses(
        429, "RESOURCE_EXHAUSTED", "Slow.", retry_info_s=2.5, retry_after_s=3, reason="RATE_LIMIT_EXCEEDED"
    )
    with Emulator(answer) as emulator, pytest.raises(errors.ClientError) as raised:
        ask(emulator)

    info, retry = raised.value.details["error"]["details"]
    assert (info["reason"], info["@type"]) == ("RATE_LIMIT_EXCEEDED", "type.googleapis.com/google.rpc.ErrorInfo")
    assert retry == {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "2.5s"}
    assert raised.value.response.headers["retry-after"] == "3"


@pytest.mark.parametrize(
    ("answer", "status"),
    [(not_json(status=502), "Bad Gateway"), (empty_body(500), "Internal Server Error")],
    ids=["an HTML page", "an empty body"],
)
def test_a_proxys_error_has_the_http_phrase_for_status_and_no_details(answer: Answer, status: str) -> None:
    with Emulator(answer) as emulator, pytest.raises(errors.ServerError) as raised:
        ask(emulator)

    assert raised.value.status == status
    assert "error" not in raised.value.details


def test_a_reply_that_drips_outlasts_the_clients_timeout() -> None:
    with Emulator(drips("late, and all there", over_s=0.6)) as emulator:
        began = time.monotonic()
        reply = ask(emulator, timeout_s=0.3)

        assert time.monotonic() - began > 0.5
    assert reply.text == "late, and all there"
    assert emulator.exchanges[0].whole


def test_a_delayed_answer_comes_after_the_delay() -> None:
    with Emulator(after(0.1, after(0.1, says("at last")))) as emulator:
        began = time.monotonic()
        assert ask(emulator).text == "at last"
        assert time.monotonic() - began > 0.2


@pytest.mark.parametrize("answer", [hangs(60), drips("x" * 100, over_s=60)], ids=["hanging", "dripping"])
def test_closing_the_emulator_ends_what_is_under_way(answer: Answer) -> None:
    async def leave_it_open(client: AsyncClient) -> None:
        waiting = asyncio.create_task(client.models.generate_content(model=MODEL, contents="Is it so?"))
        while not emulator.requests:
            await asyncio.sleep(0.01)
        await asyncio.to_thread(emulator.__exit__, None, None, None)
        with pytest.raises(httpx2.RemoteProtocolError):
            await waiting

    emulator = Emulator(answer).__enter__()
    began = time.monotonic()
    visit(emulator, leave_it_open)

    assert time.monotonic() - began < 5
    assert not emulator.exchanges[0].whole


def test_an_open_connection_does_not_hold_up_the_close_and_no_thread_stays() -> None:
    async def keep_the_connection(client: AsyncClient) -> None:
        await client.models.generate_content(model=MODEL, contents="Is it so?")
        began = time.monotonic()
        await asyncio.to_thread(emulator.__exit__, None, None, None)
        assert time.monotonic() - began < 2

    before = set(threading.enumerate())
    emulator = Emulator(says("yes")).__enter__()
    visit(emulator, keep_the_connection)

    assert set(threading.enumerate()) == before


def test_an_answer_its_client_did_not_wait_for_is_not_whole() -> None:
    with Emulator(in_turn(after(60, says("too late")), says("in time"))) as emulator:
        with pytest.raises(httpx2.ReadTimeout):
            ask(emulator, timeout_s=0.2)
        assert ask(emulator).text == "in time"

    assert [(exchange.status, exchange.whole) for exchange in emulator.exchanges] == [(None, False), (200, True)]


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (says("yes"), (200, True)),
        (refuses(500, "INTERNAL", "Oh."), (500, True)),
        (cut_after(10), (200, False)),
        (closes(), (None, False)),
    ],
    ids=["answered", "refused", "cut", "closed"],
)
def test_each_exchange_says_what_became_of_it(answer: Answer, outcome: tuple[int | None, bool]) -> None:
    with Emulator(answer) as emulator, suppress(errors.APIError, httpx2.TransportError):
        ask(emulator)

    assert [(exchange.status, exchange.whole) for exchange in emulator.exchanges] == [outcome]


@pytest.mark.parametrize("at_once", [1, 4, 8])
def test_the_peak_is_what_the_client_had_in_flight(at_once: int) -> None:
    with Emulator(after(0.05, says("yes"))) as emulator:
        ask_many(emulator, [f"prompt {n}" for n in range(4 * at_once)], at_once)

    assert emulator.in_flight_peak == at_once


def test_a_hundred_connections_at_once_are_all_served() -> None:
    with Emulator(after(0.05, says("yes"))) as emulator:
        assert ask_many(emulator, [f"prompt {n}" for n in range(100)], at_once=100) == ["yes"] * 100


def test_an_answer_can_be_chosen_by_the_prompt() -> None:
    def answer(request: Request) -> Answer:
        return says("no") if "impossible" in request.prompt else says("yes")

    with Emulator(answer) as emulator:
        assert [ask(emulator, prompt).text for prompt in ("something", "something impossible")] == ["yes", "no"]


def test_answers_come_in_turn_and_each_once_even_to_many_at_once() -> None:
    with Emulator(in_turn(*(says(str(n)) for n in range(40)))) as emulator:
        texts = ask_many(emulator, [f"prompt {n}" for n in range(40)], at_once=20)

    assert sorted(texts, key=lambda text: int(text or -1)) == [str(n) for n in range(40)]


def test_after_the_last_turn_comes_what_is_to_follow() -> None:
    answer = in_turn(refuses(503, "UNAVAILABLE", "Later."), then=lambda request: says(request.prompt))
    with Emulator(answer) as emulator:
        with pytest.raises(errors.ServerError):
            ask(emulator)
        assert [ask(emulator, word).text for word in ("one", "two")] == ["one", "two"]


def test_a_request_without_a_turn_left_fails_the_test() -> None:
    emulator = Emulator(in_turn(says("yes"))).__enter__()
    ask(emulator)
    with pytest.raises(httpx2.RemoteProtocolError):
        ask(emulator)

    with pytest.raises(AssertionError, match="more than the 1 times"):
        emulator.__exit__(None, None, None)


def test_a_failing_answer_is_noted_on_the_error_that_it_causes() -> None:
    def answer(request: Request) -> Answer:
        raise LookupError("no reply for this prompt")

    with pytest.raises(httpx2.RemoteProtocolError) as raised, Emulator(answer) as emulator:
        ask(emulator)

    assert raised.value.__notes__ == ["the emulator failed before: LookupError('no reply for this prompt')"]


@pytest.mark.parametrize(
    ("room", "text", "finish_reason"),
    [
        (2, "eight ch", "MAX_TOKENS"),
        (5, "eight characters and", "STOP"),
        (None, "eight characters and", "STOP"),
    ],
    ids=["too little room", "just enough", "no bound"],
)
def test_a_text_is_cut_where_the_request_leaves_too_little_room(
    room: int | None, text: str, finish_reason: str
) -> None:
    with Emulator(within_room("eight characters and")) as emulator:
        reply = ask(emulator, max_output_tokens=room)

    assert reply.text == text
    assert reply.candidates is not None
    assert reply.candidates[0].finish_reason == types.FinishReason(finish_reason)


def test_without_a_key_nobody_is_served() -> None:
    body = json.dumps({"contents": [TURN]}).encode()
    with Emulator(says("yes")) as emulator:
        refusals = [
            post(emulator, f"/v1/models/{MODEL}:generateContent", body, headers)
            for headers in ({}, {"x-goog-api-key": ""})
        ]

    assert [(status, reply["error"]["status"]) for status, reply in refusals] == [(403, "PERMISSION_DENIED")] * 2
    assert emulator.asked == ()


def test_an_invalid_key_is_a_bad_request_with_its_reason() -> None:
    with Emulator(says("yes")) as emulator, pytest.raises(errors.ClientError) as raised:
        ask(emulator, key="invalid")

    assert (raised.value.code, raised.value.status) == (400, "INVALID_ARGUMENT")
    assert raised.value.details["error"]["details"][0]["reason"] == "API_KEY_INVALID"


def test_a_model_that_there_is_not_is_not_found() -> None:
    with Emulator(says("yes"), models=("gemini-2.5-pro",)) as emulator, pytest.raises(errors.ClientError) as raised:
        ask(emulator)

    assert (raised.value.code, raised.value.status) == (404, "NOT_FOUND")
    assert f"models/{MODEL} is not found" in str(raised.value.message)


def test_a_method_that_there_is_not_is_not_found() -> None:
    with Emulator(says("yes")) as emulator:
        status, reply = post(emulator, f"/v1/models/{MODEL}:divine", b"{}", {"x-goog-api-key": KEY})

    assert (status, reply["error"]["status"]) == (404, "NOT_FOUND")


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff"], ids=["broken off", "not an object", "not UTF-8"])
def test_a_body_that_is_no_json_object_is_refused(body: bytes) -> None:
    with Emulator(says("yes")) as emulator:
        status, reply = post(emulator, f"/v1/models/{MODEL}:generateContent", body, {"x-goog-api-key": KEY})

    assert (status, reply["error"]["status"]) == (400, "INVALID_ARGUMENT")


def config(**fields: Any) -> dict[str, Any]:
    return {"contents": [TURN], "generationConfig": fields}


def json_config(**fields: Any) -> dict[str, Any]:
    return config(responseMimeType="application/json", **fields)


@pytest.mark.parametrize(
    ("body", "named"),
    [
        pytest.param({"contents": [TURN], "colour": 1}, '"colour": Cannot find', id="unknown field"),
        pytest.param({"contents": [TURN | {"name": "x"}]}, "\"name\" at 'contents[0]'", id="unknown in a content"),
        pytest.param(
            {"contents": [{"parts": [{"text": "a"}, {"txt": "b"}]}]},
            "\"txt\" at 'contents[0].parts[1]'",
            id="in a part",
        ),
        pytest.param(config(maxTokens=1), "\"maxTokens\" at 'generation_config'", id="unknown in the configuration"),
        pytest.param(
            config(thinking_config={"effort": 1}), "\"effort\" at 'generation_config.thinking_config'", id="in thinking"
        ),
        pytest.param(
            json_config(responseSchema={"type": "OBJECT", "properties": {"a": {"items": {"$ref": "#/x"}}}}),
            "\"$ref\" at 'generation_config.response_schema.properties[a].items'",
            id="unknown deep in a schema",
        ),
        pytest.param(
            json_config(responseSchema={"type": "OBJECT", "additionalProperties": False}),
            '"additionalProperties"',
            id="additionalProperties in Gemini's own schema",
        ),
        pytest.param({"contents": [TURN], "safetySettings": [{"level": "x"}]}, '"level"', id="in safety settings"),
        pytest.param(config(maxOutputTokens="many"), "generation_config.max_output_tokens", id="a text for a number"),
        pytest.param(config(maxOutputTokens=True), "generation_config.max_output_tokens", id="a truth for a number"),
        pytest.param({"contents": TURN}, "'contents' is not a list", id="an object for a list"),
        pytest.param({"contents": ["hello"]}, "'contents[0]' is not an object", id="a text for an object"),
        pytest.param(
            json_config(responseSchema={"type": "OBJECT"}, response_json_schema={"type": "object"}),
            "response_json_schema: must not be set together",
            id="both kinds of schema",
        ),
        pytest.param(config(responseSchema={"type": "OBJECT"}), "response_mime_type", id="a schema without JSON"),
        pytest.param(config(responseMimeType="text/html"), "allowed mimetypes", id="unknown type of reply"),
        pytest.param(
            json_config(responseJsonSchema={"anyOf": [{"$ref": "#/$defs/a", "description": "x"}]}),
            '"description" must not be set beside "$ref"',
            id="a description beside a reference",
        ),
        pytest.param({}, "contents is not specified", id="no contents"),
        pytest.param({"contents": []}, "contents is not specified", id="empty contents"),
        pytest.param({"contents": [{"role": "user"}]}, "contents[0].parts", id="a turn without parts"),
        pytest.param(
            {"contents": [TURN, {"role": "user", "parts": [{"text": ""}]}]},
            "contents[1].parts[0]",
            id="empty last turn",
        ),
        pytest.param({"contents": [TURN | {"role": "system"}]}, "valid role", id="unknown role"),
        pytest.param(config(thinkingConfig={"thinkingLevel": "MINIMAL"}), "MINIMAL", id="a level this model has not"),
        pytest.param(config(thinkingConfig={"thinkingLevel": "DEEP"}), "DEEP", id="a level no model has"),
        pytest.param(
            config(thinkingConfig={"thinkingLevel": "LOW", "thinkingBudget": 1}), "only one", id="level and budget"
        ),
    ],
)
def test_what_gemini_refuses_is_refused_by_name(body: dict[str, Any], named: str) -> None:
    with Emulator(says("yes")) as emulator:
        status, reply = generate_raw(emulator, body)

    assert (status, reply["error"]["code"], reply["error"]["status"]) == (400, 400, "INVALID_ARGUMENT")
    assert named in reply["error"]["message"]
    assert emulator.asked == ()


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"contents": [{"parts": [{"text": ""}]}, TURN]}, id="an empty turn that is not the last"),
        pytest.param({"contents": [{"parts": [{"text": ""}, {"text": "a"}]}]}, id="an empty part beside a full one"),
        pytest.param({"contents": [TURN], "generationConfig": None}, id="null for a field that is left out"),
        pytest.param(json_config(responseJsonSchema={"anyOf": [{"$ref": "#/$defs/a"}]}), id="a reference alone"),
        pytest.param(
            json_config(responseJsonSchema={"properties": {"$ref": {"type": "string"}, "why": {"type": "string"}}}),
            id="a property that is named $ref",
        ),
        pytest.param(
            json_config(response_schema={"type": "OBJECT", "property_ordering": ["a"], "properties": {"a": {}}}),
            id="a schema in snake_case",
        ),
        pytest.param(
            json_config(responseSchema={"type": "OBJECT", "properties": {"no_such_field": {"max_items": "3"}}}),
            id="a property of any name and a number written as text",
        ),
        pytest.param(config(thinkingConfig={"thinking_level": "low"}), id="a level in small letters"),
    ],
)
def test_what_only_looks_wrong_is_served(body: dict[str, Any]) -> None:
    with Emulator(says("yes")) as emulator:
        status, reply = generate_raw(emulator, body)

    assert (status, reply.get("error")) == (200, None)


class Inner(pydantic.BaseModel):
    why: str
    holds: bool


class Outer(pydantic.BaseModel):
    parts: list[Inner]
    word: str | None


@pytest.mark.parametrize(
    "schema",
    [{"response_schema": Outer}, {"response_json_schema": Outer.model_json_schema()}],
    ids=["Gemini's own schema", "JSON Schema"],
)
def test_what_the_client_writes_of_a_whole_configuration_is_served(schema: dict[str, Any]) -> None:
    with Emulator(says('{"parts": [], "word": null}')) as emulator:
        reply = ask(
            emulator,
            system_instruction="Be brief.",
            temperature=0.5,
            seed=7,
            max_output_tokens=100,
            response_mime_type="application/json",
            thinking_config=types.ThinkingConfig(thinking_level=types.ThinkingLevel.LOW),
            safety_settings=[
                types.SafetySetting(
                    category=types.HarmCategory.HARM_CATEGORY_HARASSMENT, threshold=types.HarmBlockThreshold.BLOCK_NONE
                )
            ],
            **schema,
        )

    assert Outer.model_validate_json(reply.text or "") == Outer(parts=[], word=None)


def test_models_are_listed_over_pages_and_looked_up() -> None:
    names = tuple(f"gemini-test-{n}" for n in range(5))

    async def look(client: AsyncClient) -> tuple[list[str | None], str | None, list[str] | None]:
        listed = [model.name async for model in await client.models.list(config={"page_size": 2})]
        found = await client.models.get(model="gemini-test-3")
        return listed, found.name, found.supported_actions

    with Emulator(says("yes"), models=names) as emulator:
        listed, found, actions = visit(emulator, look)

    assert listed == [f"models/{name}" for name in names]
    assert found == "models/gemini-test-3"
    assert "generateContent" in (actions or [])
    assert [request.path for request in emulator.requests] == ["/v1/models"] * 3 + ["/v1/models/gemini-test-3"]


def test_tokens_are_counted_without_asking_the_model() -> None:
    async def count(client: AsyncClient) -> int | None:
        return (await client.models.count_tokens(model=MODEL, contents="x" * 41)).total_tokens

    with Emulator(says("yes")) as emulator:
        assert visit(emulator, count) == 11
    assert emulator.asked == ()


def test_any_other_request_can_be_answered_by_the_test_instead() -> None:
    async def count(client: AsyncClient) -> int | None:
        return (await client.models.count_tokens(model=MODEL, contents="x")).total_tokens

    def elsewhere(request: Request) -> Answer | None:
        return refuses(503, "UNAVAILABLE", "Later.") if request.path.endswith(":countTokens") else None

    with Emulator(says("yes"), elsewhere=elsewhere) as emulator:
        with pytest.raises(errors.ServerError):
            visit(emulator, count)
        assert ask(emulator).text == "yes"


def batched(key: str, prompt: str, **config: Any) -> types.InlinedRequest:
    return types.InlinedRequest(
        contents=types.Content(role="user", parts=[types.Part(text=prompt)]),
        metadata={"key": key},
        config=types.GenerateContentConfig(**config),
    )


def answer_batched(request: Request) -> Answer:
    match request.prompt:
        case "crowded":
            return refuses(429, "RESOURCE_EXHAUSTED", "Slow.")
        case "lost":
            return closes()
        case prompt:
            return says(f"{request.system} {prompt}")


def test_a_batch_is_pending_then_running_then_done_with_one_result_for_each_request() -> None:
    requests = [
        batched("a", "one", system_instruction="Be brief.", max_output_tokens=10),
        batched("b", "crowded"),
        batched("c", "lost"),
        batched("d", "two"),
    ]

    async def wait_for_it(client: AsyncClient) -> tuple[list[types.JobState | None], types.BatchJob]:
        job = await client.batches.create(model=MODEL, src=requests, config={"display_name": "phase4"})
        states = [job.state]
        while job.state not in (types.JobState.JOB_STATE_SUCCEEDED, types.JobState.JOB_STATE_FAILED):
            job = await client.batches.get(name=job.name or "")
            states.append(job.state)
        return states, await client.batches.get(name=job.name or "")

    with Emulator(answer_batched, batch_polls=3) as emulator:
        states, job = visit(emulator, wait_for_it)

    assert [state.name.removeprefix("JOB_STATE_") for state in states if state] == [
        "PENDING", "PENDING", "RUNNING", "RUNNING", "SUCCEEDED",
    ]  # fmt: skip
    assert (job.display_name, job.model) == ("phase4", f"models/{MODEL}")
    assert job.dest is not None
    results = job.dest.inlined_responses or []
    assert [result.metadata for result in results] == [{"key": key} for key in "abcd"]
    assert [result.response and result.response.text for result in results] == ["Be brief. one", None, None, " two"]
    assert [result.error and (result.error.code, result.error.message) for result in results] == [
        None,
        (8, "Slow."),
        (13, "Internal error encountered."),
        None,
    ]
    first = results[0].response
    assert first is not None
    assert first.model_version == MODEL
    assert first.usage_metadata is not None
    assert [request.prompt for request in emulator.asked] == ["one", "crowded", "lost", "two"]


def test_a_bad_request_in_a_batch_is_its_own_error_alone() -> None:
    requests = [batched("a", ""), batched("b", "fine")]

    async def wait_for_it(client: AsyncClient) -> list[types.InlinedResponse]:
        job = await client.batches.create(model=MODEL, src=requests)
        job = await client.batches.get(name=job.name or "")
        assert job.dest is not None
        return job.dest.inlined_responses or []

    with Emulator(says("yes"), batch_polls=0) as emulator:
        bad, fine = visit(emulator, wait_for_it)

    assert bad.error is not None
    assert bad.error.code == 3
    assert fine.response is not None
    assert fine.response.text == "yes"


def test_a_cancelled_batch_is_never_answered() -> None:
    async def change_my_mind(client: AsyncClient) -> list[types.JobState | None]:
        job = await client.batches.create(model=MODEL, src=[batched("a", "one")])
        await client.batches.cancel(name=job.name or "")
        states = [(await client.batches.get(name=job.name or "")).state for _ in range(3)]
        listed = [batch.state async for batch in await client.batches.list()]
        await client.batches.delete(name=job.name or "")
        return states + listed + [batch.state async for batch in await client.batches.list()]

    with Emulator(says("yes")) as emulator:
        states = visit(emulator, change_my_mind)

    assert states == [types.JobState.JOB_STATE_CANCELLED] * 4
    assert emulator.asked == ()


@pytest.mark.parametrize("version", ["v1", "v1beta"])
@pytest.mark.parametrize(
    ("batch", "named"),
    [
        ({"inputConfig": {"requests": {"requests": []}}}, "holds no requests"),
        ({"inputConfig": {"requests": {"requests": [{"metadata": {"key": "a"}}]}}}, "request is not specified"),
        ({"input": {}}, "\"input\" at 'batch'"),
    ],
    ids=["empty", "an item without a request", "unknown field"],
)
def test_a_malformed_batch_is_refused_at_once(batch: dict[str, Any], named: str, version: str) -> None:
    body = json.dumps({"batch": batch}).encode()
    with Emulator(says("yes")) as emulator:
        path = f"/{version}/models/{MODEL}:batchGenerateContent"
        status, reply = post(emulator, path, body, {"x-goog-api-key": KEY})

    assert status == 400
    assert named in reply["error"]["message"]


def test_a_batch_that_there_is_not_is_not_found() -> None:
    async def look(client: AsyncClient) -> types.BatchJob:
        return await client.batches.get(name="batches/nothing")

    with Emulator(says("yes")) as emulator, pytest.raises(errors.ClientError) as raised:
        visit(emulator, look)

    assert (raised.value.code, raised.value.status) == (404, "NOT_FOUND")


def test_a_client_of_threads_is_served_as_well() -> None:
    with Emulator(says("yes")) as emulator:
        options = types.HttpOptions(base_url=emulator.url, timeout=5000)
        with genai.Client(api_key=KEY, vertexai=False, http_options=options) as client:
            assert client.models.generate_content(model=MODEL, contents="Is it so?").text == "yes"
