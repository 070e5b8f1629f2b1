"""Stress a judge with a careless first reader: corrupt recorded replies, and see whether any ruling becomes wrong.

A corruption may cost a claim its ruling: UNPROVEN and ERROR are honest. It must not change one ruling into another.
Where a program can tell, not even a second reader who agrees with anything lets it; all else is for the second reader.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from verifier.claim_files import load_claims
from verifier.demo.sample import JUDGED, build_sample
from verifier.errors import CassetteError, ReplyError, UsageError
from verifier.evidence.parsing import parse_verdict
from verifier.languages import LineKind
from verifier.model import Answering, Model
from verifier.model.cassettes.files import Cassette, read_cassette
from verifier.model.endpoint import Endpoint
from verifier.model.options import ModelOptions, open_model
from verifier.pipeline.opening import OpenedClaim, Work, open_claim
from verifier.pipeline.verifying import Hooks, verify_claim
from verifier.prompting.rendering import Prompts
from verifier.repository.index import Index
from verifier.repository.own_paths import own_paths
from verifier.repository.snapshot import Snapshot
from verifier.runs.options import RunOptions
from verifier.setup.shipped_files import shipped
from verifier.values.claim import Claim, Word
from verifier.values.outcome import Outcome
from verifier.values.prompt import Asks, ModelSettings, Prompt, Reply, Source
from verifier.values.reading import AskedReading, Settles
from verifier.wording.words import words_in

Part = dict[str, Any]
VerdictData = dict[str, Any]

_SETTLED = (Word.FULLY, Word.PARTIALLY, Word.NOT)


@dataclass(frozen=True)
class Material:
    """What a corruption may draw on: lines of the commit that the claim's citations do not quote."""

    comment: tuple[str, int, str] | None
    """Path, line and text of a comment."""
    elsewhere: tuple[str, int, str] | None
    """Path, line and text of code in a file that the claim does not cite."""
    statement: str
    lines: Mapping[str, tuple[tuple[int, str], ...]] = field(default_factory=dict)
    """Numbers and texts of the lines of code of each file that is cited."""


@dataclass(frozen=True)
class Corruption:
    """One way in which a judge may be careless."""

    name: str
    corrupt: Callable[[VerdictData, Material], VerdictData | str]
    """The corrupted reply; a string is sent as it is."""
    program_can_tell: bool = True
    """Whether the commit and the claim alone show that the evidence is no evidence."""


@dataclass(frozen=True)
class Tally:
    """What became of the claims under one corruption."""

    corruption: Corruption
    same: int
    unproven: int
    errors: int
    wrong: tuple[str, ...]
    """Claims whose ruling became another settled one."""


@dataclass(frozen=True)
class Stressed:
    """Every corruption, with one second reader."""

    reader: str
    tallies: tuple[Tally, ...]


def stress(
    cassette: Path,
    *,
    claims: Path | None = None,
    repo: Path | None = None,
    ref: str = JUDGED,
    live: ModelOptions | None = None,
    only: str = "",
) -> list[Stressed]:
    """Judge a claim file's claims with every corruption of their last recorded verdict, once for each second reader.

    One agrees with anything, one says what was recorded, and with `live` a model reads. `claims` is the demo's claim
    file where none is given, `repo` the demo's sample. `only` chooses the corruptions whose names have these words.

    Raises:
        VerifierError: Cassette, claims or commit cannot be read, the cassette is that of other claims, or no corruption
            has that name.
    """
    chosen = [one for one in CORRUPTIONS if only in one.name]
    if not chosen:
        raise UsageError(f"--only {only!r}: no corruption has these words in its name; without it all are listed")
    path = claims or shipped("claims/phase4.yaml")
    loaded = load_claims(path)
    with ExitStack() as stack:
        if repo is None:
            repo = Path(stack.enter_context(TemporaryDirectory(prefix="verifier-sample-"))) / "sample"
            build_sample(repo)
        own = own_paths(repo, [path], Path("reports"), cassette)
        snapshot = stack.enter_context(Snapshot.open(repo, ref, own=own))
        # The verdict that is given says where to look.
        work = Work(loaded.claims, Index(snapshot), Prompts(shipped("prompts")), asks_where=False)
        return asyncio.run(_with_each_reader(work, loaded.claims.claims, read_cassette(cassette), chosen, live))


def live_reader(options: RunOptions, endpoint: Endpoint) -> ModelOptions:
    """How the model that the options name is asked to read a second time."""
    settings = ModelSettings(model=options.model, max_output_tokens=options.max_output_tokens)
    return ModelOptions(settings, AskedReading.as_schema(), endpoint, attempts=options.attempts)


