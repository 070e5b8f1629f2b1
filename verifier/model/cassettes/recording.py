"""Cassettes: record a run's exchanges with the model and replay them, byte for byte, without key or network.

vcrpy does it, underneath the real client. A recorded prompt is its sections' digests; a replay answers a prompt only
when all of them are the recorded ones, and otherwise says which differ. One cassette is open at a time: vcrpy patches
the HTTP client for the whole process.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verifier.errors import CassetteError
from verifier.model import Answering, Model
from verifier.model.cassettes.files import (
    KEPT_REPLY_HEADERS,
    KEPT_REQUEST_HEADERS,
    RECORDED_SECTIONS,
    RERECORD,
    Cassette,
    Controlled,
    Interaction,
    Provenance,
    RecordedBody,
    RecordedRequest,
    RecordedResponse,
    RecordedStatus,
    header_values,
    read_cassette,
    write_cassette,
)
from verifier.model.envelopes import AUTHORED
from verifier.model.errors import TransientError, given_up
from verifier.safety.redacting import redact_document, redact_reply
from verifier.system.logs import unlogged
from verifier.values.control import is_control
from verifier.values.prompt import Asks, Prompt, Reply, Source, digest

if TYPE_CHECKING:
    from vcr.cassette import Cassette as VcrCassette
    from vcr.request import Request as VcrRequest

PUBLIC_ADDRESS = "https://generativelanguage.googleapis.com/v1/"

_asked: ContextVar[Prompt | None] = ContextVar("asked", default=None)
"""The prompt whose request is on its way, for the hook that vcrpy calls with the request alone."""


LEAST_KEY_CHARS = 8
"""A shorter key cannot be told from other text, and taking it out would take letters out of every reply."""


class Recorder:
    """An open recording."""

    def __init__(self, taken: Container[tuple[str, int, Asks]]) -> None:
        """`taken` are the keys of the prompts whose requests went onto the cassette."""
        self._taken = taken

    def through(self, model: Model) -> Model:
        """The same model, its exchanges on the cassette. A reply that is not on it is a CassetteError."""

        async def reply(prompt: Prompt) -> Reply:
            with _asking(prompt):
                told = await model.reply(prompt)
            if prompt.key not in self._taken:
                raise CassetteError(f"{prompt.title}: the reply was not recorded; nothing is concluded from it")
            return told

        return Answering(reply)


@contextmanager
def recording(
    path: Path,
    provenance: Provenance,
    *,
    order: Sequence[str] = (),
    warn: Callable[[str], None] = lambda _: None,
) -> Iterator[Recorder]:
    """Write what passes between the client and the model to a new cassette; the file appears when the context ends.

    Args:
        path: The file; one that is there is replaced, unless it has replies to claims that were not answered now: then
            the new one is written beside it.
        provenance: Where the replies come from. Authored ones must say so in each reply, and no others may.
        order: Claim ids in the order in which they are to stand.
        warn: Told in a line where nothing was recorded, or where the file had to go beside another.

    Raises:
        CassetteError: The file cannot be written, or a reply is authored where none should be, or the reverse.
    """
    _check_writable(path)
    asked = _without_project(f"/{provenance.model}:generateContent") or provenance.model
    keeper = _Keeper(path, provenance.model_copy(update={"model": asked}), tuple(order))
    secrets: set[str] = set()
    taken: set[tuple[str, int, Asks]] = set()

    def reduce(request: VcrRequest) -> VcrRequest | None:
        reduced, prompt = _reduce(request, secrets), _asked.get()
        if reduced is not None and prompt is not None:
            taken.add(prompt.key)
        return reduced

    def reduce_reply(response: dict[str, Any]) -> dict[str, Any] | None:
        return _reduce_reply(response, provenance, secrets)

    with _cassette("all", path, keeper, reduce, reduce_reply):
        yield Recorder(taken)
    if keeper.written is None:
        warn(f"nothing was recorded: {path} {'is as it was' if path.exists() else 'is not written'}")
    elif keeper.written != path:
        warn(f"{path} has replies to claims that were not answered now, and stays; the recording is {keeper.written}")


def _check_writable(path: Path) -> None:
    """Find out before anything is paid for."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CassetteError(f"{path}: cannot be written ({error.strerror}); give --record another path") from error
    if path.is_dir() or not os.access(path.parent, os.W_OK):
        raise CassetteError(
            f"{path}: cannot be written (a folder, or in one that is closed); give --record another path"
        )


