"""Verdicts that stand under no claim: the only one of a report, one on all claims at once, one on the whole."""

from __future__ import annotations

from verifier.audit.reading.claim_drafts import ClaimDraft, MetVerdict, unread_line
from verifier.audit.reading.claim_headings import Form
from verifier.audit.reading.walking import Walked
from verifier.audit.values import ReportVerdict


def apply_overall_verdicts(found: Walked, title: str) -> None:
    """Give each such verdict to the claims that it is on, or list it as unread.

    A report that heads no claim and gives one verdict is about one claim, which its title states.
    """
    given = [met for met in found.overall if met.words.verdict]
    if not found.claims and len(given) == 1:
        items, found.general = found.general, []
        found.claims["CLAIM_1"] = ClaimDraft("CLAIM_1", title, 1, Form.TITLE, items=items)
    if not found.claims:
        return
    only = next(iter(found.claims.values())) if len(found.claims) == 1 else None
    said: set[ReportVerdict | None] = {met.words.verdict for met in only.verdicts} if only else set()
    for met in found.overall:
        if met.words.verdict and met.on_all_claims:
            if met.words.verdict not in said:
                _give_to_all(found, met)
        elif only is not None and met.words.verdict and not met.on_the_whole:
            only.verdicts.append(met)
        elif met.words.verdict is None or met.words.verdict not in said:
            why = met.words.problem or "a verdict on the whole, on no one claim"
            found.unread.append(unread_line(met.line, why))
            continue
        said.add(met.words.verdict)


def _give_to_all(found: Walked, met: MetVerdict) -> None:
    for draft in found.claims.values():
        draft.inline.append(met)
