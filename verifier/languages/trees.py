"""Read a file by its language's tree-sitter grammar: kinds of lines, definitions, imports, calls.

A language is a `Grammar`: one query whose captures have fixed names, and a word on how its bodies are written. A
grammar mends what it cannot parse, so half a file is read as far as it goes. What would take a parser too long (see
`tangles`, and the budget below) is read by marks alone and has no definitions."""

from __future__ import annotations

import functools
import importlib
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from verifier.languages.definitions import Found, bases_in, definitions_of
from verifier.languages.line_kinds import kinds_of, mask, to_bytes
from verifier.languages.marks import Marks, read_by_marks
from verifier.languages.outline import QUALIFIED_CHARS, Definition, LineKind, Outline
from verifier.languages.shelf import Shelf
from verifier.languages.stubs import Body, Owner, Role
from verifier.languages.tangles import is_tangled
from verifier.languages.word_lists import words

if TYPE_CHECKING:
    from tree_sitter import Language, Node, Point, Query, Tree

TREE_LIMIT = 2_000_000
"""Bytes above which a file is read by its marks alone: a file of that size was written by a program."""

_CHUNK = 1024
_READS_PER_CHUNK = 20
_STEPS_PER_BYTE = 1 / 16
"""The parser reports each hundred of its steps. Source that people write costs a report in 180 bytes and two reads a
chunk; text with an unclosed comment at every word would cost hundreds of times that."""

_PLAIN_MODIFIERS = frozenset({"public", "final", "private", "protected", "static", "sealed", "strictfp", "class"})
_KINDS = ("class", "function", "method", "type", "constant", "section", "scope")
_STATEMENTS_LIMIT = 12
"""A body with more statements than this is no stub."""
_STATEMENT_BYTES = 240
_BETWEEN = 2000
_MODIFIERS = re.compile(rb"\b(?:export|default|declare|abstract|async|pub|public|private|protected|static|final)\b")
COMMENTS = frozenset({"comment", "line_comment", "block_comment"})
"""Nodes that are comments."""
SEQUENCES = words(
    """
    block body_statement class_body compound_statement constructor_body declaration_list do_block do_group enum_body
    field_declaration_list interface_body match_block statement_block statement_list switch_block switch_body then
    object_type enum_variant_list block_body enum_assignment
    """
)
"""Nodes that hold statements; what they belong to has the head. Any other body is one expression, whose value is
returned."""


@dataclass(frozen=True)
class Grammar:
    """How one language is read.

    Captures of `query`: `@comment`, `@docstring`, `@decoration`, `@import`, and for a definition `@class`,
    `@function`, `@method`, `@type`, `@constant`, `@section` or `@scope` (lends its name, is none itself) with
    `@name`; `@qualifier` is a name that stands before it though it is not around it, `@function_of` the node that has
    the parameters and the body where that is another. `calls` captures the names of what is called as `@call`."""

    language: str
    package: str
    """The package of the grammar, imported when the first such file is read."""
    query: str
    calls: str
    marks: Marks
    load: str = "language"
    """The function of the package that gives the grammar."""
    flattened: str = ""
    """Nodes that only hold a body's statements."""
    empty_without_body: frozenset[str] = frozenset()
    """Definitions that are empty, not merely declared, where they have no body."""
    docstring_first: bool = False
    """Whether a string at the head of a body is documentation."""
    own_parameter: str = ""
    """An expression that finds in a list of parameters one that is neither the object nor marked as unused."""
    bases: tuple[str, ...] = ()
    """Fields, or types of nodes, in which a class says what it derives from."""
    abstract: frozenset[str] = frozenset()
    """Classes and types whose methods nobody expects to do anything."""
    modifiers: Callable[[Span], frozenset[str]] = lambda span: words_of(span.decorations)
    """The words of what decorates or modifies a definition."""
    role: Callable[[Span, Owner | None], Role] | None = None
    owner: Callable[[Span], Owner] | None = None
    """How to tell role and owner where the above does not say it."""
    name: Callable[[Node], str] = field(default=lambda node: text_of(node))
    headers: re.Pattern[str] | None = None
    """Lines that begin a definition which lasts as long as what follows is indented; for text that does not parse."""
    is_interface: bool = False
    """Whether everything in such a file is only declared."""
    declared: frozenset[str] = frozenset()
    """Nodes that name a function and may lack its body."""
    leaves: str = ""
    """A query: statements that leave their block as `@leave`, each with the node around it as `@around`."""
    branches: str = ""
    """A query: conditions as `@condition`, each with what it decides as `@branch`."""
    excluded: str = ""
    """A query: attributes that leave out what they stand before as `@excluded`, or all of the `@file` around."""
    is_zero_false: bool = False
    is_indented: bool = False


