"""An index over entries: terms by name, and words to the terms that use them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from src.lookup.entry import Entry
from src.lookup.normalise import normalise, words

TERM_WEIGHT = 5
"""A word of the term itself tells more than a word of its meaning."""


class Index:
    """Finds entries by their term, or by words of their meaning."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._by_term: dict[str, Entry] = {}
        self._by_word: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for entry in entries:
            self._add(entry)

    def __len__(self) -> int:
        return len(self._by_term)

    def terms(self) -> list[str]:
        """Every term as it is written, in the order of the alphabet."""
        return sorted(entry.term for entry in self._by_term.values())

    def find(self, term: str) -> Entry | None:
        """The entry with this term, however it is spelled in capitals and accents."""
        return self._by_term.get(normalise(term))

    def search(self, text: str, limit: int = 10) -> list[Entry]:
        """Entries that use the words of the text, the best first."""
        scores: Counter[str] = Counter()
        for word in words(text):
            scores.update(self._by_word.get(word, Counter()))
        ranked = sorted(scores, key=lambda key: (-scores[key], key))
        return [self._by_term[key] for key in ranked[:limit]]

    def _add(self, entry: Entry) -> None:
        key = normalise(entry.term)
        if key in self._by_term:
            raise ValueError(f"the term {entry.term!r} is there twice")
        self._by_term[key] = entry
        for word in words(entry.term):
            self._by_word[word][key] += TERM_WEIGHT
        for word in words(entry.meaning):
            self._by_word[word][key] += 1
