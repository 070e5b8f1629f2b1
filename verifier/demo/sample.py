"""Build the demo's sample: a small service as a git repository, with the same commits on every machine.

`sample/history.toml` lists the commits, a folder beside it holds the files that each one adds or changes. Cassettes and
reports name commits by their sha, so nothing of the machine may get into one: names, dates, modes and line ends are
given here, and git reads no configuration but its own repository's.
"""

import os
import shutil
import subprocess
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from verifier.errors import SnapshotError, UsageError

SAMPLE = Path(__file__).parent / "sample"

AUTHOR = "verifier demo <demo@example.invalid>"

SETTINGS = {
    "core.autocrlf": "false",
    "core.attributesFile": os.devnull,
    "core.excludesFile": os.devnull,
    "core.hooksPath": os.devnull,
    "commit.gpgSign": "false",
}
"""Stay in the repository, so that a user's own git, with other habits, still finds nothing uncommitted in it."""


JUDGED = "phase4"
"""The branch that claims to be ready for production."""


def place_sample(into: Path) -> Path:
    """Put the sample's repository, `sample`, and an older report on it into a folder, where they are not there already.

    Nothing that lies there is changed or taken away.

    Raises:
        UsageError: Something else of one of these names lies there.
        SnapshotError: git is missing, or cannot make the repository.
    """
    repository, report = into / "sample", into / _REPORT.name
    if report.exists() and (not report.is_file() or report.read_bytes() != _REPORT.read_bytes()):
        raise UsageError(f"{report} is not the demo's; name another folder with --into")
    if not repository.exists():
        build_sample(repository)
    elif not _is_sample(repository):
        raise UsageError(f"{repository} is not the demo's sample; name another folder with --into")
    shutil.copyfile(_REPORT, report)
    return repository


def place_copies(into: Path, *files: Path) -> None:
    """Put copies of files into a folder, below the name of the folder that each lies in. What is there stays."""
    for file in files:
        copy = into / file.parent.name / file.name
        if not copy.exists():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copy)


def _is_sample(repository: Path) -> bool:
    """Whether the folder is a repository whose judged branch is the sample's."""
    if not (repository / ".git").exists():
        return False
    with tempfile.TemporaryDirectory(prefix="verifier-sample-") as folder:
        anew = Path(folder) / "sample"
        build_sample(anew)
        branch = _git(anew, "for-each-ref", f"refs/heads/{JUDGED}")
    try:
        return _git(repository, "for-each-ref", f"refs/heads/{JUDGED}") == branch
    except SnapshotError:  # broken, and so none of ours
        return False


_REPORT = Path(__file__).with_name("legacy_report.md")


def build_sample(into: Path) -> None:
    """Make the sample's repository in a folder, with its branches `main` and `phase4`, and `main` checked out.

    The folder is made when it is not there.

    Raises:
        UsageError: The folder holds something already, or is a file.
        SnapshotError: git is missing, or cannot make the repository.
    """
    if into.exists() and (not into.is_dir() or any(into.iterdir())):
        raise UsageError(f"{into} is not an empty folder; name one that is empty or not there yet")
    history = read_history()
    into.mkdir(parents=True, exist_ok=True)
    _git(into, "init", "--quiet", "--template=", "--object-format=sha1", f"--initial-branch={history[0].branch}")
    for name, value in SETTINGS.items():
        _git(into, "config", name, value)
    _git(into, "fast-import", "--quiet", "--date-format=raw", told=b"".join(_fast_import(history)))
    _git(into, "reset", "--quiet", "--hard")


@dataclass(frozen=True)
class SampleCommit:
    """One commit of the sample, as `history.toml` has it."""

    folder: Path
    branch: str
    starts_from: str | None
    """The branch that a new branch begins at. None: the commit follows the one before it on its branch."""
    date: datetime
    message: str
    removed: tuple[str, ...]
    executable: tuple[str, ...]

    def files(self) -> dict[str, Path]:
        """Where the files that the commit adds or changes are stored, by their path in the commit."""
        stored = (path for path in sorted(self.folder.rglob("*")) if path.is_file() and path.suffix != ".pyc")
        return {_path_in_commit(path.relative_to(self.folder)): path for path in stored}


def read_history() -> list[SampleCommit]:
    """The sample's commits, in the order in which they are made."""
    listed = tomllib.loads((SAMPLE / "history.toml").read_text(encoding="utf-8"))["commits"]
    return [
        SampleCommit(
            folder=SAMPLE / each["folder"],
            branch=each["branch"],
            starts_from=each.get("from"),
            date=each["date"],
            message=each["message"].strip() + "\n",
            removed=tuple(each.get("removed", ())),
            executable=tuple(each.get("executable", ())),
        )
        for each in listed
    ]


def _path_in_commit(stored: Path) -> str:
    """The path that a stored file has in the commit: `dot.env.example` stands for `.env.example`."""
    return "/".join(part.removeprefix("dot") if part.startswith("dot.") else part for part in stored.parts)


def _fast_import(history: Sequence[SampleCommit]) -> Iterator[bytes]:
    """The history in the language of `git fast-import`."""
    for commit in history:
        yield f"commit refs/heads/{commit.branch}\n".encode()
        yield f"committer {AUTHOR} {int(commit.date.timestamp())} +0000\n".encode()
        yield _data(commit.message.encode())
        if commit.starts_from is not None:
            yield f"from refs/heads/{commit.starts_from}\n".encode()
        yield from (f"D {path}\n".encode() for path in commit.removed)
        for path, stored in commit.files().items():
            mode = "100755" if path in commit.executable else "100644"
            yield f"M {mode} inline {path}\n".encode() + _data(stored.read_bytes())


def _data(content: bytes) -> bytes:
    return b"data %d\n%b\n" % (len(content), content)


def _git(repository: Path, *arguments: str, told: bytes = b"") -> str:
    git = shutil.which("git")
    if git is None:
        raise SnapshotError("git is not on the PATH; install it")
    done = subprocess.run(
        [git, *arguments], cwd=repository, env=_environment(), input=told, capture_output=True, check=False
    )
    if done.returncode != 0:
        said = " ".join(done.stderr.decode(errors="replace").split())
        raise SnapshotError(f"git {arguments[0]} failed in {repository}: {said}; git 2.32 or later is needed")
    return done.stdout.decode(errors="replace")


def _environment() -> dict[str, str]:
    """The environment without anything that could change what git writes."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return kept | {
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_DEFAULT_REF_FORMAT": "files",  # some readers of repositories know no other
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
    }
