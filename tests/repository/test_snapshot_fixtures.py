"""The fixtures that all tests lean on do what they say."""

from __future__ import annotations

import os
import socket

import pytest

from tests.conftest import REFUSED, Commit, NetworkForbiddenError


def test_the_same_calls_give_the_same_commit(commit: Commit) -> None:
    snapshot = commit({"pool.py": "MAX_IDLE = 30\n"})

    assert snapshot.commit == "dac157f4db946488278eb7f24dfdffe2df242d22"


def test_a_later_commit_adds_and_deletes(commit: Commit) -> None:
    commit({"a.py": "a\n", "b.py": "b\n"})

    snapshot = commit({"b.py": None, "deep/c.py": b"c\n"}, branch="later")

    assert snapshot.paths == ("a.py", "deep/c.py")


def test_reaching_for_a_network_raises() -> None:
    with socket.socket() as reaching, pytest.raises(NetworkForbiddenError):
        reaching.connect(("192.0.2.1", 80))
    with pytest.raises(NetworkForbiddenError):
        socket.getaddrinfo("example.org", 80)

    assert sorted(REFUSED) == ["192.0.2.1", "example.org"]
    REFUSED.clear()


def test_this_machine_may_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening, socket.create_connection(listening.getsockname()[:2]):
        pass


def test_the_environment_has_no_key_and_no_git_settings() -> None:
    assert not [name for name in os.environ if name.startswith(("GIT_", "VERIFIER_", "GEMINI_"))]
