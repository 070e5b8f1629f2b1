"""Stress the rules with a careless judge: corrupt recorded replies, and see whether any ruling becomes wrong.

A corruption may cost a claim its ruling: UNPROVEN and ERROR are honest. It must not change one ruling into another
wherever a program can tell; where it cannot (real code, beside the point) the table says so.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from verifier.claim_files import load_claims
from verifier.demo.sample import JUDGED, build_sample
from verifier.errors import CassetteError, ReplyError
from verifier.evidence.parsing import parse_verdict
from verifier.model.cassettes.files import Cassette, read_cassette
from verifier.pipeline.opening import Work
from verifier.pipeline.verifying import verify_claim
from verifier.prompting.rendering import Prompts
from verifier.repository.index import Index
from verifier.repository.own_paths import own_paths
from verifier.repository.snapshot import Snapshot
from verifier.setup.shipped_files import shipped
from verifier.values.claim import Claim, Word
from verifier.values.prompt import Prompt, Reply, Source

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


def stress(cassette: Path, *, claims: Path | None = None, repo: Path | None = None, ref: str = JUDGED) -> list[Tally]:
    """Judge a claim file's claims with every corruption of their last recorded reply.

    `claims` is the demo's claim file where none is given, `repo` the demo's sample.

    Raises:
        VerifierError: Cassette, claims or commit cannot be read, or the cassette is that of other claims.
    """
    path = claims or shipped("claims/phase4.yaml")
    loaded = load_claims(path)
    with ExitStack() as stack:
        if repo is None:
            repo = Path(stack.enter_context(TemporaryDirectory(prefix="verifier-sample-"))) / "sample"
            build_sample(repo)
        own = own_paths(repo, [path], Path("reports"), cassette)
        snapshot = stack.enter_context(Snapshot.open(repo, ref, own=own))
        work = Work(loaded.claims, Index(snapshot), Prompts(shipped("prompts")))
        return asyncio.run(_stress(work, loaded.claims.claims, read_cassette(cassette)))


async def _stress(work: Work, claims: Sequence[Claim], cassette: Cassette) -> list[Tally]:
    """Judge the claims with every corruption, each given in every round."""
    replies = {claim.id: _last_reply(cassette, claim) for claim in claims}
    there = [claim for claim in claims if replies[claim.id] is not None]
    if not there:
        raise CassetteError("the cassette holds no reply to any of these claims; give --claims and --repo of its run")
    baseline = {claim.id: await _word(work, claim, json.dumps(replies[claim.id])) for claim in there}
    tallies = []
    for corruption in CORRUPTIONS:
        words = {}
        for claim in there:
            data = json.loads(json.dumps(replies[claim.id]))
            corrupted = corruption.corrupt(data, _material(work, claim, data))
            words[claim.id] = await _word(
                work, claim, corrupted if isinstance(corrupted, str) else json.dumps(corrupted)
            )
        tallies.append(_tally(corruption, baseline, words))
    return tallies


def _tally(corruption: Corruption, baseline: dict[str, Word], words: dict[str, Word]) -> Tally:
    values = list(words.values())
    wrong = tuple(i for i, word in words.items() if word in _SETTLED and word is not baseline[i])
    same = sum(word is baseline[i] for i, word in words.items())
    return Tally(corruption, same, values.count(Word.UNPROVEN), values.count(Word.ERROR), wrong)


class _Repeats:
    """A judge that gives one reply, whatever it is told."""

    def __init__(self, text: str) -> None:
        self._text = text

    async def reply(self, prompt: Prompt) -> Reply:  # noqa: ARG002
        return Reply(self._text, Source.AUTHORED, "authored")


async def _word(work: Work, claim: Claim, reply: str) -> Word:
    outcome = await verify_claim(work, claim, _Repeats(reply))
    return outcome.ruling.word if outcome.ruling else Word.ERROR


def _last_reply(cassette: Cassette, claim: Claim) -> VerdictData | None:
    """The reply of the claim's last round, as data. None where the cassette has none that is a verdict."""
    texts = [e.reply_text for e in cassette.interactions if e.claim_id == claim.id and e.reply_text]
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
    return Material(comment, elsewhere, claim.statement)


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


def _one_brace(citation: dict[str, Any]) -> dict[str, Any]:
    return citation | {"quote": "}", "last_line": citation["first_line"]}


CORRUPTIONS: tuple[Corruption, ...] = (
    Corruption("line numbers shifted by seven", _each_citation(_shifted)),
    Corruption("quotes tidied", _each_citation(_tidied)),
    Corruption("quotes invented", _each_citation(_invented)),
    Corruption("quotes cut down to a brace", _each_citation(_one_brace)),
    Corruption("quotes said to be from another file", _from_the_wrong_file),
    Corruption("a comment quoted", _quoted_from("comment")),
    Corruption("paths invented", _each_citation(_invented_path)),
    Corruption("yes for everything, evidence as it was", _only_answers("yes")),
    Corruption("no for everything, evidence as it was", _only_answers("no")),
    Corruption("evidence dropped", _each_part(lambda part: part | {"citations": [], "absences": []})),
    Corruption("patterns that cannot match", _each_part(_cannot_match)),
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
)
