"""Select the files that a claim needs, most telling first.

First what the claim lists and names, then what its set shows with every claim, then definitions and mentions of its
identifiers, and files whose words fit the statement until that falls off. What fits less is worth less room. Where
somebody said where to look, those files take the place of most that fit by words. A claim that names its files and
says no name that is not found in them gets those files, what belongs with them, and the definitions that they use.

Nothing drops a file but the claim set's own `exclude` and `never_send`; verifier's own files are never selected.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from verifier.languages import FileKind, SourceText
from verifier.repository.globbing import matching
from verifier.repository.index import WORD, Index
from verifier.repository.own_paths import is_set_up
from verifier.repository.sending import SendRules
from verifier.repository.snapshot import SourceFile
from verifier.selection.named_files import Picker, Picks, files_meant
from verifier.selection.ranking import Ranked, Ranking
from verifier.selection.used import beside, definitions_named, used_definitions
from verifier.values.claim import Claim, ClaimSet
from verifier.values.pack import Selection
from verifier.values.source import Lines
from verifier.wording.meaning import is_about_prose, is_about_tests
from verifier.wording.naming import identifiers_in, last_name, paths_in
from verifier.wording.words import Said

MOST_FILES = 36
"""Files that a claim gets beyond those it names."""

MOST_BESIDE_NAMED = 6
"""The same, where the claim names its files and only some name of its statement is not found in them."""

MOST_LED_DEFINITIONS = 12
"""Files that define the claim's names, where somebody said where to look."""

MOST_NAMES = 50
"""Paths and identifiers of one statement that are looked up."""

_NEAREST = 100
_MOST_DEFINITIONS = 4
_MOST_MENTIONS = 6
_MOST_MATTERS = 12
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

WORTH_ASKING_TOKENS = 8_000
"""Where what fits takes more, it takes less to ask first where to look."""

_BYTES_A_TOKEN = 4
"""What a token of source has at the least, more or less, with the numbers of its lines."""

_LED_TOKENS, _LED_SHARE, _LEAST_LED_TOKENS = 8_000, 0.7, 1_000
"""What the first of the files is worth where one is led, each next one beside the one before, and the least."""

_LED = "where the model would look"
_BESIDE_LED, _BESIDE_LED_TOKENS = 5, 400
"""How many files are shown beside these because their words fit, and what each is worth."""


class Selector:
    """Chooses the files for one claim, and their lines; the same claim and commit always give the same.

    Where the claim's words are in many files, these are not chosen before somebody was asked where to look.
    """

    def __init__(
        self,
        claim: Claim,
        claims: ClaimSet,
        index: Index,
        *,
        leads: Sequence[str] | None = None,
        nearest: Sequence[Ranked] | None = None,
    ) -> None:
        """Choose for the claim.

        Args:
            claim: What is to be judged.
            claims: The set that it is of.
            index: Of the commit.
            leads: The files in which somebody said to look; where none of them is there, files are found by words.
                None: nobody was asked.
            nearest: The files whose words fit best, where that is known.
        """
        self._claim = claim
        self._claims = claims
        self._leads = leads
        self._speaks = _Speaks(claim, SendRules(claims, index.snapshot), index)
        if nearest is not None:
            self._speaks.ranked = list(nearest)

    @property
    def nearest(self) -> tuple[Ranked, ...]:
        """The files whose words fit best: as many as are ever asked for."""
        return tuple(self._speaks.ranked[:_NEAREST])

    def to_choose_from(self) -> list[str]:
        """The texts of the commit that may be sent, likeliest first: by their kind, and by how well their words fit."""
        speaks = self._speaks
        may = (one for one in speaks.index.kinds() if speaks.rules.may(one[0]) and not is_set_up(one[0]))
        return [
            path
            for *_, path in sorted((-speaks.ranking.stands_for(kind), speaks.place(path), path) for path, kind in may)
        ]

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
        named = _Named(tuple(picks.files), all_there=picks.missing.keys() <= picks.meant)
        for pattern in self._claims.context.include:
            picker.pick(pattern, "shown with every claim", shared=True)
        for check in claim.checks:
            _add_checked(picker, check.path_exists or check.within)
        if not _is_complete(named, speaks):
            picks.asks_where = self._leads is None and _sought_tokens(named, speaks) > WORTH_ASKING_TOKENS
            if not picks.asks_where and not _add_led(picks, self._leads or (), named, speaks):
                _add_tail(picks, named, speaks)
        if len(named.paths) <= _FEW:
            _add_used(picks, named, speaks)
        return picks


