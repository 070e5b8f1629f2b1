"""What nobody foresaw in one claim is that claim's ERROR, named, and the other claims are judged."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from tests.conftest import Commit
from tests.evidence.replies import Says, citation, part, verdict
from verifier.errors import ModelError
from verifier.model import Model
from verifier.pipeline.opening import OpenedClaim, Work, open_claim
from verifier.pipeline.verifying import Carry, Hooks, Opener, not_carried, verify
from verifier.prompting.rendering import Prompts
from verifier.repository.index import Index
from verifier.repository.snapshot import Snapshot
from verifier.setup.shipped_files import shipped
from verifier.values.claim import Claim, ClaimSet, Word
from verifier.values.outcome import Outcome
from verifier.values.prompt import Prompt, Reply

FILES = {"pool.py": "def drain(items):\n    while items:\n        items.pop().close()\n"}
STATEMENT = "`drain` closes every item, in `pool.py`"
DRAINS = part(STATEMENT, "yes", citation("pool.py", 1, 3, FILES["pool.py"].rstrip("\n")))
RESOLVED = verdict(DRAINS, word="FULLY RESOLVED")
UNPROVEN = verdict(part(STATEMENT, "yes", citation("pool.py", 1, 1, "def empty(items):")), word="FULLY RESOLVED")


class Faulty:
    """A model that answers, except where it is asked about the faulty claim: then it does what the test says."""

    def __init__(self, fault: Callable[[Prompt], str]) -> None:
        self._fault = fault

    async def reply(self, prompt: Prompt) -> Reply:
        said = self._fault(prompt) if prompt.claim_id == "faulty" else RESOLVED
        return await Says(said).reply(prompt)


def outcomes(
    snapshot: Snapshot, model: Model, *, carry: Carry = not_carried, opener: Opener = open_claim
) -> dict[str, Outcome]:
    ids = ("before", "faulty", "after")
    claims = ClaimSet.model_validate({"title": "Pool", "claims": [{"id": one, "statement": STATEMENT} for one in ids]})
    work = Work(claims, Index(snapshot), Prompts(shipped("prompts")))
    made: list[Outcome] = []
    asyncio.run(verify(work, claims.claims, model, Hooks(done=made.append, carry=carry, opener=opener)))
    return {outcome.claim.id: outcome for outcome in made}


def word(outcome: Outcome) -> Word:
    return outcome.ruling.word if outcome.ruling else Word.ERROR


def fails(error: Exception) -> Callable[[Prompt], str]:
    def fault(_: Prompt) -> str:
        raise error

    return fault


def opens_badly(work: Work, claim: Claim) -> OpenedClaim:
    if claim.id == "faulty":
        raise KeyError("pool.py")
    return open_claim(work, claim)


def carries_badly(_: Work, opened: OpenedClaim) -> Awaitable[Outcome | None]:
    async def carried() -> Outcome | None:
        if opened.claim.id == "faulty":
            raise KeyError("pool.py")
        return None

    return carried()


@pytest.mark.parametrize(
    ("model", "carry", "opener"),
    [
        pytest.param(Faulty(lambda _: RESOLVED), not_carried, opens_badly, id="while it is opened"),
        pytest.param(Faulty(lambda _: RESOLVED), carries_badly, open_claim, id="while it is carried over"),
        pytest.param(Faulty(fails(KeyError("pool.py"))), not_carried, open_claim, id="while it is asked"),
    ],
)
def test_what_nobody_foresaw_is_the_error_of_its_claim_and_the_others_are_judged(
    commit: Commit, model: Model, carry: Carry, opener: Opener
) -> None:
    found = outcomes(commit(FILES), model, carry=carry, opener=opener)

    assert {one: word(outcome) for one, outcome in found.items()} == {
        "before": Word.FULLY,
        "faulty": Word.ERROR,
        "after": Word.FULLY,
    }
    error, traceback = found["faulty"].error, found["faulty"].traceback
    assert error is not None
    assert error.startswith("unexpected KeyError at test_failing.py:")
    assert "'pool.py'; please report it with the traceback, which is in the run record" in error
    assert traceback is not None
    assert traceback.startswith("Traceback (most recent call last):\n")
    assert traceback.endswith("KeyError: 'pool.py'\n")
    assert not found["faulty"].fatal


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(RecursionError("maximum recursion depth exceeded"), id="RecursionError"),
        pytest.param(MemoryError(), id="MemoryError"),
        pytest.param(UnicodeEncodeError("utf-8", "\ud83d", 0, 1, "surrogates not allowed"), id="UnicodeEncodeError"),
        pytest.param(ExceptionGroup("two", [ValueError("one"), KeyError("other")]), id="ExceptionGroup"),
        pytest.param(StopIteration(), id="StopIteration"),
        pytest.param(BrokenPipeError(32, "Broken pipe"), id="BrokenPipeError"),
    ],
)
def test_every_kind_of_error_is_named(commit: Commit, error: Exception) -> None:
    found = outcomes(commit(FILES), Faulty(fails(error)))

    name = "RuntimeError" if isinstance(error, StopIteration) else type(error).__name__
    assert (found["faulty"].error or "").startswith(f"unexpected {name} at ")
    assert word(found["after"]) is Word.FULLY


def test_what_was_asked_before_is_kept(commit: Commit) -> None:
    def fault(prompt: Prompt) -> str:
        if prompt.round > 1:
            raise ZeroDivisionError
        return UNPROVEN

    outcome = outcomes(commit(FILES), Faulty(fault))["faulty"]

    assert [one.reply for one in outcome.rounds] == [UNPROVEN]
    assert outcome.verdict is not None
    assert outcome.ruling is None
    assert (outcome.error or "").startswith("unexpected ZeroDivisionError at ")


def test_a_traceback_names_no_folder_of_the_machine(commit: Commit) -> None:
    def fault(_: Prompt) -> str:
        try:
            raise KeyError("other")
        except KeyError as error:
            raise ValueError("no such item") from error

    traceback = outcomes(commit(FILES), Faulty(fault))["faulty"].traceback or ""

    assert "KeyError: 'other'" in traceback
    assert 'File "verifier/pipeline/verifying.py", line ' in traceback
    assert 'File "/' not in traceback


def test_our_own_errors_say_what_to_do_and_have_no_traceback(commit: Commit) -> None:
    outcome = outcomes(commit(FILES), Faulty(fails(ModelError("no reply; ask again", kept="half"))))["faulty"]

    assert (outcome.error, outcome.kept, outcome.traceback) == ("no reply; ask again", "half", None)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        ('"faulty": the reply cannot be read as a verdict', "the reply cannot be read as a verdict"),
        ('"faulty", round 2: the reply was not recorded', "round 2: the reply was not recorded"),
        ('"faulty" needs 9 tokens and a minute may hold 8', "needs 9 tokens and a minute may hold 8"),
        ('"other": may cost $1', '"other": may cost $1'),
        ("the service answered 500", "the service answered 500"),
    ],
)
def test_an_error_does_not_repeat_the_claim_that_it_is_told_of(commit: Commit, error: str, told: str) -> None:
    assert outcomes(commit(FILES), Faulty(fails(ModelError(error))))["faulty"].error == told


class EndError(BaseException):
    """Like KeyboardInterrupt, which would end these tests."""


def test_what_ends_the_program_is_no_error_of_a_claim(commit: Commit) -> None:
    def ended(_: Prompt) -> str:
        raise EndError

    with pytest.raises(EndError):
        outcomes(commit(FILES), Faulty(ended))
