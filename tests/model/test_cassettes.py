"""Cassettes: what is recorded replays byte for byte, and nothing else does."""

import asyncio
import gzip
import json
import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.model.emulator import (
    DEFAULT_MODELS,
    Answer,
    Answerer,
    Emulator,
    closes,
    in_turn,
    raw,
    refuses,
    says,
    stopped,
    within_room,
)
from verifier.cli import cli
from verifier.errors import CassetteError, ModelError, UsageError
from verifier.model.cassettes.checks import check_cassette, scrub_cassette
from verifier.model.cassettes.files import Cassette, Provenance, RecordedBody, read_cassette, write_cassette
from verifier.model.cassettes.recording import recording, replaying
from verifier.model.endpoint import Endpoint
from verifier.model.gemini import Gemini
from verifier.model.options import ModelOptions, Record, open_model
from verifier.values.prompt import Asks, ModelSettings, Prompt, Reply, Source

KEY = "-".join(["a", "key", "nobody", "has"])
SCHEMA: dict[str, Any] = {"type": "object"}
RECORDED = Provenance(
    replies="recorded", recorded_at="2026-11-02T10:00:00Z", tool="verifier 0.1.0", model="gemini-3.8-flash"
)
AUTHORED = RECORDED.model_copy(update={"replies": "authored"})
TEXT = '{\n  "parts": [],\n  "why": "ä \\"quoted\\" line"\n}'


def prompt(claim_id: str = "pool-drains", number: int = 1, **sections: str) -> Prompt:
    followup = "Also: queue.py" if number > 1 else ""
    first = Prompt(claim_id, number, "Judge.", "pool.py: 1 import queue", f"{claim_id}: it drains.", followup)
    return replace(first, **sections)  # type: ignore[arg-type]


async def _ask(options: ModelOptions, prompts: Sequence[Prompt]) -> list[Reply]:
    async def no_pause(seconds: float) -> None:
        assert seconds >= 0

    async with open_model(options, sleep=no_pause) as model:
        return await asyncio.gather(*(model.reply(one) for one in prompts))


def record(
    path: Path,
    prompts: Sequence[Prompt],
    answer: Answer | Answerer | None = None,
    *,
    provenance: Provenance = RECORDED,
    settings: ModelSettings | None = None,
    key: str = KEY,
    vertex: bool = False,
    models: tuple[str, ...] = DEFAULT_MODELS,
    **options: Any,
) -> list[Reply]:
    with Emulator(answer or says(TEXT), models=models) as emulator:
        making = Record(path, provenance, **options)
        endpoint = Endpoint(key, emulator.url, vertex=vertex)
        return asyncio.run(_ask(ModelOptions(settings or ModelSettings(), SCHEMA, endpoint, record=making), prompts))


def replay(path: Path, prompts: Sequence[Prompt], settings: ModelSettings | None = None) -> list[Reply]:
    with no_sockets():
        return asyncio.run(_ask(ModelOptions(settings or ModelSettings(), SCHEMA, replay=path), prompts))


_refusing: list[bool] = []


def _refuse_sockets(event: str, _: tuple[object, ...]) -> None:
    if _refusing and event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        raise AssertionError(f"a replay reached for the network: {event}")


sys.addaudithook(_refuse_sockets)


@contextmanager
def no_sockets() -> Iterator[None]:
    """No connection may be made, not even to this machine."""
    _refusing.append(True)
    try:
        yield
    finally:
        _refusing.pop()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "pool.yaml"


