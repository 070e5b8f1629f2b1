"""The shape of claim files as JSON Schema, for editors and for other programs."""

from __future__ import annotations

from typing import Any

from verifier.values.claim import CHECKS_OF_CI, Check, ClaimSet

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def claim_file_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a claim file: what the schema refuses, loading refuses too."""
    schema = ClaimSet.model_json_schema(by_alias=True)
    schema = {"$schema": DRAFT, **schema, "title": "verifier claim file"}
    check = schema["$defs"]["Check"]
    for name, info in Check.model_fields.items():
        _without_null(check["properties"][str(info.validation_alias or name)])
    idle = {"anyOf": [{"required": ["in"]}, {"required": ["at_least"]}]}
    check["oneOf"] = [
        {"required": ["path_exists"], "not": idle},
        {"required": ["symbol"], "not": {"required": ["at_least"]}},
        {"required": ["matches"]},
        *({"required": [kind], "not": idle} for kind in CHECKS_OF_CI),
    ]
    # ERROR is no ruling, so nobody can expect it for certain; the model allows it, editors need not offer it.
    _texts_are_not_blank(schema)
    return schema


def _without_null(entry: dict[str, Any]) -> None:
    """Turn "string or null, null by default" into "string"."""
    kinds = entry.pop("anyOf", None)
    if kinds:
        entry.update(next(kind for kind in kinds if kind != {"type": "null"}))
        entry.pop("default", None)


def _texts_are_not_blank(node: Any) -> None:
    if isinstance(node, dict):
        if node.get("type") == "string" and node.get("minLength") == 1:
            node["pattern"] = r"\S"
        for below in node.values():
            _texts_are_not_blank(below)
    elif isinstance(node, list):
        for below in node:
            _texts_are_not_blank(below)
