"""Make a stub of a definition: its body gone, its signature kept, its file as it was around it.

Where a body begins is tried out rather than parsed: of the places where one may, the first counts from which on the
file, read again, has the same definitions and a stub in this one's place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifier.languages import Definition, read_source
from verifier.languages.table import language_of

_NOT_IMPLEMENTED = '("not implemented")'
_THROWN = f"throw new UnsupportedOperationException{_NOT_IMPLEMENTED};"
_ERROR = f"throw new Error{_NOT_IMPLEMENTED};"
_ASSERTED = 'assert(!"not implemented");'
STUBS = {
    "python": "raise NotImplementedError",
    "javascript": _ERROR,
    "typescript": _ERROR,
    "tsx": _ERROR,
    "go": f"panic{_NOT_IMPLEMENTED}",
    "rust": "unimplemented!()",
    "java": _THROWN,
    "c": _ASSERTED,
    "cpp": _ASSERTED,
    "objective-c": _ASSERTED,
    "ruby": "raise NotImplementedError",
    "shell": "return 1  # TODO: not implemented",
    "php": f"throw new \\Exception{_NOT_IMPLEMENTED};",
    "csharp": "throw new NotImplementedException();",
    "kotlin": f"TODO{_NOT_IMPLEMENTED}",
    "swift": f"fatalError{_NOT_IMPLEMENTED}",
    "scala": "???",
    "dart": f"throw UnimplementedError{_NOT_IMPLEMENTED};",
    "groovy": _THROWN,
    "perl": 'die "not implemented";',
    "solidity": f"revert{_NOT_IMPLEMENTED};",
    "zig": f"@panic{_NOT_IMPLEMENTED};",
}
"""The statement of a body that is still to be written, by language."""

_MOST_TRIED = 40
_INDENT = "    "


def stubbed(path: str, text: str, definition: Definition) -> str | None:
    """The text with a stub in a function's place. None where none can be made that reads as one."""
    language = language_of(path, text[:300]).name
    if language not in STUBS:
        return None
    kept = _names(path, text, definition)
    tried = _written(language, text, definition)
    for candidate, _ in zip(tried, range(_MOST_TRIED), strict=False):
        if _names(path, candidate, definition) == kept and _is_stub(path, candidate, definition):
            return candidate
    return None


def _written(language: str, text: str, definition: Definition) -> Iterator[str]:
    """The text with the body away, from each place on where it may begin."""
    lines = [f"{line}\n" for line in text.split("\n")]
    first, last = definition.signature_line - 1, definition.last_line
    head, own, rest = ("".join(some) for some in (lines[:first], lines[first:last], lines[last:]))
    rest = rest.removesuffix("\n")
    indent = own[: len(own) - len(own.lstrip())]
    stub = f"\n{indent}{_INDENT}{STUBS[language]}\n"
    if language == "python":
        for opening in (r":[ \t]*\r?\n", ":"):
            for found in re.finditer(opening, own):
                yield f"{head}{own[: found.start() + 1]}{stub}{rest}"
    elif language == "ruby":
        for found in re.finditer("\n", own):
            yield f"{head}{own[: found.start()]}{stub}{indent}end\n{rest}"
    else:
        for found in re.finditer(r"\{", own):
            behind = own[found.start() :]
            around = max(0, behind.count("}") - behind.count("{"))  # what its lines close beside its own body
            closed = "}".join(own.rsplit("}", around + 1)[1:]) or "\n"
            yield f"{head}{own[: found.end()]}{stub}{indent}}}{closed}{rest}"
        for found in re.finditer("=>", own):
            yield f"{head}{own[: found.end()]} {{{stub}{indent}}};\n{rest}"


def _names(path: str, text: str, definition: Definition) -> list[tuple[str, str]]:
    """What the file defines, but what stands inside this definition, in its order."""
    inside = f"{definition.qualified}."
    found = read_source(path, text).definitions
    return [(each.qualified, each.kind) for each in found if not each.qualified.startswith(inside)]


def _is_stub(path: str, text: str, definition: Definition) -> bool:
    found = read_source(path, text).definitions
    here = (each for each in found if each.signature_line == definition.signature_line)
    return any((each.stub or each.declaration) and each.qualified == definition.qualified for each in here)
