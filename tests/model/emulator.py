"""A local server that speaks the Gemini protocol to the real google-genai client.

    with Emulator(says("yes")) as emulator:
        client = genai.Client(api_key="any", vertexai=False, http_options={"base_url": emulator.url})

What `generateContent` answers is up to the test: one `Answer`, or a function from the `Request` to one. The rest of the
protocol (models, counting, batches) the emulator plays itself. It refuses what Gemini's documentation says is
refused, so that a request that passes here has a fair chance there, and it keeps no key: of headers only the names.
"""

import hashlib
import itertools
import json
import math
import re
import selectors
import socket
import struct
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import Enum
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from types import TracebackType
from typing import Any, NamedTuple, Self
from urllib.parse import parse_qsl, urlsplit

from tests.evidence.replies import agreement

DEFAULT_MODELS = ("gemini-3.8-flash", "gemini-3.5-flash", "gemini-2.5-pro")
CHARS_PER_TOKEN = 4
JSON_TYPE = "application/json; charset=UTF-8"


@dataclass(frozen=True)
class Request:
    """What a client asked, without its key."""

    method: str
    path: str
    """With the version in front, without the query."""
    model: str
    """Without "models/" and a project before it. Empty where the path names none."""
    body: dict[str, Any]
    """As it was sent, in the client's spelling; `field` reads both spellings."""
    query: Mapping[str, str] = field(default_factory=dict)
    header_names: frozenset[str] = frozenset()
    """Lower case. Their values are not kept."""
    digest: str = ""
    """SHA-256 of the body's bytes: equal for equal requests."""

    def field(self, *names: str) -> Any:
        """Follow camelCase names into the body. None where one is missing."""
        value: Any = self.body
        for name in names:
            value = _get(value, name)
        return value

    @property
    def system(self) -> str:
        return _texts(self.field("systemInstruction"))

    @property
    def prompt(self) -> str:
        """The texts of all contents, a line break between them."""
        return "\n".join(_texts(content) for content in self.field("contents") or [])

    @property
    def is_reading(self) -> bool:
        """Whether a second reading is asked for, and not a verdict."""
        return "uncovered" in (self.field("generationConfig", "responseJsonSchema", "properties") or {})

    @property
    def is_leads(self) -> bool:
        """Whether it is asked where to look, and not for a verdict."""
        return "paths" in (self.field("generationConfig", "responseJsonSchema", "properties") or {})

    @property
    def statement(self) -> str | None:
        """The claim that is asked about. None where the prompt has none."""
        found = re.search(r"^# The claim\n\n=== begin (\w+)\n(.*?)\n=== end \1$", self.prompt, re.MULTILINE | re.DOTALL)
        return found[2] if found else None

    @property
    def whole_prompt(self) -> str:
        """All that the model is shown: system instruction and contents."""
        return "\n".join(filter(None, (self.system, self.prompt)))


class Where(Enum):
    """How far an answer gets before the connection ends."""

    BEFORE = "before the first byte"
    IN_HEAD = "in the headers"
    IN_BODY = "in the body"


@dataclass(frozen=True)
class Cut:
    """An answer that ends early."""

    where: Where
    body_bytes: int = 0
    reset: bool = False
    """End by RST, as a crashed peer does, instead of by FIN."""


@dataclass(frozen=True)
class Answer:
    """What goes back for one request."""

    status: int = 200
    reply: Mapping[str, Any] | None = None
    """JSON; with status 200 completed by modelVersion, responseId and usageMetadata. None: `body` goes out as it is."""
    body: bytes = b""
    content_type: str = JSON_TYPE
    headers: tuple[tuple[str, str], ...] = ()
    model_version: str | None = None
    """None: the model that was asked."""
    usage: Mapping[str, int] | None = None
    """None: counted from lengths. Empty: the reply has no usageMetadata."""
    delay_s: float = 0.0
    """Wait before the first byte."""
    over_s: float = 0.0
    """Spread the body over this time."""
    cut: Cut | None = None


Answerer = Callable[[Request], Answer]


@dataclass(frozen=True)
class Exchange:
    """One request on the wire and what became of it."""

    request: Request
    status: int | None = None
    """None as long as nothing was answered, and for good where the connection ended before a status line."""
    whole: bool = False
    """The answer went out to its last byte."""


def says(
    text: str,
    *,
    model_version: str | None = None,
    usage: Mapping[str, int] | None = None,
    finish_reason: str = "STOP",
) -> Answer:
    """An ordinary reply. `usage` {} leaves usageMetadata out."""
    candidate = {"content": {"role": "model", "parts": [{"text": text}]}, "finishReason": finish_reason, "index": 0}
    return Answer(reply={"candidates": [candidate]}, model_version=model_version, usage=usage)


