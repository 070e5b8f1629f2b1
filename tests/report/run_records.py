"""A run record with one of everything that a report may have to show: every ruling, standing and source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pydantic import TypeAdapter

from verifier.values.claim import Claim, Context, Word
from verifier.values.fact import Fact, FactKind
from verifier.values.grounding import AbsenceFinding, AbsenceStanding, Grounding, Hit, Standing, TextKind
from verifier.values.history import History, JudgedCommit, Strip
from verifier.values.outcome import Exchange, Round
from verifier.values.pack import ManifestEntry, Supply
from verifier.values.prompt import Source, Usage
from verifier.values.reading import About, PartReading, Settles
from verifier.values.record import (
    ClaimSetRecord,
    ContextRecord,
    ModelRecord,
    PolicyChangeRecord,
    PolicyRecord,
    ReadingsRecord,
    RepositoryRecord,
    RulingRecord,
    RunRecord,
    TotalsRecord,
)
from verifier.values.ruling import PartEvidence, RuledPart, State
from verifier.values.source import Lines
from verifier.values.verdict import Absence, Answer, Citation, Holds, Part, Role, Syntax, VerdictWord

COMMIT = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
REMOTE = "https://github.com/example/pool.git"

MODEL = "gemini-3.8-flash"
READER = "gemini-3.1-pro-preview"

DRAIN = "    def drain(self):\n        while self.items:\n            self.items.pop().close()"


RECORDS: TypeAdapter[RunRecord] = TypeAdapter(RunRecord)
"""Takes a record apart into plain values, enumerations left as they are, and puts it together again."""


def lines(*numbers: int) -> Lines:
    return Lines(numbers[0], numbers[-1])


def cited(path: str, first: int, last: int, quote: str, role: Role = Role.SUPPORTS, **given: Any) -> Grounding:
    """A citation that is exact and counts, except for what is given."""
    exact: dict[str, Any] = {"standing": Standing.EXACT, "found": (lines(first, last),), "kind": TextKind.CODE}
    return Grounding(Citation(path, first, last, quote, role), **{**exact, **given})


def lost(path: str, first: int, last: int, quote: str, standing: Standing, **given: Any) -> Grounding:
    """A citation that was not found."""
    return cited(path, first, last, quote, **{"standing": standing, "found": (), "kind": None, **given})


def absent(
    pattern: str, syntax: Syntax = Syntax.LITERAL, paths: tuple[str, ...] = (), why: str = "", **given: Any
) -> AbsenceFinding:
    """An absence that is confirmed, except for what is given."""
    confirmed: dict[str, Any] = {"standing": AbsenceStanding.CONFIRMED, "files_searched": 124}
    return AbsenceFinding(Absence(pattern, syntax, paths, why), **{**confirmed, **given})


def settled(answer: Settles, why: str = "", missing: str = "", about: About = About.CODE) -> PartReading:
    """What a second reader says of a part; `part` gives it the part's id."""
    return PartReading("p0", answer, why, missing, about)


def part(
    number: int,
    text: str,
    holds: Holds,
    state: State,
    because: str,
    *,
    why: str = "",
    outside: str = "",
    citations: Sequence[Grounding] = (),
    absences: Sequence[AbsenceFinding] = (),
    reading: PartReading | None = None,
    **given: Any,
) -> RuledPart:
    """A part whose span is its text; what is given besides is of its evidence."""
    stated = Part(f"p{number}", text, text, holds, why, outside=outside)
    read = replace(reading, id=stated.id) if reading is not None else None
    return RuledPart(PartEvidence(stated, tuple(citations), tuple(absences), reading=read, **given), state, because)


def asked(number: int, source: Source = Source.LIVE, **given: Any) -> Round:
    """A round with a live reply, except for what is given."""
    live: dict[str, Any] = {
        "digests": {"system": "51" * 32, "shared": "5a" * 32, "claim": "c1" * 32},
        "tokens_estimated": 5_300,
        "reply": '{"parts": []}',
        "model": MODEL,
    }
    return Round(round=number, source=source, **{**live, **given})


def read_again(number: int, source: Source = Source.LIVE, **given: Any) -> Exchange:
    """The second reading of a round, by a reply that is live, except for what is given."""
    live: dict[str, Any] = {
        "digests": {"system": "52" * 32, "evidence": "e7" * 32},
        "tokens_estimated": 900,
        "reply": '{"parts": [], "uncovered": [], "not_judged": [], "unfaithful": []}',
        "model": READER,
    }
    return Exchange(round=number, source=source, **{**live, **given})


