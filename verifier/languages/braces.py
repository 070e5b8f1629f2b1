"""Languages with braces that have no grammar here: what a keyword before a name begins ends with its brace."""

from __future__ import annotations

import re
from bisect import bisect_right

from verifier.languages.line_kinds import kinds_of, mask, to_bytes
from verifier.languages.marks import (
    DOUBLE,
    HASH,
    SHELL_HASH,
    SINGLE,
    SLASH_STAR,
    SLASHES,
    TRIPLE_DOUBLE,
    Marks,
    scanner,
)
from verifier.languages.outlines import Heading
from verifier.languages.readers import TextReader
from verifier.languages.source_text import Definition, SourceText

_SLASHED = Marks(comments=(SLASHES, SLASH_STAR), strings=(TRIPLE_DOUBLE, DOUBLE, SINGLE))
_POD = r"^=(?:pod|head\d|over|item|begin|for|encoding)\b.*?(?:^=cut\b[^\n]*+|\Z)"
MARKS = {
    "php": Marks(comments=(SLASHES, r"#(?!\[)[^\n]*+", SLASH_STAR), strings=(DOUBLE, SINGLE)),
    "csharp": Marks(
        comments=(SLASHES, SLASH_STAR), strings=(TRIPLE_DOUBLE, r'@\$?"[^"]*+(?:""[^"]*+)*+"?', DOUBLE, SINGLE)
    ),
    "perl": Marks(comments=(_POD, r"^__(?:END|DATA)__\r?$.*", SHELL_HASH), strings=(DOUBLE, SINGLE)),
    "graphql": Marks(
        comments=(HASH,), docstrings=(r'^[ \t]*"""\r?$.*?(?:"""|\Z)', r'^[ \t]*"""[^\n]*?"""'), strings=(DOUBLE,)
    ),
    "hcl": Marks(comments=(HASH, SLASHES, SLASH_STAR), strings=(DOUBLE,)),
    "zig": Marks(comments=(SLASHES,), strings=(DOUBLE, SINGLE)),
}
_NAME = rb"(?P<name>[A-Za-z_\x80-\xff][\w\x80-\xff]*)"
_TYPES = (
    rb"\b(?:class|interface|trait|enum|struct|record|object|protocol|extension|contract|library|message|service"
    rb"|namespace|module"
    rb"|mixin|actor|input|model|union)\s+"
)
_FUNCTIONS = {
    "perl": rb"\bsub\s+",
    "kotlin": rb"\bfun\s+(?:<[^>\n]{0,80}>\s*)?(?:\w+\.)?",
    "swift": rb"\bfunc\s+",
    "scala": rb"\bdef\s+",
    "groovy": rb"\bdef\s+(?=\w+\s*\()",
    "zig": rb"\bfn\s+",
    "protobuf": rb"\brpc\s+",
    "php": rb"\bfunction\s+&?",
    "solidity": rb"\b(?:function|modifier|event)\s+",
    "csharp": rb"\b(?:public|private|protected|internal)\s+(?:(?:static|async|virtual|override|sealed|partial"
    rb"|abstract)\s+)*"
    rb"[\w<>\[\],.?]{1,80}\s+(?=\w+\s*(?:<[^>\n]{0,80}>\s*)?\()",
}
_BLOCKS = rb"^(?:resource|data|module|variable|output|provider|locals)\s+(?:\"[\w-]+\"\s+)?\"(?P<block>[\w-]+)\""
_IMPORT = re.compile(
    rb"^[ \t]*+(?:import|use|using|require(?:_once)?|include(?:_once)?)\b[\s(]*(?:static\s+"
    rb"|function\s+)?[\"']?([\w.\\/:*-]{1,200})",
    re.MULTILINE,
)


def _read(language: str, text: str) -> SourceText:
    """Read a whole file."""
    source = to_bytes(text)
    marks = MARKS.get(language, _SLASHED)
    masked = mask(source, marks.ranges(source))
    imports = dict.fromkeys(found.decode("utf-8", "replace") for found in _IMPORT.findall(masked))
    return SourceText(language, kinds_of(masked), _definitions(language, masked, marks), tuple(imports))


def _definitions(language: str, masked: bytes, marks: Marks) -> tuple[Definition, ...]:
    patterns = [_TYPES + _NAME]
    if language in _FUNCTIONS:
        patterns.insert(0, _FUNCTIONS[language] + rb"(?P<function>[A-Za-z_\x80-\xff][\w\x80-\xff]*)")
    if language == "hcl":
        patterns = [_BLOCKS]
    openings = _openings(masked, marks)
    starts = [0, *(match.end() for match in re.finditer(rb"\n", masked))]
    opened = [position for position, _, _ in openings]
    found: list[tuple[Heading, int, int]] = []
    for match in re.finditer(b"|".join(patterns), masked, re.MULTILINE):
        group = match.lastgroup or "name"
        kind = {"function": "function", "block": "section"}.get(group, "class")
        index = bisect_right(opened, match.end() - 1)
        end = match.end()
        if index < len(openings) and openings[index][2]:
            end = openings[index][1]
        name = match[group].decode("utf-8", "replace")
        found.append((Heading(name, bisect_right(starts, match.start(group)), 1, kind), match.start(), end))
    return _nested(found, starts)


def _openings(masked: bytes, marks: Marks) -> list[tuple[int, int, bool]]:
    """Braces and semicolons in order: where each stands, where what it opens ends, whether it is a brace."""
    pattern = scanner(marks, r"(?P<open>\{)", r"(?P<close>\})", r"(?P<stop>;)")
    assert pattern is not None
    found: list[tuple[int, int, bool]] = []
    around: list[int] = []
    for match in pattern.finditer(masked):
        if match.lastgroup == "open":
            around.append(len(found))
            found.append((match.start(), len(masked), True))
        elif match.lastgroup == "stop":
            found.append((match.start(), match.end(), False))
        elif match.lastgroup == "close" and around:
            index = around.pop()
            found[index] = (found[index][0], match.end(), True)
    return found


def _nested(found: list[tuple[Heading, int, int]], starts: list[int]) -> tuple[Definition, ...]:
    definitions: list[Definition] = []
    around: list[tuple[int, Definition]] = []
    for heading, start, end in found:
        while around and around[-1][0] <= start:
            around.pop()
        outer = around[-1][1] if around else None
        kind = "method" if heading.kind == "function" and outer and outer.kind == "class" else heading.kind
        qualified = f"{outer.qualified}.{heading.name}"[-500:] if outer else heading.name
        first = bisect_right(starts, start)
        last = max(bisect_right(starts, max(end - 1, start)), heading.line)
        definitions.append(Definition(heading.name, qualified, kind, first, last, heading.line))
        around.append((end, definitions[-1]))
    return tuple(definitions)


READER = TextReader(_read, MARKS, _SLASHED, bracketed=None)