def within_room(text: str) -> Answerer:
    """The text, or as much of it as `maxOutputTokens` leaves room for, then with finishReason MAX_TOKENS."""

    def answer(request: Request) -> Answer:
        room_tokens = request.field("generationConfig", "maxOutputTokens")
        if room_tokens is None or tokens(text) <= room_tokens:
            return says(text)
        return stopped("MAX_TOKENS", text[: room_tokens * CHARS_PER_TOKEN])

    return answer


def stopped(finish_reason: str, text: str | None = None) -> Answer:
    """A candidate that ended early: without content (SAFETY, RECITATION), or with a text that is cut (MAX_TOKENS)."""
    if text is not None:
        return says(text, finish_reason=finish_reason)
    return Answer(reply={"candidates": [{"finishReason": finish_reason, "index": 0}]})


def blocked(reason: str = "PROHIBITED_CONTENT") -> Answer:
    """The prompt itself was refused: no candidates, only feedback."""
    return Answer(reply={"promptFeedback": {"blockReason": reason}})


def no_candidates(*, empty_list: bool = True) -> Answer:
    """A reply whose candidates are an empty list, or not there at all."""
    return Answer(reply={"candidates": []} if empty_list else {})


def refuses(
    code: int,
    status: str,
    message: str,
    *,
    retry_info_s: float | None = None,
    retry_after_s: float | None = None,
    reason: str | None = None,
    quotas: Sequence[str] = (),
    quota_value: str = "20",
) -> Answer:
    """An error as Google's APIs write them, with RetryInfo, a Retry-After header and an ErrorInfo reason if given.

    `quotas` are the ids of those that are used up, each with its value.
    """
    details: list[dict[str, Any]] = []
    if reason is not None:
        info = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason, "domain": "googleapis.com"}
        details.append({**info, "metadata": {"service": "generativelanguage.googleapis.com"}})
    if quotas:
        metric = "generativelanguage.googleapis.com/generate_content_free_tier_requests"
        dimensions = {"location": "global", "model": "gemini-3.8-flash"}
        one = {"quotaMetric": metric, "quotaDimensions": dimensions, "quotaValue": quota_value}
        violations = [{**one, "quotaId": quota} for quota in quotas]
        details.append({"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": violations})
    if retry_info_s is not None:
        details.append({"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": f"{retry_info_s:g}s"})
    error: dict[str, Any] = {"code": code, "message": message, "status": status}
    if details:
        error["details"] = details
    headers = () if retry_after_s is None else (("Retry-After", f"{retry_after_s:g}"),)
    return Answer(status=code, reply={"error": error}, headers=headers)


def raw(status: int, body: bytes | str, content_type: str = JSON_TYPE) -> Answer:
    """Exactly these bytes."""
    return Answer(status=status, body=body.encode() if isinstance(body, str) else body, content_type=content_type)


def empty_body(status: int = 200) -> Answer:
    return raw(status, b"")


def not_json(html: str = "<html><body>Sign in to the network</body></html>", status: int = 200) -> Answer:
    """What a captive portal or a proxy puts in Gemini's place."""
    return raw(status, html, "text/html; charset=UTF-8")


def wrong_type() -> Answer:
    """JSON with a text where an object belongs."""
    return raw(200, '{"candidates": [{"content": "yes"}]}')


def drips(text: str, over_s: float) -> Answer:
    """An ordinary reply whose body comes in small pieces, never quiet for long."""
    return replace(says(text), over_s=over_s)


def cut_after(n_bytes: int, answer: Answer | None = None, *, reset: bool = False) -> Answer:
    """The headers and `n_bytes` of the body, then the connection ends."""
    return replace(answer or says("half of this is lost"), cut=Cut(Where.IN_BODY, n_bytes, reset))


def cut_in_headers(*, reset: bool = False) -> Answer:
    """A status line and half a header, then the connection ends."""
    return replace(says("never seen"), cut=Cut(Where.IN_HEAD, reset=reset))


def closes(*, reset: bool = False) -> Answer:
    """The request is read, then the connection ends without a byte."""
    return Answer(cut=Cut(Where.BEFORE, reset=reset))


def hangs(seconds: float) -> Answer:
    """No byte for this long, then the connection ends; sooner when the client leaves or the emulator closes."""
    return after(seconds, closes())


def after(delay_s: float, answer: Answer) -> Answer:
    """The answer, later."""
    return replace(answer, delay_s=answer.delay_s + delay_s)


def in_turn(*answers: Answer | Answerer, then: Answer | Answerer | None = None) -> Answerer:
    """One answer after the other, in the order requests arrive, then `then` for ever.

    Without `then`, a request too many is a mistake of the test, and closing the emulator raises it.
    """
    lock = threading.Lock()
    waiting = iter(answers)

    def answer(request: Request) -> Answer:
        with lock:
            chosen = next(waiting, then)
        if chosen is None:
            raise AssertionError(f"asked more than the {len(answers)} times that have an answer")
        return _ask(chosen, request)

    return answer


def _text_of(answer: Answer) -> str:
    """The reply's text, thoughts left out; empty where the answer holds none."""
    try:
        pieces = (answer.reply or {})["candidates"][0]["content"]["parts"]
    except (KeyError, IndexError):
        return ""
    return "".join(piece.get("text", "") for piece in pieces if not piece.get("thought"))


