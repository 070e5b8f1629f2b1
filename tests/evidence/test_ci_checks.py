"""What CI answers to the checks of claims."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.ci_files.ci_made import case, cobertura, junit, sarif
from tests.conftest import Commit
from verifier.ci_files import read_ci_files
from verifier.evidence.checks import facts_of_ci, not_asked
from verifier.repository.index import Index
from verifier.values.claim import Check, Claim
from verifier.values.fact import Fact

FILES: dict[str, str | bytes] = {
    "src/pool.py": "x = 1\n",
    "src/net.py": "x = 1\n",
    "longer/pool.py": "x = 1\n",
    "index.js": "x = 1\n",
    "docs/pool.md": "Pool\n",
    "backend/tests/test_net.py": "",
    "tests/test_pool.py": "",
    "tests/conftest.py": "",
    "tests/java/org/acme/PoolTest.java": "",
}
FAILS = "<failure message='no'/>"


def answer(commit: Commit, folder: Path, check: dict[str, Any], **files: str) -> Fact:
    """What CI answers, by files of these names less their endings; `{commit}` stands for the judged one."""
    snapshot = commit(FILES)
    ends = {"j": "xml", "c": "xml", "l": "info", "s": "sarif", "C": ""}
    for name, text in files.items():
        place = folder / (f"{name}.{ends[name[0]]}" if ends[name[0]] else name)
        place.write_text(text.replace("1" * 40, snapshot.commit), encoding="utf-8")
    asked = Claim(id="a", statement="S", checks=(Check.model_validate(check),))
    (fact,) = facts_of_ci([asked], Index(snapshot), read_ci_files(folder, snapshot.commit)).values()
    return fact


HOLDS, FAILED, OPEN = (True, False), (False, False), (False, True)
POOL = "tests/test_pool.py"
DRAIN = case("tests.test_pool", "test_drain")


@pytest.mark.parametrize(
    ("wanted", "files", "found", "says"),
    [
        pytest.param(POOL, {"j": junit(DRAIN)}, HOLDS, "1 test run, none failed, by j.xml", id="passed"),
        pytest.param(
            POOL,
            {"j": junit(DRAIN, case("tests.test_pool.TestIdle", "test_keeps", FAILS))},
            FAILED,
            '1 of 2 tests failed, the first "test_keeps", by j.xml',
            id="failed in a class of the file",
        ),
        pytest.param(
            POOL,
            {"j1": junit(DRAIN), "j2": junit(case("tests.test_pool", "test_drain", "<error/>"))},
            FAILED,
            '1 of 2 tests failed, the first "test_drain", by j1.xml, j2.xml',
            id="failed in one of two runs",
        ),
        pytest.param(
            POOL, {"j": junit(case("tests.test_pool", "t", "<skipped/>"))}, OPEN, "1 of 1 test skipped", id="skipped"
        ),
        pytest.param(POOL, {"j": junit(case("tests.other", "t"))}, OPEN, "no such test was run", id="none of the file"),
        pytest.param(POOL, {"s": sarif("x")}, OPEN, "no such test was run", id="no JUnit file"),
        pytest.param(
            POOL,
            {"j": junit(DRAIN, commit=None)},
            OPEN,
            "it is unattested that 1 test run, none failed, by j.xml, which does not say of which commit it is",
            id="unattested",
        ),
        pytest.param(
            POOL,
            {"j1": junit(DRAIN), "j2": junit(case("tests.test_pool", "t", FAILS), commit=None)},
            HOLDS,
            "1 test run, none failed, by j1.xml",
            id="what is unattested decides nothing beside what is",
        ),
        pytest.param(
            f"{POOL}::test_drain",
            {"j": junit(case("tests.test_pool", "test_drain[1]"), case("tests.test_pool", "test_x", FAILS))},
            HOLDS,
            "1 test run",
            id="one by name, with its parameters",
        ),
        pytest.param(
            f"{POOL}::TestIdle::test_x",
            {"j": junit(case("tests.test_pool.TestIdle", "test_x"), case("tests.test_pool", "test_x", FAILS))},
            HOLDS,
            "1 test run",
            id="one of a class",
        ),
        pytest.param(
            "backend/", {"j": junit(case("tests.test_net", "t"))}, HOLDS, "1 test", id="run in a folder of the commit"
        ),
        pytest.param(
            "tests/*.py",
            {"j": junit(case("x", "t", file="/home/ci/tests/test_pool.py"))},
            HOLDS,
            "1 test",
            id="by file",
        ),
        pytest.param(
            "tests/java/", {"j": junit(case("org.acme.PoolTest", "drains"))}, HOLDS, "1 test", id="by a class of Java"
        ),
        pytest.param("example.org/pool", {"j": junit(case("example.org/pool", "t"))}, HOLDS, "1 test", id="by package"),
        pytest.param(
            "tests/",
            {"j": junit(DRAIN)},
            OPEN,
            "no test of tests/java/org/acme/PoolTest.java was run",
            id="one of two files",
        ),
        pytest.param(
            ".", {"j": junit(DRAIN)}, OPEN, "no test of backend/tests/test_net.py was run", id="a share of all"
        ),
        pytest.param(
            ".", {"j": junit(DRAIN, case("?", "t"))}, HOLDS, "2 tests", id="all, by a runner that names no files"
        ),
        pytest.param(
            "PoolTest",
            {"j": junit(case("PoolTest", "t", status="notrun", result="suppressed"))},
            OPEN,
            "1 of 1 test skipped",
            id="disabled in GoogleTest",
        ),
        pytest.param(".", {"j": junit(DRAIN, case("?", "t", FAILS))}, FAILED, "1 of 2", id="all, wherever they are"),
    ],
)
def test_tests_pass(
    commit: Commit, tmp_path: Path, wanted: str, files: dict[str, str], found: tuple[bool, bool], says: str
) -> None:
    fact = answer(commit, tmp_path, {"tests_pass": wanted}, **files)

    assert (fact.holds, fact.undecided) == found
    assert says in fact.says
    assert fact.can_be_cited == fact.undecided, "what is decided is evidence by itself"


HALF = {"src/pool.py": {1: 3, 2: 0}}
LCOV = "SF:/elsewhere/src/pool.py\nDA:1,0\nDA:2,1\nend_of_record\n"


def lcov(*names: str) -> str:
    return "".join(f"SF:{name}\nDA:1,1\nend_of_record\n" for name in names)


@pytest.mark.parametrize(
    ("path", "at_least", "files", "found", "says"),
    [
        pytest.param("src/pool.py", 0.5, {"c": cobertura(HALF)}, HOLDS, "tests ran 1 of 2 lines that can run", id="so"),
        pytest.param("src/pool.py", 0.6, {"c": cobertura(HALF)}, FAILED, "fewer than wanted", id="too few"),
        pytest.param(
            "src/pool.py",
            1,
            {"c": cobertura({"pool.py": {1: 3, 2: 0}}, source="/work/src"), "l": LCOV},
            HOLDS,
            "2 of 2 lines that can run, by c.xml, l.info",
            id="two reports add up, from whatever folders",
        ),
        pytest.param(
            "src/",
            0.5,
            {"c": cobertura(HALF)},
            OPEN,
            "no line of src/net.py was measured",
            id="a file not seen",
        ),
        pytest.param(
            "src/net.py",
            0.5,
            {"c": cobertura({"net.py": {1: 1}}, source="/w/lib</source><source>/w/src")},
            HOLDS,
            "1 of 1",
            id="below one of two sources",
        ),
        pytest.param(
            "longer/pool.py",
            0.5,
            {"c": cobertura({"pool.py": {1: 1}}, source="/w/src</source><source>/w/longer")},
            OPEN,
            "no line of longer/pool.py was measured",
            id="below either of two sources",
        ),
        pytest.param(
            "index.js",
            0.5,
            {"l": "SF:/w/node_modules/lib/index.js\nDA:1,1\nend_of_record\n"},
            OPEN,
            "no line of index.js was measured",
            id="a file of others that is called the same",
        ),
        pytest.param(
            "index.js",
            0.5,
            {"l": lcov("/w/lib/index.js")},
            OPEN,
            "no line of index.js was measured",
            id="a bare name in whatever folder",
        ),
        pytest.param(
            "index.js",
            0.5,
            {"l": lcov("/w/src/pool.py", "/w/lib/index.js", "/w/lib/main.js")},
            OPEN,
            "no line of index.js was measured",
            id="a file of another folder that is called the same",
        ),
        pytest.param(
            "index.js", 0.5, {"l": lcov("/w/src/pool.py", "/w/index.js")}, HOLDS, "1 of 1", id="beside another file"
        ),
        pytest.param("src/pool.py", 0.1, {"c": cobertura({})}, OPEN, "no line of src/pool.py", id="not measured"),
        pytest.param("src/pool.py", 0.1, {"c": cobertura({"src/pool.py": {}})}, OPEN, "no line was", id="empty"),
    ],
)
def test_covered(
    commit: Commit,
    tmp_path: Path,
    path: str,
    at_least: float,
    files: dict[str, str],
    found: tuple[bool, bool],
    says: str,
) -> None:
    check = {"covered": {"path": path, "at_least": at_least}}
    fact = answer(commit, tmp_path, check, COMMIT="1" * 40, **files)

    assert (fact.holds, fact.undecided) == found
    assert says in fact.says


@pytest.mark.parametrize(
    ("check", "log", "found", "says"),
    [
        pytest.param({"tool": "Lint"}, sarif("lint"), HOLDS, "nothing was found, by s.sarif", id="clean"),
        pytest.param({"tool": "lint"}, sarif("lint", {"ruleId": "R2"}), FAILED, '1 found, the first "R2"', id="found"),
        pytest.param(
            {"tool": "lint", "level": "error"},
            sarif("lint", {"ruleId": "R2"}),
            HOLDS,
            "lint, error or worse",
            id="mild",
        ),
        pytest.param({"tool": "lint"}, sarif("other"), OPEN, "it was not run", id="another analyser"),
        pytest.param({"tool": "lint"}, sarif("lint", results=None), OPEN, "it did not run to its end", id="half a run"),
    ],
)
def test_no_findings(
    commit: Commit, tmp_path: Path, check: dict[str, str], log: str, found: tuple[bool, bool], says: str
) -> None:
    fact = answer(commit, tmp_path, {"no_findings": check}, s=log)

    assert (fact.holds, fact.undecided) == found
    assert says in fact.says


def test_without_files_a_check_is_undecided() -> None:
    fact = not_asked(Check(tests_pass=POOL, part="p2"))

    assert (fact.holds, fact.undecided, fact.part, fact.can_be_cited) == (False, True, "p2", True)
    assert fact.says == "tests_pass: tests/test_pool.py: undecided, for no files of CI were given"
