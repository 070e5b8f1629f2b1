"""Secrets are replaced at the doors, where text comes in and where it leaves, and nowhere between."""

from __future__ import annotations

import ast
import json
from dataclasses import dataclass
from typing import Any

import pytest

from tests import ROOT
from verifier.safety.redacting import redact_claims, redact_document, redact_output, redact_reply, redact_text
from verifier.values.claim import ClaimSet
from verifier.values.verdict import Role

DOORS = {
    "in": {
        "repository/snapshot.py",  # files, names, links, the ref
        "repository/repository.py",  # the remote's address
        "claim_files/loading.py",
        "ci_files/reading.py",
        "claim_files/writing.py",  # what was written, as it is read again
        "claim_files/written_text.py",  # what claims are made of without a claim file
        "model/options.py",  # replies, and what a service says of an error
        "audit/reading/reports.py",
    },
    "out": {
        "runs/judging.py",  # rulings, each when it is made
        "runs/execution.py",  # the rest of records, and with them every report
        "runs/recheck.py",  # a record's rulings, derived again
        "model/cassettes/recording.py",
        "cli/output.py",
        "claim_files/writing.py",  # labels, written into a claim file
        "safety/terminal.py",
    },
    "tools": {"model/cassettes/checks.py"},  # looks for what recorders of long ago left behind
}


def importers(module: str) -> set[str]:
    """The modules that import one, by their paths below the package."""
    package = ROOT / "verifier"
    found = set()
    for path in package.rglob("*.py"):
        if "sample" in path.parts:
            continue
        names = (
            node.module for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.ImportFrom)
        )
        if module in names:
            found.add(path.relative_to(package).as_posix())
    return found


def test_only_the_doors_redact() -> None:
    callers = importers("verifier.safety.redacting") | importers("verifier.safety.secrets")

    assert callers == DOORS["in"] | DOORS["out"] | DOORS["tools"] | {"safety/redacting.py"}


# What goes out, whatever it is made of.

SECRET = "gh" + "p_" + "a1B2c3D4e5F6" * 3
CLEAN = "[redacted: GitHub token]"


@dataclass(frozen=True)
class Inner:
    claim_id: str
    text: str | None
    role: Role = Role.SUPPORTS
    count: int = 1


@dataclass(frozen=True)
class Outer:
    inner: tuple[Inner, ...]
    settings: dict[str, Any]
    digest: str = "d"


VALUES: list[Any] = [
    pytest.param(f"a {SECRET} b", f"a {CLEAN} b", id="text"),
    pytest.param((SECRET, 1, None, True, 0.5), (CLEAN, 1, None, True, 0.5), id="a tuple"),
    pytest.param([SECRET], [CLEAN], id="a list"),
    pytest.param({"a": {"b": [SECRET]}}, {"a": {"b": [CLEAN]}}, id="a document"),
    pytest.param(
        Outer((Inner("x", SECRET), Inner("y", None)), {"model": SECRET, "rounds": 3}),
        Outer((Inner("x", CLEAN), Inner("y", None)), {"model": CLEAN, "rounds": 3}),
        id="values within values",
    ),
    pytest.param(Outer((Inner(SECRET, SECRET),), {}), Outer((Inner(SECRET, CLEAN),), {}), id="an id, which stays"),
    pytest.param(
        json.dumps({"why": SECRET}).replace("g", "\\u0067"), json.dumps({"why": CLEAN}), id="JSON, by what it says"
    ),
    pytest.param("half \ud83d of it", "half \ufffd of it", id="half a character, which no file can hold"),
    pytest.param({"matches": f"^{SECRET}$"}, {"matches": r"^\[redacted\:\ GitHub\ token\]$"}, id="a pattern"),
]


@pytest.mark.parametrize(("value", "clean"), VALUES)
def test_what_leaves_has_no_secret_and_nothing_else_changes(value: Any, clean: Any) -> None:
    assert redact_output(value) == clean
    assert type(redact_output(value)) is type(value)
    assert redact_output(clean) == clean


def test_a_claim_set_is_redacted_but_for_its_ids() -> None:
    given = {
        "title": SECRET,
        "questions": [SECRET],
        "context": {"include": [SECRET], "exclude": [SECRET]},
        "never_send": [f"{SECRET}.txt"],
        "claims": [
            {
                "id": SECRET,
                "statement": SECRET,
                "parts": [SECRET],
                "files": [SECRET],
                "checks": [{"symbol": "a", "in": SECRET}],
                "tags": [SECRET],
                "waiver": {"reason": SECRET, "owner": SECRET, "expires": "2026-01-31"},
            }
        ],
    }
    claims = ClaimSet.model_validate(given, by_alias=True, by_name=False)

    clean = redact_claims(claims)

    assert clean.claims[0].id == SECRET
    assert clean.model_dump_json(by_alias=True) == (
        claims.model_dump_json(by_alias=True).replace(SECRET, CLEAN).replace(f'"id":"{CLEAN}"', f'"id":"{SECRET}"')
    )
    assert redact_claims(clean) == clean


def test_text_that_comes_in_is_counted_and_composed() -> None:
    assert redact_text(f"Gru\u0308n {SECRET} {SECRET}") == (f"Grün {CLEAN} {CLEAN}", 2)


def test_a_document_keeps_half_a_character() -> None:
    assert redact_document({"text": "\ud83d"}) == {"text": "\ud83d"}
    assert redact_reply('{"text": "\\ud83d"}') == '{"text": "\\ud83d"}'
