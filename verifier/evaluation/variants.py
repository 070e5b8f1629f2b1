"""The ways to judge that are asked for: each model with each folder of prompts, and runs that are finished."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

from verifier.claim_files import LoadedClaims, find_claim_files, load_claims
from verifier.claim_files.finding import is_same_file, journal_place, shown_path
from verifier.errors import UsageError
from verifier.evaluation.scoring import LABELS
from verifier.records.comparing import reworded
from verifier.report.files import read_record
from verifier.runs.claim_filter import ClaimFilter, choose
from verifier.runs.options import RunOptions
from verifier.values.claim import Claim
from verifier.values.record import RulingRecord, RunRecord

_Chosen = Sequence[tuple[LoadedClaims, tuple[Claim, ...]]]


@dataclass(frozen=True)
class Variant:
    """One way to judge."""

    name: str
    runs: tuple[RunOptions, ...]
    """The run that is measured, then its repetitions."""


def variants(
    options: RunOptions,
    models: Sequence[str] = (),
    prompts: Sequence[Path] = (),
    cassettes: Sequence[Path] = (),
    repeat: int = 1,
    *,
    by_default: bool = True,
) -> list[Variant]:
    """Each model with each folder of prompts, over the labelled ones of the claims that the options choose.

    Where cassettes are given they answer, one for each, in that order. A repetition has a journal of its own, so that
    it asks anew and yet resumes. Where neither models nor prompts nor cassettes are given, the options' own are meant,
    unless nobody is to be asked `by_default`.

    Raises:
        UsageError: No claim has a label, or the cassettes do not fit.
        ClaimError: A claim file cannot be read.
    """
    if not (models or prompts or cassettes or by_default):
        return []
    options = replace(options, ids=_labelled(options), tags=())
    folders: Sequence[Path | None] = prompts or [options.prompts]
    ways = list(product(models or [options.model], folders))
    if cassettes and len(cassettes) != len(ways):
        raise UsageError(
            f"{len(ways)} to judge with and {len(cassettes)} of --replay; give one for each, in the same order"
        )
    if cassettes and repeat > 1:
        raise UsageError("a cassette says the same every time; leave --repeat out, or ask live")
    replays: Sequence[Path | None] = cassettes or [None] * len(ways)
    found = []
    for (model, folder), replay in zip(ways, replays, strict=True):
        first = replace(options, model=model, prompts=folder, replay=replay)
        name = f"{model}, {folder.as_posix()}" if folder is not None and len(folders) > 1 else model
        found.append(Variant(name, (first, *(_repetition(first, number) for number in range(2, repeat + 1)))))
    if len({one.name for one in found}) < len(found):
        raise UsageError("the same is to be compared with itself; --repeat says how often a ruling changes")
    return found


def finished_runs(options: RunOptions, paths: Sequence[Path]) -> dict[str, RunRecord]:
    """The records of finished runs by their paths, with the labels that the claim files have now.

    A claim that says something else by now has no label, nor has one that the options do not choose.

    Raises:
        UsageError: No claim of one of them has a label, or there is none that the options choose.
        RecordError: A record cannot be read.
        ClaimError: A claim file cannot be read.
    """
    chosen = _chosen(options) if paths else []
    found = {path.as_posix(): _labelled_now(read_record(path), chosen) for path in paths}
    bare = [name for name, run in found.items() if not any(one.claim.expect in LABELS for one in run.rulings)]
    if bare:
        raise UsageError(f"{', '.join(bare)}: no claim has a label in the claim files, or none says the same still")
    return found


def _labelled_now(record: RunRecord, chosen: _Chosen) -> RunRecord:
    ours = (claims for one, claims in chosen if is_same_file(shown_path(one.path), record.claim_set.path))
    there = {claim.id: claim for claims in ours for claim in claims}

    def labelled(ruling: RulingRecord) -> RulingRecord:
        claim = there.get(ruling.claim_id)
        if claim is None or reworded(ruling.claim, claim):
            claim = ruling.claim.model_copy(update={"expect": None})
        return replace(ruling, claim=claim)

    return replace(record, rulings=tuple(map(labelled, record.rulings)))


def _repetition(options: RunOptions, number: int) -> RunOptions:
    place = options.journal or journal_place()
    # Of repetitions nothing but the rulings is looked at.
    return replace(options, journal=place.with_name(f"{place.stem}.repeat-{number}{place.suffix}"), controls=None)


def _labelled(options: RunOptions) -> tuple[str, ...]:
    ids = tuple(dict.fromkeys(claim.id for _, claims in _chosen(options) for claim in claims if claim.expect in LABELS))
    if not ids:
        raise UsageError("no claim has a label; `verifier claims label` gives the claims of a run their `expect`")
    return ids


def _chosen(options: RunOptions) -> _Chosen:
    sets = [load_claims(path) for path in find_claim_files(options.claims, Path())]
    return choose(sets, ClaimFilter(options.ids, options.tags))
