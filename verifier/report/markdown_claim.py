"""One claim in Markdown: what is claimed and ruled, its parts by kind, then everything else folded away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from verifier.report.agent import what_settles
from verifier.report.asides import Aside, asides
from verifier.report.evidence_words import because, fact_line, in_numbers, settles, weighed
from verifier.report.markdown_evidence import in_full, in_short, place, spans
from verifier.report.markdown_text import (
    cell,
    code_block,
    code_cell,
    code_span,
    folded,
    inline,
    list_item,
    listed,
    prose,
    table,
)
from verifier.report.notices import replied
from verifier.report.permalinks import Permalinks
from verifier.report.plain_evidence import words_not_judged
from verifier.report.reading_order import Kind, kinds
from verifier.report.words import SIGNS, counted, differs, money, ruling_line, short, spoken, tokens
from verifier.values.claim import Word
from verifier.values.fact import Fact
from verifier.values.outcome import Exchange, Round
from verifier.values.pack import ManifestEntry
from verifier.values.record import ContextRecord, RulingRecord
from verifier.values.ruling import RuledPart


def claim_section(ruling: RulingRecord, links: Permalinks, day: date) -> str:
    """The claim's section, heading included; by `day` a waiver holds or has expired."""
    pieces = [
        f"### {inline(ruling.claim_id)}",
        _statement(ruling),
        _ruled(ruling),
        listed(_aside(aside) for aside in asides(ruling, day)),
        *(_kind(kind, ruling.facts, links) for kind in kinds(ruling.parts)),
        _evidence(ruling.parts, links),
        _besides(ruling, links),
    ]
    return "\n\n".join(piece for piece in pieces if piece)


def claimed(ruling: RulingRecord) -> str:
    """The beginning of what is claimed as a table's cell, with the words of it that nobody judged."""
    said, words = cell(short(ruling.statement)), words_not_judged(ruling, _FEW)
    return f"{said} (not judged: {inline(words)})" if words is not None else said


_FEW = 90
"""Characters of words that were not judged, in a table."""


def _statement(ruling: RulingRecord) -> str:
    """What is claimed, and which of its words nobody judged."""
    said = f"> {prose(ruling.statement)}"
    words = ", ".join(f'"{inline(words)}"' for words in ruling.not_judged)
    return f"{said}\n>\n> **Not judged**: {words}." if words else said


def _ruled(ruling: RulingRecord) -> str:
    """The ruling and why it is so, or why there is none; and the model's own word where that is another."""
    said = f"**Ruling**: {ruling_line(ruling)}"
    if ruling.ruling is Word.ERROR:
        before = f" The model's verdict before the error: {ruling.verdict}." if ruling.verdict is not None else ""
        return f"{said}: {inline(ruling.error or '')}.{before}"
    other = f" **The model's verdict differs: {ruling.verdict}.**" if differs(ruling) else ""
    return f"{said}; {inline(ruling.because)}.{other}"


def _aside(aside: Aside) -> str:
    what = f"**{inline(aside.what.capitalize())}**"
    return f"{what}: {prose(aside.follows)}" if aside.follows else what


def _kind(kind: Kind, facts: Sequence[Fact], links: Permalinks) -> str:
    """The parts of a kind in a table, under what they have in common."""
    evidence = [list(in_short(ruled, links)) for ruled in kind.parts]
    common = [one for one in evidence[0] if len(evidence) > 1 and all(one in own for own in evidence)]
    rows = [
        (
            f"**{cell(ruled.id)}**: {prose(ruled.part.text, code_cell)}",
            "" if kind.because else cell(because(ruled)),
            _second_reading(ruled),
            prose(what_settles(ruled, facts), code_cell),
            "<br>".join(one for one in own if one not in common),
        )
        for ruled, own in zip(kind.parts, evidence, strict=True)
    ]
    head = ("Part", "Why", "Second reading", "What would settle it", "Strongest evidence")
    said = (
        f"{SIGNS[kind.state]} **{len(kind.parts)} {kind.state}**{f': {inline(kind.because)}' if kind.because else ''}"
    )
    shared = f"; all of them by {', and by '.join(common)}" if common else ""
    return f"{said}{shared}\n\n{table(head, rows)}"


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
    if not full:
        return ""
    near = sum(len(ruled.evidence.near) for ruled in parts)
    numbers = in_numbers([weighed(ruled.evidence) for ruled in parts], near)
    return folded(f"Evidence in full: {numbers or 'none'}", full)