class Emulator:
    """Gemini on a port of this machine, for as long as the `with` lasts."""

    def __init__(
        self,
        answer: Answer | Answerer,
        *,
        models: tuple[str, ...] = DEFAULT_MODELS,
        batch_polls: int = 1,
        elsewhere: Callable[[Request], Answer | None] | None = None,
        reader: Answerer | None = None,
    ) -> None:
        """Say what is answered.

        Args:
            answer: To each generateContent that asks for a verdict, alone or in a batch.
            models: The models there are.
            batch_polls: How often a batch is looked at in vain before it is done.
            elsewhere: Asked first about every other request (counting, batches); None lets it pass.
            reader: Answers what asks for a second reading. None: one who agrees with the last verdict on the claim.
        """
        self._answer = answer
        self._models = models
        self._batch_polls = batch_polls
        self._elsewhere = elsewhere
        self._reader = reader or self._agrees
        self._verdicts: dict[str, Answer] = {}
        """The answer with the last verdict on each claim, by its statement."""
        self._read: list[Request] = []
        self._lock = threading.RLock()
        self._exchanges: list[Exchange] = []
        self._asked: list[Request] = []
        self._times_asked: Counter[str] = Counter()
        self._batches: dict[str, _Batch] = {}
        self._names = itertools.count(1)
        self._in_flight = 0
        self._peak = 0
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), name="emulator", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._server.close()
        self._thread.join()
        for failure in self._server.failures:
            if error is None:
                raise failure
            error.add_note(f"the emulator failed before: {failure!r}")

    @property
    def url(self) -> str:
        """The base URL, without a version."""
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}"

    @property
    def requests(self) -> tuple[Request, ...]:
        """Every request on the wire, in the order they arrived."""
        return tuple(exchange.request for exchange in self.exchanges)

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """Every request on the wire with its outcome so far, in the order they arrived."""
        with self._lock:
            return tuple(self._exchanges)

    @property
    def asked(self) -> tuple[Request, ...]:
        """Every valid generateContent that asks for a verdict, those in batches too, in the order of the answers."""
        with self._lock:
            return tuple(self._asked)

    @property
    def read(self) -> tuple[Request, ...]:
        """Every valid generateContent that asks for a second reading, in the order they were answered."""
        with self._lock:
            return tuple(self._read)

    def finish_batches(self) -> None:
        """Let every batch that there is be done when it is looked at next."""
        with self._lock:
            for batch in self._batches.values():
                batch.polls_left = 0

    @property
    def in_flight_peak(self) -> int:
        """The most requests that were in flight at one time.

        A request is in flight from its last byte to just before the last byte of its answer, so that a client that
        keeps to a limit is never seen to pass it. After a client has given up waiting, its leaving may be seen late.
        """
        return self._peak

    def _arrived(self, request: Request) -> int:
        with self._lock:
            self._exchanges.append(Exchange(request))
            return len(self._exchanges) - 1

    def _ended(self, index: int, status: int | None, whole: bool) -> None:
        with self._lock:
            self._exchanges[index] = replace(self._exchanges[index], status=status, whole=whole)

    @contextmanager
    def _flight(self) -> Iterator[None]:
        with self._lock:
            self._in_flight += 1
            self._peak = max(self._peak, self._in_flight)
        try:
            yield
        finally:
            with self._lock:
                self._in_flight -= 1

    def _respond(self, request: Request, api_key: str | None, parse_failed: bool) -> Answer:
        """What goes back, before it is delayed, dripped or cut."""
        try:
            _check_key(api_key)
            if parse_failed:
                raise _invalid("Invalid JSON payload received. Unexpected token.")
            serve, name = _route(request)
            if serve is not Emulator._generate and self._elsewhere is not None:
                given = self._elsewhere(request)
                if given is not None:
                    return given
            return serve(self, request, name)
        except _RefusedError as refused:
            return refused.answer

    def _generate(self, request: Request, _: str) -> Answer:
        self._require_model(request.model, "generateContent")
        _check_generate(request)
        with self._lock:
            (self._read if request.is_reading else self._asked).append(request)
            self._times_asked[request.digest] += 1
            response_id = f"{request.digest[:20]}-{self._times_asked[request.digest]}"
        answer = _ask(self._reader if request.is_reading else self._answer, request)
        if not (request.is_reading or request.is_leads) and request.statement is not None:
            with self._lock:
                self._verdicts[request.statement] = answer
        return _completed(answer, request, response_id)

    def _agrees(self, request: Request) -> Answer:
        """Answered by whoever gave the verdict, and metered like it."""
        with self._lock:
            verdict = self._verdicts.get(request.statement or "", Answer())
        text = agreement(_text_of(verdict), request.prompt)
        return says(text, model_version=verdict.model_version, usage=verdict.usage)

    def _count(self, request: Request, _: str) -> Answer:
        self._require_model(request.model, "countTokens")
        _check(request.body, _COUNT_TOKENS, "")
        inner = request.field("generateContentRequest")
        if (inner is None) == (request.field("contents") is None):
            raise _invalid("Exactly one of contents and generate_content_request must be set.")
        counted = request if inner is None else replace(request, body=inner)
        _check_contents(counted)
        return _json({"totalTokens": tokens(counted.whole_prompt)})

    def _list_models(self, request: Request, _: str) -> Answer:
        return _page([_model(name) for name in self._models], "models", request)

    def _get_model(self, request: Request, _: str) -> Answer:
        self._require_model(request.model, "getModel")
        return _json(_model(request.model))

    def _create_batch(self, request: Request, _: str) -> Answer:
        self._require_model(request.model, "batchGenerateContent")
        _check(request.body, _BATCH, "")
        items = request.field("batch", "inputConfig", "requests", "requests")
        if not items:
            raise _invalid("* BatchGenerateContentRequest.batch.input_config: the batch holds no requests")
        if any(_get(item, "request") is None for item in items):
            raise _invalid("* BatchGenerateContentRequest.batch.input_config.requests: request is not specified")
        with self._lock:
            name = f"emulated{next(self._names)}"
            display_name = str(request.field("batch", "displayName") or "")
            batch = _Batch(name, request, display_name, tuple(items), self._batch_polls)
            self._batches[name] = batch
        return _json(batch.shown())

    def _get_batch(self, _: Request, name: str) -> Answer:
        with self._lock:
            batch = self._batch(name)
            if batch.state in (_PENDING, _RUNNING):
                self._further(batch)
            return _json(batch.shown())

    def _further(self, batch: "_Batch") -> None:
        if batch.polls_left > 0:
            batch.state = _PENDING if batch.polls_left == self._batch_polls else _RUNNING
            batch.polls_left -= 1
            return
        batch.results = [self._batch_result(batch, item) for item in batch.items]
        batch.state = _SUCCEEDED

    def _batch_result(self, batch: "_Batch", item: Mapping[str, Any]) -> dict[str, Any]:
        inner = item["request"]
        digest = hashlib.sha256(json.dumps(inner, sort_keys=True).encode()).hexdigest()
        try:
            answer = self._generate(replace(batch.request, body=inner, digest=digest), "")
        except _RefusedError as refused:
            answer = refused.answer
        outcome: dict[str, Any] = {"error": {"code": 13, "message": "Internal error encountered."}}
        if answer.cut is None and answer.reply is not None:
            error = answer.reply.get("error")
            outcome = {"response": dict(answer.reply)}
            if error is not None:
                outcome = {"error": {"code": _RPC_CODES.get(error["status"], 2), "message": error["message"]}}
        return {**outcome, "metadata": _get(item, "metadata")} if _get(item, "metadata") else outcome

    def _list_batches(self, request: Request, _: str) -> Answer:
        with self._lock:
            return _page([batch.shown() for batch in self._batches.values()], "operations", request)

    def _cancel_batch(self, _: Request, name: str) -> Answer:
        with self._lock:
            batch = self._batch(name)
            if batch.state in (_PENDING, _RUNNING):
                batch.state = _CANCELLED
        return _json({})

    def _delete_batch(self, _: Request, name: str) -> Answer:
        with self._lock:
            self._batch(name)
            del self._batches[name]
        return _json({})

    def _batch(self, name: str) -> "_Batch":
        if name not in self._batches:
            raise _RefusedError(refuses(404, "NOT_FOUND", "Requested entity was not found."))
        return self._batches[name]

    def _require_model(self, model: str, method: str) -> None:
        if model not in self._models:
            message = (
                f"models/{model} is not found for API version v1, or is not supported for {method}. "
                "Call ListModels to see the list of available models and their supported methods."
            )
            raise _RefusedError(refuses(404, "NOT_FOUND", message))