@dataclass(frozen=True)
class _Given:
    """A claim that the cassette has a verdict of."""

    claim: Claim
    verdict: VerdictData
    """The one of its last round."""
    material: Material
    recorded: Word
    """How it is ruled with the recorded readings."""

    @property
    def true(self) -> Word:
        """What no corruption may turn into another ruling: the recorded one; where that is open, the expected one."""
        return self.claim.expect if self.claim.expect and self.recorded not in _SETTLED else self.recorded


_Judge = Callable[[Claim, Model], Awaitable[Outcome]]
"""Carries a claim through every stage."""


async def _with_each_reader(
    work: Work,
    claims: Sequence[Claim],
    cassette: Cassette,
    corruptions: Sequence[Corruption],
    live: ModelOptions | None,
) -> list[Stressed]:
    recorded = _recorded(cassette)
    opened: dict[str, OpenedClaim] = {}

    def opened_once(work: Work, claim: Claim) -> OpenedClaim:
        if claim.id not in opened:
            opened[claim.id] = open_claim(work, claim)
        return opened[claim.id]

    judge = partial(verify_claim, work, hooks=Hooks(opener=opened_once))
    given = [
        _Given(
            claim, verdict, _material(work, claim, verdict), await _word(judge, claim, json.dumps(verdict), recorded)
        )
        for claim in claims
        if (verdict := _last_reply(cassette, claim)) is not None
    ]
    if not given:
        raise CassetteError("the cassette holds no reply to any of these claims; give --claims and --repo of its run")
    stressed = [
        Stressed("agrees with anything", await _stress(judge, given, corruptions, _agreeing)),
        Stressed("recorded", await _stress(judge, given, corruptions, lambda _: recorded)),
    ]
    if live is not None:
        async with open_model(live) as model:
            stressed.append(Stressed(live.settings.model, await _stress(judge, given, corruptions, lambda _: model)))
    return stressed


async def _stress(
    judge: _Judge, given: Sequence[_Given], corruptions: Sequence[Corruption], reader: Callable[[str], Model]
) -> tuple[Tally, ...]:
    """Judge the claims with every corruption, given in every round, and with the reader of that verdict."""
    tallies = []
    for corruption in corruptions:
        words = []
        for one in given:
            corrupted = corruption.corrupt(json.loads(json.dumps(one.verdict)), one.material)
            text = corrupted if isinstance(corrupted, str) else json.dumps(corrupted)
            words.append(await _word(judge, one.claim, text, reader(text)))
        tallies.append(_tally(corruption, given, words))
    return tuple(tallies)


def _tally(corruption: Corruption, given: Sequence[_Given], words: Sequence[Word]) -> Tally:
    ruled = list(zip(given, words, strict=True))
    wrong = tuple(one.claim.id for one, word in ruled if word in _SETTLED and word is not one.true)
    same = sum(word is one.recorded for one, word in ruled)
    return Tally(corruption, same, words.count(Word.UNPROVEN), words.count(Word.ERROR), wrong)


_AGREED = {"yes": Settles.SHOWS, "partly": Settles.SHOWS_PARTLY, "no": Settles.REFUTES}


def _reading(prompt: Prompt, answers: Mapping[str, Settles]) -> Reply:
    parts = [
        {"id": i, "why": "", "missing": "", "about": "code", "answer": answers.get(i, Settles.SILENT)}
        for i in prompt.parts
    ]
    data = {"parts": parts, "uncovered": [], "not_judged": [], "unfaithful": []}
    return Reply(json.dumps(data), Source.AUTHORED, "authored")


def _agreeing(verdict: str) -> Model:
    """A second reader who agrees with whatever this verdict says: what a program alone catches is left."""

    async def reply(prompt: Prompt) -> Reply:
        holds = {part["id"]: part["holds"] for part in json.loads(verdict)["parts"]}
        return _reading(prompt, {i: _AGREED[held] for i, held in holds.items() if held in _AGREED})

    return Answering(reply)


def _recorded(cassette: Cassette) -> Model:
    """A second reader who says what was recorded of the very same evidence, and that any other settles nothing."""
    texts = {
        (one.claim_id, one.digests["evidence"]): one.reply_text
        for one in cassette.interactions
        if one.asks is Asks.READING and one.reply_text
    }

    async def reply(prompt: Prompt) -> Reply:
        text = texts.get((prompt.claim_id, prompt.digests["evidence"]))
        return _reading(prompt, {}) if text is None else Reply(text, Source.AUTHORED, "authored")

    return Answering(reply)


