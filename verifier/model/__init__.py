"""The model: one thing that is asked, whatever answers in its name."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from verifier.errors import CassetteError
from verifier.values.prompt import Prompt, Reply

if TYPE_CHECKING:
    from verifier.values.outcome import Exchange


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


class Repeating:
    """A model that says again what was said in these exchanges, in the same rounds, whatever it is shown."""

    def __init__(self, exchanges: Iterable[Exchange]) -> None:
        self._exchanges = {one.key: one for one in exchanges}

    async def reply(self, prompt: Prompt) -> Reply:
        """The reply of the prompt's round."""
        said = self._exchanges.get((prompt.round, prompt.asks))
        if said is None:
            raise CassetteError(f"{prompt.title}: the record has no such reply, but evidence asks for it")
        return said.again()
