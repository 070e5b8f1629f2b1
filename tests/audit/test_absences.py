"""Whether what somebody else's report calls missing is missing."""

from __future__ import annotations

import pytest

from tests.audit.audited import audited, audited_claim
from tests.conftest import Commit
from verifier.audit.record import AuditedAbsence
from verifier.audit.values import Unread
from verifier.repository.snapshot import Snapshot

FILES: dict[str, str | bytes | None] = {
    "main.py": "from src.core.pool import Pool, LostPool\n\nPool().drain()\n",
    "src/core/pool.py": (
        '"""A `Reservoir` may come."""\n\nimport time\n\n\nclass Pool:\n    def drain(self):\n'
        "        # never `asyncio.gather`\n        time.sleep(1)\n"
    ),
    "src/http.py": 'def send(headers):\n    headers["Retry-After"] = 1\n',
    "src/core/clock.py": "def tick():\n    return 1\n",
    "src/api/clock.py": "def tock():\n    return 1\n",
    "src/db/migrations/001.sql": "select 1;\n",
    "docker/compose.production.yml": "services: {}\n",
    "tests/test_pool.py": "class FakePool:\n    pass\n\n\ndef test_drain():\n    FakePool()\n",
    "docs/guide.md": "# Guide\n\nCall `evict()` of the `Warden`.\n",
}


@pytest.fixture
def snapshot(commit: Commit) -> Snapshot:
    return commit(FILES)


def absence(evidence: str, snapshot: Snapshot) -> AuditedAbsence:
    (only,) = audited_claim(evidence, snapshot).absences
    return only


@pytest.mark.parametrize(
    ("subject", "standing", "found"),
    [
        pytest.param("src/core/pool.py", "false", ["src/core/pool.py"], id="a file that is there"),
        pytest.param("src/core/lake.py", "confirmed", [], id="a file that is not"),
        pytest.param("src/lake/pool.py", "confirmed", ["src/core/pool.py"], id="the name alone, in another folder"),
        pytest.param("src/core/Pool.py", "confirmed", ["src/core/pool.py"], id="other case"),
        pytest.param("compose.production.yml", "false", ["docker/compose.production.yml"], id="a bare name, once"),
        pytest.param("clock.py", "undecided", ["src/core/clock.py", "src/api/clock.py"], id="a bare name, twice"),
        pytest.param("core/clock.py", "false", ["src/core/clock.py"], id="the end of a path"),
        pytest.param("ompose.production.yml", "confirmed", [], id="a piece of a name"),
        pytest.param("k8s/", "confirmed", [], id="a folder that is not there"),
        pytest.param("docker/", "false", ["docker/compose.production.yml"], id="a folder that is there"),
        pytest.param("src/core", "false", ["src/core/clock.py", "src/core/pool.py"], id="a folder without slash"),
        pytest.param("migrations/", "false", ["src/db/migrations/001.sql"], id="a folder further in"),
        pytest.param("grations/", "confirmed", [], id="a piece of a folder's name"),
        pytest.param("src/core/*.py", "false", ["src/core/clock.py", "src/core/pool.py"], id="a glob that matches"),
        pytest.param("src/core/*.rs", "confirmed", [], id="a glob that matches nothing"),
        pytest.param("*.sql", "false", ["src/db/migrations/001.sql"], id="a glob that matches further in"),
    ],
)
def test_a_path_that_is_called_missing_is_looked_up(
    snapshot: Snapshot, subject: str, standing: str, found: list[str]
) -> None:
    claim = audited_claim(f"The file `{subject}` is missing.", snapshot)

    assert [(one.subject, one.standing.value) for one in claim.absences] == [(subject, standing)]
    assert sorted(place.path for place in claim.absences[0].found) == sorted(found)
    rests_on = {"false": "false_absence", "confirmed": "evidence", "undecided": "unchecked"}
    assert claim.rests_on.value == rests_on[standing]