def test_a_recording_replays_without_key_or_network(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prompts = [prompt(), prompt(number=2), prompt("pool-fills")]
    live = record(path, prompts)
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", "http://192.0.2.1/")

    replayed = replay(path, prompts)

    expected = [replace(reply, source=Source.RECORDED, recorded_at="2026-11-02T10:00:00Z") for reply in live]
    assert replayed == expected
    assert [reply.source for reply in live] == [Source.LIVE] * 3


def test_the_refusal_of_sockets_would_be_noticed() -> None:
    with no_sockets(), Emulator(says(TEXT)) as emulator:
        options = ModelOptions(ModelSettings(), SCHEMA, Endpoint(KEY, emulator.url), attempts=1)
        with pytest.RaisesGroup(AssertionError):
            asyncio.run(_ask(options, [prompt()]))


def test_the_whole_file_reads_so(path: Path) -> None:
    record(path, [prompt()])

    digests = prompt().digests
    response_id = read_cassette(path).interactions[0].response.body.data
    assert response_id is not None
    text = path.read_text(encoding="utf-8")
    headers = read_cassette(path).interactions[0].request.headers
    assert (
        text
        == f"""\
# Replies in this cassette were recorded from gemini-3.8-flash, 2026-11-02T10:00:00Z.
# Prompts are kept as digests of their sections.
version: 1
metadata:
  replies: recorded
  recorded_at: '2026-11-02T10:00:00Z'
  tool: verifier 0.1.0
  model: gemini-3.8-flash
interactions:
- request:
    method: POST
    uri: https://generativelanguage.googleapis.com/v1/models/gemini-3.8-flash:generateContent
    body: pool-drains, round 1
    headers:
      claim-id: pool-drains
      round: '1'
      system: {digests["system"]}
      shared: {digests["shared"]}
      claim: {digests["claim"]}
      config: {headers["config"]}
      schema: {headers["schema"]}
  response:
    status:
      code: 200
      message: OK
    headers:
      content-type:
      - application/json; charset=UTF-8
    body:
      json:
        candidates:
        - content:
            role: model
            parts:
            - text: |-
                {{
                  "parts": [],
                  "why": "ä \\"quoted\\" line"
                }}
          finishReason: STOP
          index: 0
        modelVersion: gemini-3.8-flash
        responseId: {response_id["responseId"]}
        usageMetadata:
          promptTokenCount: {response_id["usageMetadata"]["promptTokenCount"]}
          candidatesTokenCount: {response_id["usageMetadata"]["candidatesTokenCount"]}
          thoughtsTokenCount: {response_id["usageMetadata"]["thoughtsTokenCount"]}
          totalTokenCount: {response_id["usageMetadata"]["totalTokenCount"]}
...
"""
    )


def test_the_same_exchanges_make_the_same_file_whatever_the_order_they_came_in(path: Path) -> None:
    prompts = [prompt("b"), prompt("a", 2), prompt("a"), prompt("c")]
    record(path, prompts, order=("c", "a"))
    first = path.read_bytes()

    record(path, prompts[::-1], order=("c", "a"))

    assert path.read_bytes() == first
    order = [(one.claim_id, one.round) for one in read_cassette(path).interactions]
    assert order == [("c", 1), ("a", 1), ("a", 2), ("b", 1)]


def test_neither_key_nor_address_nor_prompt_nor_project_is_stored(path: Path) -> None:
    denied = refuses(403, "PERMISSION_DENIED", f"Key {KEY} of project projects/123456 may not.", reason="DENIED")
    with pytest.raises(ModelError):
        record(path, [prompt(system="a secret plan")], denied)

    text = path.read_text(encoding="utf-8")
    assert "DENIED" in text
    for absent in (
        KEY,
        "127.0.0.1",
        "a secret plan",
        "123456",
        "user-agent",
        "x-goog",
        "metadata:\n            service",
    ):
        assert absent not in text


def test_an_error_that_comes_in_a_list_is_one_and_names_no_project(path: Path) -> None:
    error = {"code": 429, "status": "RESOURCE_EXHAUSTED", "message": "Quota of projects/123456 for requests per day"}
    listed = raw(429, json.dumps([{"error": {**error, "details": [{"@type": "x.Help", "project": "123456"}]}}]))
    with pytest.raises(ModelError) as live:
        record(path, [prompt()], listed)
    with pytest.raises(ModelError) as replayed:
        replay(path, [prompt()])

    assert "123456" not in path.read_text(encoding="utf-8")
    assert str(replayed.value) == str(live.value).replace("projects/123456", "[project]")
    assert live.value.fatal


def test_what_was_asked_again_when_recording_is_asked_again_when_replaying(path: Path) -> None:
    busy = refuses(503, "UNAVAILABLE", "busy", retry_info_s=2.5)
    live = record(path, [prompt()], in_turn(busy, busy, says(TEXT)))

    assert [one.response.status.code for one in read_cassette(path).interactions] == [503, 503, 200]
    assert replay(path, [prompt()])[0].text == live[0].text


def test_a_claim_that_failed_when_recording_fails_alike_when_replaying(path: Path) -> None:
    busy = refuses(503, "UNAVAILABLE", "busy", retry_after_s=2)
    with pytest.raises(ModelError) as live:
        record(path, [prompt()], in_turn(*[busy] * 4))

    with pytest.raises(ModelError) as replayed:
        replay(path, [prompt()])

    assert str(live.value) == (
        "the service answered 503 UNAVAILABLE: busy; gave up after 4 attempts; the service asks to wait 2 s"
    )
    assert str(replayed.value) == str(live.value)


@pytest.mark.parametrize(
    "answer",
    [
        refuses(429, "RESOURCE_EXHAUSTED", "Quota.", retry_info_s=30, quotas=["RequestsPerDayPerProject"]),
        refuses(429, "RESOURCE_EXHAUSTED", "Quota.", retry_info_s=30, quotas=["RequestsPerMinute"], quota_value="0"),
    ],
    ids=["a day that is spent", "no quota at all"],
)
def test_a_quota_that_ended_the_run_when_recording_ends_it_when_replaying(path: Path, answer: Answer) -> None:
    with pytest.raises(ModelError) as live:
        record(path, [prompt()], answer)
    with pytest.raises(ModelError) as replayed:
        replay(path, [prompt()])

    assert (str(replayed.value), replayed.value.fatal) == (str(live.value), True)
    assert "quotaDimensions" not in path.read_text(encoding="utf-8")


def test_a_reply_that_was_cut_and_asked_for_again_replays_with_both_costs(path: Path) -> None:
    narrow = ModelSettings(max_output_tokens=4)
    live = record(path, [prompt()], within_room('{"parts": ["abc"]}'), settings=narrow)

    assert replay(path, [prompt()], narrow)[0].usage == live[0].usage


@pytest.mark.parametrize(
    ("vertex", "model", "kept"),
    [
        (False, "gemini-3.8-flash", "models/gemini-3.8-flash"),
        (False, "models/gemini-3.8-flash", "models/gemini-3.8-flash"),
        (False, "tunedModels/ours-1", "tunedModels/ours-1"),
        (False, "google/gemini-3.8-flash", "models/gemini-3.8-flash"),
        (False, "meta/llama-9", "meta/llama-9"),
        (True, "gemini-3.8-flash", "models/gemini-3.8-flash"),
        (True, "google/gemini-3.8-flash", "models/gemini-3.8-flash"),
        (True, "meta/llama-9", "meta/llama-9"),
        (True, "projects/a-team-77/locations/us-east1/endpoints/4242", "endpoints/4242"),
        (
            True,
            "projects/a-team-77/locations/us-east1/publishers/google/models/gemini-3.8-flash",
            "models/gemini-3.8-flash",
        ),
    ],
)
def test_a_model_is_recorded_wherever_it_is_and_without_the_project(
    path: Path, vertex: bool, model: str, kept: str
) -> None:
    named = ModelSettings(model=model)
    provenance = RECORDED.model_copy(update={"model": model})
    answer = says(TEXT, model_version=model.rpartition("/")[2])

    there = (kept.removeprefix("models/"), model, model.rpartition("/")[2])

    live = record(path, [prompt()], answer, settings=named, vertex=vertex, models=there, provenance=provenance)

    (exchange,) = read_cassette(path).interactions
    assert exchange.request.uri == f"https://generativelanguage.googleapis.com/v1/{kept}:generateContent"
    assert "a-team-77" not in path.read_text(encoding="utf-8")
    assert replay(path, [prompt()], named)[0].text == live[0].text


def test_a_model_elsewhere_is_another_prompt(path: Path) -> None:
    ours = ModelSettings(model="tunedModels/ours-1")
    record(path, [prompt()], says(TEXT, model_version="ours-1"), settings=ours, models=("tunedModels/ours-1",))

    with pytest.raises(CassetteError, match='differs in its section "config"'):
        replay(path, [prompt()], ModelSettings(model="tunedModels/ours-2"))


@pytest.mark.parametrize("key", ["e", "abcdefg"])
def test_a_key_that_other_text_holds_is_refused_before_anything_is_asked(path: Path, key: str) -> None:
    with Emulator(says(TEXT)) as emulator:
        options = ModelOptions(
            ModelSettings(), SCHEMA, Endpoint(key, emulator.url), record=Record(path, RECORDED), attempts=1
        )
        with pytest.raises(UsageError, match="the API key from --api-key has fewer than 8 characters"):
            asyncio.run(_ask(options, [prompt()]))

    assert not emulator.requests
    assert not path.exists()


def test_a_short_key_asks_and_replays(path: Path) -> None:
    record(path, [prompt()])
    with Emulator(says(TEXT)) as emulator:
        options = ModelOptions(ModelSettings(), SCHEMA, Endpoint("abcdefg", emulator.url))
        assert asyncio.run(_ask(options, [prompt()]))[0].text == TEXT

    assert replay(path, [prompt()])[0].text == TEXT


ENVELOPE = json.dumps(dict(says(TEXT).reply or {}) | {"modelVersion": "gemini-3.8-flash"}).encode()
PACKED = gzip.compress(ENVELOPE)


def packed(body: bytes, encoding: str = "gzip") -> Answer:
    return replace(raw(200, body), headers=(("Content-Encoding", encoding),))


GZIP = {
    "whole": packed(PACKED),
    "a sum that does not fit": packed(PACKED[:-8] + bytes(8)),
    "cut off": packed(PACKED[:-20]),
    "cut off at its sum": packed(PACKED[:-8]),
    "no gzip at all": packed(ENVELOPE),
    "deflate": packed(zlib.compress(ENVELOPE), "deflate"),
    "no deflate at all": packed(ENVELOPE, "deflate"),
    "an encoding that nobody knows": packed(ENVELOPE, "rot13"),
    "twice": packed(gzip.compress(PACKED), "gzip, gzip"),
    "followed by something": packed(PACKED + b"more"),
}


def said(ask: Callable[[], list[Reply]]) -> str:
    """The reply's text, or "ERROR"."""
    try:
        return ask()[0].text
    except (ModelError, CassetteError):
        return "ERROR"


@pytest.mark.parametrize("answer", GZIP.values(), ids=GZIP.keys())
def test_a_packed_reply_is_read_live_as_in_a_replay(path: Path, answer: Answer) -> None:
    live = said(lambda: record(path, [prompt()], answer))

    assert said(lambda: replay(path, [prompt()])) == live


def test_what_was_packed_badly_and_asked_again_replays_as_what_came_then(path: Path) -> None:
    live = record(path, [prompt()], in_turn(GZIP["a sum that does not fit"], says(TEXT)))

    assert [one.response.status.code for one in read_cassette(path).interactions] == [200]
    assert replay(path, [prompt()])[0].text == live[0].text


def recorded_with(path: Path, answer: Answer | Answerer, *ids: str) -> list[str]:
    """What a recording of these claims warns of, whatever becomes of the claims."""
    told: list[str] = []

    async def ask() -> None:
        with Emulator(answer) as emulator:
            made = Record(path, RECORDED, ids)
            options = ModelOptions(ModelSettings(), SCHEMA, Endpoint(KEY, emulator.url), attempts=1, record=made)
            async with open_model(options, warn=told.append) as model:
                for one in ids:
                    with suppress(ModelError):
                        await model.reply(prompt(one))

    asyncio.run(ask())
    return told


def fails_for(*ids: str) -> Answerer:
    return lambda request: (
        refuses(500, "INTERNAL", "no") if any(f"{i}: it" in request.prompt for i in ids) else says(TEXT)
    )


def test_a_recording_that_recorded_nothing_says_so(path: Path) -> None:
    assert recorded_with(path, closes(), "a") == [f"nothing was recorded: {path} is not written"]
    assert not path.exists()

    record(path, [prompt("a")])
    before = path.read_bytes()
    assert recorded_with(path, closes(), "a") == [f"nothing was recorded: {path} is as it was"]
    assert path.read_bytes() == before


def test_a_reply_that_is_not_on_the_cassette_is_an_error(path: Path) -> None:
    """Whatever the reason: a client that asks past the recorder, for example."""

    class Elsewhere:
        async def reply(self, prompt: Prompt) -> Reply:
            return Reply(prompt.claim, Source.LIVE, "gemini-3.8-flash")

    with recording(path, RECORDED) as recorder, pytest.raises(CassetteError, match="the reply was not recorded"):
        asyncio.run(recorder.through(Elsewhere()).reply(prompt()))


def test_a_recording_with_fewer_claims_answered_goes_beside_the_one_with_more(path: Path) -> None:
    assert recorded_with(path, says(TEXT), "a", "b") == []
    before = path.read_bytes()
    beside = path.with_name("pool.incomplete.yaml")

    assert recorded_with(path, fails_for("b"), "a", "b") == [
        f"{path} has replies to claims that were not answered now, and stays; the recording is {beside}"
    ]

    assert path.read_bytes() == before
    assert [one.claim_id for one in read_cassette(beside).interactions if one.reply_text] == ["a"]


def test_a_claim_that_was_taken_out_or_never_answered_keeps_no_cassette(path: Path) -> None:
    recorded_with(path, fails_for("b"), "a", "b", "c")

    assert recorded_with(path, fails_for("b"), "a", "b") == []
    assert [one.claim_id for one in read_cassette(path).interactions if one.reply_text] == ["a"]


DIFFERENCES = {
    "system": ({"system": "Judge well."}, 'the recorded prompt differs in its section "system"'),
    "shared": ({"shared": "pool.py: 1 import os"}, 'the recorded prompt differs in its section "shared"'),
    "claim": ({"claim": "It fills."}, 'the recorded prompt differs in its section "claim"'),
    "followup": ({"followup": "Also: a.py"}, 'the recorded prompt differs in its section "followup"'),
    "several": (
        {"system": "Judge well.", "claim": "It fills."},
        'the recorded prompt differs in its sections "system" and "claim"',
    ),
}


@pytest.mark.parametrize(("sections", "line"), DIFFERENCES.values(), ids=DIFFERENCES.keys())
def test_another_prompt_than_the_recorded_one_is_named_by_the_section_that_changed(
    path: Path, sections: dict[str, str], line: str
) -> None:
    record(path, [prompt(), prompt(number=2)])

    with pytest.raises(CassetteError) as caught:
        replay(path, [prompt(number=2, **sections)])

    assert str(caught.value) == f'"pool-drains", round 2: {path}: {line}; record it anew with --record'


def test_another_model_or_setting_is_another_prompt(path: Path) -> None:
    record(path, [prompt()])

    for changed in (ModelSettings(model="gemini-2.5-pro"), ModelSettings(thinking_level="HIGH")):
        with pytest.raises(CassetteError, match='differs in its section "config"'):
            replay(path, [prompt()], changed)


def test_another_schema_is_another_prompt(path: Path) -> None:
    record(path, [prompt()])

    with no_sockets(), pytest.raises(CassetteError, match='differs in its section "schema"'):
        asyncio.run(_ask(ModelOptions(ModelSettings(), {"type": "array"}, replay=path), [prompt()]))


def test_a_claim_a_round_or_a_repetition_that_was_not_recorded_is_said_so(path: Path) -> None:
    record(path, [prompt()])

    lines = {
        "the cassette holds nothing of this claim": [prompt("pool-fills")],
        "the cassette holds other rounds of this claim only": [prompt(number=2)],
        "asked more often than recorded": [prompt(), prompt()],
    }
    for line, prompts in lines.items():
        with pytest.raises(CassetteError) as caught:
            replay(path, prompts)
        asked = prompts[-1]
        where = f'"{asked.claim_id}", round {asked.round}: {path}'
        assert str(caught.value) == f"{where}: {line}; record it anew with --record"


def test_two_claims_of_the_same_words_each_get_their_own_reply(path: Path) -> None:
    def answer_by_turn() -> Answerer:
        return in_turn(says('{"parts": ["first"]}'), says('{"parts": ["second"]}'))

    twins = [prompt(claim_id, claim="It drains.") for claim_id in ("a", "b")]
    with Emulator(answer_by_turn()) as emulator:
        options = ModelOptions(ModelSettings(), SCHEMA, Endpoint(KEY, emulator.url), record=Record(path, RECORDED))

        async def one_by_one() -> list[Reply]:
            async with open_model(options) as model:
                return [await model.reply(twin) for twin in twins]

        asyncio.run(one_by_one())

    assert [reply.text for reply in replay(path, twins[::-1])] == ['{"parts": ["second"]}', '{"parts": ["first"]}']


def test_many_claims_replay_at_once_each_with_its_own_reply(path: Path) -> None:
    prompts = [prompt(f"c{number}", shared="x" * 20_000) for number in range(200)]

    live = record(path, prompts, lambda request: says(json.dumps({"parts": [request.prompt[-20:]]})))
    replayed = replay(path, prompts[::-1])

    assert [reply.text for reply in replayed] == [reply.text for reply in live[::-1]]
    assert len({reply.text for reply in replayed}) == 200
    assert path.stat().st_size < 400_000


def test_what_is_not_asked_for_in_a_replay_can_be_told(path: Path) -> None:
    record(path, [prompt(), prompt("pool-fills")])

    async def half() -> tuple[tuple[str, int, Asks], ...]:
        with replaying(path) as tape:
            async with Gemini(Endpoint("none"), ModelSettings(), SCHEMA) as gemini:
                await tape.through(gemini).reply(prompt())
                return tape.unplayed

    assert asyncio.run(half()) == (("pool-fills", 1, Asks.VERDICT),)


def test_a_second_reading_stands_behind_the_verdict_that_it_reads(path: Path) -> None:
    read = Prompt("pool-drains", 1, "Read.", evidence="6\tself.items.pop()", tokens=10)
    record(path, [read, prompt()])

    first, second = read_cassette(path).interactions

    assert [first.key, second.key] == [prompt().key, read.key]
    assert second.request.body == "pool-drains, round 1, second reading"
    assert list(second.digests) == ["system", "evidence", "config", "schema"]
    assert [reply.source for reply in replay(path, [read, prompt()])] == [Source.RECORDED] * 2
    with pytest.raises(CassetteError, match=r'round 1, second reading: .+ its section "evidence"'):
        replay(path, [replace(read, evidence="7\tpass")])


def test_a_model_that_is_gone_replays_its_refusal_without_asking_for_others(path: Path) -> None:
    gone = ModelSettings(model="gemini-1")
    with pytest.raises(ModelError, match=r"gemini-3\.8-flash"):
        record(path, [prompt()], settings=gone)

    with pytest.raises(ModelError, match=r"^there is no model gemini-1 for this key; name another with --model$"):
        replay(path, [prompt()], gone)


def test_a_replay_answers_prompts_alone(path: Path) -> None:
    record(path, [prompt()])

    async def listing() -> None:
        with replaying(path):
            async with Gemini(Endpoint("none"), ModelSettings(), SCHEMA) as gemini:
                await gemini._models("gemini-1")

    with no_sockets(), pytest.raises(CassetteError, match="a replay answers prompts alone, not GET /v1/models"):
        asyncio.run(listing())


def authored(text: str = TEXT) -> Answer:
    return says(text, model_version="authored", usage={})


def test_authored_replies_say_so_at_the_top_in_the_metadata_and_in_each_reply(path: Path) -> None:
    (made,) = record(path, [prompt()], authored(), provenance=AUTHORED)
    (replayed,) = replay(path, [prompt()])

    assert (made.source, made.model, made.usage) == (Source.AUTHORED, "authored", None)
    assert replayed == replace(made, recorded_at="2026-11-02T10:00:00Z")
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert first == ("# Replies in this cassette are AUTHORED: written from the rendered prompt alone, not by Gemini.")
    assert read_cassette(path).metadata.replies == "authored"


@pytest.mark.parametrize(
    ("answer", "provenance", "line"),
    [
        pytest.param(authored(), RECORDED, "has no place in a cassette of recorded ones", id="authored among recorded"),
        pytest.param(says(TEXT), AUTHORED, "says modelVersion: authored", id="recorded among authored"),
        pytest.param(says(TEXT, model_version="authored"), AUTHORED, "has no usageMetadata", id="with tokens"),
    ],
)
def test_a_reply_of_false_origin_is_not_recorded(path: Path, answer: Answer, provenance: Provenance, line: str) -> None:
    with pytest.raises(CassetteError, match=line):
        record(path, [prompt()], answer, provenance=provenance)

    assert not path.exists()


def test_record_and_replay_exclude_each_other(path: Path) -> None:
    options = ModelOptions(ModelSettings(), SCHEMA, record=Record(path, RECORDED), replay=path)

    with pytest.raises(UsageError, match="--record and --replay exclude each other"):
        asyncio.run(_ask(options, []))


def test_without_endpoint_and_cassette_there_is_nobody_to_ask() -> None:
    with pytest.raises(UsageError, match="nobody to ask"):
        asyncio.run(_ask(ModelOptions(ModelSettings(), SCHEMA), []))


# Files that are no cassettes.

BROKEN = {
    "no YAML": ("a: [}\n", "pool.yaml:1: not YAML"),
    "a tag": ("!!python/object/apply:os.system ['x']\n...\n", "not YAML"),
    "empty": ("", "is no cassette, or is cut short"),
    "of another kind": ("claims: []\n...\n", "version: Field required"),
    "a list": ("- 1\n...\n", "the document: Input should be"),
    "another version": ("version: 2\n...\n", "version: Input should be 1"),
    "aliases": ("a: &a [1]\nb: [*a, *a]\n...\n", "holds YAML aliases"),
}


@pytest.mark.parametrize(("text", "line"), BROKEN.values(), ids=BROKEN.keys())
def test_a_file_that_is_no_cassette_is_one_line(path: Path, text: str, line: str) -> None:
    path.write_text(text, encoding="utf-8")

    with pytest.raises(CassetteError) as caught:
        replay(path, [prompt()])

    assert line in str(caught.value)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)
    assert check_cassette(path)


