"""Select the files that a claim needs, most telling first.

First what the claim lists and names, then what its set shows with every claim, then definitions and mentions of its
identifiers, files whose words fit the statement until that falls off, and what the strongest of them imports. What
fits less is worth less room. A claim that names its files and says no name that is not found in them gets those files,
what belongs with them, and the definitions that they use.

Nothing drops a file but the claim set's own `exclude` and `never_send`; verifier's own files are never selected.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from verifier.languages import FileKind, SourceText
from verifier.repository.globbing import is_glob, matching
from verifier.repository.index import WORD, Index
from verifier.repository.own_paths import is_set_up
from verifier.repository.sending import SendRules
from verifier.repository.snapshot import SourceFile
from verifier.selection.imports import imported_by
from verifier.selection.named_files import Picker, Picks, leads_outside
from verifier.selection.ranking import Ranked, Ranking
from verifier.selection.used import beside, definitions_named, used_definitions
from verifier.values.claim import Claim, ClaimSet
from verifier.values.pack import Selection
from verifier.values.source import Lines
from verifier.values.verdict import Need
from verifier.wording.meaning import is_about_prose, is_about_tests
from verifier.wording.naming import identifiers_in, last_name, paths_in
from verifier.wording.words import Said

MOST_FILES = 36
"""Files that a claim gets beyond those it names."""

MOST_BESIDE_NAMED = 6
"""The same, where the claim names its files and only some name of its statement is not found in them."""

MOST_OF_ONE_NEED = 20
"""Files that one wish of a later round is granted."""

MOST_NAMES = 50
"""Paths and identifiers of one statement, and wishes of one round, that are looked up."""

_MOST_DEFINITIONS = 4
_MOST_MENTIONS = 6
_MOST_MATTERS = 12
_MOST_COMPANIONS = 3
_FIRST = 5
_MOST_STRONG = 4
_FEW = 5

_WEAK = 0.1
"""Files that fit less well than this share of the best one are left out, beyond the first few."""

_TOKENS, _MOST_TOKENS, _LEAST_TOKENS = 28_000, 10_000, 200
"""What the fitting files may take together, and the most and the least that one of them is worth."""

_STEEP = 4
"""A file that fits half as well as another is worth a sixteenth of its room."""

_WEAK_TOKENS = 1500
"""What a file is worth that mentions a name of the claim, or belongs with another; one that defines it the most."""


class Selector:
    """Chooses the files for one claim, and their lines; the same claim and commit always give the same."""

    def __init__(self, claim: Claim, claims: ClaimSet, index: Index) -> None:
        self._claim = claim
        self._claims = claims
        self._speaks = _Speaks(claim, SendRules(claims, index.snapshot), index)

    def files(self) -> Selection:
        """The files that the claim needs, and what it names that is not there or may not be sent."""
        return self._picks.selection()

    def telling_lines(self, path: str) -> tuple[Lines, ...]:
        """The lines of a file to keep first where it does not fit whole. Empty: nothing in particular.

        Definitions that other files of the selection use, those of the claim's names, passages whose words fit the
        statement, lines that mention its names.
        """
        pick = self._picks.files.get(path)
        return tuple(
            dict.fromkeys((*(pick.used if pick else ()), *self._speaks.telling_lines(path, self._picks.files)))
        )

    @cached_property
    def _picks(self) -> Picks:
        claim, speaks, picks = self._claim, self._speaks, Picks()
        picker = Picker(picks, speaks.rules, speaks.index.snapshot, speaks.best_first)
        for pattern in claim.files:
            picker.pick(pattern, "listed by the claim")
        for pattern in speaks.paths[:MOST_NAMES]:
            picker.pick(pattern, "named in the statement")
        named = _Named(tuple(picks.files), all_there=not picks.missing)
        for pattern in self._claims.context.include:
            picker.pick(pattern, "shown with every claim", shared=True)
        for check in claim.checks:
            _add_checked(picker, check.path_exists or check.within)
        if not _is_complete(named, speaks):
            _add_tail(picks, named, speaks)
        if len(named.paths) <= _FEW:
            _add_used(picks, named, speaks)
        return picks


def select(claim: Claim, claims: ClaimSet, index: Index) -> Selection:
    """Choose the files for one claim."""
    return Selector(claim, claims, index).files()


def grant(needs: Sequence[Need], claims: ClaimSet, index: Index, already: Collection[str]) -> Selection:
    """Choose what a later round asked for: files, lines of them, definitions. `already` were supplied whole.

    What is asked for by lines or by name comes first. What is refused comes with the reason; a name that matches
    nothing comes with the names nearest to it.
    """
    rules = SendRules(claims, index.snapshot)
    picks = Picks()
    looked_at = needs[:MOST_NAMES]
    for need in looked_at:
        if need.definition or need.lines is not None:
            _grant_lines(picks, need, rules, index, already)
    for pattern in dict.fromkeys(n.path for n in looked_at if n.path and not n.definition and n.lines is None):
        _grant(picks, pattern, rules, index, already)
    for need in needs[MOST_NAMES : MOST_NAMES + 1]:
        picks.refused[need.path] = f"only the first {MOST_NAMES} wishes of a round are looked at"
    return picks.selection()


@dataclass(frozen=True)
class _Named:
    """The files that the claim itself lists or names."""

    paths: tuple[str, ...]
    all_there: bool
    """Whether every path it gives is in the commit."""


class _Speaks:
    """What one claim speaks of, and how well the commit's files fit that."""

    def __init__(self, claim: Claim, rules: SendRules, index: Index) -> None:
        self.text = "\n".join((claim.statement, *(claim.parts or ())))
        self.rules = rules
        self.index = index
        symbols = (check.symbol for check in claim.checks if check.symbol)
        self.paths = paths_in(self.text, index.snapshot.paths)
        found = dict.fromkeys((*identifiers_in(self.text, self.paths), *symbols))
        self.identifiers = tuple(name.replace("::", ".") for name in found)[:MOST_NAMES]

    @cached_property
    def prefer(self) -> frozenset[FileKind]:
        """The kinds of files that the claim itself is about."""
        about = ((FileKind.TEST, is_about_tests), (FileKind.PROSE, is_about_prose))
        # A path among tests does not make a claim one about tests: "drains the pool, see tests/test_pool.py".
        plain = _without(self.paths, self.text)
        return frozenset(kind for kind, is_so in about if is_so(plain))

    @cached_property
    def ranking(self) -> Ranking:
        """How well files fit what the claim says."""
        return Ranking("\n".join((self.text, *self.identifiers)), self.index, prefer=self.prefer)

    @cached_property
    def ranked(self) -> list[Ranked]:
        """The files that may be sent without being named, those first whose words fit best."""
        return self.ranking.best(lambda path: self.rules.may(path) and not is_set_up(path))

    def best_first(self, paths: Collection[str]) -> list[str]:
        """The paths, those first whose words fit best."""
        ranked = self.ranking.best(frozenset(paths).__contains__) if len(paths) > 1 else []
        return list(dict.fromkeys((*(found.path for found in ranked), *paths)))

    @cached_property
    def rooms(self) -> dict[str, int]:
        """The files whose words fit, best first, and the tokens that each is worth."""
        shares = {found.path: found.score / self.ranked[0].score for found in self.ranked[:MOST_FILES]}
        fits = {path: share**_STEEP for n, (path, share) in enumerate(shares.items()) if share >= _WEAK or n < _FEW}
        token = _TOKENS / sum(fits.values()) if fits else 0.0
        return {path: max(_LEAST_TOKENS, min(_MOST_TOKENS, int(token * fit))) for path, fit in fits.items()}

    def why_fitting(self, path: str) -> str:
        """Where the file's words fit the statement best."""
        file = self.index.text_file(path)
        if file is None or not file.lines:
            return "words of the statement in its path"
        best = self.ranked[self._places[path]].best
        return f"words of the statement, most of them at lines {Lines(best.first, min(best.last, len(file.lines)))}"

    def place(self, path: str) -> int:
        """How early the path comes among the ranked files."""
        return self._places.get(path, len(self._places))

    def telling_lines(self, path: str, together: Iterable[str]) -> tuple[Lines, ...]:
        source, file = self.index.source(path), self.index.text_file(path)
        if source is None or file is None:
            return ()
        wanted = [name.split(".") for name in self.identifiers]
        defined = [
            Lines(definition.first_line, definition.last_line)
            for definition in source.definitions
            if any(_may_mean(parts, definition.qualified) for parts in wanted)
        ]
        mentioned = _mentioning(file.lines, {parts[-1] for parts in wanted}, defined)
        fitting = [
            lines
            for passage in self.ranking.passages(path, together)
            for lines in _within(passage, source, file, self._words_said)
        ]
        return tuple(dict.fromkeys((*defined[:_MOST_MATTERS], *fitting, *mentioned)))

    @cached_property
    def _said(self) -> Said:
        return Said(self.text)

    def _words_said(self, line: str) -> int:
        """How many of the text's words a line has, in any of their forms."""
        return len(self._said.by(line))

    @cached_property
    def _places(self) -> dict[str, int]:
        return {found.path: place for place, found in enumerate(self.ranked)}