class Replay:
    """An open replay."""

    def __init__(
        self, path: Path, cassette: Cassette, tape: VcrCassette, base: str | None, controls: Controlled | None
    ) -> None:
        self.provenance = cassette.metadata
        self._base = base
        self._controls = controls
        self._path = path
        self._interactions = cassette.interactions
        self._tape = tape

    def through(self, model: Model) -> Model:
        """The model that answers from the cassette, through the client that `model` asks with.

        What was asked again in the recording is asked again, without a pause.
        """

        async def reply(prompt: Prompt) -> Reply:
            failed: list[TransientError] = []
            while not failed or prompt.key in self.unplayed:
                try:
                    return self._dated(await self._replied(model, prompt))
                except TransientError as error:
                    failed.append(error)
            raise given_up(failed[-1], len(failed)) from failed[-1]

        return Answering(reply)

    async def _replied(self, model: Model, prompt: Prompt) -> Reply:
        from vcr.errors import CannotOverwriteExistingCassetteException

        with _asking(prompt):
            try:
                return await model.reply(prompt)
            except CannotOverwriteExistingCassetteException as error:
                sent = error.cassette.filter_request(error.failed_request).headers
                raise self._mismatch(prompt, sent) from error

    def _dated(self, reply: Reply) -> Reply:
        authored = reply.source is Source.AUTHORED or self.provenance.replies == "authored"
        source = Source.AUTHORED if authored else Source.RECORDED
        return replace(reply, source=source, recorded_at=self.provenance.recorded_at)

    @property
    def unplayed(self) -> tuple[tuple[str, int, Asks], ...]:
        """Claim, round and what was asked of every exchange that was not asked for."""
        played = self._tape.play_counts
        return tuple(one.key for place, one in enumerate(self._interactions) if not played[place])

    def _mismatch(self, prompt: Prompt, sent: Mapping[str, str]) -> CassetteError:
        """Why a prompt, sent with these digests, finds no reply."""
        where = f"{prompt.title}: {self._path}"
        of_claim = [one for one in self._interactions if one.claim_id == prompt.claim_id]
        of_round = [one for one in of_claim if one.key == prompt.key]
        if not of_claim:
            return CassetteError(f"{where}: the cassette holds nothing of this claim; {self._way_out(prompt)}")
        if not of_round:
            return CassetteError(f"{where}: the cassette holds other rounds of this claim only; {RERECORD}")
        differing = min((_differing(one.digests, sent) for one in of_round), key=len)
        if not differing:
            return CassetteError(f"{where}: asked more often than recorded; {RERECORD}")
        named = " and ".join(f'"{section}"' for section in differing)
        sections = "section" if len(differing) == 1 else "sections"
        return CassetteError(f"{where}: the recorded prompt differs in its {sections} {named}; {self._way_out(prompt)}")

    def _way_out(self, prompt: Prompt) -> str:
        recorded, controls = self.provenance.base, self.provenance.controls
        knows = controls is not None or not any(is_control(one.claim_id) for one in self._interactions)
        if is_control(prompt.claim_id) and knows and controls != self._controls:
            made = f"with {controls}: give the same" if controls else "without --controls: leave that out"
            return f"it was recorded {made}, or {RERECORD}"
        if recorded == self._base:
            return RERECORD
        if recorded is None:
            return f"it was recorded without --base: leave that out, or {RERECORD}"
        return f"it was recorded with --base {recorded}: give the same, or {RERECORD}"


@contextmanager
def replaying(path: Path, *, base: str | None = None, controls: Controlled | None = None) -> Iterator[Replay]:
    """Answer from a cassette; whatever it does not hold is an error, and no socket is opened.

    `base` is the commit whose differences the prompts show and `controls` those that are judged, for the message where
    they are not the recorded ones.

    Raises:
        CassetteError: The file is missing or malformed.
    """
    cassette = read_cassette(path)

    def reduce(request: VcrRequest) -> VcrRequest:
        reduced = _reduce(request, set())
        if reduced is None:
            raise CassetteError(f"{path}: a replay answers prompts alone, not {request.method} {request.path}")
        return reduced

    with _cassette("none", path, _Shelf(cassette), reduce, lambda response: response) as tape:
        yield Replay(path, cassette, tape, base, controls)