async def _word(judge: _Judge, claim: Claim, reply: str, reader: Model) -> Word:
    """What is ruled where a first reader gives one reply, whatever it is told, beside a second reader."""

    async def answer(prompt: Prompt) -> Reply:
        if prompt.asks is Asks.READING:
            return await reader.reply(prompt)
        return Reply(reply, Source.AUTHORED, "authored")

    outcome = await judge(claim, Answering(answer))
    return outcome.ruling.word if outcome.ruling else Word.ERROR


def _last_reply(cassette: Cassette, claim: Claim) -> VerdictData | None:
    """The verdict of the claim's last round, as data. None where the cassette has none that can be read."""
    verdicts = (one for one in cassette.interactions if one.claim_id == claim.id and one.asks is Asks.VERDICT)
    texts = [one.reply_text for one in verdicts if one.reply_text]
    if not texts:
        return None
    try:
        parse_verdict(Reply(texts[-1], Source.RECORDED, "recorded"), claim.id)
    except ReplyError:
        return None
    data: VerdictData = json.loads(texts[-1])
    return data


def _material(work: Work, claim: Claim, data: VerdictData) -> Material:
    cited = {citation["path"] for part in data["parts"] for citation in part["citations"]}
    comment = elsewhere = None
    for path in work.index.snapshot.paths:
        file, source = work.index.text_file(path), work.index.source(path)
        if file is None or source is None:
            continue
        for number, (line, kind) in enumerate(zip(file.lines, source.kinds, strict=True), start=1):
            if kind.name == "COMMENT" and comment is None:
                comment = (path, number, line)
            if kind.name == "CODE" and elsewhere is None and path not in cited and len(line.strip()) > 20:
                elsewhere = (path, number, line)
    return Material(comment, elsewhere, claim.statement, {path: _code(path, work.index) for path in cited})


def _code(path: str, index: Index) -> tuple[tuple[int, str], ...]:
    file, source = index.text_file(path), index.source(path)
    if file is None or source is None:
        return ()
    numbered = enumerate(zip(file.lines, source.kinds, strict=True), start=1)
    return tuple((number, line) for number, (line, kind) in numbered if kind is LineKind.CODE)


def _citations(data: VerdictData) -> Iterator[dict[str, Any]]:
    for part in data["parts"]:
        yield from part["citations"]


def _each_citation(
    change: Callable[[dict[str, Any]], dict[str, Any]],
) -> Callable[[VerdictData, Material], VerdictData]:
    def corrupt(data: VerdictData, _: Material) -> VerdictData:
        for part in data["parts"]:
            part["citations"] = [change(citation) for citation in part["citations"]]
        return data

    return corrupt


def _each_part(change: Callable[[Part], Part]) -> Callable[[VerdictData, Material], VerdictData]:
    def corrupt(data: VerdictData, _: Material) -> VerdictData:
        return data | {"parts": [change(part) for part in data["parts"]]}

    return corrupt


def _shifted(citation: dict[str, Any]) -> dict[str, Any]:
    return citation | {"first_line": citation["first_line"] + 7, "last_line": citation["last_line"] + 7}


def _tidied(citation: dict[str, Any]) -> dict[str, Any]:
    lines = [" ".join(line.split()) for line in citation["quote"].split("\n")]
    return citation | {"quote": "\n".join(lines) + ";"}


def _invented(citation: dict[str, Any]) -> dict[str, Any]:
    return citation | {"quote": "    return self.handle_everything_properly(request, strict=True)"}


def _invented_path(citation: dict[str, Any]) -> dict[str, Any]:
    return citation | {"path": f"src/impl/v2/{citation['path'].rsplit('/', 1)[-1]}.bak"}


def _quoted_from(place: str) -> Callable[[VerdictData, Material], VerdictData]:
    def corrupt(data: VerdictData, material: Material) -> VerdictData:
        found = getattr(material, place)
        if found is not None:
            path, line, text = found
            for citation in _citations(data):
                citation |= {"path": path, "first_line": line, "last_line": line, "quote": text}
        return data

    return corrupt


def _from_the_wrong_file(data: VerdictData, material: Material) -> VerdictData:
    """The quote stays, the path is another file's."""
    if material.elsewhere is not None:
        for citation in _citations(data):
            citation["path"] = material.elsewhere[0]
    return data