def tokens(text: str) -> int:
    """Tokens by the emulator's own measure: four characters each, begun ones counted."""
    return math.ceil(len(text) / CHARS_PER_TOKEN)


def _ask(answer: Answer | Answerer, request: Request) -> Answer:
    return answer if isinstance(answer, Answer) else answer(request)


def _completed(answer: Answer, request: Request, response_id: str) -> Answer:
    """Add what Gemini adds to every reply."""
    if answer.reply is None or answer.status != HTTPStatus.OK:
        return answer
    reply = {
        **answer.reply,
        "modelVersion": answer.model_version or request.model,
        "responseId": response_id,
        "usageMetadata": dict(_counted(answer.reply, request) if answer.usage is None else answer.usage),
    }
    if not reply["usageMetadata"]:
        del reply["usageMetadata"]
    return replace(answer, reply=reply)


def _counted(reply: Mapping[str, Any], request: Request) -> dict[str, int]:
    """Usage by lengths. The model thinks as long as it speaks; the prompt's count includes the cached part."""
    said = sum(tokens(_texts(candidate.get("content"))) for candidate in reply.get("candidates", []))
    usage = {"promptTokenCount": tokens(request.whole_prompt)}
    if said:
        usage |= {"candidatesTokenCount": said, "thoughtsTokenCount": said}
    usage["totalTokenCount"] = usage["promptTokenCount"] + 2 * said
    return usage


