"""Permalinks lead to the commit's lines at hosts that are known, and nowhere else."""

from __future__ import annotations

import pytest

from verifier.report.permalinks import Permalinks

COMMIT = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"


@pytest.mark.parametrize(
    ("remote", "address"),
    [
        pytest.param("https://github.com/o/r.git", f"https://github.com/o/r/blob/{COMMIT}/a.py#L3-L5", id="GitHub"),
        pytest.param(
            "https://github.example.org/o/r",
            f"https://github.example.org/o/r/blob/{COMMIT}/a.py#L3-L5",
            id="own GitHub",
        ),
        pytest.param(
            "https://gitlab.com/g/sub/r.git", f"https://gitlab.com/g/sub/r/-/blob/{COMMIT}/a.py#L3-5", id="GitLab"
        ),
        pytest.param(
            "http://gitlab.example.org:8080/g/r",
            f"http://gitlab.example.org:8080/g/r/-/blob/{COMMIT}/a.py#L3-5",
            id="own GitLab with a port",
        ),
        pytest.param(
            "https://bitbucket.org/o/r.git", f"https://bitbucket.org/o/r/src/{COMMIT}/a.py#lines-3:5", id="Bitbucket"
        ),
        pytest.param(
            "https://codeberg.org/o/r.git/", f"https://codeberg.org/o/r/src/commit/{COMMIT}/a.py#L3-L5", id="Codeberg"
        ),
        pytest.param("https://github.com/o/r.js", f"https://github.com/o/r.js/blob/{COMMIT}/a.py#L3-L5", id="a dot"),
        pytest.param("https://example.org/o/r.git", None, id="an unknown host"),
        pytest.param("https://notgithub.com/o/r.git", None, id="a host that ends alike"),
        pytest.param("https://github.com/o/r?x#y", None, id="a query"),
        pytest.param("ftp://github.com/o/r", None, id="another scheme"),
        pytest.param("/srv/git/r.git", None, id="a folder"),
        pytest.param("https://github.com/o/r) [x](https://example.org", None, id="Markdown in the address"),
        pytest.param("https://user:word@github.com/o/r", None, id="a user in the address"),
        pytest.param("https://github.com/o/../r", None, id="steps upwards"),
        pytest.param(None, None, id="no remote"),
    ],
)
def test_a_range_of_lines_has_the_hosts_own_address(remote: str | None, address: str | None) -> None:
    assert Permalinks.of(remote, COMMIT).file("a.py", 3, 5) == address


def test_one_line_has_one_anchor_and_a_whole_file_none() -> None:
    links = Permalinks.of("https://github.com/o/r", COMMIT)

    assert links.file("a.py", 3, 3) == f"https://github.com/o/r/blob/{COMMIT}/a.py#L3"
    assert links.file("a.py") == f"https://github.com/o/r/blob/{COMMIT}/a.py"


def test_odd_paths_are_quoted() -> None:
    address = Permalinks.of("https://github.com/o/r", COMMIT).file("a b/(c)#{commit}?\n\ud800é.py", 1, 1)

    assert address == f"https://github.com/o/r/blob/{COMMIT}/a%20b/%28c%29%23%7Bcommit%7D%3F%0A%3F%C3%A9.py#L1"


@pytest.mark.parametrize("path", ["../a.py", "a/../b.py", "/etc/passwd", "a//b", "./a.py", ""])
def test_what_no_commit_can_have_is_not_linked(path: str) -> None:
    assert Permalinks.of("https://github.com/o/r", COMMIT).file(path, 1, 1) is None


def test_an_unknown_host_still_has_its_own_address() -> None:
    links = Permalinks.of("https://git.example.org/o/r.git", COMMIT)

    assert (links.repository, links.commit) == ("https://git.example.org/o/r", None)
