"""Lines that are left out where a program is built, or a workflow run: `#if 0`, `if: false`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from verifier.languages.flow import is_always, is_never
from verifier.languages.structure import Dead
from verifier.values.source import Lines

_PREPROCESSED = frozenset({"c", "cpp", "csharp", "swift", "objective-c"})
_DIRECTIVE = re.compile(r"\s*#\s*(?P<word>if\w*|elif|elseif|else|endif)\b(?P<rest>[^\n]*)")
_GO_BUILD = re.compile(r"//(?:go:build|\s*\+build)\s+(?:ignore|never|none|false)\s*$")
_GO_HEAD = 60
_IF_FALSE = re.compile(
    r"(?P<indent>\s*(?:-\s+)?)(?:if|condition|enabled)\s*:\s*[\"']?(?:\$\{\{\s*)?false(?:\s*\}\})?[\"']?\s*(?:#.*)?$"
)
_JOBS = re.compile(r"(?:jobs|runs|steps|stages)\s*:")


def compiled_out(language: str, raw: Sequence[str], code: Sequence[str]) -> Iterator[Dead]:
    """The lines that a file's own directives leave out. `code` are its lines without comments and strings."""
    if language in _PREPROCESSED:
        yield from _between_directives(code)
    elif language == "go":
        yield from _without_build(raw)
    elif language == "yaml":
        yield from _switched_off(raw)


def _between_directives(code: Sequence[str]) -> Iterator[Dead]:
    opened: list[tuple[str, int, bool]] = []
    """For each `#if` that is open: why its current branch is left out, where that began, whether one was taken."""
    for number, line in enumerate(code, 1):
        directive = _DIRECTIVE.match(line[:300]) if "#" in line else None
        if directive is None:
            continue
        word, rest = directive["word"], directive["rest"].strip()
        if not word.startswith("if"):
            if not opened:
                continue
            why, first, taken = opened.pop()
            if why and number > first:
                yield Dead(Lines(first, number - 1), why)
            if word == "endif":
                continue
        else:
            taken = False
        if taken:
            opened.append(("stands behind a branch that is always compiled", number + 1, True))
        elif word != "else" and word in ("if", "elif", "elseif") and is_never(rest, is_zero_false=True):
            opened.append((f"stands under `#{word} {rest[:40]}`", number + 1, False))
        else:
            always = word in ("if", "elif", "elseif") and is_always(rest, is_one_true=True)
            opened.append(("", number + 1, always))
    for why, first, _ in opened:
        if why and first <= len(code):
            yield Dead(Lines(first, len(code)), why)


def _without_build(raw: Sequence[str]) -> Iterator[Dead]:
    for line in raw[:_GO_HEAD]:
        if line.startswith("package "):
            return
        if _GO_BUILD.match(line[:200]):
            yield Dead(Lines(1, len(raw)), f"is left out of every build by `{line.strip()[:60]}`")
            return


def _switched_off(raw: Sequence[str]) -> Iterator[Dead]:
    """Jobs and steps of a workflow whose condition is `false`."""
    if not any(_JOBS.match(line[:40]) for line in raw):
        return
    dead = 0
    for number, line in enumerate(raw, 1):
        if number > dead and "false" in line[:200] and _IF_FALSE.match(line[:200]):
            lines = _mapping_around(raw, number)
            dead = lines.last
            yield Dead(lines, "is switched off by `if: false`")


def _mapping_around(raw: Sequence[str], line: int) -> Lines:
    """The lines of the mapping that has a key on this line, with the line of its own key or dash."""
    column = _key_column(raw[line - 1])
    first = last = line
    while first > 1 and not (raw[first - 1].strip() and _dash_column(raw[first - 1]) < column):
        first -= 1
    while last < len(raw) and (not raw[last].strip() or _dash_column(raw[last]) >= column):
        last += 1
    return Lines(first, last)


def _dash_column(line: str) -> int:
    """Where a line begins."""
    return len(line) - len(line.lstrip())


def _key_column(line: str) -> int:
    """Where the key of a line stands: behind its dash, if it has one."""
    return len(line) - len(line.lstrip(" -"))