def _without(paths: Iterable[str], text: str) -> str:
    for path in paths:
        text = text.replace(path, " ")
    return text


def _may_mean(parts: Sequence[str], qualified: str) -> bool:
    """Whether a dotted name may mean the definition.

    `Pool.drain` is not `Queue.drain`, but it may be the class `Pool` itself, or a function `drain` in a module `pool`.
    """
    if "." in qualified:
        return f".{qualified}".endswith("." + ".".join(parts))
    return qualified in parts


def _within(passage: Lines, source: SourceText, file: SourceFile, said: Callable[[str], int]) -> list[Lines]:
    """The innermost definitions that a passage has lines of; where it has none, its lines, and that with most words."""
    last = min(passage.last, len(file.lines))
    met = [
        Lines(definition.first_line, definition.last_line)
        for definition in source.definitions
        if definition.first_line <= last and passage.first <= definition.last_line
    ]
    if inner := [span for span in met if not any(_holds(span, other) for other in met)]:
        return inner
    best = max(
        range(passage.first, last + 1),
        key=lambda n: said(file.lines[n - 1]),
        default=passage.first,
    )
    return [Lines(passage.first, last), Lines(best, best)]


def _holds(outer: Lines, inner: Lines) -> bool:
    return outer != inner and outer.first <= inner.first and inner.last <= outer.last


