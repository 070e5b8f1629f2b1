"""`verifier config`: each setting, its value, and where it came from. It never shows a key."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click

from verifier.model.endpoint import Endpoint, keys_in


@dataclass(frozen=True)
class Shown:
    """One setting as it holds in this folder."""

    setting: str
    value: str | int | float | bool | None
    source: str
    """A variable of the environment, a file, or "default"."""


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def config(as_json: bool) -> None:
    """Show each setting of `verifier run`, its value, and where it came from.

    A flag goes before VERIFIER_<SETTING> in the environment, that before verifier.toml or [tool.verifier] in
    pyproject.toml of this folder or the nearest above it, and that before the default. Keys are never shown.
    """
    from verifier.cli.output import say, show, show_json, table

    rows = list(shown_settings())
    if as_json:
        show_json({"settings": [asdict(row) for row in rows]})
    else:
        show(table([(row.setting, _in_words(row.value), row.source) for row in rows]), ready=True)
    warning = two_keys()
    if warning is not None:
        say(f"verifier: {warning}")


def shown_settings() -> Iterator[Shown]:
    """Every setting of a run, by name, as a run in this folder would have it.

    Raises:
        UsageError: The settings file is not TOML, or has a setting that there is not.
        click.UsageError: A value is none that the setting takes.
    """
    from verifier.claim_files.finding import journal_place
    from verifier.cli.run import run
    from verifier.runs.settings import read_settings

    context = run.make_context("verifier run", [])
    _, file = read_settings(Path())
    for parameter in sorted(run.params, key=lambda one: one.name or ""):
        if not isinstance(parameter, click.Option) or not isinstance(parameter.envvar, str):
            continue
        name = parameter.name or ""
        source = _source(context, parameter.envvar, file, name)
        value = context.params[name]
        if name == "api_key":
            yield _key(value, parameter.envvar)
        elif name == "base_url":
            yield _address(value, source, vertex=context.params["vertex"])
        elif value is None and context.params["vertex"] and os.environ.get(_OF_VERTEX.get(name, "")):
            yield Shown(name, os.environ[_OF_VERTEX[name]], _OF_VERTEX[name])
        elif value is None and name == "journal":
            yield Shown(name, journal_place().as_posix(), source)
        else:
            yield Shown(name, _plain(value), source)


_OF_VERTEX = {"project": "GOOGLE_CLOUD_PROJECT", "location": "GOOGLE_CLOUD_LOCATION"}
"""Google's own variables, which hold with --vertex."""


def two_keys() -> str | None:
    """A warning where two variables hold a key, saying which is used. None where nothing is unclear."""
    if os.environ.get("VERIFIER_API_KEY", "").strip():
        return None
    found = list(keys_in(os.environ))
    return f"{' and '.join(found)} are both set; {found[0]} is used" if len(found) > 1 else None


def _key(given: str | None, variable: str) -> Shown:
    names = [variable] if given and given.strip() else list(keys_in(os.environ))
    return Shown("api_key", "set, not shown" if names else None, names[0] if names else "default")


def _address(given: str | None, source: str, *, vertex: bool) -> Shown:
    """The host alone: an address may have a password or a token in it."""
    endpoint = Endpoint.from_environment(os.environ, api_key="unused", base_url=given, vertex=vertex)
    if given is None and endpoint.base_url is not None:
        source = endpoint.url_name
    return Shown("base_url", endpoint.host, source)


def _source(context: click.Context, variable: str, file: Path | None, name: str) -> str:
    from click.core import ParameterSource

    match context.get_parameter_source(name):
        case ParameterSource.ENVIRONMENT:
            return variable
        case ParameterSource.DEFAULT_MAP:
            policy = context.params.get("policy_ref")
            return f"settings of {policy}" if policy else file.as_posix() if file else "file"
        case _:
            return "default"


def _plain(value: Any) -> str | int | float | bool | None:
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or None
    return value if value is None or isinstance(value, (str, int, float)) else str(value)


def _in_words(value: str | int | float | bool | None) -> str:
    if value is None:
        return "-"
    return str(value).lower() if isinstance(value, bool) else str(value)
