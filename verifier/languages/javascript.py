"""JavaScript and TypeScript, with and without JSX."""

from __future__ import annotations

import re

from verifier.languages.marks import SCRIPT
from verifier.languages.source_text import SourceText
from verifier.languages.stubs import Owner, Role
from verifier.languages.trees import Grammar, Span, calls_by_grammar, read_by_grammar, text_of


def read(language: str, text: str) -> SourceText:
    """Read a whole file."""
    return read_by_grammar(_GRAMMARS[language], text)


def calls(language: str, text: str, first_line: int, last_line: int) -> frozenset[str] | None:
    """Bare names that are called, instantiated or rendered in those lines."""
    return calls_by_grammar(_GRAMMARS[language], text, first_line, last_line)


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


def _grammar(language: str, load: object, query: str, calls: str) -> Grammar:
    assert callable(load)
    return Grammar(language, load, query, calls, SCRIPT, role=_role, owner=_owner)


_GRAMMARS = {
    "javascript": _grammar("javascript", _load_javascript, _SHARED + _JSX + _JAVASCRIPT_ONLY, _CALLS + _JSX_CALLS),
    "typescript": _grammar("typescript", _load_typescript, _SHARED + _TYPESCRIPT_ONLY, _CALLS),
    "tsx": _grammar("tsx", _load_tsx, _SHARED + _JSX + _TYPESCRIPT_ONLY, _CALLS + _JSX_CALLS),
}
