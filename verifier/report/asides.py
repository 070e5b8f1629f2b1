"""What there is to say of a claim besides its ruling, in words that every format shares.

A report knows no day but the one on which its run was made, so that the same record gives the same text: by that day
a waiver holds or has expired. The gate, which knows today, decides by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from verifier.records.gate import is_waived, waiver_line
from verifier.report.words import ruling_line
from verifier.values.claim import Waiver
from verifier.values.record import RulingRecord, RunRecord


@dataclass(frozen=True)
class Aside:
    """One thing to say, and what follows from it or belongs to it."""

    what: str
    follows: str = ""
    """Text of others among it. Empty where `what` is all."""
    at_a_glance: bool = True
    """Whether it stands beside the ruling in a list, and not only where the claim is folded out."""


def day_of(record: RunRecord) -> date:
    """The day on which the run was made; the last of all days where that cannot be told, when no waiver holds."""
    return record.made.date() if record.made is not None else date.max


def held_waiver(ruling: RulingRecord, day: date) -> Waiver | None:
    """The waiver that lets the claim pass though it is not borne out. None without one, or with one that expired."""
    return ruling.claim.waiver if is_waived(ruling, day) else None


def asides(ruling: RulingRecord, day: date) -> Iterator[Aside]:
    """All there is to say, what bears on passing first."""
    waiver = ruling.claim.waiver
    if waiver is not None and waiver_line(ruling, day) is not None:
        said = "waived until" if held_waiver(ruling, day) else "its waiver expired on"
        yield Aside(f"{said} {waiver.expires}", f"{waiver.owner}: {waiver.reason}")
    if ruling.worsened is not None:
        yield Aside("worse than the baseline", ruling.worsened)
    if ruling.claim.required:
        yield Aside("required")
    if ruling.new:
        yield Aside("new on this branch")
    if ruling.carried_from is not None:
        yield Aside("carried over", f"the replies were given on commit {ruling.carried_from}", at_a_glance=False)
    if ruling.verdicts:
        words = ", ".join(f"{number} {word}" for word, number in ruling.verdicts.items())
        yield Aside("earlier verdicts on this code differ", words, at_a_glance=False)


def ruling_with_asides(ruling: RulingRecord, day: date) -> str:
    """For a list: "❌ NOT RESOLVED (1 refuted); waived until 2026-01-31, required"."""
    beside = ", ".join(aside.what for aside in asides(ruling, day) if aside.at_a_glance)
    return f"{ruling_line(ruling)}; {beside}" if beside else ruling_line(ruling)
