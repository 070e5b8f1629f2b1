"""`verifier run`, `pack`, `recheck` and `stress` as people call them, through the real client against the emulator."""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.conftest import Commit, git
from tests.evidence.replies import absence, citation, part, verdict
from tests.model.emulator import Answer, Emulator, Request, refuses, says
from verifier.cli import cli
from verifier.values.verdict import AskedVerdict

POOL = "class Pool:\n    def drain(self):\n        while self.items:\n            self.items.pop().close()\n"
CLAIMS = """\
title: The pool
claims:
  - id: drains
    statement: "`Pool.drain` closes every item, in `pool.py`"
    tags: [core]
  - id: retries
    statement: Calls are retried by `RetryPolicy`
    expect: NOT RESOLVED
"""
DRAINS = part(
    "`Pool.drain` closes every item, in `pool.py`",
    "yes",
    citation("pool.py", 3, 4, "        while self.items:\n            self.items.pop().close()"),
)
RETRIES = part("Calls are retried by `RetryPolicy`", "no", absence("RetryPolicy"))
KEY = "AIza" + "x" * 35

Verifier = Callable[..., Result]


@pytest.fixture
def verifier(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Verifier:
    """Calls the command line in a folder that holds claims/pool.yaml."""
    folder = tmp_path / "work"
    (folder / "claims").mkdir(parents=True)
    (folder / "claims" / "pool.yaml").write_text(CLAIMS, encoding="utf-8")
    monkeypatch.chdir(folder)

    def call(*arguments: str, **environment: str) -> Result:
        return CliRunner().invoke(cli, arguments, env=environment, catch_exceptions=False)

    return call


@pytest.fixture
def judged(commit: Commit, repository: Path) -> Path:
    """A repository to judge; its commit drains the pool and retries nothing."""
    commit({"pool.py": POOL})
    return repository


def answers(request: Request) -> Answer:
    """A truthful judge of both claims."""
    drains = "Pool.drain" in request.prompt.split("# The claim")[1].split("=== end")[0]
    made = verdict(DRAINS, word="FULLY RESOLVED") if drains else verdict(RETRIES, word="NOT RESOLVED")
    return says(made)


@pytest.fixture
def gemini() -> Iterator[Emulator]:
    with Emulator(answers) as emulator:
        yield emulator


def at(emulator: Emulator) -> dict[str, str]:
    return {"GOOGLE_GEMINI_BASE_URL": emulator.url, "GEMINI_API_KEY": KEY}


def only(folder: Path, pattern: str) -> Path:
    (found,) = folder.rglob(pattern)
    return found


def test_a_run_writes_reports_and_fails_the_gate(verifier: Verifier, judged: Path, gemini: Emulator) -> None:
    result = verifier("run", "--repo", str(judged), **at(gemini))

    sha = git(judged, "rev-parse", "HEAD")
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "✅ FULLY RESOLVED (1 proven)  drains",
        "❌ NOT RESOLVED (1 refuted)  retries",
        f"report: reports/pool/{sha[:12]}.md",
    ]
    record = json.loads(Path(f"reports/pool/{sha[:12]}.json").read_text("utf-8"))
    assert record["repository"]["commit"] == sha
    assert [r["rounds"][0]["source"] for r in record["rulings"]] == ["live", "live"]
    assert "Pool.drain" in Path(f"reports/pool/{sha[:12]}.md").read_text("utf-8")


def test_json_is_the_record_and_nothing_else(verifier: Verifier, judged: Path, gemini: Emulator) -> None:
    result = verifier("run", "--repo", str(judged), "--json", "--claim", "drains", **at(gemini))

    record = json.loads(result.stdout)
    assert result.exit_code == 0
    assert [r["ruling"] for r in record["rulings"]] == ["FULLY RESOLVED"]
    assert record["subset"] == "claim drains"


def exchanges(record: Any) -> list[Any]:
    rounds = [one for ruling in record["rulings"] for one in ruling["rounds"]]
    return [one for done in rounds for one in (done, done["reading"]) if one is not None]