@dataclass(frozen=True)
class _Named:
    """The files that the claim itself lists or names."""

    paths: tuple[str, ...]
    all_there: bool
    """Whether every path it gives is in the commit, or is the end of one that is."""

    @property
    def most_beside(self) -> int:
        """How many files are shown beside these."""
        return MOST_BESIDE_NAMED if self.paths and self.all_there else MOST_FILES


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
    """Add definitions and mentions of the claim's names, files whose words fit, and what the best of them use."""
    before = len(picks.files)
    most = before + named.most_beside
    names = _open_names(named, speaks)
    defined = [
        name for name in names if len(picks.files) < before + MOST_FILES and _add_definitions(picks, name, speaks)
    ]
    strong = list(picks.files) or [found.path for found in speaks.ranked]
    for name in names:
        if len(picks.files) < most and not (named.paths and name in defined):
            _add_mentions(picks, name, speaks)
    _add_fitting(picks, most, speaks)
    _add_used_by_strong(picks, strong, speaks)


def _sought_tokens(named: _Named, speaks: _Speaks) -> int:
    """About how many tokens the files take that the claim's words find."""
    snapshot = speaks.index.snapshot
    sizes = ((room, snapshot.entry(path)) for path, room in islice(speaks.rooms.items(), named.most_beside))
    return sum(min(room, entry.size // _BYTES_A_TOKEN) for room, entry in sizes if entry is not None)


def _led_to(leads: Sequence[str], picks: Picks, speaks: _Speaks) -> list[str]:
    """The files that leads name and that may be sent, in their order; of others it is said why not."""
    led: dict[str, None] = {}
    for lead in leads:
        meant = speaks.best_first(files_meant(lead.strip("`/").removeprefix("./"), speaks.index))
        texts = (path for path in meant if speaks.rules.may(path) and speaks.index.text_file(path))
        allowed = list(islice(texts, _FEW))
        if not meant:
            picks.missing.setdefault(lead, f"{_LED}; not in the commit")
        elif not allowed:
            picks.refused.setdefault(lead, f"{_LED}; {speaks.rules.refusal(meant[0]) or 'no text'}")
        led |= dict.fromkeys(allowed)
    return list(led)


def _add_led(picks: Picks, leads: Sequence[str], named: _Named, speaks: _Speaks) -> bool:
    """Add definitions of the claim's names, the files that somebody said to look in, and a few whose words fit.

    Nothing is added where the leads name no file that may be sent.
    """
    led = _led_to(leads, picks, speaks)
    if not led:
        return False
    most = len(picks.files) + MOST_LED_DEFINITIONS
    for name in _open_names(named, speaks):
        if len(picks.files) < most:
            _add_definitions(picks, name, speaks)
    for place, path in enumerate(led):
        room = int(_LED_TOKENS * _LED_SHARE**place)
        picks.add(path, _LED, room_tokens=max(_LEAST_LED_TOKENS, room))
    beside = (found.path for found in speaks.ranked if found.path not in picks.files)
    for path in list(islice(beside, _BESIDE_LED)):
        picks.add(path, speaks.why_fitting(path), room_tokens=_BESIDE_LED_TOKENS)
    _add_used_by_strong(picks, led, speaks)
    return True


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


def _add_used_by_strong(picks: Picks, strong: Sequence[str], speaks: _Speaks) -> None:
    """Add the definitions that the telling lines of the first few files use."""
    for path in strong[:_MOST_STRONG]:
        if passages := speaks.telling_lines(path, strong[:_MOST_STRONG]):
            _add_used_definitions(picks, path, passages[:_FEW], speaks)


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
