"""Settings: flags before `VERIFIER_*` in the environment, before a file, before defaults.

The file is `verifier.toml`, or `[tool.verifier]` in `pyproject.toml`, in the current folder or the nearest one above it
in the repository; paths in it are taken from where it lies. A key, an endpoint and the journal's place never come from
a file: a repository must not choose who is asked, or with whose key.
"""

from __future__ import annotations

import difflib
import json
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import fields
from itertools import product
from pathlib import Path
from typing import Any

from verifier.errors import UsageError
from verifier.repository.folders import upwards
from verifier.runs.options import RunOptions
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
    "reader_model": str,
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

_PATHS = ("prices", "prompts", "reports")
"""Settings that are paths."""

KINDS = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "text in quotes",
    list: "a list of texts",
}
"""How a kind is called."""

FLAGS_ALONE = frozenset(
    [
        "authored",
        "baseline",
        "changed",
        "claim_set",
        "claims",
        "controls",
        "controls_seed",
        "fail_on_controls",
        "failed",
        "fresh",
        "ids",
        "record",
        "replay",
        "tags",
    ]
)
"""What only a command line says, and no variable of the environment: what is wanted this once."""


def settings_in(environ: Mapping[str, str]) -> dict[str, str]:
    """The settings that variables give: VERIFIER_RPM is `rpm`. One that is empty is none."""
    names = (one.name for one in fields(RunOptions) if one.name not in FLAGS_ALONE)
    return {name: value for name in names if (value := environ.get(f"VERIFIER_{name.upper()}"))}


def read_settings(
    folder: Path, of: str | None = None, stored: Callable[[Path], Path | None] = lambda path: path
) -> tuple[dict[str, Any], Path | None]:
    """The settings that hold in the folder, by name, and the file they came from. Empty and None where there is none.

    `of` says whose files these are where a reader would not find them in the folder, "main", and `stored` where the
    text of each lies then; None for one that is not there.

    Raises:
        UsageError: The file is not TOML, or has a setting that there is not, that may not come from a file, or that is
            of another kind.
    """
    for at, name in product(upwards(folder), ("verifier.toml", "pyproject.toml")):
        path = stored(at / name)
        if path is None or not path.is_file():
            continue
        named = from_here(path) if of is None else Path(f"{at / name} of {of}")
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
            if key in _PATHS and at != folder:
                settings[key] = str(at / value)
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
