"""Rust."""

from __future__ import annotations

from verifier.languages.marks import RUST
from verifier.languages.readers import GrammarReader
from verifier.languages.stubs import Owner
from verifier.languages.trees import Grammar, Span, deciding, leaving, text_of


def _owner(span: Span) -> Owner:
    trait = text_of(span.node.child_by_field_name("trait")) or ("trait" if span.node.type == "trait_item" else "")
    return Owner(span.name, (trait,) if trait else ())


_QUERY = """
[(line_comment) (block_comment)] @comment
((attribute_item (attribute . (identifier) @_name)) @docstring (#eq? @_name "doc"))
((inner_attribute_item (attribute . (identifier) @_name)) @docstring (#eq? @_name "doc"))
(attribute_item) @decoration
(use_declaration argument: (_) @import)
(extern_crate_declaration name: (_) @import)
(function_item name: (_) @name) @function
(function_signature_item name: (_) @name) @function
(impl_item type: [
  (type_identifier) @name (generic_type type: (_) @name) (scoped_type_identifier name: (_) @name)]) @scope
(trait_item name: (_) @name) @type
(struct_item name: (_) @name) @type
(enum_item name: (_) @name) @type
(union_item name: (_) @name) @type
(type_item name: (_) @name) @type
(mod_item name: (_) @name body: (_)) @section
(macro_definition name: (_) @name) @function
(const_item name: (_) @name) @constant
(static_item name: (_) @name) @constant
"""
_CALLS = """
(call_expression function: (identifier) @call)
(call_expression function: (scoped_identifier name: (_) @call))
(call_expression function: (field_expression field: (_) @call))
(call_expression function: (generic_function function: (_) @call))
(macro_invocation macro: (_) @call)
(struct_expression name: (_) @call)
"""
_LEAVES = (
    leaving(
        "return_expression break_expression continue_expression",
    )
    + """
(_ (expression_statement . [(return_expression) (break_expression) (continue_expression)]) @leave) @around
(_ (expression_statement . (macro_invocation macro: (_) @_name)) @leave
  (#any-of? @_name "panic" "todo" "unimplemented" "unreachable")) @around
(_ (expression_statement . (call_expression function: (_) @_name)) @leave
  (#any-of? @_name "std::process::exit" "process::exit" "std::process::abort" "exit")) @around
"""
)
_NEVER_BUILT = r'"\\[cfg\\(\\s*(any\\(\\s*\\)|not\\(\\s*all\\(\\s*\\)\\s*\\)|FALSE|false)\\s*\\)\\]"'
_EXCLUDED = f"""
((attribute_item) @excluded (#match? @excluded {_NEVER_BUILT}))
((_ (inner_attribute_item) @excluded) @file (#match? @excluded {_NEVER_BUILT}))
"""
READER = GrammarReader(
    Grammar(
        "rust",
        "tree_sitter_rust",
        _QUERY,
        _CALLS,
        RUST,
        own_parameter=r"[(,]\s*(?:mut\s+)?(?!_|self\b)\w+\s*:(?!:)",
        owner=_owner,
        declared=frozenset({"function_signature_item"}),
        leaves=_LEAVES,
        branches=deciding("if_expression", "while_expression"),
        excluded=_EXCLUDED,
    )
)
