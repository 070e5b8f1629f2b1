"""The check `path_exists`: a path or glob is in the commit."""

from __future__ import annotations

from verifier.repository.globbing import matching
from verifier.repository.index import Index
from verifier.values.claim import Check


def path_exists(check: Check, index: Index) -> tuple[bool, str]:
    """Whether the path is there, and the finding as a sentence."""
    path = check.path_exists or ""
    found = len(matching(path, index.snapshot.paths))
    if found >= check.at_least:
        return True, f"path_exists {path}: {found} in the commit"
    wanted = f", wanted at least {check.at_least}" if check.at_least > 1 else ""
    return False, f"path_exists {path}: {found or 'not'} in the commit{wanted}"
