"""No message names an option that does not exist."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from tests import ROOT
from verifier.cli import cli

PACKAGE = ROOT / "verifier"
GIT = re.compile(r"\bgit [^`;,\n]*")
"""A call of git, which has options of its own."""


def options(command: click.Command) -> Iterator[str]:
    """Every option of a command and of those below it."""
    for parameter in command.params:
        yield from parameter.opts
        yield from parameter.secondary_opts
    yield from command.get_help_option_names(click.Context(command))
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from options(below)


OURS = set(options(cli)) | {"--help", "--version"}


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """Every string of a module that is a message: with blanks in it. Arguments of other programs are single words."""
    tree = ast.parse(path.read_text("utf-8"))
    documented = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in documented:
            text = node.value
            if isinstance(text, str) and " " in text:
                yield node.lineno, text


def named() -> Iterator[tuple[str, str]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        if "sample" in path.parts or path.name == "pytest_plugin.py":
            continue
        for line, text in texts(path):
            for option in re.findall(r"(?<![\w-])--[a-z][a-z-]+[a-z]", GIT.sub("", text)):
                yield f"{path.relative_to(ROOT)}:{line}", option


@pytest.fixture(scope="module")
def places() -> dict[str, list[str]]:
    """Where each option is named that a message names."""
    found: dict[str, list[str]] = {}
    for place, option in named():
        found.setdefault(option, []).append(place)
    return found


def test_options_are_found(places: dict[str, list[str]]) -> None:
    assert {"--timeout-s", "--record", "--budget-tokens"} <= places.keys()


def test_every_option_that_a_message_names_exists(places: dict[str, list[str]]) -> None:
    assert {option: where for option, where in places.items() if option not in OURS} == {}
