"""One claim in Markdown: what is claimed and ruled, each part with its evidence, then everything else folded away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from verifier.report.asides import Aside, asides
from verifier.report.evidence_words import because, fact_line, nearest, not_standing, weighed
from verifier.report.markdown_evidence import evidence, list_item, near, place, readings, set_aside, spans
from verifier.report.markdown_text import cell, code_block, code_span, inline, prose
from verifier.report.notices import replied
from verifier.report.permalinks import Permalinks
from verifier.report.plain_evidence import words_not_judged
from verifier.report.words import SIGNS, counted, differs, money, part_differs, ruling_line, short, spoken, tokens
from verifier.values.claim import Word
from verifier.values.fact import Fact
from verifier.values.outcome import Exchange, Round
from verifier.values.pack import ManifestEntry
from verifier.values.prompt import Source
from verifier.values.record import ChangesRecord, ContextRecord, RulingRecord
from verifier.values.ruling import RuledPart


def claim_section(ruling: RulingRecord, links: Permalinks, day: date) -> str:
    """The claim's section, heading included; by `day` a waiver holds or has expired."""
    pieces = [
        f"## {inline(ruling.claim_id)}",
        _statement(ruling),
        f"**Ruling**: {ruling_line(ruling)}",
        "\n".join(list_item(_aside(aside)) for aside in asides(ruling, day)),
        *_reasons(ruling),
        "\n".join(_part(part, links) for part in ruling.parts),
        _set_aside(ruling.parts, links),
        _near(ruling.parts, links),
        _opinion(ruling),
        _facts(ruling.facts),
        _context(ruling.context, links),
        _rounds(ruling),
        _kept(ruling),
    ]
    return "\n\n".join(piece for piece in pieces if piece)


def _statement(ruling: RulingRecord) -> str:
    """What is claimed, and which of its words nobody judged."""
    said = f"> {prose(ruling.statement)}"
    return f"{said}\n>\n> **Not judged**: {not_judged(ruling)}." if ruling.not_judged else said


def claimed(ruling: RulingRecord) -> str:
    """The beginning of what is claimed as a table's cell, with the words of it that nobody judged."""
    said, words = cell(short(ruling.statement)), words_not_judged(ruling, _FEW)
    return f"{said} (not judged: {inline(words)})" if words is not None else said


_FEW = 90
"""Characters of words that were not judged, in a table."""


def not_judged(ruling: RulingRecord) -> str:
    """Words of the statement that no ruling is about, each in quotation marks."""
    return ", ".join(f'"{inline(words)}"' for words in ruling.not_judged)


def _aside(aside: Aside) -> str:
    what = f"**{inline(aside.what.capitalize())}**"
    return f"{what}: {prose(aside.follows)}" if aside.follows else what


def _reasons(ruling: RulingRecord) -> Iterable[str]:
    """Why it is ruled so, in how far the model said otherwise, and who gave the replies."""
    if ruling.ruling is Word.ERROR:
        yield f"**No ruling**: {inline(ruling.error or '')}"
        if ruling.verdict is not None:
            yield f"The model's verdict before the error: {ruling.verdict}. No ruling rests on it."
    else:
        yield f"Why: {inline(ruling.because)}. {_verdict(ruling)}"
    for source, (number, said) in replied(r.source for r in ruling.exchanges).items():
        yield f"**{number}**: {said}{_dates(ruling, source)}."


def _dates(ruling: RulingRecord, source: Source) -> str:
    dates = sorted({r.recorded_at for r in ruling.exchanges if r.source is source and r.recorded_at})
    return f" ({', '.join(inline(date) for date in dates)})" if dates else ""


def _verdict(ruling: RulingRecord) -> str:
    if not differs(ruling):
        return f"The model's verdict agrees: {ruling.verdict}."
    otherwise = [
        f"{inline(ruled.id)} is {ruled.state} (the model: {spoken(ruled.part.holds)})"
        for ruled in ruling.parts
        if part_differs(ruled)
    ]
    parts = f" Parts that differ: {', '.join(otherwise)}." if otherwise else ""
    return f"**The model's verdict differs: {ruling.verdict}**; the rule just named decided, not the model.{parts}"


def _part(ruled: RuledPart, links: Permalinks) -> str:
    items = [f"Why: {inline(because(ruled))}", *readings(ruled), *evidence(weighed(ruled.evidence), links)]
    return "\n".join(
        [
            list_item(f"{SIGNS[ruled.state]} **{inline(ruled.id)} {ruled.state}**: {prose(ruled.part.text)}"),
            *(list_item(item, depth=1) for item in items),
        ]
    )


def _set_aside(parts: Sequence[RuledPart], links: Permalinks) -> str:
    """What the model gave as evidence and does not stand, by part."""
    pieces = [(ruled.id, weighed(ruled.evidence)) for ruled in parts]
    summary = not_standing(sum(own.set_aside for _, own in pieces))
    return _by_part(summary, [(part_id, list(set_aside(own, links))) for part_id, own in pieces])


