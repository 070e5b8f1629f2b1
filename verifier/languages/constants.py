"""Names that a file gives a value once and for all, and where.

Constants and fields of modules and classes, defaults of parameters, keys of settings. What the body of a function
assigns is none of these, save a literal that it keeps in its object (`self.limit = 3`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from verifier.languages.outline import Definition, FileKind
from verifier.languages.structure import Function, closing
from verifier.system.patterns import pattern
from verifier.values.source import Lines

_LONGEST_LINE = 1000
_LONGEST_VALUE = 12
"""Lines of a value that are shown."""
_LONGEST_NAME = 100
_TAKES = pattern(r"\b(?:class|record|struct|object)\s+\w+[^(]*\(")
"""A class that takes parameters as a function does."""
_BRACKETS = frozenset("(){}")


def constants(
    raw: Sequence[str],
    code: Sequence[str],
    definitions: Sequence[Definition],
    functions: Sequence[Function],
    kind: FileKind,
) -> Mapping[str, tuple[Lines, ...]]:
    """Each name with the lines that give it a value. `raw` are the lines as they are, `code` those without strings."""
    found: dict[str, set[Lines]] = {}
    inside = _flags([function.body for function in functions], len(code))
    defaults = _flags([function.signature for function in functions], len(code))
    depth = 0
    for line, text in enumerate(code, 1):
        if not text.strip():
            continue
        names = _kept(text) if inside[line] else _given(raw[line - 1][:_LONGEST_LINE], text[:_LONGEST_LINE], kind)
        for name in names:
            found.setdefault(name, set()).add(Lines(line, _value_end(code, line)))
        depth = depth if defaults[line] else 0
        if defaults[line]:
            for default in _defaults(raw[line - 1][:_LONGEST_LINE], is_inside=depth > 0):
                found.setdefault(default, set()).add(Lines(line, line))
            depth += text.count("(") - text.count(")")
    seen = {(name, place.first) for name, places in found.items() for place in places}
    for each in definitions:
        if each.kind in ("constant", "section") and each.last_line - each.signature_line < _LONGEST_VALUE:
            if kind is FileKind.PROSE:
                continue
            if (each.name, each.signature_line) not in seen:
                found.setdefault(each.name, set()).add(Lines(each.signature_line, each.last_line))
    return {name: tuple(sorted(places, key=_first_and_last)) for name, places in found.items()}


def _first_and_last(lines: Lines) -> tuple[int, int]:
    return lines.first, lines.last


def _given(raw: str, code: str, kind: FileKind) -> Iterator[str]:
    """The names that a line outside of functions gives a value."""
    if kind is FileKind.PROSE or raw.lstrip().startswith("<"):
        return
    if assigned := _assigned(code):
        yield assigned
    elif _TAKES.search(code):
        yield from _defaults(raw, is_inside=False)
    if form := _FORMS.match(code):
        yield form[form.lastgroup or 0]
    if "define(" in raw and (quoted := _QUOTED.match(raw)):
        yield quoted["name"]
    if ":" not in raw and "=" not in raw and ";" not in raw:
        return
    key = (_KEY if kind is FileKind.CONFIG else _KEY_OF_LITERAL).match(raw)
    if key:
        yield key["name"]
        if "." in key["name"]:
            yield key["name"].rpartition(".")[2]


def _assigned(code: str) -> str | None:
    """The name before the first sign of assignment of a line, and before its type."""
    sign = _ASSIGNS.search(code)
    left = code[: sign.start()].rstrip(" \t:?+-*/|&.").rpartition("{")[2] if sign else ""
    left = _ANNOTATION.sub("", left) if left[:1] in "@ \t" else left
    if not left or not _BRACKETS.isdisjoint(left):
        return None
    typed = _TYPED.search(left)
    name = _NAME_LAST.search((left[: typed.start()] if typed and typed.start() else left).rstrip()[-_LONGEST_NAME:])
    return name[1] if name else None


def _kept(code: str) -> Iterator[str]:
    """The names that a line of a function's body keeps a literal under in its object."""
    if match := _OF_OBJECT.match(code[:_LONGEST_LINE]):
        yield match["name"]


