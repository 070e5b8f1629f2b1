"""Judge the labelled sets end to end, by the real client against an emulator that answers from an inbox of replies.

A prompt without a reply is left in the inbox, and its claim is open: see `tests.demo.authoring`. Tokens are counted by
our own count of what was sent and what came back, since authored replies have no usage.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.judged.sets import Set
from benchmarks.judged.variants import AS_SHIPPED, SINGLE, Variant
from tests.demo.authoring import Asked, authored, refusal, reply_to, verifier
from tests.model.emulator import Answer, Request
from verifier.cost.tokens import count_tokens
from verifier.records.document import from_json
from verifier.report.controls import figures_line, title
from verifier.repository.index import Index
from verifier.repository.snapshot import Snapshot
from verifier.values.claim import Word
from verifier.values.record import ControlRecord, RulingRecord, figures_of

_ROW = "| {} | {} | {} | {} | {} | {} | {} | {} |"


@dataclass(frozen=True)
class Judged:
    """One set, or all of them, with what became of the claims."""

    name: str
    rulings: tuple[RulingRecord, ...]
    tokens: int
    """Of all requests and replies, by our own count. 0 where a cassette answered."""
    unanswered: tuple[Path, ...]
    """Prompts that wait for a reply."""
    controls: tuple[ControlRecord, ...] = ()

    def with_word(self, *, right: bool) -> list[RulingRecord]:
        """The claims whose ruling is as labelled, or is another one than that."""
        settled = [one for one in self.rulings if one.ruling not in (Word.UNPROVEN, Word.ERROR)]
        return [one for one in settled if (one.ruling is one.claim.expect) is right]

    def open(self, word: Word) -> list[RulingRecord]:
        """The claims that are unproven, or could not be judged."""
        return [one for one in self.rulings if one.ruling is word]


def judge(
    judged: Set,
    work: Path,
    inbox: Path | None,
    *,
    ids: Iterable[str],
    record: bool = False,
    controls: int = 0,
    variant: Variant = AS_SHIPPED,
) -> Judged:
    """Judge a set's claims: answered from the inbox, or from its cassette where there is none.

    `record`: whether the run becomes the set's cassette; `controls`: of how many claims controls are judged, too;
    `variant`: how they are asked about.

    Raises:
        PackageError: The package cannot be had here.
    """
    folder = judged.repository(work)
    kept = work / "ways" / variant.slug
    command = ["run", str(judged.claim_file), "--repo", str(folder), "--ref", "HEAD", "--json", "--quiet"]
    command += ["--reports", str(kept / "reports"), "--journal", str(kept / "journal.sqlite"), "--fail-on", "never"]
    command += [part for claim_id in ids for part in ("--claim", claim_id)]
    command += ["--controls", str(controls), "--controls-seed", "3"] if controls else []
    tokens, unanswered = list[int](), list[Path]()

    def answering(request: Request) -> Answer:
        assert inbox is not None, "a cassette asks nobody"
        asked = variant.sent(Asked.of(request))
        place = variant.place(inbox, asked)
        reply = reply_to(asked, request, place)
        if reply is None:
            unanswered.append(place / f"{asked.key}.prompt.md")
            return refusal(asked, place)
        # Several are answered at once; a list loses none.
        tokens.append(count_tokens(asked.whole) + count_tokens(reply) if place.name != SINGLE else 0)
        with lock:
            return authored(variant.back(json.loads(reply), asked, index))

    if inbox is None:
        command += ["--replay", str(judged.cassette)]
    else:
        # Authored replies count only where a run is recorded or replayed.
        cassette = judged.cassette if record else kept / judged.cassette.name
        cassette.unlink(missing_ok=True)
        command += ["--record", str(cassette), "--authored", "--attempts", "1"]
        inbox.mkdir(parents=True, exist_ok=True)
    lock = threading.Lock()
    with Snapshot.open(folder) as snapshot:
        index = Index(snapshot)
        done = verifier(command, answering)
    print(done.stderr, end="", file=sys.stderr)
    run = from_json(done.stdout)
    judged_controls = run.controls.controls if run.controls is not None else ()
    waiting = tuple(sorted(set(unanswered)))
    return Judged(judged.name, tuple(run.rulings), sum(tokens), waiting, judged_controls)


def table(found: Sequence[Judged]) -> Iterator[str]:
    """What became of the claims, a row a package, and below it each claim that is not ruled as it is labelled."""
    yield from heading("package")
    everything = together("all", found)
    for one in (*found, everything):
        yield row(one)
    yield ""
    for one in found:
        # Where prompts wait for a reply, claims have an error for that alone.
        not_judged = [] if one.unanswered else one.open(Word.ERROR)
        for ruling in (*one.with_word(right=False), *one.open(Word.UNPROVEN), *not_judged):
            states = ", ".join(f"{part.id} {part.state}" for part in ruling.parts)
            ruled = f"labelled {ruling.claim.expect}, ruled {ruling.ruling}"
            yield f"- {one.name} {ruling.claim_id}: {ruled} ({states or ruling.error})"
    if everything.controls:
        yield f"\nControls: {figures_line(figures_of(everything.controls))}"
        for one in found:
            yield from (f"- {one.name} {title(control)}" for control in one.controls if not control.holds)


def heading(first: str) -> Iterator[str]:
    """The first two lines of a table, whose first column is called so."""
    more = (
        "claims",
        "right",
        "wrong",
        "unproven",
        "not judged",
        "requests a claim: leads, first, second",
        "tokens a claim",
    )
    yield _ROW.format(first, *more)
    yield _ROW.format(*["---"] * 8)


def together(name: str, found: Sequence[Judged]) -> Judged:
    """Several sets as one."""
    return Judged(
        name,
        tuple(ruling for one in found for ruling in one.rulings),
        sum(one.tokens for one in found),
        tuple(prompt for one in found for prompt in one.unanswered),
        tuple(control for one in found for control in one.controls),
    )


def row(one: Judged) -> str:
    claims = len(one.rulings)
    firsts = [round_ for ruling in one.rulings for round_ in ruling.rounds]
    seconds = [round_ for round_ in firsts if round_.reading is not None]
    led = [ruling for ruling in one.rulings if ruling.leads is not None]
    return _ROW.format(
        one.name,
        claims,
        len(one.with_word(right=True)),
        len(one.with_word(right=False)),
        len(one.open(Word.UNPROVEN)),
        len(one.open(Word.ERROR)),
        " + ".join(f"{len(asked) / claims:.2f}" for asked in (led, firsts, seconds)),
        f"{one.tokens // claims:,}" if one.tokens else "-",
    )