def _texts(content: Any) -> str:
    """The texts of a content's parts, joined."""
    return "".join(part.get("text") or "" for part in _get(content, "parts") or [])


def _get(message: Any, name: str) -> Any:
    """A field of a JSON object in either spelling; None where it is missing."""
    if not isinstance(message, dict):
        return None
    return message.get(name, message.get(_snake(name)))


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)([A-Z])", lambda found: "_" + found[1].lower(), name)


def _camel(name: str) -> str:
    return re.sub(r"_([a-z0-9])", lambda found: found[1].upper(), name)


def _json(payload: Mapping[str, Any]) -> Answer:
    return raw(200, json.dumps(payload))


def _page(items: list[dict[str, Any]], name: str, request: Request) -> Answer:
    """One page of a list; Gemini's pages hold 50 unless asked for otherwise."""
    start, size = int(request.query.get("pageToken") or 0), int(request.query.get("pageSize") or 50)
    page: dict[str, Any] = {name: items[start : start + size]} if items else {}
    if start + size < len(items):
        page["nextPageToken"] = str(start + size)
    return _json(page)


def _model(name: str) -> dict[str, Any]:
    methods = ["generateContent", "countTokens", "batchGenerateContent"]
    return {
        "name": f"models/{name}",
        "version": "001",
        "displayName": name,
        "inputTokenLimit": 1_048_576,
        "outputTokenLimit": 65_536,
        "supportedGenerationMethods": methods,
    }


_PENDING, _RUNNING, _SUCCEEDED, _CANCELLED = (
    f"BATCH_STATE_{word}" for word in ("PENDING", "RUNNING", "SUCCEEDED", "CANCELLED")
)

_RPC_CODES = {
    "INVALID_ARGUMENT": 3,
    "DEADLINE_EXCEEDED": 4,
    "NOT_FOUND": 5,
    "PERMISSION_DENIED": 7,
    "RESOURCE_EXHAUSTED": 8,
    "FAILED_PRECONDITION": 9,
    "INTERNAL": 13,
    "UNAVAILABLE": 14,
}
"""Inside a batch an error carries the number of its google.rpc.Code, not an HTTP status."""


@dataclass
class _Batch:
    name: str
    request: Request
    display_name: str
    items: tuple[dict[str, Any], ...]
    polls_left: int
    state: str = _PENDING
    results: list[dict[str, Any]] | None = None
    created_at: float = field(default_factory=time.time)

    def shown(self) -> dict[str, Any]:
        """The batch as the long-running operation that it is."""
        failed = sum("error" in result for result in self.results or [])
        stats = {
            "requestCount": len(self.items),
            "pendingRequestCount": len(self.items) if self.results is None else 0,
            "successfulRequestCount": len(self.results or []) - failed,
            "failedRequestCount": failed,
        }
        metadata: dict[str, Any] = {
            "@type": "type.googleapis.com/google.ai.generativelanguage.v1beta.GenerateContentBatch",
            "name": f"batches/{self.name}",
            "model": f"models/{self.request.model}",
            "displayName": self.display_name,
            "state": self.state,
            "createTime": _timestamp(self.created_at),
            "updateTime": _timestamp(self.created_at),
            "batchStats": {name: str(count) for name, count in stats.items() if count},
        }
        operation: dict[str, Any] = {"name": f"batches/{self.name}", "metadata": metadata}
        if self.state in (_SUCCEEDED, _CANCELLED):
            operation["done"] = True
            metadata["endTime"] = _timestamp(self.created_at)
        if self.results is not None:
            metadata["output"] = {"inlinedResponses": {"inlinedResponses": self.results}}
            operation["response"] = metadata["output"]
        return operation


def _timestamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class _RefusedError(Exception):
    def __init__(self, answer: Answer) -> None:
        super().__init__(answer)
        self.answer = answer


def _invalid(message: str, reason: str | None = None) -> _RefusedError:
    return _RefusedError(refuses(400, "INVALID_ARGUMENT", message, reason=reason))


def _check_key(api_key: str | None) -> None:
    if not api_key:
        message = (
            "Method doesn't allow unregistered callers (callers without established identity). "
            "Please use API Key or other form of API consumer identity to call this API."
        )
        raise _RefusedError(refuses(403, "PERMISSION_DENIED", message))
    if api_key == "invalid":
        raise _invalid("API key not valid. Please pass a valid API key.", reason="API_KEY_INVALID")


@dataclass(frozen=True)
class _Each:
    """A list whose items have one shape."""

    shape: Any


@dataclass(frozen=True)
class _Named:
    """A map from names of one's own to values of one shape."""

    shape: Any