@pytest.mark.parametrize(
    ("evidence", "standing", "found"),
    [
        pytest.param("The `Pool` class is missing.", "false", [("src/core/pool.py", 6)], id="a class"),
        pytest.param("`drain()` is not defined.", "false", [("src/core/pool.py", 7)], id="a method"),
        pytest.param("`Pool.drain` is missing.", "false", [("src/core/pool.py", 7)], id="a qualified name"),
        pytest.param("`Lake.drain` is missing.", "confirmed", [], id="a method of another class"),
        pytest.param("`test_drain` is missing.", "false", [("tests/test_pool.py", 5)], id="a test"),
        pytest.param("The `LostPool` class is missing.", "undecided", [("main.py", 1)], id="imported, not defined"),
        pytest.param("The `FakePool` class is missing.", "undecided", [("tests/test_pool.py", 1)], id="of a test"),
        pytest.param("The `Reservoir` class is missing.", "confirmed", [], id="in a docstring alone"),
        pytest.param("The `Warden` class is missing.", "confirmed", [], id="in documentation alone"),
        pytest.param("The `pool` class is missing.", "undecided", [("main.py", 1)], id="a module of that name"),
        pytest.param("The `Poo` class is missing.", "confirmed", [], id="half a name"),
        pytest.param("`tick` is missing from `src/core/clock.py`.", "false", [("src/core/clock.py", 1)], id="there"),
        pytest.param("`tick` is missing from `src/api/clock.py`.", "confirmed", [], id="in another file"),
        pytest.param("`tick` is missing from `src/lake.py`.", "undecided", [], id="from a file that is not there"),
        pytest.param(
            "`src/core/pool.py` does not use `time.sleep`.", "false", [("src/core/pool.py", 9)], id="used after all"
        ),
        pytest.param("`src/core/pool.py` does not use `asyncio.gather`.", "confirmed", [], id="in a comment alone"),
        pytest.param("`src/core/clock.py` does not use `time.sleep`.", "confirmed", [], id="used by another file"),
        pytest.param("No use of `Pool` found.", "false", [("main.py", 3)], id="a use after all"),
        pytest.param("No usages of `tick` were found.", "undecided", [("src/core/clock.py", 1)], id="defined alone"),
        pytest.param("`LostPool` is never called.", "undecided", [("main.py", 1)], id="imported alone"),
        pytest.param("No use of `asyncio.gather` found.", "confirmed", [], id="a use in a comment alone"),
        pytest.param("There is no `Retry-After` header.", "undecided", [("src/http.py", 2)], id="a name with a hyphen"),
        pytest.param("There is no `Retry-Before` header.", "confirmed", [], id="a name with a hyphen that is nowhere"),
        pytest.param("I could not find `Pool.drain`.", "false", [("src/core/pool.py", 7)], id="could not find it"),
        pytest.param("`main.py` does not define `Pool`.", "undecided", [("main.py", 1), ("main.py", 3)], id="imported"),
    ],
)
def test_a_name_that_is_called_missing_is_looked_up(
    snapshot: Snapshot, evidence: str, standing: str, found: list[tuple[str, int]]
) -> None:
    looked_up = absence(evidence, snapshot)

    assert looked_up.standing.value == standing
    assert [(place.path, place.first_line) for place in looked_up.found] == found


def test_what_is_called_missing_without_a_name_is_not_dropped_without_a_word(snapshot: Snapshot) -> None:
    said = "- There is no lock. There is no key.\n- If there were no lock, it would fail."
    report = f"### CLAIM 1: Pool drains\n\n{said}\n\n**Verdict**: ❌ NOT RESOLVED\n"

    assert audited(report, snapshot).unread == (
        Unread(3, "There is no lock. There is no key.", "what it calls missing it does not name"),
    )


def test_a_line_that_names_what_is_missing_is_not_listed_for_its_label(snapshot: Snapshot) -> None:
    said = "- **Present**: **Not present**. The `docker/lost.yml` file is missing."
    report = f"### CLAIM 1: Pool drains\n\n{said}\n\n**Verdict**: ❌ NOT RESOLVED\n"

    audit = audited(report, snapshot)

    assert [(one.line, one.subject) for one in audit.claims[0].absences] == [(3, "docker/lost.yml")]
    assert audit.unread == ()


def test_verifiers_own_files_do_not_contradict_a_report(commit: Commit) -> None:
    own = "reports/**"
    snapshot = commit({"main.py": "x = 1\n", "reports/a.yaml": "Pool:\n  drains: all\n"}, own=[own])

    assert absence("The `Pool` class is missing.", snapshot).standing.value == "confirmed"


def test_a_program_among_verifiers_own_files_contradicts_a_report(commit: Commit) -> None:
    snapshot = commit({"main.py": "x = 1\n", "reports/a.py": "class Pool:\n    pass\n"}, own=["reports/**"])

    assert absence("The `Pool` class is missing.", snapshot).standing.value == "false"


def test_nothing_is_confirmed_absent_from_a_commit_that_was_not_read_whole(repository: object, commit: Commit) -> None:
    opened = commit({"a.py": "def a(): ...\n", "b.py": "def b(): ...\n"})
    with Snapshot.open(opened.repository.named, path_limit=1) as snapshot:
        looked_up = absence("The file `lake.py` is missing.", snapshot)

    assert looked_up.standing.value == "undecided"
    assert looked_up.why == "only 1 paths of the commit were read"
