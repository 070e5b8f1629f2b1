"""From what was asked for to a model that answers: endpoint, settings, retries, and a cassette if one is wanted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from verifier.errors import ModelError, UsageError
from verifier.model import Answering, Model
from verifier.model.cassettes.files import Controlled, Provenance
from verifier.model.cassettes.recording import LEAST_KEY_CHARS, recording, replaying
from verifier.model.endpoint import Endpoint
from verifier.model.gemini import Gemini
from verifier.model.retrying import DEFAULT_ATTEMPTS, Retry, Retrying
from verifier.safety.redacting import redact_reply
from verifier.values.prompt import Asks, Form, ModelSettings, Prompt, Reply


@dataclass(frozen=True)
class Record:
    """A recording to make."""

    path: Path
    provenance: Provenance
    order: Sequence[str] = ()
    """Claim ids in the order in which they are to stand in the file."""


@dataclass(frozen=True)
class ModelOptions:
    """How to reach a model. With `replay` neither endpoint nor network is used."""

    settings: ModelSettings
    schema: Mapping[str, Any]
    """JSON Schema of the reply."""
    endpoint: Endpoint | None = None
    allow_other_model: bool = False
    attempts: int = DEFAULT_ATTEMPTS
    connections: int = 32
    record: Record | None = None
    replay: Path | None = None
    others: Mapping[Asks, Form] = field(default_factory=dict)
    """Model, settings and schema of what is no verdict; where nothing is said of one, as for a verdict."""
    base: str | None = None
    """The commit whose differences the prompts show, in full. None: they show none."""
    controls: Controlled | None = None
    """Those that are judged. None: none."""


@asynccontextmanager
async def open_model(
    options: ModelOptions,
    *,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    on_retry: Callable[[Retry], None] | None = None,
    say: Callable[[str], None] = lambda _: None,
    warn: Callable[[str], None] = lambda _: None,
    inside: Callable[[Model], Model] = lambda model: model,
) -> AsyncIterator[Model]:
    """A model that is ready, for as long as the context lasts. Open one at a time where a cassette is in play.

    `inside` wraps the live model within the retries, so that pace and purse see every attempt. `on_retry` is told of
    each attempt that is made again after a pause, `say` in a line of each that is made again with more room, `warn` of
    a recording that is not what was asked for.

    Raises:
        UsageError: The options contradict each other.
        CassetteError: The cassette to replay is missing or malformed, or the recording cannot be written.
    """
    if options.replay is not None:
        if options.record is not None:
            raise UsageError("--record and --replay exclude each other; give one of them")
        with replaying(options.replay, base=options.base, controls=options.controls) as replay:
            async with _gemini(options, Endpoint("replayed"), replays=True) as gemini:
                yield _redacting(replay.through(gemini))
        return
    if options.endpoint is None:
        raise UsageError("nobody to ask: no endpoint and no cassette; give an API key, or replay one with --replay")
    async with _gemini(options, options.endpoint, say=say) as gemini:
        if options.record is None:
            live = Retrying(inside(gemini), attempts=options.attempts, sleep=sleep, on_retry=on_retry)
            yield _redacting(live)
            return
        made = options.record
        _refuse_short_key(options.endpoint)
        with recording(made.path, made.provenance, order=made.order, warn=warn) as recorder:
            recorded = inside(recorder.through(gemini))
            yield _redacting(Retrying(recorded, attempts=options.attempts, sleep=sleep, on_retry=on_retry))


def _redacting(model: Model) -> Model:
    """The same model, with the secrets of its replies and errors replaced, so that nobody behind it can keep one.

    Whatever looks at a reply, a replay and a recheck later on, looks at this one.
    """

    async def reply(prompt: Prompt) -> Reply:
        try:
            told = await model.reply(prompt)
        except ModelError as error:
            error.args = (redact_reply(str(error)),)
            error.kept = redact_reply(error.kept) if error.kept is not None else None
            raise
        return replace(told, text=redact_reply(told.text))

    return Answering(reply)


def _refuse_short_key(endpoint: Endpoint) -> None:
    if 0 < len(endpoint.api_key) < LEAST_KEY_CHARS:
        raise UsageError(
            f"the API key from {endpoint.key_name} has fewer than {LEAST_KEY_CHARS} characters: taking it out of "
            "replies would take letters out of them; record with a longer one"
        )


def _gemini(
    options: ModelOptions, endpoint: Endpoint, *, replays: bool = False, say: Callable[[str], None] = lambda _: None
) -> Gemini:
    authored = options.record is not None and options.record.provenance.replies == "authored"
    return Gemini(
        endpoint,
        options.settings,
        options.schema,
        others=options.others,
        allow_other_model=options.allow_other_model,
        allow_authored=replays or authored,
        names_models=not replays,
        connections=options.connections,
        say=say,
    )
