"""Rulings of runs that are larger than memory ought to be: they read as those that are held do."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pydantic import TypeAdapter

from tests.report.run_records import EVERYTHING
from verifier.records.document import as_json
from verifier.records.gate import Rules, examine
from verifier.records.rulings import Kept, changed
from verifier.report import find_format
from verifier.values.record import RunRecord

PLACES = {ruling.claim_id: place for place, ruling in enumerate(EVERYTHING.rulings)}


def on_disk() -> RunRecord:
    """The same record with but one ruling in memory, judged in the other order."""
    kept = Kept(most_held=1)
    for ruling in reversed(EVERYTHING.rulings):
        kept.add(ruling)
    return replace(EVERYTHING, rulings=kept.in_order(PLACES))


def test_they_are_the_same_rulings_in_the_claims_order() -> None:
    record = on_disk()

    assert not isinstance(record.rulings, tuple)
    assert tuple(record.rulings) == tuple(record.rulings[:]) == EVERYTHING.rulings
    assert record.rulings[-1] == EVERYTHING.rulings[-1]


def test_every_format_writes_them_to_the_byte() -> None:
    for name in ("json", "jsonl", "markdown", "html", "sarif", "junit", "agent", "github-comment"):
        assert find_format(name).written(on_disk()) == find_format(name).render(EVERYTHING), name


@pytest.mark.parametrize("times", [0, 1, 20, 41], ids=["none", "a piece", "a whole piece", "three"])
def test_json_in_pieces_is_the_json_of_the_whole(times: int) -> None:
    record = replace(EVERYTHING, rulings=tuple(EVERYTHING.rulings) * times)

    assert as_json(record) == TypeAdapter(RunRecord).dump_json(record, indent=2).decode()


def test_the_gate_rules_alike() -> None:
    assert examine([on_disk()], Rules()) == examine([EVERYTHING], Rules())


def test_what_is_changed_is_changed_as_it_is_read() -> None:
    marked = changed(changed(on_disk(), lambda r: replace(r, new=True)), lambda r: replace(r, carried_from="abc"))

    assert tuple(marked.rulings) == tuple(replace(r, new=True, carried_from="abc") for r in EVERYTHING.rulings)
    assert changed(EVERYTHING, lambda r: replace(r, new=True)).rulings[0].new
