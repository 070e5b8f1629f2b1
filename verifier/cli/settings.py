"""Settings of commands: flags before `VERIFIER_*` in the environment, before a settings file, before defaults."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from verifier.cli import HELP_NAMES
from verifier.runs.settings import read_settings

POLICY_OPTION = "--policy-ref"
POLICY_VARIABLE = "VERIFIER_POLICY_REF"


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
        extra["default_map"] = {**(extra.get("default_map") or {}), **_defaults(self.params, settings)}
        try:
            return super().make_context(info_name, args, parent, **extra)
        except click.BadParameter as error:
            raise _where_it_came_from(error, path) from error

    def _settings(
        self, info_name: str | None, args: list[str], parent: click.Context | None, extra: dict[str, Any]
    ) -> tuple[dict[str, Any], Path | None]:
        named = POLICY_VARIABLE in os.environ or any(arg.startswith(POLICY_OPTION) for arg in args)
        if not named or not any(param.name == "policy_ref" for param in self.params):
            return read_settings(Path())
        # Once without any settings, only to learn whose settings hold.
        with super().make_context(info_name, list(args), parent, **extra) as first:
            repo, ref = first.params.get("repo", Path()), first.params["policy_ref"]
        if ref is None:
            return read_settings(Path())
        from verifier.runs.policy import open_policy

        with open_policy(repo, ref) as policy:
            return read_settings(Path(), of=ref, stored=policy.stored)


def _defaults(params: Sequence[click.Parameter], settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that are options here, by the options' own names; one of several values where there may be such."""
    found = {}
    for param in params:
        setting = max(param.opts, key=len).lstrip("-").replace("-", "_")
        if param.name is not None and setting in settings:
            value = settings[setting]
            found[param.name] = [value] if getattr(param, "multiple", False) and isinstance(value, str) else value
    return found


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
