"""What a format is: a name, the end of a file's name, and how a run is written in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from verifier.values.history import History
    from verifier.values.record import RunRecord


@dataclass(frozen=True)
class Format:
    """One way to write a run. A package adds one by the entry-point group `verifier.formats`."""

    name: str
    suffix: str
    """With its dot: ".md"."""
    render: Callable[[RunRecord], str]
    """The report as text; the same record always gives the same text."""
    _: KW_ONLY
    pieces: Callable[[RunRecord], Iterable[str]] | None = None
    """The same text a piece at a time, for runs that are larger than memory ought to be. None: as one text."""
    with_history: Callable[[RunRecord, History], str] | None = None
    """The report with what was ruled of its claims before. None for a format that does not show that."""

    def written(self, record: RunRecord, history: History | None = None) -> str:
        """The report, with the history where there is one and the format shows it."""
        return "".join(self.in_pieces(record, history))

    def in_pieces(self, record: RunRecord, history: History | None = None) -> Iterable[str]:
        """The same a piece at a time, where the format can do that."""
        if history is not None and self.with_history is not None:
            return (self.with_history(record, history),)
        return self.pieces(record) if self.pieces is not None else (self.render(record),)
