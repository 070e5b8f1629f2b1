"""JSON Lines: one ruling a line, each with the run that it belongs to, for programs that read line by line."""

from __future__ import annotations

import json
from typing import Any

from verifier.records.document import as_document
from verifier.report import Format
from verifier.values.record import RunRecord


def render(record: RunRecord) -> str:
    """A line for each ruling: the run's own fields under `run`, then those of the ruling as in the run record.

    All ASCII: some readers take U+2028 for the end of a line.
    """
    document = as_document(record)
    run = _run(record, document)
    return "".join(json.dumps({"run": run, **ruling}, ensure_ascii=True) + "\n" for ruling in document["rulings"])


FORMAT = Format("jsonl", ".jsonl", render)


def _run(record: RunRecord, document: dict[str, Any]) -> dict[str, Any]:
    own = ("schema_version", "tool", "generated", "complete", "subset", "policy")
    return {name: document[name] for name in own} | {
        "commit": record.repository.commit,
        "ref": record.repository.ref,
        "remote": record.repository.remote,
        "claim_set": record.claim_set.path,
        "model": record.model.requested,
        "reader_model": record.reader_model,
    }
