"""What later rounds were granted of what the model asked for; every later round shows all of it again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from verifier.pipeline.opening import MOST_PACKINGS, OpenedClaim, Work, less_room
from verifier.prompting.packing import pack
from verifier.selection.granting import grant
from verifier.values.followup import FollowUp
from verifier.values.pack import ContextPack, ManifestEntry, Selected, Selection, Supply
from verifier.values.verdict import Need


class Granted:
    """The files, lines and definitions granted so far, and the manifest that accounts for every path."""

    def __init__(self, work: Work, opened: OpenedClaim) -> None:
        self._work = work
        self._manifest = {entry.path: entry for entry in opened.context.manifest}
        self._selected: dict[str, Selected] = {}

    @property
    def manifest(self) -> tuple[ManifestEntry, ...]:
        """What became of each path that was named, selected or asked for."""
        return tuple(self._manifest.values())

    def with_files(self, followup: FollowUp, needs: Sequence[Need], room_left: Callable[[FollowUp], int]) -> FollowUp:
        """The follow-up with what was granted before and what is asked for now, as much as there is room for."""
        whole = {path for path, entry in self._manifest.items() if entry.supply is Supply.WHOLE}
        selection = grant(needs, self._work.claims, self._work.index, whole)
        wanted = {**self._selected, **{s.path: _joined(self._selected.get(s.path), s) for s in selection.files}}
        allowed = room = room_left(followup)
        for _ in range(MOST_PACKINGS):
            context = pack(Selection(tuple(wanted.values())), self._work.index, max(0, room))
            supplied = self._supplied(followup, selection, context, wanted)
            over = -room_left(supplied)
            if over <= 0:
                self._note(selection, context, wanted)
                return supplied
            room = less_room(room, allowed, allowed + over)
        nothing = pack(Selection(tuple(wanted.values())), self._work.index, 0)
        self._note(selection, nothing, wanted)
        return replace(followup, refused=(), files=())

    def _supplied(
        self, followup: FollowUp, selection: Selection, context: ContextPack, wanted: dict[str, Selected]
    ) -> FollowUp:
        did_not_fit = (Selected(e.path, e.why) for e in context.manifest if e.supply is Supply.LEFT_OUT)
        before = {path: selected.wanted for path, selected in self._selected.items()}
        news = any(file.path not in before or before[file.path] != wanted[file.path].wanted for file in context.files)
        refused = (*selection.refused, *selection.missing, *did_not_fit)
        return replace(followup, files=context.files, refused=refused, news=followup.news or news)

    def _note(self, selection: Selection, context: ContextPack, wanted: dict[str, Selected]) -> None:
        """Enter into the manifest what a round grants and refuses."""
        for entry in context.manifest:
            before = self._manifest.get(entry.path)
            if before is None or entry.supply in (Supply.WHOLE, Supply.IN_PART):
                self._manifest[entry.path] = entry
        shown = {file.path for file in context.files}
        self._selected = {path: selected for path, selected in wanted.items() if path in shown}
        for selected, supply in (
            *((s, Supply.LEFT_OUT) for s in selection.refused),
            *((s, Supply.NOT_IN_COMMIT) for s in selection.missing),
        ):
            self._manifest.setdefault(selected.path, ManifestEntry(selected.path, supply, selected.why))


def _joined(before: Selected | None, now: Selected) -> Selected:
    """One wish for a path out of two: the whole file, or the lines of both."""
    if before is None:
        return now
    if not before.wanted or not now.wanted:
        return replace(now, wanted=())
    return replace(now, wanted=(*before.wanted, *(lines for lines in now.wanted if lines not in before.wanted)))
