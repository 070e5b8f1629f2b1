"""From what a reader found in a file to its definitions: which stands in which, which is a stub or only declared."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from verifier.languages.outline import QUALIFIED_CHARS, Definition
from verifier.languages.stub_words import CONSTRUCTORS
from verifier.languages.stubs import Body, Owner, Role, is_declaration, why_class_stub, why_stub
from verifier.system.patterns import pattern

FUNCTIONS = ("function", "method")
_BEFORE_BASES = frozenset(["extends", "implements", "with", "where", "by", "public", "private", "protected", "virtual"])
_IN_BRACKETS = pattern(r"<[^<>]*>|\([^()]*\)")


@dataclass(eq=False)
class Found:
    """A definition as it was found, before it is known what stands around it. Readers say the rest of it in theirs."""

    kind: str
    """That of a definition, or "scope", which lends its name and is none itself."""
    name: str
    start: int
    end: int
    first_line: int
    last_line: int
    signature_line: int
    qualifier: str = ""
    """A name that stands before it though it is not around it."""
    around: Found | None = None
    inside: list[Found] = field(default_factory=list)
    qualified: str = ""
    stub: str | None = None
    works: bool = False
    """Of a class whether it, or one inside it, has a method that is built."""
    owner: Owner | None = None
    """Of a class, what it is to its methods."""

    @property
    def owns(self) -> bool:
        """Whether functions in it are methods."""
        return self.kind in ("class", "scope", "type")

    def as_owner(self) -> Owner:
        """What a class or type is to its methods."""
        return Owner(self.name)

    def role(self, owner: Owner | None) -> Role:
        """What a function's surroundings say of it."""
        return Role(self.name, owner=owner)

    def body(self) -> Body | None:
        """Its statements, without definitions inside it; None where it has no body, or one too long for a stub."""
        return None

    def is_bare(self) -> bool:
        """Whether its language lets such a function stand without a body, and it has none."""
        return False


def definitions_of(found: Sequence[Found], *, is_interface: bool = False) -> tuple[Definition, ...]:
    """Definitions in the order of the file, which is that of `found`. In an interface file all is only declared.

    A class is known to hold its methods, and to have heirs in the file, before anything is called a stub.
    """
    _nest(found)
    for each in found:
        each.owner = each.as_owner() if each.owns else None
    bases = frozenset(base for each in found if each.owner for base in each.owner.bases)
    for each in found:
        if each.owner and each.owner.name in bases:
            each.owner = replace(each.owner, is_base=True)
    made = []
    for each in reversed(found):  # what stands inside comes first
        is_declared = False
        if each.kind in FUNCTIONS:
            is_declared = is_interface or each.is_bare() or _judge(each)
        elif each.kind == "class" and not is_interface:
            _judge_class(each)
        if each.kind != "scope":
            made.append(
                Definition(
                    each.name.rpartition(".")[2],
                    each.qualified,
                    each.kind,
                    each.first_line,
                    each.last_line,
                    each.signature_line,
                    each.stub,
                    is_declared,
                )
            )
    return tuple(reversed(made))


def bases_in(head: str) -> tuple[str, ...]:
    """The last words of what a class derives from, as its head lists it."""
    words = re.findall(r"[\w.$]+", _IN_BRACKETS.sub("", head))
    return tuple(word.rpartition(".")[2] for word in words if word not in _BEFORE_BASES)


def _nest(found: Sequence[Found]) -> None:
    around: list[Found] = []
    for each in found:
        while around and around[-1].end <= each.start:
            around.pop()
        names = [each.qualifier, each.name] if each.qualifier else [each.name]
        if around:
            each.around = around[-1]
            each.around.inside.append(each)
            names.insert(0, each.around.qualified)
        if each.kind == "function" and ("." in each.name or (each.around and each.around.owns)):
            each.kind = "method"
        each.qualified = ".".join(names)[-QUALIFIED_CHARS:]
        around.append(each)


def _judge(function: Found) -> bool:
    """Say whether a function is a stub; what comes back is whether it is only declared."""
    body = function.body()
    if body is None:
        return False
    around = function.around
    role = function.role(around.owner if around else None)
    if around and around.kind in FUNCTIONS:
        role = replace(role, is_nested=True)
    function.stub = why_stub(role, body)
    return function.stub is None and is_declaration(role, body)


def _judge_class(one: Found) -> None:
    methods = [(inner.name, inner.stub) for inner in one.inside if inner.kind == "method"]
    one.works = any(inner.works or _is_built(inner) for inner in one.inside)
    holds_classes = any(inner.owner for inner in one.inside)
    if one.owner is None or one.works or (holds_classes and not methods):
        return
    one.stub = why_class_stub(one.owner, one.body(), methods)


def _is_built(inner: Found) -> bool:
    return inner.kind == "method" and not inner.stub and inner.name not in CONSTRUCTORS
