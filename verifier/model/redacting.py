"""A model whose replies hold no secret, so that nobody behind it can keep one."""

from __future__ import annotations

from dataclasses import replace

from verifier.model import Model
from verifier.safety.redacting import redact_reply
from verifier.values.prompt import Prompt, Reply


class Redacting:
    """A model that asks another one, and replaces the secrets of its replies."""

    def __init__(self, model: Model) -> None:
        self._model = model

    async def reply(self, prompt: Prompt) -> Reply:
        """The other model's reply, redacted."""
        reply = await self._model.reply(prompt)
        return replace(reply, text=redact_reply(reply.text))
