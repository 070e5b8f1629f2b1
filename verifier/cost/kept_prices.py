"""Prices that were looked up, kept in the user's cache folder: loading all that genai-prices knows takes 0.1 s.

The file is for one version of it and one day, and is begun anew for another.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from verifier.cache_folder import cache_folder


def kept(edition: str, model: str, look_up: Callable[[], Any]) -> Any:
    """What is kept of the model, as JSON has it; where nothing is, what is looked up, and kept if it can be."""
    folder = cache_folder()
    path = None if folder is None else folder / "prices.json"
    known = {} if path is None else _read(path).get(edition, {})
    if model not in known:
        known[model] = look_up()
        if path is not None:
            _write(path, {edition: known})
    return known[model]


def _read(path: Path) -> dict[str, dict[str, Any]]:
    try:
        editions: dict[str, dict[str, Any]] = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return editions


def _write(path: Path, editions: dict[str, dict[str, Any]]) -> None:
    """In one piece, as other processes may read it now."""
    written = path.with_name(f"{path.name}.{os.getpid()}")
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        written.write_text(json.dumps(editions), "utf-8")
        written.replace(path)
