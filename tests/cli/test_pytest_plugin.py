"""The pytest plugin: claims beside a team's other tests, run by pytest itself on the demo's sample and cassette."""

from __future__ import annotations

import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.conftest import git
from tests.evidence.replies import citation, part, verdict
from tests.model.emulator import Answer, Emulator, Request, refuses, says
from verifier.cli import cli
from verifier.setup.shipped_files import shipped

pytest_plugins = ["pytester"]

SETTINGS = """\
[pytest]
verifier_repo = sample
verifier_ref = phase4
verifier_allow_authored = true
"""
FULLY, PARTIALLY, NOT = (
    "CLAIM_8_HEALTH_ENDPOINTS",
    "CLAIM_1_DOCKER_PRODUCTION_CONFIG",
    "CLAIM_5_PERFORMANCE_OPTIMIZATION",
)


@pytest.fixture(scope="module", autouse=True)
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's sample. The demo is run once, for pytester forgets what a session imports and nobody else has."""
    folder = tmp_path_factory.mktemp("demo")
    assert CliRunner().invoke(cli, ["demo", "--into", str(folder)], catch_exceptions=False).exit_code == 0
    with (folder / "sample/.git/config").open("ab") as file:  # as a checkout of GitHub's writes it
        file.write(
            '[includeIf "gitdir:/github/workspace/.git"]\n\tpath = /x\n[user]\n\tname = Müller\n'.encode("latin-1")
        )
    return folder / "sample"


@pytest.fixture
def project(pytester: pytest.Pytester, sample: Path) -> pytest.Pytester:
    """A folder with the demo's sample, claims and cassette, where pytest knows what is judged."""
    (pytester.path / "sample").symlink_to(sample)
    for folder in ("claims", "cassettes"):
        (pytester.path / folder).mkdir()
        shutil.copy(shipped(f"{folder}/phase4.yaml"), pytester.path / folder / "phase4.yaml")
    (pytester.path / "pytest.ini").write_text(SETTINGS, encoding="utf-8")
    return pytester


