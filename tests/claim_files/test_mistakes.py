"""Mistakes of those who call: each is one line that says what was met, where, and what to do."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import Result

from tests.conftest import Commit
from tests.runs.workers import KEY, call, claim, claim_set, files
from verifier.cli.run import run as run_command
from verifier.runs.settings import SETTINGS
from verifier.setup.shipped_files import shipped


@pytest.fixture(autouse=True)
def here(repository: Path, commit: Commit, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one claim, as the current folder. Nobody can be asked."""
    commit({**files(1), "claims/workers.yaml": claim_set(claim(1))})
    monkeypatch.chdir(repository)
    monkeypatch.setenv("GEMINI_API_KEY", KEY)
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", "http://127.0.0.1:9")
    return repository


def refused(result: Result) -> str:
    """The one line of a command that did not begin."""
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert line.startswith("verifier: ")
    return line.removeprefix("verifier: ")


USAGE: list[Any] = [
    pytest.param(["rnu"], "no such command 'rnu'; `verifier -h` says what may be given", id="no such command"),
    pytest.param(["claims", "lnt"], "no such command 'lnt'. Did you mean 'lint'?", id="nearly a command"),
    pytest.param(["--jobs"], "no such option '--jobs'; `verifier -h`", id="no such option of verifier"),
    pytest.param(["run", "--refs", "x"], "no such option '--refs'. (Did you mean", id="nearly an option"),
    pytest.param(["diff", "a.json"], "missing argument 'NEW.json'; `verifier diff -h`", id="an argument is missing"),
    pytest.param(["init", "x"], "got unexpected extra argument (x); `verifier init -h`", id="an argument too many"),
    pytest.param(["run", "--max-cost", "0"], "value for '--max-cost': 0.0 is not in the range x>0", id="out of range"),
    pytest.param(["run", "--model", " "], "--model is empty; name a model", id="a model of blanks"),
]


@pytest.mark.parametrize(("arguments", "says_so"), USAGE)
def test_what_is_no_command_or_option_is_one_line(arguments: list[str], says_so: str) -> None:
    assert says_so in refused(call(*arguments))


def test_a_group_without_a_command_still_gives_its_help() -> None:
    result = call("claims")

    assert result.exit_code == 2
    assert result.stderr.startswith("Usage: ")


# Settings.

FILES: list[Any] = [
    pytest.param("modle = 'x'", "there is no setting modle; did you mean model?", id="a misspelt name"),
    pytest.param("[run]", "there is no setting run; the settings are allow_other_model, also,", id="a table"),
    pytest.param("journal = 'x'", "journal may not be set in a file; give it as a flag", id="what no file may say"),
    pytest.param("model =", "not TOML: Invalid value (at end of document); mend it there", id="no TOML"),
    pytest.param("model = 3", "model is 3; write text in quotes", id="a number for text"),
    pytest.param("reports = 3", "reports is 3; write text in quotes", id="a number for a folder"),
    pytest.param("max_rounds = 'many'", 'max_rounds is "many"; write a whole number', id="text for a number"),
    pytest.param("max_rounds = true", "max_rounds is true; write a whole number", id="true for a number"),
    pytest.param("concurrency = 2.5", "concurrency is 2.5; write a whole number", id="half a claim"),
    pytest.param("rpm = '9'", 'rpm is "9"; write a number', id="text for a rate"),
    pytest.param("also = 'html'", 'also is "html"; write a list of texts', id="one text for a list"),
    pytest.param("also = [1]", "also is [1]; write a list of texts", id="a list of something else"),
    pytest.param("allow_other_model = 'no'", 'allow_other_model is "no"; write true or false', id="text for a switch"),
    pytest.param("model = 2026-01-01", 'model is "2026-01-01"; write text in quotes', id="a day"),
]


@pytest.mark.parametrize(("text", "says_so"), FILES)
@pytest.mark.parametrize("command", ["run", "pack", "config"])
def test_a_setting_that_is_none_is_refused_by_file_and_name(command: str, text: str, says_so: str) -> None:
    Path("verifier.toml").write_text(text, encoding="utf-8")

    assert refused(call(command)).startswith(f"verifier.toml: {says_so}")


@pytest.mark.parametrize(
    ("text", "says_so"),
    [
        pytest.param("[tool]\nverifier = 3\n", "pyproject.toml: tool.verifier is no table", id="no table"),
        pytest.param("[tool.verifier]\nmodle = 'x'\n", "pyproject.toml: there is no setting modle", id="misspelt"),
    ],
)
def test_pyproject_is_held_to_the_same(text: str, says_so: str) -> None:
    Path("pyproject.toml").write_text(text, encoding="utf-8")

    assert says_so in refused(call("run"))


