"""Reports: a run record rendered for a reader, one file a format.

The formats that come with verifier, and those that installed packages bring under the entry-point group
`verifier.formats`. A format is imported when it is asked for.
"""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Callable, Iterable
from dataclasses import KW_ONLY, dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING

from verifier.errors import UsageError

if TYPE_CHECKING:
    from verifier.values.history import History
    from verifier.values.record import RunRecord

__all__ = ["GROUP", "Format", "find_format", "format_names"]

GROUP = "verifier.formats"

_BUILT_IN = {
    "markdown": "verifier.report.markdown",
    "json": "verifier.report.record_json",
    "jsonl": "verifier.report.json_lines",
    "html": "verifier.report.html",
    "sarif": "verifier.report.sarif",
    "junit": "verifier.report.junit",
    "github-annotations": "verifier.report.github.annotations",
    "github-comment": "verifier.report.github.comment",
    "github-summary": "verifier.report.github.summary",
    "gitlab-code-quality": "verifier.report.code_quality",
    "agent": "verifier.report.agent",
}
"""Each module has its `Format` as FORMAT."""


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


def format_names() -> tuple[str, ...]:
    """Every format by name: those that come with verifier first, then those of installed packages, sorted."""
    return (*_BUILT_IN, *sorted(_brought().keys() - _BUILT_IN.keys()))


def find_format(name: str) -> Format:
    """The format of that name. One that comes with verifier is never replaced by an installed package's.

    Raises:
        UsageError: There is none of that name, or what a package brings under it is no format.
    """
    if name in _BUILT_IN:
        built_in: Format = importlib.import_module(_BUILT_IN[name]).FORMAT
        return built_in
    found = _brought().get(name)
    if found is None:
        near = difflib.get_close_matches(name, format_names(), n=1)
        hint = f'did you mean "{near[0]}"?' if near else f"there are {', '.join(format_names())}"
        raise UsageError(f'no format "{name}"; {hint}')
    return _loaded(found)


def _brought() -> dict[str, EntryPoint]:
    return {found.name: found for found in entry_points(group=GROUP)}


def _loaded(found: EntryPoint) -> Format:
    whose = f'the format "{found.name}" of {found.dist.name if found.dist else found.value}'
    try:
        loaded = found.load()
    except (ImportError, AttributeError) as error:
        raise UsageError(f"{whose} cannot be loaded ({error}); install that package anew") from error
    if not isinstance(loaded, Format):
        raise UsageError(f"{whose} is no verifier.report.Format; tell those who made that package")
    return loaded
