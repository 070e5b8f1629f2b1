"""`verifier claims`: list, lint, add, draft, label, import, and the schema of claim files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from verifier.cli.completing import refs
from verifier.cli.draft import draft
from verifier.cli.label import label
from verifier.cli.options import PATH

if TYPE_CHECKING:
    from verifier.claim_files import LoadedClaims, Problem
    from verifier.values.claim import Claim

_CLAIM_FILES = click.argument("files", metavar="[CLAIMS]...", nargs=-1, type=PATH)
_AS_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
_LONGEST_STATEMENT = 72


@click.group()
def claims() -> None:
    """List, lint, add, draft, label and import claims."""


claims.add_command(label)


claims.add_command(draft)


@claims.command("list")
@_CLAIM_FILES
@_AS_JSON
def list_claims(files: tuple[Path, ...], as_json: bool) -> None:
    """List claims: those of CLAIMS, files or folders; of claims/*.yaml without an argument."""
    from verifier.claim_files import find_claim_files, load_claims
    from verifier.cli.output import show, show_json, table

    sets = [load_claims(path) for path in find_claim_files(files, Path())]
    if as_json:
        show_json({"claim_sets": [_as_document(loaded) for loaded in sets]})
        return
    for loaded in sets:
        show(f"{loaded.path}: {loaded.claims.title}")
        show(table([_row(claim) for claim in loaded.claims.claims]), ready=True)


@claims.command()
@_CLAIM_FILES
@click.option(
    "--ref", shell_complete=refs, help="Also say which globs and paths match nothing at this branch, tag or commit."
)
@click.option("--repo", type=PATH, default=Path(), help="The repository of --ref; this folder.")
@_AS_JSON
@click.pass_context
def lint(context: click.Context, files: tuple[Path, ...], ref: str | None, repo: Path, as_json: bool) -> None:
    """Say what is wrong with claims, and what will make them hard to verify.

    Exit code 1 when there is anything to say, 2 when a file cannot be read as YAML at all.
    """
    from pydantic_core import to_jsonable_python

    from verifier.claim_files import find_claim_files
    from verifier.cli.output import say, show, show_json
    from verifier.report.words import counted

    found = find_claim_files(files, Path())
    problems = _problems(found, _paths_at(repo, ref))
    if as_json:
        show_json({"files": [str(path) for path in found], "findings": to_jsonable_python(problems)})
    for problem in () if as_json else problems:
        show(f"{problem.path}:{problem.line}: {problem.severity.value}: {problem.message}")
    say(f"{counted(len(problems), 'finding')} in {counted(len(found), 'claim file')}")
    context.exit(1 if problems else 0)


@claims.command()
@click.argument("file", type=PATH)
@click.option("--id", "claim_id", help="Of the new claim; made of the statement's words without it.")
@click.option("--statement", help="What is claimed, in one sentence.")
@click.option("--file", "files", multiple=True, help="A path or glob the claim is about; may be repeated.")
@click.option("--tag", "tags", multiple=True, help="May be repeated.")
@click.option("--title", help="Of a new claim file; made of its name without it.")
@click.option(
    "--from",
    "notes",
    type=PATH,
    help="One claim per bullet of a pull-request text or checklist; - reads it from standard input.",
)
def new(
    file: Path,
    claim_id: str | None,
    statement: str | None,
    files: tuple[str, ...],
    tags: tuple[str, ...],
    title: str | None,
    notes: Path | None,
) -> None:
    """Add a claim to FILE, or begin FILE with it. What stands in FILE stays as it is, byte for byte."""
    from verifier.claim_files.writing import add_claims
    from verifier.cli.output import say

    if statement is not None and notes is None:
        fresh = [_stated(file, claim_id, statement)]
    elif notes is None or statement is not None:
        raise click.UsageError("give --statement TEXT, or --from NOTES.md")
    elif claim_id is not None:
        raise click.UsageError("--id names one claim; with --from ids are made of the bullets' words")
    else:
        fresh = _noted(file, notes)
    fresh = [claim | {key: list(some) for key, some in (("files", files), ("tags", tags)) if some} for claim in fresh]
    if not fresh:
        say(f"{file}: nothing to add")
        return
    added = add_claims(file, fresh, title=title)
    for claim in fresh:
        say(f'{added.path}:{added.lines[claim["id"]]}: added claim "{claim["id"]}"')


@claims.command("import")
@click.argument("source", type=PATH)
@click.argument("file", required=False, type=PATH)
def import_(source: Path, file: Path | None) -> None:
    """Make a claim set of SOURCE, a Markdown report or a YAML file of the older kind.

    It is written to FILE, or printed without one; what could not be carried over is said on stderr.
    """
    from verifier.audit.claims_of_reports import import_old_yaml, import_report
    from verifier.claim_files.writing import claim_file_text, write_claim_file
    from verifier.cli.output import say, show
    from verifier.report.words import counted

    if source.suffix.lower() in (".yaml", ".yml"):
        imported = import_old_yaml(source)
    else:
        from verifier.audit.reading.reports import read_report_file

        imported = import_report(read_report_file(source), source)
    if file is None:
        show(claim_file_text(imported.document).rstrip("\n"), ready=True)
    else:
        write_claim_file(file, imported.document)
    for line in imported.left_out:
        say(f"not carried over: {line}")
    say(f"{counted(len(imported.document['claims']), 'claim')} imported from {source}")


@claims.command()
def schema() -> None:
    """Print the JSON Schema of claim files."""
    from verifier.claim_files import claim_file_schema
    from verifier.cli.output import show_json

    show_json(claim_file_schema())


def _problems(files: Sequence[Path], paths: Sequence[str] | None) -> list[Problem]:
    from verifier.claim_files import inspect
    from verifier.claim_files import lint as warnings_of

    problems: list[Problem] = []
    for path in files:
        loaded, errors = inspect(path)
        problems += errors if loaded is None else warnings_of(loaded, paths)
    return problems


def _paths_at(repo: Path, ref: str | None) -> tuple[str, ...] | None:
    if ref is None:
        return None
    from verifier.repository.snapshot import Snapshot

    with Snapshot.open(repo, ref) as snapshot:
        return tuple(snapshot.paths)


def _stated(file: Path, claim_id: str | None, statement: str) -> dict[str, Any]:
    from verifier.claim_files.notes import slug

    statement = " ".join(statement.split())
    return {"id": claim_id or slug(statement, set(_there(file).values())), "statement": statement}


def _noted(file: Path, notes: Path) -> list[dict[str, Any]]:
    """A claim for each bullet that states something new; what is left out is said."""
    from verifier.claim_files.notes import read_notes, slug
    from verifier.cli.output import say

    there = _there(file)
    taken = set(there.values())
    fresh: list[dict[str, Any]] = []
    for note in read_notes(notes):
        why = note.left_out
        if why is None and note.statement in there:
            why = f'claim "{there[note.statement]}" says it'
        if why is not None:
            say(f"{notes}:{note.line}: left out, {why}: {note.statement}")
            continue
        fresh.append({"id": slug(note.statement, taken), "statement": note.statement})
        there[note.statement] = fresh[-1]["id"]
        taken.add(fresh[-1]["id"])
    return fresh


def _there(path: Path) -> dict[str, str]:
    """The ids of the claims that a file has already, by their statements on one line each."""
    from verifier.claim_files import load_claims

    claims = load_claims(path).claims.claims if path.exists() else ()
    return {" ".join(claim.statement.split()): claim.id for claim in reversed(claims)}


def _row(claim: Claim) -> list[str]:
    statement = " ".join(claim.statement.split())
    if len(statement) > _LONGEST_STATEMENT:
        statement = statement[: _LONGEST_STATEMENT - 1].rstrip() + "…"
    return [f"  {claim.id}", statement, " ".join(claim.tags)]


def _as_document(loaded: LoadedClaims) -> dict[str, Any]:
    document = loaded.claims.model_dump(mode="json", by_alias=True, exclude_none=True)
    for claim in document["claims"]:
        claim["line"] = loaded.lines[claim["id"]]
    return {"path": str(loaded.path), "digest": loaded.digest, **document}
