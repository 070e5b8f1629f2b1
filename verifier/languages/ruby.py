"""Ruby."""

from __future__ import annotations

import re

from verifier.languages.marks import RUBY
from verifier.languages.readers import GrammarReader
from verifier.languages.stubs import Owner, Role
from verifier.languages.trees import Grammar, Span, deciding, leaving, text_of


def _load() -> object:
    import tree_sitter_ruby

    return tree_sitter_ruby.language()


def _owner(span: Span) -> Owner:
    superclass = text_of(span.node.child_by_field_name("superclass")).lstrip("< ")
    return Owner(text_of(span.captures["name"][0]), (superclass,) if superclass else ())


def _role(span: Span, owner: Owner | None) -> Role:
    listed = text_of(span.node.child_by_field_name("parameters"))
    own = re.search(r"(?<![\w*&])(?!_)[a-z]\w*", listed)
    name = text_of(span.captures["name"][0])
    return Role(f"is_{name}" if name.endswith("?") else name, takes_input=own is not None, owner=owner)


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
_WITHOUT_BODY = frozenset({"method", "singleton_method", "class"})
_LEAVES = (
    leaving("return break next redo retry")
    + """
(_ (call !receiver method: (_) @_name) @leave (#any-of? @_name "raise" "fail" "exit" "exit!" "abort")) @around
(body_statement (identifier) @leave (#any-of? @leave "raise" "exit" "exit!" "abort")) @around
"""
)
READER = GrammarReader(
    {
        "ruby": Grammar(
            "ruby",
            _load,
            _QUERY,
            _CALLS,
            RUBY,
            role=_role,
            owner=_owner,
            empty_without_body=_WITHOUT_BODY,
            leaves=_LEAVES,
            is_indented=True,
            branches=deciding("if", "elsif", "while", "if_modifier"),
        )
    }
)
