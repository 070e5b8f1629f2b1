"""Controls in the words that every format shares: figures with their intervals, and each failure with its evidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from verifier.measures.intervals import wilson
from verifier.report.notices import replied
from verifier.report.plain_evidence import evidence_lines, part_line, plain
from verifier.report.words import counted, money, ruling_line, tokens
from verifier.values.control import ControlKind, Figures
from verifier.values.record import ControlRecord, ControlsRecord

WHAT_THEY_ARE = (
    "Claims whose outcome is known beforehand, judged like all others. They say what the judge is worth, and are no "
    "rulings on the commit."
)


def figures_line(figures: Figures) -> str:
    """How many came out right: "cut noticed 9 of 9 (70-100 %) · false twins caught 7 of 8 (53-98 %)"."""
    said = []
    for kind, figure in figures.items():
        likely = wilson(figure.right, figure.of)
        said.append(
            f"{kind.when_right} {figure.right} of {figure.of} ({100 * likely.low:.0f}-{100 * likely.high:.0f} %)"
        )
    return " · ".join(said)


def controls_line(controls: ControlsRecord) -> str:
    """The figures, and how many could not be judged; why there are none."""
    if not controls.controls:
        return "none could be made: of no claim that is borne out is anything cited, counted or said"
    lost = counted(len(controls.not_judged), "control") if controls.not_judged else ""
    return "; ".join(filter(None, (figures_line(controls.figures), lost and f"{lost} could not be judged")))


def how_made(controls: ControlsRecord) -> str:
    """Of how many claims, by which seed, what they took, and which replies no model gave to this run."""
    claims = counted(len({one.claim_id for one in controls.controls}), "claim")
    spent = f"{tokens(controls.usage)}; {money(controls.cost)}" if controls.usage.total else "no tokens reported"
    sources = Counter(reply.source for one in controls.controls for reply in one.outcome.exchanges)
    given = "".join(f" {number}: {said}." for number, said in replied(sources).values())
    return f"Of {claims}, drawn by seed {controls.seed}; counted apart from the run: {spent}.{given}"


def telling(controls: ControlsRecord) -> tuple[ControlRecord, ...]:
    """The controls that a reader is to look at: those that came out wrong, and those that could not be judged."""
    return (*controls.failed, *controls.not_judged)


def title(control: ControlRecord) -> str:
    """Which control of which claim: "pool-drains, p2: cut not noticed"."""
    of = control.claim_id if control.part is None else f"{control.claim_id}, {control.part}"
    if control.holds is None:
        return f"{of}: {control.kind} could not be judged"
    return f"{of}: {control.kind} not {control.kind.when_right.rpartition(' ')[2]}"


def lines(control: ControlRecord) -> Iterator[str]:
    """What was changed, what was judged, and what its outcome rests on, a line each."""
    outcome = control.outcome
    yield f"changed: {plain(control.how)}"
    yield f"judged: {plain(outcome.statement)}"
    yield f"outcome: {ruling_line(outcome)}" + (f": {plain(outcome.error)}" if outcome.error else "")
    if control.kind is ControlKind.CUT and control.holds is False:
        yield "what it rests on now is another place that says the same, or the judge did not look"
    for part in outcome.parts:
        yield part_line(part)
        yield from evidence_lines(part)