def test_a_cassette_that_is_missing_or_no_text_is_one_line(path: Path) -> None:
    with pytest.raises(CassetteError) as missing:
        replay(path, [])
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(CassetteError) as binary:
        replay(path, [])

    assert str(missing.value) == f"there is no cassette {path}; record one with --record {path}"
    assert str(binary.value).startswith(f"{path} cannot be read as UTF-8 text")


def test_a_file_cut_short_at_any_line_is_refused(path: Path) -> None:
    record(path, [prompt(), prompt(number=2)])
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)

    for count in range(len(lines)):
        path.write_text("".join(lines[:count]), encoding="utf-8")
        with pytest.raises(CassetteError):
            read_cassette(path)


def test_a_recording_that_cannot_be_written_fails_before_anything_is_asked(tmp_path: Path) -> None:
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "file").touch()

    with Emulator(says(TEXT)) as emulator:
        for impossible in (tmp_path / "folder.yaml", tmp_path / "file" / "pool.yaml"):
            making = Record(impossible, RECORDED)
            options = ModelOptions(ModelSettings(), SCHEMA, Endpoint(KEY, emulator.url), record=making)
            with pytest.raises(CassetteError, match=r"\.yaml: cannot be written \("):
                asyncio.run(_ask(options, [prompt()]))
        assert emulator.requests == ()


