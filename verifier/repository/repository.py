"""A git repository: where it is, what it is called elsewhere, and which commit a name means."""

from __future__ import annotations

import difflib
import os
import re
import shlex
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from verifier.errors import SnapshotError
from verifier.repository.git import Git, GitError, trusted_folders
from verifier.safety.invisible import visible
from verifier.safety.redacting import redact_text


@dataclass(frozen=True)
class Repository:
    """A repository that was found and may be read."""

    git: Git
    named: Path
    """The folder that was named; messages speak of it."""
    worktree: Path | None
    """The folder of its files; None for a bare repository."""
    shallow: bool
    alternates: tuple[str, ...]
    """Object folders of other repositories that this one borrows from."""
    lost_alternates: tuple[str, ...] = ()
    """Those that are not there any more."""

    @property
    def remote(self) -> str | None:
        """The address of origin, or of the only remote, without user, token and query. None where there is none."""
        return self._remote[0]

    @property
    def remote_problem(self) -> str | None:
        """Why nobody can say whether there is a remote. None: it was read."""
        return self._remote[1]

    @cached_property
    def _remote(self) -> tuple[str | None, str | None]:
        # Files that the configuration includes are not read then, whatever they are included for.
        settings = ("config", "--local", "--null", "--get-regexp", r"^remote\..*\.url$")
        try:
            listed, _ = self.git.records(*settings, limit=_MOST_REMOTES)
        except GitError as failed:
            return None, _one_line(failed.stderr) or None  # where git finds none it fails and says nothing
        addresses: dict[str, str] = {}
        for name, _, address in (record.decode("utf-8", "replace").partition("\n") for record in listed):
            addresses.setdefault(name, address)
        known = addresses.get("remote.origin.url") or (next(iter(addresses.values())) if len(addresses) == 1 else "")
        return public_address(known) if known else None, None

    def resolve(self, ref: str) -> str:
        """The full id of the commit that a branch, tag or id names.

        Raises:
            SnapshotError: Nothing, more than one thing, or something that is no commit has that name.
        """
        if ref.startswith("-") or not ref.strip():
            raise SnapshotError(f'"{visible(ref)}" is no name of a commit; name a branch, a tag or an id')
        try:
            found, warnings = self.git.run("rev-parse", "--verify", f"{ref}^{{commit}}")
        except GitError as failed:
            raise SnapshotError(self._why_not(ref, failed.stderr)) from failed
        if "is ambiguous" in warnings and not _FULL_ID.fullmatch(ref):
            raise SnapshotError(self._ambiguous(ref))
        return found.strip()

    def committed_at(self, commit: str) -> str:
        """When the commit was made, as ISO 8601; empty where what it says makes no sense."""
        # Imported late: it takes a tenth of a second that is not to be paid where nobody asks.
        from git.objects.util import from_timestamp, parse_actor_and_date

        header = self.git.run("cat-file", "commit", commit)[0].partition("\n\n")[0]
        committer = next((line for line in header.split("\n") if line.startswith("committer ")), "")
        _, seconds, offset = parse_actor_and_date(committer)
        try:
            return from_timestamp(seconds, offset).isoformat()
        except (ValueError, OverflowError, OSError):
            return ""

    def head(self) -> str | None:
        """The full id of what is checked out; None where nothing was committed yet."""
        try:
            return self.git.run("rev-parse", "--verify", "--quiet", "HEAD^{commit}")[0].strip()
        except GitError:
            return None

    def _why_not(self, ref: str, stderr: str) -> str:
        name, where = visible(ref), visible(self.named)
        if "is ambiguous" in stderr:
            return self._ambiguous(ref)
        if self.lost:
            return f'"{name}" cannot be read: {self.lost}'
        kind = self._kind(ref)
        if kind in ("tree", "blob"):
            what = "a folder" if kind == "tree" else "a file"
            return f'"{name}" is {what} of a commit in {where}, not a commit; name a branch, a tag or an id'
        damaged = self._damaged(ref)
        if damaged is not None:
            return damaged
        names = self.names()
        if not names and self.head() is None:
            return f"{where} has no commits yet; commit something first"
        if ref == "HEAD":
            return f"HEAD of {where} names a branch without commits; name another: {_listing(sorted(names))}"
        near = _nearest(ref, names)
        if near:
            return f'no commit "{name}" in {where}; did you mean {_listing(near)}?'
        if "GIT_QUARANTINE_PATH" in os.environ:
            return (
                f'no commit "{name}" in {where} yet: git keeps what is being pushed aside until its pre-receive hook '
                "has ended, and verifier does not read it there; run it from post-receive, or on a branch"
            )
        fetch = "the clone is shallow: deepen it with `git fetch --unshallow`" if self.shallow else "fetch it"
        return f'no commit "{name}" in {where}; {fetch}, or name one that is there'

    @property
    def lost(self) -> str | None:
        """What is wrong with a repository that borrows objects from a folder that is gone. None: nothing is."""
        if not self.lost_alternates:
            return None
        return (
            f"{visible(self.named)} borrows objects from {_listing(self.lost_alternates)}, which is not there; "
            "put it back, or clone in full"
        )

    def _ambiguous(self, ref: str) -> str:
        if ref == "HEAD":
            return self._two_heads()
        base = re.split(r"\^|~|:|@\{", ref)[0]
        full = [
            name
            for place in ("refs/", "refs/tags/", "refs/heads/", "refs/remotes/")
            if self._kind(name := place + base) is not None
        ]
        way_out = f"write {_listing(full)} or the full id" if full else "write the full id"
        return f'"{visible(ref)}" means more than one thing in {visible(self.named)}; {way_out}'

    def _two_heads(self) -> str:
        where = visible(self.named)
        kinds = {"refs/heads/HEAD": "branch", "refs/tags/HEAD": "tag"}
        kind = next((kind for full, kind in kinds.items() if self._kind(full) is not None), "ref")
        try:
            here = f'"{visible(self.git.run("symbolic-ref", "--quiet", "HEAD")[0].strip())}"'
        except GitError:  # a commit is checked out, not a branch
            here = "the full id of what is checked out"
        return (
            f"a {kind} of {where} is called HEAD, so HEAD means more than one thing; write {here}, or rename the {kind}"
        )

    def _kind(self, ref: str) -> str | None:
        try:
            return self.git.run("cat-file", "-t", ref)[0].strip()
        except GitError:
            return None

    def _damaged(self, ref: str) -> str | None:
        """What to say of a name that is there and whose commit is not. None where it is no such name."""
        name, where = visible(ref), visible(self.named)
        try:
            named = self.git.run("rev-parse", "--verify", "--quiet", ref)[0].strip()
        except GitError:
            named = ""
        if named and not _FULL_ID.fullmatch(ref):
            return f'"{name}" is {named} in {where}, which is missing or damaged there; `git fsck` says more'
        try:
            _, warnings = self.git.run("for-each-ref", "--count=1")
        except GitError as failed:
            warnings = failed.stderr
        broken = re.findall(r"ignoring broken ref (\S+)", warnings)
        if broken and (ref == "HEAD" or any(one.endswith(f"/{ref}") for one in broken)):
            return f"{_listing([visible(one) for one in broken])} of {where} is damaged; `git reflog` knows what it was"
        return None

    def names(self) -> list[str]:
        """Branches, tags and branches of remotes, as they are usually called. Empty where git cannot say."""
        try:
            records, _ = self.git.records("for-each-ref", "--format=%(refname)%00", limit=10_000)
        except GitError:
            return []
        full = [record.decode("utf-8", "replace").strip() for record in records]
        return [re.sub("^refs/(heads|tags|remotes)/", "", name) for name in full if name]


