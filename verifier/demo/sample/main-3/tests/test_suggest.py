"""Near terms are suggested, far ones are not; cross references are followed."""

import unittest
from pathlib import Path

from src.lookup.crossrefs import dangling, related
from src.lookup.entry import Entry
from src.lookup.index import Index
from src.lookup.suggest import distance, suggest
from src.store.jsonl_store import load_entries

GLOSSARY = Path(__file__).parent.parent / "data" / "glossary.jsonl"


class SuggestTest(unittest.TestCase):
    def test_one_wrong_letter_still_finds_the_term(self):
        self.assertEqual(suggest("quine", ["quire", "folio", "vellum"]), ["quire"])

    def test_a_far_word_suggests_nothing(self):
        self.assertEqual(suggest("zeppelin", ["quire", "folio"]), [])

    def test_the_distance_counts_letters(self):
        self.assertEqual(distance("quarto", "quartz"), 1)
        self.assertEqual(distance("", "leaf"), 4)


class CrossReferenceTest(unittest.TestCase):
    def test_a_ring_of_references_ends(self):
        first, second = Entry("a", "first", ("b",)), Entry("b", "second", ("a",))
        self.assertEqual(related(first, Index([first, second])), ["b"])

    def test_the_glossary_has_no_reference_that_leads_nowhere(self):
        self.assertEqual(dangling(Index(load_entries(GLOSSARY))), [])


if __name__ == "__main__":
    unittest.main()