class Span(Found):
    """A definition as the query found it."""

    def __init__(self, reading: _Reading, kind: str, name: str, node: Node, captures: Mapping[str, list[Node]]) -> None:
        row, column = node.end_point
        signature_line = captures["name"][0].start_point[0] + 1
        last_line = max(row + (column > 0), signature_line)
        super().__init__(kind, name, node.start_byte, node.end_byte, node.start_point[0] + 1, last_line, signature_line)
        self.qualifier = ".".join(map(text_of, captures.get("qualifier", ())))
        self.node = node
        self.captures = captures
        self.decorations: tuple[str, ...] = ()
        """Texts of the decorators, attributes or annotations that stand before it, the nearest first."""
        self._reading = reading
        self._grammar = reading.grammar

    def field(self, name: str) -> Node | None:
        """What the function has under this name."""
        return self.captures.get("function_of", [self.node])[0].child_by_field_name(name)

    def as_owner(self) -> Owner:
        """The class or type by its name and what it derives from."""
        if self._grammar.owner:
            return self._grammar.owner(self)
        fields = [self.node.child_by_field_name(name) for name in self._grammar.bases]
        held = [child for child in self.node.named_children[:8] if child.type in self._grammar.bases]
        modifiers = self._grammar.modifiers(self)
        is_abstract = self.node.type in self._grammar.abstract or "abstract" in modifiers
        is_decorated = bool(self.decorations or modifiers - _PLAIN_MODIFIERS)
        return Owner(self.name, bases_in(" ".join(map(text_of, (*fields, *held)))), is_abstract, is_decorated)

    def role(self, owner: Owner | None) -> Role:
        """The function by its parameters, its modifiers and its decorations."""
        if self._grammar.role:
            return self._grammar.role(self, owner)
        listed = text_of(self.field("parameters") or self.field("parameter"))
        takes_input = bool(self._grammar.own_parameter and re.search(self._grammar.own_parameter, listed))
        name = f"is_{self.name}" if self.name.endswith("?") else self.name
        derives = bool(self.qualifier)  # which interface a method answers to stands nowhere
        return Role(name, takes_input, owner, derives, marks=self._grammar.modifiers(self))

    def body(self) -> Body | None:
        """The body's statements as text; of a class without its definitions."""
        return self._reading.body(self, self.inside if self.kind == "class" else ())

    def is_bare(self) -> bool:
        """Whether it is named where a body is no must, and has none."""
        return self.node.type in self._grammar.declared and self.node.child_by_field_name("body") is None


def read_by_grammar(grammar: Grammar, text: str) -> Outline:
    """A file's lines, definitions and imports."""
    source = to_bytes(text)
    tree = parse(grammar, source)
    if tree is None:
        reading = read_by_marks(grammar.language, text, grammar.marks)
        return replace(reading, definitions=_mended(grammar, text, reading.kinds, ()))
    found = _Reading(grammar, source, tree)
    kinds, definitions = kinds_of(found.masked), found.definitions()
    if tree.root_node.has_error:
        definitions = _mended(grammar, text, kinds, definitions)
    return Outline(grammar.language, kinds, definitions, found.imports())


def calls_by_grammar(grammar: Grammar, text: str, first_line: int, last_line: int) -> frozenset[str] | None:
    """Bare names called in those lines; None when the text is not for a parser."""
    tree = parse(grammar, to_bytes(text))
    if tree is None:
        return None
    from tree_sitter import QueryCursor

    cursor = QueryCursor(query_of(grammar, grammar.calls))
    first, last = max(first_line - 1, 0), max(last_line, 0)
    if first >= last:
        return frozenset()
    cursor.set_point_range((first, 0), (last, 0))
    found = cursor.captures(tree.root_node).get("call", [])
    return frozenset(last_word(text_of(node)) for node in found if first <= node.start_point[0] < last) - {""}


def words_of(texts: Iterable[str]) -> frozenset[str]:
    """The words of some texts, each up to its first bracket."""
    return frozenset(word for text in texts for word in re.findall(r"\w+", text.partition("(")[0]))


def leaving(statements: str, call: str = "", *names: str) -> str:
    """A query for `Grammar.leaves`: nodes of these types, and such as match `call` with one of the names as `@name`."""
    query = f"(_ [{' '.join(f'({each})' for each in statements.split())}] @leave) @around"
    listed = " ".join(f'"{name}"' for name in names)
    return f"{query}\n(_ ({call}) @leave (#any-of? @name {listed})) @around" if names else query


def deciding(*branches: str) -> str:
    """A query for `Grammar.branches`: nodes of these types have a field "condition"."""
    return "\n".join(f"({each} condition: (_) @condition) @branch" for each in branches)


