"""The options of a run: one value, the same on the command line, in settings and from Python."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import click
import pytest

from verifier.cli.pack import pack
from verifier.cli.run import run
from verifier.errors import UsageError
from verifier.runs.options import RunOptions
from verifier.runs.settings import FLAGS_ALONE, settings_in
from verifier.values.passing import FailOn, Require

NAMES = {one.name for one in fields(RunOptions)}
OF_THE_COMMAND_ALONE = {"also", "as_json", "opens", "quiet"}
"""How a run is shown, which is no part of how it is made."""


def test_every_option_of_the_command_is_one_of_a_run() -> None:
    named = {parameter.name for parameter in run.params}

    assert named - OF_THE_COMMAND_ALONE == NAMES - {"claim_set"}
    assert {parameter.name for parameter in pack.params} - {"whole"} <= NAMES


def test_both_have_the_same_defaults() -> None:
    context = run.make_context("verifier run", [])
    given = {name: value for name, value in context.params.items() if name in NAMES}

    assert RunOptions.of(given) == RunOptions()


def test_variables_set_what_the_command_takes_from_them() -> None:
    variables = {one.name: one.envvar for one in run.params if isinstance(one, click.Option) and one.envvar}
    environment = {str(variable): "x" for name, variable in variables.items() if name in NAMES}

    assert settings_in(environment) == dict.fromkeys(variables.keys() & NAMES, "x")
    assert set(variables) & FLAGS_ALONE == set()
    assert settings_in({"VERIFIER_RPM": "", "VERIFIER_FRESH": "1", "RPM": "3"}) == {}


def test_a_setting_becomes_what_its_option_is() -> None:
    given = {
        "claims": ["a.yaml"], "repo": "../service", "max_rounds": "2", "max_cost": 1, "batch": "true", "vertex": "0",
        "fail_on": "not", "require": "live", "prompts": None, "tags": ("core",), "also": ["html"],
        "reader_model": "gemini-4-argon",
    }  # fmt: skip

    assert RunOptions.of(given) == RunOptions(
        claims=(Path("a.yaml"),),
        repo=Path("../service"),
        max_rounds=2,
        max_cost=1.0,
        batch=True,
        fail_on=FailOn.NOT,
        require=Require.LIVE,
        tags=("core",),
        reader_model="gemini-4-argon",
    )


@pytest.mark.parametrize(
    ("given", "says_so"),
    [
        pytest.param({"max_rounds": "many"}, "max_rounds: 'many' is not a valid integer", id="no number"),
        pytest.param({"rpm": "fast"}, "rpm: 'fast' is not a valid float", id="no fraction"),
        pytest.param({"batch": "perhaps"}, "batch: 'perhaps' is not true or false", id="neither"),
        pytest.param({"fail_on": "x"}, "fail_on: 'x' is not one of partially, not, never", id="none of the words"),
        pytest.param({"max_rounds": "11"}, "max_rounds is 11; give a number from 1 to 10", id="too many"),
        pytest.param({"budget_tokens": 5}, "budget_tokens is 5; give a number of 1000 or more", id="too few"),
        pytest.param({"max_cost": 0.0}, "max_cost is 0.0; give a number above zero", id="nothing to spend"),
        pytest.param({"model": " "}, "--model is empty", id="no model"),
        pytest.param({"reader_model": ""}, "--reader-model is empty", id="no reader"),
    ],
)
def test_a_value_that_none_can_be_is_refused(given: dict[str, object], says_so: str) -> None:
    with pytest.raises(UsageError, match=says_so):
        RunOptions.of(given)


def test_a_key_is_not_shown() -> None:
    assert "secret" not in repr(RunOptions(api_key="secret", base_url="https://user:secret@host"))
