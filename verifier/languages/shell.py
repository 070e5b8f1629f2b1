"""Shell: bash and its relatives."""

from __future__ import annotations

from verifier.languages.marks import SHELL
from verifier.languages.readers import GrammarReader
from verifier.languages.trees import Grammar, deciding

_QUERY = """
(comment) @comment
((command name: (_) @_load . argument: (_) @import) (#any-of? @_load "source" "."))
(function_definition name: (_) @name) @function
(program (variable_assignment name: (variable_name) @name) @constant)
(program (declaration_command (variable_assignment name: (variable_name) @name)) @constant)
"""
_CALLS = "(command name: (command_name) @call)"
_LEAVES = """
(_ (command name: (command_name) @_name) @leave (#any-of? @_name "exit" "return" "break" "continue")) @around
"""
_BRANCHES = deciding("if_statement", "while_statement")
READER = GrammarReader(
    Grammar("shell", "tree_sitter_bash", _QUERY, _CALLS, SHELL, leaves=_LEAVES, branches=_BRANCHES, is_indented=True)
)
