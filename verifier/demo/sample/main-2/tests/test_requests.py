"""A request says what it asks for, once."""

import unittest

from src.api.requests import BadRequest, asked_for


class AskedForTest(unittest.TestCase):
    def test_the_value_of_the_field_is_read(self):
        self.assertEqual(asked_for("term=deckle+edge", "term"), "deckle edge")

    def test_what_cannot_be_answered_is_refused(self):
        for query in ("", "term=", "term=%20", "term=a&term=b", "other=a", "term=" + "x" * 201):
            with self.subTest(query=query[:20]), self.assertRaises(BadRequest):
                asked_for(query, "term")


if __name__ == "__main__":
    unittest.main()
