"""Twins: made where they are sure to be false or to mean the same, and not where they could be otherwise."""

from __future__ import annotations

import pytest

from tests.conftest import Commit
from tests.controls.proven import proven
from verifier.controls.twins import false_twins, true_twins
from verifier.repository.index import Index
from verifier.values.claim import Check, Claim

CLIENT = (
    "class Client:\n    def fetch(self, url):\n        for attempt in range(3):\n            get(url, timeout=30)\n"
)
PARSER = (
    "class Parser:\n    def parse(self, text):\n        return text.split()\n\n    def limit(self):\n        return 7\n"
)


def claim(statement: str, *parts: str) -> Claim:
    return Claim(id="tries", statement=statement, parts=parts or None)


@pytest.fixture
def index(commit: Commit) -> Index:
    """Of a commit with a client, whose lines bear every claim out, and a parser."""
    return Index(commit({"client.py": CLIENT, "parser.py": PARSER}))


def false_ones(index: Index, given: Claim) -> dict[str, str]:
    """How each false twin was made, with its statement."""
    texts = given.parts or (given.statement,)
    parts = [proven(index, text, "client.py", 2, 4) for text in texts]
    return {twin.how: twin.claim.statement for twin in false_twins(given, parts, index)}


def test_a_number_a_name_and_the_whole_are_turned(index: Index) -> None:
    made = false_ones(index, claim("`Client.fetch` in `client.py` tries 3 times"))

    # 7 stands elsewhere in the commit.
    assert made == {
        "3 changed to 10": "`Client.fetch` in `client.py` tries 10 times",
        "Client.fetch changed to Parser.limit": "`Parser.limit` in `client.py` tries 3 times",
        "negated": "This is not the case: `Client.fetch` in `client.py` tries 3 times",
    }


NUMBERS = {
    "at least": "Client.fetch tries at least 3 times",
    "up to": "Client.fetch tries up to 3 times",
    "a range": "Client.fetch tries 3-5 times",
    "a range in words": "Client.fetch tries 3 to 5 times",
    "about": "Client.fetch tries about 3 times",
    "or": "Client.fetch tries 3 or 4 times",
    "one that is not cited": "Client.fetch tries 4 times",
    "twice": "Client.fetch tries 3 times with 3 hosts",
    "a share": "Client.fetch keeps 3 % of it",
    "a decimal": "Client.fetch waits 3.5 s",
    "a change": "Client.fetch was changed to try 3 times",
    "a denial": "Client.fetch does not try 3 times",
}


def test_no_number_is_changed_where_the_other_could_be_true(index: Index) -> None:
    made = {name: false_ones(index, claim(statement)) for name, statement in NUMBERS.items()}

    assert {name: list(twins) for name, twins in made.items() if any("changed" in how for how in twins)} == {}


NAMES = {
    "no place": "`Client.fetch` calls get",
    "two places": "`Client.fetch` in `client.py`, unlike `parser.py`, calls get",
    "a name that is not defined there": "`Parser.parse` is unknown to `client.py`",
    "several that may be meant": "`Client.fetch` or another in `client.py` calls get",
}


def test_no_name_is_changed_where_the_other_could_be_meant(index: Index) -> None:
    made = {name: false_ones(index, claim(statement)) for name, statement in NAMES.items()}

    assert {name: list(twins) for name, twins in made.items() if any("changed" in how for how in twins)} == {}


def test_no_name_is_changed_where_a_file_takes_in_all_of_another(commit: Commit) -> None:
    given = claim("`fetch` in `client.py` calls get")
    text = f"from parser import *\n\n{CLIENT}"
    index = Index(commit({"client.py": text, "parser.py": PARSER}))

    twins = false_twins(given, [proven(index, given.statement, "client.py", 4, 6)], index)

    assert [twin.how for twin in twins] == ["negated"]


DENIALS = ("Nothing is retried by `Client`", "`Client` doesn't retry", "`Retry` is gone", "It works without `Retry`")


def test_what_denies_something_is_not_denied_again(index: Index) -> None:
    assert [false_ones(index, claim(statement)) for statement in DENIALS] == [{}] * len(DENIALS)


def test_given_parts_are_changed_as_the_statement_is(index: Index) -> None:
    given = claim("The client tries 3 times and waits 30 s", "the client tries 3 times", "it waits 30 s")
    parts = [proven(index, text, "client.py", 2, 4) for text in given.parts or ()]

    number, negated = false_twins(given, parts, index)

    assert number.claim.parts == ("the client tries 10 times", "it waits 30 s")
    assert negated.claim.statement == "This is not the case: The client tries 3 times and waits 30 s"
    assert negated.claim.parts == ("This is not the case: the client tries 3 times", "it waits 30 s")


REWORDED = {
    "backquotes": (claim("`Client.fetch` in `client.py` tries"), {"Client.fetch in client.py tries"}),
    "sentences": (
        claim("`fetch_all` retries. The pool closes sockets."),
        {"The pool closes sockets. `fetch_all` retries", "fetch_all retries. The pool closes sockets."},
    ),
    "names": (claim("`open`, `close` and `read` are exported"), {"`read`, `close` and `open` are exported"}),
}


@pytest.mark.parametrize(("given", "statements"), REWORDED.values(), ids=REWORDED.keys())
def test_the_same_is_said_in_other_words(given: Claim, statements: set[str]) -> None:
    assert {twin.claim.statement for twin in true_twins(given)} == statements


NOT_REWORDED = {
    "sentences that lean on each other": "The pool closes sockets. Then it opens others.",
    "names in an order that matters": "`open` and `close` are called respectively by `read` and `stop`",
    "words that only backquotes make names": "The `open` command works",
    "nothing to change": "Retries are exponential",
    "an abbreviation that looks like an end": "Pools, e.g. The one in use, close sockets",
}


@pytest.mark.parametrize("statement", NOT_REWORDED.values(), ids=NOT_REWORDED.keys())
def test_nothing_is_reworded_that_could_then_mean_something_else(statement: str) -> None:
    assert list(true_twins(claim(statement))) == []


def test_given_parts_are_turned_unless_somebody_counts_on_their_order() -> None:
    given = claim("Both hold", "the client tries", "the pool closes")

    (turned,) = true_twins(given)

    assert (turned.claim.parts, turned.how) == (("the pool closes", "the client tries"), "its parts in another order")
    assert not list(true_twins(given.model_copy(update={"essential": ("p1",)})))
    assert not list(true_twins(given.model_copy(update={"checks": (Check(symbol="Pool", part="p2"),)})))


@pytest.mark.parametrize(
    "statement",
    [
        "Copies `a` to `b` and `c` to `d`",
        "`A` extends `B` and `c` extends `D`",
        "It subtracts `a` and `b`",
    ],
)
def test_names_that_and_does_not_list_keep_their_order(statement: str) -> None:
    assert "its names in another order" not in {twin.how for twin in true_twins(claim(statement))}
