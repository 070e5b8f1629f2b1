"""What every test may use: real repositories, a clean environment, and no network beyond this machine."""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

import pytest

from tests.model.emulator import Emulator
from tests.runs.workers import judge
from verifier.repository.snapshot import Snapshot

# The network.

HERE = {"127.0.0.1", "::1", "localhost", "", "0.0.0.0", "::"}

REFUSED: list[str] = []
"""Where the running test tried to connect; a caught exception does not hide it."""


class NetworkForbiddenError(RuntimeError):
    """A test reached for a network."""


def _refuse_the_network(event: str, arguments: tuple[object, ...]) -> None:
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = arguments[1]
        # A UNIX socket's address is one string; no address at all means a socket already connected.
        host = address[0] if isinstance(address, tuple) else None
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        host = arguments[0]
    else:
        return
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host is not None and host not in HERE:
        REFUSED.append(str(host))
        raise NetworkForbiddenError(f"tests stay on this machine; {event} wanted {host}")


sys.addaudithook(_refuse_the_network)


@pytest.fixture(autouse=True)
def _stay_on_this_machine() -> Iterator[None]:
    REFUSED.clear()
    yield
    refused = sorted(set(REFUSED))
    REFUSED.clear()
    assert not refused, f"the test reached for a network: {', '.join(refused)}"


# Where tests write.

MEMORY = Path("/dev/shm")
ROOM_BYTES = 4_000_000_000


def _has_room(folder: Path) -> bool:
    """Whether a whole run of tests can write there, and start the programs that it writes."""
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        return False
    about = os.statvfs(folder)
    return about.f_bavail * about.f_frsize > ROOM_BYTES and not about.f_flag & os.ST_NOEXEC


# Nothing that a test leaves need outlive the machine, and a disk makes each commit and each journal wait.
if "TMPDIR" not in os.environ and _has_room(MEMORY):
    os.environ["TMPDIR"], tempfile.tempdir = str(MEMORY), None


# The machine.


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: tests wait for the clock and for other programs a good part of their time."""
    return 1 + (os.cpu_count() or 1)


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end, so that no collector of garbage needs to look through it."""
    gc.collect()
    gc.freeze()


# The environment.

FOREIGN = ("GOOGLE_GENAI_", "VERIFIER_", "GIT_", "GITHUB_")


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    for name in list(os.environ):
        keyed = name in ("GOOGLE_API_KEY", "GEMINI_API_KEY", "GOOGLE_GEMINI_BASE_URL", "NO_COLOR", "FORCE_COLOR")
        if keyed or name.startswith(FOREIGN):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "cache"))
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "127.0.0.1,localhost")


# Repositories.


def git(folder: Path, *arguments: str, at: int = 0, stdin: bytes | None = None, **environment: str) -> str:
    """Run git as somebody without configuration, at a fixed time plus so many minutes."""
    date = f"{1_750_000_000 + 60 * at} +0000"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    settings = {
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "Author",
        "GIT_AUTHOR_EMAIL": "author@example.org",
        "GIT_AUTHOR_DATE": date,
        "GIT_COMMITTER_NAME": "Author",
        "GIT_COMMITTER_EMAIL": "author@example.org",
        "GIT_COMMITTER_DATE": date,
        "LC_ALL": "C",
    }
    done = subprocess.run(
        ["git", "-c", "protocol.file.allow=always", "-c", "maintenance.auto=false", *arguments],
        cwd=folder,
        env=kept | settings | environment,
        input=stdin,
        stdin=subprocess.DEVNULL if stdin is None else None,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, f"git {' '.join(arguments)}: {done.stderr.decode('utf-8', 'replace')}"
    return done.stdout.decode("utf-8", "replace").strip()


class Commit(Protocol):
    """Writes files (None deletes one), commits them and opens that commit."""

    def __call__(
        self,
        files: Mapping[str, str | bytes | None],
        *,
        message: str = ...,
        branch: str | None = ...,
        own: Sequence[str] = ...,
    ) -> Snapshot: ...


@pytest.fixture(scope="session")
def new_repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A git repository on branch main without commits, to be copied."""
    folder = tmp_path_factory.mktemp("new-repository")
    git(folder, "init", "--quiet", "--initial-branch=main", "--template=")
    return folder


@pytest.fixture
def repository(tmp_path: Path, new_repository: Path) -> Path:
    """A new git repository on branch main, without commits."""
    return shutil.copytree(new_repository, tmp_path / "repository")


@pytest.fixture
def commit(repository: Path) -> Iterator[Commit]:
    """Commits to `repository`, as often as called; the same calls give the same ids on every machine."""
    with ExitStack() as open_snapshots:
        made = 0

        def make(
            files: Mapping[str, str | bytes | None],
            *,
            message: str = "Change something",
            branch: str | None = None,
            own: Sequence[str] = (),
        ) -> Snapshot:
            nonlocal made
            if branch is not None:
                _switch(repository, branch)
            for path, content in files.items():
                _write(repository / path, content)
            git(repository, "add", "--all", "--force")
            git(repository, "commit", "--quiet", "--allow-empty", "--no-verify", f"--message={message}", at=made)
            made += 1
            return open_snapshots.enter_context(Snapshot.open(repository, own=own))

        yield make


def _switch(folder: Path, branch: str) -> None:
    known = git(folder, "branch", "--list", branch)
    git(folder, "switch", "--quiet", *(() if known else ("--create",)), branch)


def _write(path: Path, content: str | bytes | None) -> None:
    if content is None:
        path.unlink()
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)


# Whole runs.


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, outside of the repository that is judged."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def gemini() -> Iterator[Emulator]:
    """A service that judges claims about workers as a good model would."""
    with Emulator(judge) as emulator:
        yield emulator
