"""Gemini through google-genai: one request, one reply or one line that says why not.

Nothing is retried here; `Retrying` does that. The client is imported and made at the first request, so that a run that
asks nothing does not pay for it.
"""

from __future__ import annotations

import asyncio
import difflib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote

from verifier.errors import ModelError, UsageError
from verifier.model.endpoint import PUBLIC_URL, Endpoint
from verifier.model.envelopes import read_reply
from verifier.model.errors import CutReplyError, TransientError
from verifier.model.refusals import from_credentials, from_deadline, from_status, from_transport
from verifier.system.logs import unlogged
from verifier.values.prompt import MOST_OUTPUT_TOKENS, Asks, Form, ModelSettings, Prompt, Reply

if TYPE_CHECKING:
    import ssl

    import httpx2
    from google import genai
    from google.genai import types
    from google.genai.batches import AsyncBatches

THINKING_LEVELS = ("MINIMAL", "LOW", "MEDIUM", "HIGH")

_NAMED_MODELS = 5
_LISTING_TIMEOUT_S = 10.0


class Rooms:
    """How many output tokens each reply may have: one that is cut is asked for once more with twice as many."""

    def __init__(self, usual: Callable[[Prompt], int], say: Callable[[str], None]) -> None:
        self._usual = usual
        self._say = say
        self._wider: dict[tuple[str, int, Asks], int] = {}
        """Of prompts whose reply was cut, by what tells prompts apart."""

    def of(self, prompt: Prompt) -> int:
        """The room that the prompt's reply is given."""
        return self._wider.get(prompt.key) or self._usual(prompt)

    def has_been(self, prompt: Prompt, room: int) -> None:
        """Take note of the room that an earlier run gave."""
        if room > self._usual(prompt):
            self._wider[prompt.key] = room

    async def ask(self, prompt: Prompt, ask: Callable[[Prompt, int], Awaitable[Reply]]) -> Reply:
        """Ask; a reply that is cut is asked for once more with twice the room, and both are counted."""
        room = self.of(prompt)
        try:
            return await ask(prompt, room)
        except CutReplyError as cut:
            wider = min(2 * room, MOST_OUTPUT_TOKENS)
            if wider <= room or prompt.key in self._wider:
                raise
            self._wider[prompt.key] = wider
            self._say(f"{prompt.title}: the reply was cut at {room} output tokens; asking again with room for {wider}")
            reply = await ask(prompt, wider)
            if reply.usage is None or cut.usage is None:
                return reply
            return replace(reply, usage=cut.usage + reply.usage)