@contextmanager
def _asking(prompt: Prompt) -> Iterator[None]:
    token = _asked.set(prompt)
    try:
        yield
    finally:
        _asked.reset(token)


class _Keeper:
    """Saves what vcrpy recorded, in our form. vcrpy calls this a persister."""

    def __init__(self, path: Path, provenance: Provenance, order: Sequence[str]) -> None:
        self._path = path
        self._provenance = provenance
        self._order = order
        self.written: Path | None = None
        """The file. None where nothing was recorded."""

    def load_cassette(self, cassette_path: str, serializer: object) -> Any:  # noqa: ARG002
        """A recording begins empty, whatever stands there."""
        from vcr.persisters.filesystem import CassetteNotFoundError

        raise CassetteNotFoundError

    def save_cassette(self, cassette_path: str, cassette_dict: Mapping[str, Any], serializer: object) -> None:  # noqa: ARG002
        """Write everything at once."""
        pairs = zip(cassette_dict["requests"], cassette_dict["responses"], strict=True)
        interactions = [_interaction(request, response) for request, response in pairs]
        cassette = Cassette(version=1, metadata=self._provenance, interactions=interactions)
        beside = self._path.with_name(f"{self._path.stem}.incomplete{self._path.suffix}")
        self.written = beside if self._answered_before() - _answered(cassette) else self._path
        write_cassette(self.written, cassette, self._order)

    def _answered_before(self) -> set[str]:
        """Claims of this run to which the file that lies there has replies."""
        try:
            return _answered(read_cassette(self._path)) & set(self._order)
        except CassetteError:
            return set()


def _answered(cassette: Cassette) -> set[str]:
    return {one.claim_id for one in cassette.interactions if one.reply_text}


class _Shelf:
    """Hands a cassette that was read to vcrpy, and lets nothing be written."""

    def __init__(self, cassette: Cassette) -> None:
        self._cassette = cassette

    def load_cassette(self, cassette_path: str, serializer: object) -> tuple[list[Any], list[Any]]:  # noqa: ARG002
        """Requests and responses as vcrpy holds them."""
        from vcr.request import Request

        requests, responses = [], []
        for one in self._cassette.interactions:
            headers = _marked(one.request.headers)
            requests.append(Request(one.request.method, one.request.uri, one.request.body, headers))
            responses.append(
                {
                    "status": {"code": one.response.status.code, "message": one.response.status.message},
                    "headers": {name: list(values) for name, values in one.response.headers.items()},
                    "body": {"string": one.response.body.content},
                }
            )
        return requests, responses

    def save_cassette(self, cassette_path: str, cassette_dict: Mapping[str, Any], serializer: object) -> None:
        """Nothing: a replay leaves its cassette alone."""


@contextmanager
def _cassette(
    mode: str,
    path: Path,
    persister: _Keeper | _Shelf,
    reduce: Callable[[VcrRequest], VcrRequest | None],
    reduce_reply: Callable[[dict[str, Any]], dict[str, Any] | None],
) -> Iterator[VcrCassette]:
    import vcr
    from vcr.patch import PATCHER_NAMES

    machine = vcr.VCR(
        record_mode=mode,
        match_on=["prompt"],
        before_record_request=reduce,
        before_record_response=reduce_reply,
        skip_patchers=[name for name in PATCHER_NAMES if name != "httpx2"],
    )
    machine.register_matcher("prompt", _same_prompt)
    machine.register_persister(persister)
    # vcrpy logs each reply as it came, before it is redacted.
    with unlogged("vcr.cassette", "Appending request"), machine.use_cassette(str(path)) as tape:
        yield tape


def _same_prompt(asked: VcrRequest, recorded: VcrRequest) -> bool:
    # One matcher over one digest of digests: vcrpy runs every matcher over every exchange, three times a request.
    return bool(asked.headers[_MARK] == recorded.headers[_MARK])


