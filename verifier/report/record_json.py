"""The run record as JSON: the document that programs and `verifier recheck` read."""

from __future__ import annotations

from verifier.records.document import as_json
from verifier.report.format import Format
from verifier.values.record import RunRecord


def render(record: RunRecord) -> str:
    """The record as indented JSON; the same record always gives the same bytes."""
    return as_json(record) + "\n"


FORMAT = Format("json", ".json", render)
