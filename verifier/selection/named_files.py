"""Pick files by name: what a path, directory or glob names in the commit, and whether it may be sent.

A name that is not there may still mean something: the end of a path, the same name in another folder.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from verifier.repository.globbing import is_glob, matching
from verifier.repository.index import Index
from verifier.repository.sending import SendRules
from verifier.repository.snapshot import Snapshot
from verifier.values.pack import Selected, Selection
from verifier.values.source import Lines

MOST_OF_ONE_NAME = 100
"""Files that one directory or glob adds."""

_FEW = 5
"""Files that one bare name adds."""

Sort = Callable[[Collection[str]], Sequence[str]]
"""Puts paths in order, those first that are most wanted."""


@dataclass
class Pick:
    """A file on its way into a selection."""

    whys: list[str]
    shared: bool = False
    wanted: list[Lines] = field(default_factory=list)
    """Asked for by number or name; empty where the file is."""
    used: list[Lines] = field(default_factory=list)
    """What others use of a file that is chosen for itself."""
    room_tokens: int | None = None
    """The most that the file is worth."""


@dataclass
class Picks:
    """The files chosen so far, in order, and the names that chose none."""

    files: dict[str, Pick] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    meant: set[str] = field(default_factory=set)
    """What is missing as it stands, but is the end of one path and no other."""
    asks_where: bool = False
    """Whether somebody is to be asked first where to look."""

    def add(self, path: str, why: str, *, shared: bool = False, room_tokens: int | None = None) -> None:
        """Choose a path, or give one more reason for it; what it is worth stays as the first one said."""
        pick = self.files.get(path)
        if pick is None or (shared and not pick.shared):
            # Shared files must look the same and come in the same order for every claim, or caching them is lost.
            self.files.pop(path, None)
            self.files[path] = Pick([why], shared, room_tokens=room_tokens)
        elif not pick.shared and why not in pick.whys:
            pick.whys.append(why)
            if pick.wanted:
                pick.used, pick.wanted, pick.room_tokens = pick.wanted, [], room_tokens

    def add_lines(self, path: str, why: str, wanted: Lines) -> None:
        """Choose some lines of a path; of one that is chosen for itself they come first where it does not fit whole."""
        pick = self.files.get(path)
        if pick is None:
            self.files[path] = Pick([why], wanted=[wanted])
        elif pick.wanted:
            pick.whys += [why] if why not in pick.whys else []
            pick.wanted.append(wanted)
        else:
            pick.used.append(wanted)

    def selection(self) -> Selection:
        """What was chosen."""
        return Selection(
            tuple(
                Selected(path, "; ".join(pick.whys[:3]), tuple(pick.wanted), pick.shared, pick.room_tokens)
                for path, pick in self.files.items()
            ),
            tuple(Selected(path, why) for path, why in self.missing.items()),
            tuple(Selected(path, why) for path, why in self.refused.items()),
            self.asks_where,
        )


@dataclass
class Picker:
    """Picks what names mean in one commit, under one claim set's rules."""

    picks: Picks
    rules: SendRules
    snapshot: Snapshot
    sort: Sort

    def pick(self, pattern: str, why: str, *, shared: bool = False) -> None:
        """Add what a path, directory or glob names; what finds nothing is missing, what may not be sent refused."""
        found = matching(pattern, self.snapshot.paths)
        if len(found) == 1 and found[0] == pattern.removeprefix("./"):
            self.pick_path(found[0], why, shared=shared)
        elif found:
            self._pick_many(pattern, found, f"{why}: {pattern}", shared)
        elif leads_outside(pattern):
            self.picks.refused[pattern] = f"{why}; it leads outside the commit"
        elif is_glob(pattern):
            self.picks.missing[pattern] = f"{why}; matches nothing in the commit"
        else:
            self._pick_meant(pattern, why, shared)

    def pick_path(self, path: str, why: str, *, shared: bool = False) -> None:
        """Add one path of the commit, or say by which rule it may not be sent."""
        refusal = self.rules.refusal(path)
        if refusal is None:
            self.picks.add(path, why, shared=shared)
        else:
            self.picks.refused[path] = f"{why}; {refusal}"

    def _pick_many(
        self, pattern: str, found: Sequence[str], why: str, shared: bool, most: int = MOST_OF_ONE_NAME
    ) -> None:
        allowed = [path for path in found if self.rules.may(path)]
        if not allowed:
            self.picks.refused[pattern] = f"{why}; {self.rules.refusal(found[0])}"
        for path in (allowed if shared else self.sort(allowed))[:most]:
            self.picks.add(path, why, shared=shared)
        if len(allowed) > most:
            self.picks.refused[pattern] = f"{why}; only {most} of its {len(allowed)} files were taken"

    def _pick_meant(self, pattern: str, why: str, shared: bool) -> None:
        """Add what a name may mean that is not in the commit as it stands."""
        wanted = pattern.removeprefix("./").strip("/")
        at_end = [path for path in self.snapshot.paths if path.endswith(f"/{wanted}")]
        below = [] if at_end else [path for path in self.snapshot.paths if f"/{wanted}/" in path]
        is_bare = "/" not in wanted
        if not is_bare or not (at_end or below):
            self.picks.missing[pattern] = f"{why}; not in the commit"
        if len(at_end) == 1:
            self.picks.meant.add(pattern)
        if at_end or below:
            how = f"{why}: {pattern}" if is_bare else f"named {pattern} is not in the commit; this path ends so"
            how = how if not below or is_bare else f"named {pattern} is not in the commit; a folder of that name is"
            self._pick_many(pattern, at_end or below, how, shared, MOST_OF_ONE_NAME if below else _FEW)
            return
        name = wanted.rpartition("/")[2]
        for path in self.snapshot.near_paths(pattern):
            if self.rules.may(path):
                near = "same name" if path.rpartition("/")[2] == name else "nearest name"
                self.picks.add(path, f"named {pattern} is not in the commit; {near}", shared=shared)


def leads_outside(pattern: str) -> bool:
    """Whether the pattern is absolute or climbs out of the commit."""
    return pattern.startswith(("/", "~")) or "\\" in pattern or ".." in pattern.split("/")


def files_meant(pattern: str, index: Index) -> tuple[str, ...]:
    """The paths that a path, directory or glob names; of a bare name the files in any folder that are called so."""
    found = matching(pattern, index.snapshot.paths)
    if found or "/" in pattern:
        return found
    return tuple(path for path in index.files_called(pattern) if path.endswith(f"/{pattern}"))