@settings(max_examples=150, deadline=None)
@given(text=st.text() | st.text(st.sampled_from(" \t\r\n\x85\u2028\ufeff'\"\\:#-|>%@`&*!?{}[],=~a0.e\x00\x7f")))
def test_any_text_survives_the_file(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("any") / "any.yaml"
    data = {"candidates": [{"content": {"parts": [{"text": text}]}}], text: [1.5e-7, 10**30, None, True]}
    headers = {"claim-id": text.encode("utf-8", "replace").decode(), "round": "1"}
    document = {
        "version": 1,
        "metadata": RECORDED.model_dump(),
        "interactions": [
            {
                "request": {"method": "POST", "uri": "u", "body": "", "headers": headers},
                "response": {"status": {"code": 200}, "headers": {}, "body": {"string": ""}},
            }
        ],
    }
    cassette = Cassette.model_validate(document)
    body = RecordedBody.of(json.dumps(data).encode())
    interaction = cassette.interactions[0]
    response = interaction.response.model_copy(update={"body": body})
    cassette = cassette.model_copy(update={"interactions": [interaction.model_copy(update={"response": response})]})

    write_cassette(path, cassette)

    again = read_cassette(path)
    assert json.loads(again.interactions[0].response.body.content) == data
    assert again.interactions[0].claim_id == headers["claim-id"]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"<html>\n</html>", id="a page"),
        pytest.param(b"\xff\x00", id="bytes"),
        pytest.param(b'{"a": 1, "a": 2}', id="a key twice"),
        pytest.param(b'{"a": NaN}', id="no number"),
        pytest.param(b'{"a": "\\ud800"}', id="half a character"),
        pytest.param(b"[1]", id="a list"),
        pytest.param(b"{" * 5000, id="depth"),
    ],
)
def test_a_body_that_is_no_plain_object_is_kept_as_it_was(content: bytes) -> None:
    assert RecordedBody.of(content).content == content


