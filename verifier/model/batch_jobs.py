"""Jobs of Gemini's Batch API: submit requests, look how far they are, and read what came of each."""

from __future__ import annotations

import enum
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from verifier.errors import ModelError
from verifier.model.errors import TransientError, one_line
from verifier.model.gemini import Gemini

MOST_INLINE_BYTES = 19_000_000
"""The requests of one job, with something left for what stands around them.

Source: Gemini API docs, "Batch API": a request with inline requests stays under 20 MB."""

_PAGE = 50
_MOST_PAGES = 20


class JobState(enum.Enum):
    """How far a job is."""

    OPEN = "open"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


@dataclass(frozen=True)
class Result:
    """What came of one request."""

    key: str | None
    """The name that it was submitted under. None where the service does not say."""
    body: str
    """The JSON that a direct call would have been answered with; empty where there is none."""
    error: ModelError | None
    """What a direct call would have raised. None where there is a body."""


@dataclass(frozen=True)
class Job:
    """A job as the service describes it."""

    name: str
    state: JobState
    results: tuple[Result, ...] = ()
    why: str = ""
    """What the service says of a job that failed."""


def split(requests: Mapping[str, Mapping[str, Any]]) -> Iterator[dict[str, Mapping[str, Any]]]:
    """The requests in as many jobs as their size takes, in their order."""
    part: dict[str, Mapping[str, Any]] = {}
    taken = 0
    for key, request in requests.items():
        size = len(json.dumps(_item(key, request))) + len(", ")
        if part and taken + size > MOST_INLINE_BYTES:
            yield part
            part, taken = {}, 0
        part[key] = request
        taken += size
    if part:
        yield part


def _item(key: str, request: Mapping[str, Any]) -> dict[str, Any]:
    return {"request": dict(request), "metadata": {"key": key}}


async def submit(gemini: Gemini, model: str, label: str, requests: Mapping[str, Mapping[str, Any]]) -> str:
    """Submit requests, each under a key that its result is known by, and give the job's name.

    Raises:
        ModelError: The service refuses, or does not answer; whether there is a job then, `find` tells.
    """
    from google.genai import types

    items = [_item(key, request) for key, request in requests.items()]
    # The requests as a direct call sends them, in place of one that stands for them.
    body = {"batch": {"inputConfig": {"requests": {"requests": items}}}}
    config = types.CreateBatchJobConfig(display_name=label, http_options=types.HttpOptions(extra_body=body))
    src = [types.InlinedRequest(contents="-")]
    answered = await gemini.batches(lambda batches: batches.create(model=model, src=src, config=config))
    return _job_name(_read(answered))


async def look(gemini: Gemini, name: str) -> Job:
    """How far the job is, with its results where it is over.

    Raises:
        ModelError: The service refuses, or does not answer.
    """
    operation = _read(await gemini.batches(lambda batches: batches.get(name=name)))
    metadata = _object(operation.get("metadata"))
    word = str(metadata.get("state") or operation.get("state") or "").rpartition("_")[2]
    state = _STATES.get(word, JobState.OPEN)
    failure = _object(operation.get("error"))
    if failure and state in (JobState.OPEN, JobState.SUCCEEDED):
        state = JobState.FAILED
    found = _results(operation, metadata)
    if state is JobState.OPEN and operation.get("done") is True:
        state = JobState.SUCCEEDED if found else JobState.FAILED
    results = tuple(_result(gemini, one) for one in found) if state is not JobState.OPEN else ()
    return Job(name, state, results, str(_refusal(gemini, failure)) if failure else "")


async def find(gemini: Gemini, label: str) -> str | None:
    """The name of the job that was submitted under the label. None where there is none.

    Raises:
        ModelError: The service refuses, or does not answer.
    """
    from google.genai import types

    config = types.ListBatchJobsConfig(page_size=_PAGE)
    for _ in range(_MOST_PAGES):
        page = _read(await gemini.batches(lambda batches: batches.list(config=config)))
        for operation in _list(page.get("operations")) + _list(page.get("batches")):
            if _object(_object(operation).get("metadata")).get("displayName") == label:
                return _job_name(_object(operation))
        config.page_token = str(page.get("nextPageToken") or "")
        if not config.page_token:
            break
    return None


_STATES = {
    "SUCCEEDED": JobState.SUCCEEDED,
    "FAILED": JobState.FAILED,
    "CANCELLED": JobState.CANCELLED,
    "EXPIRED": JobState.EXPIRED,
}
"""By the last word of BATCH_STATE_* and JOB_STATE_*; all others are still on their way."""

_CODES = {
    1: (499, "CANCELLED"),
    3: (400, "INVALID_ARGUMENT"),
    4: (504, "DEADLINE_EXCEEDED"),
    5: (404, "NOT_FOUND"),
    6: (409, "ALREADY_EXISTS"),
    7: (403, "PERMISSION_DENIED"),
    8: (429, "RESOURCE_EXHAUSTED"),
    9: (400, "FAILED_PRECONDITION"),
    10: (409, "ABORTED"),
    11: (400, "OUT_OF_RANGE"),
    12: (501, "UNIMPLEMENTED"),
    13: (500, "INTERNAL"),
    14: (503, "UNAVAILABLE"),
    16: (401, "UNAUTHENTICATED"),
}
"""HTTP status and name by google.rpc.Code, which a result's error carries. Source: google/rpc/code.proto."""

_LEAST_HTTP_ERROR = 400


def _results(operation: Mapping[str, Any], metadata: Mapping[str, Any]) -> list[Any]:
    """The results, which stand in the job's metadata, in the operation's response, or in both."""
    for place in (metadata.get("output"), operation.get("response")):
        inner = _object(place).get("inlinedResponses")
        found = inner if isinstance(inner, list) else _object(inner).get("inlinedResponses")
        if found:
            return _list(found)
    return []


def _result(gemini: Gemini, item: object) -> Result:
    given = _object(item)
    said = _object(given.get("metadata")).get("key")
    key = said if isinstance(said, str) else None
    if "response" in given:
        return Result(key, json.dumps(given["response"], ensure_ascii=False), None)
    failure = _object(given.get("error")) or {"message": "the batch gives neither a response nor an error"}
    return Result(key, "", _refusal(gemini, failure))


def _refusal(gemini: Gemini, failure: Mapping[str, Any]) -> ModelError:
    """What a direct call would have raised. The service writes codes of its own here, or those of HTTP."""
    code = failure.get("code")
    number = code if isinstance(code, int) else 0
    http_code, status = _CODES.get(number, (500, "INTERNAL"))
    if number >= _LEAST_HTTP_ERROR:
        http_code, status = number, str(failure.get("status") or "")
    return gemini.refusal(http_code, status, str(failure.get("message") or ""))


def _job_name(operation: Mapping[str, Any]) -> str:
    name = str(operation.get("name") or "")
    # It becomes part of an address.
    if not re.fullmatch(r"batches/[\w.-]+", name):
        raise ModelError(f'the service gives a batch job no name that can be used: "{one_line(name, longest=60)}"')
    return name


def _read(body: str) -> dict[str, Any]:
    try:
        read = json.loads(body)
    except (json.JSONDecodeError, RecursionError) as error:
        raise TransientError("the service's JSON about a batch job is broken or breaks off", kept=body) from error
    return _object(read)


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
