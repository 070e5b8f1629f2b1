"""What is measured against: trees of published packages, claim sets over them, and the peers, in a scratch folder.

Everything comes from the package registries by version, once; a folder that is there is used as it is.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import git

TREES = {
    "small": ("werkzeug==3.1.9",),
    "service": ("neutron==25.0.0",),
    "medium": ("sympy==1.14.0",),
    "large": (
        "django==5.2.8",
        "sympy==1.14.0",
        "kubernetes==34.1.0",
        "stripe==13.2.0",
        "networkx==3.6",
        "sqlalchemy==1.4.54",
    ),
}
FROM_SOURCE = {"django==5.2.8"}
"""The archive of sources; of all others the wheel, which is sooner unpacked."""

PEERS = ("gitingest==0.3.1", "files-to-prompt==0.6", "inspect-ai==0.3.285")
REPOMIX = "repomix@1.14.0"


@dataclass(frozen=True)
class Scratch:
    """A folder that is kept between runs."""

    folder: Path

    def tree(self, name: str) -> Path:
        """A git repository with one commit that holds the packages of that name."""
        tree = self.folder / "trees" / name
        if not (tree / ".git").exists():
            for package in TREES[name]:
                self._unpack(package, tree / package.split("==")[0])
            git(tree, "init", "--quiet", "--initial-branch=main")
            git(tree, "add", "--all", "--force")
            git(tree, "commit", "--quiet", "--message=Take what was published")
        return tree

    def claims(self, name: str) -> tuple[Path, list[str]]:
        """A folder with a claim set of ten claims that name thirteen files of a tree, and those files."""
        folder = self.folder / "claims" / name
        files = _files(self.tree(name))
        groups = [files[at : at + 1] for at in range(7)] + [files[at : at + 2] for at in (7, 9, 11)]
        lines = ["title: Named files", "claims:"]
        for number, group in enumerate(groups):
            lines += [
                f"  - id: c{number}",
                f'    statement: "Arguments are checked before they are used (no. {number})"',
                f"    files: {json.dumps(group)}",
            ]
        (folder / "claims").mkdir(parents=True, exist_ok=True)
        (folder / "claims" / "named.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
        return folder, files

    def repomix(self) -> str:
        """The command."""
        command = self.folder / "node" / "node_modules" / ".bin" / "repomix"
        if not command.exists():
            subprocess.run(["npm", "install", "--silent", "--prefix", str(self.folder / "node"), REPOMIX], check=True)
        return str(command)

    def peer(self, command: str) -> str:
        """A command of the Python peers, which have an environment of their own."""
        folder = self.folder / "peers" / "bin"
        if not (folder / command).exists():
            subprocess.run([sys.executable, "-m", "venv", str(self.folder / "peers")], check=True)
            subprocess.run([str(folder / "pip"), "install", "--quiet", *PEERS], check=True)
        return str(folder / command)

    def _unpack(self, package: str, into: Path) -> None:
        downloads = self.folder / "downloads" / package
        if not downloads.exists():
            kind = ("--no-binary", ":all:") if package in FROM_SOURCE else ("--only-binary", ":all:")
            pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", *kind, "--dest", str(downloads)]
            subprocess.run([*pip, package], check=True)
        (archive,) = downloads.iterdir()
        into.mkdir(parents=True)
        if archive.suffix == ".whl":
            zipfile.ZipFile(archive).extractall(into)
            return
        with tarfile.open(archive) as opened:
            opened.extractall(into, filter="data")


def _files(tree: Path) -> list[str]:
    """Thirteen modules of usual size, chosen by a hash of their names."""
    found = []
    for path in sorted(tree.rglob("*.py")):
        name = path.relative_to(tree).as_posix()
        if "test" not in name and re.fullmatch(r"[\w./-]+", name) and 6_000 < path.stat().st_size < 24_000:
            found.append(name)
    return sorted(found, key=lambda name: hashlib.sha256(name.encode()).hexdigest())[:13]