_PART = {
    "text": str,
    "thought": bool,
    "thoughtSignature": str,
    "inlineData": {"mimeType": str, "data": str, "displayName": str},
    "fileData": {"mimeType": str, "fileUri": str, "displayName": str},
    **dict.fromkeys(("functionCall", "functionResponse", "executableCode", "codeExecutionResult"), object),
    **dict.fromkeys(("videoMetadata", "mediaResolution", "partMetadata", "toolCall", "toolResponse"), object),
}
_CONTENT = {"role": str, "parts": _Each(_PART)}

_SCHEMA: dict[str, Any] = {
    **dict.fromkeys(("type", "format", "title", "description", "pattern"), str),
    **dict.fromkeys(("minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties"), int),
    **dict.fromkeys(("minimum", "maximum"), float),
    **dict.fromkeys(("enum", "required", "propertyOrdering"), _Each(str)),
    **dict.fromkeys(("default", "example"), object),
    "nullable": bool,
}
_SCHEMA |= {"items": _SCHEMA, "anyOf": _Each(_SCHEMA), "properties": _Named(_SCHEMA)}
"""Gemini's own schema language. It has no `$defs`, no `$ref` and no `additionalProperties`."""

_GENERATION_CONFIG = {
    **dict.fromkeys(("temperature", "topP", "topK", "presencePenalty", "frequencyPenalty"), float),
    **dict.fromkeys(("candidateCount", "maxOutputTokens", "seed", "logprobs"), int),
    **dict.fromkeys(("responseLogprobs", "enableEnhancedCivicAnswers"), bool),
    **dict.fromkeys(("stopSequences", "responseModalities"), _Each(str)),
    **dict.fromkeys(("speechConfig", "imageConfig", "audioTranscriptionConfig"), object),
    **dict.fromkeys(("responseMimeType", "mediaResolution"), str),
    "responseSchema": _SCHEMA,
    "responseJsonSchema": object,
    "thinkingConfig": {"includeThoughts": bool, "thinkingBudget": int, "thinkingLevel": str},
}

_TOOLS = ("functionDeclarations", "googleSearch", "googleSearchRetrieval", "codeExecution", "urlContext", "googleMaps")
_TOOL = dict.fromkeys((*_TOOLS, "fileSearch", "computerUse", "mcpServers"), object)
_TOOL_CONFIG = dict.fromkeys(("functionCallingConfig", "retrievalConfig", "includeServerSideToolInvocations"), object)

_GENERATE_CONTENT: dict[str, Any] = {
    "model": str,
    "contents": _Each(_CONTENT),
    "systemInstruction": _CONTENT,
    "generationConfig": _GENERATION_CONFIG,
    "safetySettings": _Each({"category": str, "threshold": str}),
    "tools": _Each(_TOOL),
    "toolConfig": _TOOL_CONFIG,
    "serviceTier": str,
    "store": bool,
}
_COUNT_TOKENS = {"contents": _Each(_CONTENT), "generateContentRequest": _GENERATE_CONTENT}
_BATCH_ITEM = {"request": object, "metadata": _Named(str)}
"""What is wrong inside a batched request is found when its turn comes, and is that request's own error."""
_BATCH = {
    "batch": {
        "displayName": str,
        "priority": int,
        "inputConfig": {"requests": {"requests": _Each(_BATCH_ITEM)}},
    }
}


def _check(value: Any, shape: Any, where: str) -> None:
    """Refuse fields Gemini does not know and values of another type than it expects."""
    if value is None or shape is object:
        return
    if isinstance(shape, dict | _Named):
        _check_object(value, shape, where)
    elif isinstance(shape, _Each):
        if not isinstance(value, list):
            raise _invalid(f"Invalid JSON payload received. '{where}' is not a list.")
        for index, item in enumerate(value):
            _check(item, shape.shape, f"{where}[{index}]")
    elif not _fits(value, shape):
        raise _invalid(f"Invalid value at '{where}' (TYPE_{shape.__name__.upper()}), {json.dumps(value)}")


def _check_object(value: Any, shape: dict[str, Any] | _Named, where: str) -> None:
    if not isinstance(value, dict):
        raise _invalid(f"Invalid JSON payload received. '{where}' is not an object.")
    for name, inner in value.items():
        if isinstance(shape, _Named):
            _check(inner, shape.shape, f"{where}[{name}]")
        elif _camel(name) in shape:
            _check(inner, shape[_camel(name)], f"{where}.{_snake(name)}".lstrip("."))
        else:
            place = f" at '{where}'" if where else ""
            raise _invalid(f'Invalid JSON payload received. Unknown name "{name}"{place}: Cannot find field.')


def _fits(value: Any, expected: type) -> bool:
    if expected is int:
        # Protocol buffers in JSON write 64-bit numbers as text.
        return (isinstance(value, int) and not isinstance(value, bool)) or (
            isinstance(value, str) and re.fullmatch(r"-?\d+", value) is not None
        )
    if expected is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, expected)