_MOST_REMOTES = 1000

_FULL_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}", re.IGNORECASE)


def find_repository(folder: Path) -> Repository:
    """The repository at a folder or above it: a checkout, a worktree, a submodule or a bare repository.

    Raises:
        SnapshotError: There is none, or git does not trust it.
    """
    where = visible(folder)
    if shutil.which("git") is None:
        raise SnapshotError("git is not on the PATH; install it")
    if not folder.is_dir():
        raise SnapshotError(f"no folder {where}; name one that holds a git repository")
    try:
        said = _found(folder)
    except GitError as failed:
        raise SnapshotError(_why_none(folder, failed.stderr)) from failed
    # The path may hold line ends; the two words after it may not.
    path, bare, shallow = said.rstrip("\n").rsplit("\n", 2)
    git_dir = Path(path)
    worktree = None if bare == "true" else _worktree(folder)
    try:
        borrows = (_common_dir(git_dir) / "objects" / "info" / "alternates").is_file()
    except (OSError, ValueError) as unreadable:
        raise SnapshotError(_unreadable(where, str(unreadable))) from unreadable
    git = Git(worktree or git_dir, git_dir)
    alternates, lost = _alternates(git) if borrows else ((), ())
    return Repository(
        git=git,
        named=folder,
        worktree=worktree,
        shallow=shallow == "true",
        alternates=alternates,
        lost_alternates=lost,
    )