def run(project: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    others = [f"-pno:{name}" for name in ("cacheprovider", "asyncio", "xdist", "hypothesispytest")]
    return project.runpytest_inprocess(*others, *arguments)


def test_each_claim_is_a_test_that_passes_where_it_is_fully_resolved(project: pytest.Pytester) -> None:
    result = run(project, "claims", "-v", "--strict-markers")

    result.assert_outcomes(passed=3, failed=7)
    result.stdout.fnmatch_lines(
        [
            f"claims/phase4.yaml::{PARTIALLY} FAILED*",
            f"claims/phase4.yaml::{NOT} FAILED*",
            f"claims/phase4.yaml::{FULLY} PASSED*",
        ]
    )


def test_a_failure_gives_the_ruling_and_its_reasons_and_no_traceback(project: pytest.Pytester) -> None:
    result = run(project, "claims", "-k", PARTIALLY)

    result.assert_outcomes(failed=1, deselected=9)
    result.stdout.fnmatch_lines(
        [
            "*PARTIALLY RESOLVED (3 proven, 2 refuted)",
            "  claimed: Production-ready Docker configuration*",
            "  p1 refuted: *",
            "     because *",
            "     the model: no: *",
            "     second reading: the evidence refutes it*",
            "     contradicts: docker/Dockerfile:*",
        ]
    )
    assert "Traceback" not in result.stdout.str()
    assert "pytest_plugin.py" not in result.stdout.str()


@pytest.mark.parametrize(
    ("arguments", "chosen"),
    [
        pytest.param(["-m", "core"], 3, id="a tag"),
        pytest.param(["-m", "core or deployment"], 6, id="two tags"),
        pytest.param(["-m", "not core"], 7, id="all but a tag"),
        pytest.param(["-m", "core and deployment"], 0, id="two tags that no claim has both"),
        pytest.param(["-k", "HEALTH"], 1, id="a word of the id"),
        pytest.param(["-k", "phase4"], 10, id="the file's name"),
    ],
)
def test_claims_are_chosen_as_other_tests_are(project: pytest.Pytester, arguments: list[str], chosen: int) -> None:
    result = run(project, "claims", "--collect-only", "-q", "--strict-markers", *arguments)

    collected = [line for line in result.outlines if line.startswith("claims/phase4.yaml::")]
    assert len(collected) == chosen


def test_one_claim_is_named_by_its_node_id(project: pytest.Pytester) -> None:
    run(project, f"claims/phase4.yaml::{FULLY}").assert_outcomes(passed=1)


def tagged(project: pytest.Pytester, *tags: str) -> None:
    """Tag the first claim, which is PARTIALLY RESOLVED, with these in place of its own."""
    path = project.path / "claims" / "phase4.yaml"
    text = path.read_text("utf-8").replace("tags: [deployment]", f"tags: [{', '.join(tags)}]", 1)
    path.write_text(text, encoding="utf-8")


def test_a_tag_that_pytest_acts_on_turns_no_claim_off(project: pytest.Pytester) -> None:
    tagged(project, "skip", "xfail", "needs review", "_x")

    result = run(project, "claims", "-k", f"{PARTIALLY} and skip", "--strict-markers", "-m", "needs_review")

    result.assert_outcomes(failed=1, deselected=9)


PLUGIN = """
import pytest


def pytest_configure(config):
    config.addinivalue_line("markers", "timeout(seconds, method=None): end the test after so many seconds")
    config.addinivalue_line("markers", "once: run the test once")


def pytest_runtest_setup(item):
    if item.get_closest_marker("once"):
        pytest.skip("it has run")
    for mark in item.iter_markers("timeout"):
        mark.args[0]
"""


@pytest.mark.parametrize("tag", ["timeout", "once", "slow", "parametrize", "usefixtures", "filterwarnings"])
def test_a_tag_is_no_mark_where_a_plugin_or_a_team_has_registered_one_of_that_name(
    project: pytest.Pytester, tag: str
) -> None:
    project.makeconftest(PLUGIN)
    (project.path / "pytest.ini").write_text(f"{SETTINGS}markers =\n    slow: takes long\n", encoding="utf-8")
    tagged(project, tag, "of-ours")

    run(project, "claims", "-k", f"{PARTIALLY} and {tag}", "--strict-markers").assert_outcomes(failed=1, deselected=9)
    run(project, "claims", "-m", "of-ours", "--strict-markers").assert_outcomes(failed=1, deselected=9)
    run(project, "claims", "-m", tag, "--strict-markers").assert_outcomes(deselected=10)


@pytest.mark.parametrize(
    ("expires", "outcomes"),
    [
        pytest.param("9999-12-31", {"xfailed": 1, "passed": 1}, id="it holds"),
        pytest.param("2020-01-01", {"failed": 1, "passed": 1}, id="it has expired"),
    ],
)
def test_a_waiver_excuses_a_ruling_while_it_holds_and_is_printed(
    project: pytest.Pytester, expires: str, outcomes: dict[str, int]
) -> None:
    path = project.path / "claims" / "phase4.yaml"
    waiver = f"waiver: {{reason: one stage is enough, owner: us, expires: '{expires}'}}"
    text = path.read_text("utf-8").replace("    tags: [deployment]", f"    {waiver}", 1)
    path.write_text(text, encoding="utf-8")

    result = run(project, "claims", "-rx", "-k", f"{PARTIALLY} or {FULLY}")

    result.assert_outcomes(**outcomes, deselected=8)
    assert ("waived until 9999-12-31, us: one stage is enough" in result.stdout.str()) == ("xfailed" in outcomes)


def test_junit_has_a_failure_for_a_ruling_and_an_error_for_none(project: pytest.Pytester) -> None:
    (project.path / "claims" / "other.yaml").write_text(
        "title: Other\nclaims:\n  - {id: alone, statement: '`main` is there'}\n", encoding="utf-8"
    )

    run(project, "claims", "--junitxml=junit.xml", "-k", f"{FULLY} or {PARTIALLY} or alone")

    cases = {case.get("name"): case for case in ET.parse(project.path / "junit.xml").iter("testcase")}
    assert {name: [child.tag for child in case] for name, case in cases.items()} == {
        "alone": ["error"],
        PARTIALLY: ["properties", "failure"],
        FULLY: ["properties"],
    }
    properties = {one.get("name"): one.get("value") for one in cases[FULLY].iter("property")}
    assert properties["ruling"] == "FULLY RESOLVED"
    assert len(properties["commit"] or "") == 40


def test_a_claim_without_a_cassette_is_an_error_and_no_failure(project: pytest.Pytester) -> None:
    (project.path / "cassettes" / "phase4.yaml").unlink()

    result = run(project, "claims", "-k", FULLY)

    result.assert_outcomes(errors=1, deselected=9)
    result.stdout.fnmatch_lines(["*no cassette cassettes/phase4.yaml*"])


def test_another_prompt_than_the_recorded_one_is_an_error(project: pytest.Pytester) -> None:
    path = project.path / "claims" / "phase4.yaml"
    path.write_text(path.read_text("utf-8").replace("with `/health`", "at `/health`"), encoding="utf-8")

    result = run(project, "claims", "-k", FULLY)

    result.assert_outcomes(errors=1, deselected=9)
    result.stdout.fnmatch_lines(
        ['*not judged: round 1: *phase4.yaml: the recorded prompt differs in its section "claim"*']
    )


@pytest.mark.parametrize(
    ("arguments", "says_so"),
    [
        pytest.param(["--verifier-ref", "nowhere"], 'no commit "nowhere"', id="no such commit"),
        pytest.param(["--verifier-repo", "claims/nowhere"], "no folder", id="no such repository"),
        pytest.param(["--verifier-live"], "no API key", id="live without a key"),
    ],
)
def test_what_cannot_be_judged_is_an_error(project: pytest.Pytester, arguments: list[str], says_so: str) -> None:
    result = run(project, "claims", "-k", FULLY, *arguments)

    result.assert_outcomes(errors=1, deselected=9)
    result.stdout.fnmatch_lines([f"*{says_so}*"])
    assert "pytest_plugin.py" not in result.stdout.str()
    assert "exception" not in result.stdout.str()


def test_a_setting_that_makes_no_sense_is_an_error(project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERIFIER_MAX_ROUNDS", "many")

    result = run(project, "claims", "-k", FULLY)

    result.assert_outcomes(errors=1, deselected=9)
    result.stdout.fnmatch_lines(["*'many' is not a valid integer*"])


def test_what_nobody_foresaw_is_an_error_with_its_traceback(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(shipped("prompts"), project.path / "prompts")
    (project.path / "prompts" / "claim.md.j2").write_text("{{ 1 // 0 }}", encoding="utf-8")
    monkeypatch.setenv("VERIFIER_PROMPTS", str(project.path / "prompts"))

    result = run(project, f"claims/phase4.yaml::{FULLY}")

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*not judged: unexpected ZeroDivisionError at *", "*Captured traceback setup*"])
    result.stdout.fnmatch_lines(["Traceback (most recent call last):", "ZeroDivisionError: *"])


def test_authored_replies_pass_nothing_unless_that_is_allowed(project: pytest.Pytester) -> None:
    (project.path / "pytest.ini").write_text(SETTINGS.replace("true", "false"), encoding="utf-8")

    refused = run(project, "claims", "-k", FULLY)
    allowed = run(project, "claims", "-k", FULLY, "--verifier-allow-authored")

    refused.assert_outcomes(failed=1, deselected=9)
    refused.stdout.fnmatch_lines(["*FULLY RESOLVED (4 proven), but the replies are authored*"])
    allowed.assert_outcomes(passed=1, deselected=9)


OTHER_YAML = [
    pytest.param("claims: [sub, aud]\nissuer: x\n", id="claims of a token"),
    pytest.param("name: ci\non: push\n", id="a workflow"),
    pytest.param("claims:\n  - {name: sub, statement_of: x}\n", id="claims of another kind"),
    pytest.param("title: Cars\nclaims:\n  - {number: 7, paid: false}\n", id="claims of an insurance"),
    pytest.param("title: T\nclaims: []\n", id="no claims, and not in their folder"),
    pytest.param("- statement: a list, with claims: in it\n", id="a list"),
    pytest.param("key: [\n  claims: statement\n", id="broken YAML that is not ours"),
    pytest.param("", id="nothing"),
]


@pytest.mark.parametrize("text", OTHER_YAML)
def test_other_yaml_is_left_alone(pytester: pytest.Pytester, text: str) -> None:
    (pytester.path / "other.yaml").write_text(text, encoding="utf-8")

    result = run(pytester)

    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED
    result.assert_outcomes()


@pytest.mark.parametrize(
    ("text", "says_so"),
    [
        pytest.param(
            "title: T\nclaims:\n  - {id: a, statment: b}\n  - {id: b, statement: c}\n", "statment", id="a slip"
        ),
        pytest.param(
            "title: T\nclaims:\n  - id: a\n    statement: [x\n", "broken.yaml:", id="broken YAML that is ours"
        ),
        pytest.param("claims:\n  - {id: a, statement: b}\n", "title", id="no title"),
    ],
)
def test_a_broken_claim_file_is_an_error_and_never_nothing(pytester: pytest.Pytester, text: str, says_so: str) -> None:
    (pytester.path / "broken.yaml").write_text(text, encoding="utf-8")

    result = run(pytester)

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"*broken.yaml:*{says_so}*" if says_so != "broken.yaml:" else "*broken.yaml:*"])


@pytest.mark.parametrize(
    ("text", "says_so"),
    [
        pytest.param(
            "title: T\nclaims:\n  - {id: a, statment: b}\n", 'unknown key "statment"', id="a slip in the only"
        ),
        pytest.param("title: T\nclaims: []\n", "claims is empty", id="all are taken out"),
        pytest.param("claims:\n  - {name: a}\n", "claims.yaml:", id="neither id nor title"),
    ],
)
def test_in_the_folder_of_claims_a_slip_turns_nothing_off(pytester: pytest.Pytester, text: str, says_so: str) -> None:
    (pytester.path / "claims").mkdir()
    (pytester.path / "claims" / "claims.yaml").write_text(text, encoding="utf-8")

    result = run(pytester, "claims")

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"*{says_so}*"])