_MARK = "prompt"
"""A header that holds the digest of all others; with it a request has been reduced. It is not written."""


def _marked(headers: Mapping[str, str]) -> dict[str, str]:
    return {**headers, _MARK: digest(json.dumps(headers, sort_keys=True))}


def _reduce(request: VcrRequest, secrets: set[str]) -> VcrRequest | None:
    """The request as it is kept: digests for headers, a note for the body. None where it carries no prompt."""
    if _MARK in request.headers:
        return request  # vcrpy shows its hook what the hook has made
    prompt = _asked.get()
    model = _without_project(request.path)
    if prompt is None or model is None:
        return None
    secrets.update(value for name, value in request.headers.items() if name.lower() in _SECRET_HEADERS and value)
    body = json.loads(request.body)
    _check_sections(body, prompt)
    schema = _pop(body.get("generationConfig", {}), "responseJsonSchema")
    headers = {
        "claim-id": prompt.claim_id,
        "round": str(prompt.round),
        **prompt.digests,
        "config": _digest_of({"model": model.removeprefix("models/"), **body}),
        "schema": _digest_of(schema),
    }
    request.headers = _marked(headers)
    request.uri = f"{PUBLIC_ADDRESS}{model}:generateContent"
    request.body = prompt.title.replace('"', "")
    return request


def _without_project(path: str) -> str | None:
    """A model's name, the same by whichever address it is asked: `models/x`, `tunedModels/x`, `meta/x`, `endpoints/1`.

    None where the path is no address of a model that is asked for a reply.
    """
    named = re.search(r"/(?:publishers/([^/:]+)/models|([^/:]+))/([^/:]+):generateContent$", path)
    if named is None:
        return None
    place = named[1] or named[2]
    return f"{'models' if place == 'google' else place}/{named[3]}"


_SECRET_HEADERS = ("x-goog-api-key", "authorization")


def _check_sections(body: dict[str, Any], prompt: Prompt) -> None:
    """Take the texts out of the body, and see that they are the prompt's: digests of anything else would be a lie."""
    system = _pop(body, "systemInstruction") or {}
    contents = body.pop("contents", [])
    texts = [part.get("text") for content in (system, *contents) for part in content.get("parts", [])]
    if texts != [text for text in (prompt.system, *prompt.contents) if text]:
        raise CassetteError(f"{prompt.title}: the request holds other texts than the prompt")


def _pop(fields: dict[str, Any], name: str) -> Any:
    """A field of the request in whichever spelling the client chose."""
    snake = re.sub(r"[A-Z]", lambda letter: f"_{letter[0].lower()}", name)
    return fields.pop(name, None) or fields.pop(snake, None)


def _digest_of(data: object) -> str:
    return digest(json.dumps(data, sort_keys=True))


def _reduce_reply(response: dict[str, Any], provenance: Provenance, secrets: set[str]) -> dict[str, Any] | None:
    """The response as it is kept: status, two headers, and a body without secrets and accounts.

    None where the body cannot be unpacked: then the client has no reply either, as where the connection broke.
    """
    import httpx2

    headers = [(name, value) for name, values in response["headers"].items() for value in values]
    try:
        content = httpx2.Response(200, headers=headers, content=response["body"]["string"]).content
    except httpx2.DecodingError:
        return None
    text = content.decode(errors="replace")
    for secret in secrets:
        text = text.replace(secret, "[key]")
    body = _without_secrets(RecordedBody.of(text.encode()))
    if response["status"]["code"] == 200:
        _check_provenance(body, provenance)
    else:
        body = _without_account(body)
    kept = dict(header_values(response["headers"], KEPT_REPLY_HEADERS))
    return {"status": response["status"], "headers": kept, "body": {"string": body.content}}


def _without_secrets(body: RecordedBody) -> RecordedBody:
    """The body without secrets, its reply as the pipeline reads it: whole, and by what its JSON says."""
    if body.data is None:
        return RecordedBody.of(redact_reply(body.content.decode(errors="replace")).encode())
    said = list(_texts_of_candidates(body.data))
    data: dict[str, Any] = redact_document(body.data)
    for pieces, cleaned in zip(said, _texts_of_candidates(data), strict=True):
        # A piece by itself may look like what the whole is not, and hide what it is.
        whole = "".join(piece["text"] for piece in pieces)
        clean = redact_reply(whole)
        texts = [piece["text"] for piece in pieces] if clean == whole else [clean, *[""] * len(pieces)]
        for piece, text in zip(cleaned, texts, strict=False):
            piece["text"] = text
    return RecordedBody.model_validate({"json": data})


