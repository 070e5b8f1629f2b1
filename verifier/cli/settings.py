"""Settings: flags before `VERIFIER_*` in the environment, before a file, before defaults.

The file is `verifier.toml`, or `[tool.verifier]` in `pyproject.toml`, in the current folder. A key, an endpoint and the
journal's place never come from a file: a repository must not choose who is asked, or with whose key.
"""

from __future__ import annotations

import difflib
import json
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from verifier.cli import HELP_NAMES
from verifier.errors import UsageError
from verifier.setup.from_here import from_here

NEVER_FROM_A_FILE = frozenset({"api_key", "base_url", "journal", "policy_ref", "project", "location", "vertex"})

SETTINGS: Mapping[str, type] = {
    "allow_other_model": bool,
    "also": list,
    "attempts": int,
    "budget_tokens": int,
    "concurrency": int,
    "fail_on": str,
    "max_cost": float,
    "max_output_tokens": int,
    "max_rounds": int,
    "max_tokens": int,
    "model": str,
    "prices": str,
    "prompts": str,
    "reports": str,
    "require": str,
    "rpm": float,
    "thinking_level": str,
    "timeout_s": float,
    "tpm": float,
}
"""What a settings file may set, and of what kind it is; each is an option of the same name."""

KINDS = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "text in quotes",
    list: "a list of texts",
}
"""How a kind is called."""

POLICY_OPTION = "--policy-ref"
POLICY_VARIABLE = "VERIFIER_POLICY_REF"


def read_settings(folder: Path, of: str | None = None) -> tuple[dict[str, Any], Path | None]:
    """The folder's settings by name, and the file they came from. Empty and None where there is none.

    `of` says whose files these are where a reader would not find them in the folder: "main".

    Raises:
        UsageError: The file is not TOML, or has a setting that there is not, that may not come from a file, or that is
            of another kind.
    """
    for name in ("verifier.toml", "pyproject.toml"):
        path = folder / name
        if not path.is_file():
            continue
        named = from_here(path) if of is None else Path(f"{name} of {of}")
        table: Any = _parse(path, named)
        if name == "pyproject.toml":
            tools = table.get("tool")
            table = tools.get("verifier") if isinstance(tools, dict) else None
            if table is None:
                continue
        if not isinstance(table, dict):
            raise UsageError(f"{named}: tool.verifier is no table; write [tool.verifier]")
        settings = {key.replace("-", "_"): value for key, value in table.items()}
        for key, value in settings.items():
            _check(key, value, named)
        return settings, named
    return {}, None


def _parse(path: Path, named: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{named}: cannot be read ({error.strerror}); let it be read, or take it away") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{named}: not TOML: {error}; mend it there") from error


def _check(name: str, value: object, named: Path) -> None:
    if name in NEVER_FROM_A_FILE:
        raise UsageError(f"{named}: {name} may not be set in a file; give it as a flag or in the environment")
    if name not in SETTINGS:
        near = difflib.get_close_matches(name, SETTINGS, n=1)
        hint = f"; did you mean {near[0]}?" if near else f"; the settings are {', '.join(sorted(SETTINGS))}"
        raise UsageError(f"{named}: there is no setting {name}{hint}")
    if not _is_of_kind(value, SETTINGS[name]):
        raise UsageError(f"{named}: {name} is {json.dumps(value, default=str)}; write {KINDS[SETTINGS[name]]}")


def _is_of_kind(value: object, kind: type) -> bool:
    if isinstance(value, bool):
        return kind is bool
    if kind is list:
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    return isinstance(value, (int, float) if kind is float else kind)


class WithSettings(click.Command):
    """A command whose options may also be set in the settings file; the environment's name is VERIFIER_<OPTION>."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Take the settings that this command knows as its defaults; those of the policy, where one is named.

        Raises:
            UsageError: The settings file does not make sense.
            SnapshotError: The policy's commit cannot be read.
        """
        # click keeps the names that a command was first asked with, by the pytest plugin perhaps, and knows no others.
        extra.setdefault("help_option_names", HELP_NAMES)
        settings, path = self._settings(info_name, args, parent, extra)
        own = {param.name for param in self.params}
        defaults = {name: value for name, value in settings.items() if name in own}
        extra["default_map"] = {**(extra.get("default_map") or {}), **defaults}
        try:
            return super().make_context(info_name, args, parent, **extra)
        except click.BadParameter as error:
            raise _where_it_came_from(error, path) from error

    def _settings(
        self, info_name: str | None, args: list[str], parent: click.Context | None, extra: dict[str, Any]
    ) -> tuple[dict[str, Any], Path | None]:
        named = POLICY_VARIABLE in os.environ or any(arg.startswith(POLICY_OPTION) for arg in args)
        if not named or not any(param.name == "policy_ref" for param in self.params):
            return read_settings(Path.cwd())
        # Once without any settings, only to learn whose settings hold.
        with super().make_context(info_name, list(args), parent, **extra) as first:
            repo, ref = first.params["repo"], first.params["policy_ref"]
        if ref is None:
            return read_settings(Path.cwd())
        from verifier.runs.policy import open_policy

        with open_policy(repo, ref) as policy:
            return read_settings(policy.settings_folder(Path.cwd()), of=ref)


def _where_it_came_from(error: click.BadParameter, path: Path | None) -> click.BadParameter:
    """The error, which names a variable or a file where the value came from there and not from a flag."""
    from click.core import ParameterSource

    name = error.param.name if error.param is not None else None
    source = error.ctx.get_parameter_source(name) if error.ctx is not None and name is not None else None
    if source is ParameterSource.ENVIRONMENT and error.param is not None:
        error.param_hint = str(error.param.envvar)
    elif source is ParameterSource.DEFAULT_MAP and path is not None:
        error.param_hint = f"{name} of {path}"
    return error