def ruled(claim_id: str, statement: str, ruling: Word, because: str, *parts: RuledPart, **given: Any) -> RulingRecord:
    """A ruling on parts, with one live round and its cost, except for what is given."""
    usual: dict[str, Any] = {
        "claim": Claim(id=claim_id, statement=statement),
        "rounds": (asked(1, usage=Usage(prompt=5_120, cached=1_024, output=830, thoughts=200)),),
        "usage": Usage(prompt=5_120, cached=1_024, output=830, thoughts=200),
        "cost": 0.0123,
    }
    return RulingRecord(
        claim_id=claim_id, statement=statement, ruling=ruling, because=because, parts=parts, **{**usual, **given}
    )


def run(*rulings: RulingRecord, **given: Any) -> RunRecord:
    """A run with totals that fit its rulings."""
    exchanges = [one for ruling in rulings for one in ruling.exchanges]
    parts = [one.evidence for ruling in rulings for one in ruling.parts]
    words = Counter(ruling.ruling for ruling in rulings)
    standings = Counter(one.standing for part in parts for one in part.groundings)
    searches = Counter(one.standing for part in parts for one in part.absences)
    sources = Counter(one.source for one in exchanges)
    agreed = Counter(one.agree for one in parts if one.reading is not None)
    costs = [ruling.cost for ruling in rulings]
    usual: dict[str, Any] = {
        "tool": "verifier 0.1.0",
        "generated": "2025-07-18T13:42:42+00:00",
        "repository": RepositoryRecord(
            commit=COMMIT, ref="phase4", remote=REMOTE, committed_at="2025-07-17T09:00:00+02:00"
        ),
        "claim_set": ClaimSetRecord(
            path="claims/pool.yaml", title="Connection pool", digest="d1" * 32, questions=("implementation present",)
        ),
        "model": ModelRecord(requested=MODEL, answered=tuple(sorted({one.model for one in exchanges}))),
        "settings": {"max_rounds": 3, "budget_tokens": 60_000, "reader_model": READER},
        "totals": TotalsRecord(
            claims=len(rulings),
            rulings={word: words[word] for word in Word},
            citations={standing: standings[standing] for standing in Standing},
            absences={standing: searches[standing] for standing in AbsenceStanding},
            readings=ReadingsRecord(agreed=agreed[True], differed=agreed[False]),
            usage=sum((ruling.usage for ruling in rulings), Usage()),
            cost=None if None in costs else sum(cost or 0 for cost in costs),
            sources={source: sources[source] for source in Source},
        ),
    }
    return RunRecord(rulings=rulings, **{**usual, **given})


YES = "both readings find that the evidence shows it"
SOME = "both readings find that the evidence shows some of it"
NO = "both readings find that the evidence refutes it"
YES_ALONE = "the model says yes, but none of its evidence stands"
SILENT = "the model says yes, but a second reader finds that the evidence does not settle it"

FULLY = ruled(
    "pool-drains",
    "A robust `Pool.drain` closes every item, in `src/pool.py`, and is tested",
    Word.FULLY,
    "every part is proven",
    part(
        1,
        "`Pool.drain` closes every item",
        Holds.YES,
        State.PROVEN,
        YES,
        why="It pops items until none is left, and closes each.",
        citations=(
            cited("src/pool.py", 5, 7, DRAIN),
            cited("src/pool.py", 30, 30, "pool.drain()", unreferenced="shut_down"),
        ),
        reading=settled(Settles.SHOWS, "The loop runs until `items` is empty and closes what it pops."),
        facts=(Fact(FactKind.PATH, "src/pool.py", holds=True, says='"src/pool.py" is in the commit: 40 lines'),),
    ),
    part(
        2,
        "it is tested",
        Holds.YES,
        State.PROVEN,
        YES,
        citations=(cited("tests/test_pool.py", 3, 3, "def test_drain():", kind=TextKind.TEST),),
        reading=settled(Settles.SHOWS, "A test drains a pool.", about=About.TESTS),
    ),
    not_judged=("robust",),
    verdict=VerdictWord.FULLY,
    answers=(
        Answer(question="implementation present", answer="yes", why="`drain` is there."),
        Answer(question="production ready", answer="cannot_tell"),
    ),
    facts=(
        Fact(kind=FactKind.PATH, subject="src/pool.py", holds=True, says='"src/pool.py" is in the commit: 40 lines'),
        Fact(
            kind=FactKind.CHECK,
            subject="symbol: drain",
            holds=True,
            says="symbol drain: defined",
            part="p1",
            required=True,
        ),
    ),
    context=ContextRecord(
        whole=(ManifestEntry("src/pool.py", Supply.WHOLE, "named in the statement", total_lines=40, tokens=310),),
        in_part=(
            ManifestEntry(
                "tests/test_pool.py",
                Supply.IN_PART,
                "mentions drain",
                lines=(lines(1, 20), lines(44, 44)),
                total_lines=1_900,
                tokens=260,
            ),
        ),
        redactions=2,
    ),
    rounds=(
        asked(
            1,
            usage=Usage(prompt=5_120, cached=1_024, output=830, thoughts=200),
            reading=read_again(1, usage=Usage(prompt=910, output=120, thoughts=60)),
        ),
    ),
    usage=Usage(prompt=6_030, cached=1_024, output=950, thoughts=260),
    cost=0.0141,
)

