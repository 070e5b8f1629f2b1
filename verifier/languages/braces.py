"""Languages with braces that have no grammar here."""

from __future__ import annotations

import re

from verifier.languages.brace_definitions import definitions_in
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
)
from verifier.languages.outline import Outline
from verifier.languages.readers import TextReader

_SLASHED = Marks(comments=(SLASHES, SLASH_STAR), strings=(TRIPLE_DOUBLE, DOUBLE, SINGLE))
_POD = r"^=(?:pod|head\d|over|item|begin|for|encoding)\b.*?(?:^=cut\b[^\n]*+|\Z)"
_HEREDOC = r"%s~?(?P<quoted>[\"']?)(?P<heredoc>[A-Za-z_]\w*)(?P=quoted)[^\n]*\n.*?(?:^[ \t]*(?P=heredoc)\b|\Z)"
_GROUPS = r"\{[^{}]*+(?:\{[^{}]*+\}[^{}]*+)*+\}|\[[^\[\]]*+\]|\([^()]*+(?:\([^()]*+\)[^()]*+)*+\)"
_QUOTES = (
    rf"(?<![\w$@%&>{{-])(?:q[qwrx]?|m)\s*(?:{_GROUPS}|/[^/\n]*+/|\|[^|\n]*+\||![^!\n]*+!)",
    rf"(?<![\w$@%&>{{-])(?:s|tr|y)(?:(?:{_GROUPS})\s*(?:{_GROUPS})|/(?:[^/\\\n]|\\.)*+/(?:[^/\\\n]|\\.)*+/)",
    r"(?<=~ )/(?:[^/\\\n]|\\.)++/|(?<=\()/(?:[^/\\\n]|\\.)++/|(?<=split )/(?:[^/\\\n]|\\.)++/",
)
"""How Perl quotes with marks of its own choice."""
MARKS = {
    "php": Marks(comments=(SLASHES, r"#(?!\[)[^\n]*+", SLASH_STAR), strings=(_HEREDOC % "<<<[ \t]*", DOUBLE, SINGLE)),
    "csharp": Marks(
        comments=(SLASHES, SLASH_STAR), strings=(TRIPLE_DOUBLE, r'@\$?"[^"]*+(?:""[^"]*+)*+"?', DOUBLE, SINGLE)
    ),
    "perl": Marks(
        comments=(_POD, r"^__(?:END|DATA)__\r?$.*", SHELL_HASH),
        strings=(_HEREDOC % "<<[ \t]*", *_QUOTES, DOUBLE, SINGLE),
    ),
    "graphql": Marks(
        comments=(HASH,), docstrings=(r'^[ \t]*"""\r?$.*?(?:"""|\Z)', r'^[ \t]*"""[^\n]*?"""'), strings=(DOUBLE,)
    ),
    "hcl": Marks(comments=(HASH, SLASHES, SLASH_STAR), strings=(DOUBLE,)),
    "zig": Marks(comments=(SLASHES,), strings=(DOUBLE, SINGLE)),
    **dict.fromkeys(
        ("kotlin", "swift", "scala", "dart"),
        Marks(comments=(SLASHES,), nested=(r"/\*", r"\*/"), strings=(TRIPLE_DOUBLE, DOUBLE, SINGLE)),
    ),
}
_IMPORT = re.compile(
    rb"^[ \t]*+(?:import|use|using|require(?:_once)?|include(?:_once)?)\b[\s(]*(?:static\s+"
    rb"|function\s+)?[\"']?([\w.\\/:*-]{1,200})",
    re.MULTILINE,
)


def _read(language: str, text: str) -> Outline:
    """Read a whole file."""
    source = to_bytes(text)
    marks = MARKS.get(language, _SLASHED)
    prose = list(marks.ranges(source))
    masked = mask(source, prose)
    imports = dict.fromkeys(found.decode("utf-8", "replace") for found in _IMPORT.findall(masked))
    definitions = definitions_in(language, source, masked, marks)
    return Outline(language, kinds_of(masked), definitions, tuple(imports))


READER = TextReader(_read, MARKS, _SLASHED, bracketed=None)
