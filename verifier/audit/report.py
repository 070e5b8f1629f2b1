"""The audit of a report in Markdown: figures with a small picture of them, verdicts, then every piece of evidence.

Whatever stems from the audited report or from a file name goes through `verifier.report.markdown_text`, so that it
cannot break the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TypeVar

from jinja2 import Template

from verifier.audit.record import (
    Audit,
    AuditedAbsence,
    AuditedBlock,
    AuditedCitation,
    AuditedClaim,
    CitationStanding,
    MissingStanding,
    Outside,
    Place,
    RestsOn,
    Totals,
)
from verifier.audit.values import Unread
from verifier.report import markdown_text
from verifier.report.markdown_evidence import place
from verifier.report.markdown_text import beginning, cell, code_span, inline, listed
from verifier.report.permalinks import Permalinks
from verifier.report.templates import markdown_templates
from verifier.report.words import counted, spoken
from verifier.values.source import Lines

Label = TypeVar("Label", bound=str)

MOST_SHOWN = 200
"""Pieces of evidence of one claim that are shown; the JSON has all of them."""

BAR = 30
"""Characters of the longest bar."""


def render(audit: Audit) -> str:
    """The audit as Markdown; the same audit always gives the same text."""
    links = Permalinks.of(audit.repository.remote, audit.repository.commit)
    return _template().render(audit=audit, links=links, rows=map(_row, audit.claims))


@cache
def _template() -> Template:
    own = (doubtful, evidence, grounded, outside, picture, unread)
    templates = markdown_templates(Path(__file__).parent, markdown_text, *own)
    templates.globals["RESTS_ON"] = _RESTS_ON
    return templates.get_template("report.md.j2")


def summary(audit: Audit) -> str:
    """One line: how much of the evidence is grounded, and how many verdicts rest on nothing or on a false absence."""
    totals = audit.totals
    said = [grounded(totals), counted(totals.claims, "claim")]
    doubtful = [(totals.rests_on[rests_on], on_what) for rests_on, on_what in _DOUBTFUL.items()]
    said += [f"{number} resting on {on_what}" for number, on_what in doubtful if number]
    return ", ".join(said)


def grounded(totals: Totals) -> str:
    """The share of the evidence that is grounded, in words."""
    percent = totals.grounded_percent
    if percent is None:
        return "no evidence that can be checked"
    return f"{percent:.0f} % of the evidence ({totals.grounded} of {totals.evidence} that can be checked)"


def picture(totals: Totals) -> Iterator[str]:
    """The figures with a bar each; a bar as long as the picture is wide stands for all of its group."""
    cited = dict(totals.citations)
    near = cited.pop(CitationStanding.NEAR)
    cited[CitationStanding.MOVED] += near
    yield from _group("citations of lines", cited, near)
    yield from _group("absences", totals.absences)
    if totals.code_lines:
        there = totals.code_lines_occurring
        yield from _group("lines of code shown", {"in the commit": there, "not": totals.code_lines - there})


def _group(name: str, numbers: Mapping[Label, int], near: int = 0) -> Iterator[str]:
    whole = sum(numbers.values())
    yield f"{name:<21}{whole:>6}"
    for label, number in numbers.items():
        if number or label in ("exact", "moved", "wrong", "confirmed", "false"):
            bar = "█" * max(1, round(BAR * number / whole)) if number else ""
            note = f"  {near} of them within 3 lines" if near and label == "moved" else ""
            yield f"  {spoken(label):<19}{number:>6}  {bar}{note}".rstrip()


def doubtful(audit: Audit) -> Iterator[tuple[str, list[str]]]:
    """What verdicts rest on that are worth little, with the claims that have such a one."""
    for rests_on, on_what in _DOUBTFUL.items():
        ids = [claim.id for claim in audit.claims if claim.rests_on is rests_on and claim.verdict]
        if ids:
            yield on_what, ids


def _row(claim: AuditedClaim) -> tuple[str, ...]:
    standing = [one.standing.stands for one in claim.citations]
    confirmed = [one.standing is MissingStanding.CONFIRMED for one in claim.absences]
    counts = (f"{sum(good)} of {len(good)}" if good else "-" for good in (standing, confirmed))
    return cell(claim.id), cell(claim.word), _RESTS_ON[claim.rests_on], *counts


_DOUBTFUL = {
    RestsOn.FALSE_ABSENCE: "a false absence",
    RestsOn.NOTHING: "nothing that stands",
    RestsOn.WORDS: "comments and docstrings alone",
}
_RESTS_ON = {
    RestsOn.EVIDENCE: "evidence",
    RestsOn.WORDS: "⚠️ comments and docstrings alone",
    RestsOn.UNCHECKED: "❔ nothing that can be checked",
    RestsOn.NOTHING: "❌ **nothing**",
    RestsOn.FALSE_ABSENCE: "❌ **a false absence**",
}


def evidence(claim: AuditedClaim, links: Permalinks) -> str:
    """All evidence of a claim as a list, in the order in which the report has it."""
    items = [
        *((one.line, _citation(one, links)) for one in claim.citations),
        *((one.line, _absence(one, links)) for one in claim.absences),
        *((one.line, _block(one, links)) for one in claim.code_blocks),
    ]
    return _bounded([text for _, text in sorted(items, key=lambda item: item[0])])


def outside(given: Outside, links: Permalinks) -> str:
    """What stands outside every claim as a list."""
    return _bounded(
        [*(_citation(one, links) for one in given.citations), *(_absence(one, links) for one in given.absences)]
    )


def unread(given: Sequence[Unread]) -> str:
    """What could not be read as a list."""
    return _bounded([f"Line {one.line}, {inline(one.why)}: {beginning(one.text, 160)}" for one in given])


def _bounded(items: Sequence[str]) -> str:
    more = [f"{len(items) - MOST_SHOWN:,} more, in the JSON"] if len(items) > MOST_SHOWN else []
    return listed([*items[:MOST_SHOWN], *more])


def _citation(one: AuditedCitation, links: Permalinks) -> str:
    path = one.file or one.path
    there = one.standing.stands or one.standing is CitationStanding.WRONG
    if path is None:
        where = f"line{'s' if one.first_line != one.last_line else ''} {_lines(one)} of no file"
    else:
        where = _place(path, one, links, there)
    about = ", ".join(beginning(name) for name in one.names[:_MOST_NAMED])
    head = f"{_SIGNS[one.standing]} **{spoken(one.standing)}** {where}{f', {about}' if about else ''}"
    return f"{head}{_report(one.line, _citation_remarks(one, links))}"


def _citation_remarks(one: AuditedCitation, links: Permalinks) -> Iterator[str]:
    if one.file and one.path:
        yield f"written {code_span(one.path)}"
    if one.why:
        yield inline(one.why)
    if one.missing and len(one.missing) < len(one.names):
        yield f"nowhere in the file: {', '.join(beginning(name) for name in one.missing[:_MOST_NAMED])}"
    if one.only_words:
        yield "in a comment or docstring alone"
    if one.found and one.standing is not CitationStanding.EXACT:
        yield f"{_FOUND.get(one.standing, 'found at')} {_places(one.found, links)}"


def _absence(one: AuditedAbsence, links: Permalinks) -> str:
    said = f"not in {code_span(one.within)}" if one.within else "missing"
    remarks = [inline(one.why)] if one.why else []
    if one.found:
        itself = [place.path for place in one.found] == [one.subject]
        remarks.append("it is there" if itself else f"there is {_places(one.found, links)}")
    head = f"{_SIGNS[one.standing]} **absence {one.standing}** {code_span(one.subject)}, said to be {said}"
    return f"{head}{_report(one.line, remarks)}"


def _block(one: AuditedBlock, links: Permalinks) -> str:
    if not one.lines:
        return f"A block of code that shows nothing{_report(one.line)}"
    sign = "✅" if one.occurring == one.lines else "❌" if not one.occurring else "⚠️"
    where = f"in {place(one.file, None, links)}" if one.file else "anywhere in the commit"
    return f"{sign} **code**: {one.occurring} of {counted(one.lines, 'line')} occur {where}{_report(one.line)}"


def _place(path: str, at: Place | AuditedCitation, links: Permalinks, linked: bool = True) -> str:
    return place(path, _lines(at), links, linked)


def _lines(at: Place | AuditedCitation) -> Lines | None:
    return Lines(at.first_line, at.last_line) if at.first_line is not None and at.last_line is not None else None


def _places(places: Iterable[Place], links: Permalinks) -> str:
    return ", ".join(_place(one.path, one, links) for one in places)


def _report(line: int, remarks: Iterable[str] = ()) -> str:
    """Where the report says so, and what there is to remark."""
    said = "; ".join(remarks)
    return f" (report, line {line}){f': {said}' if said else ''}"


_MOST_NAMED = 4
_SIGNS: dict[CitationStanding | MissingStanding, str] = {
    CitationStanding.EXACT: "✅",
    CitationStanding.IN_FILE: "✅",
    CitationStanding.NEAR: "⚠️",
    CitationStanding.MOVED: "⚠️",
    CitationStanding.WRONG: "❌",
    CitationStanding.NO_SUCH_FILE: "❌",
    CitationStanding.CANNOT_BE_CHECKED: "❔",
    MissingStanding.CONFIRMED: "✅",
    MissingStanding.FALSE: "❌",
    MissingStanding.UNDECIDED: "❔",
}
_FOUND = {
    CitationStanding.NEAR: "it stands at",
    CitationStanding.MOVED: "it stands at",
    CitationStanding.IN_FILE: "it stands at",
    CitationStanding.WRONG: "elsewhere in the commit:",
    CitationStanding.NO_SUCH_FILE: "there is",
    CitationStanding.CANNOT_BE_CHECKED: "perhaps",
}
