"""Java."""

from __future__ import annotations

import re

from verifier.languages.marks import JAVA
from verifier.languages.readers import GrammarReader
from verifier.languages.trees import Grammar, Span, deciding, leaving, text_of


def _modifiers(span: Span) -> frozenset[str]:
    first = next((child for child in span.node.named_children[:3] if child.type == "modifiers"), None)
    return frozenset(re.findall(r"\w+", re.sub(r"\([^()]*\)", "", text_of(first))))


_QUERY = """
[(line_comment) (block_comment)] @comment
(import_declaration (_) @import)
(class_declaration name: (_) @name) @class
(record_declaration name: (_) @name) @class
(interface_declaration name: (_) @name) @class
(annotation_type_declaration name: (_) @name) @type
(enum_declaration name: (_) @name) @class
(method_declaration name: (_) @name) @function
(constructor_declaration name: (_) @name) @function
((field_declaration (modifiers) @_how declarator: (variable_declarator name: (_) @name)) @constant
  (#match? @_how "static") (#match? @_how "final"))
"""
_CALLS = """
(method_invocation name: (_) @call)
(object_creation_expression type: (_) @call)
(method_reference (identifier) @call .)
"""
_LEAVES = (
    leaving("return_statement throw_statement break_statement continue_statement yield_statement")
    + """
((_ (expression_statement) @leave) @around (#match? @leave "^System[.]exit[(]"))
"""
)
READER = GrammarReader(
    Grammar(
        "java",
        "tree_sitter_java",
        _QUERY,
        _CALLS,
        JAVA,
        own_parameter=r"\w",
        bases=("superclass", "interfaces"),
        abstract=frozenset(
            {"interface_declaration", "annotation_type_declaration", "record_declaration", "enum_declaration"}
        ),
        modifiers=_modifiers,
        declared=frozenset({"method_declaration"}),
        leaves=_LEAVES,
        branches=deciding("if_statement", "while_statement"),
    )
)
