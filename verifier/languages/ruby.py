"""Ruby."""

from __future__ import annotations

from verifier.languages.marks import RUBY
from verifier.languages.readers import GrammarReader
from verifier.languages.trees import Grammar, deciding, leaving

_QUERY = """
(comment) @comment
(uninterpreted) @comment
((call method: (identifier) @_load arguments: (argument_list . (string (string_content) @import)))
  (#any-of? @_load "require" "require_relative" "load"))
(class name: (_) @name) @class
(module name: (_) @name) @section
(method name: (_) @name) @function
(singleton_method name: (_) @name) @function
(assignment left: (constant) @name) @constant
"""
_CALLS = """
(call method: (_) @call)
((call receiver: [(constant) (scope_resolution)] @call method: (identifier) @_new) (#eq? @_new "new"))
(body_statement (identifier) @call)
(then (identifier) @call)
"""
_LEAVES = (
    leaving("return break next redo retry")
    + """
(_ (call !receiver method: (_) @_name) @leave (#any-of? @_name "raise" "fail" "exit" "exit!" "abort")) @around
(body_statement (identifier) @leave (#any-of? @leave "raise" "exit" "exit!" "abort")) @around
"""
)
READER = GrammarReader(
    Grammar(
        "ruby",
        "tree_sitter_ruby",
        _QUERY,
        _CALLS,
        RUBY,
        own_parameter=r"(?<![\w*&])(?!_)[a-z]\w*",
        bases=("superclass",),
        empty_without_body=frozenset({"method", "singleton_method", "class"}),
        leaves=_LEAVES,
        branches=deciding("if", "elsif", "while", "if_modifier"),
        is_indented=True,
    )
)
