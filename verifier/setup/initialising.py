"""Set a repository up for verifier: claims, settings, what git ignores, a job for CI.

What can be found out is not asked, and nothing that is there is overwritten: a second time changes nothing.
"""

from __future__ import annotations

import enum
import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from verifier.errors import SnapshotError, VerifierError
from verifier.setup.from_here import from_here
from verifier.setup.installed import origin

if TYPE_CHECKING:
    from verifier.repository.repository import Repository
    from verifier.repository.snapshot import Snapshot

EXAMPLE = Path("claims/first.yaml")
SETTINGS_FILE = Path("verifier.toml")
WORKFLOW = Path(".github/workflows/verifier.yml")
GITLAB = Path(".gitlab/verifier.yml")
GITLAB_ROOT = Path(".gitlab-ci.yml")
IGNORED = ".verifier/"

_TEMPLATES = Path(__file__).parent / "data"
_MOST_FILES_READ = 200
"""For the example; one definition is enough."""


class Ci(enum.StrEnum):
    """Who runs the claims on each push."""

    GITHUB = "github"
    GITLAB = "gitlab"
    NONE = "none"


class Done(enum.StrEnum):
    """What became of a file."""

    MADE = "made"
    ADDED = "added to"
    LEFT = "left as it is"


@dataclass(frozen=True)
class Step:
    """One file of the set-up."""

    path: Path
    done: Done
    why: str = ""
    """Why it was left, or what was added."""

    def __str__(self) -> str:
        return f"{self.done}: {from_here(self.path).as_posix()}" + (f" ({self.why})" if self.why else "")


def initialise(
    folder: Path, settings: Path | None = None, reports: Path = Path("reports"), ci: Ci | None = None
) -> Iterator[Step]:
    """Set a folder up, a file at a time; the folder is a repository's or lies in one.

    `settings` is the file that has the folder's settings already, `reports` the folder in it where reports go.
    Without `ci`, the address of the remote says who it is; GitHub where there is none.

    Raises:
        SnapshotError: The folder is not there, or is in no git repository.
        VerifierError: A file cannot be written.
    """
    from verifier.repository.repository import find_repository

    repository = find_repository(folder)
    if repository.worktree is None:
        raise SnapshotError(f"{folder} is a bare repository; name a checkout of it with --dir")
    try:
        yield _claims(folder)
        yield _settings(folder, settings)
        yield _ignored(folder, repository, reports)
        yield from _ci(folder, repository, repository.worktree, ci)
    except OSError as error:
        raise VerifierError(
            f"{error.filename}: cannot be written ({error.strerror}); mend that and run again"
        ) from error


def _claims(folder: Path) -> Step:
    from verifier.claim_files.finding import SUFFIXES
    from verifier.claim_files.writing import SCHEMA_NAME, write_claim_file

    claims = folder / EXAMPLE.parent
    if claims.is_dir():
        there = sorted(path.name for path in claims.iterdir() if path.suffix in SUFFIXES and path.name[0] != ".")
        if there:
            return Step(claims, Done.LEFT, f"holds {there[0]}")
    write_claim_file(folder / EXAMPLE, example_claims(folder))
    return Step(folder / EXAMPLE, Done.MADE, f"and {SCHEMA_NAME} beside it, for editors")


def example_claims(folder: Path) -> dict[str, Any]:
    """A claim set of one claim that names something of the commit that is checked out, for its author to replace."""
    from verifier.repository.snapshot import Snapshot

    try:
        with Snapshot.open(folder) as snapshot:
            return _example(snapshot)
    except SnapshotError:  # no commit yet
        return _claim_set("readme", "The repository has a `README.md`", {"path_exists": "README.md"})


def _example(snapshot: Snapshot) -> dict[str, Any]:
    found = _a_definition(snapshot)
    if found is not None:
        path, name = found
        return _claim_set("example", f"`{name}` is implemented in `{path}`", {"symbol": name, "in": path})
    named = next((path for path in snapshot.paths if _is_plain(path)), "README.md")
    return _claim_set("example", f"The repository has a `{named}`", {"path_exists": named})


def _claim_set(claim_id: str, statement: str, check: dict[str, str]) -> dict[str, Any]:
    return {"title": "First claims", "claims": [{"id": claim_id, "statement": statement, "checks": [check]}]}


def _a_definition(snapshot: Snapshot) -> tuple[str, str] | None:
    """The first definition of code, by path, that is no stub."""
    from verifier.languages import FileKind, file_kind, read_source

    code = [path for path in snapshot.paths if _is_plain(path) and file_kind(path) is FileKind.CODE]
    for file in snapshot.files(code[:_MOST_FILES_READ]):
        for definition in read_source(file.path, file.text).definitions:
            if definition.kind in ("class", "function") and definition.stub is None and definition.name.isidentifier():
                return file.path, definition.name
    return None


def _is_plain(path: str) -> bool:
    """Whether a statement can name the path without more ado."""
    return re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_./-]*\.[A-Za-z0-9]+", path) is not None


