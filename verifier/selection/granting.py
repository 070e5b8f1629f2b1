"""Choose what a later round asked for: files, lines of them, definitions; and say why something is not to be had."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from verifier.repository.globbing import is_glob
from verifier.repository.index import Index
from verifier.repository.sending import SendRules
from verifier.selection.named_files import Picks, files_meant, leads_outside
from verifier.values.claim import ClaimSet
from verifier.values.pack import Selection
from verifier.values.source import Lines
from verifier.values.verdict import Need

MOST_OF_ONE_NEED = 20
"""Files that one wish of a later round is granted."""

MOST_NEEDS = 50
"""Wishes of one round that are looked at."""


def grant(needs: Sequence[Need], claims: ClaimSet, index: Index, already: Collection[str]) -> Selection:
    """Choose what a later round asked for: files, lines of them, definitions. `already` were supplied whole.

    What is asked for by lines or by name comes first. What is refused comes with the reason; a name that matches
    nothing comes with the names nearest to it.
    """
    rules = SendRules(claims, index.snapshot)
    picks = Picks()
    looked_at = needs[:MOST_NEEDS]
    for need in looked_at:
        if need.definition or need.lines is not None:
            _grant_lines(picks, need, rules, index, already)
    for pattern in dict.fromkeys(n.path for n in looked_at if n.path and not n.definition and n.lines is None):
        _grant(picks, pattern, rules, index, already)
    for need in needs[MOST_NEEDS : MOST_NEEDS + 1]:
        picks.refused[need.path] = f"only the first {MOST_NEEDS} wishes of a round are looked at"
    return picks.selection()


def _grant_lines(picks: Picks, need: Need, rules: SendRules, index: Index, already: Collection[str]) -> None:
    """Choose the lines of a file, or of every definition of a name, in the file that is named or anywhere."""
    in_files = files_meant(need.path, index) if need.path else None
    if need.definition:
        name = need.definition.replace("::", ".").removesuffix("()")
        found = [
            (path, Lines(definition.first_line, definition.last_line))
            for path, definition in index.definitions(name)
            if in_files is None or path in in_files
        ]
        wish = f"{need.definition} in {need.path}" if need.path else need.definition
        missing = "no definition of it was found; ask for the lines or the file"
    else:
        assert need.lines is not None, "lines are wanted where no definition is"
        found = [
            (path, Lines(need.lines.first, min(need.lines.last, len(file.lines))))
            for path in in_files or ()
            if (file := index.text_file(path)) is not None and need.lines.first <= len(file.lines)
        ]
        wish, missing = f"{need.path}, lines {need.lines}", "the commit has no such lines"
    if not found:
        picks.missing[wish] = missing
    for path, lines in found[:MOST_OF_ONE_NEED]:
        refusal = rules.refusal(path)
        if refusal is not None:
            picks.refused[wish] = refusal
        elif path in already:
            picks.refused[wish] = f"{path} is already supplied whole"
        else:
            picks.add_lines(path, f"asked for: {wish}", lines)
    if len(found) > MOST_OF_ONE_NEED:
        picks.refused[wish] = f"only {MOST_OF_ONE_NEED} of its {len(found)} places were given; name the file too"


def _grant(picks: Picks, pattern: str, rules: SendRules, index: Index, already: Collection[str]) -> None:
    found = files_meant(pattern, index)
    allowed = [path for path in found if rules.may(path)]
    new = [path for path in allowed if path not in already]
    for path in new[:MOST_OF_ONE_NEED]:
        picks.add(path, "asked for" if path == pattern else f"asked for: {pattern}")
    if len(new) > MOST_OF_ONE_NEED:
        picks.refused[pattern] = f"only {MOST_OF_ONE_NEED} of its {len(new)} files were given; ask for others by name"
    elif not new:
        reason = _why_nothing(pattern, found, allowed, rules, index)
        kind = picks.refused if found or leads_outside(pattern) else picks.missing
        kind[pattern] = reason


def _why_nothing(pattern: str, found: Sequence[str], allowed: Sequence[str], rules: SendRules, index: Index) -> str:
    if allowed:
        return "already supplied whole"
    if found:
        return str(rules.refusal(found[0]))
    if leads_outside(pattern):
        return "it leads outside the commit"
    if is_glob(pattern):
        return "matches nothing in the commit"
    near = [path for path in index.snapshot.near_paths(pattern) if rules.may(path)]
    return f"not in the commit; there is {', '.join(near)}" if near else "not in the commit"
