from __future__ import annotations

import pytest

from verifier.wording.words import Said, split_word, stem, words_in


@pytest.mark.parametrize(
    "forms",
    [
        pytest.param("retry retries retried retrying", id="y-and-i"),
        pytest.param("policy policies", id="y-in-a-noun"),
        pytest.param("serialize serialized serializer serialization", id="many-endings"),
        pytest.param("format formatting formatted", id="doubled-consonant"),
        pytest.param("expire expires expired expiration", id="final-e"),
        pytest.param("compress compression compressed", id="final-double-s"),
        pytest.param("acknowledged unacknowledged", id="denied"),
        pytest.param("cookie cookies", id="ie-at-the-end"),
        pytest.param("error errors", id="short-word-in-or"),
    ],
)
def test_forms_of_a_word_share_a_stem(forms: str) -> None:
    assert len({stem(form) for form in forms.split()}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("timeout", "time", id="compound"),
        pytest.param("user", "use", id="too-short-to-cut"),
        pytest.param("process", "proceed", id="another-word"),
        pytest.param("class", "clash", id="double-s"),
    ],
)
def test_different_words_keep_different_stems(one: str, other: str) -> None:
    assert stem(one) != stem(other)


@pytest.mark.parametrize(
    ("word", "pieces"),
    [
        pytest.param("max_retries", ("max", "retries"), id="snake"),
        pytest.param("CircuitBreaker", ("circuit", "breaker"), id="camel"),
        pytest.param("HTTPServerError", ("http", "server", "error"), id="acronym"),
        pytest.param("sha256sum", ("sha", "sum"), id="digits"),
        pytest.param("straßeÖffnen_счётчик", ("straße", "öffnen", "счётчик"), id="letters-beyond-ascii"),
        pytest.param("x" * 100, (), id="data-rather-than-a-word"),
    ],
)
def test_an_identifier_is_split_into_its_words(word: str, pieces: tuple[str, ...]) -> None:
    assert split_word(word) == pieces


def test_words_of_a_text_come_in_order_and_in_small_letters() -> None:
    assert list(words_in("Retries `max_retries` times (HTTP)")) == ["retries", "max", "retries", "times", "http"]


def test_the_words_that_two_texts_share_are_found_in_any_form() -> None:
    said = Said("Retries are dying; it acknowledges größere Pools, and Bodies")

    assert said.by("max_retry") == {"retri"}
    assert said.by("they die, unacknowledged") == {"die", "acknowledg"}
    assert said.by("größere ConnectionPool.body") == {"größere", "pool", "bodi"}
    assert said.by("re, tri, or pooling of nothing else") == {"pool"}
    assert said.by("") == Said("").by("anything") == frozenset()
