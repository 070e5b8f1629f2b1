"""Label claims by a finished run: which of its rulings a reviewer is to look at, and what is shown of each. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from verifier.claim_files import LoadedClaims
from verifier.records.comparing import SETTLED, reworded
from verifier.report.evidence_words import weighed
from verifier.report.markdown_text import MOST_LINES
from verifier.report.plain_evidence import evidence_lines, part_line, plain, where
from verifier.report.words import ruling_line
from verifier.values.claim import Claim, Word
from verifier.values.record import RulingRecord, RunRecord


@dataclass(frozen=True)
class Unlabelled:
    """A ruling to look at, and the claim as its file has it now."""

    ruling: RulingRecord
    claim: Claim

    @property
    def can_be_agreed_with(self) -> bool:
        """Whether the ruling may stand as a label. What is UNPROVEN or an ERROR says nothing of the commit."""
        return self.ruling.ruling in SETTLED

    def needs_reason(self, label: Word) -> bool:
        """Whether that label goes against the ruling, or against the label that is there."""
        return label is not self.ruling.ruling or self.claim.expect not in (None, label)

    def lines(self) -> Iterator[str]:
        """The statement, what was ruled and the evidence for it, a line each."""
        yield plain(self.claim.statement, 2_000)
        if self.claim.expect is not None:
            why = f": {self.claim.expect_why}" if self.claim.expect_why else ""
            yield f"labelled {self.claim.expect}{plain(why)}"
        yield ruling_line(self.ruling) + (f": {plain(self.ruling.error)}" if self.ruling.error else "")
        for part in self.ruling.parts:
            yield part_line(part)
            yield from (f"  {line}" for line in evidence_lines(part))
            for one in weighed(part.evidence).standing:
                yield f"  {where(one)}"
                yield from (f"  | {line}" for line in one.citation.quote.split("\n")[:MOST_LINES])


def unlabelled(record: RunRecord, loaded: LoadedClaims, *, again: bool = False) -> list[Unlabelled]:
    """The run's rulings on claims that still say the same and have no label yet; with `again`, labelled ones too."""
    there = {claim.id: claim for claim in loaded.claims.claims}
    found = [Unlabelled(one, there[one.claim_id]) for one in record.rulings if one.claim_id in there]
    return [one for one in found if not reworded(one.ruling.claim, one.claim) and (again or one.claim.expect is None)]
