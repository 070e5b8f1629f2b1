"""Which paths a pattern names: an exact path, a folder, or a glob anchored at the root of the commit.

Patterns come from claim files and from the model, so they may be hostile: matching takes time linear in the path.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import re2

from verifier.values.source import nfc

MAX_LENGTH = 1000
"""A longer pattern matches nothing."""

MAX_MEMORY = 8 << 20
"""Bytes a compiled pattern may take; one that would take more matches nothing."""


def matching(pattern: str, paths: Iterable[str]) -> tuple[str, ...]:
    """The paths that a pattern names, in the order given.

    A path of that very name comes first, even where it has characters of globs (`app/[id]/page.tsx`); then the name of
    a folder means every file below it; then it is read as a glob: `*` and `?` stay within a folder, `**` does not,
    `[a-z]`, `{a,b}`. Names that begin with a dot match like others. `.` is the whole commit. Absolute patterns and
    those with `..` or a backslash match nothing. It is read in NFC, as the paths of a snapshot are.
    """
    wanted = _relative(pattern)
    if wanted is None:
        return ()
    known = paths if isinstance(paths, tuple) else tuple(paths)
    if wanted in known:
        return (wanted,)
    wanted = nfc(wanted)
    if wanted in known:
        return (wanted,)
    folder = wanted.rstrip("/") + "/" if wanted else ""
    below = tuple(path for path in known if path.startswith(folder))
    if below or not is_glob(wanted):
        return below
    compiled = _compiled((wanted,))
    if compiled is None:
        return ()
    prefix = _literal_start(wanted)
    return tuple(path for path in known if path.startswith(prefix) and compiled.search(path))


def is_glob(pattern: str) -> bool:
    """Whether the pattern has a character that globs give a meaning to."""
    return any(c in pattern for c in "*?[{")


def any_matches(patterns: Sequence[str], path: str) -> bool:
    """Whether one of the patterns names the path: as it stands, as a folder above it, or as a glob."""
    if not patterns:
        return False
    compiled = _compiled(tuple(patterns))
    if compiled is None and len(patterns) > 1:  # too many for one expression; what is withheld must stay so
        return any(any_matches((pattern,), path) for pattern in patterns)
    if compiled is None or _HALVES.search(path):  # no snapshot has such a path
        return False
    return compiled.search(nfc(path)) is not None


def _relative(pattern: str) -> str | None:
    """The pattern without a leading `./`, the whole commit being empty; None for one that may match nothing."""
    if len(pattern) > MAX_LENGTH or not pattern or _IMPOSSIBLE.search(pattern):
        return None
    while pattern.startswith("./"):
        pattern = pattern[2:].lstrip("/")
    if pattern.startswith("/") or ".." in pattern.split("/"):
        return None
    return "" if pattern == "." else pattern


_HALVES = re.compile(r"[\ud800-\udfff]")
"""Half a character, as JSON may hold one."""

_IMPOSSIBLE = re.compile(rf"\\|\0|{_HALVES.pattern}")
"""A backslash, a NUL, half a character: no path of a snapshot has the last two, and the first escapes nothing here."""


def _literal_start(pattern: str) -> str:
    """What every path that the glob matches begins with."""
    return re.split(r"[*?\[{]", pattern, maxsplit=1)[0]


@lru_cache(maxsize=256)
def _compiled(patterns: tuple[str, ...]) -> Any:
    """One expression for all patterns that can match something; None where none can."""
    wanted = [nfc(relative) for pattern in patterns if (relative := _relative(pattern)) is not None]
    good = [expression for one in wanted for expression in _expressions(one) if _compile(expression) is not None]
    return _compile("|".join(good)) if good else None


def _compile(expression: str) -> Any:
    options = re2.Options()
    options.max_mem = MAX_MEMORY
    options.log_errors = False
    options.never_capture = True
    try:
        return re2.compile(f"(?s)^(?:{expression})$", options)
    except re2.error:
        return None


def _expressions(wanted: str) -> list[str]:
    """Regular expressions for a pattern as a path or folder, and as a glob where it is one."""
    if not wanted:
        return [".*"]
    as_it_stands = re2.escape(wanted.rstrip("/")) + "(?:/.*)?"
    if not is_glob(wanted):
        return [as_it_stands]
    return [as_it_stands, _Translation(wanted.rstrip("/")).expression() + _below(wanted)]


def _below(wanted: str) -> str:
    """What may follow a glob: files below it, where it names a folder."""
    if wanted.endswith("/"):
        return "/.*"
    last = wanted.rpartition("/")[2]
    return "" if any(c in last for c in "*?[") else "(?:/.*)?"


class _Translation:
    """A glob, being turned into a regular expression from left to right."""

    def __init__(self, glob: str) -> None:
        self._glob = glob
        self._closing = _braces(glob)

    def expression(self) -> str:
        written: list[str] = []
        at = 0
        while at < len(self._glob):
            piece, at = self._piece(at)
            written.append(piece)
        return "".join(written)

    def _piece(self, at: int) -> tuple[str, int]:
        """The expression for what stands at a place, and the place after it."""
        c = self._glob[at]
        if c == "*":
            return self._stars(at)
        if c == "?":
            return "[^/]", at + 1
        if c == "[":
            return self._class(at)
        return {"open": "(?:", "next": "|", "close": ")"}.get(self._closing.get(at, ""), re2.escape(c)), at + 1

    def _stars(self, at: int) -> tuple[str, int]:
        end = at
        while end < len(self._glob) and self._glob[end] == "*":
            end += 1
        if end - at == 1:
            return "[^/]*", end
        begins = at == 0 or self._glob[at - 1] in "/{,"
        if begins and self._glob[end : end + 1] == "/":
            return "(?:.*/)?", end + 1
        return ".*", end

    def _class(self, at: int) -> tuple[str, int]:
        """A class such as `[a-z]` or `[!a-z]`; a bracket that is never closed stands for itself."""
        inside = at + 2 if self._glob[at + 1 : at + 2] in ("!", "^") else at + 1
        end = self._glob.find("]", inside + 1)
        if end == -1 or "/" in self._glob[at:end]:
            return re2.escape("["), at + 1
        ranges = re.sub(r"[^\w-]", lambda c: re2.escape(c[0]), self._glob[inside:end])
        # No class reaches across a folder, whatever it lists.
        return f"[^/{ranges}]" if inside == at + 2 else f"[{ranges}]", end + 1


def _braces(glob: str) -> dict[int, str]:
    """Where alternatives open, part and close; a brace without a comma or a partner stands for itself."""
    roles: dict[int, str] = {}
    unclosed: list[tuple[int, list[int]]] = []
    for at, c in enumerate(glob):
        if c == "{":
            unclosed.append((at, []))
        elif c == "," and unclosed:
            unclosed[-1][1].append(at)
        elif c == "}" and unclosed:
            opened, commas = unclosed.pop()
            if commas:
                roles |= {opened: "open", at: "close"} | dict.fromkeys(commas, "next")
    return roles
