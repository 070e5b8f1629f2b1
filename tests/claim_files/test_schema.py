"""The JSON Schema of claim files agrees with what loading accepts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest

from verifier.claim_files import claim_file_schema, load_claims
from verifier.claim_files.yaml_tree import read_tree
from verifier.errors import ClaimError

HEAD = "title: T\nclaims:\n  - id: a\n    statement: S\n"

GOOD = {
    "least": HEAD,
    "all-keys": HEAD + "    parts: [x]\n    files: [a.py]\n    tags: [t]\n    essential: [p1]\n    required: true\n"
    "    expect: NOT RESOLVED\n    expect_why: w\nquestions: [q]\ncontext: {include: [a], exclude: [b]}\n"
    "never_send: [c]\n",
    "path-check": HEAD + "    checks: [{path_exists: a.py, required: false, part: p1}]\n",
    "symbol-check": HEAD + "    checks: [{symbol: A, in: a.py}]\n",
    "tests-check": HEAD + "    checks: [{tests_pass: a.py, part: p1}]\n",
    "covered-check": HEAD + "    checks: [{covered: {path: a.py, at_least: 0.5}}]\n",
    "no-findings-check": HEAD + "    checks: [{no_findings: {tool: ruff}}, {no_findings: {tool: x, level: error}}]\n",
    "pattern-check": HEAD + "    checks: [{matches: a, in: a.py, at_least: 2}]\n",
}
BAD = {
    "no-title": HEAD.replace("title: T\n", ""),
    "no-claims": "title: T\nclaims: []\n",
    "unknown-key": HEAD + "    file: a.py\n",
    "unknown-key-of-the-set": HEAD + "claim: []\n",
    "blank-statement": HEAD.replace("S\n", "' '\n"),
    "bad-id": HEAD.replace("id: a", "id: a b"),
    "number": HEAD.replace("id: a", "id: 1"),
    "no-list": HEAD + "    files: a.py\n",
    "bad-part": HEAD + "    essential: [p0]\n",
    "no-parts": HEAD + "    parts: []\n",
    "bad-word": HEAD + "    expect: FULLY\n",
    "check-of-no-kind": HEAD + "    checks: [{in: a.py}]\n",
    "check-of-two-kinds": HEAD + "    checks: [{symbol: A, matches: b}]\n",
    "check-with-idle-key": HEAD + "    checks: [{symbol: A, at_least: 2}]\n",
    "path-check-with-place": HEAD + "    checks: [{path_exists: a.py, in: b.py}]\n",
    "tests-check-with-place": HEAD + "    checks: [{tests_pass: a.py, in: b.py}]\n",
    "covered-by-nothing": HEAD + "    checks: [{covered: {path: a.py, at_least: 0}}]\n",
    "covered-by-more-than-all": HEAD + "    checks: [{covered: {path: a.py, at_least: 90}}]\n",
    "level-that-is-none": HEAD + "    checks: [{no_findings: {tool: ruff, level: bad}}]\n",
    "check-by-the-model's-name": HEAD + "    checks: [{symbol: A, within: a.py}]\n",
    "at-least-none": HEAD + "    checks: [{matches: a, at_least: 0}]\n",
}


@pytest.fixture(scope="module")
def validator() -> Any:
    schema = claim_file_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("text", GOOD.values(), ids=GOOD.keys())
def test_what_the_schema_accepts_is_loaded(validator: Any, tmp_path: Path, text: str) -> None:
    (tmp_path / "set.yaml").write_text(text, encoding="utf-8")

    assert validator.is_valid(read_tree(text).value)
    assert load_claims(tmp_path / "set.yaml").claims.title == "T"


@pytest.mark.parametrize("text", BAD.values(), ids=BAD.keys())
def test_what_the_schema_refuses_is_refused(validator: Any, tmp_path: Path, text: str) -> None:
    (tmp_path / "set.yaml").write_text(text, encoding="utf-8")

    assert not validator.is_valid(read_tree(text).value)
    with pytest.raises(ClaimError):
        load_claims(tmp_path / "set.yaml")


def test_every_key_is_explained_or_plain() -> None:
    schema = claim_file_schema()

    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert set(schema["properties"]) == {"title", "questions", "context", "never_send", "claims"}
    assert "in" in schema["$defs"]["Check"]["properties"]
