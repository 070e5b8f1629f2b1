"""The readings and the evidence of a part in the words that every format has for them, in the order in which it shows.

The words are those of a reader who has not read the documentation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from verifier.report.words import counted, spoken
from verifier.values.fact import Fact, FactKind
from verifier.values.grounding import AbsenceFinding, AbsenceStanding, Grounding, Hit, Standing, TextKind
from verifier.values.reading import About, PartReading, Settles
from verifier.values.ruling import PartEvidence, RuledPart
from verifier.values.source import Lines
from verifier.values.verdict import Absence, Holds, Part, Syntax

_KINDS = {
    TextKind.PROSE: "a comment, docstring or documentation",
    TextKind.TEST: "a test",
    TextKind.GENERATED: "a generated file",
    TextKind.VENDORED: "vendored",
    TextKind.MINIFIED: "minified",
    TextKind.EXAMPLE: "an example",
}

_SETTLES = {
    Settles.SHOWS: "the evidence shows it",
    Settles.SHOWS_PARTLY: "the evidence shows it in part",
    Settles.REFUTES: "the evidence refutes it",
    Settles.SILENT: "the evidence does not settle it",
}

_ABOUT = {About.PROSE: "comments or documentation", About.TESTS: "tests"}


# What was said.


def because(ruled: RuledPart) -> str:
    """The rule that decided a part. Where it ends in the second reader's words, which stand beside it, without them."""
    reading = ruled.evidence.reading
    if reading is None:
        return ruled.because
    missing = f"; missing: {reading.missing}" if reading.missing else ""
    return ruled.because.removesuffix(f": {reading.why}{missing}")


def answer(part: Part) -> str | None:
    """What the model said of the part. None where it said nothing at all, as of parts that follow from the claim."""
    return spoken(part.holds) if part.holds is not Holds.CANNOT_TELL or part.why.strip() else None


def outside(ruled: RuledPart) -> str | None:
    """The package outside the commit that decides the part, in the model's opinion. None where `because` names it."""
    package = ruled.part.outside
    return package if package.strip() and package not in ruled.because else None


def settles(reading: PartReading) -> str:
    """What the second reader finds, and as what he took the part: "the evidence shows it, as a part about tests"."""
    about = _ABOUT.get(reading.about)
    return _SETTLES[reading.answer] + (f", as a part about {about}" if about else "")


# What it rests on.


@dataclass(frozen=True)
class Weighed:
    """The evidence of a part in the order in which it is shown."""

    facts: tuple[Fact, ...]
    """Those that are evidence by themselves, since no line can be cited for them."""
    standing: tuple[Grounding, ...]
    searches: tuple[AbsenceFinding, ...]
    """Those that could be made, though perhaps not everywhere; the second reader saw them and what they found."""
    failing: tuple[Grounding, ...]
    unmade: tuple[AbsenceFinding, ...]

    @property
    def seen(self) -> int:
        """How many pieces both readers had before them."""
        return len(self.facts) + len(self.standing) + len(self.searches)

    @property
    def set_aside(self) -> int:
        """How many pieces do not stand."""
        return len(self.failing) + len(self.unmade)


def weighed(evidence: PartEvidence) -> Weighed:
    """What both readers had before them, then what does not stand."""
    citations, absences = evidence.groundings, evidence.absences
    return Weighed(
        tuple(one for one in evidence.facts if not one.can_be_cited),
        tuple(one for one in citations if one.stands),
        tuple(one for one in absences if one.standing is not AbsenceStanding.BAD_PATTERN),
        tuple(one for one in citations if not one.stands),
        tuple(one for one in absences if one.standing is AbsenceStanding.BAD_PATTERN),
    )


