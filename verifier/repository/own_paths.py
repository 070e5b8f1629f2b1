"""Which paths of the judged commit are verifier's own: never selected, never cited, never counted as hits."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from verifier.repository.repository import find_repository


def own_paths(repo: Path, claim_files: Sequence[Path], reports: Path, cassette: Path | None) -> tuple[str, ...]:
    """The paths of the judged commit that are verifier's own: never selected, never cited, never counted as hits."""
    root = find_repository(repo).worktree
    # A claim file is known by its name too: the commit may hold it though this copy lies elsewhere.
    own = [".verifier/**", f"claims/{_SCHEMA}", *(f"claims/{path.name}" for path in claim_files)]
    if root is None:
        return tuple(dict.fromkeys(own))
    for path in claim_files:
        own += _below(root, path, "")
        folder = path.absolute().parent
        if folder.name == "claims":
            for beside in (folder, folder.parent / "cassettes"):
                own += _below(root, beside, "/*.yaml") + _below(root, beside, "/*.yml")
        own += _below(root, folder / _SCHEMA, "")
    own += _below(root, reports, f"/*/{_NAME_OF_A_REPORT}")
    if cassette is not None:
        own += _below(root, cassette, "")
    return tuple(dict.fromkeys(own))


_SCHEMA = ".claims.schema.json"
"""What `verifier claims new` and `verifier init` lay beside a claim file, for editors."""

_NAME_OF_A_REPORT = "[0-9a-f]" * 12 + ".*"
"""Reports of other claim sets lie beside those of this one; a project's own `reports/` may hold code as well."""


def _below(root: Path, path: Path, suffix: str) -> list[str]:
    resolved = path.resolve()
    if not resolved.is_relative_to(root.resolve()):
        return []
    return [f"{PurePosixPath(*resolved.relative_to(root.resolve()).parts)}{suffix}"]
