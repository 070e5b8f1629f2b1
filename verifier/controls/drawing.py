"""Draw claims by a seed, and make their controls."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from verifier.controls.cutting import cut_out
from verifier.controls.twins import false_twins, true_twins
from verifier.repository.index import Index
from verifier.values.claim import Claim, Word
from verifier.values.control import ControlKind, control_name
from verifier.values.record import RulingRecord
from verifier.values.ruling import RuledPart, State

MOST_OF_A_CLAIM = len(ControlKind)
"""Controls that one claim has at most."""


@dataclass(frozen=True)
class Control:
    """A claim to be judged whose outcome is known beforehand."""

    kind: ControlKind
    claim_id: str
    """Of the claim that it was made from."""
    claim: Claim
    """What is judged."""
    how: str
    """What was changed, in words."""
    part: str | None = None
    """The part that it is about, where not the whole claim was borne out."""
    texts: Mapping[str, str] = field(default_factory=dict)
    """Of a cut, the files that are other than in the commit."""

    @property
    def name(self) -> str:
        """What its requests go by."""
        return control_name(self.claim_id, self.kind)


def draw(rulings: Sequence[RulingRecord], index: Index, number: int, seed: int) -> tuple[Control, ...]:
    """The controls of so many claims: of those that are FULLY RESOLVED first, then of proven parts of others.

    The same rulings, commit and seed give the same controls; that a claim is drawn depends on no other claim's words.
    """
    whole = [one for one in rulings if one.ruling is Word.FULLY]
    parted = [one for one in rulings if one.ruling is not Word.FULLY and _proven(one)]
    drawn = [one for some in (whole, parted) for one in sorted(some, key=lambda r: _lot(seed, r.claim_id))]
    return tuple(control for one in drawn[:number] for control in _controls(one, index, seed))


def _controls(ruling: RulingRecord, index: Index, seed: int) -> Iterator[Control]:
    # A check that fails needs no judge, so that it would say nothing of one.
    parts, claim, part = _proven(ruling), ruling.claim.model_copy(update={"checks": ()}), None
    if ruling.ruling is not Word.FULLY:
        parts = parts[:1]
        part, text = parts[0].id, parts[0].part.text
        claim = Claim(id=claim.id, statement=text, parts=(text,), files=claim.files)
    cut = cut_out(parts, index)
    if cut is not None:
        yield Control(ControlKind.CUT, ruling.claim_id, claim, "; ".join(cut.what), part, cut.texts)
    for kind, twins in (
        (ControlKind.FALSE_TWIN, tuple(false_twins(claim, parts, index))),
        (ControlKind.TRUE_TWIN, tuple(true_twins(ruling.claim)) if part is None else ()),
    ):
        if twins:
            twin = min(twins, key=lambda twin: _lot(seed, f"{ruling.claim_id} {twin.how}"))
            yield Control(kind, ruling.claim_id, twin.claim, twin.how, part)


def _proven(ruling: RulingRecord) -> tuple[RuledPart, ...]:
    return tuple(part for part in ruling.parts if part.state is State.PROVEN)


def _lot(seed: int, text: str) -> str:
    return hashlib.sha256(f"{seed} {text}".encode()).hexdigest()
