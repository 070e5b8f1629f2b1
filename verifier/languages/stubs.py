"""Tell a definition that is built from one that is only named.

A function is a stub when nothing of what it does depends on anything: it raises "not implemented", is empty, returns
a constant, prints and returns a constant, sleeps and returns a constant, or holds a TODO among such statements. Much
good code looks just so: a no-op hook, an accessor, an abstract method, a null object. So what is said of a body is
weighed with the role that the function has:

- Raising "not implemented", a TODO beside trivial statements, and pretended work (a constant sleep) are stubs under
  any name, save where the definition is abstract: an interface, a protocol, an `@abstractmethod`, a base class by its
  name or by having heirs in the same file.
- An empty body is a stub, save constructors and special methods, hooks of a class (`close`, `on_start`), `noop` and
  its like, what a framework's decorator fills (`@click.group()`), a function inside a function, a method of a class
  that derives from another where the name promises no work, a null object (`NullCache`), and a body that says it is
  empty on purpose where the name promises none.
- A constant is a stub where the name promises work (`validate_token`) or parameters are ignored (`is_valid(token)`),
  save properties, special methods, and methods of a derived class whose name promises no work. `version()`,
  `is_async()` and `get_timeout()` answer a question, and a constant may be the answer; a plural such as `get_users()`
  that is always empty is a stub.
- Only printing or logging is a stub where the name promises work other than printing (`send_email`, not `usage`).
- A class is a stub when all its methods are, constructors set aside, or when it is empty and derives from nothing, save
  exceptions, markers and what a decorator fills.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from verifier.languages import stub_words as words
from verifier.languages.identifiers import split_identifier
from verifier.system.patterns import pattern


@dataclass(frozen=True)
class Owner:
    """The class, trait or interface that a method belongs to."""

    name: str
    bases: tuple[str, ...] = ()
    """Last words of what it derives from or implements."""
    abstract: bool = False
    """Whether nobody expects its methods to do anything: an interface, a protocol."""
    decorated: bool = False
    is_base: bool = False
    """Whether another class of the same file derives from it."""


@dataclass(frozen=True)
class Role:
    """What a function's surroundings say of it."""

    name: str
    takes_input: bool = False
    """Whether it has parameters of its own; the object itself and those marked as unused are none."""
    owner: Owner | None = None
    derives: bool = False
    """Whether it answers to an interface that is declared elsewhere."""
    is_nested: bool = False
    """Whether it is defined inside another function."""
    marks: frozenset[str] = frozenset()
    """Words of its decorators, attributes and modifiers."""


@dataclass(frozen=True)
class Body:
    """A body's statements as text, its comments and its docstring."""

    statements: tuple[str, ...]
    comments: tuple[str, ...] = ()
    docstring: str = ""


def why_stub(role: Role, body: Body) -> str | None:
    """Why a function is a stub, in few words. None when it is none."""
    traits = None if _is_abstract(role) else _traits(body.statements)
    if traits is None:
        return None
    if traits.unfinished:
        return None if role.owner and _is_meant_as_base(role.owner) else "only says that it is not implemented"
    if words.UNFINISHED_NOTE.search("\n".join(body.comments)) or words.UNFINISHED_DOCSTRING.search(body.docstring):
        return None if _is_to_do_nothing(role) else "only a note that it is unfinished"
    if traits.sleeps:
        if words.WAITING & set(split_name(role.name)):
            return None
        return "only sleeps" if traits.value is None else "only sleeps and returns a constant"
    return None if _is_accepted(role, traits, body) else _why(traits)


def is_declaration(role: Role, body: Body) -> bool:
    """Whether a function is there to be built elsewhere: abstract, or refused by a class that is a base."""
    is_abstract = _is_abstract(role)
    if not (is_abstract or (role.owner and _is_meant_as_base(role.owner))):
        return False
    traits = _traits(body.statements)
    return traits is not None and traits.value is None and (is_abstract or traits.unfinished)


def why_class_stub(owner: Owner, body: Body | None, methods: Sequence[tuple[str, str | None]]) -> str | None:
    """Why a class is a stub. `methods` are names and why each is a stub; `body` is what else the class holds."""
    if owner.abstract or _is_meant_as_base(owner):
        return None
    working = [stub for name, stub in methods if name not in words.CONSTRUCTORS and name != owner.name]
    if body is None or _traits(body.statements) is None:
        return None
    if working:
        return "every method is a stub" if all(working) else None
    if methods or owner.bases or owner.decorated or words.MARKER_CLASS.search(owner.name):
        return None
    return "body is empty" if all(_EMPTY.fullmatch(statement) for statement in body.statements) else None


