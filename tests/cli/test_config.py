"""`verifier config`: each setting, its value, where it came from, and no key."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from verifier.cli import cli
from verifier.model.endpoint import Endpoint
from verifier.runs.settings import SETTINGS

SECRET = "AIza" + "s" * 35


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def config(*arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(cli, ["config", *arguments], env=environment, catch_exceptions=False)


def settings(**environment: str) -> dict[str, tuple[Any, str]]:
    shown = json.loads(config("--json", **environment).stdout)["settings"]
    return {one["setting"]: (one["value"], one["source"]) for one in shown}


def test_every_setting_has_a_value_and_a_source() -> None:
    shown = settings()

    assert shown.keys() >= SETTINGS.keys()
    assert {source for _, source in shown.values()} == {"default"}
    assert shown["model"] == ("gemini-3.8-flash", "default")
    assert shown["journal"] == (".verifier/journal.sqlite", "default")


def test_the_environment_goes_before_a_file_and_that_before_the_default() -> None:
    Path("verifier.toml").write_text('model = "from-file"\nmax-rounds = 2\n', encoding="utf-8")

    shown = settings(VERIFIER_MODEL="from-environment", VERIFIER_RPM="30")

    assert shown["model"] == ("from-environment", "VERIFIER_MODEL")
    assert shown["max_rounds"] == (2, "verifier.toml")
    assert shown["rpm"] == (30.0, "VERIFIER_RPM")
    assert shown["reports"] == ("reports", "default")


def test_pyproject_is_a_settings_file_too() -> None:
    Path("pyproject.toml").write_text("[tool.verifier]\nfail_on = 'not'\n", encoding="utf-8")

    assert settings()["fail_on"] == ("not", "pyproject.toml")


def test_the_table_is_for_people() -> None:
    lines = config(VERIFIER_VERTEX="1").stdout.splitlines()

    assert ["vertex", "true", "VERIFIER_VERTEX"] in [line.split() for line in lines]
    assert ["max_cost", "-", "default"] in [line.split() for line in lines]


@pytest.mark.parametrize(
    ("environment", "source"),
    [
        pytest.param({"GEMINI_API_KEY": SECRET}, "GEMINI_API_KEY", id="one"),
        pytest.param({"GOOGLE_API_KEY": SECRET}, "GOOGLE_API_KEY", id="the other"),
        pytest.param({"GEMINI_API_KEY": "x", "GOOGLE_API_KEY": SECRET}, "GOOGLE_API_KEY", id="both"),
        pytest.param({"GEMINI_API_KEY": SECRET, "GOOGLE_API_KEY": "  "}, "GEMINI_API_KEY", id="one of blanks"),
    ],
)
def test_a_key_is_said_to_be_set_as_a_run_would_use_it_and_never_shown(
    environment: dict[str, str], source: str
) -> None:
    for arguments in ([], ["--json"]):
        assert SECRET not in config(*arguments, **environment).output
    assert settings(**environment)["api_key"] == ("set, not shown", source)
    assert Endpoint.from_environment(os.environ | environment).key_name == source


def test_verifiers_own_variable_goes_before_both_without_a_warning() -> None:
    environment = {"VERIFIER_API_KEY": SECRET, "GEMINI_API_KEY": "x", "GOOGLE_API_KEY": "y"}

    assert settings(**environment)["api_key"] == ("set, not shown", "VERIFIER_API_KEY")
    assert config(**environment).stderr == ""


def test_two_keys_are_one_warning_that_says_which_is_used() -> None:
    both = config(GEMINI_API_KEY="x", GOOGLE_API_KEY="y")

    assert both.stderr == "verifier: GOOGLE_API_KEY and GEMINI_API_KEY are both set; GOOGLE_API_KEY is used\n"
    assert config(GEMINI_API_KEY="x").stderr == ""


def test_an_address_is_shown_without_what_may_be_secret_in_it() -> None:
    shown = settings(GOOGLE_GEMINI_BASE_URL=f"https://user:{SECRET}@gate.example.org:8443/v?key={SECRET}")

    assert shown["base_url"] == ("gate.example.org:8443", "GOOGLE_GEMINI_BASE_URL")


def test_vertex_has_its_project_from_googles_own_variables() -> None:
    given = {"GOOGLE_CLOUD_PROJECT": "p", "GOOGLE_CLOUD_LOCATION": "l"}

    with_vertex = settings(VERIFIER_VERTEX="1", **given)

    assert with_vertex["project"] == ("p", "GOOGLE_CLOUD_PROJECT")
    assert with_vertex["location"] == ("l", "GOOGLE_CLOUD_LOCATION")
    assert settings(**given)["project"] == (None, "default")


@pytest.mark.parametrize(
    ("text", "environment", "says_so"),
    [
        pytest.param("modle = 'x'", {}, "did you mean model?", id="a misspelt setting"),
        pytest.param("api_key = 'x'", {}, "may not be set in a file", id="a key in a file"),
        pytest.param("max_rounds = 'many'", {}, "write a whole number", id="a value that is none"),
        pytest.param("", {"VERIFIER_RPM": "fast"}, "'fast' is not a valid float", id="a variable that is none"),
        pytest.param("", {"VERIFIER_BASE_URL": "nowhere"}, "no http or https address", id="an address that is none"),
    ],
)
def test_a_setting_that_makes_no_sense_is_an_error(text: str, environment: dict[str, str], says_so: str) -> None:
    Path("verifier.toml").write_text(text, encoding="utf-8")

    result = config(**environment)

    assert result.exit_code == 2
    assert says_so in result.stderr
