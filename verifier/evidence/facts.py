"""Facts: what is certain of a commit before any model is asked.

They are free, shown to the model, printed in the report, and can carry a ruling by themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from verifier.evidence.checks import not_asked, run_check
from verifier.evidence.origins import exports, is_from_elsewhere
from verifier.repository.globbing import is_glob, matching
from verifier.repository.index import Index
from verifier.repository.snapshot import Nature
from verifier.safety.quoting import quoted_path
from verifier.values.claim import Check, Claim
from verifier.values.fact import Fact, FactKind
from verifier.values.verdict import Part
from verifier.wording.naming import identifiers_in, last_name, paths_in, without_receiver

MOST_SYMBOLS = 20
"""Names of one statement that are looked up for its facts."""

MOST_PATHS = 50
"""Paths of one statement that are looked up; selection looks for as many."""

MOST_FILES = 500
"""Paths and globs of a claim's own list that are looked up."""

_MOST_PLACES = 5


def gather_facts(claim: Claim, index: Index, of_ci: Mapping[Check, Fact] | None = None) -> tuple[Fact, ...]:
    """Look up the paths and names that the claim gives, and run its checks, in that order.

    `of_ci` has what CI answers to checks that ask it; without, they are undecided.
    """
    text = " ".join((claim.statement, *(claim.parts or ())))
    named = paths_in(text, index.snapshot.paths)
    symbols = (symbol_fact(name, index) for name in identifiers_in(text, named)[:MOST_SYMBOLS])
    facts = (
        *(path_fact(path, index) for path in dict.fromkeys((*named[:MOST_PATHS], *claim.files[:MOST_FILES]))),
        *(fact for fact in symbols if fact is not None),
        *(((of_ci or {}).get(c) or not_asked(c)) if c.asks_ci else run_check(c, index) for c in claim.checks),
    )
    return facts if not index.snapshot.truncated else tuple(_as_far_as_read(facts, index.snapshot.path_limit))


def _as_far_as_read(facts: Iterable[Fact], path_limit: int) -> Iterator[Fact]:
    """The facts of a commit that was not read whole: what was not found in it may still be there, and refutes nothing.

    A missing path is left out, since it would count as a fact; a check that fails decides nothing.
    """
    for fact in facts:
        if fact.holds:
            yield fact
        elif fact.kind is not FactKind.PATH:
            bound = f"only the first {path_limit} paths of the commit were looked at"
            yield replace(fact, says=f"{fact.says}; {bound}", required=False)


def bearing_on(part: Part, facts: Sequence[Fact]) -> tuple[Fact, ...]:
    """The facts that bear on one part: its own paths and names, and the checks that name it."""
    known = sorted(fact.subject for fact in facts if fact.kind is FactKind.PATH)
    named: set[str] = set()
    for text in {part.text, part.span}:
        paths = paths_in(text, known)
        named.update(paths, identifiers_in(text, paths))
    return tuple(f for f in facts if (f.part == part.id if f.kind is FactKind.CHECK else f.subject in named))


def path_fact(path: str, index: Index) -> Fact:
    """Whether the path, directory or glob is in the commit, and as what."""
    snapshot = index.snapshot
    shown = quoted_path(path)
    file = snapshot.file(path)
    if file is not None:
        is_text = file.nature is Nature.TEXT
        what = f"{len(file.lines)} lines" if is_text else file.nature.value
        says = f"{shown} is in the commit: {what}"
        return Fact(FactKind.PATH, path, True, says, places=(path,), can_be_cited=is_text)
    found = matching(path, snapshot.paths)
    if found:
        what = "matches" if is_glob(path) else "is a directory in the commit:"
        says = f"{shown} {what} {_count(len(found), 'file')}"
        return Fact(FactKind.PATH, path, True, says, places=found[:_MOST_PLACES], can_be_cited=False)
    called = index.files_called(path) if "/" not in path and not is_glob(path) else ()
    if called:
        return Fact(FactKind.PATH, path, True, f"{shown} is in the commit as {_listed(called)}", places=tuple(called))
    near = snapshot.near_paths(path)
    hint = f"; there is {', '.join(quoted_path(p) for p in near)}" if near else ""
    verb = "matches nothing in the commit" if is_glob(path) else "is not in the commit"
    return Fact(FactKind.PATH, path, False, f"{shown} {verb}{hint}", can_be_cited=False)


def symbol_fact(name: str, index: Index) -> Fact | None:
    """Where the name is defined or exported; else in how many files it is mentioned.

    None for what comes from elsewhere, a library or the language, and for what an object of the commit is asked:
    that `hmac.compare_digest` is not defined here says nothing. None too for a name that the index
    does not keep.
    """
    called = without_receiver(name)
    places = [(path, definition.signature_line) for path, definition in index.definitions(called)]
    how = "defined"
    if not places:
        places, how = list(exports(called, index)), "exported under that name"
    if places:
        shown = ", ".join(f"{quoted_path(path)}:{line}" for path, line in places[:_MOST_PLACES])
        more = f" and {len(places) - _MOST_PLACES} more places" if len(places) > _MOST_PLACES else ""
        return Fact(
            FactKind.SYMBOL, name, True, f"{name} is {how} at {shown}{more}", places=tuple(path for path, _ in places)
        )
    if is_from_elsewhere(called, index) or not index.keeps(last_name(called)):
        return None
    mentions = index.mentions(last_name(called))
    where = f"mentioned in {_count(len(mentions), 'file')}" if mentions else "mentioned nowhere"
    return Fact(FactKind.SYMBOL, name, False, f"no definition of {name} was found; it is {where}")


def own_parts(facts: Sequence[Fact], parts: Sequence[Part]) -> tuple[Fact, ...]:
    """The failed, required checks that refute no part of the claim and so make one of their own."""
    ids = {part.id for part in parts}
    return tuple(f for f in facts if f.required and not f.holds and f.part not in ids)


def _listed(paths: Sequence[str]) -> str:
    more = f" and {len(paths) - _MOST_PLACES} more" if len(paths) > _MOST_PLACES else ""
    return ", ".join(quoted_path(path) for path in paths[:_MOST_PLACES]) + more


def _count(number: int, what: str) -> str:
    return f"1 {what}" if number == 1 else f"{number} {what}s"
