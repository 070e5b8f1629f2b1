"""Audit report files against one commit, one by one, and write what was found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from verifier.audit.auditing import Auditor
from verifier.audit.reading.reports import read_report_file
from verifier.audit.record import Audit
from verifier.audit.report import render
from verifier.errors import AuditError
from verifier.report.files import write_text
from verifier.repository.index import Index
from verifier.repository.own_paths import own_paths
from verifier.repository.snapshot import Snapshot
from verifier.values.prompt import digest


def audit_files(
    files: Sequence[Path], repo: Path, ref: str, reports: Path | None
) -> Iterator[tuple[Path, Audit | AuditError]]:
    """The audit of each report, written to a folder of `reports` where that is given; the error of an unreadable one.

    Raises:
        SnapshotError: The commit cannot be read.
    """
    with Snapshot.open(repo, ref, own=own_paths(repo, files, reports or Path("reports"), None)) as snapshot:
        auditor = Auditor(Index(snapshot))
        taken: set[str] = set()
        for path in files:
            try:
                done = auditor.audit(read_report_file(path), path.as_posix())
            except AuditError as error:
                yield path, error
                continue
            if reports is not None:
                _write(done, reports, taken)
            yield path, done


def _write(done: Audit, reports: Path, taken: set[str]) -> None:
    """Write an audit as Markdown and JSON; a second report of one name has a folder of its own."""
    path = PurePosixPath(done.report.path)
    folder = path.stem if path.stem.strip(".") and path.stem not in taken else f"{path.stem}-{digest(str(path))[:8]}"
    taken.add(folder)
    place = reports / folder / f"{done.repository.commit[:12]}.audit.md"
    write_text(place.with_suffix(".json"), done.model_dump_json(indent=2) + "\n")
    write_text(place, render(done))
