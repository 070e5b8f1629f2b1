"""Ask through the Batch API: half the price, and as slow as the service likes.

The prompts that claims wait for at the same time go out as one job. Its name is in the journal the moment there is one,
so that a run that was stopped, by whatever, finds its job again and waits for it instead of paying twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Self, TypeVar
from uuid import uuid4

import tenacity

from verifier.errors import ModelError
from verifier.journal import Addressee, JournalError
from verifier.journal.batches import Batches
from verifier.model.batch_jobs import Job, JobState, Result, find, look, split, submit
from verifier.model.errors import TransientError, given_up
from verifier.model.gemini import Gemini, Rooms
from verifier.model.retrying import pause_s
from verifier.values.prompt import Prompt, Reply

K = TypeVar("K")

GRACE_S = 5.0
"""How long a job that is being submitted is waited for when the run ends."""

_RESUMES = "the same command picks it up"


@dataclass(frozen=True)
class Patience:
    """How long things are waited for, in seconds."""

    quiet_s: float = 0.05
    """Nothing has been asked for so long: those who wait may go out."""
    longest_s: float = 10.0
    """The longest that a prompt waits for others, where claims are at work that have asked nothing yet."""
    first_look_s: float = 5.0
    """Before a job is looked at for the first time, then ever longer."""
    factor: float = 1.5
    longest_look_s: float = 60.0
    attempts: int = 5
    """How often a job is submitted where the service fails."""
    looks: int = 30
    """How often a job is looked at in vain, one after another, before the run gives it up for now."""


@dataclass(eq=False)
class _Request:
    key: str
    prompt: Prompt
    room: int
    reply: asyncio.Future[Reply] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Batched:
    """A model that asks Gemini in batches. Use it as an async context manager, inside that of its `Gemini`.

    It belongs inside journal and retries: the journal keeps each reply before it is parsed, and what a batch failed
    in passing goes into another one.
    """

    def __init__(
        self,
        gemini: Gemini,
        addressee: Addressee,
        batches: Batches,
        *,
        patience: Patience | None = None,
        say: Callable[[str], None] = lambda _: None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Wrap `gemini`, which stands for `addressee`; `say` is told in one line of each job that begins or ends."""
        self._gemini = gemini
        self._addressee = addressee
        self._batches = batches
        self._patience = patience or Patience()
        self._say = say
        self._sleep = sleep
        self._rooms = Rooms(lambda prompt: addressee.form(prompt.asks).settings.max_output_tokens, say)
        self._at_work = 0
        self._waiting: list[_Request] = []
        self._sent: set[_Request] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._submitting: set[asyncio.Task[str]] = set()
        self._collecting: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Leave jobs that are not over to the service; one that is being submitted is waited for, so as to know it."""
        if self._submitting:
            await asyncio.wait(self._submitting, timeout=GRACE_S)
        running = [*self._tasks, *self._submitting]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def claim_begins(self) -> None:
        """A claim is being worked on that may come to ask."""
        self._at_work += 1

    def claim_ends(self) -> None:
        """It asks no more."""
        self._at_work -= 1

    async def reply(self, prompt: Prompt) -> Reply:
        """Wait for a batch to answer; a reply that is cut goes into another one once, with twice the room."""
        return await self._rooms.ask(prompt, self._ask)

    async def _ask(self, prompt: Prompt, room: int) -> Reply:
        request = _Request(self._addressee.key(prompt), prompt, room)
        self._waiting.append(request)
        if self._collecting is None or self._collecting.done():
            self._collecting = self._watched(self._collect())
        try:
            return await request.reply
        finally:
            if request in self._waiting:
                self._waiting.remove(request)
            self._sent.discard(request)

    async def _collect(self) -> None:
        """Wait until everybody waits who is going to, or for long enough, then send what there is."""
        began_s = _now_s()
        while True:
            before = len(self._waiting)
            await asyncio.sleep(self._patience.quiet_s)
            everybody = self._at_work <= len(self._waiting) + len(self._sent) and before == len(self._waiting)
            if everybody or _now_s() - began_s >= self._patience.longest_s:
                break
        requests, self._waiting, self._collecting = self._waiting, [], None
        self._send(requests)

    def _send(self, requests: Sequence[_Request]) -> None:
        """Hand each request to the job that it waits for already, or to a new one."""
        self._sent.update(requests)
        try:
            by_job = _grouped(requests, self._job_of)
        except JournalError as error:
            _fail(requests, ModelError(str(error), fatal=True))
            return
        for job, waiting in by_job.items():
            if job is not None:
                self._watched(self._pick_up(*job, waiting), waiting)
        # A job asks one model.
        for model, ones_of_model in _grouped(by_job.get(None, []), self._model_of).items():
            by_key = _grouped(ones_of_model, lambda request: request.key)
            bodies = {key: self._gemini.request(ones[0].prompt, ones[0].room) for key, ones in by_key.items()}
            for part in split(bodies):
                waiting = [request for key in part for request in by_key[key]]
                self._watched(self._begin(model, part, waiting), waiting)

    def _model_of(self, request: _Request) -> str:
        return self._addressee.form(request.prompt.asks).settings.model

    def _job_of(self, request: _Request) -> tuple[str, str | None] | None:
        """Label and name of the job that the request waits for already, and has its room in. None: of none."""
        found = self._batches.waiting_for(request.key)
        if found is None:
            return None
        self._rooms.has_been(request.prompt, found.max_output_tokens)
        request.room = found.max_output_tokens
        return found.label, found.job

    async def _begin(self, model: str, bodies: Mapping[str, Mapping[str, Any]], requests: Sequence[_Request]) -> None:
        label = f"verifier-{uuid4().hex}"
        firsts = {request.key: (request.prompt, request.room) for request in requests}
        self._batches.announce(label, self._addressee, list(firsts.values()))
        name = await self._submitted(model, label, bodies)
        self._say(f"{name}: submitted with {_count(len(bodies))}; stopped now, {_RESUMES}")
        await self._sleep(self._patience.first_look_s)
        await self._follow(label, name, requests)

    async def _pick_up(self, label: str, name: str | None, requests: Sequence[_Request]) -> None:
        """Wait for a job that an earlier run submitted, if it came to that."""
        if name is None:
            name = await self._found(label)
        if name is None:
            self._batches.failed(label)
            self._send(requests)
            return
        self._say(f"{name}: picked up again, {_count(len({request.key for request in requests}))} of this run in it")
        await self._follow(label, name, requests)

    async def _found(self, label: str) -> str | None:
        name = await find(self._gemini, label)
        if name is not None:
            self._batches.submitted(label, name)
        return name

    async def _submitted(self, model: str, label: str, bodies: Mapping[str, Mapping[str, Any]]) -> str:
        """Submit in a task of its own, which outlives the claims that wait, and give the job's name."""
        task = asyncio.create_task(self._submit(model, label, bodies))
        self._submitting.add(task)
        task.add_done_callback(self._submitting.discard)
        return await asyncio.shield(task)

    async def _submit(self, model: str, label: str, bodies: Mapping[str, Mapping[str, Any]]) -> str:
        asking = tenacity.AsyncRetrying(
            sleep=self._sleep,
            stop=tenacity.stop_after_attempt(self._patience.attempts),
            wait=pause_s,
            retry=tenacity.retry_if_exception_type(TransientError),
            reraise=True,
        )
        name: str | None = None
        try:
            async for attempt in asking:
                with attempt:
                    # A submission whose answer was lost may have made its job all the same.
                    name = await self._found(label) if attempt.retry_state.attempt_number > 1 else None
                    name = name or await submit(self._gemini, model, label, bodies)
        except TransientError as error:
            raise given_up(error, self._patience.attempts) from error
        except ModelError:
            self._batches.failed(label)
            raise
        assert name is not None
        self._batches.submitted(label, name)
        return name

    async def _follow(self, label: str, name: str, requests: Sequence[_Request]) -> None:
        """Wait for the job's end and hand each request its reply or its error."""
        job = await self._over(label, name)
        results = _results(job, [request.key for request in requests])
        answers = {request: self._answer(job, request, results.get(request.key)) for request in requests}
        failed = [request.key for request, answer in answers.items() if isinstance(answer, ModelError)]
        self._batches.failed(label, failed)
        self._say(f"{name}: {job.state.value}, {len(answers) - len(failed)} answered, {len(failed)} not")
        for request, answer in answers.items():
            if request.reply.done():
                continue
            if isinstance(answer, ModelError):
                request.reply.set_exception(answer)
            else:
                request.reply.set_result(answer)

    async def _over(self, label: str, name: str) -> Job:
        """The job, once it is over."""
        pause_s, in_vain = self._patience.first_look_s, 0
        while True:
            asked_s = 0.0
            try:
                job = await look(self._gemini, name)
            except TransientError as error:
                in_vain, asked_s = in_vain + 1, error.retry_after_s or 0.0
                if in_vain >= self._patience.looks:
                    raise ModelError(f"{name} goes on, but cannot be looked at: {error}; {_RESUMES}") from error
            except ModelError as error:
                lost = self._lost(label, name, error)
                if lost is None:
                    raise
                raise lost from error
            else:
                in_vain = 0
                if job.state is not JobState.OPEN:
                    return job
            await self._sleep(max(pause_s, asked_s))
            pause_s = min(pause_s * self._patience.factor, self._patience.longest_look_s)

    def _lost(self, label: str, name: str, error: ModelError) -> ModelError | None:
        """What to say of a job that is gone or somebody else's. None where the error says it all."""
        code = getattr(error.__cause__, "code", None)
        if code == HTTPStatus.NOT_FOUND:
            self._batches.failed(label)
            return ModelError(f"{name} is gone, or of another key; the same command submits its requests anew")
        if code == HTTPStatus.FORBIDDEN:
            return ModelError(f"{name} may not be looked at with this key; give the key that submitted it")
        return None

    def _answer(self, job: Job, request: _Request, result: Result | None) -> Reply | ModelError:
        if result is None:
            return _nothing(job)
        if result.error is not None:
            return result.error
        try:
            return self._gemini.read(result.body, request.prompt, request.room)
        except ModelError as error:
            return error

    def _watched(self, work: Coroutine[Any, Any, None], requests: Sequence[_Request] = ()) -> asyncio.Task[None]:
        """Run it in a task; whatever ends it early reaches those who wait."""
        task: asyncio.Task[None] = asyncio.create_task(work)
        self._tasks.add(task)

        def ended(task: asyncio.Task[None]) -> None:
            self._tasks.discard(task)
            if task.cancelled():
                for request in requests:
                    request.reply.cancel()
                return
            error = task.exception()
            if isinstance(error, JournalError):
                error = ModelError(str(error), fatal=True)
            if error is not None:
                _fail(requests or self._waiting, error)

        task.add_done_callback(ended)
        return task


