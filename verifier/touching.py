"""What a branch touches: the paths that differ from where it left its base, and the claims about them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from verifier.errors import SnapshotError
from verifier.git import GitError, shown
from verifier.globbing import matching
from verifier.pipeline import Work, files_of
from verifier.repository import find_repository
from verifier.snapshot import Snapshot
from verifier.values.claim import Claim


def touched_paths(repo: Path, base: str, branch: Snapshot) -> frozenset[str]:
    """The paths that differ between the branch's commit and the one where it left the base.

    Raises:
        SnapshotError: The base is no commit, or has no commit in common with the branch.
    """
    repository = find_repository(repo)
    try:
        common, _ = repository.git.run("merge-base", repository.resolve(base), branch.commit)
    except GitError as failed:
        way_out = "deepen the clone with `git fetch --unshallow`" if branch.shallow else "name another with --base"
        raise SnapshotError(f'"{shown(base)}" has no commit in common with {branch.commit[:12]}; {way_out}') from failed
    with Snapshot.open(repo, common.strip()) as before:
        paths = {*before.paths, *branch.paths}
        return frozenset(path for path in paths if before.entry(path) != branch.entry(path))


def touched_claims(work: Work, claims: Sequence[Claim], touched: Collection[str]) -> tuple[Claim, ...]:
    """The claims that would be shown one of the paths, or that name one that is gone."""
    paths = tuple(touched)
    return tuple(
        claim for claim in claims if any(name in touched or matching(name, paths) for name in files_of(work, claim))
    )
