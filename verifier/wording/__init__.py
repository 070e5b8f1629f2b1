"""Wording: what a sentence of a claim names, what it covers, and what it speaks of.

Pure functions over text, shared by every stage that has to read a sentence, so that linting, selection, facts and
grounding all mean the same by "the paths that this claim names". Nothing here looks at a repository, nothing raises,
and all of it takes time linear in the text.
"""

from verifier.wording.changing import speaks_of_change
from verifier.wording.covering import uncovered
from verifier.wording.meaning import (
    is_about_existence,
    is_about_prose,
    is_about_removal,
    is_about_tests,
    places_in,
    speaks_of_absence,
    undecidable_words_in,
)
from verifier.wording.naming import (
    Named,
    NameKind,
    coverable_in,
    identifiers_in,
    is_keyword,
    is_path,
    last_name,
    literals_in,
    name_of,
    named_in,
    names_in,
    paths_in,
    without_receiver,
)

__all__ = [
    "NameKind",
    "Named",
    "coverable_in",
    "identifiers_in",
    "is_about_existence",
    "is_about_prose",
    "is_about_removal",
    "is_about_tests",
    "is_keyword",
    "is_path",
    "last_name",
    "literals_in",
    "name_of",
    "named_in",
    "names_in",
    "paths_in",
    "places_in",
    "speaks_of_absence",
    "speaks_of_change",
    "uncovered",
    "undecidable_words_in",
    "without_receiver",
]
