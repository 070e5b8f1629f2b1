"""JSON Lines: one ruling a line, each with the run that it belongs to, for programs that read line by line."""

from __future__ import annotations

import json
from typing import Any

from verifier.report.format import Format
from verifier.values.record import RunRecord


def render(record: RunRecord) -> str:
    """A line for each ruling: the run's own fields under `run`, then those of the ruling as in the run record.

    All ASCII: some readers take U+2028 for the end of a line.
    """
    run = _run(record)
    return "".join(
        json.dumps({"run": run, **ruling.model_dump(mode="json")}, ensure_ascii=True) + "\n"
        for ruling in record.rulings
    )


FORMAT = Format("jsonl", ".jsonl", render)


def _run(record: RunRecord) -> dict[str, Any]:
    own = record.model_dump(
        mode="json", include={"schema_version", "tool", "generated", "complete", "subset", "policy"}
    )
    return own | {
        "commit": record.repository.commit,
        "ref": record.repository.ref,
        "remote": record.repository.remote,
        "claim_set": record.claim_set.path,
        "model": record.model.requested,
    }
