"""The index finds entries by term and by word."""

import unittest

from src.lookup.entry import Entry
from src.lookup.index import Index

QUIRE = Entry("quire", "A gathering of folded sheets.")
FOLIO = Entry("folio", "A book whose sheets were folded once.")
DECKLE = Entry("Deckle Edge", "The rough edge of a sheet.")


class IndexTest(unittest.TestCase):
    def test_a_term_is_found_in_any_spelling_of_capitals(self):
        self.assertEqual(Index([DECKLE]).find("deckle  EDGE"), DECKLE)

    def test_an_unknown_term_is_none(self):
        self.assertIsNone(Index([QUIRE]).find("quarto"))

    def test_the_entry_with_more_of_the_words_comes_first(self):
        self.assertEqual(Index([QUIRE, FOLIO]).search("book of folded sheets"), [FOLIO, QUIRE])

    def test_the_same_term_twice_is_refused(self):
        with self.assertRaises(ValueError):
            Index([QUIRE, QUIRE])


if __name__ == "__main__":
    unittest.main()