def _mentioning(lines: Sequence[str], names: Collection[str], outside: Sequence[Lines]) -> list[Lines]:
    found: list[Lines] = []
    for number, text in enumerate(lines, start=1):
        if len(found) == _MOST_MATTERS or not names:
            break
        if any(name in text for name in names) and not any(span.covers(number) for span in outside):
            found += [Lines(number, number)] if set(WORD.findall(text)) & set(names) else []
    return found


def _add_checked(picker: Picker, pattern: str | None) -> None:
    """Add the files that a check names, where they are few."""
    found = matching(pattern, picker.snapshot.paths) if pattern else ()
    if len(found) > _FEW:
        return
    for path in found:
        picker.pick_path(path, "named by a check")
    if pattern and not found:
        picker.picks.missing.setdefault(pattern, "named by a check; not in the commit")


_TELLING = (FileKind.CODE, FileKind.CONFIG, FileKind.EXAMPLE)


def _is_complete(named: _Named, speaks: _Speaks) -> bool:
    """Whether all the claim names is there, holds every identifier, and is not but tests and prose beside the point."""
    kinds = {speaks.index.kind(path) for path in named.paths}
    is_telling = not kinds.isdisjoint(_TELLING) or not kinds.isdisjoint(speaks.prefer)
    return named.all_there and is_telling and not _open_names(named, speaks)


def _open_names(named: _Named, speaks: _Speaks) -> list[str]:
    """The claim's identifiers that stand in none of the named files, rarest first."""
    mentions = {name: speaks.index.mentions(last_name(name)) for name in speaks.identifiers}
    unfound = [name for name, paths in mentions.items() if set(named.paths).isdisjoint(paths)]
    return sorted(unfound, key=lambda name: len(mentions[name]))


def _add_tail(picks: Picks, named: _Named, speaks: _Speaks) -> None:
    """Add definitions and mentions of the claim's names, files whose words fit, and what the best of them import."""
    before = len(picks.files)
    most = before + (MOST_BESIDE_NAMED if named.paths and named.all_there else MOST_FILES)
    names = _open_names(named, speaks)
    defined = [
        name for name in names if len(picks.files) < before + MOST_FILES and _add_definitions(picks, name, speaks)
    ]
    strong = list(picks.files) or [found.path for found in speaks.ranked]
    for name in names:
        if len(picks.files) < most and not (named.paths and name in defined):
            _add_mentions(picks, name, speaks)
    _add_fitting(picks, min(most, len(picks.files) + _FIRST), speaks)
    _add_companions(picks, strong[:1], speaks)
    _add_fitting(picks, most, speaks)
    for path in strong[:_MOST_STRONG]:
        if passages := speaks.telling_lines(path, strong[:_MOST_STRONG]):
            _add_used_definitions(picks, path, passages[:_FEW], speaks)