def _texts_of_candidates(data: Mapping[str, Any]) -> Iterator[list[dict[str, Any]]]:
    """The pieces of each candidate's text; its thoughts are a text of their own."""
    candidates = data.get("candidates")
    for candidate in candidates if isinstance(candidates, list) else ():
        content = candidate.get("content") if isinstance(candidate, dict) else None
        parts = content.get("parts") if isinstance(content, dict) else None
        pieces = [p for p in parts if isinstance(p, dict) and isinstance(p.get("text"), str)] if parts else []
        for thought in (False, True):
            yield [piece for piece in pieces if bool(piece.get("thought")) is thought]


def _check_provenance(body: RecordedBody, provenance: Provenance) -> None:
    says_authored = (body.data or {}).get("modelVersion") == AUTHORED
    if says_authored and provenance.replies == "recorded":
        raise CassetteError("an authored reply has no place in a cassette of recorded ones; record it as authored")
    if provenance.replies == "authored" and not (says_authored and "usageMetadata" not in (body.data or {})):
        raise CassetteError("an authored reply says modelVersion: authored and has no usageMetadata; this one does not")


def _without_account(body: RecordedBody) -> RecordedBody:
    """One of Google's errors with what explains it, and no project or consumer."""
    error = _error_of(body)
    if error is None:
        return body
    kept: dict[str, Any] = {name: error[name] for name in ("code", "message", "status") if name in error}
    if isinstance(kept.get("message"), str):
        kept["message"] = re.sub(r"\bprojects?[ /:]+[\w.:-]*\d[\w.:-]*", "[project]", kept["message"])
    details = [
        _explaining(detail)
        for detail in error.get("details") or ()
        if isinstance(detail, dict)
        and str(detail.get("@type", "")).endswith(("ErrorInfo", "RetryInfo", "QuotaFailure"))
    ]
    return RecordedBody.model_validate({"json": {"error": {**kept, **({"details": details} if details else {})}}})


def _error_of(body: RecordedBody) -> dict[str, Any] | None:
    """One of Google's errors, which stands in an object or in a list of one. None where the body is no such error."""
    try:
        read = json.loads(body.content)
    except (ValueError, RecursionError):
        return None
    one = read[0] if isinstance(read, list) and len(read) == 1 else read
    error = one.get("error") if isinstance(one, dict) else None
    return error if isinstance(error, dict) else None


def _explaining(detail: dict[str, Any]) -> dict[str, Any]:
    """What of a typed detail a replay decides by: reason, delay, and the names and values of quotas."""
    kept: dict[str, Any] = {name: detail[name] for name in ("@type", "reason", "retryDelay") if name in detail}
    metadata, violations = detail.get("metadata"), detail.get("violations")
    if isinstance(metadata, dict) and "quota_limit" in metadata:
        kept["metadata"] = {"quota_limit": metadata["quota_limit"]}
    if isinstance(violations, list):
        found = (violation for violation in violations if isinstance(violation, dict))
        kept["violations"] = [{name: one[name] for name in ("quotaId", "quotaValue") if name in one} for one in found]
    return kept


def _interaction(request: VcrRequest, response: Mapping[str, Any]) -> Interaction:
    note = request.body.decode()
    headers = {name: request.headers[name] for name in KEPT_REQUEST_HEADERS if name in request.headers}
    status = RecordedStatus(code=response["status"]["code"], message=response["status"]["message"])
    body = RecordedBody.of(response["body"]["string"])
    return Interaction(
        request=RecordedRequest(method=request.method, uri=request.uri, body=note, headers=headers),
        response=RecordedResponse(status=status, headers=response["headers"], body=body),
    )


def _differing(recorded: Mapping[str, str], sent: Mapping[str, str]) -> list[str]:
    return [name for name in RECORDED_SECTIONS if recorded.get(name) != sent.get(name)]
