"""One claim in Markdown: what is claimed and ruled, its parts by kind, then everything else folded away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from pathlib import Path

from jinja2 import Environment

from verifier.report import asides, evidence_words, markdown_evidence, markdown_text, notices, reading_order, words
from verifier.report.agent import what_settles
from verifier.report.evidence_words import because, in_numbers, settles, weighed
from verifier.report.markdown_evidence import in_full, in_short
from verifier.report.markdown_text import cell, code_cell, folded, inline, prose
from verifier.report.notices import replied
from verifier.report.permalinks import Permalinks
from verifier.report.plain_evidence import plain, words_not_judged
from verifier.report.reading_order import Kind
from verifier.report.templates import markdown_templates
from verifier.report.words import counted, money, tokens
from verifier.values.fact import Fact
from verifier.values.record import ContextRecord, RulingRecord, RunRecord
from verifier.values.ruling import RuledPart


def claim_section(ruling: RulingRecord, links: Permalinks, day: date) -> str:
    """The claim's section, heading included; by `day` a waiver holds or has expired."""
    context = ruling.context
    changed = () if context.changes is None else (*context.changes.shown, *context.changes.named)
    shown = (
        *context.whole,
        *context.in_part,
        *context.left_out,
        *context.not_in_commit,
        *changed,
    ) or context.redactions
    given = {"besides": list(_besides(ruling, bool(shown))), "evidence": _evidence(ruling.parts, links), "shown": shown}
    return templates().get_template("claim.md.j2").render(ruling=ruling, links=links, day=day, **given).rstrip("\n")


def claimed(ruling: RulingRecord) -> str:
    """The beginning of what is claimed as a table's cell, with the words of it that nobody judged."""
    said, words = cell(plain(ruling.statement.replace("`", ""), _FEW)), words_not_judged(ruling, _FEW)
    return f"{said} (not judged: {inline(words)})" if words is not None else said


_FEW = 90
"""Characters of a statement, and of its words that were not judged, in a table."""


@cache
def templates() -> Environment:
    """The templates of the report."""
    called = (asides, evidence_words, markdown_evidence, markdown_text, notices, reading_order, words)
    templates = markdown_templates(Path(__file__).parent, *called, claim_section, part_rows, spent)
    templates.globals["SIGNS"] = words.SIGNS
    return templates


def spent(record: RunRecord) -> str:
    """Tokens of the run and what they cost."""
    if not any(one.usage for ruling in record.rulings for one in ruling.exchanges):
        return "none reported"
    by = (inline(by) for ruling in record.rulings for by in ruling.priced_by)
    return f"{tokens(record.totals.usage)}; {money(record.totals.cost, by)}"


def part_rows(kind: Kind, facts: Sequence[Fact], links: Permalinks) -> tuple[list[str], list[tuple[str, ...]]]:
    """The evidence that all parts of a kind have in common, and a row for each of them."""
    evidence = [dict(in_short(ruled, links)) for ruled in kind.parts]
    shared = [one for one in evidence[0] if len(evidence) > 1 and all(one in own for own in evidence)]
    common = [Counter(own[one] for own in evidence).most_common(1)[0][0] for one in shared]
    return common, [
        (
            f"**{cell(ruled.id)}**: {prose(ruled.part.text, code_cell)}",
            "" if kind.because else cell(because(ruled)),
            _second_reading(ruled),
            prose(what_settles(ruled, facts), code_cell),
            "<br>".join(line for one, line in own.items() if one not in shared),
        )
        for ruled, own in zip(kind.parts, evidence, strict=True)
    ]


def _second_reading(ruled: RuledPart) -> str:
    """The second reader's reason, and his answer where the kind's rule does not tell it."""
    reading = ruled.evidence.reading
    if reading is None:
        return ""
    answer, why = settles(reading), prose(reading.why, code_cell)
    if answer in ruled.because:
        return why
    return f"**{answer}**. {why}" if why else f"**{answer}**"


def _evidence(parts: Sequence[RuledPart], links: Permalinks) -> str:
    """All evidence, folded away."""
    full = in_full(parts, links)
    numbers = in_numbers([weighed(ruled.evidence) for ruled in parts], sum(len(one.evidence.near) for one in parts))
    return folded(f"Evidence in full: {numbers or 'none'}", full) if full else ""


def _besides(ruling: RulingRecord, shown: bool) -> Iterator[str]:
    """What is folded away beside the evidence, in numbers."""
    failed = sum(not fact.holds for fact in ruling.facts)
    if ruling.facts:
        yield counted(len(ruling.facts), "fact") + (f", {failed} not so" if failed else "")
    if ruling.answers:
        yield "the model's opinion"
    if shown:
        yield f"shown to it: {shown_in_numbers(ruling.context)}"
    if ruling.exchanges:
        yield rounds_counted(ruling)
    if ruling.kept:
        yield "a reply that failed"


def shown_in_numbers(context: ContextRecord) -> str:
    """How much of what the model was shown: "2 whole, 1 left out; and the diff of 1 file"."""
    number = {
        "whole": context.whole,
        "in part": context.in_part,
        "left out": context.left_out,
        "not in the commit": context.not_in_commit,
    }
    said = ", ".join(f"{len(entries):,} {word}" for word, entries in number.items() if entries)
    shown = context.changes.shown if context.changes is not None else ()
    return f"{said}; and the diff of {counted(len(shown), 'file')}" if shown else said


def rounds_counted(ruling: RulingRecord) -> str:
    """How often the model was asked, who answered, and what it took: "2 rounds with the model, 1 second reading"."""
    said = [f"{counted(len(ruling.rounds), 'round')} with the model"]
    if ruling.leads is not None:
        said.append("asked first where to look")
    read = sum(one.reading is not None for one in ruling.rounds)
    if read:
        said.append(counted(read, "second reading"))
    said += [number for number, _ in replied(Counter(one.source for one in ruling.exchanges)).values()]
    asked = ", ".join(said)
    if not any(one.usage for one in ruling.exchanges):
        return asked
    return f"{asked}: {tokens(ruling.usage)}; {money(ruling.cost, map(inline, ruling.priced_by))}"
