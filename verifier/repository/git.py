"""Git, run so that nothing in a repository is executed or fetched and nothing inherited leads it elsewhere.

A repository's own configuration is data of whoever made it: hooks, fsmonitor, filters, textconv, replace refs and lazy
fetches are all off, and only commands that read objects, refs and the index are ever run.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
import threading
import weakref
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import IO

from verifier.errors import SnapshotError

SETTINGS = (
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.untrackedCache=false",
    "core.warnAmbiguousRefs=true",
    "core.quotePath=false",
    "core.pager=cat",
)
"""Settings that outrank those of the repository."""

TIMEOUT_S = 300
"""How long one command may take; a pipe laid where git expects a file would otherwise wait for ever."""


class GitError(SnapshotError):
    """Git ended with an error; `stderr` has its words."""

    def __init__(self, stderr: str) -> None:
        super().__init__(" ".join(stderr.split()) or "git ended with an error and said nothing")
        self.stderr = stderr


class MissingObjectError(SnapshotError):
    """The clone does not have an object; it is not fetched."""

    def __init__(self, oid: str) -> None:
        super().__init__(f"object {oid} is not in this clone; fetch it, or clone in full")
        self.oid = oid


def environment() -> dict[str, str]:
    """The environment git is run in: the user's own, without any GIT_* variable, and with everything foreign off."""
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith("GIT_")}
    return kept | {
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_ATTR_NOSYSTEM": "1",
        "LC_ALL": "C",
        "LANGUAGE": "C",
    }


def trusted_folders() -> tuple[str, ...]:
    """What the user's own settings say of safe.directory, wherever they stand: system, global, or environment.

    All else of these settings stays off, so git is to be told. What a repository says of itself does not count.
    """
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith("GIT_")}
    own = {name: value for name, value in os.environ.items() if name.startswith("GIT_CONFIG")}
    command = ["git", "-C", Path.cwd().anchor, "config", "--show-scope", "-z", "--get-all", "safe.directory"]
    try:
        done = subprocess.run(
            command, env=kept | own, stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT_S, check=False
        )
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return ()
    scopes, values = (done.stdout.split(b"\0")[first::2] for first in (0, 1))
    theirs = zip(scopes, values, strict=False)
    return tuple(os.fsdecode(value) for scope, value in theirs if scope in (b"system", b"global", b"command"))


class Git:
    """Git in a folder that it finds a repository from, or in one git directory, named outright."""

    def __init__(self, folder: Path, git_dir: Path | None = None, trusted: Sequence[str] = ()) -> None:
        self._command = ["git", "--no-pager", "-C", str(folder)]
        for setting in (*SETTINGS, *(f"safe.directory={path}" for path in trusted)):
            self._command += ["-c", setting]
        if git_dir is not None:
            # core.worktree of the repository leads nowhere then.
            self._command += [f"--git-dir={git_dir}", f"--work-tree={folder}"]

    def run(self, *arguments: str) -> tuple[str, str]:
        """What git writes to stdout and stderr, as text.

        Raises:
            GitError: Git ended with an error, or did not end.
        """
        try:
            done = subprocess.run(
                [*self._command, *arguments],
                env=environment(),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=TIMEOUT_S,
                check=False,
            )
        except subprocess.TimeoutExpired as stuck:
            raise GitError(f"git {arguments[0]} did not end within {TIMEOUT_S} s") from stuck
        except (OSError, ValueError) as impossible:
            raise GitError(f"git cannot be run: {impossible}") from impossible
        stdout = done.stdout.decode("utf-8", "replace")
        stderr = done.stderr.decode("utf-8", "replace")
        if done.returncode != 0:
            raise GitError(stderr)
        return stdout, stderr

    def records(self, *arguments: str, limit: int, timeout_s: float = TIMEOUT_S) -> tuple[list[bytes], bool]:
        """The NUL-ended records git writes, at most `limit` of them, and whether there were more.

        Raises:
            GitError: Git ended with an error, or did not end, before the bound was met.
        """
        with tempfile.TemporaryFile() as stderr:
            process = subprocess.Popen(
                [*self._command, *arguments],
                env=environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=stderr,
            )
            assert process.stdout is not None
            found: list[bytes] = []
            stuck = threading.Timer(timeout_s, process.kill)
            stuck.start()
            try:
                with process.stdout as stdout:
                    found = list(islice(_records(stdout), limit + 1))
                    if len(found) > limit:
                        process.kill()
                        process.wait()
                        return found[:limit], True
                if process.wait() != 0:
                    stderr.seek(0)
                    raise GitError(stderr.read().decode("utf-8", "replace"))
            finally:
                stuck.cancel()
                stuck.join()
        return found, False

    def objects(self) -> Objects:
        """A reader of objects that keeps one git process at hand."""
        return Objects([*self._command, "cat-file", "--batch"])


