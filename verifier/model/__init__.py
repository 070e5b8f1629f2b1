"""The model: one thing that is asked, whatever answers in its name."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Protocol

from verifier.values.prompt import Prompt, Reply


class Model(Protocol):
    """Somebody who answers prompts: Gemini, a cassette, or a test."""

    async def reply(self, prompt: Prompt, /) -> Reply:
        """Answer one prompt.

        Raises:
            ModelError: The model could not be asked or did not answer; `kept` holds what came all the same.
            CassetteError: A replay holds no recording of this prompt.
        """
        ...


@dataclass(frozen=True)
class Answering:
    """A model that is one function."""

    reply: Callable[[Prompt], Coroutine[Any, Any, Reply]]
