"""Languages that are read by their marks of comments alone, data, and files of unknown kind.

Nothing in them is found by name."""

from __future__ import annotations

from verifier.languages.marks import (
    ANGLE,
    CHARACTER,
    DASHES,
    DOUBLE,
    HASH,
    HASH_AT_START,
    LONG_DOUBLE,
    NO_MARKS,
    PERCENT,
    RAW_BACKTICKS,
    SEMICOLON,
    SHELL_HASH,
    SINGLE,
    SLASH_STAR,
    SLASHES,
    SQL_STRING,
    TRIPLE_DOUBLE,
    TRIPLE_SINGLE,
    Marks,
    read_by_marks,
)
from verifier.languages.outline import Outline
from verifier.languages.readers import TextReader
from verifier.languages.table import GENERIC
from verifier.languages.word_lists import words

_HASHED = Marks(comments=(SHELL_HASH,), strings=(TRIPLE_DOUBLE, DOUBLE, SINGLE))
_DASHED = Marks(
    nested=(r"\{-", r"-\}"), comments=(r"--(?![!#$%&*+./<=>?@\\^|~:])[^\n]*+",), strings=(DOUBLE, CHARACTER)
)
_ANY = Marks(
    comments=(
        r"^[ \t]*#(?=[ \t#!]|$)[^\n]*+",
        r"^[ \t]*(?:///?|;;?|--|%%?)(?=[ \t])[^\n]*+",
        r"^[ \t]*/\*.*?(?:\*/|\Z)",
        r"^[ \t]*<!--.*?(?:-->|\Z)",
    )
)
"""What begins a line as a comment in nearly every language that has such a mark."""
_ML = Marks(nested=(r"\(\*(?!\))", r"\*\)"), strings=(DOUBLE, CHARACTER))

MARKS = {
    "css": Marks(comments=(SLASH_STAR,), strings=(DOUBLE, SINGLE)),
    "scss": Marks(comments=(SLASH_STAR, r"(?<!:)//[^\n]*+"), strings=(DOUBLE, SINGLE)),
    "xml": Marks(comments=(ANGLE,)),
    "lua": Marks(comments=(r"--\[(?P<level>=*+)\[.*?(?:\](?P=level)\]|\Z)", DASHES), strings=(DOUBLE, SINGLE)),
    "r": _HASHED,
    "julia": Marks(nested=("#=", "=#"), comments=(HASH,), strings=(TRIPLE_DOUBLE, DOUBLE, CHARACTER)),
    "elixir": Marks(
        comments=(HASH,),
        docstrings=(r'@(?:module|type)?doc\s+(?:~[sS])?(?:""".*?(?:"""|\Z)|"[^"\n]*+")', r"@(?:module)?doc\s+false"),
        strings=(TRIPLE_DOUBLE, DOUBLE, SINGLE),
    ),
    "erlang": Marks(comments=(PERCENT,), strings=(DOUBLE, SINGLE)),
    "haskell": _DASHED,
    "ocaml": _ML,
    "fsharp": Marks(nested=_ML.nested, comments=(SLASHES,), strings=(TRIPLE_DOUBLE, DOUBLE, CHARACTER)),
    "clojure": Marks(nested=(r"#\|", r"\|#"), comments=(SEMICOLON,), strings=(r"\\\S", LONG_DOUBLE)),
    "powershell": Marks(comments=(r"<#.*?(?:#>|\Z)", SHELL_HASH), strings=(DOUBLE, r"'[^'\n]*+'?")),
    "batch": Marks(comments=(r"^[ \t]*@?(?i:rem)\b[^\n]*+", r"^[ \t]*::[^\n]*+")),
    "nix": Marks(comments=(SLASH_STAR, HASH), strings=(DOUBLE, r"''.*?(?:''|\Z)")),
    "cmake": Marks(comments=(r"#\[(?P<level>=*+)\[.*?(?:\](?P=level)\]|\Z)", HASH), strings=(DOUBLE,)),
    "starlark": _HASHED,
    "tcl": Marks(comments=(HASH_AT_START,)),
    "fortran": Marks(comments=(r"![^\n]*+",), strings=(DOUBLE, SINGLE)),
    "vimscript": Marks(comments=(r"^[ \t]*\"[^\n]*+",)),
    "nginx": _HASHED,
    "fish": _HASHED,
    "awk": Marks(comments=(HASH,), strings=(DOUBLE,)),
    "nim": Marks(nested=(r"#\[", r"\]#"), comments=(HASH,), strings=(TRIPLE_DOUBLE, DOUBLE, CHARACTER)),
    "crystal": _HASHED,
    "assembly": Marks(comments=(SLASH_STAR, SLASHES, r"^[ \t]*[;#@][^\n]*+"), strings=(DOUBLE,)),
    "pip-requirements": Marks(comments=(SHELL_HASH,)),
    "go-module": Marks(comments=(SLASHES,)),
    "bicep": Marks(comments=(SLASHES, SLASH_STAR), strings=(TRIPLE_SINGLE, SINGLE)),
    "jsonnet": Marks(comments=(SLASHES, SLASH_STAR, HASH), strings=(DOUBLE, SINGLE)),
    "rego": Marks(comments=(HASH,), strings=(DOUBLE, RAW_BACKTICKS)),
    "haml": Marks(comments=(r"^[ \t]*-#[^\n]*+", r"^[ \t]*/(?!\S*=)[^\n]*+")),
    "pug": Marks(comments=(r"^[ \t]*//[^\n]*+",)),
    "pascal": Marks(comments=(SLASHES, r"\{(?!\$).*?(?:\}|\Z)", r"\(\*.*?(?:\*\)|\Z)"), strings=(SQL_STRING,)),
    "verilog": Marks(comments=(SLASHES, SLASH_STAR), strings=(DOUBLE,)),
    "vhdl": Marks(comments=(DASHES,), strings=(DOUBLE,)),
    "visual-basic": Marks(comments=(r"'[^\n]*+", r"^[ \t]*(?i:rem)\b[^\n]*+"), strings=(r'"[^"\n]*+"?',)),
    "template": Marks(
        comments=(r"\{\{-?\s*/\*.*?(?:\*/\s*-?\}\}|\Z)", r"<%#.*?(?:%>|\Z)", r"<#--.*?(?:-->|\Z)", r"^[ \t]*##[^\n]*+")
    ),
    "latex": Marks(comments=(r"(?<!\\)%[^\n]*+",)),
    "dhall": _DASHED,
    "cypher": Marks(comments=(SLASHES, SLASH_STAR), strings=(DOUBLE, SINGLE)),
    "gherkin": Marks(comments=(HASH_AT_START,)),
    "m4": Marks(comments=(r"\bdnl\b[^\n]*+", HASH_AT_START)),
    "jsonc": Marks(comments=(SLASHES, SLASH_STAR), strings=(DOUBLE,)),
}


def _read(language: str, text: str) -> Outline:
    """A file's lines."""
    return read_by_marks(language, text, _ANY if language == GENERIC.name else MARKS.get(language, NO_MARKS))


_BRACKETED = words(
    """
    avro awk bicep clojure css jsonc jsonnet nginx nix powershell r rego scss tcl cypher
    """
)
READER = TextReader(_read, MARKS, bracketed=_BRACKETED)
