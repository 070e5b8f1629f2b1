"""What was made last is kept, within a bound. Threads may share it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Shelf(Generic[K, V]):
    """Values by their keys; those go that were not asked for longest."""

    def __init__(self, room: int) -> None:
        """Hold values of so much weight in all, and the last one whatever its weight."""
        self._room = room
        self._held = 0
        self._values: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: K) -> V | None:
        """The value; None where it is not held."""
        with self._lock:
            if key not in self._values:
                return None
            self._values.move_to_end(key)
            return self._values[key][0]

    def put(self, key: K, value: V, weight: int) -> None:
        """Hold the value."""
        with self._lock:
            if key not in self._values:
                self._values[key] = value, weight
                self._held += weight
            while self._held > self._room and len(self._values) > 1:
                _, (_, oldest) = self._values.popitem(last=False)
                self._held -= oldest