def _besides(ruling: RulingRecord, links: Permalinks) -> str:
    """What no ruling rests on, and how it came about."""
    failed = sum(not fact.holds for fact in ruling.facts)
    pieces = [
        (
            counted(len(ruling.facts), "fact") + (f", {failed} not so" if failed else ""),
            "Facts, looked up without a model:",
            listed(inline(fact_line(fact)) for fact in ruling.facts),
        ),
        (
            "the model's opinion",
            "The model's opinion, which is no part of the ruling:",
            listed(
                f"{inline(given.question)}: **{inline(spoken(given.answer)) or '-'}**"
                + (f". {prose(given.why)}" if given.why.strip() else "")
                for given in ruling.answers
            ),
        ),
        (
            f"shown to it: {shown_in_numbers(ruling.context)}",
            "What the model was shown:",
            listed(_context(ruling.context, links)),
        ),
        (rounds_counted(ruling), "How it was asked:", "\n".join(map(_round, ruling.rounds))),
        ("a reply that failed", "What came back all the same:", code_block(ruling.kept) if ruling.kept else ""),
    ]
    there = [(summary, f"{label}\n\n{body}") for summary, label, body in pieces if body]
    return folded("; ".join(summary for summary, _ in there), "\n\n".join(body for _, body in there)) if there else ""


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


def _context(context: ContextRecord, links: Permalinks) -> Iterator[str]:
    for label, entries in (
        ("Shown whole", context.whole),
        ("Shown in part", context.in_part),
        ("In the commit, but left out", context.left_out),
        ("Not in the commit", context.not_in_commit),
    ):
        yield from (f"{label}: {_supplied(entry, links, label)}" for entry in entries)
    if context.changes is not None:
        base = code_span(context.changes.base[:12])
        for label, changed in (
            (f"Diff against {base} shown", context.changes.shown),
            (f"Differs from {base}", context.changes.named),
        ):
            yield from (f"{label}: {code_span(one.path)}: {inline(one.how)}" for one in changed)
    if context.redactions:
        yield f"Secrets replaced before anything was sent: {context.redactions:,}"


def _supplied(entry: ManifestEntry, links: Permalinks, label: str) -> str:
    there = label.startswith("Shown")
    size = ""
    if entry.lines:
        size = f", lines {spans(entry.lines)} of {entry.total_lines:,}"
    elif entry.total_lines:
        size = f", {counted(entry.total_lines, 'line')}"
    spent = f", {counted(entry.tokens, 'token')}" if entry.tokens else ""
    return f"{place(entry.path, None, links, linked=there)}{size}{spent}: {inline(entry.why) or '-'}"


def rounds_counted(ruling: RulingRecord) -> str:
    """How often the model was asked, who answered, and what it took: "2 rounds with the model, 1 second reading"."""
    said = [f"{counted(len(ruling.rounds), 'round')} with the model"]
    read = sum(one.reading is not None for one in ruling.rounds)
    if read:
        said.append(counted(read, "second reading"))
    said += [number for number, _ in replied(one.source for one in ruling.exchanges).values()]
    asked = ", ".join(said)
    if not any(one.usage for one in ruling.exchanges):
        return asked
    return f"{asked}: {tokens(ruling.usage)}; {money(ruling.cost, map(inline, ruling.priced_by))}"


def _round(one: Round) -> str:
    said = []
    if one.granted:
        said.append(f"the model asked for and got {', '.join(code_span(path) for path in one.granted)}")
    if one.refused:
        said.append(f"refused it {', '.join(code_span(path) for path in one.refused)}")
    asked = list_item(f"Round {one.round}: {_exchange(one, said)}")
    if one.reading is None:
        return asked
    return f"{asked}\n{list_item(f'Second reading: {_exchange(one.reading)}', depth=1)}"


def _exchange(one: Exchange, besides: Iterable[str] = ()) -> str:
    """Who answered, what it took, and the digests of what was asked."""
    said = [
        f"{one.source} reply of {code_span(one.model)}" + (f" of {inline(one.recorded_at)}" if one.recorded_at else ""),
        f"about {counted(one.tokens_estimated, 'token')} sent by our count",
        tokens(one.usage) if one.usage else "no usage reported",
        *besides,
    ]
    digests = ", ".join(f"{inline(name)} {code_span(digest[:12])}" for name, digest in one.digests.items())
    return f"{'; '.join(said)}; prompt digests: {digests}"
