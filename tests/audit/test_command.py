"""`verifier audit` as a user meets it: what is printed where, what is written, and the exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.conftest import Commit
from verifier.cli import cli
from verifier.repository.snapshot import Snapshot

POOL = "class Pool:\n    def drain(self):\n        return 1\n"
GOOD = "### CLAIM 1: Pool drains\n\n`drain` is there (`src/pool.py`, line 2).\n\n**Verdict**: ✅ FULLY RESOLVED\n"
HALF = GOOD.replace("\n\n**V", "\n`evict` is there (`src/pool.py`, line 3).\n\n**V")
UNCHECKED = "### CLAIM 1: Pool drains\n\nIt is robust (`src/pool.py`, line 2).\n\n**Verdict**: ✅ FULLY RESOLVED\n"


@pytest.fixture
def snapshot(commit: Commit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Snapshot:
    """A repository beside an empty folder, in which the command is run."""
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    return commit({"src/pool.py": POOL, "reports/good.md": GOOD})


def audit(snapshot: Snapshot, *arguments: str | Path) -> Result:
    result = CliRunner().invoke(cli, ["audit", "--repo", str(snapshot.repository.named), *map(str, arguments)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def report(name: str, text: str | bytes) -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return path


def test_one_report_is_shown_as_markdown_and_nothing_else_is_said(snapshot: Snapshot) -> None:
    result = audit(snapshot, report("good.md", GOOD))

    assert result.exit_code == 0
    assert result.stdout.startswith("# Audit of `good.md`\n\n")
    assert "- **Grounded**: 100 % of the evidence (1 of 1 that can be checked)\n" in result.stdout
    assert result.stderr == ""


def test_one_report_is_one_json_document(snapshot: Snapshot) -> None:
    result = audit(snapshot, report("good.md", GOOD), "--json")

    document: dict[str, Any] = json.loads(result.stdout)
    assert document["repository"]["commit"] == snapshot.commit
    (claim,) = document["claims"]
    assert (claim["id"], claim["verdict"], claim["word"], claim["line"]) == ("CLAIM_1", "fully", "FULLY RESOLVED", 1)
    assert claim["citations"][0]["found"] == [{"path": "src/pool.py", "first_line": 2, "last_line": 2}]
    assert document["totals"]["citations"]["exact"] == 1


def test_of_several_reports_there_is_a_list_and_progress(snapshot: Snapshot) -> None:
    result = audit(snapshot, report("good.md", GOOD), report("half.md", HALF), "--json")

    assert [one["report"]["path"] for one in json.loads(result.stdout)] == ["good.md", "half.md"]
    assert result.stderr.splitlines() == [
        "1/2 good.md: 100 % of the evidence (1 of 1 that can be checked), 1 claim",
        "2/2 half.md: 50 % of the evidence (1 of 2 that can be checked), 1 claim",
    ]


@pytest.mark.parametrize(
    ("text", "percent", "code"),
    [
        pytest.param(HALF, "50", 0, id="just enough"),
        pytest.param(HALF, "50.1", 1, id="just not enough"),
        pytest.param(UNCHECKED, "1", 1, id="nothing can be checked"),
        pytest.param(UNCHECKED, "0", 0, id="nothing is asked for"),
    ],
)
def test_too_little_that_is_grounded_fails_the_gate(snapshot: Snapshot, text: str, percent: str, code: int) -> None:
    result = audit(snapshot, report("some.md", text), "--min-grounded", percent)

    assert result.exit_code == code
    assert (f"--min-grounded asks for {percent} %" in result.stderr) is (code == 1)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b"# A cake\n\nTake three eggs.\n", "no claim with a verdict stands in it", id="no report"),
        pytest.param(b"", "no claim with a verdict stands in it", id="empty"),
        pytest.param(b"\x7fELF\0\0", "binary, not a Markdown report", id="binary"),
        pytest.param(b"### CLAIM 1: caf\xe9\n", "is not UTF-8", id="other encoding"),
        pytest.param(b"x" * 50_000_000, "50 MB, more than the 2 MB", id="50 MB"),
        pytest.param(None, "No such file", id="not there"),
    ],
)
def test_a_report_that_cannot_be_read_is_one_line_and_the_others_are_audited(
    snapshot: Snapshot, content: bytes | None, said: str
) -> None:
    bad = report("bad.md", content) if content is not None else Path("bad.md")

    result = audit(snapshot, bad, report("good.md", GOOD))

    assert result.exit_code == 2
    first, second = result.stderr.splitlines()
    assert first.startswith("verifier: bad.md: ")
    assert said in first
    assert second.startswith("2/2 good.md: 100 %")
    assert result.stdout.startswith("# Audit of `good.md`")


def test_a_folder_is_no_report(snapshot: Snapshot) -> None:
    Path("folder").mkdir()

    result = audit(snapshot, "folder")

    assert result.exit_code == 2
    assert result.stderr.startswith("verifier: folder: cannot be read")


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["--ref", "nowhere"], id="no such commit"),
        pytest.param(["--repo", "."], id="no repository"),
        pytest.param(["--min-grounded", "101"], id="more than all"),
    ],
)
def test_a_wrong_place_to_look_is_one_line(snapshot: Snapshot, arguments: list[str]) -> None:
    result = CliRunner().invoke(
        cli, ["audit", str(report("good.md", GOOD)), "--repo", str(snapshot.repository.named), *arguments]
    )

    assert result.exit_code == 2
    assert "Traceback" not in result.output


def test_audits_are_written_to_a_folder_each(snapshot: Snapshot) -> None:
    result = audit(snapshot, report("good.md", GOOD), report("other/good.md", HALF), "--reports", "audits")

    name = snapshot.commit[:12]
    written = sorted(path.as_posix() for path in Path("audits").rglob("*") if path.is_file())
    assert result.stdout == ""
    assert len(written) == 4
    assert {f"audits/good/{name}.audit.md", f"audits/good/{name}.audit.json"} < set(written)
    assert json.loads(Path(f"audits/good/{name}.audit.json").read_text(encoding="utf-8"))["totals"]["grounded"] == 1


def test_the_audited_report_is_no_evidence_for_itself(commit: Commit) -> None:
    code = "assert_that_the_pool_is_empty(pool)"
    text = f"### CLAIM 1: Pool drains\n\n```python\n{code}\n```\n\n**Verdict**: ✅ FULLY RESOLVED\n"
    snapshot = commit({"src/pool.py": POOL, "notes/review.txt": text})

    result = audit(snapshot, snapshot.repository.named / "notes/review.txt", "--json")

    assert json.loads(result.stdout)["claims"][0]["code_blocks"][0]["occurring"] == 0


def test_no_secret_of_a_report_is_repeated(snapshot: Snapshot) -> None:
    key = "AKIA" + "Z3MHWQ7RUXKP5TNB"
    text = GOOD.replace("is there", f"is there, as is `{key}`")

    result = audit(snapshot, report("good.md", text), "--reports", "audits")
    shown = audit(snapshot, "good.md").output + audit(snapshot, "good.md", "--json").output

    written = "".join(path.read_text(encoding="utf-8") for path in Path("audits").rglob("*.audit.*"))
    assert key not in result.output + shown + written
    assert "[redacted: " in shown


def test_a_hostile_report_name_and_text_move_no_terminal(snapshot: Snapshot) -> None:
    text = GOOD.replace("Pool drains", "Pool \x1b[2J drains \u202e")
    path = report("a\x1b[31mred.md", text)

    result = audit(snapshot, path, report("bad\x1b[2J.md", b""))

    assert not set(result.output) & {"\x1b", "\u202e"}


def test_a_hundred_reports_are_audited_in_seconds(snapshot: Snapshot) -> None:
    lines = "".join(f"- `name_{n}` is there (`src/pool.py`, line {n % 3 + 1}).\n" for n in range(40))
    text = GOOD.replace("\n\n**V", f"\n{lines}\n\n**V")
    paths = [report(f"r{n}.md", text.replace("name_", f"n{n}_")) for n in range(100)]

    result = audit(snapshot, *paths, "--json")

    assert len(json.loads(result.stdout)) == 100
    assert len(result.stderr.splitlines()) == 100