class Gemini:
    """A model that asks Gemini. Use it as an async context manager: it holds connections."""

    def __init__(
        self,
        endpoint: Endpoint,
        settings: ModelSettings,
        schema: Mapping[str, Any],
        *,
        others: Mapping[Asks, Form] | None = None,
        allow_other_model: bool = False,
        allow_authored: bool = False,
        names_models: bool = True,
        connections: int = 32,
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Say where and how to ask.

        Args:
            endpoint: Where, and with which key.
            settings: What each request says beside the prompt; `extra` goes into generationConfig as it is.
            schema: JSON Schema of the reply, sent verbatim.
            others: The same for what is no verdict; where nothing is said of one, as for a verdict.
            allow_other_model: Take a reply from another model than the one asked.
            allow_authored: Take a reply that says it was authored; for recording and replaying such.
            names_models: When the model does not exist, ask which do.
            connections: How many are open at most.
            say: Told in one line of each reply that is asked for again because it was cut.

        Raises:
            UsageError: A setting that no request could carry.
        """
        self._form = Form(settings, dict(schema))
        self._others = others or {}
        level = settings.thinking_level
        if level is not None and level.upper() not in THINKING_LEVELS:
            raise UsageError(f'there is no thinking level "{level}"; take one of {", ".join(THINKING_LEVELS)}')
        for form in (self._form, *self._others.values()):
            if not form.settings.model or ".." in form.settings.model:
                raise UsageError(f'"{form.settings.model}" is no name of a model')
        self._endpoint = endpoint
        self._allow_other_model = allow_other_model
        self._allow_authored = allow_authored
        self._names_models = names_models
        self._connections = connections
        self._client: genai.Client | None = None
        self._http: httpx2.AsyncClient | None = None
        self._rooms = Rooms(lambda prompt: self.form(prompt).settings.max_output_tokens, say)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._client is not None:
            self._client.close()
        if self._http is not None:
            await self._http.aclose()
        self._client = self._http = None

    async def reply(self, prompt: Prompt) -> Reply:
        """Ask once; a reply that is cut is asked for once more with twice the room, and both are counted."""
        return await self._rooms.ask(prompt, self._ask)

    async def batches(self, ask: Callable[[AsyncBatches], Awaitable[object]]) -> str:
        """What the service answers to a call about batch jobs, as it stands.

        There is no option for that here, and where the client reads a job itself, one value in one result that it does
        not know costs all of them, and why a job failed is lost.

        Raises:
            ModelError: The service refuses, or does not answer.
        """
        async with self.named_errors():
            unread = _UNREAD.set(True)
            try:
                await ask(self.client.aio.batches)
            except _UnreadError as answered:
                return answered.body
            finally:
                _UNREAD.reset(unread)
        raise TransientError("the service did not answer about batch jobs")

    def request(self, prompt: Prompt, max_output_tokens: int) -> dict[str, Any]:
        """The body of the prompt's request.

        To the byte what google-genai's own method would send: cassettes that were recorded with that still match.
        """
        body = _AsItStands(contents=[_user_turn(prompt.contents)])
        if prompt.system:
            body["systemInstruction"] = _user_turn([prompt.system])
        body["generationConfig"] = _generation_config(self.form(prompt), max_output_tokens)
        return body

    def form(self, prompt: Prompt) -> Form:
        """What the prompt's request says beside it."""
        return self._others.get(prompt.asks, self._form)

    def read(self, body: str, prompt: Prompt, max_output_tokens: int) -> Reply:
        """The reply to the prompt that the service's JSON holds; raises as `reply` does."""
        return read_reply(
            body,
            self.form(prompt).settings.model,
            max_output_tokens=max_output_tokens,
            allow_other_model=self._allow_other_model,
            allow_authored=self._allow_authored,
            option=self._option(self.form(prompt).settings.model),
        )

    def _option(self, model: str) -> str:
        """The option that names the model."""
        return "--model" if model == self._form.settings.model else "--reader-model"

    def refusal(self, code: int, status: str, message: str) -> ModelError:
        """What `reply` raises where the service answers with this error."""
        from google.genai import errors

        error = errors.APIError(code, {"error": {"code": code, "status": status, "message": message}})
        refusal = from_status(error, self._endpoint, self._form.settings.model)
        refusal.__cause__ = error
        return refusal

    async def _ask(self, prompt: Prompt, max_output_tokens: int) -> Reply:
        model, body = self.form(prompt).settings.model, self.request(prompt, max_output_tokens)
        nothing, config = _bare_request()
        async with self.named_errors(model):
            answered = await self.client.aio.models.generate_content(
                model=quote(model, safe="/@"), contents=nothing, config=config(body)
            )
        told = answered.sdk_http_response.body if answered.sdk_http_response else None
        return self.read(told or "", prompt, max_output_tokens)

    @asynccontextmanager
    async def named_errors(self, model: str | None = None) -> AsyncIterator[None]:
        """What the client raises, as one line; and an end when the call as a whole takes too long."""
        import google.auth.exceptions
        import httpx2
        from google.genai import errors

        model = model or self._form.settings.model
        try:
            async with asyncio.timeout(self._endpoint.timeout_s):
                yield
        except TimeoutError as error:
            raise from_deadline(self._endpoint) from error
        except errors.APIError as error:
            refusal = from_status(error, self._endpoint, model, self._option(model))
            raise await self._with_models(refusal, error.code, model) from error
        except httpx2.RequestError as error:
            raise from_transport(error, self._endpoint) from error
        except google.auth.exceptions.GoogleAuthError as error:
            raise from_credentials(error, self._endpoint) from error
        except (UnicodeDecodeError, RecursionError) as error:
            raise TransientError("the service's error page cannot be read") from error

    @property
    def client(self) -> genai.Client:
        """google-genai's client, made when it is first wanted.

        Raises:
            ModelError: There are no credentials.
        """
        if self._client is not None:
            return self._client
        import google.auth.exceptions
        import httpx2
        from google import genai
        from google.genai import types

        # A client of our own pins the transport: with aiohttp installed google-genai would use that, which fails
        # otherwise and repeats requests by itself. It also keeps the environment's proxies, and follows no redirect,
        # which would carry the key elsewhere.
        tls = _certificates()
        limits = httpx2.Limits(max_connections=self._connections, max_keepalive_connections=self._connections)
        at = self._endpoint
        self._http = httpx2.AsyncClient(
            verify=tls,
            limits=limits,
            timeout=None,
            headers={"accept-encoding": "gzip"},
            auth=at.login,
            event_hooks={"response": [_leave_unread]},
        )
        http_options = types.HttpOptions(
            base_url=at.base_url or (None if at.vertex else PUBLIC_URL),
            httpx_async_client=self._http,
            # Handed over, or google-genai reads the machine's certificates twice more.
            client_args=None if at.vertex else {"verify": tls},
            async_client_args=None if at.vertex else {"ssl": tls},
        )
        try:
            # It warns of two keys in the environment even when it is handed one; the caller has said it already.
            with unlogged("google_genai._api_client", "Both GOOGLE_API_KEY and GEMINI_API_KEY"):
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

    async def _with_models(self, refusal: ModelError, code: int, model: str) -> ModelError:
        """Where the model does not exist, the refusal and a few names that do."""
        if code != 404 or refusal.kept is not None or not self._names_models:
            return refusal
        names = await self._models(model)
        if not names:
            return refusal
        return ModelError(f"{refusal}: {', '.join(names)}", fatal=True)

    async def _models(self, model: str) -> tuple[str, ...]:
        """A few models that the key can use, likeliest first. Empty where the service does not say."""
        import httpx2
        import pydantic
        from google.genai import errors

        names: list[str] = []
        try:
            async with asyncio.timeout(_LISTING_TIMEOUT_S):
                async for one in await self.client.aio.models.list():
                    if one.name and (not one.supported_actions or "generateContent" in one.supported_actions):
                        names.append(one.name.rpartition("/")[2])
        except (TimeoutError, errors.APIError, httpx2.RequestError, json.JSONDecodeError, pydantic.ValidationError):
            return ()
        return tuple(difflib.get_close_matches(model, names, n=_NAMED_MODELS, cutoff=0.0))


@cache
def _certificates() -> ssl.SSLContext:
    """Those that the machine trusts, read once a process."""
    import httpx2

    return httpx2.create_ssl_context()


class _UnreadError(Exception):
    """Carries an answer past the client's own reading of it."""

    def __init__(self, body: str) -> None:
        super().__init__(body)
        self.body = body


_UNREAD = ContextVar("_UNREAD", default=False)


async def _leave_unread(response: httpx2.Response) -> None:
    if _UNREAD.get() and response.is_success:
        await response.aread()
        raise _UnreadError(response.text)


@cache
def _bare_request() -> tuple[types.Content, Callable[[dict[str, Any]], types.GenerateContentConfig]]:
    """A turn that says nothing, and what makes the configuration of a request out of its body.

    The body goes in as it stands, over one of no words: the client would walk through the schema and every part of the
    prompt for each request.
    """
    from google.genai import types

    nothing = types.Content()
    same = types.GenerateContentConfig(
        # The answer as it stands: the client's own reading makes None of all where it does not know one value.
        should_return_http_response=True,
        automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),
        automatic_continuation=False,
    )

    def config(body: dict[str, Any]) -> types.GenerateContentConfig:
        return same.model_copy(
            update={
                "system_instruction": nothing if "systemInstruction" in body else None,
                "http_options": types.HttpOptions.model_construct(extra_body=body),
            }
        )

    return nothing, config


class _AsItStands(dict[str, Any]):
    """A body that the client does not copy, key by key, for each request: nobody changes it."""

    def __deepcopy__(self, _: object) -> Self:
        return self


def _generation_config(form: Form, max_output_tokens: int) -> dict[str, Any]:
    settings = form.settings
    config: dict[str, Any] = {} if settings.temperature is None else {"temperature": settings.temperature}
    config |= {
        "maxOutputTokens": max_output_tokens,
        "responseMimeType": "application/json",
        "responseJsonSchema": form.schema,
    }
    if settings.thinking_level:
        config["thinkingConfig"] = {"thinking_level": settings.thinking_level.upper()}
    return config | dict(settings.extra)


def _user_turn(texts: Iterable[str]) -> dict[str, Any]:
    """Texts as parts of one turn, so that a shared beginning stays byte for byte the same."""
    return {"parts": [{"text": text} for text in texts], "role": "user"}
