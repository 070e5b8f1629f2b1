"""The evidence of a part in the words that every format has for it, and in the order in which each shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from verifier.report.words import counted
from verifier.values.fact import Fact, FactKind
from verifier.values.grounding import AbsenceFinding, AbsenceStanding, Grounding, Hit, TextKind
from verifier.values.ruling import PartEvidence
from verifier.values.verdict import Absence, Syntax

_KINDS = {
    TextKind.PROSE: "comment, docstring or documentation",
    TextKind.TEST: "a test",
    TextKind.GENERATED: "a generated file",
}


@dataclass(frozen=True)
class Weighed:
    """The evidence of a part in the order in which it is shown."""

    counting: tuple[Grounding, ...]
    absent: tuple[AbsenceFinding, ...]
    """Absences that a ruling may rest on."""
    failing: tuple[Grounding, ...]
    doubtful: tuple[AbsenceFinding, ...]


def weighed(evidence: PartEvidence) -> Weighed:
    """What counts, then what does not."""
    citations, absences = evidence.groundings, evidence.absences
    return Weighed(
        tuple(one for one in citations if one.counts),
        tuple(one for one in absences if carries(one)),
        tuple(one for one in citations if not one.counts),
        tuple(one for one in absences if not carries(one)),
    )


def carries(finding: AbsenceFinding) -> bool:
    """Whether a ruling may rest on the absence."""
    return finding.standing is AbsenceStanding.CONFIRMED and finding.pertinent


def kind(grounding: Grounding) -> str | None:
    """What kind of text is cited, where it is not code."""
    return _KINDS.get(grounding.kind) if grounding.kind is not None else None


def searched(absence: Absence, pattern: Callable[[str], str], path: Callable[[str], str]) -> str:
    """What was searched for, and where; what is foreign as the reader's format writes it."""
    syntax = "" if absence.syntax is Syntax.LITERAL else " (a regular expression)"
    return f"{pattern(absence.pattern)}{syntax} in {', '.join(map(path, absence.paths)) or 'the whole commit'}"


def found(finding: AbsenceFinding) -> str:
    """What a search that could be made found, in numbers."""
    contesting = counted(finding.contesting, "hit") if finding.contesting else "no hit"
    said = [f"{contesting} in {counted(finding.files_searched, 'file')} searched"]
    if finding.answered:
        said.append(f"{counted(finding.answered, 'hit')} that the model was shown and has answered")
    if finding.excused:
        said.append(f"{counted(finding.excused, 'hit')} that cannot contest (prose, tests, vendored, generated, locks)")
    return "; ".join(said)


def all_hits(finding: AbsenceFinding) -> int:
    """How many lines match, shown or not."""
    return max(finding.contesting + finding.answered + finding.excused, len(finding.hits))


def hit_notes(hit: Hit, text: Callable[[str], str] = str) -> Iterator[str]:
    """What there is to say of a hit beside its place."""
    if hit.near:
        yield "another spelling"
    if hit.excused:
        yield f"cannot contest: {text(hit.excused)}"
    if hit.excluded:
        yield "kept from the model"


def fact_line(fact: Fact) -> str:
    """The fact; of a check, that it is the claim's own, and whether it holds."""
    if fact.kind is not FactKind.CHECK:
        return fact.says
    about = f", about {fact.part}" if fact.part else ""
    optional = "" if fact.required else ", optional"
    return f"The claim's own check {'holds' if fact.holds else 'fails'}{about}{optional}: {fact.says}"
