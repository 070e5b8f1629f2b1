"""JavaScript and TypeScript, with and without JSX."""

from __future__ import annotations

import re

from verifier.languages.marks import SCRIPT
from verifier.languages.readers import GrammarReader
from verifier.languages.stubs import Owner, Role
from verifier.languages.trees import Grammar, Span, deciding, leaving, text_of


def _load_javascript() -> object:
    import tree_sitter_javascript

    return tree_sitter_javascript.language()


def _load_typescript() -> object:
    import tree_sitter_typescript

    return tree_sitter_typescript.language_typescript()


def _load_tsx() -> object:
    import tree_sitter_typescript

    return tree_sitter_typescript.language_tsx()


def _owner(span: Span) -> Owner:
    heritage = next((child for child in span.node.named_children[:8] if child.type == "class_heritage"), None)
    text = re.sub(r"<[^<>]*>", "", text_of(heritage))
    bases = tuple(
        word.rpartition(".")[2] for word in re.findall(r"[\w.$]+", text) if word not in ("extends", "implements")
    )
    abstract = span.node.type in ("abstract_class_declaration", "interface_declaration")
    return Owner(text_of(span.captures["name"][0]), bases, abstract=abstract, decorated=bool(span.decorations))


def _role(span: Span, owner: Owner | None) -> Role:
    function = span.captures["function_of"][0] if "function_of" in span.captures else span.node
    listed = function.child_by_field_name("parameters") or function.child_by_field_name("parameter")
    own = listed is not None and bool(re.search(r"(?:^|[(,{]\s*)(?:\.\.\.)?(?!_|\s|this\b)[\w$]", text_of(listed)))
    before = span.node.children[:6]
    marks = frozenset(child.type for child in before if not child.is_named or child.type == "override_modifier")
    derives = "override_modifier" in marks
    return Role(text_of(span.captures["name"][0]), takes_input=own, owner=owner, marks=marks, derives=derives)


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
  value: [(arrow_function body: (_) @function_body) (function_expression body: (_) @function_body)] @function_of
) @function
(assignment_expression left: (member_expression property: (_) @name)
  right: [(arrow_function body: (_) @function_body) (function_expression body: (_) @function_body)] @function_of
) @function
(pair key: (property_identifier) @name
  value: [(arrow_function body: (_) @function_body) (function_expression body: (_) @function_body)] @function_of
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
  value: [(arrow_function body: (_) @function_body) (function_expression body: (_) @function_body)] @function_of
) @function
"""
_TYPESCRIPT_ONLY = """
(public_field_definition name: (_) @name
  value: [(arrow_function body: (_) @function_body) (function_expression body: (_) @function_body)] @function_of
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


def _grammar(language: str, load: object, query: str, calls: str) -> Grammar:
    assert callable(load)
    return Grammar(
        language,
        load,
        query,
        calls,
        SCRIPT,
        role=_role,
        owner=_owner,
        declared=frozenset({"function_signature", "method_signature", "abstract_method_signature"}),
        leaves=_LEAVES,
        branches=_BRANCHES,
        is_zero_false=True,
    )


READER = GrammarReader(
    {
        "javascript": _grammar("javascript", _load_javascript, _SHARED + _JSX + _JAVASCRIPT_ONLY, _CALLS + _JSX_CALLS),
        "typescript": _grammar("typescript", _load_typescript, _SHARED + _TYPESCRIPT_ONLY, _CALLS),
        "tsx": _grammar("tsx", _load_tsx, _SHARED + _JSX + _TYPESCRIPT_ONLY, _CALLS + _JSX_CALLS),
    }
)
