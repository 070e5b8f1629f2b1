"""Files of CI, as pytest, coverage.py and ruff write them and as strangers may."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.ci_files.ci_made import COMMIT, OTHER, case, cobertura, junit, sarif
from verifier.ci_files import read_ci_files, reading
from verifier.errors import CiFileError
from verifier.values.ci import (
    Analysis,
    CaseOutcome,
    CiFinding,
    CiFormat,
    CiReport,
    Level,
    MeasuredFile,
    TriedCase,
)


def read(folder: Path, **files: str | bytes) -> tuple[CiReport, ...]:
    """The reports of files, by names in which __ stands for a dot."""
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_ci_files(folder, COMMIT)


POOL = "def drain(n):\n    if n:\n        return 1\n    return 0\n"
TESTS = f"""
import pytest
from pool import drain

@pytest.fixture(scope="session", autouse=True)
def commit(record_testsuite_property):
    record_testsuite_property("commit", "{COMMIT}")

class TestDrain:
    @pytest.mark.parametrize("n", [1])
    def test_drain(self, n):
        assert drain(n)

def test_later():
    pytest.skip("later")

def test_none():
    assert drain(0)
"""


def test_what_the_tools_themselves_write_is_read(tmp_path: Path) -> None:
    def call(*words: str) -> None:
        subprocess.run([sys.executable, "-m", *words], cwd=tmp_path, capture_output=True, check=False)

    (tmp_path / "pool.py").write_text(POOL, encoding="utf-8")
    (tmp_path / "test_pool.py").write_text(TESTS, encoding="utf-8")
    (tmp_path / "ci").mkdir()
    call("coverage", "run", "--include=pool.py", "-m", "pytest", "-p", "no:cacheprovider", "--junitxml=ci/j.xml")
    call("coverage", "xml", "-o", "ci/c.xml")
    call("coverage", "lcov", "-o", "ci/l.info")
    call("ruff", "check", "--isolated", "--select=I", "--output-format=sarif", "--output-file=ci/r.sarif")

    by_name = {report.file.path: report for report in read_ci_files(tmp_path / "ci", COMMIT)}

    assert {name: (one.file.format, one.file.attested) for name, one in by_name.items()} == {
        "c.xml": (CiFormat.COBERTURA, False),
        "j.xml": (CiFormat.JUNIT, True),
        "l.info": (CiFormat.LCOV, False),
        "r.sarif": (CiFormat.SARIF, False),
    }
    assert by_name["j.xml"].cases == (
        TriedCase("test_drain[1]", "test_pool.TestDrain", None, CaseOutcome.PASSED),
        TriedCase("test_later", "test_pool", None, CaseOutcome.SKIPPED),
        TriedCase("test_none", "test_pool", None, CaseOutcome.FAILED),
    )
    lines = {1: 1, 2: 1, 3: 1, 4: 1}
    assert by_name["c.xml"].measured == (MeasuredFile((f"{tmp_path}/pool.py",), lines),)
    assert by_name["l.info"].measured == (MeasuredFile(("pool.py",), lines),)
    (analysis,) = by_name["r.sarif"].analyses
    assert (analysis.tool, len(analysis.findings), analysis.completed) == ("ruff", 1, True)


FOUND: list[dict[str, Any]] = [
    {"ruleId": "R1", "locations": [{"physicalLocation": {"artifactLocation": {"uri": "a.py"}}}]},
    {"ruleIndex": 1, "level": "note"},
    {"rule": {"id": "R2"}},
    {"ruleId": "R1", "kind": "pass"},
    {"ruleId": "R1", "level": "none"},
    {"ruleId": "R1", "baselineState": "absent"},
    {"ruleId": "R1", "suppressions": [{"kind": "inSource"}]},
    {"ruleId": "R1", "suppressions": [{"kind": "external", "status": "rejected"}]},
]


def test_a_finding_counts_by_its_level_or_its_rules_unless_it_is_suppressed(tmp_path: Path) -> None:
    (report,) = read(tmp_path, a__sarif=sarif("lint", *FOUND, invocations=[{"executionSuccessful": False}]))

    findings = (
        CiFinding(Level.ERROR, "R1 at a.py"),
        CiFinding(Level.NOTE, "R2"),
        CiFinding(Level.WARNING, "R2"),
        CiFinding(Level.ERROR, "R1"),
    )
    assert report.analyses == (Analysis("lint", findings, completed=False),)


# Of which commit.


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"a__xml": junit(commit=OTHER)}, id="JUnit"),
        pytest.param({"a__sarif": sarif("t", commit=OTHER)}, id="SARIF"),
        pytest.param({"a__info": "SF:a\nend_of_record\n", "COMMIT": f"{OTHER}\n"}, id="by the file beside it"),
    ],
)
def test_a_file_of_another_commit_is_refused(tmp_path: Path, files: dict[str, str]) -> None:
    with pytest.raises(CiFileError, match=f"it is of commit {OTHER}, not of {COMMIT}, which is judged; give what CI"):
        read(tmp_path, **files)


def test_a_file_beside_names_the_commit_of_those_that_do_not(tmp_path: Path) -> None:
    (tmp_path / "COMMIT").write_text(f"{OTHER}\n", encoding="utf-8")
    (tmp_path / "of-this").mkdir()
    (tmp_path / "of-this" / "COMMIT").write_text(f"{COMMIT}\n", encoding="utf-8")
    (tmp_path / "of-this" / "c.xml").write_text(cobertura({}), encoding="utf-8")
    (tmp_path / "itself.xml").write_text(junit(), encoding="utf-8")

    reports = read_ci_files(tmp_path, COMMIT)

    assert [(report.file.path, report.file.attested) for report in reports] == [
        ("itself.xml", True),
        ("of-this/c.xml", True),
    ]


def test_one_suite_speaks_for_no_other(tmp_path: Path) -> None:
    two = junit().replace("</testsuites>", "<testsuite/></testsuites>")

    (report,) = read(tmp_path, a__xml=two)

    assert not report.file.attested


def test_a_file_that_names_half_a_commit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CiFileError, match="COMMIT: no full id of a commit; write it with `git rev-parse HEAD`"):
        read(tmp_path, a__xml=cobertura({}), COMMIT=COMMIT[:12])


# Strangers.

BOMB = '<!DOCTYPE a [<!ENTITY x "lol"><!ENTITY y "&x;&x;">]><testsuites>&y;</testsuites>'
READS = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><testsuites>&x;</testsuites>'
BY_PARAMETER = '<!DOCTYPE a [<!ENTITY % x SYSTEM "http://example.org/x">%x;]><testsuites/>'


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param("a__xml", BOMB, id="entities that grow"),
        pytest.param("a__xml", READS, id="an entity that reads a file"),
        pytest.param("a__xml", BY_PARAMETER, id="an entity that fetches"),
        pytest.param("a__xml", "<testsuites>", id="XML that ends early"),
        pytest.param("a__xml", '<?xml version="1.0" encoding="utf-7"?><testsuites/>', id="a strange encoding"),
        pytest.param("a__xml", cobertura({}).replace("</classes>", '<class><lines><line/></lines></class></classes>'),
                     id="a line without a number"),
        pytest.param("a__info", "SF:a\nDA:x\nend_of_record\n", id="a record that is none"),
        pytest.param("a__json", '{"runs": ' + "[" * 100_000, id="JSON without end"),
        pytest.param("a__json", '{"version": "2.1.0", "runs": [{"results": 3}]}', id="JSON of another shape"),
    ],
)  # fmt: skip
def test_what_is_broken_or_hostile_is_refused_in_one_line(tmp_path: Path, name: str, text: str) -> None:
    with pytest.raises(CiFileError) as caught:
        read(tmp_path, **{name: text})

    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith("; let CI write it anew, or take it away")


def test_suites_may_be_nested_however_deep(tmp_path: Path) -> None:
    deep = 100_000
    text = "<testsuite file='a.py'>" * deep + case("", "t") + "</testsuite>" * deep

    (report,) = read(tmp_path, a__xml=text)

    assert report.cases == (TriedCase("t", "", "a.py", CaseOutcome.PASSED),)


def test_what_is_none_of_the_formats_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text(junit(), encoding="utf-8")
    (tmp_path / "link.xml").symlink_to(tmp_path / "elsewhere")

    assert (
        read(
            tmp_path,
            clover__xml="<coverage><project/></coverage>",
            package__json="{}",
            go__json="{}\n{}\n",
            a__info="a",
            b__py="",
        )
        == ()
    )


@pytest.mark.parametrize("bound", ["LARGEST_BYTES", "MOST_FILES"])
def test_what_is_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bound: str) -> None:
    monkeypatch.setattr(reading, bound, 1)

    with pytest.raises(CiFileError, match=r"larger than|more than"):
        read(tmp_path, a__xml=junit(), b__xml=junit())


def test_a_secret_in_a_tests_name_is_replaced(tmp_path: Path) -> None:
    secret = "gh" + "p_" + "a1B2c3D4e5F6" * 3

    (report,) = read(tmp_path, a__xml=junit(case("t", f"test[{secret}]")))

    assert report.cases[0].name == "test[[redacted: GitHub token]]"


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(CiFileError, match="gone: no folder with files of CI; give one with --facts"):
        read_ci_files(tmp_path / "gone", COMMIT)
