"""Ruby."""

from __future__ import annotations

import re

from verifier.languages.marks import RUBY
from verifier.languages.source_text import SourceText
from verifier.languages.stubs import Owner, Role
from verifier.languages.trees import Grammar, Span, calls_by_grammar, read_by_grammar, text_of


def read(_: str, text: str) -> SourceText:
    """Read a whole file; what stands behind `__END__` is a comment."""
    return read_by_grammar(_GRAMMAR, text)


def calls(_: str, text: str, first_line: int, last_line: int) -> frozenset[str] | None:
    """Bare names that are called in those lines; classes whose `new` is called among them."""
    return calls_by_grammar(_GRAMMAR, text, first_line, last_line)


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
_GRAMMAR = Grammar("ruby", _load, _QUERY, _CALLS, RUBY, role=_role, owner=_owner, empty_without_body=_WITHOUT_BODY)
