"""The rulings of a run, as many as there are: beyond some hundreds they wait on disk until somebody reads them."""

from __future__ import annotations

import pickle
import tempfile
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, overload

from verifier.values.record import RulingRecord, RunRecord

MOST_HELD = 500
"""Rulings that memory has room for."""


class Kept:
    """Takes rulings down as they come."""

    def __init__(self, most_held: int = MOST_HELD) -> None:
        self._most_held = most_held
        self._ids: list[str] = []
        self._held: list[RulingRecord] = []
        # Without a name, so that nothing is left of it however the process ends.
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  # open as long as somebody may read it
        self._begins: list[int] = []
        weakref.finalize(self, self._file.close)

    def __len__(self) -> int:
        return len(self._ids)

    def add(self, ruling: RulingRecord) -> None:
        """Take one down."""
        self._ids.append(ruling.claim_id)
        if len(self._held) < self._most_held:
            self._held.append(ruling)
        else:
            self._begins.append(self._file.seek(0, 2))
            pickle.dump(ruling, self._file, pickle.HIGHEST_PROTOCOL)

    def read(self, number: int) -> RulingRecord:
        """The one that was taken down as that many-th, from 0."""
        if number < len(self._held):
            return self._held[number]
        self._file.seek(self._begins[number - len(self._held)])
        ruling: RulingRecord = pickle.load(self._file)  # noqa: S301  # what this process has written, into no one's reach
        return ruling

    def in_order(self, places: Mapping[str, int]) -> Sequence[RulingRecord]:
        """All of them by the places of their claims, those of no place last."""
        order = sorted(range(len(self)), key=lambda number: places.get(self._ids[number], len(places)))
        return tuple(map(self.read, order)) if not self._begins else _OnDisk(self, tuple(order))


@dataclass(frozen=True, eq=False)
class _OnDisk(Sequence[RulingRecord]):
    """Rulings that are read when they are asked for, and changed as they are read."""

    kept: Kept
    order: tuple[int, ...]
    changes: tuple[Callable[[RulingRecord], RulingRecord], ...] = ()

    def __len__(self) -> int:
        return len(self.order)

    @overload
    def __getitem__(self, at: int) -> RulingRecord: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[RulingRecord]: ...
    def __getitem__(self, at: Any) -> Any:
        if isinstance(at, slice):
            return tuple(map(self.__getitem__, range(*at.indices(len(self)))))
        ruling = self.kept.read(self.order[at])
        for change in self.changes:
            ruling = change(ruling)
        return ruling


def changed(record: RunRecord, change: Callable[[RulingRecord], RulingRecord]) -> RunRecord:
    """The record with each ruling as `change` gives it; where they are on disk, as they are read."""
    rulings = record.rulings
    if isinstance(rulings, _OnDisk):
        return replace(record, rulings=replace(rulings, changes=(*rulings.changes, change)))
    return replace(record, rulings=tuple(map(change, rulings)))


def head(record: RunRecord) -> RunRecord:
    """The record without its rulings."""
    return replace(record, rulings=())
