"""Shell: bash and its relatives."""

from __future__ import annotations

from verifier.languages.marks import SHELL
from verifier.languages.source_text import SourceText
from verifier.languages.trees import Grammar, calls_by_grammar, read_by_grammar


def read(_: str, text: str) -> SourceText:
    """Read a whole file."""
    return read_by_grammar(_GRAMMAR, text)


def calls(_: str, text: str, first_line: int, last_line: int) -> frozenset[str] | None:
    """Commands and functions that are run in those lines."""
    return calls_by_grammar(_GRAMMAR, text, first_line, last_line)


def _load() -> object:
    import tree_sitter_bash

    return tree_sitter_bash.language()


_QUERY = """
(comment) @comment
((command name: (_) @_load . argument: (_) @import) (#any-of? @_load "source" "."))
(function_definition name: (_) @name) @function
(program (variable_assignment name: (variable_name) @name) @constant)
(program (declaration_command (variable_assignment name: (variable_name) @name)) @constant)
"""
_CALLS = "(command name: (command_name) @call)"
_GRAMMAR = Grammar("shell", _load, _QUERY, _CALLS, SHELL)