def split_name(name: str) -> list[str]:
    """The words of an identifier, in lower case: send, email of both `sendEmail` and `send_email`."""
    return [word.lower() for word in split_identifier(name) if word.isalpha()]


@dataclass(frozen=True)
class _Traits:
    """What a body of nothing but trivial statements does."""

    unfinished: bool = False
    sleeps: bool = False
    logs: bool = False
    value: str | None = None
    """The constant that is returned. None when nothing is."""


def _traits(statements: Iterable[str]) -> _Traits | None:
    """The traits of these statements; None when one of them does something."""
    unfinished = sleeps = logs = False
    value = None
    constants: set[str] = set()
    for statement in statements:
        text = _blank_strings(statement.strip())
        returned = _RETURN.fullmatch(text)
        if words.is_unfinished(statement, text):
            unfinished = True
        elif _EMPTY.fullmatch(text) or words.VACUOUS.fullmatch(text):
            continue
        elif _is_sleep(text):
            sleeps = True
        elif words.LOG.fullmatch(text) and not _MORE_THAN_LOG.search(text):
            logs = True
        elif returned and (returned["value"] in constants or _is_constant(returned["value"], statement)):
            value = returned["value"]
        elif (assigned := _ASSIGNMENT.fullmatch(text)) and _is_constant(assigned["value"], statement):
            constants.add(assigned["name"])
        elif _is_constant(text.rstrip(";"), statement):
            value = text
        elif not _DISCARD.fullmatch(text):
            return None
    return _Traits(unfinished, sleeps, logs, value)


def _is_accepted(role: Role, traits: _Traits, body: Body) -> bool:
    """Whether good code has such a function."""
    if _is_to_do_nothing(role):
        return True
    first = (split_name(role.name) or [""])[0]
    if traits.logs and (first in words.OUTPUT or not (_promises(role) or (traits.value and _ignores_input(role)))):
        return True
    if traits.value is None:
        return not traits.logs and _may_be_empty(role, body)
    return _may_be_constant(role, traits.value)


def _is_to_do_nothing(role: Role) -> bool:
    """Whether its name alone says that it may be trivial: a constructor, a special method, `noop`, a null object."""
    name, owner = role.name, role.owner
    if name in words.CONSTRUCTORS or words.SPECIAL.fullmatch(name) or name.lower().startswith("noop"):
        return True
    if owner and (name == owner.name or words.NULL_OBJECT.match(owner.name)):
        return True
    return bool(words.NOTHING & set(split_name(name)[:1]))


def _may_be_empty(role: Role, body: Body) -> bool:
    promises = _promises(role) or bool(role.marks & words.TEST_MARKS)
    if role.marks & words.FILLED_BY_DECORATOR:
        return True
    if not promises and (role.is_nested or (role.marks and body.statements == ("...",))):
        return True
    if (role.owner or role.derives) and (words.HOOK.match(_plain(role.name)) or (_derives(role) and not promises)):
        return True
    return not promises and bool(words.ON_PURPOSE.search("\n".join((*body.comments, body.docstring))))


def _may_be_constant(role: Role, value: str) -> bool:
    if role.marks & words.ACCESSOR_MARKS:
        return True
    name = split_name(role.name)
    if words.PREDICATES & set(name[:1]):
        return _derives(role) or not role.takes_input
    if _promises(role):
        return False
    if _derives(role) or (role.owner and words.HOOK.match(_plain(role.name))):
        return True
    if _NOTHING_IN_IT.fullmatch(value) and (_is_plural_accessor(name) or words.VERBS & set(name[:1])):
        return False
    return not _ignores_input(role)


def _is_plural_accessor(name: Sequence[str]) -> bool:
    return bool(words.ACCESSORS & set(name[:1])) and name[-1].endswith("s")


def _ignores_input(role: Role) -> bool:
    return role.takes_input and not _derives(role) and not words.MAIN & set(split_name(role.name)[:1])


def _promises(role: Role) -> bool:
    """Whether the name says that work is done: a verb first, and not the name of a thing (`build_number`)."""
    if words.SPECIAL.fullmatch(role.name):
        return False
    name = split_name(role.name)
    while len(name) > 1 and name[0] in words.LEADING:
        name = name[1:]
    if not name or name[0] not in words.VERBS:
        return False
    return len(name) == 1 or name[-1] not in words.THINGS or role.takes_input


