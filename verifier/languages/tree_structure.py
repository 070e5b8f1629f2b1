"""How lines hold each other as a grammar tells: what stands around a line, what never runs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from verifier.languages.flow import is_always, is_never
from verifier.languages.outline import Definition
from verifier.languages.structure import Dead, Function, closing, rows_of_head
from verifier.languages.trees import COMMENTS, SEQUENCES, Grammar, parse, query_of, text_of
from verifier.languages.word_lists import words
from verifier.values.source import Lines

if TYPE_CHECKING:
    from tree_sitter import Node

_HEADLESS = frozenset({"ERROR", "labeled_statement"})
_DECORATIONS = frozenset({"attribute_item", "decorator"})
_MOST_DECORATIONS = 6
_DEEPEST = 60
"""How many nodes around a line are looked at from either end: a hostile text nests without end."""
_HOISTED = words("function_declaration generator_function_declaration function_item use_declaration import_statement")
"""What is defined wherever it stands."""
_LIVE_AGAIN = words(
    """
    labeled_statement case_statement else elsif when rescue ensure switch_default ERROR
    """
)
"""What ends a run of statements, or runs again."""
_MACRO = re.compile(rb"_?[A-Z]\w*_[A-Z0-9_]+(?:\([^;{}]*\))?;?")
"""A line such as `COMPILER_DIAG_POP`, which says nothing that runs."""
_SLIPS = frozenset({";", ";;", "\n"})
_LONGEST_CONDITION = 80


class TreeStructure:
    """The structure of a file that was parsed."""

    def __init__(self, grammar: Grammar, source: bytes, definitions: Sequence[Definition]) -> None:
        self._grammar = grammar
        self._source = source
        self._definitions = definitions

    @cached_property
    def functions(self) -> list[Function]:
        """All functions."""
        lines = self._source.decode("utf-8", "replace").split("\n")
        found = []
        for each in self._definitions:
            if each.kind in ("function", "method"):
                end = closing(lines, each.signature_line, each.last_line, "()")
                found.append(Function(Lines(each.first_line, end), Lines(min(end + 1, each.last_line), each.last_line)))
        return found

    def around(self, line: int) -> list[tuple[int, ...]]:
        """The heads of all that a line stands inside."""
        heads = []
        path = list(self._path(line))
        if len(path) > 2 * _DEEPEST:
            path = [*path[:_DEEPEST], *path[-_DEEPEST:]]
        for (node, _), (inner, before) in pairwise(path):
            if node.type in SEQUENCES or node.type in _HEADLESS:
                continue
            first = _decorated_from(node)
            if first < line:
                heads.append(rows_of_head(first, max(first, _head_end(node))))
            if inner.type in SEQUENCES and before is not None and _is_other_branch(node, inner):
                heads.append(rows_of_head(before.start_point[0] + 1, inner.start_point[0] + 1))
        return heads

    @cached_property
    def dead(self) -> list[Dead]:
        """What never runs."""
        return [*self._after_leaving(), *self._under_constants(), *self._excluded()]

    def _path(self, line: int) -> Iterator[tuple[Node, Node | None]]:
        """The nodes around a line's first word, outermost first without the root, each with what stands before it."""
        tree = parse(self._grammar, self._source)
        if tree is None or not 0 < line <= len(self._line_starts):
            return
        start = self._line_starts[line - 1]
        end = self._source.find(b"\n", start)
        text = self._source[start : end if end >= 0 else len(self._source)]
        begin = start + len(text) - len(text.lstrip())
        cursor = tree.walk()
        while cursor.goto_first_child_for_byte(begin) is not None:
            child = cursor.node
            if child is None or child.start_byte > begin:
                return
            yield child, child.prev_sibling if child.type in SEQUENCES else None

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer(rb"\n", self._source))]

    def _matches(self, query: str) -> Iterator[dict[str, list[Node]]]:
        from tree_sitter import QueryCursor

        tree = parse(self._grammar, self._source) if query else None
        if tree is not None:
            for _, captures in QueryCursor(query_of(self._grammar, query)).matches(tree.root_node):
                yield captures

    def _after_leaving(self) -> Iterator[Dead]:
        has_macros = self._grammar.language in ("c", "cpp")
        around: dict[int, Node] = {}
        leaving: set[int] = set()
        for captures in self._matches(self._grammar.leaves):
            leaving.update(node.id for node in captures.get("leave", ()))
            around.update((node.id, node) for node in captures.get("around", ()))
        for node in around.values():
            if node.type != "ERROR":
                yield from _after(node, leaving, has_macros=has_macros)

    def _under_constants(self) -> Iterator[Dead]:
        for captures in self._matches(self._grammar.branches):
            condition, branch = captures["condition"][0], captures["branch"][0]
            if condition.end_byte - condition.start_byte > _LONGEST_CONDITION:
                continue
            text = text_of(condition).strip()
            if is_never(text, is_zero_false=self._grammar.is_zero_false):
                for held in _held(branch):
                    yield Dead(held, "stands under a condition that is never true")
            elif is_always(text, is_one_true=self._grammar.is_zero_false):
                for other in branch.children_by_field_name("alternative"):
                    yield Dead(_rows(other, other), "stands under the other branch of a condition that is always true")

    def _excluded(self) -> Iterator[Dead]:
        reach = 0
        for captures in self._matches(self._grammar.excluded):
            attribute, whole = captures["excluded"][0], captures.get("file")
            if attribute.start_byte < reach:
                continue
            last = whole[0] if whole else attribute
            for _ in range(0 if whole else _MOST_DECORATIONS):
                last = last.next_named_sibling or last
                if last.type not in _DECORATIONS and last.type not in COMMENTS:
                    break
            reach = last.end_byte
            yield Dead(_rows(attribute, last), f"stands under `{text_of(attribute)}`")