def test_another_model_reads_the_evidence_a_second_time(verifier: Verifier, judged: Path, gemini: Emulator) -> None:
    result = verifier("run", "--repo", str(judged), "--json", "--reader-model", "gemini-3.5-flash", **at(gemini))

    record = json.loads(result.stdout)
    assert [request.model for request in gemini.asked] == ["gemini-3.8-flash"] * 2
    assert [request.model for request in gemini.read] == ["gemini-3.5-flash"] * 2
    assert [one["model"] for one in exchanges(record)] == ["gemini-3.8-flash", "gemini-3.5-flash"] * 2
    assert record["model"]["requested"] == "gemini-3.8-flash"
    assert record["settings"]["reader_model"] == "gemini-3.5-flash"
    page = only(Path("reports"), "*.md").read_text("utf-8")
    assert "- **Verdicts by**: `gemini-3.8-flash`" in page
    assert "- **Second readings by**: `gemini-3.5-flash`" in page


def test_the_second_reader_is_a_setting_and_by_default_the_model_that_is_asked(
    verifier: Verifier, judged: Path, gemini: Emulator
) -> None:
    def readers(**environment: str) -> list[str]:
        before = len(gemini.read)
        verifier("run", "--repo", str(judged), "--fresh", "--claim", "drains", **at(gemini), **environment)
        return [request.model for request in gemini.read[before:]]

    assert readers(VERIFIER_MODEL="gemini-3.5-flash") == ["gemini-3.5-flash"]
    assert readers(VERIFIER_READER_MODEL="gemini-2.5-pro") == ["gemini-2.5-pro"]
    Path("verifier.toml").write_text('reader-model = "gemini-3.5-flash"\n', encoding="utf-8")
    assert readers() == ["gemini-3.5-flash"]
    assert readers(VERIFIER_READER_MODEL="gemini-2.5-pro") == ["gemini-2.5-pro"]


def test_a_replay_with_another_reader_is_another_prompt(verifier: Verifier, judged: Path, gemini: Emulator) -> None:
    tape = ("--claim", "drains", "--json")
    verifier("run", "--repo", str(judged), "--record", "tape.yaml", *tape, **at(gemini))

    same = verifier("run", "--repo", str(judged), "--replay", "tape.yaml", *tape)
    other = verifier("run", "--repo", str(judged), "--replay", "tape.yaml", *tape, "--reader-model", "gemini-3.5-flash")

    assert (same.exit_code, other.exit_code) == (0, 4)
    (ruling,) = json.loads(other.stdout)["rulings"]
    assert 'round 1, second reading: tape.yaml: the recorded prompt differs in its section "config"' in ruling["error"]
    assert 'differs in its section "config"' in ruling["error"]


def test_a_subset_does_not_overwrite_a_full_run(verifier: Verifier, judged: Path, gemini: Emulator) -> None:
    verifier("run", "--repo", str(judged), **at(gemini))
    full = {path: path.read_bytes() for path in Path("reports").rglob("*.*")}

    verifier("run", "--repo", str(judged), "--tag", "core", **at(gemini))

    assert {path: path.read_bytes() for path in full} == full
    assert len(list(Path("reports").rglob("*.md"))) == 2


def test_fail_on_says_which_rulings_fail(verifier: Verifier, judged: Path, gemini: Emulator) -> None:
    codes = [
        verifier("run", "--repo", str(judged), "--fail-on", fail_on, **at(gemini)).exit_code
        for fail_on in ("partially", "not", "never")
    ]

    assert codes == [1, 1, 0]


def test_what_is_unproven_alone_exits_with_three(verifier: Verifier, judged: Path) -> None:
    with Emulator(lambda _: says(verdict(DRAINS | {"citations": []}))) as emulator:
        result = verifier("run", "--repo", str(judged), "--claim", "drains", **at(emulator))

    assert result.exit_code == 3


def test_a_service_that_fails_is_an_error_and_never_a_verdict(verifier: Verifier, judged: Path) -> None:
    with Emulator(lambda _: refuses(500, "INTERNAL", "down")) as emulator:
        result = verifier("run", "--repo", str(judged), "--attempts", "1", "--json", **at(emulator))

    record = json.loads(result.stdout)
    assert result.exit_code == 4
    assert [r["ruling"] for r in record["rulings"]] == ["ERROR", "ERROR"]
    assert [r["verdict"] for r in record["rulings"]] == [None, None]


def test_a_bad_key_ends_the_run_at_once_and_is_never_shown(verifier: Verifier, judged: Path) -> None:
    with Emulator(answers) as emulator:
        result = verifier(
            "run", "--repo", str(judged), "--concurrency", "1", **at(emulator) | {"GEMINI_API_KEY": "invalid"}
        )

    assert result.exit_code == 4
    assert len(emulator.requests) == 1
    assert "set GEMINI_API_KEY" in result.stderr