def _grouped(requests: Sequence[_Request], by: Callable[[_Request], K]) -> dict[K, list[_Request]]:
    found: dict[K, list[_Request]] = {}
    for request in requests:
        found.setdefault(by(request), []).append(request)
    return found


def _fail(requests: Sequence[_Request], error: BaseException) -> None:
    for request in requests:
        if not request.reply.done():
            request.reply.set_exception(error)


def _results(job: Job, keys: Sequence[str]) -> dict[str, Result]:
    """The results by their requests' keys. The order tells nothing: the service is known to change it.

    Raises:
        ModelError: Results come without saying whose they are, so that no claim can be judged by them.
    """
    named = {result.key: result for result in job.results if result.key is not None}
    if len(job.results) == 1 and not named and len(set(keys)) == 1:
        return {keys[0]: job.results[0]}
    if job.results and not named:
        raise ModelError(
            f"{job.name} gives its replies without saying to which request; nothing is concluded from them; "
            "run without --batch",
            fatal=True,
        )
    return named


def _nothing(job: Job) -> ModelError:
    """What to say of a request that the job left without a result."""
    if job.state is JobState.SUCCEEDED:
        return TransientError(f"{job.name} ended without a reply to this request")
    why = f" ({job.why})" if job.why else ""
    return ModelError(f"{job.name} {_ENDS[job.state]}{why}; the same command submits its requests anew")


_ENDS = {JobState.FAILED: "failed", JobState.CANCELLED: "was cancelled", JobState.EXPIRED: "expired unanswered"}


def _count(number: int) -> str:
    return "1 request" if number == 1 else f"{number} requests"


def _now_s() -> float:
    return asyncio.get_running_loop().time()
