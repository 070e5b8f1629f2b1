"""Go."""

from __future__ import annotations

from verifier.languages.marks import GO
from verifier.languages.readers import GrammarReader
from verifier.languages.trees import Grammar, deciding, leaving

_QUERY = """
(comment) @comment
(import_spec path: (_) @import)
(function_declaration name: (_) @name) @function
(method_declaration receiver: (parameter_list (parameter_declaration type: [
    (type_identifier) @qualifier
    (pointer_type (type_identifier) @qualifier)
    (generic_type type: (type_identifier) @qualifier)
    (pointer_type (generic_type type: (type_identifier) @qualifier))
  ])) name: (_) @name) @method
(method_elem name: (_) @name) @method
(type_spec name: (_) @name) @type
(type_alias name: (_) @name) @type
(source_file (const_declaration (const_spec name: (_) @name) @constant))
(source_file (var_declaration (var_spec name: (_) @name) @constant))
(source_file (var_declaration (var_spec_list (var_spec name: (_) @name) @constant)))
"""
_CALLS = """
(call_expression function: (identifier) @call)
(call_expression function: (selector_expression field: (_) @call))
(composite_literal type: (type_identifier) @call)
(composite_literal type: (qualified_type name: (_) @call))
"""
_LEAVES = leaving(
    "return_statement break_statement continue_statement goto_statement",
    "expression_statement . (call_expression function: (_) @name)",
    *("panic", "os.Exit", "log.Fatal", "log.Fatalf", "log.Fatalln", "runtime.Goexit"),
)
READER = GrammarReader(
    Grammar(
        "go",
        "tree_sitter_go",
        _QUERY,
        _CALLS,
        GO,
        flattened="statement_list",
        own_parameter=r"[(,]\s*(?!(?:_|ctx)\s)\w+\s+[\w*\[.]",
        declared=frozenset({"method_elem"}),
        leaves=_LEAVES,
        branches=deciding("if_statement"),
    )
)