# Looking through them.


def test_a_list_shows_each_exchange(path: Path) -> None:
    record(path, [prompt()], in_turn(raw(503, "<html>"), says(TEXT)))

    listed = CliRunner().invoke(cli, ["cassettes", "list", str(path)], catch_exceptions=False).stdout.splitlines()
    second = read_cassette(path).interactions[1]
    size, origin = len(second.response.body.content), "recorded 2026-11-02T10:00:00Z"
    assert second.answered_model == "gemini-3.8-flash"
    assert size > 100
    assert listed == [
        f"{path}: pool-drains, round 1: HTTP 503, 6 bytes, {origin}",
        f"{path}: pool-drains, round 1: HTTP 200, {size:,} bytes, {origin}",
    ]


@pytest.mark.parametrize("provenance", [RECORDED, AUTHORED], ids=["recorded", "authored"])
def test_a_cassette_as_recorded_has_no_problems_and_nothing_to_scrub(path: Path, provenance: Provenance) -> None:
    answer = authored() if provenance is AUTHORED else says(TEXT)
    record(path, [prompt(), prompt(number=2)], answer, provenance=provenance)
    before = path.read_bytes()

    assert check_cassette(path) == ()
    assert scrub_cassette(path) == 0
    assert path.read_bytes() == before


GOOGLE_KEY = "AI" + "za" + "Sy0123456789abcdefghijklmnopqrstuvwx"[:35]
SECRETS = {
    "a Google key": f"see {GOOGLE_KEY} there",
    "a bearer token": "Authorization: Bearer " + "abcDEF0123456789" * 3,
    "an access token": "ya" + "29." + "abcDEF0123456789" * 3,
}


