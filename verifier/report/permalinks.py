"""Permalinks: where the host of a remote shows a file of a commit, with its lines marked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

_REMOTE = re.compile(r"https?://([a-z0-9.-]+)(?::[0-9]+)?(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+")


@dataclass(frozen=True)
class _Host:
    """How one kind of host writes its addresses, after that of the repository."""

    commit: str
    file: str
    line: str
    lines: str


_GITHUB = _Host("/commit/{commit}", "/blob/{commit}/{path}", "#L{first}", "#L{first}-L{last}")
_GITLAB = _Host("/-/commit/{commit}", "/-/blob/{commit}/{path}", "#L{first}", "#L{first}-{last}")
_BITBUCKET = _Host("/commits/{commit}", "/src/{commit}/{path}", "#lines-{first}", "#lines-{first}:{last}")
_FORGEJO = _Host("/commit/{commit}", "/src/commit/{commit}/{path}", "#L{first}", "#L{first}-L{last}")

_KNOWN = {
    "github.com": _GITHUB,
    "gitlab.com": _GITLAB,
    "bitbucket.org": _BITBUCKET,
    "codeberg.org": _FORGEJO,
    "gitea.com": _FORGEJO,
}
_BY_FIRST_NAME = {"github": _GITHUB, "gitlab": _GITLAB, "gitea": _FORGEJO, "forgejo": _FORGEJO}
"""For a host of one's own, named after what runs on it: gitlab.example.org."""


@dataclass(frozen=True)
class Permalinks:
    """The addresses of one commit. Every address is None where the remote is no host that is known."""

    repository: str | None
    _host: _Host | None
    _commit: str

    @staticmethod
    def of(remote: str | None, commit: str) -> Permalinks:
        """The addresses of a commit at a remote, which is an address without user or token."""
        address = (remote or "").rstrip("/").removesuffix(".git")
        found = _REMOTE.fullmatch(address)
        if found is None:
            return Permalinks(None, None, commit)
        host = _KNOWN.get(found[1]) or _BY_FIRST_NAME.get(found[1].split(".")[0])
        return Permalinks(address, host, commit)

    @property
    def commit(self) -> str | None:
        """Where the commit is shown."""
        return self._address(self._host.commit) if self._host else None

    def file(self, path: str, first: int = 0, last: int = 0) -> str | None:
        """Where a file is shown, with the lines marked if any are given. None for what no commit has: `../a`."""
        if self._host is None or {"", ".", ".."} & set(path.split("/")):
            return None
        lines = "" if not first else self._host.line if first == last else self._host.lines
        return self._address(self._host.file + lines, path, first, last)

    def _address(self, form: str, path: str = "", first: int = 0, last: int = 0) -> str:
        place = form.format(commit=self._commit, path=quote(path, errors="replace"), first=first, last=last)
        return f"{self.repository}{place}"