class Objects:
    """Objects by id, read from one long-lived `git cat-file --batch`. Safe to share between threads."""

    AHEAD = 200
    """Ids asked for before the first is read; their text always fits into the pipe, so neither side ever waits."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = list(command)
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._stop: weakref.finalize[..., Objects] | None = None

    def read(self, ids: Sequence[str], at_most: int) -> list[bytes | None]:
        """The objects' bytes in the order of the ids; None for one of more than `at_most` bytes, which is skipped.

        Raises:
            MissingObjectError: The clone does not have one of them.
            SnapshotError: Git cannot read one of them.
        """
        with self._lock:
            try:
                return [
                    content
                    for start in range(0, len(ids), self.AHEAD)
                    for content in self._some(ids[start : start + self.AHEAD], at_most)
                ]
            except BaseException:
                # What is left in the pipe belongs to a question nobody asks any more.
                self._end()
                raise

    def close(self) -> None:
        """End the git process; a later read starts another."""
        with self._lock:
            self._end()

    def _some(self, ids: Sequence[str], at_most: int) -> Iterator[bytes | None]:
        process = self._running()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write("".join(f"{oid}\n" for oid in ids).encode("ascii"))
            process.stdin.flush()
        except OSError as gone:
            raise SnapshotError("git ended while objects were being read; run the command again") from gone
        for oid in ids:
            try:
                yield _content(process.stdout, oid, at_most)
            except EOFError as gone:
                # A partial clone makes git end by itself at a missing object; one that was killed says nothing of it.
                if process.wait() > 0:
                    raise MissingObjectError(oid) from gone
                raise SnapshotError("git was ended while objects were being read; run the command again") from gone

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            self._process = subprocess.Popen(
                self._command,
                env=environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
            self._stop = weakref.finalize(self, _stop, self._process)
        return self._process

    def _end(self) -> None:
        if self._stop is not None:
            self._stop()
        self._process = self._stop = None


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()
    process.wait()


def _content(stdout: IO[bytes], oid: str, at_most: int) -> bytes | None:
    """What is read of an object; None for one of more than `at_most` bytes.

    Raises:
        MissingObjectError: Git says that it does not have it.
        EOFError: Git has ended before the object did.
    """
    line = stdout.readline()
    if line.endswith(b" missing\n"):
        raise MissingObjectError(oid)
    if not line.endswith(b"\n"):
        raise EOFError
    size = int(line.split()[2])
    if size <= at_most:
        content = stdout.read(size)
        if not stdout.read(1):
            raise EOFError
        return content
    left = size + 1
    while left > 0:
        skipped = len(stdout.read(min(left, 1 << 20)))
        if not skipped:
            raise EOFError
        left -= skipped
    return None


def _records(stdout: IO[bytes]) -> Iterator[bytes]:
    rest = b""
    while chunk := stdout.read(1 << 16):
        *whole, rest = (rest + chunk).split(b"\0")
        yield from whole
    if rest:
        yield rest