def text_of(node: Node | None, limit: int = 200) -> str:
    """A node's text, shortened; empty for None."""
    if node is None or node.text is None:
        return ""
    return node.text[:limit].decode("utf-8", "replace")


def last_word(text: str) -> str:
    """The last identifier in a text: "drain" of "pool.drain"."""
    words = re.findall(r"[^\W\d]\w*[?!]?", text)
    return words[-1] if words else ""


_TREES: Shelf[tuple[Grammar, bytes], tuple[Tree | None]] = Shelf(1_000_000)
"""By how many bytes of source they are of; each takes some thirty."""


def parse(grammar: Grammar, source: bytes) -> Tree | None:
    """The tree of a source; None where it would take a parser too long."""
    kept = _TREES.get((grammar, source))
    if kept is None:
        kept = (_parsed(grammar, source),)
        _TREES.put((grammar, source), kept, len(source))
    return kept[0]


def _parsed(grammar: Grammar, source: bytes) -> Tree | None:
    if len(source) > TREE_LIMIT or is_tangled(source, grammar.marks):
        return None
    from tree_sitter import Parser

    steps, reads = 1000 + int(len(source) * _STEPS_PER_BYTE), 200 + _READS_PER_CHUNK * len(source) // _CHUNK

    # py-tree-sitter 0.26.1 never lets go of what this gives: a source that is parsed again is held once more.
    def read(offset: int, _: Point) -> bytes:
        nonlocal reads
        reads -= 1
        return source[offset : offset + _CHUNK]

    def give_up(_: int, __: bool) -> bool:
        nonlocal steps
        steps -= 1
        return steps < 0 or reads < 0

    try:
        return Parser(_language(grammar)).parse(read, progress_callback=give_up)
    except ValueError:  # how the binding says that the callback ended the parse
        return None


@functools.cache
def query_of(grammar: Grammar, query: str) -> Query:
    """A query of a language, compiled once."""
    from tree_sitter import Query

    return Query(_language(grammar), query)


@functools.cache
def _language(grammar: Grammar) -> Language:
    from tree_sitter import Language

    return Language(getattr(importlib.import_module(grammar.package), grammar.load)())


class _Reading:
    """What one pass of the query found in one tree."""

    def __init__(self, grammar: Grammar, source: bytes, tree: Tree) -> None:
        from tree_sitter import QueryCursor

        self.grammar = grammar
        self._source = source
        self._prose: list[tuple[int, int, LineKind]] = []
        self._decorations: list[Node] = []
        self._imports: dict[str, None] = {}
        spans: dict[tuple[int, int], tuple[int, Span]] = {}
        for pattern, captures in QueryCursor(query_of(grammar, grammar.query)).matches(tree.root_node):
            for capture, kind in (("comment", LineKind.COMMENT), ("docstring", LineKind.DOCSTRING)):
                self._prose += [(node.start_byte, node.end_byte, kind) for node in captures.get(capture, ())]
            self._decorations += captures.get("decoration", ())
            self._imports.update((text_of(node).strip("\"'`<> "), None) for node in captures.get("import", ()))
            span = self._span(captures)
            if span is not None:
                known = spans.get((span.start, span.end))
                if known is None or pattern < known[0]:
                    spans[span.start, span.end] = (pattern, span)
        self._prose.sort(key=lambda item: item[:2])
        self._spans = sorted((span for _, span in spans.values()), key=lambda span: (span.start, -span.end))
        self.masked = mask(source, self._prose)

    def imports(self) -> tuple[str, ...]:
        """Modules as they are written, each once."""
        return tuple(name for name in self._imports if name)

    def definitions(self) -> tuple[Definition, ...]:
        """All definitions."""
        return definitions_of(self._decorated(), is_interface=self.grammar.is_interface)

    def _span(self, captures: Mapping[str, list[Node]]) -> Span | None:
        kind = next((kind for kind in _KINDS if kind in captures), None)
        if kind is None or "name" not in captures:
            return None
        node, name = captures[kind][0], captures["name"][0]
        text = self.grammar.name(name).replace("::", ".").strip("\"'`.")
        if not text:
            return None
        return Span(self, kind, text, node, captures)

    def _decorated(self) -> list[Span]:
        """The spans, each with the decorations that stand right before it."""
        nodes = sorted(self._decorations, key=lambda node: node.end_byte)
        ends = [node.end_byte for node in nodes]
        for span in self._spans if nodes else ():
            index = bisect_right(ends, span.start) - 1
            while index >= 0 and _nothing_between(self.masked, ends[index], span.start):
                span.start, span.first_line = nodes[index].start_byte, nodes[index].start_point[0] + 1
                span.decorations += (text_of(nodes[index]),)
                index -= 1
        return sorted(self._spans, key=lambda span: (span.start, -span.end))

    def body(self, span: Span, inner: Sequence[Found] = ()) -> Body | None:
        """The body's statements as text, where there are few enough for a stub; inner definitions are left out."""
        node = span.field("body")
        if node is None and span.node.type in self.grammar.empty_without_body:
            return Body((), self._comments_in(span))
        statements = None if node is None else self._statements(node, inner)
        if statements is None:
            return None
        docstring = ""
        if self.grammar.docstring_first and statements and re.match(r"[rRuUbB]{0,2}[\"']", statements[0]):
            docstring = statements.pop(0)
        return Body(tuple(statements), self._comments_in(span), docstring)

    def _statements(self, node: Node, inner: Sequence[Found]) -> list[str] | None:
        if not node.is_named or node.named_child_count > 4 * _STATEMENTS_LIMIT:
            return None
        if node.type not in SEQUENCES:
            return (
                [f"return {text_of(node, _STATEMENT_BYTES)}"]
                if node.end_byte - node.start_byte < _STATEMENT_BYTES
                else None
            )
        children = [child for child in node.named_children if child.type not in COMMENTS]
        if len(children) == 1 and children[0].type == self.grammar.flattened:
            children = [child for child in children[0].named_children if child.type not in COMMENTS]
        children = [child for child in children if not any(_holds(child, span) for span in inner)]
        if len(children) > _STATEMENTS_LIMIT or any(map(_too_long, children[self.grammar.docstring_first :])):
            return None
        return [text_of(child, 10 * _STATEMENT_BYTES) for child in children]

    def _comments_in(self, span: Span) -> tuple[str, ...]:
        line_end = self._source.find(b"\n", span.end)
        end = line_end if line_end >= 0 else len(self._source)
        first = bisect_right(self._prose, (span.node.start_byte, 0), key=lambda item: item[:2])
        found = []
        for start, stop, kind in self._prose[first : first + 40]:
            if start >= end:
                break
            if kind is LineKind.COMMENT:
                found.append(self._source[start : min(stop, start + 500)].decode("utf-8", "replace"))
        return tuple(found)


