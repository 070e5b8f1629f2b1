"""Wording: what a sentence of a claim names, what it covers, and what it speaks of.

Pure functions over text, shared by every stage that has to read a sentence, so that linting, selection, facts and
grounding all mean the same by "the paths that this claim names". Nothing here looks at a repository, nothing raises,
and all of it takes time linear in the text.
"""

from verifier.wording.changing import says_gone, speaks_of_change
from verifier.wording.covering import left_over, stands_in
from verifier.wording.meaning import is_about_imports, is_about_prose, is_about_tests, undecidable_words_in
from verifier.wording.naming import (
    Named,
    NameKind,
    identifiers_in,
    is_keyword,
    is_path,
    last_name,
    literals_in,
    name_of,
    named_in,
    paths_in,
    without_receiver,
)
from verifier.wording.places import places_in, says_absent
from verifier.wording.quantifiers import quantifiers_in

__all__ = [
    "NameKind",
    "Named",
    "identifiers_in",
    "is_about_imports",
    "is_about_prose",
    "is_about_tests",
    "is_keyword",
    "is_path",
    "last_name",
    "left_over",
    "literals_in",
    "name_of",
    "named_in",
    "paths_in",
    "places_in",
    "quantifiers_in",
    "says_absent",
    "says_gone",
    "speaks_of_change",
    "stands_in",
    "undecidable_words_in",
    "without_receiver",
]
