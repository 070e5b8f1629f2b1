"""Gemini through google-genai: one request, one reply or one line that says why not.

Nothing is retried here; `Retrying` does that. The client is imported and made at the first request, so that a run that
asks nothing does not pay for it.
"""

from __future__ import annotations

import asyncio
import difflib
import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from verifier.errors import ModelError, UsageError
from verifier.model.endpoint import PUBLIC_URL, Endpoint
from verifier.model.envelopes import read_reply
from verifier.model.errors import CutReplyError, TransientError
from verifier.model.refusals import from_credentials, from_deadline, from_status, from_transport
from verifier.values.prompt import ModelSettings, Prompt, Reply

if TYPE_CHECKING:
    import httpx2
    from google import genai
    from google.genai import types

MOST_OUTPUT_TOKENS = 65536
"""The most that any Gemini model writes. Source: Gemini API docs, "Models"."""

THINKING_LEVELS = ("MINIMAL", "LOW", "MEDIUM", "HIGH")

_NAMED_MODELS = 5
_LISTING_TIMEOUT_S = 10.0


class Gemini:
    """A model that asks Gemini. Use it as an async context manager: it holds connections."""

    def __init__(
        self,
        endpoint: Endpoint,
        settings: ModelSettings,
        schema: Mapping[str, Any],
        *,
        allow_other_model: bool = False,
        allow_authored: bool = False,
        names_models: bool = True,
        connections: int = 32,
    ) -> None:
        """Say where and how to ask.

        Args:
            endpoint: Where, and with which key.
            settings: What each request says beside the prompt; `extra` goes into generationConfig as it is.
            schema: JSON Schema of the reply, sent verbatim.
            allow_other_model: Take a reply from another model than the one asked.
            allow_authored: Take a reply that says it was authored; for recording and replaying such.
            names_models: When the model does not exist, ask which do.
            connections: How many are open at most.

        Raises:
            UsageError: A setting that no request could carry.
        """
        level = settings.thinking_level
        if level is not None and level.upper() not in THINKING_LEVELS:
            raise UsageError(f'there is no thinking level "{level}"; take one of {", ".join(THINKING_LEVELS)}')
        self._endpoint = endpoint
        self._settings = settings
        self._schema = dict(schema)
        self._allow_other_model = allow_other_model
        self._allow_authored = allow_authored
        self._names_models = names_models
        self._connections = connections
        self._client: genai.Client | None = None
        self._http: httpx2.AsyncClient | None = None
        self._rooms: dict[tuple[str, int], int] = {}
        """Output tokens for prompts whose reply was cut, by claim and round."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        if self._client is not None:
            self._client.close()
        if self._http is not None:
            await self._http.aclose()
        self._client = self._http = None

    async def reply(self, prompt: Prompt) -> Reply:
        """Ask once; a reply that is cut is asked for once more with twice the room, and both are counted."""
        key = (prompt.claim_id, prompt.round)
        room = self._rooms.get(key, self._settings.max_output_tokens)
        try:
            return await self._ask(prompt, room)
        except CutReplyError as cut:
            wider = min(2 * room, MOST_OUTPUT_TOKENS)
            if wider <= room or key in self._rooms:
                raise
            self._rooms[key] = wider
            reply = await self._ask(prompt, wider)
            if reply.usage is None or cut.usage is None:
                return reply
            return replace(reply, usage=cut.usage + reply.usage)

    async def _ask(self, prompt: Prompt, max_output_tokens: int) -> Reply:
        client = self._open_client()
        import google.auth.exceptions
        import httpx2
        from google.genai import errors

        try:
            async with asyncio.timeout(self._endpoint.timeout_s):
                answered = await client.aio.models.generate_content(
                    model=self._settings.model,
                    contents=_user_turn(prompt),
                    config=self._config(prompt, max_output_tokens),
                )
        except TimeoutError as error:
            raise from_deadline(self._endpoint) from error
        except errors.APIError as error:
            refusal = from_status(error, self._endpoint, self._settings.model)
            raise await self._with_models(refusal, error.code) from error
        except httpx2.RequestError as error:
            raise from_transport(error, self._endpoint) from error
        except google.auth.exceptions.GoogleAuthError as error:
            raise from_credentials(error, self._endpoint) from error
        except (UnicodeDecodeError, RecursionError) as error:
            raise TransientError("the service's error page cannot be read") from error
        body = answered.sdk_http_response.body if answered.sdk_http_response else None
        return read_reply(
            body or "",
            self._settings.model,
            max_output_tokens=max_output_tokens,
            allow_other_model=self._allow_other_model,
            allow_authored=self._allow_authored,
        )

    def _open_client(self) -> genai.Client:
        if self._client is not None:
            return self._client
        import google.auth.exceptions
        import httpx2
        from google import genai
        from google.genai import types

        # A client of our own pins the transport: with aiohttp installed google-genai would use that, which fails
        # otherwise and repeats requests by itself. It also keeps the environment's proxies, and follows no redirect,
        # which would carry the key elsewhere.
        tls = httpx2.create_ssl_context()
        limits = httpx2.Limits(max_connections=self._connections, max_keepalive_connections=self._connections)
        self._http = httpx2.AsyncClient(verify=tls, limits=limits, timeout=None, headers={"accept-encoding": "gzip"})
        at = self._endpoint
        http_options = types.HttpOptions(
            base_url=at.base_url or (None if at.vertex else PUBLIC_URL),
            httpx_async_client=self._http,
            # Handed over, or google-genai reads the machine's certificates twice more.
            client_args=None if at.vertex else {"verify": tls},
            async_client_args=None if at.vertex else {"ssl": tls},
        )
        try:
            with _quiet_about_two_keys():
                self._client = genai.Client(
                    vertexai=at.vertex,
                    api_key=at.api_key or None,
                    project=at.project,
                    location=at.location,
                    http_options=http_options,
                )
        except google.auth.exceptions.GoogleAuthError as error:
            raise from_credentials(error, self._endpoint) from error
        return self._client

    def _config(self, prompt: Prompt, max_output_tokens: int) -> types.GenerateContentConfig:
        from google.genai import types

        settings = self._settings
        thinking = (
            types.ThinkingConfig(thinking_level=types.ThinkingLevel(settings.thinking_level.upper()))
            if settings.thinking_level
            else None
        )
        extra = types.HttpOptions(extra_body={"generationConfig": dict(settings.extra)}) if settings.extra else None
        return types.GenerateContentConfig(
            system_instruction=prompt.system or None,
            response_mime_type="application/json",
            response_json_schema=self._schema,
            max_output_tokens=max_output_tokens,
            temperature=settings.temperature,
            thinking_config=thinking,
            automatic_continuation=False,
            automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),
            should_return_http_response=True,
            http_options=extra,
        )

    async def _with_models(self, refusal: ModelError, code: int) -> ModelError:
        """Where the model does not exist, the refusal and a few names that do."""
        if code != 404 or refusal.kept is not None or not self._names_models:
            return refusal
        names = await self._models()
        if not names:
            return refusal
        return ModelError(f"{refusal}: {', '.join(names)}", fatal=True)

    async def _models(self) -> tuple[str, ...]:
        """A few models that the key can use, likeliest first. Empty where the service does not say."""
        import httpx2
        import pydantic
        from google.genai import errors

        names: list[str] = []
        try:
            async with asyncio.timeout(_LISTING_TIMEOUT_S):
                async for model in await self._open_client().aio.models.list():
                    if model.name and (not model.supported_actions or "generateContent" in model.supported_actions):
                        names.append(model.name.rpartition("/")[2])
        except (TimeoutError, errors.APIError, httpx2.RequestError, json.JSONDecodeError, pydantic.ValidationError):
            return ()
        return tuple(difflib.get_close_matches(self._settings.model, names, n=_NAMED_MODELS, cutoff=0.0))


def _user_turn(prompt: Prompt) -> types.Content:
    """The sections as parts of one turn, so that a shared beginning stays byte for byte the same."""
    from google.genai import types

    return types.Content(role="user", parts=[types.Part(text=text) for text in prompt.contents])


@contextmanager
def _quiet_about_two_keys() -> Iterator[None]:
    """The client warns of two keys in the environment even when it is handed one; the caller has said it already."""

    def lets_pass(record: logging.LogRecord) -> bool:
        return not record.getMessage().startswith("Both GOOGLE_API_KEY and GEMINI_API_KEY")

    logger = logging.getLogger("google_genai._api_client")
    logger.addFilter(lets_pass)
    try:
        yield
    finally:
        logger.removeFilter(lets_pass)