def _check_generate(request: Request) -> None:
    _check(request.body, _GENERATE_CONTENT, "")
    _check_contents(request)
    _check_schema(request)
    _check_thinking(request)


def _check_contents(request: Request) -> None:
    contents = request.field("contents")
    if not contents:
        raise _invalid("* GenerateContentRequest.contents: contents is not specified")
    for index, content in enumerate(contents):
        if _get(content, "role") not in (None, "user", "model"):
            raise _invalid("Please use a valid role: user, model.")
        if not _get(content, "parts"):
            raise _invalid(f"* GenerateContentRequest.contents[{index}].parts: contents.parts must not be empty.")
    last = len(contents) - 1
    if all(set(part) <= {"text"} and not part.get("text") for part in contents[last]["parts"]):
        raise _invalid(
            f"* GenerateContentRequest.contents[{last}].parts[0].data: "
            "required oneof field 'data' must have one initialized field"
        )


def _check_schema(request: Request) -> None:
    own, standard = (request.field("generationConfig", name) for name in ("responseSchema", "responseJsonSchema"))
    mime_type = request.field("generationConfig", "responseMimeType") or "text/plain"
    if mime_type not in ("text/plain", "application/json", "text/x.enum"):
        raise _invalid(
            "* GenerateContentRequest.generation_config.response_mime_type: allowed mimetypes are "
            "`text/plain`, `application/json` and `text/x.enum`."
        )
    if own is not None and standard is not None:
        raise _invalid(
            "* GenerateContentRequest.generation_config.response_json_schema: must not be set together with "
            "response_schema"
        )
    if (own is not None or standard is not None) and mime_type == "text/plain":
        raise _invalid(
            "* GenerateContentRequest.generation_config.response_mime_type: must be `application/json` "
            "where a response schema is set"
        )
    _check_references(standard, "generation_config.response_json_schema")


def _check_references(schema: Any, where: str) -> None:
    """Beside `$ref` Gemini takes only names that begin with `$`.

    Source: Gemini API reference, GenerationConfig.responseJsonSchema; the client's text of that field agrees.
    """
    if isinstance(schema, list):
        for index, item in enumerate(schema):
            _check_references(item, f"{where}[{index}]")
    if isinstance(schema, dict):
        beside = [name for name in schema if not name.startswith("$")]
        if isinstance(schema.get("$ref"), str) and beside:
            raise _invalid(f'* GenerateContentRequest.{where}: "{beside[0]}" must not be set beside "$ref"')
        for name, inner in schema.items():
            _check_references(inner, f"{where}.{name}")


def _check_thinking(request: Request) -> None:
    config = request.field("generationConfig", "thinkingConfig")
    level, budget = _get(config, "thinkingLevel"), _get(config, "thinkingBudget")
    if level is not None and budget is not None:
        raise _invalid("You can only set only one of thinking budget and thinking level.")
    if level is not None and level.upper() not in ("MINIMAL", "LOW", "MEDIUM", "HIGH"):
        raise _invalid(
            f"Invalid value at 'generation_config.thinking_config.thinking_level' (ThinkingLevel), \"{level}\""
        )
    if level is not None and level.upper() == "MINIMAL" and request.model == "gemini-3.8-flash":
        raise _invalid(f"Thinking level MINIMAL is not supported for models/{request.model}.")


_Serve = Callable[[Emulator, Request, str], Answer]


class _Route(NamedTuple):
    method: str
    path: re.Pattern[str]
    serve: _Serve


_NAME = r"(?P<name>[^/:]+)"
_ROUTES = tuple(
    _Route(method, re.compile(rf"/v1(?:beta1?)?/{path}"), serve)
    for method, path, serve in (
        ("POST", r"[^:]+:generateContent", Emulator._generate),
        ("POST", rf"models/{_NAME}:countTokens", Emulator._count),
        ("POST", rf"models/{_NAME}:batchGenerateContent", Emulator._create_batch),
        ("GET", "models", Emulator._list_models),
        ("GET", rf"models/{_NAME}", Emulator._get_model),
        ("GET", "batches", Emulator._list_batches),
        ("GET", rf"batches/{_NAME}", Emulator._get_batch),
        ("POST", rf"batches/{_NAME}:cancel", Emulator._cancel_batch),
        ("DELETE", rf"batches/{_NAME}", Emulator._delete_batch),
    )
)


def _route(request: Request) -> tuple[_Serve, str]:
    for method, path, serve in _ROUTES:
        found = path.fullmatch(request.path)
        if found is not None and method == request.method:
            return serve, found.groupdict().get("name") or ""
    raise _RefusedError(refuses(404, "NOT_FOUND", f"{request.method} {request.path} is not a method of this service"))