def test_what_has_no_claims_at_all_is_left_alone_there_too(pytester: pytest.Pytester) -> None:
    (pytester.path / "claims").mkdir()
    for name, text in {"pvc.yaml": "kind: PersistentVolumeClaim\n", "token.yml": "claims: [sub, aud]\n"}.items():
        (pytester.path / "claims" / name).write_text(text, encoding="utf-8")

    assert run(pytester, "claims").ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_a_broken_claim_file_is_an_error_where_tests_are_only_collected(project: pytest.Pytester) -> None:
    (project.path / "claims" / "broken.yaml").write_text("title: T\nclaims:\n  - id: a\n    statement: [x\n", "utf-8")

    result = run(project, "claims", "--collect-only", "-q")

    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines([f"claims/phase4.yaml::{FULLY}", "ERROR claims/broken.yaml"])


def test_workers_of_xdist_judge_as_one_process_does(project: pytest.Pytester) -> None:
    others = ("-pno:asyncio", "-pno:hypothesispytest")
    result = project.runpytest_subprocess("claims", "-n2", *others, "-k", f"{FULLY} or {NOT}")

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*NOT RESOLVED (5 refuted)*"])


DRAINS, AGAIN = "`Pool.drain` closes every item, in `pool.py`", "`Pool` can be drained, in `pool.py`"
CLAIMS = f"""\
title: The pool
claims:
  - {{id: drains, statement: "{DRAINS}"}}
  - {{id: again, statement: "{AGAIN}"}}
"""
POOL = "class Pool:\n    def drain(self):\n        while self.items:\n            self.items.pop().close()\n"