@pytest.mark.parametrize("value", SECRETS.values(), ids=SECRETS.keys())
def test_what_looks_like_a_key_is_found_by_line_and_scrubbed(path: Path, value: str) -> None:
    record(path, [prompt()])
    text = path.read_text(encoding="utf-8").replace(
        "finishReason: STOP", f'finishReason: STOP\n          why: "{value}"'
    )
    path.write_text(text, encoding="utf-8")
    line = text[: text.index(value)].count("\n") + 1
    secret = max(value.split(), key=len)

    problems = check_cassette(path)

    assert problems
    assert {problem.line for problem in problems} == {line}
    assert secret not in " ".join(map(str, problems))
    assert scrub_cassette(path) == 1
    assert check_cassette(path) == ()
    assert secret not in path.read_text(encoding="utf-8")
    assert replay(path, [prompt()])[0].text == TEXT


@pytest.mark.parametrize(
    ("anchor", "header"),
    [
        pytest.param("      claim-id:", "      x-goog-api-key: hush", id="the key's header"),
        pytest.param("      claim-id:", "      Authorization: [hush]", id="authorization, as a list"),
        pytest.param("      content-type:", "      Set-Cookie: [hush]", id="a cookie"),
    ],
)
def test_a_header_that_should_not_be_there_is_found_and_scrubbed(path: Path, anchor: str, header: str) -> None:
    record(path, [prompt()])
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(anchor, f"{header}\n{anchor}"), encoding="utf-8")
    name = header.strip().split(":")[0]

    assert any(f'holds the header "{name}"' in problem.text for problem in check_cassette(path))
    assert "hush" not in " ".join(map(str, check_cassette(path)))
    assert scrub_cassette(path) == 1
    assert path.read_text(encoding="utf-8") == text


