"""Settings: flags before `VERIFIER_*` in the environment, before a file, before defaults.

The file is `verifier.toml`, or `[tool.verifier]` in `pyproject.toml`, in the current folder. A key, an endpoint and the
journal's place never come from a file: a repository must not choose who is asked, or with whose key.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from pathlib import Path
from typing import Any

import click

from verifier.errors import UsageError

NEVER_FROM_A_FILE = frozenset({"api_key", "base_url", "journal", "policy_ref", "project", "location", "vertex"})

SETTINGS = frozenset(
    {
        "allow_other_model",
        "also",
        "attempts",
        "budget_tokens",
        "concurrency",
        "fail_on",
        "max_cost",
        "max_output_tokens",
        "max_rounds",
        "max_tokens",
        "model",
        "prices",
        "prompts",
        "reports",
        "require",
        "rpm",
        "thinking_level",
        "timeout_s",
        "tpm",
    }
)
"""What a settings file may set; each is an option of the same name."""


POLICY_OPTION = "--policy-ref"
POLICY_VARIABLE = "VERIFIER_POLICY_REF"


def read_settings(folder: Path) -> tuple[dict[str, Any], Path | None]:
    """The folder's settings by name, and the file they came from. Empty and None where there is none.

    Raises:
        UsageError: The file is not TOML, or `tool.verifier` is not a table.
    """
    for name in ("verifier.toml", "pyproject.toml"):
        path = folder / name
        if not path.is_file():
            continue
        table = _parse(path)
        if name == "pyproject.toml":
            table = table.get("tool", {}).get("verifier")
            if table is None:
                continue
        if not isinstance(table, dict):
            raise UsageError(f"{path}: tool.verifier is no table; write [tool.verifier]")
        return {key.replace("-", "_"): value for key, value in table.items()}, path
    return {}, None


def _parse(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: not TOML: {error}") from error


class WithSettings(click.Command):
    """A command whose options may also be set in the settings file; the environment's name is VERIFIER_<OPTION>."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Take the settings that this command knows as its defaults; those of the policy, where one is named.

        Raises:
            UsageError: A setting has no such name, or may not come from a file.
            SnapshotError: The policy's commit cannot be read.
        """
        settings, path = self._settings(info_name, args, parent, extra)
        for name in settings:
            _check_name(name, path)
        own = {param.name for param in self.params}
        defaults = {name: value for name, value in settings.items() if name in own}
        extra["default_map"] = {**(extra.get("default_map") or {}), **defaults}
        return super().make_context(info_name, args, parent, **extra)

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
        from verifier.policy import open_policy

        with open_policy(repo, ref) as policy:
            settings, path = read_settings(policy.settings_folder(Path.cwd()))
        return settings, None if path is None else Path(f"{path.name} of {ref}")


def _check_name(name: str, path: Path | None) -> None:
    if name in NEVER_FROM_A_FILE:
        raise UsageError(f"{path}: {name} may not be set in a file; give it as a flag or in the environment")
    if name not in SETTINGS:
        near = difflib.get_close_matches(name, SETTINGS, n=1)
        hint = f"; did you mean {near[0]}?" if near else f"; the settings are {', '.join(sorted(SETTINGS))}"
        raise UsageError(f"{path}: there is no setting {name}{hint}")
