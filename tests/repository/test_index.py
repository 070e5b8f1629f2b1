"""The index: which files mention a word, and which words have a stem in them."""

from __future__ import annotations

import gc
import weakref

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import ROOT
from tests.conftest import Commit
from verifier.prompting.packing import pack
from verifier.repository.index import WORD, Index
from verifier.repository.kept_rows import words_of
from verifier.repository.snapshot import Snapshot
from verifier.values.pack import Selection
from verifier.wording.words import split_word, stem, sure_letters

WORDS = (
    "retries retry_policy MaxRetries RETRY2 retrying unacked acked reconnect_attempts ReConnect serialise serializer "
    "is used users __init__ x2y größe GRÖSSEN Straße İstanbul ΣΊΣΥΦΟΣ naïve running runner run a9 9lives _private"
)


@pytest.mark.parametrize("asked", sorted({*WORDS.split(), "retrie", "iz", "un", "connection"}))
def test_the_words_with_a_stem_are_those_that_a_look_at_each_word_finds(commit: Commit, asked: str) -> None:
    index = Index(commit({"words.txt": WORDS}))

    for piece in split_word(asked):
        wanted = {word for word in WORD.findall(WORDS) if any(stem(one) == stem(piece) for one in split_word(word))}
        assert set(index.words_with(stem(piece))) == wanted
        assert len(index.words_with(stem(piece))) == len(wanted)


@given(st.text(alphabet=st.characters(codec="ascii")) | st.text(alphabet="aZ_09 .\n\x1c\x85é٣") | st.text())
def test_the_words_of_a_text_are_what_the_pattern_finds(text: str) -> None:
    assert set(words_of(text).split()) == set(WORD.findall(text))


@given(st.text(alphabet="unisedrygtaoblzmk", min_size=1, max_size=14))
def test_the_sure_letters_of_a_stem_stand_in_its_word(word: str) -> None:
    assert sure_letters(stem(word)) in word


def test_packing_a_commit_does_not_keep_it_in_memory() -> None:
    def packed() -> weakref.ref[Snapshot]:
        with Snapshot.open(ROOT) as snapshot:
            pack(Selection(()), Index(snapshot), 100)
            return weakref.ref(snapshot)

    kept = packed()
    gc.collect()
    assert kept() is None