def _add_definitions(picks: Picks, name: str, speaks: _Speaks) -> bool:
    """Add the files that define a name; those of its parts where it is dotted and nothing defines it whole."""
    if _add_places(picks, name, speaks):
        return True
    # `ConnectionPool.acquire` may be inherited, so both parts are looked up.
    parts = dict.fromkeys(name.split(".")) if "." in name else ()
    return bool([part for part in parts if _add_places(picks, part, speaks)])


def _add_places(picks: Picks, name: str, speaks: _Speaks) -> bool:
    paths = [path for path in dict.fromkeys(p for p, _ in speaks.index.definitions(name)) if speaks.rules.may(path)]
    for path in sorted(paths, key=speaks.place)[:_MOST_DEFINITIONS]:
        picks.add(path, f"defines {name}", room_tokens=_MOST_TOKENS)
    return bool(paths)


def _add_mentions(picks: Picks, name: str, speaks: _Speaks) -> None:
    paths = [path for path in speaks.index.mentions(last_name(name)) if speaks.rules.may(path)]
    telling = [path for path in paths if speaks.ranking.is_worth_a_look(path)]
    where = "in 1 file" if len(paths) == 1 else f"in {len(paths)} files"
    for path in sorted(telling or paths, key=speaks.place)[:_MOST_MENTIONS]:
        picks.add(path, f"mentions {last_name(name)} ({where})", room_tokens=_WEAK_TOKENS)


def _add_fitting(picks: Picks, most: int, speaks: _Speaks) -> None:
    """Add the files whose words fit, until that falls off."""
    for path, room in speaks.rooms.items():
        if path in picks.files or len(picks.files) < most:
            picks.add(path, speaks.why_fitting(path), room_tokens=room)


def _add_companions(picks: Picks, strong: Iterable[str], speaks: _Speaks) -> None:
    """Add what the strongest file imports from its own folder: a base class, a table, the other half of a job."""
    for path in strong:
        folder = path.rpartition("/")[0]
        beside = [other for other in imported_by(path, speaks.index) if other.rpartition("/")[0] == folder]
        for other in [other for other in beside if speaks.rules.may(other)][:_MOST_COMPANIONS]:
            picks.add(other, f"imported by {path}", room_tokens=_WEAK_TOKENS)


def _add_used(picks: Picks, named: _Named, speaks: _Speaks) -> None:
    """Add what belongs with the named files, and the definitions that they use."""
    names = frozenset(last_name(name) for name in speaks.identifiers)
    for path in named.paths:
        for other, why in beside(path, speaks.index):
            if speaks.rules.may(other):
                picks.add(other, why, room_tokens=_WEAK_TOKENS)
        _add_used_definitions(picks, path, definitions_named(path, names, speaks.index), speaks)


def _add_used_definitions(picks: Picks, path: str, lines: Sequence[Lines], speaks: _Speaks) -> None:
    for other, used in used_definitions(path, lines, speaks.text, speaks.index):
        if speaks.rules.may(other):
            picks.add_lines(other, f"used by {path}", used)


def _grant_lines(picks: Picks, need: Need, rules: SendRules, index: Index, already: Collection[str]) -> None:
    """Choose the lines of a file, or of every definition of a name, in the file that is named or anywhere."""
    in_files = _files_meant(need.path, index) if need.path else None
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


def _files_meant(pattern: str, index: Index) -> tuple[str, ...]:
    """The paths that a path, directory or glob names; of a bare name the files in any folder that are called so."""
    found = matching(pattern, index.snapshot.paths)
    if found or "/" in pattern:
        return found
    return tuple(path for path in index.files_called(pattern) if path.endswith(f"/{pattern}"))


def _grant(picks: Picks, pattern: str, rules: SendRules, index: Index, already: Collection[str]) -> None:
    found = _files_meant(pattern, index)
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
