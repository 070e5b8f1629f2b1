"""What verifier wrote is known by what it is, wherever it lies and wherever a command is started."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import ROOT
from tests.audit.audited import audited
from tests.conftest import Commit
from tests.report.run_records import FULLY, run
from verifier.audit.report import render as audit_page
from verifier.report import find_format
from verifier.repository.own_paths import own_paths
from verifier.repository.snapshot import Snapshot

CLAIMS = "title: Pool\nclaims:\n  - id: pool-drains\n    statement: The pool drains\n"
CASSETTE = (ROOT / "cassettes" / "phase4.yaml").read_text(encoding="utf-8")
RECORD = find_format("json").render(run(FULLY))
PAGE = find_format("markdown").render(run(FULLY))
HTML = find_format("html").render(run(FULLY))


@pytest.mark.parametrize(
    ("path", "files"),
    [
        pytest.param("verification/pool.yaml", {"verification/pool.yaml": CLAIMS}, id="claim-set"),
        pytest.param("pool.yml", {"pool.yml": f"# Ours.\n---\n{CLAIMS}"}, id="claim-set-at-the-root"),
        pytest.param("a/b/replies.yaml", {"a/b/replies.yaml": CASSETTE}, id="cassette"),
        pytest.param("docs/pool/0123456789ab.json", {"docs/pool/0123456789ab.json": RECORD}, id="record"),
        pytest.param("0123456789ab.md", {"0123456789ab.md": PAGE}, id="report-without-its-record"),
        pytest.param(
            "docs/0123456789ab.html",
            {"docs/0123456789ab.html": HTML, "docs/0123456789ab.json": RECORD},
            id="report-beside-its-record",
        ),
        pytest.param(
            "x/0123456789ab.subset-89abcdef.json", {"x/0123456789ab.subset-89abcdef.json": RECORD}, id="of-some-claims"
        ),
    ],
)
def test_what_verifier_wrote_is_its_own_wherever_it_lies(commit: Commit, path: str, files: dict[str, str]) -> None:
    assert commit(files).is_own(path)


@pytest.mark.parametrize("suffix", [".audit.md", ".audit.json"])
def test_an_audit_is_its_own_wherever_it_lies(commit: Commit, suffix: str) -> None:
    snapshot = commit({"pool.py": "class Pool: ...\n"})
    done = audited("### CLAIM 1: a\n\nVerdict: FULLY RESOLVED\n", snapshot)
    text = audit_page(done) if suffix.endswith("md") else done.model_dump_json(indent=2)

    assert commit({f"audits/0123456789ab{suffix}": text}).is_own(f"audits/0123456789ab{suffix}")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        pytest.param("config/auth.yaml", "claims: [sub, iss]\nallow_root: true\n", id="claims-of-tokens"),
        pytest.param("config/app.yaml", f"{CLAIMS}allow_root: true\n", id="a-setting-beside-claims"),
        pytest.param("config/b.yaml", f"{CLAIMS}    allow_root: true\n", id="a-setting-in-a-claim"),
        pytest.param("broken.yaml", "claims: [\n", id="no-yaml"),
        pytest.param("deep.yaml", "claims: " + "[" * 5_000, id="nested-without-end"),
        pytest.param("k8s/pod.yaml", "kind: Pod\nmetadata:\n  tool: verifier 0.1.0\n", id="names-verifier"),
        pytest.param("replies.yaml", f"{CASSETTE}allow_root: true\n", id="a-setting-in-a-cassette"),
        pytest.param("vcr.yaml", "version: 1\ninteractions: []\n", id="another-tools-cassette"),
        pytest.param("0123456789ab.json", '{"tool": "verifier 0.1.0"}\n', id="no-record"),
        pytest.param("0123456789ab.json", RECORD.replace("{", '{"allow_root": true,', 1), id="a-setting-in-a-record"),
        pytest.param("0123456789ab.json", "[" * 100_000, id="no-json"),
        pytest.param("0123456789ab.md", "# By hand\n", id="named-like-a-report"),
        pytest.param("record.json", RECORD, id="not-named-like-a-report"),
        pytest.param("0123456789ab.py", PAGE, id="a-program"),
    ],
)
def test_what_only_looks_like_verifiers_is_searched_like_all_else(commit: Commit, path: str, text: str) -> None:
    assert not commit({path: text}).is_own(path)


def test_a_program_beside_a_record_is_no_report(commit: Commit) -> None:
    snapshot = commit({"a/0123456789ab.py": "x = 1\n", "a/0123456789ab.json": RECORD})

    assert not snapshot.is_own("a/0123456789ab.py")


@pytest.mark.parametrize("start", [".", "src", "src/deep"])
@pytest.mark.parametrize("reports", [Path("reports"), Path("docs/reports")])
def test_reports_are_own_from_whatever_folder_a_command_is_started(
    commit: Commit, repository: Path, monkeypatch: pytest.MonkeyPatch, start: str, reports: Path
) -> None:
    files = {"src/deep/pool.py": "x = 1\n", "claims/pool.yaml": CLAIMS, "checks/other.yaml": CLAIMS}
    place = f"{reports.as_posix()}/pool/0123456789ab.sarif.json"
    commit({**files, place: "{}\n", "reports/charts.json": "{}\n"})
    monkeypatch.chdir(repository / start)
    claim_file = Path(*[".."] * len(Path(start).parts), "checks", "other.yaml")

    own = own_paths(Path(), [claim_file], reports, None)

    with Snapshot.open(Path(), own=own) as snapshot:
        assert [path for path in snapshot.paths if snapshot.is_own(path)] == sorted(
            [place, "claims/pool.yaml", "checks/other.yaml"]
        )


def test_a_claim_file_elsewhere_makes_no_claim_set_evidence(commit: Commit, repository: Path, tmp_path: Path) -> None:
    commit({"claims/pool.yaml": CLAIMS, "claims/holidays.yaml": "summer: 1\n"})
    outside = tmp_path / "outside.yaml"
    outside.write_text(CLAIMS, encoding="utf-8")

    with Snapshot.open(repository, own=own_paths(repository, [outside], Path("reports"), None)) as snapshot:
        assert [snapshot.is_own(path) for path in snapshot.paths] == [False, True]
