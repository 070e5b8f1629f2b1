"""JavaScript and TypeScript, with and without JSX."""

from __future__ import annotations

from verifier.languages.marks import SCRIPT
from verifier.languages.readers import GrammarReader
from verifier.languages.trees import Grammar, Span, deciding, leaving, text_of


def _modifiers(span: Span) -> frozenset[str]:
    before = span.node.children[:6]
    return frozenset(text_of(each) for each in before if not each.is_named or each.type == "override_modifier")


_SHARED = """
(comment) @comment
(hash_bang_line) @comment
(decorator) @decoration
(import_statement source: (string) @import)
(export_statement source: (string) @import)
((call_expression function: [(identifier) (import)] @_load arguments: (arguments . (string) @import))
  (#any-of? @_load "require" "import"))
(class_declaration name: (_) @name) @class
(function_declaration name: (_) @name) @function
(generator_function_declaration name: (_) @name) @function
(method_definition name: (_) @name) @function
(variable_declarator name: (identifier) @name
  value: [(arrow_function) (function_expression)] @function_of
) @function
(assignment_expression left: (member_expression property: (_) @name)
  right: [(arrow_function) (function_expression)] @function_of
) @function
(pair key: (property_identifier) @name
  value: [(arrow_function) (function_expression)] @function_of
) @function
(variable_declarator name: (identifier) @name value: (class)) @class
(program (lexical_declaration (variable_declarator name: (identifier) @name) @constant))
(program (variable_declaration (variable_declarator name: (identifier) @name) @constant))
(program (export_statement (lexical_declaration (variable_declarator name: (identifier) @name) @constant)))
"""
_JSX = """
(jsx_expression . (comment) .) @comment
"""
_JAVASCRIPT_ONLY = """
(field_definition property: (_) @name
  value: [(arrow_function) (function_expression)] @function_of
) @function
"""
_TYPESCRIPT_ONLY = """
(public_field_definition name: (_) @name
  value: [(arrow_function) (function_expression)] @function_of
) @function
(abstract_class_declaration name: (_) @name) @class
(interface_declaration name: (_) @name) @type
(type_alias_declaration name: (_) @name) @type
(enum_declaration name: (_) @name) @type
(internal_module name: (_) @name) @section
(function_signature name: (_) @name) @function
(method_signature name: (_) @name) @method
(abstract_method_signature name: (_) @name) @method
"""
_CALLS = """
(call_expression function: (identifier) @call)
(call_expression function: (member_expression property: (_) @call))
(new_expression constructor: (identifier) @call)
(new_expression constructor: (member_expression property: (_) @call))
(decorator (identifier) @call)
"""
_JSX_CALLS = """
(jsx_opening_element name: (identifier) @call)
(jsx_self_closing_element name: (identifier) @call)
"""


_LEAVES = leaving(
    "return_statement throw_statement break_statement continue_statement",
    "expression_statement . (call_expression function: (_) @name)",
    "process.exit",
)
_BRANCHES = (
    deciding("if_statement", "while_statement")
    + """
(binary_expression left: (false) @condition operator: "&&") @branch
"""
)


def _grammar(language: str, load: str, query: str, calls: str) -> Grammar:
    return Grammar(
        language,
        "tree_sitter_javascript" if language == "javascript" else "tree_sitter_typescript",
        query,
        calls,
        SCRIPT,
        load,
        own_parameter=r"(?:^|[(,{]\s*)(?:\.\.\.)?(?!_|\s|this\b)[\w$]",
        bases=("class_heritage",),
        abstract=frozenset({"interface_declaration"}),
        modifiers=_modifiers,
        declared=frozenset({"function_signature", "method_signature", "abstract_method_signature"}),
        leaves=_LEAVES,
        branches=_BRANCHES,
        is_zero_false=True,
    )


READER = GrammarReader(
    _grammar("javascript", "language", _SHARED + _JSX + _JAVASCRIPT_ONLY, _CALLS + _JSX_CALLS),
    _grammar("typescript", "language_typescript", _SHARED + _TYPESCRIPT_ONLY, _CALLS),
    _grammar("tsx", "language_tsx", _SHARED + _JSX + _TYPESCRIPT_ONLY, _CALLS + _JSX_CALLS),
)
