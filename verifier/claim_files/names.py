"""What a claim file is called, by whoever reads of it elsewhere."""

from __future__ import annotations

from pathlib import Path, PurePosixPath


def shown_path(path: Path) -> str:
    """The claim file as a reader elsewhere would name it: below its repository, else by its last two names.

    It does not depend on the current folder, so that a replay from elsewhere gives the same report.
    """
    resolved = path.resolve()
    root = next((folder for folder in resolved.parents if (folder / ".git").exists()), None)
    if root is None or "site-packages" in resolved.parts:
        return "/".join(resolved.parts[-2:])
    return resolved.relative_to(root).as_posix()


def is_same_file(one: str, other: str) -> bool:
    """Whether two paths of claim files may be the same file, named from different folders."""
    ours, theirs = PurePosixPath(one).parts, PurePosixPath(other).parts
    common = min(len(ours), len(theirs))
    return ours[-common:] == theirs[-common:]
