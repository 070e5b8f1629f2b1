"""Reports: a run record rendered for a reader, one file a format.

The formats that come with verifier, and those that installed packages bring under the entry-point group
`verifier.formats`. A format is imported when it is asked for.
"""

from __future__ import annotations

import difflib
import importlib
from importlib.metadata import EntryPoint, entry_points

from verifier.errors import UsageError
from verifier.report.format import Format

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
