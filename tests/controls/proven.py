"""Parts that were found proven on cited lines."""

from __future__ import annotations

from verifier.evidence.grounding import ground
from verifier.repository.index import Index
from verifier.values.ruling import PartEvidence, RuledPart, State
from verifier.values.verdict import Citation, Holds, Part


def proven(index: Index, text: str, path: str, first: int, last: int) -> RuledPart:
    """A part with these lines as its evidence, looked up."""
    lines = index.snapshot.lines(path)
    assert lines is not None
    citation = Citation(path, first, last, "\n".join(lines[first - 1 : last]))
    grounding = ground(citation, index, named=True)
    assert grounding.stands, grounding
    return RuledPart(PartEvidence(Part("p1", text, text, Holds.YES), (grounding,)), State.PROVEN, "both say so")