def _derives(role: Role) -> bool:
    return role.derives or bool(role.owner and role.owner.bases) or "override" in {mark.lower() for mark in role.marks}


def _is_abstract(role: Role) -> bool:
    return bool(role.owner and role.owner.abstract) or bool(role.marks & words.ABSTRACT_MARKS)


def _is_meant_as_base(owner: Owner) -> bool:
    return owner.is_base or bool(words.BASE_CLASS.search(owner.name))


def _plain(name: str) -> str:
    return "_".join(split_name(name))


def _why(traits: _Traits) -> str:
    if traits.logs:
        return "only prints" if traits.value is None else "only prints and returns a constant"
    if traits.value is None:
        return "body is empty"
    return "only returns nothing" if traits.value in words.NO_VALUE else "only returns a constant"


def _is_sleep(text: str) -> bool:
    """Whether a statement waits for a time that nobody passes in."""
    if not words.SLEEP.search(text) or not re.search(r"\d", text):
        return False
    callees = set(re.findall(r"[^\W\d]\w*(?=\s*(?:[(.]|::|=>))", text))
    operands = set(re.findall(r"[^\W\d]\w*+(?!\s*(?:[(.]|::|=>))", text))
    return not (callees - words.SLEEP_CALLEES or operands - words.SLEEP_OPERANDS)


def _is_constant(value: str, statement: str) -> bool:
    """Whether a text is nothing but a small literal: not a table, not a page of text, nothing that is looked up."""
    if len(statement) > _CONSTANT_CHARS or not value:
        return False
    value = words.CONSTANT_CALL.sub("0", value)
    return bool(_CONSTANT.fullmatch(value)) and len(_LEAF.findall(value)) <= _CONSTANT_LEAVES


def _blank_strings(statement: str) -> str:
    """The statement with every string emptied, and a mark where something is put into one."""
    return _STRING.sub(_emptied, statement)


def _emptied(match: re.Match[str]) -> str:
    if "$(" in match[0] or (match[0][0] == '"' and "`" in match[0]):
        return '"$()"'
    return '"{x}"' if words.INTERPOLATED.search(match[0]) else '""'


_CONSTANT_CHARS = 200
_CONSTANT_LEAVES = 8
_STRING = pattern(
    r"""(?P<prefix>\b[rRuUbBfF]{1,2})?(?:\"{3}.*?\"{3}|'{3}.*?'{3}|"[^"\\]*+(?:\\.[^"\\]*+)*+"|'[^'\\]*+(?:\\.[^'\\]*+)*+'|`[^`]*+`)""",
    re.DOTALL,
)
_EMPTY = pattern(r"(?:pass|\.\.\.|;|:|\{\s*\}|return;?|super\(\)(?:\.__init__\(\))?;?)")
_RETURN = pattern(r"(?:return\b|exit\b)\s*(?P<value>.*?)\s*;?", re.DOTALL)
_ASSIGNMENT = pattern(
    r"(?:(?:let|const|var|final|auto|local|mut)\s+)*(?:[\w<>\[\]]+\s+)?(?P<name>[^\W\d]\w*)(?:\s*:\s*[\w\[\]<>, |.]+?)?"
    r"\s*:?=\s*(?P<value>[^=].*?);?",
    re.DOTALL,
)
_DISCARD = pattern(
    r"(?:\(void\)\s*\w+;?|(?:let\s+)?_\s*=\s*[\w, &]+;?|del\s+[\w, ]+|my\s+[($@%\w, )]+\s*=\s*(?:@_|shift);?)"
)
_MORE_THAN_LOG = pattern(
    r"\w\s*!?\((?:[^()]*\w\s*\()"  # a call among the arguments
    r"|\$\(|\bfile\s*=\s*(?!sys\.std)|^(?:echo|printf|print)\s.*(?:\||>\s*[^&\s])",
    re.DOTALL,
)
_LITERAL = r"-?\d[\w.]*|\"\"|true|false|True|False|None|nil|null|undefined|NULL|nullptr|\.\.\."
_LEAF = pattern(_LITERAL)
_CONSTANT = pattern(rf"(?:(?:{_LITERAL})(?!\w)|[\[\](){{}},\s]|[^\W\d]\w*\s*:(?!:)|:\w+|=>|:)++")
_NOTHING_IN_IT = pattern(r"[\[\](){}\s]+|None|nil|null|undefined|nullptr|NULL")