@pytest.mark.parametrize("text", ["tool = 3\n", "[tool.other]\nmodle = 'x'\n"])
def test_a_pyproject_without_settings_of_ours_has_none(text: str) -> None:
    Path("pyproject.toml").write_text(text, encoding="utf-8")

    assert call("config").exit_code == 0


def test_a_value_out_of_range_names_the_file_or_the_variable_it_came_from(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("verifier.toml").write_text("max_rounds = 99\nrpm = 3\n", encoding="utf-8")
    assert "value for max_rounds of verifier.toml: 99 is not in the range" in refused(call("run"))

    monkeypatch.setenv("VERIFIER_MAX_ROUNDS", "x")
    assert "value for VERIFIER_MAX_ROUNDS: 'x' is not a valid integer" in refused(call("run"))
    assert "value for '--max-rounds': 77 is not in the range" in refused(call("run", "--max-rounds", "77"))


def test_broken_settings_of_the_policy_are_named_by_its_ref(commit: Commit) -> None:
    commit({"verifier.toml": "modle = 'x'\n"})
    commit({"verifier.toml": None}, branch="topic")

    assert refused(call("run", "--policy-ref", "main")).startswith("verifier.toml of main: there is no setting modle")


def test_every_setting_is_of_the_kind_that_its_option_takes() -> None:
    kinds = {"integer": int, "float": float, "boolean": bool}
    options = {param.name: param for param in run_command.params if isinstance(param, click.Option)}

    for name, kind in SETTINGS.items():
        option = options[name]
        taken = list if option.multiple else kinds.get(option.type.name.removesuffix(" range"), str)
        assert (name, kind) == (name, taken)


# Prices and prompts.

GOOD_PRICE = {"input": "1", "cached": "0.5", "output": "2", "as_of": "2026-01-01", "source": "'ours'"}

PRICES: list[Any] = [
    pytest.param("[x", "not TOML: ", id="no TOML"),
    pytest.param("", "no models; give [models.", id="nothing"),
    pytest.param("models = 3", "no models; give [models.", id="no table of models"),
    pytest.param("[models]\nm = 3", "m is no table; give [models.", id="no table"),
    pytest.param(GOOD_PRICE | {"cached": None}, "m has no cached; give", id="a rate is missing"),
    pytest.param(GOOD_PRICE | {"input": "'x'"}, "m: input is 'x'; write a number", id="text for a rate"),
    pytest.param(GOOD_PRICE | {"output": "-1"}, "m: output is -1; write a number", id="below zero"),
    pytest.param(GOOD_PRICE | {"output": "nan"}, "m: output is nan; write a number", id="no number"),
    pytest.param(GOOD_PRICE | {"batch": "true"}, "m: batch is True; write a number", id="true for a rate"),
    pytest.param(GOOD_PRICE | {"outptu": "1"}, 'm has an unknown key "outptu"; there are input,', id="a misspelt key"),
]


@pytest.mark.parametrize(("given", "says_so"), PRICES)
def test_a_price_file_that_is_none_says_what_is_wrong_with_it(given: str | dict[str, str | None], says_so: str) -> None:
    lines = [f"{key} = {value}" for key, value in given.items() if value] if isinstance(given, dict) else []
    text = "\n".join(["[models.m]", *lines]) if isinstance(given, dict) else given
    Path("prices.toml").write_text(text, encoding="utf-8")

    assert refused(call("run", "--prices", "prices.toml")).startswith(f"prices.toml: {says_so}")


@pytest.mark.parametrize(
    ("name", "text", "says_so"),
    [
        pytest.param("claim.md.j2", None, "own has no claim.md.j2; it needs system.md.j2, shared.md.j2,", id="missing"),
        pytest.param("followup.md.j2", "a\n{% if %}", "own/followup.md.j2:2: Expected an expression", id="broken"),
        pytest.param(
            "system.md.j2",
            b"\xff",
            "own/system.md.j2: not UTF-8 (invalid start byte); save it",
            id="bytes that are no text",
        ),
    ],
)
def test_templates_of_ones_own_are_looked_at_before_anything_is_asked(
    name: str, text: str | bytes | None, says_so: str
) -> None:
    shutil.copytree(shipped("prompts"), "own")
    Path("own", name).unlink()
    if text is not None:
        Path("own", name).write_bytes(text if isinstance(text, bytes) else text.encode())

    assert refused(call("run", "--prompts", "own")).startswith(says_so)


def test_a_template_that_asks_for_what_there_is_not_is_an_error_of_each_claim() -> None:
    shutil.copytree(shipped("prompts"), "own")
    Path("own", "claim.md.j2").write_text("{{ nothing }}", encoding="utf-8")

    result = call("run", "-q", "--prompts", "own")

    assert result.exit_code == 4
    assert (
        "⛔ ERROR  adds-1: a template of the prompts asks for what there is not: 'nothing' is undefined; mend it"
        in result.stdout
    )