PARTIALLY = ruled(
    "retries",
    "Calls are retried with exponential backoff in `src/net/retry.py`, and give up after three attempts",
    Word.PARTIALLY,
    "a proven part stands beside a refuted one",
    part(
        1,
        "calls are retried with exponential backoff",
        Holds.YES,
        State.PROVEN,
        YES,
        citations=(
            cited(
                "src/net/retry.py",
                8,
                9,
                "        pause(2**attempt)",
                standing=Standing.MOVED,
                found=(lines(3, 3), lines(44, 44), lines(90, 90)),
            ),
            cited("docs/retry.md", 1, 1, "Calls are retried.", kind=TextKind.PROSE),
            cited(
                "vendor/tenacity.py",
                1,
                1,
                "class Retrying:",
                kind=TextKind.VENDORED,
                why_not=("the file is vendored, and the claim does not name it",),
            ),
        ),
        reading=settled(Settles.SHOWS, "Each attempt pauses for twice as long."),
    ),
    part(
        2,
        "they give up after three attempts",
        Holds.NO,
        State.REFUTED,
        NO,
        why="The loop has no end.",
        citations=(cited("src/net/retry.py", 2, 2, "    while True:", role=Role.CONTRADICTS),),
        reading=settled(Settles.REFUTES),
    ),
    part(
        3,
        "the pause doubles from attempt to attempt",
        Holds.PARTLY,
        State.PARTLY,
        SOME,
        citations=(cited("src/net/retry.py", 3, 3, "        pause(2**attempt)"),),
        reading=settled(Settles.SHOWS_PARTLY, "It doubles, from an unknown start.", "The first value of `attempt`."),
    ),
    verdict=VerdictWord.FULLY,
    rounds=(
        asked(
            1,
            Source.AUTHORED,
            model="authored",
            recorded_at="2025-07-18T13:00:00+00:00",
            reading=read_again(
                1, Source.AUTHORED, model="authored", recorded_at="2025-07-18T13:00:00+00:00", tokens_estimated=700
            ),
        ),
        asked(
            2,
            Source.AUTHORED,
            model="authored",
            recorded_at="2025-07-18T13:00:00+00:00",
            granted=("src/net/retry.py",),
            refused=("../secrets.env", "vendor/**"),
        ),
    ),
    usage=Usage(),
    cost=0.0,
)

NOT = ruled(
    "audit-log",
    "Passwords are hashed with bcrypt in `src/security.py`",
    Word.NOT,
    "every part is refuted",
    part(
        1,
        "passwords are hashed with bcrypt",
        Holds.NO,
        State.REFUTED,
        NO,
        why="There is no such file, and nothing imports bcrypt.",
        citations=(
            lost("src/security.py", 1, 4, "import bcrypt", Standing.NO_SUCH_FILE, near_path="src/old/security.py"),
        ),
        absences=(
            absent(
                "bcrypt",
                why="An import or a call would name it.",
                standing=AbsenceStanding.HITS,
                total=9,
                hits=(
                    Hit("README.md", 9, "Passwords: bcrypt", "documentation"),
                    Hit("src/users.py", 4, "# TODO: bcrypt", "comment"),
                    Hit("tests/test_users.py", 2, 'pytest.skip("bcrypt")', "test"),
                    Hit("vendor/bcrypt/LICENSE", 0, "vendor/bcrypt/LICENSE", "path"),
                    Hit("vendor/bcrypt/hash.py", 1, "def bcrypt():", "vendored"),
                    Hit("src/users.py", 90, "    bcrypt()", "dead code"),
                ),
            ),
            absent("import (bcrypt|argon2)", syntax=Syntax.ERE, paths=("src/**", "lib/**"), files_searched=1),
        ),
        reading=settled(Settles.REFUTES, "Nothing that runs names it, and the file is not there."),
        facts=(
            Fact(
                kind=FactKind.PATH,
                subject="src/security.py",
                holds=False,
                says='"src/security.py" is not in the commit',
                can_be_cited=False,
            ),
        ),
        near=(
            Hit("src/users.py", 12, "def hash_password(text):"),
            Hit("src/hashing", 0, "src/hashing", "path"),
            Hit("tests/test_users.py", 8, "assert hashed(password)", "test"),
        ),
        near_total=14,
    ),
    verdict=VerdictWord.NOT,
    facts=(
        Fact(
            kind=FactKind.PATH,
            subject="src/security.py",
            holds=False,
            says='"src/security.py" is not in the commit',
            can_be_cited=False,
        ),
        Fact(kind=FactKind.CHECK, subject="matches: bcrypt", holds=False, says="matches bcrypt: no line of 1"),
    ),
    context=ContextRecord(
        left_out=(ManifestEntry("data/big.bin", Supply.LEFT_OUT, "binary"),),
        not_in_commit=(ManifestEntry("src/security.py", Supply.NOT_IN_COMMIT, "named in the statement"),),
    ),
    rounds=(asked(1, Source.JOURNAL, reading=read_again(1, Source.JOURNAL)),),
    usage=Usage(),
)