@pytest.fixture
def pool(pytester: pytest.Pytester) -> pytest.Pytester:
    """A repository with two claims and no cassette."""
    for path, text in {"pool.py": POOL, "claims/pool.yaml": CLAIMS, ".gitignore": ".verifier/\n"}.items():
        (pytester.path / path).parent.mkdir(exist_ok=True)
        (pytester.path / path).write_text(text, encoding="utf-8")
    git(pytester.path, "init", "--quiet", "--initial-branch=main")
    git(pytester.path, "add", "--all")
    git(pytester.path, "commit", "--quiet", "--message=Begin")
    return pytester


def asks(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", emulator.url)
    monkeypatch.setenv("GEMINI_API_KEY", "k" * 20)


def holds(request: Request, usage: dict[str, int] | None = None) -> Answer:
    """The reply of somebody who finds that the claim holds."""
    statement = DRAINS if DRAINS in request.prompt else AGAIN
    cited = citation("pool.py", 1, 3, "class Pool:\n    def drain(self):\n        while self.items:")
    return says(verdict(part(statement, "yes", cited)), usage=usage)


def test_live_asks_once_for_each_claim_and_never_pays_twice(
    pool: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Emulator(holds) as emulator:
        asks(emulator, monkeypatch)
        first = run(pool, "claims", "--verifier-live")
        asked = len(emulator.asked)
        second = run(pool, "claims", "--verifier-live")

        assert len(emulator.asked) == asked
    assert first.parseoutcomes() == second.parseoutcomes()
    first.assert_outcomes(passed=2)


def test_a_cap_holds_for_the_session_and_not_for_each_claim(
    pool: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VERIFIER_MAX_TOKENS", "120000")
    usage = {"promptTokenCount": 50_000, "candidatesTokenCount": 10_000, "totalTokenCount": 60_000}
    with Emulator(lambda request: holds(request, usage)) as emulator:
        asks(emulator, monkeypatch)
        result = run(pool, "claims", "--verifier-live")

    assert len(emulator.asked) == 1
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*max_tokens of 120000 is used up by earlier claims*"])


def test_a_service_that_fails_is_an_error_and_no_failure(
    pool: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VERIFIER_ATTEMPTS", "1")
    with Emulator(lambda _: refuses(500, "INTERNAL", "down")) as emulator:
        asks(emulator, monkeypatch)
        result = run(pool, "claims", "--verifier-live")

    result.assert_outcomes(errors=2)


def test_what_is_unproven_fails_and_says_what_to_do(pool: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    bare = verdict(part(DRAINS, "yes"))
    with Emulator(lambda _: says(bare)) as emulator:
        asks(emulator, monkeypatch)
        result = run(pool, "claims", "--verifier-live", "-k", "drains")

    result.assert_outcomes(failed=1, deselected=1)
    result.stdout.fnmatch_lines(["*UNPROVEN (1 unproven)*", "  p1 unproven: *", "     to do: *"])