def _all(holds: str, role: str) -> Callable[[VerdictData, Material], VerdictData]:
    """One answer for every part, the evidence kept but called what the answer wants."""

    def change(part: Part) -> Part:
        return part | {"holds": holds, "citations": [c | {"role": role} for c in part["citations"]]}

    return _each_part(change)


def _only_answers(holds: str) -> Callable[[VerdictData, Material], VerdictData]:
    """One answer for every part, the evidence as it was."""
    return _each_part(lambda part: part | {"holds": holds})


def _cannot_match(part: Part) -> Part:
    return part | {"absences": [a | {"pattern": "zqxjkvbp_nowhere", "syntax": "literal"} for a in part["absences"]]}


def _repeats_the_claim(data: VerdictData, material: Material) -> VerdictData:
    whole = {"text": material.statement, "span": material.statement}
    return data | {"parts": [part | whole for part in data["parts"]]}


def _adds_a_requirement(data: VerdictData, _: Material) -> VerdictData:
    extra = {
        "id": f"p{len(data['parts']) + 1}",
        "text": "There is a test for every function",
        "span": "",
        "why": "Good practice wants tests.",
        "citations": [],
        "absences": [],
        "holds": "no",
    }
    return data | {"parts": [*data["parts"], extra]}


def _another_verdict(data: VerdictData, _: Material) -> VerdictData:
    other = "NOT RESOLVED" if data["verdict"] == "FULLY RESOLVED" else "FULLY RESOLVED"
    return data | {"verdict": other}


def _drops_parts(data: VerdictData, _: Material) -> VerdictData:
    return data | {"parts": data["parts"][:1]}


def _swaps_evidence(data: VerdictData, _: Material) -> VerdictData:
    """Each part gets the citations of the next one: real code, beside the point."""
    parts = data["parts"]
    moved = [*parts[1:], parts[0]]
    return data | {"parts": [p | {"citations": other["citations"]} for p, other in zip(parts, moved, strict=True)]}


def _same_words(data: VerdictData, material: Material) -> VerdictData:
    """Each citation points at another line of its file that has most of the part's words: a decoy."""
    for part in data["parts"]:
        words = set(words_in(part["text"]))
        for citation in part["citations"]:
            cited = range(citation["first_line"], citation["last_line"] + 1)
            lines = [one for one in material.lines.get(citation["path"], ()) if one[0] not in cited]
            if lines:
                number, line = max(lines, key=lambda one: (len(words.intersection(words_in(one[1]))), -one[0]))
                citation |= {"first_line": number, "last_line": number, "quote": line}
    return data


def _one_brace(citation: dict[str, Any]) -> dict[str, Any]:
    return citation | {"quote": "}", "last_line": citation["first_line"]}


CORRUPTIONS: tuple[Corruption, ...] = (
    Corruption("line numbers shifted by seven", _each_citation(_shifted)),
    Corruption("quotes tidied", _each_citation(_tidied)),
    Corruption("quotes invented", _each_citation(_invented)),
    Corruption("quotes cut down to a brace", _each_citation(_one_brace)),
    Corruption("quotes said to be from another file", _from_the_wrong_file),
    Corruption("a comment quoted", _quoted_from("comment"), program_can_tell=False),
    Corruption("paths invented", _each_citation(_invented_path)),
    Corruption("yes for everything, evidence as it was", _only_answers("yes"), program_can_tell=False),
    Corruption("no for everything, evidence as it was", _only_answers("no"), program_can_tell=False),
    Corruption("evidence dropped", _each_part(lambda part: part | {"citations": [], "absences": []})),
    Corruption("patterns that cannot match", _each_part(_cannot_match), program_can_tell=False),
    Corruption("a requirement added", _adds_a_requirement),
    Corruption("parts dropped but the first", _drops_parts, program_can_tell=False),
    Corruption("a verdict against its own parts", _another_verdict),
    Corruption("reply cut in half", lambda data, _: json.dumps(data)[: len(json.dumps(data)) // 2]),
    Corruption("reply empty", lambda _, __: ""),
    Corruption("every part repeats the whole claim", _repeats_the_claim, program_can_tell=False),
    Corruption("yes for everything, evidence called support", _all("yes", "supports"), program_can_tell=False),
    Corruption("no for everything, evidence called contradiction", _all("no", "contradicts"), program_can_tell=False),
    Corruption("code from elsewhere quoted", _quoted_from("elsewhere"), program_can_tell=False),
    Corruption("evidence swapped between parts", _swaps_evidence, program_can_tell=False),
    Corruption("other lines quoted that have the part's words", _same_words, program_can_tell=False),
)
