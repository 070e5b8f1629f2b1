"""Java."""

from __future__ import annotations

import re

from verifier.languages.marks import JAVA
from verifier.languages.readers import GrammarReader
from verifier.languages.stubs import Owner, Role
from verifier.languages.trees import Grammar, Span, deciding, leaving, text_of


def _load() -> object:
    import tree_sitter_java

    return tree_sitter_java.language()


def _modifiers(span: Span) -> frozenset[str]:
    first = next((child for child in span.node.named_children[:3] if child.type == "modifiers"), None)
    return frozenset(re.findall(r"\w+", re.sub(r"\([^()]*\)", "", text_of(first))))


def _owner(span: Span) -> Owner:
    fields = [span.node.child_by_field_name(name) for name in ("superclass", "interfaces")]
    text = re.sub(r"<[^<>]*>", "", " ".join(map(text_of, fields)))
    bases = tuple(word for word in re.findall(r"\w+", text) if word not in ("extends", "implements"))
    modifiers = _modifiers(span)
    abstract = "abstract" in modifiers or span.node.type != "class_declaration"
    annotated = bool(modifiers - {"public", "final", "private", "protected", "static", "sealed", "strictfp"})
    return Owner(text_of(span.captures["name"][0]), bases, abstract=abstract, decorated=annotated)


def _role(span: Span, owner: Owner | None) -> Role:
    listed = span.node.child_by_field_name("parameters")
    own = listed is not None and any(child.type.endswith("parameter") for child in listed.named_children)
    return Role(text_of(span.captures["name"][0]), takes_input=own, owner=owner, marks=_modifiers(span))


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
_COMMENTS = frozenset({"line_comment", "block_comment"})
_LEAVES = (
    leaving("return_statement throw_statement break_statement continue_statement yield_statement")
    + """
((_ (expression_statement) @leave) @around (#match? @leave "^System[.]exit[(]"))
"""
)
READER = GrammarReader(
    {
        "java": Grammar(
            "java",
            _load,
            _QUERY,
            _CALLS,
            JAVA,
            comments=_COMMENTS,
            role=_role,
            owner=_owner,
            declared=frozenset({"method_declaration"}),
            leaves=_LEAVES,
            branches=deciding("if_statement", "while_statement"),
        )
    }
)
