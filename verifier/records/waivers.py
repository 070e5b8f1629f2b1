"""Waivers: who lets a claim pass the gate though it is not borne out, why, and until when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from verifier.values.claim import Word
from verifier.values.record import RulingRecord, RunRecord

_WAIVABLE = (Word.PARTIALLY, Word.NOT, Word.UNPROVEN)
"""What could not be judged is never waived: nobody knows what there is to waive."""


def is_waived(ruling: RulingRecord, today: date) -> bool:
    """Whether a waiver that has not expired lets the claim pass."""
    waiver = ruling.claim.waiver
    return waiver is not None and ruling.ruling in _WAIVABLE and waiver.holds_on(today)


def waiver_line(ruling: RulingRecord, today: date) -> str | None:
    """What a summary says of the claim's waiver. None where there is none, or nothing to waive."""
    waiver = ruling.claim.waiver
    if waiver is None or ruling.ruling not in _WAIVABLE:
        return None
    held = f"waived until {waiver.expires}" if waiver.holds_on(today) else f"its waiver expired on {waiver.expires}"
    return f"{held}, {waiver.owner}: {waiver.reason}"


def waiver_notes(record: RunRecord) -> Iterator[str]:
    """What a report says of the waivers of claims that need one; it names no today, so that a replay is the same."""
    for ruling in record.rulings:
        waiver = ruling.claim.waiver
        if waiver is not None and ruling.ruling in _WAIVABLE:
            yield (
                f'"{ruling.claim_id}" is {ruling.ruling} and has a waiver until {waiver.expires}, '
                f"{waiver.owner}: {waiver.reason}"
            )
