"""Audit a report: hold everything that it rests on against one commit. No model, no key, no network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TypeVar

from verifier.audit.lookup.absence_lookup import AbsenceLookup
from verifier.audit.lookup.citation_lookup import ground_citation
from verifier.audit.lookup.code_blocks import compare_block
from verifier.audit.lookup.lookup import Lookup
from verifier.audit.record import (
    Audit,
    AuditedAbsence,
    AuditedBlock,
    AuditedCitation,
    AuditedClaim,
    AuditedCommit,
    AuditedReport,
    CitationStanding,
    MissingStanding,
    Outside,
    RestsOn,
    Totals,
)
from verifier.audit.values import ForeignReport, ReportAbsence, ReportCitation, ReportClaim, ReportVerdict
from verifier.repository.index import Index
from verifier.values.tool import TOOL

Key = TypeVar("Key", bound=str)

FEWEST_PATHS = 3
"""Files that a report has to name before their absence says that it is about another repository."""


class Auditor:
    """Audits reports against one commit; what was looked up for one is known for the next."""

    def __init__(self, index: Index) -> None:
        self._lookup = Lookup(index)
        self._absences = AbsenceLookup(self._lookup)

    def audit(self, report: ForeignReport, path: str) -> Audit:
        """Look up all that a report cites, shows and calls missing; `path` is where it was read.

        Raises:
            SnapshotError: The clone does not have a file's content.
        """
        known = self._named_in_full(report)
        claims = tuple(self._claim(claim, known) for claim in report.claims)
        unnamed = (*report.unnamed, *(one for claim in report.claims for one in claim.unnamed))
        snapshot = self._lookup.snapshot
        return Audit(
            tool=TOOL,
            report=AuditedReport(path, report.title, report.generated, report.model),
            repository=AuditedCommit(snapshot.commit, snapshot.ref, snapshot.repository.remote),
            notes=tuple(self._notes(claims)),
            claims=claims,
            outside=Outside(self._citations(report.citations, known), self._missing(report.absences, known)),
            unread=tuple(sorted((*report.unread, *unnamed), key=lambda one: one.line)),
            totals=_totals(claims),
        )

    def _claim(self, claim: ReportClaim, known: frozenset[str]) -> AuditedClaim:
        citations = self._citations(claim.citations, known)
        absences = self._missing(claim.absences, known)
        blocks = tuple(compare_block(block, self._lookup, known) for block in claim.code_blocks)
        return AuditedClaim(
            id=claim.id,
            statement=claim.statement,
            verdict=claim.verdict,
            word=claim.word,
            line=claim.line,
            verdict_line=claim.verdict_line,
            rests_on=_rests_on(citations, absences, blocks),
            citations=citations,
            absences=absences,
            code_blocks=blocks,
        )

    def _citations(self, citations: Iterable[ReportCitation], known: frozenset[str]) -> tuple[AuditedCitation, ...]:
        return tuple(ground_citation(citation, self._lookup, known) for citation in citations)

    def _missing(self, absences: Iterable[ReportAbsence], known: frozenset[str]) -> tuple[AuditedAbsence, ...]:
        return tuple(self._absences.look_up(absence, known) for absence in absences)

    def _named_in_full(self, report: ForeignReport) -> frozenset[str]:
        """The paths of the commit that the report names in full, as evidence or where a claim says that it is done."""
        cited = {citation.path for claim in report.claims for citation in claim.citations}
        located = {path for claim in report.claims for path in claim.locations}
        entry = self._lookup.snapshot.entry
        return frozenset(path for path in cited | located if path is not None and entry(path) is not None)

    def _notes(self, claims: Sequence[AuditedClaim]) -> Iterable[str]:
        """What makes the whole audit doubtful."""
        cited = {citation.path: citation for claim in claims for citation in claim.citations if citation.path}
        gone = [path for path, one in cited.items() if one.standing is CitationStanding.NO_SUCH_FILE]
        snapshot = self._lookup.snapshot
        if len(cited) >= FEWEST_PATHS and len(gone) == len(cited):
            yield (
                f"none of the {len(cited)} files that it cites is in commit {snapshot.commit[:12]}; "
                "is it about another repository or commit? name that with --repo and --ref"
            )
        if snapshot.repository.remote_problem:
            yield f"the address of the remote cannot be read ({snapshot.repository.remote_problem})"
        if snapshot.truncated:
            yield f"the commit has more than {snapshot.path_limit} paths; those beyond were not looked at"


_GROUNDED = frozenset((CitationStanding.EXACT, CitationStanding.NEAR))


def _rests_on(
    citations: Sequence[AuditedCitation], absences: Sequence[AuditedAbsence], blocks: Sequence[AuditedBlock]
) -> RestsOn:
    """What a verdict rests on: a moved citation is evidence with a wrong number, so is most of a block of code."""
    missing = {absence.standing for absence in absences}
    if MissingStanding.FALSE in missing:
        return RestsOn.FALSE_ABSENCE
    standing = [citation for citation in citations if citation.standing.stands]
    shown = any(block.lines < 2 * block.occurring for block in blocks)
    if shown or MissingStanding.CONFIRMED in missing or any(not citation.only_words for citation in standing):
        return RestsOn.EVIDENCE
    if standing:
        return RestsOn.WORDS
    unchecked = any(one.standing is CitationStanding.CANNOT_BE_CHECKED for one in citations)
    return RestsOn.UNCHECKED if unchecked or MissingStanding.UNDECIDED in missing else RestsOn.NOTHING


def _totals(claims: Sequence[AuditedClaim]) -> Totals:
    citations = [citation for claim in claims for citation in claim.citations]
    of_lines = Counter(one.standing for one in citations if one.first_line is not None)
    absences = Counter(absence.standing for claim in claims for absence in claim.absences)
    blocks = [block for claim in claims for block in claim.code_blocks]
    confirmed = absences[MissingStanding.CONFIRMED]
    unchecked = of_lines[CitationStanding.CANNOT_BE_CHECKED] + absences[MissingStanding.UNDECIDED]
    return Totals(
        claims=len(claims),
        verdicts=_counts(Counter(claim.verdict or "none" for claim in claims), (*ReportVerdict, "none")),
        rests_on=_counts(Counter(claim.rests_on for claim in claims), RestsOn),
        citations=_counts(of_lines, (one for one in CitationStanding if one is not CitationStanding.IN_FILE)),
        whole_files=_counts(Counter(one.standing for one in citations if one.first_line is None), _OF_WHOLE_FILES),
        absences=_counts(absences, MissingStanding),
        code_lines=sum(block.lines for block in blocks),
        code_lines_occurring=sum(block.occurring for block in blocks),
        evidence=of_lines.total() + absences.total() - unchecked,
        grounded=sum(of_lines[one] for one in _GROUNDED) + confirmed,
    )


_OF_WHOLE_FILES = (
    CitationStanding.IN_FILE,
    CitationStanding.WRONG,
    CitationStanding.NO_SUCH_FILE,
    CitationStanding.CANNOT_BE_CHECKED,
)


def _counts(counted: Counter[Key], keys: Iterable[Key]) -> dict[Key, int]:
    """The counts in the order of the keys, with those that are nought."""
    return {key: counted[key] for key in keys}
