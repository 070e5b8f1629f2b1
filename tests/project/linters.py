"""What others' programs say of files that GitHub reads."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path


def schema_findings(schema: str, path: Path) -> str:
    """What check-jsonschema says against a file, by a schema that it brings; empty where it is sound."""
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", str(path)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.stdout if done.returncode else ""


def zizmor_findings(*paths: Path) -> list[str]:
    """What zizmor says against workflows and actions, by rule, without asking a network."""
    zizmor = str(Path(sys.executable).with_name("zizmor"))
    done = subprocess.run(
        [zizmor, "--offline", "--no-exit-codes", "--format=json", *map(str, paths)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [finding["ident"] for finding in json.loads(done.stdout)]
