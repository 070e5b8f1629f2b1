"""The Markdown report: for people who want to see at a glance what the commit bears out, and then why."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from verifier.report.asides import day_of, ruling_with_asides
from verifier.report.controls import WHAT_THEY_ARE, controls_line, how_made, lines, telling, title
from verifier.report.format import Format
from verifier.report.markdown_claim import claim_section
from verifier.report.markdown_text import cell, code_span, inline, link, list_item, prose, table
from verifier.report.notices import notices
from verifier.report.permalinks import Permalinks
from verifier.report.readers import Reader, agreement, first_reader, second_reader
from verifier.report.reading_order import grouped, waiting
from verifier.report.words import counted, evidence_of, money, spread, tokens
from verifier.safety.invisible import visible
from verifier.values.record import RunRecord

_Groups = Sequence[tuple[str, Sequence[int]]]

_HOW_TO_READ = """\
<details>
<summary>How to read this report</summary>

The model gives a **verdict**: an answer for each part of the claim, with lines and searches as evidence. verifier looks
up every line and makes every search in the commit. A **second reader**, who is shown what stands of that evidence and
nothing else, says what it settles. From both follows a **ruling**, by this table, first match:

| Parts | Ruling |
| --- | --- |
| a refuted part is marked essential | ❌ NOT RESOLVED |
| any partly, or proven beside refuted | ⚠️ PARTIALLY RESOLVED |
| any unproven | ❔ UNPROVEN, with the range it could still be |
| all proven | ✅ FULLY RESOLVED |
| all refuted | ❌ NOT RESOLVED |
| the work could not be done | ⛔ ERROR: no ruling at all |

A part is proven, partly so or refuted where both readings say the same of evidence that stands, and unproven otherwise.
This table decides, and never the model's own word. A claim needs a person where it has no ruling, where a part is
unproven or its two readings differ, or where less of it is borne out than in the baseline. Cited lines are code of the
program where nothing else is said of them. Replies verbatim, and all that is shortened here, are in the run record, the
`.json` beside this file; `verifier recheck` derives every ruling again.

{details}

</details>"""


def render(record: RunRecord) -> str:
    """The report; the same record always gives the same text."""
    return "".join(pieces(record))


def pieces(record: RunRecord) -> Iterator[str]:
    """The same a section at a time."""
    sections = filter(None, _sections(record))
    yield next(sections)
    for section in sections:
        yield f"\n\n{section}"
    yield "\n"


def _sections(record: RunRecord) -> Iterator[str]:
    links, day = Permalinks.of(record.repository.remote, record.repository.commit), day_of(record)
    # By number: the rulings themselves may be more than memory has room for.
    groups = grouped(range(len(record.rulings)), record.rulings.__getitem__)
    yield f"# {inline(record.claim_set.title)}"
    yield "\n".join(_head(record, links))
    yield "\n>\n".join(_notices(record))
    yield "## Rulings"
    yield f"{spread(record)}. {waiting(record)}"
    yield table(("Claim", "Ruling"), _rows(groups, record, day))
    yield from _controls(record)
    for heading, numbers in groups:
        yield f"## {heading}"
        yield from (claim_section(record.rulings[number], links, day) for number in numbers)
    yield _HOW_TO_READ.format(details="\n".join(_settings(record)))


FORMAT = Format("markdown", ".md", render, pieces=pieces)


def _head(record: RunRecord, links: Permalinks) -> Iterator[str]:
    repository, claim_set = record.repository, record.claim_set
    yield f"- **Generated**: {inline(record.generated)} by {inline(record.tool)}"
    yield f"- **Verdicts by**: {_model(first_reader(record))}"
    yield f"- **Second readings by**: {_model(second_reader(record))}; {agreement(record)}"
    committed = f", committed {inline(repository.committed_at)}" if repository.committed_at else ""
    ref = "" if repository.ref == repository.commit else f", {code_span(repository.ref)}"
    yield f"- **Commit**: {link(code_span(repository.commit), links.commit)}{ref}{committed}"
    if links.repository is not None:
        yield f"- **Repository**: {link(code_span(links.repository), links.repository)}"
    chosen = "" if record.subset is None else f", only those chosen by {inline(record.subset)}"
    yield f"- **Claims**: {counted(record.totals.claims, 'claim')} of {code_span(claim_set.path)}{chosen}"
    if record.controls is not None:
        yield f"- **Controls**: {controls_line(record.controls)}"
    yield f"- **Evidence**: {evidence_of(record)}"
    yield f"- **Tokens**: {_tokens(record)}"


def _model(reader: Reader) -> str:
    if reader.is_as_asked:
        return code_span(reader.requested)
    by = ", ".join(code_span(name) for name in reader.answered)
    return f"{code_span(reader.requested)} was asked for; " + (f"the replies say {by}" if by else "no reply came")


def _tokens(record: RunRecord) -> str:
    if not any(r.usage for ruling in record.rulings for r in ruling.exchanges):
        return "none reported"
    by = (inline(by) for ruling in record.rulings for by in ruling.priced_by)
    return f"{tokens(record.totals.usage)}; {money(record.totals.cost, by)}"


def _notices(record: RunRecord) -> Iterator[str]:
    """What a reader must know before believing anything below."""
    for one in notices(record, "others of the set were not judged in this run"):
        yield f"> **{one.what}**{one.of}: {one.follows}."
    for note in record.repository.notes:
        yield f"> **Note**: {inline(note)}."


def _rows(groups: _Groups, record: RunRecord, day: date) -> Iterator[tuple[str, str]]:
    """The claims in the order of their sections, each with its ruling, linked by the anchor of its heading.

    A heading that was met before gets a number from the host. Source: GitHub Docs, "Section links".
    """
    met: Counter[str] = Counter()

    def anchor(heading: str) -> str:
        plain = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        name = plain if not met[plain] else f"{plain}-{met[plain]}"
        met[plain] += 1
        return name

    controls = ("Controls",) if record.controls is not None else ()
    for heading in (visible(" ".join(record.claim_set.title.split())), "Rulings", *controls):
        anchor(heading)
    for heading, numbers in groups:
        anchor(heading)
        for ruling in map(record.rulings.__getitem__, numbers):
            yield link(cell(ruling.claim_id), f"#{anchor(ruling.claim_id)}"), ruling_with_asides(ruling, day)


def _controls(record: RunRecord) -> Iterator[str]:
    """What became of claims whose outcome is known beforehand; those that came out wrong with their evidence."""
    if record.controls is not None:
        yield "## Controls"
        yield f"{WHAT_THEY_ARE} {how_made(record.controls)}"
        for one in telling(record.controls):
            told = (list_item(prose(line), depth=1) for line in lines(one))
            yield "\n".join((list_item(f"**{inline(title(one))}**"), *told))


def _settings(record: RunRecord) -> Iterator[str]:
    """With what the run was made."""
    if record.settings:
        pairs = ", ".join(f"{inline(name)} {inline(str(value))}" for name, value in sorted(record.settings.items()))
        yield f"- Settings: {pairs}"
    claim_set = record.claim_set
    yield f"- Claim file: {code_span(claim_set.path)}, sha256 {code_span(claim_set.digest[:12])}"
    for label, globs in (
        ("Shown with every claim", claim_set.context.include),
        ("Shown with no claim", claim_set.context.exclude),
        ("Never sent", claim_set.never_send),
    ):
        if globs:
            yield f"- {label}: {', '.join(code_span(one) for one in globs)}"
