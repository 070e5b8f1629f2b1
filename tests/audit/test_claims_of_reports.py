"""Reports and older settings become claim sets, and what is not carried over is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from verifier.audit.claims_of_reports import import_old_yaml, import_report
from verifier.audit.reading.reports import read_report
from verifier.claim_files import load_claims
from verifier.claim_files.writing import write_claim_file
from verifier.errors import ClaimError

OLD = """\
project_name: "Phase 5 fixes"
project_path: [".."]
claims_of_success: |
  Please be strict.

  CLAIM 1: Fixed migration - removed all simulation code
  - LOCATION: src/core/manager.py (lines 10-20), factory.py
  - EXPECTED: No asyncio.sleep() simulation
  - VALIDATION: Look at the timing

  **CLAIM_2_POOL**: "Added `Pool`
  that drains"
include_patterns:
  # Ours.
  - "src/core/*.py"
ignore_patterns: ["*.pyc", node_modules, ".git", "build/out", "/etc"]
custom_prompt: |
  For each claim, verify it.
  CLAIM 1: Fixed migration - removed all simulation code
"""

PROMPT_ONLY = """\
custom_prompt: |
  Validate these claims:
  1. CLAIM_1_DOCKER: Docker is configured in `docker/Dockerfile`
  2. CLAIM_2_K8S: Manifests are in `k8s/`
"""

REPORT = """\
# Phase 4 validation
Model: some-model

**CLAIM_1_DOCKER**: Docker is configured in `docker/Dockerfile`

*   `docker/Dockerfile`: present (lines 1-31).

**Verdict**: ⚠️ PARTIALLY RESOLVED

---

**CLAIM_2_K8S**: Manifests are in `k8s/`

*   They are missing.

**Verdict**: ❌ NOT RESOLVED
"""


def old(folder: Path, text: str) -> Path:
    file = folder / "old.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_claims_of_the_older_kind_are_carried_over(tmp_path: Path) -> None:
    imported = import_old_yaml(old(tmp_path, OLD))

    assert imported.document == {
        "title": "Phase 5 fixes",
        "context": {
            "include": ["src/core/*.py"],
            "exclude": ["**/*.pyc", "**/node_modules/**", "**/.git/**", "build/out"],
        },
        "claims": [
            {
                "id": "CLAIM_1",
                "statement": "Fixed migration - removed all simulation code; expected: No asyncio.sleep() simulation",
                "files": ["src/core/manager.py", "**/factory.py"],
            },
            {"id": "CLAIM_2_POOL", "statement": "Added `Pool` that drains"},
        ],
    }
    assert list(imported.left_out) == [
        "CLAIM_1: the line numbers of LOCATION; a model would repeat them",
        'CLAIM_1: VALIDATION "Look at the timing"; verifier decides itself how it looks',
        "claims_of_success: 1 line that belongs to no claim (instructions to a model, perhaps)",
        "custom_prompt: 1 line that belongs to no claim (instructions to a model, perhaps)",
        'ignore_patterns: "/etc"',
        "project_path: not a matter of claims",
    ]


def test_claims_in_a_prompt_are_found(tmp_path: Path) -> None:
    assert import_old_yaml(old(tmp_path, PROMPT_ONLY)).document["claims"] == [
        {"id": "CLAIM_1_DOCKER", "statement": "Docker is configured in `docker/Dockerfile`"},
        {"id": "CLAIM_2_K8S", "statement": "Manifests are in `k8s/`"},
    ]


def test_bullets_without_numbers_are_claims_too(tmp_path: Path) -> None:
    text = (
        "claims_of_success: |\n  Our code is:\n  - Fully tested\n  - Free of `eval`\ncustom_prompt: |\n  - be strict\n"
    )

    assert import_old_yaml(old(tmp_path, text)).document["claims"] == [
        {"id": "fully-tested", "statement": "Fully tested"},
        {"id": "free-eval", "statement": "Free of `eval`"},
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(
            "title: T\nclaims: []\n",
            "neither claims_of_success nor custom_prompt in it; is it a claim file already?",
            id="new",
        ),
        pytest.param(
            "custom_prompt: Be strict.\n", "no CLAIM_1, CLAIM_2, ... line in it; write the claims by hand", id="none"
        ),
        pytest.param(
            "- a\n", "neither claims_of_success nor custom_prompt in it; is it a claim file already?", id="list"
        ),
    ],
)
def test_yaml_without_such_claims_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ClaimError) as raised:
        import_old_yaml(old(tmp_path, text))

    assert str(raised.value) == f"{tmp_path}/old.yaml: {message}"


def test_a_report_gives_its_claims_and_none_of_its_verdicts() -> None:
    imported = import_report(read_report(REPORT), Path("report.md"))

    assert imported.document == {
        "title": "Phase 4 validation",
        "claims": [
            {"id": "CLAIM_1_DOCKER", "statement": "Docker is configured in `docker/Dockerfile`"},
            {"id": "CLAIM_2_K8S", "statement": "Manifests are in `k8s/`"},
        ],
    }
    assert imported.left_out == ("the verdicts: they are what is to be checked, so no claim expects them",)


@pytest.mark.parametrize("unit", ["*", " ", "- ", "CLAIM 1", "1.", "`", "LOCATION ", "a/"])
def test_a_long_line_is_read_in_linear_time(tmp_path: Path, unit: str) -> None:
    file = old(tmp_path, "claims_of_success: |\n  CLAIM 1: x y\n  - LOCATION: " + (unit * 100_000)[:100_000] + "\n")

    import_old_yaml(file)


@pytest.mark.parametrize("text", [OLD, PROMPT_ONLY], ids=["claims-of-success", "prompt"])
def test_what_is_imported_is_a_claim_set(tmp_path: Path, text: str) -> None:
    document: Any = import_old_yaml(old(tmp_path, text)).document

    write_claim_file(tmp_path / "new.yaml", document)

    assert len(load_claims(tmp_path / "new.yaml").claims.claims) == len(document["claims"])