class _Server(ThreadingHTTPServer):
    request_queue_size = 256
    daemon_threads = False
    """Threads are waited for at the close, so that no test leaves one to the next."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.failures: list[BaseException] = []
        self.bell, self._clapper = socket.socketpair()
        """Readable once the emulator closes: ends every wait."""
        self._open: set[socket.socket] = set()
        super().__init__(("127.0.0.1", 0), _Handler)

    def server_bind(self) -> None:
        # HTTPServer would look up the name of the host, which can take seconds.
        TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        self._open.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        # A FIN now would come before the RST that the test wants.
        if not request.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER):
            super().shutdown_request(request)
            return
        self.close_request(request)

    def close_request(self, request: Any) -> None:
        self._open.discard(request)
        super().close_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002
        """Keep what went wrong in the emulator or in the test's answer. A client that left is nothing wrong."""
        error = sys.exc_info()[1]
        if error is not None and not isinstance(error, ConnectionError):
            self.failures.append(error)

    def close(self) -> None:
        self._clapper.close()
        self.shutdown()
        for connection in tuple(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # closed by its own thread in the meantime
        self.server_close()
        self.bell.close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_POST(self) -> None:
        emulator = self.server.emulator
        request, parse_failed = self._read()
        index = emulator._arrived(request)
        with ExitStack() as flight:
            flight.enter_context(emulator._flight())
            answer = emulator._respond(request, self._api_key(), parse_failed)
            if not self._wait(answer.delay_s):
                self.close_connection = True
                return
            self._send(answer, index, flight)

    do_GET = do_PATCH = do_DELETE = do_POST  # noqa: N815

    def _read(self) -> tuple[Request, bool]:
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urlsplit(self.path)
        try:
            body = json.loads(content or b"{}")
        except ValueError:
            body = None
        named = re.search(r"/([^/:]+/[^/:]+):\w+$", parts.path) or re.search(r"/(models/[^/:]+)", parts.path)
        request = Request(
            method=self.command,
            path=parts.path,
            model=named[1].removeprefix("models/") if named else "",
            body=body if isinstance(body, dict) else {},
            query={name: value for name, value in parse_qsl(parts.query) if name != "key"},
            header_names=frozenset(name.lower() for name in self.headers),
            digest=hashlib.sha256(content).hexdigest(),
        )
        return request, not isinstance(body, dict)

    def _api_key(self) -> str | None:
        return self.headers.get("x-goog-api-key") or dict(parse_qsl(urlsplit(self.path).query)).get("key")

    def _wait(self, seconds: float) -> bool:
        """Wait, and say whether the client is still there; ends at once when it leaves or the emulator closes."""
        if seconds <= 0:
            return True
        until = time.monotonic() + seconds
        with selectors.DefaultSelector() as selector:
            selector.register(self.server.bell, selectors.EVENT_READ)
            selector.register(self.connection, selectors.EVENT_READ)
            while (left_s := until - time.monotonic()) > 0:
                ready = [key.fileobj for key, _ in selector.select(left_s)]
                if self.server.bell in ready:
                    return False
                if self.connection in ready:
                    if not self.connection.recv(1, socket.MSG_PEEK):
                        return False
                    selector.unregister(self.connection)  # it sent more, so it is there
        return True

    def _send(self, answer: Answer, index: int, flight: ExitStack) -> None:
        """Send all of the answer that is meant to arrive. The request's flight ends just before the last piece."""
        body = answer.body if answer.reply is None else json.dumps(answer.reply).encode()
        head = self._head(answer, len(body))
        status: int | None = answer.status
        if answer.cut is not None:
            self._end_after(answer.cut)
            if answer.cut.where is not Where.IN_BODY:
                status, body = None, b""
                head = b"" if answer.cut.where is Where.BEFORE else head[: len(head) // 2]
            else:
                body = body[: answer.cut.body_bytes]
        *early, last = [head + body] if answer.over_s <= 0 else [head, *_drops(body)]
        for piece in early:
            self.wfile.write(piece)
            if not self._wait(answer.over_s / len(early)):
                self.server.emulator._ended(index, status, whole=False)
                self.close_connection = True
                return
        self.server.emulator._ended(index, status, whole=answer.cut is None)
        flight.close()
        try:
            self.wfile.write(last)
        except ConnectionError:
            self.server.emulator._ended(index, status, whole=False)
            raise

    def _end_after(self, cut: Cut) -> None:
        self.close_connection = True
        if cut.reset:
            on, seconds = 1, 0
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", on, seconds))

    def _head(self, answer: Answer, body_bytes: int) -> bytes:
        phrase = "Client Closed Request" if answer.status == 499 else HTTPStatus(answer.status).phrase
        headers = [("Content-Type", answer.content_type), ("Content-Length", str(body_bytes)), *answer.headers]
        lines = [f"HTTP/1.1 {answer.status} {phrase}", *(f"{name}: {value}" for name, value in headers)]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing: what happened is in `Emulator.exchanges`."""


def _drops(body: bytes) -> list[bytes]:
    """The body in at most twenty pieces."""
    size = max(1, math.ceil(len(body) / 20))
    return [body[start : start + size] for start in range(0, len(body), size)] or [b""]
