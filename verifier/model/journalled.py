"""Ask nothing twice: what was answered is kept the moment it arrives, and answers the same request from then on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from weakref import WeakValueDictionary

from verifier.errors import ModelError
from verifier.evidence.parsing import can_be_read
from verifier.journal import Addressee, Journal, JournalError
from verifier.model import Model
from verifier.model.envelopes import same_model
from verifier.values.prompt import Prompt, Reply, Source

FIRST_LOOK_S = 0.05
LONGEST_LOOK_S = 1.0
"""Between two looks at whether another run has its reply: a reply takes seconds."""


class Journalled:
    """A model that asks another one only what the journal cannot answer."""

    def __init__(
        self,
        model: Model,
        journal: Journal,
        addressee: Addressee,
        *,
        fresh: bool = False,
        allow_other_model: bool = False,
        usable: Callable[[Prompt, str], bool] = can_be_read,
        say: Callable[[str], None] = lambda _: None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Wrap `model`, which stands for `addressee`.

        Args:
            model: Asked what the journal does not hold; only its live replies are kept.
            journal: Where replies are kept.
            addressee: What makes a request the same, beside its prompt.
            fresh: Ask everything anew, once a run; the replies are kept beside the old ones.
            allow_other_model: Take replies that another model gave than the one asked.
            usable: Whether a kept reply's text answers the prompt; where none does, the model is asked.
            say: Told once, in a line, when another run's reply is waited for.
            sleep: Between looks at whether it is there.
        """
        self._model = model
        self._journal = journal
        self._addressee = addressee
        self._fresh = fresh
        self._allow_other_model = allow_other_model
        self._usable = usable
        self._say = say
        self._sleep = sleep
        self._told = False
        self._asked_now: set[str] = set()
        """Keys that this run has asked under `fresh`; only these are answered from the journal then."""
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._broken: JournalError | None = None

    def kept(self, prompt: Prompt) -> Reply | None:
        """What the journal would answer to the prompt. None: nothing.

        Raises:
            JournalError: The journal cannot be read.
        """
        return self._kept(self._addressee.key(prompt), prompt)

    async def reply(self, prompt: Prompt) -> Reply:
        """Answer from the journal, else ask, and keep the reply before it is given.

        Raises:
            ModelError: As the model raises it; fatal where the journal fails, since nothing more could be kept.
        """
        key = self._addressee.key(prompt)
        # The same request from two claims is asked once: the second waits for the first one's reply.
        async with self._turns.setdefault(key, asyncio.Lock()):
            try:
                return await self._in_turn(key, prompt)
            except JournalError as error:
                raise ModelError(str(error), fatal=True) from error

    async def _in_turn(self, key: str, prompt: Prompt) -> Reply:
        """Answer from the journal; where another run is asking the same, once it has its reply or has given up."""
        pauses_s = _pauses_s()
        while (kept := self._kept(key, prompt)) is None:
            async with self._journal.replies.turn(key) as ours:
                # Whoever had the turn before may have kept its reply by now. Who asks anew does not want it.
                if (ours or self._fresh) and self._kept(key, prompt) is None:
                    return await self._ask(key, prompt)
            if not ours:
                self._tell_once()
                await self._sleep(next(pauses_s))
        return kept

    async def _ask(self, key: str, prompt: Prompt) -> Reply:
        if self._broken is not None:
            raise ModelError(str(self._broken), fatal=True) from self._broken
        reply = await self._model.reply(prompt)
        if reply.source is Source.LIVE:
            await self._keep(key, prompt, reply)
        return reply

    def _tell_once(self) -> None:
        if not self._told:
            self._told = True
            self._say("another run is asking the same with this journal; its replies are waited for")

    def _kept(self, key: str, prompt: Prompt) -> Reply | None:
        if self._fresh and key not in self._asked_now:
            return None
        return next((kept for kept in self._journal.replies.find(key) if self._answers(kept, prompt)), None)

    def _answers(self, kept: Reply, prompt: Prompt) -> bool:
        asked = self._addressee.form(prompt.asks).settings.model
        return self._usable(prompt, kept.text) and (self._allow_other_model or same_model(asked, kept.model))

    async def _keep(self, key: str, prompt: Prompt, reply: Reply) -> None:
        try:
            await self._journal.replies.keep(self._addressee, prompt, reply)
        except JournalError as error:
            self._broken = error
            raise ModelError(str(error), fatal=True, kept=reply.text) from error
        if self._fresh:
            self._asked_now.add(key)


def _pauses_s() -> Iterator[float]:
    pause_s = FIRST_LOOK_S
    while True:
        yield pause_s
        pause_s = min(1.5 * pause_s, LONGEST_LOOK_S)