def _mended(
    grammar: Grammar, text: str, kinds: Sequence[LineKind], known: tuple[Definition, ...]
) -> tuple[Definition, ...]:
    """The definitions, and those that only their first lines show: nothing is said of their bodies."""
    if grammar.headers is None:
        return known
    lines = text.split("\n")[: len(kinds)]
    seen = {definition.signature_line: definition for definition in known}
    unseen: list[Definition] = []
    around: list[tuple[int, str, str]] = []
    ends = _indented_until(lines, kinds)
    for number, (line, kind) in enumerate(zip(lines, kinds, strict=True), 1):
        header = grammar.headers.match(line[:500]) if kind is LineKind.CODE else None
        if header is None:
            continue
        indent = len(header["indent"])
        while around and around[-1][0] >= indent:
            around.pop()
        qualified = f"{around[-1][1]}.{header['name']}"[-QUALIFIED_CHARS:] if around else header["name"]
        is_class = header["what"] == "class"
        around.append((indent, qualified, "class" if is_class else "function"))
        kind_of = "class" if is_class else "method" if len(around) > 1 and around[-2][2] == "class" else "function"
        if number in seen:
            seen[number] = replace(seen[number], qualified=qualified, kind=kind_of)
        else:
            unseen.append(Definition(header["name"], qualified, kind_of, number, ends[number - 1], number))
    return tuple(sorted((*seen.values(), *unseen), key=lambda each: (each.first_line, -each.last_line)))


def _indented_until(lines: Sequence[str], kinds: Sequence[LineKind]) -> list[int]:
    """For each line the last line that is indented deeper than it, counted from 1."""
    ends = [0] * len(lines)
    open_lines: list[tuple[int, int]] = []
    last_code = 0
    for index, (line, kind) in enumerate(zip(lines, kinds, strict=True)):
        if kind not in (LineKind.CODE, LineKind.DOCSTRING):
            continue
        indent = len(line) - len(line.lstrip())
        while open_lines and open_lines[-1][0] >= indent:
            ends[open_lines.pop()[1]] = last_code
        open_lines.append((indent, index))
        last_code = index + 1
    for _, index in open_lines:
        ends[index] = last_code
    return ends


def _nothing_between(masked: bytes, start: int, end: int) -> bool:
    """Whether only blanks, comments and words such as `export` stand there."""
    return end - start < _BETWEEN and not _MODIFIERS.sub(b"", masked[start:end]).strip(b" \t\r\n\f\x01")


def _holds(node: Node, inner: Found) -> bool:
    return isinstance(inner, Span) and node.start_byte <= inner.node.start_byte and inner.end <= node.end_byte


def _too_long(node: Node) -> bool:
    return node.end_byte - node.start_byte > _STATEMENT_BYTES
