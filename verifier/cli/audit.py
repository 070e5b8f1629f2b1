"""`verifier audit`: ground the citations of reports somebody else's model wrote."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from verifier.cli.options import FOLDER, PATH, where_to_look
from verifier.cli.output import say, show, show_json

if TYPE_CHECKING:
    from verifier.audit.record import Audit


@click.command()
@click.argument("files", metavar="REPORT.md...", nargs=-1, required=True, type=PATH)
@where_to_look
@click.option("--json", "as_json", is_flag=True, help="Print the audit as JSON, a list of several; nothing else.")
@click.option("--reports", type=FOLDER, help="Write each audit to a folder here.")
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
    from verifier.audit.files import audit_files
    from verifier.audit.report import render, summary
    from verifier.errors import AuditError

    failed = False
    audits: list[Audit] = []
    for number, (path, done) in enumerate(audit_files(files, repo, ref, reports), start=1):
        where = f"{number}/{len(files)} {path}" if len(files) > 1 else path
        if isinstance(done, AuditError):
            failed = True
            say(f"verifier: {done}")
            continue
        audits.append(done)
        for note in done.notes:
            say(f"verifier: {where}: {note}")
        if len(files) > 1 or reports is not None:
            say(f"{where}: {summary(done)}")
        if reports is None and not as_json:
            show(render(done).rstrip("\n"), ready=True)
    if as_json and (audits or len(files) > 1):
        documents = [one.model_dump(mode="json") for one in audits]
        show_json(documents[0] if len(files) == 1 and documents else documents)
    below = [one for one in audits if min_grounded is not None and one.totals.is_below(min_grounded)]
    for one in below:
        say(f"verifier: {one.report.path}: {summary(one)}; --min-grounded asks for {min_grounded:g} %")
    return 2 if failed else 1 if below else 0
