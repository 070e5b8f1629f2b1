"""Published packages as git repositories: fetched by name, version and checksum, never kept here.

Their registries' own clients fetch them, so that whoever has those can have the same commit: one, with all that the
archive holds, made at a fixed time.
"""

from __future__ import annotations

import enum
import hashlib
import os
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

LONGEST_S = 300
"""What one call of a client may take."""

_COMMITTED_AT = "2020-01-01T00:00:00Z"


class PackageError(Exception):
    """A package cannot be had here, or is not what it should be."""


class Registry(enum.StrEnum):
    """Whose client fetches it."""

    PYPI = "pypi"
    NPM = "npm"
    DEBIAN = "debian"


@dataclass(frozen=True)
class Package:
    """One archive of sources."""

    name: str
    version: str
    registry: Registry
    sha256: str

    @classmethod
    def listed(cls, entry: Mapping[str, str]) -> Package:
        """The archive of an entry in a `packages.yaml`, which may say more."""
        return cls(entry["name"], entry["version"], Registry(entry["registry"]), entry["sha256"])


def repository(package: Package, work: Path, *, named: str | None = None) -> Path:
    """A git repository in `work`, by the package's name or the one given, with the archive's content in one commit.

    Raises:
        PackageError: Its client is not here, does not have it, or has another archive.
    """
    folder = work / (named or package.name)
    if (folder / ".git").exists():
        return folder
    downloads = work / "downloads" / folder.name
    downloads.mkdir(parents=True, exist_ok=True)
    archive = _FETCH[package.registry](package, downloads)
    if (found := hashlib.sha256(archive.read_bytes()).hexdigest()) != package.sha256:
        raise PackageError(f"{archive.name} has the SHA-256 {found}, not {package.sha256}; another version was served")
    with tempfile.TemporaryDirectory(dir=downloads) as unpacked:
        with tarfile.open(archive) as opened:
            opened.extractall(unpacked, filter="data")
        (top,) = Path(unpacked).iterdir()
        _commit(top)
        top.rename(folder)
    return folder


def _commit(folder: Path) -> None:
    """Make the folder a repository that holds all of it in one commit, the same wherever it is made."""
    author = ("-c", "user.name=benchmark", "-c", "user.email=benchmark@example.org")
    git = ("git", "-C", str(folder), *author, "-c", "core.autocrlf=false")
    _run(*git, "init", "--quiet", "--initial-branch", "main")
    _run(*git, "add", "--all", "--force")
    dates = {"GIT_AUTHOR_DATE": _COMMITTED_AT, "GIT_COMMITTER_DATE": _COMMITTED_AT}
    _run(*git, "commit", "--quiet", "--message", "Source distribution", environment=dates)


def _from_pypi(package: Package, downloads: Path) -> Path:
    requirement = downloads / "requirement.txt"
    requirement.write_text(f"{package.name}=={package.version} --hash=sha256:{package.sha256}\n", "utf-8")
    pip = (sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", package.name)
    _run(*pip, "--require-hashes", "--requirement", str(requirement), "--dest", str(downloads))
    return _only(downloads, "*.tar.gz")


def _from_npm(package: Package, downloads: Path) -> Path:
    named = f"{package.name}@{package.version}"
    _run("npm", "pack", "--silent", "--pack-destination", str(downloads), named)
    return _only(downloads, "*.tgz")


def _from_debian(package: Package, downloads: Path) -> Path:
    """The archive as upstream released it, of the suite that has this version, by the mirror that this machine uses."""
    listed = [*Path("/etc/apt").glob("sources.list"), *Path("/etc/apt/sources.list.d").glob("*")]
    mirrors = re.findall(r"^[^#\n]*?(https?://\S+/debian)/?(?:\s|$)", "\n".join(map(Path.read_text, listed)), re.M)
    if not mirrors:
        raise PackageError(f"{package.name} is a source package of Debian, and no mirror of it is set up here")
    apt = downloads / "apt"
    for made in (apt / "lists" / "partial", apt / "cache" / "archives" / "partial"):
        made.mkdir(parents=True, exist_ok=True)
    (apt / "sources.list").write_text(f"deb-src {mirrors[0]} {_SUITE} main\n", "utf-8")
    settings = {
        "Dir::Etc::sourcelist": apt / "sources.list",
        "Dir::Etc::sourceparts": "-",
        "Dir::State::lists": apt / "lists",
        "Dir::Cache": apt / "cache",
        "APT::Sandbox::User": "",
    }
    (apt / "apt.conf").write_text("".join(f'{key} "{value}";\n' for key, value in settings.items()), "utf-8")
    environment = {"APT_CONFIG": str(apt / "apt.conf")}
    _run("apt-get", "--quiet", "update", environment=environment)
    source = ("apt-get", "--quiet", "source", "--download-only", "--tar-only", "--only-source")
    _run(*source, package.name, environment=environment, folder=downloads)
    return _only(downloads, f"{package.name}_{package.version}.orig.tar.*")


_SUITE = "bookworm"

_FETCH: Mapping[Registry, Callable[[Package, Path], Path]] = {
    Registry.PYPI: _from_pypi,
    Registry.NPM: _from_npm,
    Registry.DEBIAN: _from_debian,
}


def _only(folder: Path, pattern: str) -> Path:
    found = sorted(folder.glob(pattern))
    if len(found) != 1:
        raise PackageError(f"{len(found)} files in {folder} match {pattern}, one was to be fetched")
    return found[0]


def _run(*command: str, environment: Mapping[str, str] | None = None, folder: Path | None = None) -> None:
    """Run a client.

    Raises:
        PackageError: It is not here, it failed, or it took too long.
    """
    try:
        done = subprocess.run(
            command,
            check=False,
            cwd=folder,
            env=os.environ | (environment or {}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=LONGEST_S,
        )
    except FileNotFoundError as missing:
        raise PackageError(f"{command[0]} is not installed") from missing
    except subprocess.TimeoutExpired as slow:
        raise PackageError(f"{command[0]} took more than {LONGEST_S} s") from slow
    if done.returncode:
        said = done.stdout.decode("utf-8", "replace").strip().splitlines() or ["nothing said"]
        raise PackageError(f"{' '.join(command[:4])} failed: {said[-1]}")
