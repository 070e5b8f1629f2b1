"""Prices that were looked up, kept in the user's cache folder: loading all that genai-prices knows takes 0.1 s.

The file is for one version of it and one day, and is begun anew for another.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from verifier.system.cache_folder import cache_folder
from verifier.system.whole_files import write_whole


@dataclass(frozen=True)
class Listed:
    """What is listed of a model."""

    model: str
    """Whose price it is; one model may be priced as another."""
    tiers: tuple[tuple[int, float, float, float], ...]
    """Tokens of prompt beyond which it holds, and dollars a million of input, cached and output; the longest first."""


def kept(edition: str, model: str, look_up: Callable[[], Listed | None]) -> Listed | None:
    """What is kept of the model; where nothing is, what is looked up, and kept if it can be."""
    folder = cache_folder()
    path = None if folder is None else folder / "prices.json"
    known = {} if path is None else _read(path).get(edition, {})
    if model not in known:
        known[model] = look_up()
        if path is not None:
            _write(path, {edition: known})
    return known[model]


_EDITIONS = TypeAdapter(dict[str, dict[str, Listed | None]])


def _read(path: Path) -> dict[str, dict[str, Listed | None]]:
    try:
        return _EDITIONS.validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return {}


def _write(path: Path, editions: dict[str, dict[str, Listed | None]]) -> None:
    """In one piece, as other processes may read it now."""
    with contextlib.suppress(OSError):
        write_whole(path, [_EDITIONS.dump_json(editions)])