def _rows(first: Node, last: Node) -> Lines:
    """The lines of these nodes and of all between them."""
    row, column = last.end_point
    return Lines(first.start_point[0] + 1, row + (column > 0))


def _decorated_from(node: Node) -> int:
    """The line on which a node begins, or what decorates it."""
    first = node
    for _ in range(_MOST_DECORATIONS):
        before = first.prev_named_sibling
        if before is None or before.type not in _DECORATIONS:
            break
        first = before
    return first.start_point[0] + 1


def _head_end(node: Node) -> int:
    """The last line of a node's head, counted from 1: that on which what it holds begins, or the line before."""
    for name in ("body", "consequence", "value", "right"):
        held = node.child_by_field_name(name)
        if held is not None:
            break
    else:
        held = next((child for child in node.children if child.type in SEQUENCES), None)
    if held is None:
        condition = node.child_by_field_name("condition")
        return condition.end_point[0] + 1 if condition is not None else node.start_point[0] + 1
    before = held.prev_sibling
    opens = held.child(0) if held.child_count else None
    is_bracket = opens is not None and not opens.is_named and opens.end_byte - opens.start_byte == 1
    return held.start_point[0] + 1 if is_bracket or before is None else before.end_point[0] + 1


def _is_other_branch(node: Node, inner: Node) -> bool:
    """Whether a node holds something else before this."""
    for name in ("body", "consequence"):
        held = node.child_by_field_name(name)
        if held is not None:
            return held.id != inner.id
    return False


def _after(around: Node, leaving: set[int], *, has_macros: bool) -> Iterator[Dead]:
    """What stands behind a statement that leaves, until something that runs again or the end of these statements."""
    word, left_at, first, last, is_sure = "", 0, 0, 0, True
    for child in around.children:
        if word and (
            child.type in COMMENTS or child.type in _HOISTED or (has_macros and _MACRO.fullmatch(child.text or b""))
        ):
            continue
        if word and (child.type not in _SLIPS) and (not child.is_named or _runs_again(child)):
            if first:
                yield Dead(Lines(first, last), f"stands after {word}")
            word, first = "", 0
        elif word and child.is_named and child.start_point[0] + 1 > left_at:
            first = first or child.start_point[0] + 1
            last = child.end_point[0] + (child.end_point[1] > 0)
        elif child.id in leaving and is_sure:
            word, left_at = _word_of(child), child.end_point[0] + 1
        is_sure = not child.has_error  # what the parser did not understand may be a condition
    if word and first:
        yield Dead(Lines(first, last), f"stands after {word}")


def _runs_again(node: Node) -> bool:
    kind = node.type
    return kind in _LIVE_AGAIN or kind.startswith("preproc") or kind.endswith(("_clause", "_case", "case_item"))


def _word_of(node: Node) -> str:
    return (re.match(r"[\w.:!]+", text_of(node, 40).strip()) or [""])[0] or "what leaves"


def _held(branch: Node) -> Iterator[Lines]:
    """The lines under a branch's condition, its first branch alone."""
    fields = (branch.child_by_field_name(name) for name in ("consequence", "body", "right"))
    held = next((node for node in fields if node is not None), None)
    if held is not None:
        inside = held.named_children if held.type in SEQUENCES else [held]
    else:
        condition = branch.child_by_field_name("condition")
        inside = [
            child
            for child in branch.named_children
            if condition is not None and child.start_byte > condition.end_byte and not _runs_again(child)
        ]
    if inside:
        yield _rows(inside[0], inside[-1])
