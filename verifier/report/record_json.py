"""The run record as JSON: the document that programs and `verifier recheck` read."""

from __future__ import annotations

from verifier.report.format import Format
from verifier.values.record import RunRecord


def render(record: RunRecord) -> str:
    """The record as indented JSON; the same record always gives the same bytes."""
    return record.model_dump_json(indent=2) + "\n"


FORMAT = Format("json", ".json", render)
