"""Warnings about a claim set that is well formed: claims that a model will misread or nobody can verify."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from verifier.claim_files.loading import LoadedClaims
from verifier.claim_files.mistakes import Problem, Severity, quoted
from verifier.claim_files.yaml_tree import Loc
from verifier.repository.globbing import is_glob, matching
from verifier.repository.near_paths import near_paths
from verifier.values.claim import Claim
from verifier.wording.meaning import says_absent, undecidable_words_in
from verifier.wording.naming import NameKind, named_in, paths_in


def lint(loaded: LoadedClaims, snapshot_paths: Sequence[str] | None = None) -> tuple[Problem, ...]:
    """Everything worth a warning, in the file's order; of globs and paths only where a commit's are given."""
    found = [*_set_warnings(loaded, snapshot_paths)]
    for index, claim in enumerate(loaded.claims.claims):
        found += _claim_warnings(loaded, ("claims", index), claim)
        if snapshot_paths is not None:
            found += _path_warnings(loaded, ("claims", index), claim, snapshot_paths)
    return tuple(sorted(found, key=lambda problem: problem.line))


def _claim_warnings(loaded: LoadedClaims, loc: Loc, claim: Claim) -> Iterator[Problem]:
    statement = (*loc, "statement")
    for message in (
        *_undecidable(claim),
        *_line_numbers(claim),
        *_several(claim),
        *_names_nothing(claim),
        *_cut_short(loaded, statement),
    ):
        yield _warning(loaded, statement, claim, message)
    named = [*claim.essential, *(check.part for check in claim.checks if check.part)]
    if named and claim.parts is None:
        message = f'{named[0]} is named, but the model splits this claim as it likes; spell out "parts"'
        yield _warning(loaded, (*loc, "essential"), claim, message)


def _undecidable(claim: Claim) -> Iterator[str]:
    words = undecidable_words_in(claim.statement)
    if words:
        listed = ", ".join(f'"{word}"' for word in words)
        yield f"no commit can bear out {listed}; say what the code does"


_LINE_NUMBER = re.compile(
    r"\blines?[ ]?\d+(?:[ ]?(?:-|–|to)[ ]?\d+)?|\.\w{1,8}:\d+(?:-\d+)?|#L\d+(?:-L?\d+)?|\bL\d+(?:-L?\d+)\b",
    re.IGNORECASE,
)


def _line_numbers(claim: Claim) -> Iterator[str]:
    number = _LINE_NUMBER.search(claim.statement)
    if number:
        which = quoted(number[0].lstrip("."))
        yield f"a line number, {which}, in the statement; a model repeats it: name the definition"


_SENTENCE_END = re.compile(r"(?<![ .]\w)(?<!e\.g)(?<!i\.e)(?<!\betc)(?<!\bvs)[.!?][\"')\]]?\s+(?=[A-Z`\"'])")
_CLAUSE = re.compile(r"\band\b|;")


def _several(claim: Claim) -> Iterator[str]:
    if claim.parts is not None:
        return
    sentences = [s for s in _SENTENCE_END.split(claim.statement) if len(s.split()) >= 3]
    if len(sentences) > 1:
        yield f'{len(sentences)} sentences are several claims in one; give each its own, or spell out "parts"'
        return
    seen: set[str] = set()
    clauses = 0
    for clause in _CLAUSE.split(claim.statement):
        new = set(paths_in(clause)) - seen
        if new and len(clause.split()) > len(new) + 3:
            seen |= new
            clauses += 1
    if clauses > 1:
        yield f"{clauses} clauses, each about a file of its own, are several claims in one; give each its own"


def _names_nothing(claim: Claim) -> Iterator[str]:
    if claim.files or claim.checks:
        return
    if not any(named.kind is not NameKind.NUMBER for named in named_in(claim.statement)):
        yield 'names no file and nothing that code is called; name one, or add "files"'


def _cut_short(loaded: LoadedClaims, loc: Loc) -> Iterator[str]:
    """An unquoted statement ends where YAML sees a comment: `Fixes #12 and more` is `Fixes`."""
    written = loaded.tree.scalars.get(loc)
    if written is not None and written.is_plain:
        comment = re.compile(r"[ \t]+#(?=\w)[^\n]*").match(loaded.text, written.end)
        if comment:
            yield f"the statement ends before {quoted(comment[0].strip())}, a comment to YAML; quote the statement"


def _set_warnings(loaded: LoadedClaims, paths: Sequence[str] | None) -> Iterator[Problem]:
    if paths is not None:
        for key in ("include", "exclude"):
            for index, pattern in enumerate(getattr(loaded.claims.context, key)):
                if not matching(pattern, paths):
                    message = f"context.{key}: {quoted(pattern)} matches nothing in the commit{_near(pattern, paths)}"
                    yield _warning(loaded, ("context", key, index), None, message)
    first: dict[str, str] = {}
    for index, claim in enumerate(loaded.claims.claims):
        same = first.setdefault(" ".join(claim.statement.split()), claim.id)
        if same != claim.id:
            yield _warning(loaded, ("claims", index, "statement"), claim, f'claim "{same}" says the same; drop one')


def _path_warnings(loaded: LoadedClaims, loc: Loc, claim: Claim, paths: Sequence[str]) -> Iterator[Problem]:
    """A glob that matches nothing is a slip; so is a path, unless the statement says of something that it is gone."""
    named = (path for path in paths_in(claim.statement, paths) if path not in claim.files and not _ends(path, paths))
    places: list[tuple[Loc, str]] = [((*loc, "statement"), path) for path in named]
    places += [((*loc, "files", i), pattern) for i, pattern in enumerate(claim.files)]
    places += [((*loc, "checks", i, "in"), check.within) for i, check in enumerate(claim.checks) if check.within]
    for place, pattern in places:
        if matching(pattern, paths):
            continue
        near = _near(pattern, paths)
        if is_glob(pattern) or near or not says_absent(claim.statement):
            yield _warning(loaded, place, claim, f"{quoted(pattern)} matches nothing in the commit{near}")


def _ends(path: str, paths: Sequence[str]) -> bool:
    """Whether it is how a path of the commit ends."""
    return any(f"/{there}".endswith(f"/{path}") for there in paths)


def _near(pattern: str, paths: Sequence[str]) -> str:
    if is_glob(pattern):
        return "; mend it, or leave it out"
    near = near_paths(pattern, paths, at_most=1)
    return f"; did you mean {quoted(near[0])}?" if near else ""


def _warning(loaded: LoadedClaims, loc: Loc, claim: Claim | None, message: str) -> Problem:
    whose = f'claim "{claim.id}": ' if claim is not None else ""
    return Problem(
        loaded.path,
        loaded.tree.line_of(loc),
        claim.id if claim is not None else None,
        Severity.WARNING,
        whose + message,
    )