UNPROVEN = ruled(
    "limits",
    "Requests are limited per user, metrics are exported and pushed, no request bypasses the limit, and no `audit_log` "
    "is left",
    Word.UNPROVEN,
    "a part is unproven",
    part(
        1,
        "requests are limited per user",
        Holds.YES,
        State.PROVEN,
        YES,
        citations=(cited("src/limits.go", 12, 14, "func limit(user string) bool {\n\treturn counts[user] < most\n}"),),
        reading=settled(Settles.SHOWS, "It compares the user's count with the most."),
    ),
    part(
        2,
        "metrics are exported",
        Holds.YES,
        State.UNPROVEN,
        f"{SILENT}: It starts something; missing: the body of `start`",
        why="An exporter is started.",
        citations=(
            cited("src/main.go", 20, 20, "\tmetrics.start()"),
            lost("src/metrics.go", 3, 5, "func export() {", Standing.NOT_FOUND, true_text="// nothing here\n"),
            lost("src/metrics.go", 900, 905, "go export()", Standing.OUTSIDE_FILE, true_text="the file has 12 lines"),
            lost("src/metrics.go", 9, 3, "", Standing.MALFORMED, why_not=("the quote is empty",)),
            cited(
                "src/metrics.go",
                7,
                7,
                "func start() {}",
                stub="its body is empty",
                why_not=("a stub: its body is empty",),
            ),
            cited(
                "src/metrics.go",
                11,
                11,
                "\texport()",
                dead="after return",
                why_not=("it never runs: after return",),
            ),
        ),
        reading=settled(Settles.SILENT, "It starts something", "the body of `start`"),
    ),
    part(
        3,
        "no request bypasses the limit",
        Holds.YES,
        State.UNPROVEN,
        "the model says yes, but a second reader finds that the evidence refutes it: Line 31 bypasses it.",
        absences=(
            absent(
                "bypass",
                standing=AbsenceStanding.HITS,
                total=9,
                hits=(
                    Hit("src/admin.go", 31, "\tif bypass(user) {"),
                    Hit("private/keys.go", 2, "", excluded=True),
                    Hit("bypass.lock", 0, "bypass.lock", "path"),
                    Hit("src/admin.go", 40, "\t// bypass", "comment"),
                ),
            ),
            absent(
                "bypass(",
                syntax=Syntax.ERE,
                standing=AbsenceStanding.BAD_PATTERN,
                files_searched=0,
                problem="missing closing )",
            ),
        ),
        reading=settled(Settles.REFUTES, "Line 31 bypasses it."),
        near=(Hit("src/admin.go", 30, "func skipLimit(user string) {"), Hit("private/keys.go", 3, "", excluded=True)),
        near_total=2,
    ),
    part(
        4,
        "no `audit_log` is left",
        Holds.YES,
        State.UNPROVEN,
        YES_ALONE,
        absences=(
            absent(
                "audit_log",
                standing=AbsenceStanding.UNDECIDED,
                unread=("data/dump.bin: too large", "sub/module: a submodule"),
            ),
        ),
    ),
    part(
        5,
        "metrics are pushed",
        Holds.CANNOT_TELL,
        State.UNPROVEN,
        "the model cannot tell: it rests on prometheus_client, outside the commit",
        why="The push is the client's.",
        outside="prometheus_client",
    ),
    part(
        6,
        "not addressed: per user",
        Holds.CANNOT_TELL,
        State.UNPROVEN,
        "no part of the reply says what these words of the claim say",
        open_because="no part of the reply says what these words of the claim say",
    ),
    verdict=VerdictWord.CANNOT_TELL,
    range=(Word.FULLY, Word.PARTIALLY),
    rounds=(
        asked(
            1,
            Source.RECORDED,
            recorded_at="2025-07-18T12:00:00+00:00",
            model="gemini-3.8-flash-001",
            reading=read_again(1, Source.RECORDED, recorded_at="2025-07-18T12:00:00+00:00"),
        ),
    ),
    usage=Usage(),
    cost=None,
)

