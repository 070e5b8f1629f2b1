"""`verifier audit`: ground the citations of reports somebody else's model wrote."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import click

from verifier.cli.options import where_to_look
from verifier.cli.output import say, show, show_json
from verifier.safety.terminal import escape_terminal

if TYPE_CHECKING:
    from verifier.audit.record import Audit


@click.command()
@click.argument("files", metavar="REPORT.md...", nargs=-1, required=True, type=click.Path(path_type=Path))
@where_to_look
@click.option("--json", "as_json", is_flag=True, help="Print the audit as JSON, a list of several; nothing else.")
@click.option("--reports", type=click.Path(path_type=Path, file_okay=False), help="Write each audit to a folder here.")
@click.option(
    "--min-grounded",
    type=click.FloatRange(0, 100),
    metavar="PERCENT",
    help="Fail below this share of evidence that is exact, near or confirmed.",
)
def audit(
    files: tuple[Path, ...],
    repo: Path,
    ref: str,
    as_json: bool,
    reports: Path | None,
    min_grounded: float | None,
) -> int:
    """Look up what a report by somebody else's model cites, and what it calls missing.

    No model, no key and no network are needed. Exit codes: 0, or 1 where a report is below --min-grounded, or 2 where
    one cannot be read; the others are audited all the same.
    """
    from verifier.audit.report import render

    failed = False
    audits: list[Audit] = []
    for number, (path, done) in enumerate(_audited(files, repo, ref, reports), start=1):
        where = escape_terminal(f"{number}/{len(files)} {path}" if len(files) > 1 else str(path))
        if isinstance(done, str):
            failed = True
            say(escape_terminal(f"verifier: {done}"))
            continue
        audits.append(done)
        for note in done.notes:
            say(f"verifier: {where}: {escape_terminal(note)}")
        if len(files) > 1 or reports is not None:
            say(f"{where}: {_summary(done)}")
        if reports is None and not as_json:
            show(render(done).rstrip("\n"))
    if as_json and (audits or len(files) > 1):
        documents = [one.model_dump(mode="json") for one in audits]
        show_json(documents[0] if len(files) == 1 and documents else documents)
    below = [one for one in audits if min_grounded is not None and _is_below(one, min_grounded)]
    for one in below:
        say(
            f"verifier: {escape_terminal(one.report.path)}: {_summary(one)}; --min-grounded asks for {min_grounded:g} %"
        )
    return 2 if failed else 1 if below else 0


def _audited(files: Sequence[Path], repo: Path, ref: str, reports: Path | None) -> Iterator[tuple[Path, Audit | str]]:
    """The audit of each report, written where that was asked for; a line of text for one that cannot be read."""
    from verifier.audit.auditing import Auditor
    from verifier.audit.reading.reports import read_report_file
    from verifier.errors import AuditError
    from verifier.repository.index import Index
    from verifier.repository.own_paths import own_paths
    from verifier.repository.snapshot import Snapshot

    with Snapshot.open(repo, ref, own=own_paths(repo, files, reports or Path("reports"), None)) as snapshot:
        auditor = Auditor(Index(snapshot))
        taken: set[str] = set()
        for path in files:
            try:
                done = auditor.audit(read_report_file(path), path.as_posix())
            except AuditError as error:
                yield path, str(error)
                continue
            if reports is not None:
                _write(done, reports, taken)
            yield path, done


def _write(done: Audit, reports: Path, taken: set[str]) -> None:
    """Write an audit as Markdown and JSON; a second report of one name has a folder of its own."""
    from verifier.audit.report import render
    from verifier.report.files import write_text
    from verifier.values.prompt import digest

    path = PurePosixPath(done.report.path)
    folder = path.stem if path.stem.strip(".") and path.stem not in taken else f"{path.stem}-{digest(str(path))[:8]}"
    taken.add(folder)
    place = reports / folder / f"{done.repository.commit[:12]}.audit.md"
    write_text(place.with_suffix(".json"), done.model_dump_json(indent=2) + "\n")
    write_text(place, render(done))


def _is_below(audit: Audit, percent: float) -> bool:
    """Whether too little is grounded; where nothing can be checked, nothing is."""
    grounded = audit.totals.grounded_percent
    return (0.0 if grounded is None else grounded) < percent


def _summary(audit: Audit) -> str:
    from verifier.audit.report import summary

    return escape_terminal(summary(audit))
