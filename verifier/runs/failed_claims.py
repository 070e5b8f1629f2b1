"""The claims of earlier runs that did not pass, to be judged again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from verifier.claim_files import LoadedClaims
from verifier.claim_files.finding import is_same_file
from verifier.errors import RecordError, UsageError
from verifier.records.gate import does_not_pass
from verifier.report.files import read_record
from verifier.safety.invisible import visible
from verifier.values.claim import Claim
from verifier.values.passing import FailOn
from verifier.values.record import RulingRecord, RunRecord

LAST = "last"
"""Stands for what was ruled last of each claim, by the records in the folder of reports."""


def failed_claims(which: str, loaded: Sequence[LoadedClaims], reports: Path, fail_on: FailOn) -> FailedClaims:
    """The claims that did not pass in a run, by its record; or in the last ones, where `which` is "last".

    Raises:
        RecordError: The record cannot be read.
        UsageError: There is no record of any of the claim files, or it is of another one.
    """
    if which != LAST:
        record = read_record(Path(which))
        if not any(is_same_file(record.claim_set.path, one.named) for one in loaded):
            raise UsageError(f"{visible(which)} is a run over {visible(record.claim_set.path)}; name that claim file")
        return _failed([record], fail_on)
    found = [record for one in loaded for record in _records(one, reports)]
    if not found:
        raise UsageError(f"{visible(reports)} holds no record of these claims; run them first, or name a RUN.json")
    return _failed(found, fail_on)


@dataclass(frozen=True)
class FailedClaims:
    """The claims that did not pass in earlier runs."""

    ids: Mapping[str, tuple[str, ...]]
    """By the path of their claim file, as records have it."""

    def of(self, loaded: LoadedClaims, claims: Sequence[Claim]) -> tuple[Claim, ...]:
        """Those of the claims that did not pass."""
        wanted = set(self._ids(loaded))
        return tuple(claim for claim in claims if claim.id in wanted)

    def gone(self, loaded: Sequence[LoadedClaims]) -> list[str]:
        """The ids of those that their claim file does not have any more."""
        there = {(one.path, claim.id) for one in loaded for claim in one.claims.claims}
        return [claim_id for one in loaded for claim_id in self._ids(one) if (one.path, claim_id) not in there]

    def _ids(self, loaded: LoadedClaims) -> list[str]:
        ours = (ids for path, ids in self.ids.items() if is_same_file(path, loaded.named))
        return [claim_id for ids in ours for claim_id in ids]


def _failed(records: Iterable[RunRecord], fail_on: FailOn) -> FailedClaims:
    """What did not pass when it was ruled on last; the latest record comes last."""
    latest: dict[tuple[str, str], RulingRecord] = {}
    for record in records:
        latest |= {(record.claim_set.path, ruling.claim_id): ruling for ruling in record.rulings}
    failed: dict[str, tuple[str, ...]] = {}
    for (path, claim_id), ruling in latest.items():
        if does_not_pass(ruling, fail_on):
            failed[path] = (*failed.get(path, ()), claim_id)
    return FailedClaims(failed)


def _records(loaded: LoadedClaims, reports: Path) -> list[RunRecord]:
    """The records of a claim file in the folder of reports, by when they were written; what is none is passed over."""
    found = []
    for path in sorted((reports / loaded.path.stem).glob("*.json"), key=lambda path: path.stat().st_mtime_ns):
        try:
            record = read_record(path)
        except RecordError:
            continue
        if is_same_file(record.claim_set.path, loaded.named):
            found.append(record)
    return found