def _defaults(raw: str, *, is_inside: bool) -> Iterator[str]:
    """The names that a line of a signature gives a default; it may begin inside the brackets."""
    depth, at = int(is_inside), 0
    for match in _DEFAULT.finditer(raw):
        depth += raw.count("(", at, match.start()) - raw.count(")", at, match.start())
        at = match.start()
        if depth > 0:
            yield match[1] or match[2]


def _flags(ranges: Sequence[Lines], count: int) -> bytearray:
    """For each line, from 1, whether one of the ranges has it."""
    flags = bytearray(count + 2)
    reach = 0
    for lines in sorted(ranges):
        first, last = max(lines.first, reach + 1), min(lines.last, count)
        if last >= first:
            flags[first : last + 1] = b"\x01" * (last - first + 1)
            reach = last
    return flags


def _value_end(code: Sequence[str], line: int) -> int:
    sign = _ASSIGNS.search(code[line - 1][:_LONGEST_LINE])
    return closing(code, line, line + _LONGEST_VALUE - 1, column=sign.start() if sign else 0)


_ASSIGNS = pattern(r"(?<![=<>!~])(?:=(?![=>~])|<-)")
_ANNOTATION = pattern(r"@\w++(?:\([^()]*+\))?")
_NAME_LAST = pattern(r"([^\W\d][\w$-]*)[\"'\]]*$")
_TYPED = pattern(r"(?<!:):(?![:=])")
_LITERAL = r"(?:[-+]?\.?\d|[\"'`\[{]|(?i:true|false|null|nil|none)\b|[A-Z][A-Z0-9_]+\b)"
_OF_OBJECT = pattern(rf"\s*(?:self\.|this\.|this->|@|\$this->)(?P<name>[^\W\d]\w*)\s*(?::[^=]{{1,60}})?=\s*{_LITERAL}")
_FORMS = pattern(
    "|".join(
        form.replace("<name>", f"<name{number}>")
        for number, form in enumerate(
            (
                r"[^=({]*?(?P<name>\w+)\s*\{[^{}=]*\}\s*=\s*\S",
                r"\s*#\s*define\s+(?P<name>\w+)\s+\S",
                r"\s*(?:ENV|ARG)\s+(?P<name>\w+)[\s=]",
                r"\s*@(?P<name>[a-z_]\w*)\s+[^\s(]",
                r"\s*-define\((?P<name>\w+)\s*[,(]",
                r"\s*\((?:def|defonce|defvar|defparameter|defconst|defcustom|define)\s+(?:\^\S+\s+)?(?P<name>[^\s()]+)\s+\S",
                r"\s*set(?:\s*\(\s*|\s+(?:-\w+\s+)*)(?P<name>[^\W\d]\w*)[\s)]",
                r"\s*use\s+constant\s+(?P<name>\w+)\s*=>",
                r"\s*[\"`\[]?(?P<name>\w+)[\"`\]]?\s+\w.*?(?i:\bdefault\b|@default\()",
                r"\s*(?P<name>[A-Z][A-Z0-9_]+)\s*\(.*\)\s*(?:[,;{]|$)",
                r"\s*(?P<name>[A-Za-z_]\w*)\s+(?i:equ)\s",
                r"\s*\.(?:equ|set)\s+(?P<name>\w+)\s*,",
            )
        )
    )
)
_QUOTED = pattern(r"\s*define\(\s*[\"'](?P<name>\w+)[\"']\s*,")
_KEY = pattern(r"\s*(?:-\s+)?[\"']?(?P<name>[\w.@/-]+)[\"']?\s*(?:[:=]|\s(?=[^\s{]+.*;$))\s*\S")
_KEY_OF_LITERAL = pattern(rf"\s*(?:[\"']|--|\$|@)?(?P<name>[\w.-]+)[\"']?\s*(?::|=>)\s*(?:{_LITERAL}|\#[0-9a-fA-F])")
_DEFAULT = pattern(
    r"(?:(?<=[(,\s*$@])|^)([^\W\d]\w*)\s*(?::\s*[^,()=]{1,80}?)?\s*(?:=(?![=>])|\\\\)\s*\S"
    r"|(?<=[(,\s])([^\W\d]\w*):\s*(?:-?\d|[\"']|true\b|false\b|nil\b)"
)
