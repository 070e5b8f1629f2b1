"""Controls of whole runs, against judges whose replies are scripted: one who looks, and some who do not."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest
from click.testing import Result

from tests.conftest import Commit
from tests.evidence.replies import citation, part, verdict
from tests.model.emulator import Answer, Emulator, Request, says
from tests.runs.workers import at, call, document
from verifier.journal import JournalError
from verifier.records.document import from_json
from verifier.runs.claim_set_run import Run
from verifier.runs.controls import with_controls
from verifier.values.record import RunRecord

CLIENT = "class Client:\n    def fetch(self, url):\n        for attempt in range(3):\n            get(url)\n"
PARSER = "class Parser:\n    def parse(self, text):\n        return text.split()\n"
STATEMENT = "`Client.fetch` in `client.py` tries 3 times"
CLAIMS = f'title: Client\nclaims:\n  - id: tries\n    statement: "{STATEMENT}"\n'
LINES = citation("client.py", 2, 3, "    def fetch(self, url):\n        for attempt in range(3):")

Judge = Callable[[Request], Answer]


def _says(statement: str, holds: str, *evidence: dict[str, Any]) -> Answer:
    word = {"yes": "FULLY RESOLVED", "no": "NOT RESOLVED"}.get(holds, "CANNOT TELL")
    return says(verdict(part(statement, holds, *evidence), word=word))


def looks(request: Request) -> Answer:
    """Says what the lines say, however the statement is written."""
    statement = request.statement or ""
    if "range(3)" not in request.prompt:
        return _says(statement, "cannot_tell")
    if statement.replace("`", "") == STATEMENT.replace("`", ""):
        return _says(statement, "yes", LINES)
    return _says(statement, "no", LINES | {"role": "contradicts"})


def agrees(request: Request) -> Answer:
    """Says yes to whatever is claimed, as long as anything can be cited for it."""
    return _says(request.statement or "", "yes" if "range(3)" in request.prompt else "cannot_tell", LINES)


def cites_anything(request: Request) -> Answer:
    """Says yes, and cites another line where the first is gone."""
    if "range(3)" in request.prompt:
        return agrees(request)
    quote = "    def parse(self, text):\n        return text.split()"
    return _says(request.statement or "", "yes", citation("parser.py", 2, 3, quote))


@pytest.fixture
def judged(folder: Path, repository: Path, commit: Commit) -> Path:
    """A repository that bears the claim out."""
    (folder / "claims").mkdir()
    (folder / "claims" / "client.yaml").write_text(CLAIMS, encoding="utf-8")
    commit({"client.py": CLIENT, "parser.py": PARSER})
    return repository


def run(repository: Path, gemini: Emulator, *arguments: str) -> Result:
    chosen = ["--repo", str(repository), "-q", "--max-rounds", "1", "--controls", "3"]
    return call("run", *chosen, *arguments, **at(gemini))


def became(result: Result) -> dict[str, bool | None]:
    return {one["kind"]: one["holds"] for one in document(result)["controls"]["controls"]}


@pytest.mark.parametrize(
    ("judge", "expected"),
    [
        pytest.param(looks, {"cut": True, "false twin": True, "true twin": True}, id="one who looks"),
        pytest.param(agrees, {"cut": True, "false twin": False, "true twin": True}, id="one who agrees"),
        pytest.param(cites_anything, {"cut": False, "false twin": False, "true twin": True}, id="one who cites"),
    ],
)
def test_controls_tell_a_judge_who_looks_from_others(
    judged: Path, judge: Judge, expected: dict[str, bool | None]
) -> None:
    with Emulator(judge) as gemini:
        result = run(judged, gemini, "--json")

    assert result.exit_code == 0
    assert became(result) == expected


def test_controls_count_nowhere_as_rulings(judged: Path, folder: Path) -> None:
    with Emulator(cites_anything) as gemini:
        result = run(judged, gemini, "--json", "--also", "sarif", "--also", "junit", "--fail-on-controls")
    record = document(result)
    also = [path.read_text("utf-8") for path in folder.glob("reports/client/*") if path.suffix in (".sarif", ".xml")]

    assert [one["claim_id"] for one in record["rulings"]] == ["tries"]
    assert (record["totals"]["claims"], record["totals"]["sources"]["live"]) == (1, 2)
    assert record["controls"]["usage"]["prompt"] > record["totals"]["usage"]["prompt"] > 0
    assert len(also) == 2
    assert not any("tries 10 times" in text or "tries 7 times" in text or "~" in text for text in also)
    with sqlite3.connect(folder / ".verifier" / "journal.sqlite") as journal:
        assert journal.execute("SELECT claim_id, word FROM rulings").fetchall() == [("tries", "FULLY RESOLVED")]
        assert {name for (name,) in journal.execute("SELECT claim_id FROM replies")} == {
            "tries",
            "tries~cut",
            "tries~false-twin",
            "tries~true-twin",
        }
        assert journal.execute("SELECT claim_id FROM memories").fetchall() == [("tries",)]


def test_a_failure_is_on_the_first_page_with_what_it_rests_on(judged: Path, folder: Path) -> None:
    with Emulator(cites_anything) as gemini:
        result = run(judged, gemini, "--also", "html", "--controls-seed", "7")
    (markdown,), (page,) = folder.glob("reports/client/*.md"), folder.glob("reports/client/*.html")
    figures = (
        "cut noticed 0 of 1 (0-79 %) \u00b7 false twins caught 0 of 1 (0-79 %) \u00b7 true twins kept 1 of 1 (21-100 %)"
    )

    assert f"controls: {figures}\n  tries: cut not noticed\n  tries: false twin not caught\n" in result.stdout
    text = markdown.read_text("utf-8")
    assert f"- **Controls**: {figures}\n" in text.partition("## Rulings")[0]
    section = text.partition("## Controls")[2].partition("## tries")[0]
    assert "drawn by seed 7" in section
    assert "  - changed: `Client.fetch` in client.py made a stub\n" in section
    assert '  - supports: parser.py:2-3: "def parse(self, text):" ...' in section
    assert figures in page.read_text("utf-8")
    assert "supports: parser.py:2-3" in page.read_text("utf-8")


def test_what_was_answered_is_asked_no_more_and_replayed_offline(judged: Path, folder: Path) -> None:
    with Emulator(looks) as gemini:
        first = run(judged, gemini, "--json")
        asked = len(gemini.asked)
        again = run(judged, gemini, "--json")
        assert len(gemini.asked) == asked == 4
        run(judged, gemini, "--record", "client.yaml")
    offline = ["run", "--repo", str(judged), "-q", "--max-rounds", "1", "--replay", "client.yaml", "--json"]
    replayed = call(*offline, "--controls", "3")

    assert became(first) == became(again) == became(replayed)
    assert call(*offline).exit_code == 0
    assert call("cassettes", "check", "client.yaml").exit_code == 0


def test_controls_are_derived_again(judged: Path, folder: Path) -> None:
    with Emulator(cites_anything) as gemini:
        run(judged, gemini, "--record", "client.yaml")
    (path,) = folder.glob("reports/client/*.json")
    recheck = ["recheck", str(path), "--repo", str(judged), "--cassette", "client.yaml"]
    stands = call(*recheck)
    record = json.loads(path.read_text("utf-8"))
    record["controls"]["controls"][0]["holds"] = True
    record["controls"]["controls"][1]["how"] = "3 changed to 4"
    path.write_text(json.dumps(record), encoding="utf-8")
    differs = call(*recheck)

    assert (stands.exit_code, stands.output.partition(":")[0].partition(" derived")[0]) == (
        0,
        "1 ruling and 3 controls",
    )
    assert differs.exit_code == 1
    assert '"controls", how many came out right' in differs.output
    assert '"tries~cut", whether it came out right: the record says True, derived is False' in differs.output
    assert '"tries~false-twin", what was changed: the record says 3 changed to 4' in differs.output


def test_controls_gate_only_where_they_are_asked_to(judged: Path, folder: Path) -> None:
    with Emulator(agrees) as gemini:
        assert run(judged, gemini).exit_code == 0
        gated = run(judged, gemini, "--fail-on-controls")
        (before,) = folder.glob("reports/client/*.json")
        before.rename("before.json")
        same = run(judged, gemini, "--fail-on-controls", "--baseline", "before.json")
    with Emulator(cites_anything) as gemini:
        worse = run(judged, gemini, "--fresh", "--fail-on-controls", "--baseline", "before.json")
        told = run(judged, gemini, "--baseline", "before.json")

    assert (gated.exit_code, gated.stderr) == (1, "fails: tries: its false twin came out FULLY RESOLVED\n")
    assert (same.exit_code, same.stderr) == (0, "")
    line = "controls: cut noticed 0 of 1, in the baseline 1 of 1\n"
    assert (worse.exit_code, worse.stderr) == (1, f"{line}fails: {line}")
    assert (told.exit_code, told.stderr) == (0, line)


def test_a_control_that_cannot_be_judged_says_nothing_of_the_judge(judged: Path, folder: Path) -> None:
    def breaks(request: Request) -> Answer:
        return looks(request) if request.statement == STATEMENT else says("{}")

    with Emulator(breaks) as gemini:
        plain = run(judged, gemini, "--json")
        gated = run(judged, gemini, "--fail-on-controls")

    assert plain.exit_code == 0
    assert became(plain) == {"cut": True, "false twin": None, "true twin": None}
    assert gated.exit_code == 4
    assert "cut noticed 1 of 1 (21-100 %); 2 controls could not be judged" in gated.stdout


def test_history_shows_the_figures_over_commits(judged: Path, commit: Commit, folder: Path) -> None:
    with Emulator(looks) as gemini:
        run(judged, gemini)
    commit({"client.py": f"{CLIENT}\n\nMORE = 1\n"})
    with Emulator(agrees) as gemini:
        run(judged, gemini)
    shown = call("history", "--html", "history.html"), call("history"), call("history", "--json")
    first, second = re.findall(r"false twins caught (\d of \d)", shown[1].stdout)

    assert (first, second) == ("1 of 1", "0 of 1")
    assert re.findall(r"false twins caught (\d of \d)", Path("history.html").read_text("utf-8")) == [second, first]
    assert [one["controls_of_run"]["false twin"]["right"] for one in document(shown[2])] == [0, 1]


def test_what_controls_may_take_is_said_before_the_first_call(judged: Path) -> None:
    with Emulator(looks) as gemini:
        said = call("run", "--repo", str(judged), "--controls", "3", **at(gemini)).stderr.split("\n")

    assert re.match(r"beside these, at most 3 controls: at most \d+ requests, \d+k tokens, ", said[2])
    assert "3 controls of 1 claim to judge" in said


def test_a_record_with_controls_is_read_as_it_was_written(judged: Path, folder: Path) -> None:
    with Emulator(looks) as gemini:
        run(judged, gemini, "--controls-seed", "9")
    (path,) = folder.glob("reports/client/*.json")
    controls = from_json(path.read_bytes()).controls

    assert controls is not None
    assert (controls.seed, controls.claims) == (9, 3)
    assert [(one.name, one.holds) for one in controls.controls] == [
        ("tries~cut", True),
        ("tries~false-twin", True),
        ("tries~true-twin", True),
    ]


def test_merged_shards_tell_how_the_controls_of_each_came_out(judged: Path, folder: Path) -> None:
    with Emulator(looks) as gemini:
        run(judged, gemini, "--shard", "1/1")
    (path,) = folder.glob("reports/client/*.json")
    merged = document(call("report", "merge", str(path), "--json"))

    assert "controls" not in merged
    assert any(note.startswith("controls of shard 1/1: cut noticed 1 of 1") for note in merged["repository"]["notes"])


def test_no_claim_loses_its_ruling_to_controls(judged: Path, folder: Path) -> None:
    (folder / "claims" / "later.yaml").write_text(CLAIMS.replace("id: tries", "id: later"), encoding="utf-8")
    with Emulator(looks) as gemini:
        result = run(judged, gemini, "--json", "--max-tokens", "60000")
    first, second = document(result)

    assert [one["rulings"][0]["ruling"] for one in (first, second)] == ["FULLY RESOLVED", "FULLY RESOLVED"]
    assert None in [control["holds"] for one in (first, second) for control in one["controls"]["controls"]]


@pytest.mark.parametrize(
    ("recorded", "said"),
    [
        (
            ["--controls-seed", "7"],
            "it was recorded with --controls 3 --controls-seed 7: give the same, or record it anew",
        ),
        (["--controls", "1", "--controls-seed", "7"], "it was recorded with --controls 1 --controls-seed 7"),
    ],
)
def test_a_replay_says_which_controls_it_has(judged: Path, recorded: list[str], said: str) -> None:
    with Emulator(looks) as gemini:
        run(judged, gemini, "--record", "one.yaml", *recorded)
        result = run(judged, gemini, "--replay", "one.yaml", "--controls-seed", "8")

    (lost,) = [line for line in result.stdout.splitlines() if "could not be judged: " in line]
    assert said in lost


def test_a_replay_without_controls_says_so(judged: Path) -> None:
    with Emulator(looks) as gemini:
        call("run", "--repo", str(judged), "-q", "--max-rounds", "1", "--record", "one.yaml", **at(gemini))
        result = run(judged, gemini, "--replay", "one.yaml")

    assert (
        "the cassette holds nothing of this claim; it was recorded without --controls: leave that out" in result.stdout
    )


def _fails(*_: object) -> NoReturn:
    raise ValueError("no way to make them")


@pytest.mark.parametrize(
    ("broken", "noted"),
    [
        pytest.param("verifier.runs.controls.draw", True, id="none can be drawn"),
        pytest.param("verifier.runs.controls.Index", False, id="a commit that is altered cannot be read"),
        pytest.param("verifier.journal.Runs.keep_controls", False, id="the journal refuses them"),
    ],
)
def test_the_rulings_are_reported_whatever_happens_to_controls(
    judged: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, broken: str, noted: bool
) -> None:
    monkeypatch.setattr(broken, _refuses if "journal" in broken else _fails)
    with Emulator(looks) as gemini:
        gated = run(judged, gemini, "--fail-on-controls")
        record = document(run(judged, gemini, "--json"))

    assert (gated.exit_code == 4) == ("journal" not in broken)
    assert [one["ruling"] for one in record["rulings"]] == ["FULLY RESOLVED"]
    assert list(folder.glob("reports/client/*.md"))
    said = "controls were asked for, and could not be judged: unexpected ValueError at test_controls.py:"
    assert any(note.startswith(said) for note in record["repository"]["notes"]) == noted


def _refuses(*_: object) -> NoReturn:
    raise JournalError("the disk is full")


def test_a_run_that_is_ended_while_controls_are_judged_reports_its_rulings(
    judged: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def ctrl_c_twice(*_: object, **__: object) -> NoReturn:
        raise KeyboardInterrupt

    monkeypatch.setattr("verifier.runs.execution.with_controls", ctrl_c_twice)
    with Emulator(looks) as gemini:
        result = run(judged, gemini, "--json")
    record = document(result)

    assert [one["ruling"] for one in record["rulings"]] == ["FULLY RESOLVED"]
    assert "the run was ended while its controls were judged" in record["repository"]["notes"]
    assert list(folder.glob("reports/client/*.md"))


def test_controls_that_were_judged_before_a_run_was_ended_are_reported(
    judged: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "claims" / "second.yaml").write_text(CLAIMS.replace("title: Client", "title: Second"), encoding="utf-8")
    already: list[str] = []

    async def until_the_second(run: Run, *given: Any, **more: Any) -> RunRecord:
        already.append(run.loaded.named)
        if len(already) == 2:
            raise KeyboardInterrupt
        return await with_controls(run, *given, **more)

    monkeypatch.setattr("verifier.runs.execution.with_controls", until_the_second)
    with Emulator(looks) as gemini:
        run(judged, gemini)
    first, second = (from_json(path.read_text("utf-8")) for path in sorted(folder.glob("reports/*/*.json")))

    said = "the run was ended while its controls were judged"
    assert first.controls is not None
    assert said not in first.repository.notes
    assert second.controls is None
    assert said in second.repository.notes