def _found(folder: Path) -> str:
    """What git says of the repository at a folder or above it: its place, whether it is bare, whether it is shallow."""
    asked = ("rev-parse", "--absolute-git-dir", "--is-bare-repository", "--is-shallow-repository")
    try:
        return Git(folder).run(*asked)[0]
    except GitError as failed:
        trusted = trusted_folders() if "dubious ownership" in failed.stderr else ()
        if not trusted:
            raise
        return Git(folder, trusted=trusted).run(*asked)[0]


def _why_none(folder: Path, stderr: str) -> str:
    where = visible(folder)
    dubious = re.search(r"dubious ownership in repository at '(.*)'", stderr)
    if dubious is not None:
        return (
            f"{where} belongs to another user, so git does not trust it; "
            f"if you do: git config --global --add safe.directory {shlex.quote(visible(dubious[1]))}"
        )
    if "safe.bareRepository" in stderr or "bare repository" in stderr:
        return f"{where} is a bare repository, which your git configuration (safe.bareRepository) does not allow"
    leads = re.search(r"not a git repository: (.+)", stderr)
    if leads is not None:
        return f"the .git of {where} leads to {visible(leads[1])}, which is not there; put it back, or clone anew"
    if "not a git repository" in stderr:
        return f"no git repository at {where} or above it; name one with --repo"
    return _unreadable(where, stderr)


def _unreadable(where: str, why: str) -> str:
    return f"{where} cannot be read as a git repository ({_one_line(why)}); `git fsck` may say more"


def _one_line(said: str) -> str:
    return visible(" ".join(said.split()))


def _worktree(folder: Path) -> Path | None:
    # Where the files are is where `.git` was found, whatever core.worktree says.
    here = folder.resolve()
    return next((place for place in (here, *here.parents) if (place / ".git").exists()), None)


def _common_dir(git_dir: Path) -> Path:
    """Where a worktree's repository keeps its objects. Source: gitrepository-layout(5), "commondir"."""
    link = git_dir / "commondir"
    return git_dir / link.read_text(encoding="utf-8").rstrip("\n") if link.is_file() else git_dir


def _alternates(git: Git) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Object folders that the repository borrows from: those that are there, and those that are not."""
    counted, complaints = git.run("count-objects", "-v")
    there = [line.removeprefix("alternate: ") for line in counted.splitlines() if line.startswith("alternate: ")]
    lost = re.findall(r"^error: .*alternate object path: (.+)$", complaints, re.MULTILINE)
    return tuple(there), tuple(dict.fromkeys(lost))


_SCP_LIKE = re.compile(r"(?:[^@/:]+@)?([A-Za-z0-9][A-Za-z0-9.-]+):(?!//)/?(.+)")


def public_address(address: str) -> str | None:
    """A remote's address without user, token, query and port of ssh; None where nothing of it may be shown.

    `git@host:owner/name.git` and its `ssh://` form become `https://host/owner/name.git`, which people can open.
    """
    scp_like = _SCP_LIKE.fullmatch(address.strip())
    if scp_like is not None:
        address = f"ssh://{scp_like[1]}/{scp_like[2]}"
    try:
        parts = urlsplit(address.strip())
        host = parts.hostname or ""
        port = f":{parts.port}" if parts.port and parts.scheme in ("http", "https") else ""
    except ValueError:
        return None
    if ":" in host:
        host = f"[{host}]"
    scheme = "https" if parts.scheme in ("ssh", "git+ssh", "ssh+git") else parts.scheme
    return redact_text(urlunsplit((scheme, host + port, parts.path, "", "")))[0]


def _listing(names: Sequence[str]) -> str:
    quoted = [f'"{visible(name)}"' for name in names[:3]]
    return " or ".join([", ".join(quoted[:-1]), quoted[-1]] if len(quoted) > 1 else quoted)


def _nearest(ref: str, names: list[str]) -> list[str]:
    """At most three branches and tags that may have been meant."""
    same = [name for name in names if name.rpartition("/")[2] == ref or name.lower() == ref.lower()]
    close = difflib.get_close_matches(ref, names, n=3, cutoff=0.75)
    return list(dict.fromkeys([*same, *close]))[:3]
