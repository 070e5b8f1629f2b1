"""The run record as JSON: the document that programs and `verifier recheck` read."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.records.document import json_pieces
from verifier.report import Format
from verifier.values.record import RunRecord


def render(record: RunRecord) -> str:
    """The record as indented JSON; the same record always gives the same bytes."""
    return "".join(pieces(record))


def pieces(record: RunRecord) -> Iterator[str]:
    """The same a piece at a time."""
    yield from json_pieces(record)
    yield "\n"


FORMAT = Format("json", ".json", render, pieces=pieces)