def test_a_reply_of_false_origin_is_found(path: Path) -> None:
    record(path, [prompt()], authored(), provenance=AUTHORED)
    text = path.read_text(encoding="utf-8")

    path.write_text(text.replace("replies: authored", "replies: recorded"), encoding="utf-8")
    (claimed,) = check_cassette(path)
    path.write_text(text.replace("modelVersion: authored", "modelVersion: gemini-3.8-flash"), encoding="utf-8")
    (disguised,) = check_cassette(path)
    path.write_text(text.replace("index: 0", "index: 0\n        usageMetadata: {totalTokenCount: 5}"), encoding="utf-8")
    (counted,) = check_cassette(path)

    assert claimed.text == (
        'claim "pool-drains", round 1: the cassette says "recorded", the reply names authored; record it anew'
    )
    assert disguised.text == (
        'claim "pool-drains", round 1: the cassette says "authored", the reply names gemini-3.8-flash; record it anew'
    )
    assert "reports tokens" in counted.text


def test_a_cassette_without_its_origin_is_found_and_not_replayed(path: Path) -> None:
    record(path, [prompt()])
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    del document["metadata"]
    path.write_text(yaml.safe_dump(document, explicit_end=True), encoding="utf-8")

    (problem,) = check_cassette(path)

    assert problem.text.startswith("metadata: Field required")
    with pytest.raises(CassetteError, match="metadata: Field required"):
        replay(path, [prompt()])


def test_a_hashed_prompt_is_no_secret(path: Path) -> None:
    prompts = [prompt(f"c{number}", shared=f"file {number}") for number in range(50)]
    record(path, prompts)

    assert check_cassette(path) == ()


def test_a_blocked_reply_replays_as_blocked(path: Path) -> None:
    with pytest.raises(ModelError) as live:
        record(path, [prompt()], stopped("SAFETY"))

    with pytest.raises(ModelError) as replayed:
        replay(path, [prompt()])

    assert str(replayed.value) == str(live.value)
