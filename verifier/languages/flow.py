"""By which words statements leave their blocks, and which conditions are never or always true, by language."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from verifier.languages.word_lists import words


@dataclass(frozen=True)
class Flow:
    """By which words statements leave their blocks in a language, and what is never true in it."""

    leaves: re.Pattern[str] | None
    is_zero_true: bool
    ended_by_lines: bool = True
    """Whether a statement may end with its line, and needs no semicolon."""

    def word(self, text: str) -> str | None:
        """The word by which a statement leaves its block for certain."""
        match = self.leaves.match(text) if self.leaves else None
        return match[0] if match and not _CONDITIONED.search(text) else None

    def why_dead(self, text: str, first_branch: str | None) -> str:
        """Why what a line holds never runs; empty where it may. `first_branch` is the text of the first branch."""
        if (tested := _TESTS.match(text)) and is_never(tested["condition"], is_zero_false=not self.is_zero_true):
            return "stands under a condition that is never true"
        first = _TESTS.match(first_branch) if first_branch is not None and "if" not in text else None
        if first and is_always(first["condition"]):
            return "stands under the other branch of a condition that is always true"
        return ""


def is_never(condition: str, *, is_zero_false: bool) -> bool:
    """Whether a condition is false whatever else holds."""
    return bool(_NEVER.fullmatch(condition) or (is_zero_false and _NEVER_ZERO.fullmatch(condition)))


def is_always(condition: str, *, is_one_true: bool = False) -> bool:
    """Whether a condition is true whatever else holds."""
    return bool(_ALWAYS.fullmatch(condition) or (is_one_true and _ALWAYS_ONE.fullmatch(condition)))


@functools.cache
def flow_of(language: str) -> Flow:
    """The flow of a language."""
    if language in _WITHOUT_FLOW:
        return Flow(None, is_zero_true=True)
    listed = f"{_LEAVING} {_LEAVING_BY_CALL.get(language, '')}".split()
    leaves = re.compile(rf"(?:{'|'.join(map(re.escape, listed))})\b(?!\s*=|:|\.\w)")
    return Flow(leaves, language in _ZERO_IS_TRUE, language not in _ENDED_BY_SEMICOLONS)


_LEAVING = "return throw raise break continue"
_LEAVING_BY_CALL = {
    "awk": "exit next",
    "batch": "exit goto",
    "c": "goto",
    "cpp": "goto",
    "crystal": "exit abort",
    "csharp": "goto",
    "dart": "exit",
    "elixir": "exit",
    "fish": "exit",
    "fortran": "stop",
    "go": "goto panic",
    "groovy": "error System.exit",
    "julia": "error exit",
    "kotlin": "error exitProcess",
    "lua": "error os.exit goto",
    "nim": "quit",
    "perl": "exit goto die croak confess last next redo",
    "php": "exit die goto",
    "powershell": "exit",
    "r": "stop quit next",
    "scala": "sys.exit sys.error",
    "solidity": "revert",
    "swift": "fatalError preconditionFailure exit",
    "tcl": "error exit",
    "vimscript": "finish",
}
"""Further words that leave a block, by language."""
_WITHOUT_FLOW = words(
    """
    asciidoc avro cmake css csv cypher data dhall dockerfile env gherkin go-module graphql haml haskell hcl html ignore
    ini jinja json jsonc jsonnet latex lock m4 makefile markdown nginx nix pip-requirements prisma protobuf pug record
    rego restructuredtext scss sql template text thrift toml unknown yaml
    xml vue svelte astro erb ejs jsp blade handlebars
    """
)
"""Languages in which `return` leaves nothing."""
_ENDED_BY_SEMICOLONS = words("c cpp csharp dart java objective-c perl php solidity zig")
_ZERO_IS_TRUE = frozenset({"lua", "elixir", "crystal", "clojure"})
_CONDITIONED = re.compile(r"\b(?:if|unless|when|while|until|and|or)\b|\|\||&&|\?")
_TESTS = re.compile(
    r"(?:[}\s]*(?:else\s+)?|(?:\{%-?|\{\{#|<%=?-?|@)\s*)(?:if|elif|elsif|elseif|while|when)\b(?P<condition>.*?)"
    r"(?:\{|\bthen|\bdo|:|-?%\}|\}\}|-?%>)?\s*$"
)
"""A line that puts others under a condition."""
_NEVER = re.compile(
    r"\s*\(*\s*(?:(?:[^|&]+(?:&&|\band\b)\s*)?(?:false|False|FALSE)|None|null|nil|undefined|\$false|not\s+[Tt]rue"
    r"|!\s*true|(?:\$?false|False)\s*(?:&&|and\b)[^|]*)\s*\)*\s*"
)
_NEVER_ZERO = re.compile(
    r"\s*\(*\s*(?:0+|!\s*1|1\s*==\s*0|0\s*==\s*1|0\s*(?:&&|and\b)[^|]*|[^|&]+(?:&&|\band\b)\s*0)\s*\)*\s*"
)
_ALWAYS = re.compile(r"\s*\(*\s*(?:true|True|TRUE|not\s+False|!\s*false)\s*(?:\|\|.*)?\)*\s*")
_ALWAYS_ONE = re.compile(r"\s*\(*\s*(?:!\s*0|1)\s*(?:\|\|.*)?\)*\s*")
