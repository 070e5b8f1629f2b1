"""Wording: what a sentence of a claim names, what it covers, and what it speaks of.

Pure functions over text, shared by every stage that has to read a sentence, so that linting, selection, facts and
grounding all mean the same by "the paths that this claim names". Nothing here looks at a repository, nothing raises,
and all of it takes time linear in the text.
"""