def in_numbers(pieces: Sequence[Weighed], near: int) -> str:
    """How much evidence this is, by kind, with so many lines that come near: "5 citations, 2 searches"."""
    numbers = [
        (sum(len(one.facts) for one in pieces), "fact", "facts"),
        (sum(len(one.standing) for one in pieces), "citation", "citations"),
        (sum(len(one.searches) for one in pieces), "search", "searches"),
        (sum(one.set_aside for one in pieces), "piece that does not stand", "pieces that do not stand"),
        (near, "line or path nearest to its words", "lines and paths nearest to its words"),
    ]
    return ", ".join(counted(*number) for number in numbers if number[0])


def kind(grounding: Grounding) -> str | None:
    """What kind of text is cited, where it is not the program's code."""
    return _KINDS.get(grounding.kind) if grounding.kind is not None else None


def stub_or_dead(grounding: Grounding, text: Callable[[str], str]) -> str | None:
    """Why a citation that stands shows nothing that runs, as it may where it speaks against the part."""
    if grounding.stub is not None:
        return f"a stub: {text(grounding.stub)}"
    return f"it never runs: {text(grounding.dead)}" if grounding.dead is not None else None


def found_at(grounding: Grounding) -> str | None:
    """Where a quote stands that stands elsewhere: "found at line 3 instead of lines 8-9, and also at 44". Else None."""
    if grounding.standing is not Standing.MOVED:
        return None
    others = ", ".join(map(str, grounding.found[1:]))
    also = f", and also at {others}" if others else ""
    return f"found at {spoken_lines(grounding.place)} instead of {spoken_lines(grounding.citation.lines)}{also}"


def spoken_lines(lines: Lines) -> str:
    """A range as "line 3" or "lines 8-9"."""
    return f"line {lines}" if lines.first == lines.last else f"lines {lines}"


def searched(absence: Absence, pattern: Callable[[str], str], path: Callable[[str], str]) -> str:
    """What was searched for, and where; what is foreign as the reader's format writes it."""
    syntax = "" if absence.syntax is Syntax.LITERAL else " (a regular expression)"
    return f"{pattern(absence.pattern)}{syntax} in {', '.join(map(path, absence.paths)) or 'the whole commit'}"


def result(finding: AbsenceFinding, text: Callable[[str], str] = str) -> str:
    """What a search found, in numbers, and what it could not read; `text` writes what is foreign in it."""
    if finding.standing is AbsenceStanding.BAD_PATTERN:
        return f"it cannot be searched for: {text(finding.problem or '')}"
    hits = counted(finding.total, "hit") if finding.total else "no hit"
    said = f"{hits} in {counted(finding.files_searched, 'file')} searched"
    if not finding.unread:
        return said
    settled = "" if finding.total else ", which settles nothing"
    return f"{said}{settled}; not searched: {'; '.join(map(text, finding.unread))}"


def hits_of(finding: AbsenceFinding) -> str:
    """How often something was found, in short: "no hit", "3 hits (not all could be searched)"."""
    hits = counted(finding.total, "hit") if finding.total else "no hit"
    return f"{hits} (not all could be searched)" if finding.unread else hits


def all_hits(finding: AbsenceFinding) -> int:
    """How many lines and paths match, shown or not."""
    return max(finding.total, len(finding.hits))


def all_near(evidence: PartEvidence) -> int:
    """How many lines and paths come near to the part's words, shown or not."""
    return max(evidence.near_total, len(evidence.near))


def hit_notes(hit: Hit, text: Callable[[str], str] = str) -> Iterator[str]:
    """What a found line or path is: "comment"; and whether its text was kept from the model."""
    yield text(hit.kind)
    if hit.excluded:
        yield "kept from the model"


def fact_line(fact: Fact) -> str:
    """The fact; of a check, that it is the claim's own, and whether it holds."""
    if fact.kind is not FactKind.CHECK:
        return fact.says
    about = f", about {fact.part}" if fact.part else ""
    optional = "" if fact.required else ", optional"
    state = "holds" if fact.holds else "is open" if fact.undecided else "fails"
    return f"The claim's own check {state}{about}{optional}: {fact.says}"
