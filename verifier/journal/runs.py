"""What was ruled: every run with its rulings, and what they say of a claim over time."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from verifier.journal.store import Statement, Store
from verifier.values.claim import NEVER_JUDGED, Claim, Word
from verifier.values.control import ControlKind, Figure
from verifier.values.prompt import Source, digest
from verifier.values.ruling import State
from verifier.values.verdict import VerdictWord


def claim_digest(claim: Claim) -> str:
    """SHA-256 of all of a claim that bears on its ruling: not its id, label and tags, nor what gates make of it."""
    return digest(claim.model_dump_json(exclude=set(NEVER_JUDGED)))


def code_key(supplied: Mapping[str, str]) -> str:
    """SHA-256 of the code that a claim was judged by: the paths supplied, each with its blob."""
    return digest(json.dumps(sorted(supplied.items())))


@dataclass(frozen=True)
class KeptRun:
    """One run over one claim set."""

    commit: str
    ref: str
    claims_path: str
    claims_digest: str
    tool: str


@dataclass(frozen=True)
class KeptRuling:
    """What one run ruled of one claim."""

    claim_id: str
    claim_digest: str
    word: Word
    range: tuple[Word, ...] = ()
    counts: Mapping[State, int] = field(default_factory=dict)
    verdict: VerdictWord | None = None
    """The model's own word. None where none could be read."""
    source: Source | None = None
    """Where its replies came from; live where only some did. None where nothing was answered."""
    carried_from: str | None = None
    """The commit that the verdict was given on, where it was carried over."""
    supplied: Mapping[str, str] = field(default_factory=dict)
    """Paths that were supplied, each with its blob."""
    tokens: int = 0
    """What this run paid for."""
    cost: float | None = None
    """US dollars. None where the price is not known."""


@dataclass(frozen=True)
class PastRuling:
    """A ruling with the run that it is from."""

    run: int
    commit: str
    ref: str
    started: str
    finished: str | None
    """None: the run was killed."""
    ruling: KeptRuling
    claims_path: str


class Runs:
    """The runs that were kept."""

    def __init__(self, store: Store, now: Callable[[], str]) -> None:
        self._store = store
        self._now = now

    def begin(self, run: KeptRun) -> int:
        """Write down that a run starts; gives its number."""
        values = (run.commit, run.ref, run.claims_path, run.claims_digest, run.tool, self._now())
        sql = "INSERT INTO runs (commit_id, ref, claims_path, claims_digest, tool, started) VALUES (?, ?, ?, ?, ?, ?)"
        return self._store.write([Statement(sql, values)])

    def add(self, run: int, rulings: Sequence[KeptRuling]) -> None:
        """Write down what the run ruled; may be called many times."""
        self._store.write([_insert(run, ruling) for ruling in rulings])

    def finish(self, run: int) -> None:
        """Write down that the run came to its end."""
        self._store.write([Statement("UPDATE runs SET finished = ? WHERE id = ?", (self._now(), run))])

    def keep_controls(self, run: int, figures: Mapping[ControlKind, Figure]) -> None:
        """Write down how many of the run's controls came out right."""
        sql = "INSERT INTO controls (run, kind, held, judged) VALUES (?, ?, ?, ?)"
        self._store.write([Statement(sql, (run, kind.value, of.right, of.of)) for kind, of in figures.items()])

    def controls(self) -> dict[int, dict[ControlKind, Figure]]:
        """By their numbers the runs that had controls, each with how many came out right."""
        found: dict[int, dict[ControlKind, Figure]] = {}
        for run, kind, held, judged in self._store.rows("SELECT run, kind, held, judged FROM controls ORDER BY rowid"):
            found.setdefault(run, {})[ControlKind(kind)] = Figure(held, judged)
        return found

    def history(self, claim_id: str | None = None) -> tuple[PastRuling, ...]:
        """Every ruling of the claim, or of all claims, newest first."""
        # One condition for both ("?1 IS NULL OR ...") makes SQLite look at every ruling for each claim.
        of_claim, values = ("", ()) if claim_id is None else ("WHERE claim_id = ?", (claim_id,))
        rows = self._store.rows(f"{_PAST} {of_claim} ORDER BY rulings.id DESC", *values)
        return tuple(_past(row) for row in rows)

    def last_ruling(self, claim_id: str, claim: str, commit: str) -> KeptRuling | None:
        """What was ruled last of the claim on the commit. None where nothing was of one of its digest."""
        of_claim = "WHERE claim_id = ? AND claim_digest = ? AND commit_id = ? ORDER BY rulings.id DESC LIMIT 1"
        rows = self._store.rows(f"{_PAST} {of_claim}", claim_id, claim, commit)
        return _past(rows[0]).ruling if rows else None

    def differing_verdicts(self, judged: Collection[tuple[str, str]]) -> dict[tuple[str, str], Counter[VerdictWord]]:
        """The model's words on claims over the same code, counted, by claim and code; only where they differ.

        Only what was asked anew counts: the same reply read twice says nothing new.
        """
        rows = self._store.rows(
            "SELECT claim_digest, code_key, verdict, count(*) FROM rulings"
            " WHERE claim_digest IN (SELECT value FROM json_each(?))"
            " AND source = 'live' AND verdict IS NOT NULL GROUP BY claim_digest, code_key, verdict",
            json.dumps(sorted({claim for claim, _ in judged})),
        )
        counted: dict[tuple[str, str], Counter[VerdictWord]] = {}
        for claim, code, word, count in rows:
            if (claim, code) in judged:
                counted.setdefault((claim, code), Counter())[VerdictWord(word)] = count
        return {key: words for key, words in counted.items() if len(words) > 1}


_PAST = (
    "SELECT runs.id, commit_id, ref, started, finished, claims_path, claim_id, claim_digest, word, range,"
    " counts, verdict, source, carried_from, supplied, tokens, cost FROM rulings JOIN runs ON runs.id = rulings.run"
)
_COLUMNS = (
    "run, claim_id, claim_digest, word, range, counts, verdict, source, carried_from, supplied, tokens, cost, code_key"
)


def _insert(run: int, ruling: KeptRuling) -> Statement:
    values = (
        run,
        ruling.claim_id,
        ruling.claim_digest,
        ruling.word.value,
        json.dumps(ruling.range),
        json.dumps(ruling.counts),
        ruling.verdict,
        ruling.source,
        ruling.carried_from,
        json.dumps(ruling.supplied),
        ruling.tokens,
        ruling.cost,
        code_key(ruling.supplied),
    )
    marks = ", ".join("?" * len(values))
    return Statement(f"INSERT INTO rulings ({_COLUMNS}) VALUES ({marks})", values)  # noqa: S608  # our own names


def _past(row: tuple[Any, ...]) -> PastRuling:
    run, commit, ref, started, finished, claims_path, *kept = row
    claim_id, claim, word, possible, counts, verdict, source, carried_from, supplied, tokens, cost = kept
    ruling = KeptRuling(
        claim_id,
        claim,
        Word(word),
        tuple(Word(one) for one in json.loads(possible)),
        {State(state): count for state, count in json.loads(counts).items()},
        None if verdict is None else VerdictWord(verdict),
        None if source is None else Source(source),
        carried_from,
        json.loads(supplied),
        tokens,
        cost,
    )
    return PastRuling(run, commit, ref, started, finished, ruling, claims_path)
