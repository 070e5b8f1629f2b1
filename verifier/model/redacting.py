"""A model whose replies and errors hold no secret, so that nobody behind it can keep one."""

from __future__ import annotations

from dataclasses import replace

from verifier.errors import ModelError
from verifier.model import Model
from verifier.safety.redacting import redact_reply
from verifier.values.prompt import Prompt, Reply


class Redacting:
    """A model that asks another one, and replaces the secrets of what comes back."""

    def __init__(self, model: Model) -> None:
        self._model = model

    async def reply(self, prompt: Prompt) -> Reply:
        """The other model's reply, redacted, as is what its errors say.

        Whatever looks at a reply, a replay and a recheck later on, looks at this one.
        """
        try:
            reply = await self._model.reply(prompt)
        except ModelError as error:
            error.args = (redact_reply(str(error)),)
            error.kept = redact_reply(error.kept) if error.kept is not None else None
            raise
        return replace(reply, text=redact_reply(reply.text))