def _settings(folder: Path, there: Path | None) -> Step:
    if there is not None:
        return Step(there, Done.LEFT, "holds the settings")
    return _write_new(folder / SETTINGS_FILE, _template("verifier.toml"))


def _ignored(folder: Path, repository: Repository, reports: Path) -> Step:
    """Add journal and reports to what git ignores; everything else in the file stays, byte for byte."""
    path = folder / ".gitignore"
    wanted = [IGNORED]
    if (
        not reports.is_absolute()
        and ".." not in reports.parts
        and not _holds_files_of_git(repository, folder / reports)
    ):
        wanted.append(f"/{reports.as_posix()}/")
    before = path.read_bytes() if path.exists() else b""
    there = {_bare(line) for line in before.splitlines()}
    missing = [one for one in wanted if _bare(one.encode()) not in there]
    if not missing:
        return Step(path, Done.LEFT, f"has {' and '.join(wanted)}")
    newline = b"\r\n" if b"\r\n" in before else b"\n"
    gap = newline if before and not before.endswith(b"\n") else b""
    with path.open("ab") as file:
        file.write(gap + b"".join(one.encode() + newline for one in missing))
    return Step(path, Done.ADDED if before else Done.MADE, " and ".join(missing))


def _bare(line: bytes) -> bytes:
    """What a line ignores, however it is anchored."""
    return line.strip().removesuffix(b"/*").strip(b"/").removeprefix(b"**/")


def _holds_files_of_git(repository: Repository, reports: Path) -> bool:
    """Whether git has files in the folder: where some are, new ones would go unnoticed were it ignored."""
    worktree = repository.worktree
    if worktree is None or not reports.is_dir():
        return False
    place = reports.resolve().relative_to(worktree.resolve()).as_posix()
    found, _ = repository.git.records("ls-files", "-z", "--", f":(top,literal){place}", limit=1)
    return any(found)


def _ci(folder: Path, repository: Repository, worktree: Path, ci: Ci | None) -> Iterator[Step]:
    host = urlsplit(repository.remote or "").hostname or "github"
    ci = ci or next((one for one in (Ci.GITHUB, Ci.GITLAB) if one in host), None)
    if ci is None:
        yield Step(worktree / WORKFLOW, Done.LEFT, f"{host} is neither GitHub nor GitLab; --ci names one of them")
    elif ci is Ci.GITHUB:
        yield _job("workflow.yml", worktree / WORKFLOW, folder, repository, worktree)
    elif ci is Ci.GITLAB:
        yield _job("gitlab.yml", worktree / GITLAB, folder, repository, worktree)
        yield _included(worktree / GITLAB_ROOT)


def _job(template: str, path: Path, folder: Path, repository: Repository, worktree: Path) -> Step:
    below = folder.resolve().relative_to(worktree.resolve())
    came_from = origin()
    quoted = json.dumps if template == "workflow.yml" else shlex.quote
    filled = {
        "@BRANCH@": json.dumps(_main_branch(repository)),
        "@FOLDER@": quoted(below.as_posix()),
        "@BELOW@": json.dumps(f"{below.as_posix()}/" if below.parts else "")[1:-1],
        "@REPORTS@": json.dumps((below / "reports").as_posix()),
        "@REQUIREMENT@": shlex.quote(came_from.requirement),
        "@REMARK@": "" if came_from.is_certain else _UNCERTAIN.format(came_from.requirement),
    }
    text = _template(template)
    for mark, value in filled.items():
        text = text.replace(mark, value)
    written = _write_new(path, text)
    if written.done is Done.MADE and not came_from.is_certain:
        return replace(written, why="how it installs verifier needs a look")
    return written


def _included(path: Path) -> Step:
    """Let GitLab read the job; a file that is there is its owner's to change."""
    written = _write_new(path, f"include:\n  - local: {GITLAB.as_posix()}\n")
    if written.done is Done.MADE or GITLAB.as_posix() in path.read_text(encoding="utf-8", errors="replace"):
        return written
    return replace(written, why=f"is there already; add to its include: local: {GITLAB.as_posix()}")


_UNCERTAIN = """
          # The verifier that wrote this had been installed from a folder. Until {} is on the package
          # index, install it from where you keep it: git+https://HOST/OWNER/NAME@COMMIT"""


def _main_branch(repository: Repository) -> str:
    """The branch that others branch from: origin's own, else what is checked out."""
    from verifier.repository.git import GitError

    for name in ("refs/remotes/origin/HEAD", "HEAD"):
        try:
            said = repository.git.run("symbolic-ref", "--quiet", name)[0].strip()
        except GitError:
            continue
        return re.sub("^refs/(heads|remotes/origin)/", "", said)
    return "main"


def _template(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="utf-8")


def _write_new(path: Path, text: str) -> Step:
    """Write a file that is not there; one that is stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        return Step(path, Done.LEFT, "is there already")
    return Step(path, Done.MADE)
