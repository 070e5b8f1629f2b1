"""Python."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from verifier.languages.marks import PYTHON
from verifier.languages.readers import GrammarReader
from verifier.languages.stubs import Owner
from verifier.languages.trees import Grammar, Span, deciding, leaving, text_of

if TYPE_CHECKING:
    from tree_sitter import Node

_ABSTRACT_BASES = frozenset({"Protocol", "ABC", "ABCMeta", "Interface", "TypedDict", "NamedTuple"})


def _owner(span: Span) -> Owner:
    listed = span.node.child_by_field_name("superclasses")
    arguments = [child for child in listed.named_children[:20] if child.type != "comment"] if listed else []
    bases = tuple(base for base in map(_base, arguments) if base and base != "object")
    abstract = any(base in _ABSTRACT_BASES for base in bases)
    named = tuple(base for base in bases if base not in _ABSTRACT_BASES)
    return Owner(span.name, named, abstract=abstract, decorated=bool(span.decorations))


def _base(argument: Node) -> str:
    text = text_of(argument.child_by_field_name("value") if argument.type == "keyword_argument" else argument)
    return re.sub(r"[\[(].*", "", text, flags=re.DOTALL).rpartition(".")[2].strip()


_QUERY = """
(comment) @comment
((expression_statement . [(string) (concatenated_string)] @docstring .) (#not-match? @docstring "^[rR]?[fF]"))
((assignment left: (identifier) @_doc right: [(string) (concatenated_string)] @docstring) (#eq? @_doc "__doc__"))
(decorator) @decoration
(import_statement name: (dotted_name) @import)
(import_statement name: (aliased_import name: (dotted_name) @import))
(import_from_statement module_name: (_) @import)
(class_definition name: (identifier) @name) @class
(function_definition name: (identifier) @name) @function
(type_alias_statement left: (type (identifier) @name)) @type
(module (expression_statement (assignment left: (identifier) @name) @constant))
"""
_CALLS = """
(call function: (identifier) @call)
(call function: (attribute attribute: (identifier) @call))
(decorator (identifier) @call)
(decorator (attribute attribute: (identifier) @call))
"""
_LEAVES = leaving(
    "return_statement raise_statement break_statement continue_statement",
    "expression_statement . (call function: (_) @name)",
    *("exit", "quit", "sys.exit", "os._exit", "os.abort"),
)
_BRANCHES = deciding("if_statement", "elif_clause", "while_statement")
_HEADERS = re.compile(r"(?P<indent>\s*)(?:async\s+)?(?P<what>class|def)\s+(?P<name>[^\W\d]\w*)")
_SOURCE = Grammar(
    "python",
    "tree_sitter_python",
    _QUERY,
    _CALLS,
    PYTHON,
    docstring_first=True,
    own_parameter=r"[(,]\s*\*{0,2}(?!_|self\b|cls\b|mcs\b|args\b|kwargs\b)\w",
    owner=_owner,
    headers=_HEADERS,
    leaves=_LEAVES,
    branches=_BRANCHES,
    is_zero_false=True,
    is_indented=True,
)
READER = GrammarReader(_SOURCE, replace(_SOURCE, language="python-interface", is_interface=True))
