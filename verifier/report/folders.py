"""In which folder, below that of all reports, the reports about a claim file lie."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from verifier.errors import UsageError
from verifier.safety.invisible import visible
from verifier.values.prompt import digest


def refuse_one_name_twice(claim_files: Sequence[Path]) -> None:
    """Make sure, before anything is asked, that no two claim files of a run report to one folder.

    Raises:
        UsageError: Two of them do.
    """
    seen: dict[str, Path] = {}
    for path in dict.fromkeys(claim_files):
        # Many file systems do not tell large letters from small ones.
        other = seen.setdefault(report_folder(path.name).casefold(), path)
        if other != path:
            raise UsageError(
                f"{visible(other)} and {visible(path)} would report to one folder, "
                f"{visible(report_folder(path.name))}; rename one, or run them one by one with --reports"
            )


def report_folder(claim_file: str) -> str:
    """The folder's name, made of the claim file's."""
    path = PurePosixPath(claim_file)
    return path.stem if path.stem.strip(".") else f"claims-{digest(path.name)[:8]}"
