"""A record is JSON that is read back as it was, and that its schema and the documentation describe."""

from __future__ import annotations

import dataclasses
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
from pydantic import TypeAdapter

from tests.report.run_records import BESIDES, EVERYTHING
from verifier.records.document import as_document, as_json, from_json, json_schema
from verifier.values.ruling import RuledPart

DOCS = Path(__file__).parents[2] / "docs" / "reports.md"


def test_a_record_comes_back_as_it_was() -> None:
    assert from_json(as_json(EVERYTHING)) == EVERYTHING
    assert from_json(as_json(BESIDES)) == BESIDES
    assert as_document(EVERYTHING) == json.loads(as_json(EVERYTHING))


def test_a_record_fits_its_schema_and_every_object_in_it_is_closed() -> None:
    schema = json_schema()

    jsonschema.validate(as_document(EVERYTHING), schema)
    objects = [one for one in (schema, *schema["$defs"].values()) if one["type"] == "object"]
    assert [one["title"] for one in objects if one["additionalProperties"] is not False] == []


def test_the_schema_says_what_the_docstrings_say() -> None:
    schema = json_schema()["$defs"]

    assert schema["Grounding"]["description"] == "What became of one citation."
    assert schema["Grounding"]["properties"]["near_path"]["description"].startswith(
        "A path of the commit that resembles"
    )


def test_every_field_of_every_value_is_in_the_record() -> None:
    left_out = set(unwritten(EVERYTHING, as_document(EVERYTHING)))

    # What a part rests on stands beside it with what was found; the others are where there are any.
    assert left_out == {
        "Part.citations",
        "Part.absences",
        "ContextRecord.changes",
        "RulingRecord.leads",
        "RulingRecord.priced_by",
        "RulingRecord.worsened",
        "RulingRecord.traceback",
        "RunRecord.shard",
        "RunRecord.controls",
        "RunRecord.ci",
        "Exchange.paid_before",
        "Round.paid_before",
    }


def test_the_documented_part_is_one() -> None:
    (example,) = re.findall(r"```json\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)

    assert TypeAdapter(RuledPart).validate_json(example).evidence.groundings[0].stands


def test_what_reads_records_is_not_made_before_it_is_needed() -> None:
    said = "import verifier.records.document as d; print(d._adapter.cache_info().currsize)"
    asked = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)

    assert asked.stdout == "0\n"


def unwritten(value: Any, written: Any) -> Iterator[str]:
    """The fields of dataclasses that a document has not, wherever they stand."""
    if dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            if field.name in written:
                yield from unwritten(getattr(value, field.name), written[field.name])
            else:
                yield f"{type(value).__name__}.{field.name}"
    elif isinstance(value, tuple):
        for one, other in zip(value, written, strict=True):
            yield from unwritten(one, other)
