"""The folder in which verifier keeps what is costly to work out again; it can be deleted without loss."""

from __future__ import annotations

from pathlib import Path


def cache_folder() -> Path | None:
    """Where the user's caches are. None: there is no such place."""
    from platformdirs import user_cache_path

    try:
        folder = user_cache_path("verifier", appauthor=False)
    except RuntimeError:  # The user has no home folder.
        return None
    return folder if folder.is_absolute() else None
