"""Run records as JSON: written, read and described by the classes of `verifier.values.record`.

What reads and writes them is made when it is first needed, so that a command that does neither starts as fast.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any, NewType, cast

from pydantic import ConfigDict, TypeAdapter

from verifier.records.rulings import head
from verifier.values.record import RunRecord

_Document = NewType("_Document", RunRecord)
"""A dataclass takes no configuration from outside, another name for it does."""


def as_json(record: RunRecord) -> str:
    """The record as indented JSON; the same record always gives the same text."""
    return "".join(json_pieces(record))


def json_pieces(record: RunRecord) -> Iterator[str]:
    """The same a piece at a time, for a record that is larger than memory ought to be."""
    # A text of JSON has no line of its own, so that this is the one field.
    before, after = _dumped(head(record)).split(_NONE)
    yield before
    begins, ends = len(before) + len(_BEGIN), -len(after) - len(_END)
    for start in range(0, len(record.rulings), _TOGETHER):
        few = _dumped(replace(record, rulings=record.rulings[start : start + _TOGETHER]))
        yield ("," if start else _BEGIN) + few[begins:ends]
    yield (_END if record.rulings else _NONE) + after


_BEGIN, _END = '\n  "rulings": [', "\n  ]"
_NONE = f"{_BEGIN}]"
_TOGETHER = 100
"""Rulings that are written as one piece."""


def _dumped(record: RunRecord) -> str:
    return _adapter().dump_json(record, indent=2).decode("utf-8")


def as_document(record: RunRecord) -> dict[str, Any]:
    """The record as what JSON may hold."""
    document: dict[str, Any] = _adapter().dump_python(replace(record, rulings=tuple(record.rulings)), mode="json")
    return document


def from_json(text: str | bytes) -> RunRecord:
    """The record that was written so.

    Raises:
        ValidationError: It is no JSON, has another shape, or another version of it.
    """
    return _adapter().validate_json(text)


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a record as it is written."""
    return _adapter(described=True).json_schema(mode="serialization")


@cache
def _adapter(*, described: bool = False) -> TypeAdapter[RunRecord]:
    """What reads and writes records. To look for docstrings takes six times as long, so only a schema has them."""
    config = ConfigDict(extra="forbid", use_attribute_docstrings=described)
    return cast("TypeAdapter[RunRecord]", TypeAdapter(_Document, config=config))
