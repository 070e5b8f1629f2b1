"""What a model made of a text is held against the text: sources, names, and what nobody spoke of."""

from __future__ import annotations

import pytest

from verifier.claim_files.drafting import settle_draft
from verifier.values.claim import Claim
from verifier.values.draft import AskedDraft, AskedDraftedClaim, AskedLeftOut, Draft

TEXT = """\
# Retries

- Calls in `src/net.py` are retried up to
  5 times, with a pause that doubles.
- The old `sleep_loop` is gone. Much nicer now!
- We will add jitter next week.

> Quoted words that go on
> over two lines.
"""
RETRIED = "Calls in `src/net.py` are retried up to 5 times, with a pause that doubles."


def settled(
    *claims: tuple[str, str], left_out: tuple[tuple[str, str], ...] = (), known: tuple[Claim, ...] = ()
) -> Draft:
    asked = AskedDraft(
        claims=[AskedDraftedClaim(source=source, statement=statement) for source, statement in claims],
        left_out=[AskedLeftOut(words=words, why=why) for words, why in left_out],
    )
    return settle_draft(TEXT, asked, known)


def reasons(draft: Draft) -> list[str]:
    return [str(one) for one in draft.left_out if one.why != "the model says nothing of it"]


def test_a_source_is_found_over_line_ends_and_kept_as_the_text_has_it() -> None:
    draft = settled((RETRIED, "Calls in `src/net.py` are retried up to 5 times"))

    (claim,) = draft.claims
    assert claim.id == "calls-src-net-py-retried-up"
    assert claim.source == RETRIED


def test_quoted_lines_are_found_too() -> None:
    assert settled(("Quoted words that go on over two lines.", "Words go on over two lines")).claims


NOT_IN_THE_TEXT = [
    pytest.param(RETRIED.replace("5", "6"), "Calls are retried", "its source is not in the text", id="another number"),
    pytest.param("alls in `src/net.py`", "Calls are retried", "its source is not in the text", id="half a word"),
    pytest.param("", "Calls are retried", 'its source is not in the text ("")', id="no source"),
    pytest.param(RETRIED, "Calls in `src/http.py` are retried", "it names src/http.py, and", id="a path"),
    pytest.param(RETRIED, "`retry_call` retries 7 times", "it names retry_call, 7, and", id="a name"),
    pytest.param("> Quoted words", "5 quoted words", "it names 5, and", id="another thing's number"),
    pytest.param(RETRIED, " ", "it says nothing", id="no statement"),
]


@pytest.mark.parametrize(("source", "statement", "why"), NOT_IN_THE_TEXT)
def test_what_the_text_does_not_say_is_dropped_and_said(source: str, statement: str, why: str) -> None:
    draft = settled((source, statement))

    assert draft.claims == ()
    assert why in reasons(draft)[0]


def test_a_claim_that_is_there_is_not_made_again_by_its_words_or_its_source() -> None:
    known = (
        Claim(id="gone", statement="The old `sleep_loop`  is gone."),
        Claim(id="retried", statement="Retries are there", source=RETRIED),
    )
    gone = "The old `sleep_loop` is gone."

    draft = settled((gone, "the old `sleep_loop` is gone"), (RETRIED, "Calls are retried"), (gone, "Gone"), known=known)

    assert [claim.id for claim in draft.claims] == ["gone-2"]
    assert reasons(draft) == [
        'line 3: left out, claim "retried" was made of the same words: Calls are retried',
        'line 5: left out, claim "gone" says it: the old `sleep_loop` is gone',
    ]


def test_what_nobody_speaks_of_is_said_and_headings_are_not() -> None:
    draft = settled(
        (RETRIED, "Calls in `src/net.py` are retried up to 5 times"),
        left_out=(("We will add jitter next week.", "about the future"), ("Never said in it", "an opinion")),
    )

    assert [str(one) for one in draft.left_out] == [
        "line 5: left out, the model says nothing of it: - The old `sleep_loop` is gone. Much nicer now!",
        "line 6: left out, about the future: We will add jitter next week.",
        "line 8: left out, the model says nothing of it: > Quoted words that go on",
        "line 9: left out, the model says nothing of it: > over two lines.",
    ]
