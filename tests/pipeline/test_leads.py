"""Where to look: asked first of a claim that does not say, and whose words are in many files."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.conftest import Commit
from tests.evidence.replies import Says, citation, part, verdict
from tests.pipeline.test_pipeline import judge, word, work
from verifier.pipeline.opening import Limits, OpenedClaim, open_claim
from verifier.repository.snapshot import Snapshot
from verifier.values.claim import Word
from verifier.values.pack import Supply
from verifier.values.prompt import Asks, Prompt, Reply, Source, Usage

STATEMENT = "Sessions end after half an hour without a request"
CLAIM = {"id": "idle", "statement": STATEMENT}
JANITOR = "LIMIT_S = 1800\n\n\ndef sweep(visits):\n    return [visit for visit in visits if visit.age_s < LIMIT_S]\n"


def many() -> dict[str, str | bytes | None]:
    """A file that decides the claim and shares no word with it, and many that share all words and decide nothing."""
    named = [
        f"def request_session_{n}(sessions, request):\n    # half an hour: the session ends without a request\n"
        f"    return sessions.end(request, hour={n})\n\n\n"
        for n in range(40)
    ]
    return {"src/janitor.py": JANITOR, **{f"src/part{n}.py": "".join(named) for n in range(20)}}


BORNE_OUT = verdict(
    part(
        STATEMENT,
        "yes",
        citation("src/janitor.py", 1, 1, "LIMIT_S = 1800"),
        citation("src/janitor.py", 4, 5, "\n".join(JANITOR.splitlines()[3:])),
    )
)


class Leads(Says):
    """A model that says where to look, and then gives its replies in turn."""

    def __init__(self, *paths: str, says: str = "", replies: tuple[str, ...] = (BORNE_OUT,)) -> None:
        super().__init__(*replies)
        self._leads = says or json.dumps({"paths": list(paths)})
        self.led: list[Prompt] = []

    async def reply(self, prompt: Prompt) -> Reply:
        if prompt.asks is not Asks.LEADS:
            return await super().reply(prompt)
        assert not self.asked, "it is asked before anything else"
        self.led.append(prompt)
        return Reply(self._leads, Source.LIVE, "gemini-3.8-flash", usage=Usage(prompt=900, output=40))


def opened(
    snapshot: Snapshot, claim: dict[str, Any] = CLAIM, *, asks_where: bool = True, **settings: Any
) -> OpenedClaim:
    given = replace(work(snapshot, claim, **settings), asks_where=asks_where)
    return open_claim(given, given.claims.claims[0])


def by_words(snapshot: Snapshot, **settings: Any) -> set[str]:
    """The paths that are shown where nobody is asked where to look."""
    return {entry.path for entry in opened(snapshot, asks_where=False, **settings).context.manifest}


def supplied(snapshot: Snapshot, model: Leads, claim: dict[str, Any] = CLAIM, **settings: Any) -> dict[str, Supply]:
    """What the claim was shown, of each path."""
    return {entry.path: entry.supply for entry in judge(snapshot, claim, model, **settings).manifest}


def test_the_files_that_the_model_would_open_are_shown(commit: Commit) -> None:
    snapshot, model = commit(many()), Leads("src/janitor.py")

    outcome = judge(snapshot, CLAIM, model)

    assert word(outcome) is Word.FULLY
    assert len(model.asked) == 1
    assert "1\tLIMIT_S = 1800" in model.asked[0].claim
    assert model.asked[0].tokens < opened(snapshot, asks_where=False).prompt.tokens / 2
    assert [one.asks for one in outcome.exchanges] == [Asks.LEADS, Asks.VERDICT, Asks.READING]
    assert outcome.usage == Usage(prompt=900, output=40)


def test_whoever_says_where_to_look_sees_the_paths_and_the_claim_alone(commit: Commit) -> None:
    model = Leads("src/janitor.py")
    judge(commit(many()), CLAIM | {"parts": ["Sessions end", "half an hour"]}, model)

    (led,) = model.led
    assert list(led.sections) == ["system", "leads"]
    assert "\nsrc/: janitor.py, part0.py, part1.py," in led.leads
    assert f"\n{STATEMENT}\n" in led.leads
    assert "\n- half an hour\n" in led.leads
    assert "LIMIT_S" not in led.leads
    assert "request_session" not in led.leads


def test_a_claim_that_says_where_to_look_is_not_asked(commit: Commit) -> None:
    snapshot = commit(many())

    assert opened(snapshot).where is not None
    assert opened(snapshot, CLAIM | {"files": ["src/janitor.py"]}).where is None
    assert opened(snapshot, CLAIM | {"statement": f"{STATEMENT}, in `src/janitor.py`"}).where is None


def test_what_every_claim_is_shown_comes_before_the_leads(commit: Commit) -> None:
    begun = opened(commit(many()), context={"include": ["src/part1.py"]})
    led = begun.where.opened(("src/janitor.py",)) if begun.where else None

    assert [entry.path for entry in begun.context.manifest] == ["src/part1.py"]
    assert led is not None
    whys = [entry.why for entry in led.context.manifest]
    assert whys[:2] == ["shown with every claim", "where the model would look"]


def test_where_the_words_find_little_it_is_all_shown_and_nobody_is_asked(commit: Commit) -> None:
    few = dict(list(many().items())[:3])

    assert opened(commit(few)).where is None


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("src/gone.py", "where the model would look; not in the commit"),
        ("../outside.py", "where the model would look; not in the commit"),
        ("bin/logo.png", "where the model would look; no text"),
        ("src/keys/own.py", 'where the model would look; the claim set\'s exclude has "src/keys/"'),
    ],
)
def test_leads_that_cannot_be_followed_leave_what_the_words_find(commit: Commit, path: str, why: str) -> None:
    snapshot = commit(many() | {"src/keys/own.py": "SESSION = 1\n", "bin/logo.png": b"\x89PNG\0\0"})
    model = Leads(path)
    context = {"exclude": ["src/keys/"]}

    outcome = judge(snapshot, CLAIM, model, context=context)

    whys = {entry.path: entry.why for entry in outcome.manifest}
    assert whys.pop(path) == why
    assert whys.keys() == by_words(snapshot, context=context)
    assert "own.py" not in model.led[0].leads
    assert "SESSION = 1" not in model.asked[0].claim


@pytest.mark.parametrize("spelled", ["./{}", " {} ", "/{}", "`{}`"])
def test_a_lead_may_be_spelled_otherwise(commit: Commit, spelled: str) -> None:
    for lead in (spelled.format("src/janitor.py"), spelled.format("janitor.py")):
        assert supplied(commit(many()), Leads(lead))["src/janitor.py"] is Supply.WHOLE


def test_a_folder_or_glob_leads_to_a_few_files_that_fit_best(commit: Commit) -> None:
    found = supplied(commit(many()), Leads("src/*.py", "src/janitor.py"))

    assert found["src/janitor.py"] is Supply.WHOLE
    assert len(found) < 15


def test_many_definitions_of_names_leave_room_for_the_leads(commit: Commit) -> None:
    names = [f"idle_limit_{n}" for n in range(30)]
    defined = {
        f"src/limits{n}.py": "".join(f"def {name}():\n    return {n}\n" * 20 for name in names) for n in range(20)
    }
    statement = f"{STATEMENT}, by {', '.join(f'`{name}`' for name in names)}"

    found = supplied(commit(many() | defined), Leads("src/janitor.py"), CLAIM | {"statement": statement})

    assert found["src/janitor.py"] is Supply.WHOLE


def test_no_lead_leaves_what_the_words_find(commit: Commit) -> None:
    snapshot = commit(many())

    assert supplied(snapshot, Leads()).keys() == by_words(snapshot)


def test_leads_that_cannot_be_read_are_an_error_and_no_verdict(commit: Commit) -> None:
    outcome = judge(commit(many()), CLAIM, Leads(says="In the janitor, I suppose."))

    assert outcome.ruling is None
    assert outcome.error is not None
    assert outcome.error.startswith("the reply cannot be read as leads: not JSON")
    assert outcome.kept == "In the janitor, I suppose."
    assert [one.asks for one in outcome.exchanges] == [Asks.LEADS]


def test_more_leads_than_anybody_would_open_are_cut(commit: Commit) -> None:
    whys = [e.why for e in judge(commit(many()), CLAIM, Leads(*(f"src/part{n}.py" for n in range(20)))).manifest]

    assert sum(why.startswith("where the model would look") for why in whys) == 8


def test_what_a_later_round_asks_for_comes_beside_the_leads(commit: Commit) -> None:
    open_part = verdict(part(STATEMENT, "cannot_tell"), needs=["src/janitor.py"])
    model = Leads("src/part3.py", replies=(open_part, BORNE_OUT))

    outcome = judge(commit(many()), CLAIM, model)

    assert word(outcome) is Word.FULLY
    assert len(model.led) == 1
    assert "part3.py" in model.asked[1].claim
    assert "1\tLIMIT_S = 1800" in model.asked[1].followup


@pytest.mark.parametrize("sign", ["\x01", "\N{GRINNING FACE}", "\N{CJK UNIFIED IDEOGRAPH-4E00}"])
def test_names_of_many_tokens_are_listed_as_far_as_there_is_room(commit: Commit, sign: str) -> None:
    named = {f"src/{sign * 50}{n}.py": "x = 1\n" for n in range(300)}
    begun = opened(commit(many() | named), limits=Limits(budget_tokens=7_000))

    assert begun.where is not None
    assert begun.where.prompt.tokens <= 6_000
    assert "more files are not listed" in begun.where.prompt.leads


def test_paths_beyond_the_room_are_counted_and_code_comes_first(commit: Commit) -> None:
    notes = {f"notes/{'long-name-' * 8}{n}.md": "Words.\n" for n in range(400)}
    model = Leads("src/janitor.py")
    judge(commit(many() | notes), CLAIM, model)

    (led,) = model.led
    listed = led.leads.count(".md")
    assert "janitor.py" in led.leads
    assert 0 < listed < 400
    assert f"; {400 - listed} more files are not listed:" in led.leads
    assert led.tokens < 5_000