def test_no_key_in_anything_that_is_written(verifier: Verifier, judged: Path, gemini: Emulator) -> None:
    result = verifier("run", "--repo", str(judged), "--record", "cassettes/pool.yaml", **at(gemini))

    written = "".join(path.read_text("utf-8") for path in Path().rglob("*") if path.is_file())
    assert KEY not in written + result.output
    assert verifier("cassettes", "check", "cassettes/pool.yaml").exit_code == 0


def test_a_replay_opens_no_socket_and_writes_the_same_report_twice(
    verifier: Verifier, judged: Path, gemini: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    verifier("run", "--repo", str(judged), "--record", "cassettes/pool.yaml", **at(gemini))
    asked = len(gemini.requests)

    def refused(*_: Any) -> None:
        raise AssertionError("a replay opened a socket")

    monkeypatch.setattr(socket.socket, "connect", refused)
    pages = []
    for folder in ("one", "two"):
        result = verifier("run", "--repo", str(judged), "--replay", "cassettes/pool.yaml", "--reports", folder)
        assert result.exit_code == 1
        pages.append([path.read_bytes() for path in sorted(Path(folder).rglob("*.*"))])

    assert pages[0] == pages[1]
    assert len(gemini.requests) == asked
    record = json.loads(only(Path("one"), "*.json").read_text("utf-8"))
    assert [one["source"] for one in exchanges(record)] == ["recorded"] * 4


def test_a_replay_of_another_prompt_names_what_changed(
    verifier: Verifier, judged: Path, gemini: Emulator, commit: Commit
) -> None:
    verifier("run", "--repo", str(judged), "--record", "cassettes/pool.yaml", **at(gemini))
    commit({"pool.py": POOL + "\nLIMIT = 3\n"})

    result = verifier("run", "--repo", str(judged), "--replay", "cassettes/pool.yaml", "--claim", "drains", "--json")

    assert result.exit_code == 4
    (ruling,) = json.loads(result.stdout)["rulings"]
    assert ruling["claim_id"] == "drains"
    assert ruling["error"].startswith(
        'round 1: cassettes/pool.yaml: the recorded prompt differs in its section "claim"'
    )


def test_a_report_is_rechecked_without_model_or_key(verifier: Verifier, judged: Path, gemini: Emulator) -> None:
    verifier("run", "--repo", str(judged), "--record", "cassettes/pool.yaml", **at(gemini))
    record = str(only(Path("reports"), "*.json"))

    alone = verifier("recheck", record, "--repo", str(judged))
    attested = verifier("recheck", record, "--repo", str(judged), "--cassette", "cassettes/pool.yaml")

    assert (alone.exit_code, attested.exit_code) == (0, 0)
    assert "unattested" in alone.stdout
    assert "unattested" not in attested.stdout


def evidence(record: Any) -> Any:
    return record["rulings"][0]["parts"][0]["evidence"]


FORGERIES: list[Any] = [
    pytest.param(lambda r: r["rulings"][1].update(ruling="FULLY RESOLVED"), "ruling", id="a changed ruling"),
    pytest.param(
        lambda r: evidence(r)["groundings"][0]["citation"].update(first_line=1), "citation 1", id="a moved line"
    ),
    pytest.param(lambda r: evidence(r).update(groundings=[]), "citations", id="a dropped citation"),
    pytest.param(lambda r: evidence(r)["part"].update(why="It is so."), "p1, why", id="another reason"),
    pytest.param(lambda r: r["rulings"][0].update(parts=[]), "p1", id="a dropped part"),
    pytest.param(lambda r: r["rulings"][0].update(statement="`Pool` is fast"), "statement", id="a reworded statement"),
    pytest.param(lambda r: r["rulings"][1]["parts"][0].update(state="proven"), "state", id="a changed state"),
    pytest.param(lambda r: r["rulings"][0].update(verdict="NOT RESOLVED"), "verdict", id="a changed verdict"),
    pytest.param(lambda r: evidence(r)["reading"].update(answer="silent"), "p1, reading", id="a changed reading"),
    pytest.param(lambda r: evidence(r).update(reading=None), "p1, reading", id="a dropped reading"),
    pytest.param(
        lambda r: r["rulings"][0]["rounds"][0].update(reading=None), "ruling", id="a reading that was never made"
    ),
    pytest.param(
        lambda r: r["rulings"][0]["rounds"][0]["reading"].update(
            reply=r["rulings"][0]["rounds"][0]["reading"]["reply"].replace('"shows"', '"silent"')
        ),
        "ruling",
        id="a reading that says otherwise",
    ),
]


@pytest.mark.parametrize(("forge", "named"), FORGERIES)
def test_a_forged_record_is_found_out(
    verifier: Verifier, judged: Path, gemini: Emulator, forge: Callable[[Any], None], named: str
) -> None:
    verifier("run", "--repo", str(judged), **at(gemini))
    path = only(Path("reports"), "*.json")
    record = json.loads(path.read_text("utf-8"))
    forge(record)
    path.write_text(json.dumps(record), encoding="utf-8")

    result = verifier("recheck", str(path), "--repo", str(judged))

    assert result.exit_code == 1
    assert named in result.stdout


def test_a_forged_reply_is_found_out_by_the_cassette(verifier: Verifier, judged: Path, gemini: Emulator) -> None:
    verifier("run", "--repo", str(judged), "--record", "cassettes/pool.yaml", **at(gemini))
    path = only(Path("reports"), "*.json")
    text = path.read_text("utf-8")
    path.write_text(text.replace("so the code says", "so I say"), encoding="utf-8")

    alone = verifier("recheck", str(path), "--repo", str(judged))
    attested = verifier("recheck", str(path), "--repo", str(judged), "--cassette", "cassettes/pool.yaml")

    assert (alone.exit_code, attested.exit_code) == (0, 1)
    assert "round 1, the cassette's reply" in attested.stdout


def test_a_forged_reading_is_found_out_by_the_cassette(verifier: Verifier, judged: Path, gemini: Emulator) -> None:
    verifier("run", "--repo", str(judged), "--record", "cassettes/pool.yaml", **at(gemini))
    path = only(Path("reports"), "*.json")
    text = path.read_text("utf-8")
    path.write_text(text.replace("so the lines say", "so I say"), encoding="utf-8")

    alone = verifier("recheck", str(path), "--repo", str(judged))
    attested = verifier("recheck", str(path), "--repo", str(judged), "--cassette", "cassettes/pool.yaml")

    assert (alone.exit_code, attested.exit_code) == (0, 1)
    assert "round 1, second reading, the cassette's reply" in attested.stdout


def test_another_commit_is_asked_the_same(verifier: Verifier, judged: Path, gemini: Emulator, commit: Commit) -> None:
    verifier("run", "--repo", str(judged), **at(gemini))
    commit({"pool.py": POOL.replace("self.items.pop().close()", "self.items.pop()")})

    result = verifier("recheck", str(only(Path("reports"), "*.json")), "--repo", str(judged), "--ref", "main")

    assert result.exit_code == 1
    assert '"drains", ruling' in result.stdout
    assert '"retries"' not in result.stdout


def test_pack_sends_nothing_and_needs_no_key(verifier: Verifier, judged: Path) -> None:
    result = verifier("pack", "--repo", str(judged), "--show", "--claim", "drains")

    assert result.exit_code == 0
    assert "whole: pool.py" in result.stdout
    assert "3\t        while self.items:" in result.stdout
    assert "tokens, about $" in result.stdout
    schema = result.stdout.split("sent with each such prompt -----")[1].rpartition("}")[0] + "}"
    assert json.loads(schema) == AskedVerdict.as_schema()
    assert ", genai-prices " in result.stdout.splitlines()[-1]
    unknown = verifier("pack", "--repo", str(judged), "--model", "nobody-knows")
    assert "tokens, price of nobody-knows unknown" in unknown.stdout


def test_pack_counts_a_second_reading_at_the_readers_price(verifier: Verifier, judged: Path) -> None:
    plain, other, unknown = (
        verifier("pack", "--repo", str(judged), *more).stdout.splitlines()[-2].split(", ")
        for more in ((), ("--reader-model", "gemini-2.5-flash-lite"), ("--reader-model", "nobody-knows"))
    )

    assert other[:2] == unknown[:2] == plain[:2]
    assert other[2] < plain[2]
    assert unknown[2] == "the price of nobody-knows is unknown; likely"


def test_a_step_of_a_workflow_gets_its_summary(verifier: Verifier, judged: Path, gemini: Emulator) -> None:
    verifier("run", "--repo", str(judged), **at(gemini), GITHUB_STEP_SUMMARY="summary.md")

    assert "FULLY RESOLVED" in Path("summary.md").read_text("utf-8")


def test_uncommitted_work_is_said_not_seen(verifier: Verifier, judged: Path, gemini: Emulator) -> None:
    (judged / "pool.py").write_text("class RetryPolicy: ...\n", encoding="utf-8")

    verifier("run", "--repo", str(judged), **at(gemini))

    page = only(Path("reports"), "*.md").read_text("utf-8")
    assert "Uncommitted work was not seen" in page
    record = json.loads(only(Path("reports"), "*.json").read_text("utf-8"))
    assert record["repository"]["uncommitted"] == 1
    assert [r["ruling"] for r in record["rulings"]] == ["FULLY RESOLVED", "NOT RESOLVED"]


@pytest.mark.parametrize(
    ("arguments", "says_so"),
    [
        pytest.param(["run", "nowhere.yaml"], "no such claim file", id="no claim file"),
        pytest.param(["run", "--ref", "nowhere"], 'no commit "nowhere"', id="no such commit"),
        pytest.param(["run", "--claim", "nobody"], 'there is no claim "nobody"', id="no such claim"),
        pytest.param(["run", "--tag", "nothing"], 'no claim has the tag "nothing"', id="no such tag"),
        pytest.param(["run"], "no API key", id="no key"),
        pytest.param(["run", "--replay", "none.yaml"], "no cassette none.yaml", id="no cassette"),
        pytest.param(["run", "--record", "a", "--replay", "b"], "exclude each other", id="record and replay"),
        pytest.param(["recheck", "none.json"], "none.json", id="no record"),
        pytest.param(["pack", "--ref", "-x"], "no name of a commit", id="an option for a commit"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_two(
    verifier: Verifier, judged: Path, arguments: list[str], says_so: str
) -> None:
    given = arguments if arguments[0] == "recheck" else [*arguments, "--repo", str(judged)]

    result = verifier(*given)

    assert result.exit_code == 2
    assert says_so in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_settings_come_from_flags_before_environment_before_a_file(
    verifier: Verifier, judged: Path, gemini: Emulator
) -> None:
    Path("verifier.toml").write_text('model = "gemini-2.5-pro"\nreports = "from-file"\n', encoding="utf-8")

    verifier("run", "--repo", str(judged), **at(gemini))
    verifier("run", "--repo", str(judged), **at(gemini), VERIFIER_MODEL="gemini-3.5-flash", VERIFIER_REPORTS="from-env")
    verifier("run", "--repo", str(judged), "--reports", "flag", **at(gemini), VERIFIER_REPORTS="from-env")

    models = [
        json.loads(only(Path(f), "*.json").read_text("utf-8"))["model"]["requested"] for f in ("from-file", "from-env")
    ]
    assert models == ["gemini-2.5-pro", "gemini-3.5-flash"]
    assert Path("flag").is_dir()


@pytest.mark.parametrize(
    ("line", "says_so"),
    [
        pytest.param('api_key = "x"', "api_key may not be set in a file", id="a key"),
        pytest.param('base_url = "http://evil"', "base_url may not be set in a file", id="an endpoint"),
        pytest.param('modle = "x"', "did you mean model?", id="a misspelling"),
        pytest.param("model = ", "not TOML", id="no TOML"),
    ],
)
def test_a_settings_file_cannot_say_who_is_asked(verifier: Verifier, judged: Path, line: str, says_so: str) -> None:
    Path("verifier.toml").write_text(line + "\n", encoding="utf-8")

    result = verifier("run", "--repo", str(judged))

    assert result.exit_code == 2
    assert says_so in result.stderr


def test_help_does_not_import_what_only_runs_need() -> None:
    loaded = CliRunner().invoke(cli, ["-h"])

    assert loaded.exit_code == 0
    code = "import sys; from verifier.cli import cli; cli(['-h'], standalone_mode=False); print(sorted(sys.modules))"
    import subprocess

    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert not any(f"'{name}'" in printed for name in ("pydantic", "google.genai", "git", "tiktoken", "vcr", "jinja2"))