def _near(parts: Sequence[RuledPart], links: Permalinks) -> str:
    """Lines and paths that come near to what was searched for, by part."""
    summary = nearest(sum(len(ruled.evidence.near) for ruled in parts), "a part's")
    return _by_part(summary, [(ruled.id, list(near(ruled.evidence, links))) for ruled in parts])


def _by_part(summary: str, items: Iterable[tuple[str, Sequence[str]]]) -> str:
    lines: list[str] = []
    for part_id, own in items:
        if own:
            lines += [list_item(f"{inline(part_id)}:"), *(list_item(item, depth=1) for item in own)]
    return _folded(summary, "\n".join(lines)) if lines else ""


def _opinion(ruling: RulingRecord) -> str:
    if not ruling.answers:
        return ""
    answers = [
        list_item(
            f"{inline(given.question)}: **{inline(spoken(given.answer)) or '-'}**"
            + (f". {prose(given.why)}" if given.why.strip() else "")
        )
        for given in ruling.answers
    ]
    return "\n".join(["**The model's opinion**, which is no part of the ruling:", "", *answers])


def _folded(summary: str, body: str) -> str:
    """What a reader unfolds. The summary stands in HTML, so it is made of our own words alone."""
    return f"<details>\n<summary>{summary}</summary>\n\n{body}\n\n</details>"


def _facts(facts: Iterable[Fact]) -> str:
    items = [list_item(inline(fact_line(fact))) for fact in facts]
    if not items:
        return ""
    failed = sum(1 for fact in facts if not fact.holds)
    summary = f"Facts, looked up without a model: {counted(len(items), 'fact')}"
    return _folded(f"{summary}, {failed} not so" if failed else summary, "\n".join(items))


def _context(context: ContextRecord, links: Permalinks) -> str:
    groups = [
        ("whole", "Shown whole", context.whole),
        ("in part", "Shown in part", context.in_part),
        ("left out", "In the commit, but left out", context.left_out),
        ("not in the commit", "Not in the commit", context.not_in_commit),
    ]
    lines = [
        list_item(f"{label}: {_supplied(entry, links, label)}") for _, label, entries in groups for entry in entries
    ]
    if context.changes is not None:
        lines += _changes(context.changes, links)
    if not lines:
        return ""
    if context.redactions:
        lines.append(list_item(f"Secrets replaced before anything was sent: {context.redactions:,}"))
    summary = ", ".join(f"{len(entries):,} {word}" for word, _, entries in groups if entries)
    if context.changes is not None and context.changes.shown:
        summary += f"; and the diff of {counted(len(context.changes.shown), 'file')}"
    return _folded(f"What the model was shown: {summary}", "\n".join(lines))


def _changes(changes: ChangesRecord, links: Permalinks) -> Iterable[str]:
    """What was shown of the branch's changes, which is no evidence."""
    base = code_span(changes.base[:12])
    for label, entries in ((f"Diff against {base} shown", changes.shown), (f"Differs from {base}", changes.named)):
        for entry in entries:
            yield list_item(f"{label}: {place(entry.path, None, links, linked=False)}: {inline(entry.how)}")


def _supplied(entry: ManifestEntry, links: Permalinks, label: str) -> str:
    there = label.startswith("Shown")
    size = ""
    if entry.lines:
        size = f", lines {spans(entry.lines)} of {entry.total_lines:,}"
    elif entry.total_lines:
        size = f", {counted(entry.total_lines, 'line')}"
    spent = f", {counted(entry.tokens, 'token')}" if entry.tokens else ""
    return f"{place(entry.path, None, links, linked=there)}{size}{spent}: {inline(entry.why) or '-'}"


def _rounds(ruling: RulingRecord) -> str:
    if not ruling.rounds:
        return ""
    summary = rounds_counted(ruling)
    if any(r.usage for r in ruling.exchanges):
        summary += f": {tokens(ruling.usage)}; {money(ruling.cost, map(inline, ruling.priced_by))}"
    return _folded(summary, "\n".join(_round(r) for r in ruling.rounds))


def rounds_counted(ruling: RulingRecord) -> str:
    """How often the model was asked: "2 rounds with the model, 1 second reading"."""
    said = f"{counted(len(ruling.rounds), 'round')} with the model"
    read = sum(one.reading is not None for one in ruling.rounds)
    return f"{said}, {counted(read, 'second reading')}" if read else said


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
        f"{one.source} reply of {code_span(one.model)}",
        f"about {counted(one.tokens_estimated, 'token')} sent by our count",
        tokens(one.usage) if one.usage else "no usage reported",
        *besides,
    ]
    digests = ", ".join(f"{inline(name)} {code_span(digest[:12])}" for name, digest in one.digests.items())
    return f"{'; '.join(said)}; prompt digests: {digests}"


def _kept(ruling: RulingRecord) -> str:
    if not ruling.kept:
        return ""
    return _folded("What came back all the same", code_block(ruling.kept))
