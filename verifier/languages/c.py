"""C and C++; what stands between `#if 0` and its end is a comment."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from verifier.languages.marks import C
from verifier.languages.readers import GrammarReader
from verifier.languages.stubs import Owner, Role
from verifier.languages.trees import Grammar, Span, deciding, leaving, text_of

if TYPE_CHECKING:
    from tree_sitter import Node


def _which(language: str, text: str) -> str:
    """C++ has headers that are named like C's."""
    return "cpp" if language == "c" and _CPP_ALONE.search(text) else language


def _declared(node: Node) -> str:
    """The name inside a declarator, after the classes that qualify it: "Pool.drain" of `Item *Pool::drain(int n)`."""
    declarator: Node | None = node
    for _ in range(20):
        if declarator is None or not declarator.type.endswith("declarator"):
            break
        declarator = declarator.child_by_field_name("declarator") or next(iter(declarator.named_children), None)
    name = re.sub(r"<.*>", "", text_of(declarator), flags=re.DOTALL).replace("::", ".").strip()
    return "" if name in _STATEMENTS else name  # a macro has hidden what stands around


def _role(span: Span, owner: Owner | None) -> Role:
    head = text_of(span.node, 400).partition("{")[0]
    listed = head.partition("(")[2]
    own = bool(re.search(r"\w", re.sub(r"^\s*void\s*$|/\*.*?\*/", "", listed.partition(")")[0])))
    marks = frozenset(re.findall(r"\w+", head.partition("(")[0] + " " + listed.rpartition(")")[2]))
    name = _declared(span.captures["name"][0]).rpartition(".")
    derives = bool({"virtual", "override"} & marks)
    if span.node.type == "function_definition" and span.node.child_by_field_name("type") is None:
        return Role("constructor")  # it may well do nothing but store
    if name[0] and owner is None:
        owner = Owner(name[0].rpartition(".")[2])
    return Role(name[2], takes_input=own, owner=owner, derives=derives, marks=marks - {"default"})


_CPP_ALONE = re.compile(
    r"^[ \t]*+(?:namespace\s+\w|template\s*<|using\s+namespace\b|class\s+\w[^;\n]*+$|(?:public|private|protected)\s*:)",
    re.MULTILINE,
)
_STATEMENTS = frozenset({"if", "for", "while", "switch", "return", "else", "catch", "do", "sizeof"})
_C = """
(comment) @comment
(preproc_if condition: (number_literal) @_zero (#eq? @_zero "0") !alternative) @comment
(preproc_include path: (_) @import)
(preproc_def name: (_) @name value: (_)) @constant
(preproc_function_def name: (_) @name) @function
(function_definition declarator: (_) @name) @function
(struct_specifier name: (_) @name body: (_)) @type
(union_specifier name: (_) @name body: (_)) @type
(enum_specifier name: (_) @name body: (_)) @type
(type_definition declarator: (_) @name) @type
(translation_unit (declaration declarator: (function_declarator) @name) @function)
(translation_unit (declaration declarator: (pointer_declarator (function_declarator)) @name) @function)
(preproc_ifdef (declaration declarator: (function_declarator) @name) @function)
(preproc_ifdef (declaration declarator: (pointer_declarator (function_declarator)) @name) @function)
(translation_unit (declaration declarator: (_) @name) @constant)
(preproc_ifdef (declaration declarator: (_) @name) @constant)
"""
_CPP = """
(class_specifier name: (_) @name body: (_)) @class
(namespace_definition name: (_) @name) @section
(alias_declaration name: (_) @name) @type
(field_declaration declarator: (function_declarator) @name) @function
(field_declaration declarator: (pointer_declarator (function_declarator)) @name) @function
"""
_CALLS = """
(call_expression function: (identifier) @call)
(call_expression function: (field_expression field: (_) @call))
"""
_CPP_CALLS = """
(call_expression function: (qualified_identifier) @call)
(call_expression function: (template_function name: (_) @call))
(new_expression type: (_) @call)
"""
_LEAVES = leaving(
    "return_statement break_statement continue_statement goto_statement",
    "expression_statement . (call_expression function: (_) @name)",
    *("exit", "_exit", "abort", "quick_exit", "longjmp", "std::exit", "std::abort", "std::terminate"),
)
_THROWS = "(_ (throw_statement) @leave) @around"


def _grammar(language: str, query: str, calls: str, leaves: str) -> Grammar:
    return Grammar(
        language,
        f"tree_sitter_{language}",
        query,
        calls,
        C,
        role=_role,
        bases=("base_class_clause",),
        declared=frozenset({"declaration", "field_declaration"}),
        name=_declared,
        leaves=leaves,
        branches=deciding("if_statement", "while_statement"),
        is_zero_false=True,
    )


READER = GrammarReader(
    _grammar("c", _C, _CALLS, _LEAVES),
    _grammar("cpp", _C + _CPP, _CALLS + _CPP_CALLS, _LEAVES + _THROWS),
    which=_which,
)