ERROR = ruled(
    "shutdown",
    "Shutdown waits for running requests",
    Word.ERROR,
    "",
    verdict=VerdictWord.PARTIALLY,
    error='"shutdown": the reply cannot be read as a verdict: not JSON; it is kept in the run record',
    kept="I am sorry, but ```I``` cannot.",
)

EVERYTHING = run(
    FULLY,
    PARTIALLY,
    NOT,
    UNPROVEN,
    ERROR,
    complete=False,
    subset="tag core",
    repository=RepositoryRecord(
        commit=COMMIT,
        ref="phase4",
        remote=REMOTE,
        committed_at="2025-07-17T09:00:00+02:00",
        uncommitted=3,
        notes=("the clone is shallow",),
    ),
    claim_set=ClaimSetRecord(
        path="claims/pool.yaml",
        title="Connection pool",
        digest="d1" * 32,
        questions=("implementation present", "production ready"),
        context=Context(include=("docker/**",), exclude=("**/Evidence.md",)),
        never_send=("secrets/**",),
    ),
)

PLAIN = run(
    ruled(
        "pool-drains",
        "The pool drains",
        Word.FULLY,
        "every part is proven",
        part(1, "the pool drains", Holds.YES, State.PROVEN, YES, citations=(cited("src/pool.py", 5, 7, DRAIN),)),
        verdict=VerdictWord.FULLY,
    ),
    repository=RepositoryRecord(commit=COMMIT, ref=COMMIT),
)
"""A run of which there is nothing to warn: live, complete, a remote unknown."""


def waived(ruling: RulingRecord, expires: str, **given: Any) -> RulingRecord:
    """The ruling of a claim that somebody waived until a day."""
    waiver = {"reason": "Comes with `v2`.", "owner": "the <core> team", "expires": expires}
    claim = Claim.model_validate({**ruling.claim.model_dump(), "waiver": waiver})
    return replace(ruling, claim=claim, **given)


BESIDES = run(
    waived(NOT, "2025-07-18", new=True),
    waived(PARTIALLY, "2025-07-17", carried_from="1" * 40),
    waived(ERROR, "2026-01-31"),
    replace(
        FULLY,
        claim=FULLY.claim.model_copy(update={"required": True}),
        verdicts={VerdictWord.FULLY: 2, VerdictWord.NOT: 1},
    ),
    policy=PolicyRecord(
        ref="main",
        commit="a" * 40,
        changes=(PolicyChangeRecord(claim_id="retries", what="is changed by the branch: statement"),),
    ),
    repository=RepositoryRecord(
        commit=COMMIT, ref="phase4", remote=REMOTE, uncommitted=1, notes=("claims are those of main", "a second note")
    ),
)
"""A run of which there is more to say than rulings: waivers, one of which had expired the day before, and a policy."""

HISTORY = History(
    (
        JudgedCommit("1" * 40, "main", "2025-07-01T08:00:00.000+00:00"),
        JudgedCommit("2" * 40, "2" * 40, "2025-07-08T08:00:00.000+00:00"),
        JudgedCommit("3" * 40, "phase3", "2025-07-11T08:00:00.000+00:00"),
        JudgedCommit("5" * 40, "phase4", "2025-07-15T08:00:00.000+00:00"),
        JudgedCommit(COMMIT, "phase4", "2025-07-18T13:40:00.000+00:00"),
    ),
    (
        Strip("claims/pool.yaml", "audit-log", (None, None, None, None, Word.NOT), Word.NOT),
        Strip("claims/pool.yaml", "limits", (None, None, Word.NOT, Word.ERROR, Word.UNPROVEN), Word.UNPROVEN),
        Strip(
            "claims/pool.yaml",
            "pool-drains",
            (Word.NOT, Word.NOT, Word.PARTIALLY, Word.FULLY, Word.FULLY),
            Word.FULLY,
        ),
        Strip("claims/pool.yaml", "retries", (None, Word.FULLY, Word.PARTIALLY, None, Word.PARTIALLY), Word.PARTIALLY),
    ),
)
"""What the journal knows of the rich run's claims; of one of them only that run."""
