"""Careless and careful replies of a first reader about small repositories, and how a second, blind reader read them.

`cases/` has the repositories, the claims with their true rulings and the replies; whoever wrote them knew what each is
to show. `readings/` has second readings, authored by readers who were shown the rendered requests alone, all kinds
mixed, and nothing of the cases. A reading answers the very request that it was written for, byte for byte.

    python -m tests.judged.cases FOLDER

writes the requests that no reading answers into the folder, as `<digest>.md`; put what a reader answers beside each as
`<digest>.json`, and run it again to take the answers in.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from verifier.pipeline.opening import Limits, Work
from verifier.pipeline.verifying import verify_claim
from verifier.prompting.rendering import Prompts
from verifier.repository.index import Index
from verifier.repository.snapshot import Snapshot
from verifier.setup.shipped_files import shipped
from verifier.values.claim import ClaimSet, Word
from verifier.values.outcome import Outcome
from verifier.values.prompt import Asks, Prompt, Reply, Source
from verifier.values.reading import AskedReading
from verifier.values.verdict import Holds

HERE = Path(__file__).parent
CAREFUL = "careful"


@dataclass(frozen=True)
class Case:
    """One claim about one repository with one reply of a first reader."""

    id: str
    kind: str
    statement: str
    truth: Word
    note: str
    parts: tuple[Mapping[str, Any], ...] = field(repr=False)
    language: str = field(repr=False)
    files: Mapping[str, str] = field(repr=False)

    @property
    def is_careful(self) -> bool:
        """Whether the reply is right, and its evidence complete."""
        return self.kind == CAREFUL

    def reply(self) -> str:
        """The first reader's reply; quotes are taken from the files."""
        return json.dumps(
            {
                "parts": [self._part(number, part) for number, part in enumerate(self.parts, start=1)],
                "needs": [],
                "answers": [],
                "verdict": "CANNOT TELL",
            }
        )

    def _part(self, number: int, part: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "id": f"p{number}",
            "text": part["text"],
            "span": part.get("span", self.statement),
            "why": "so the code says",
            "citations": [self._citation(**cited) for cited in part.get("cite", ())],
            "absences": [{"why": "it would be named so", **absent} for absent in part.get("absent", ())],
            "holds": Holds(part["holds"]),
        }

    def _citation(self, path: str, lines: str | int, role: str) -> dict[str, Any]:
        first, _, last = str(lines).partition("-")
        begin, end = int(first), int(last or first)
        quote = "\n".join(self.files[path].split("\n")[begin - 1 : end])
        return {"path": path, "first_line": begin, "last_line": end, "quote": quote, "role": role}


@cache
def cases() -> tuple[Case, ...]:
    """Every case, by language in the order of their files."""
    return tuple(case for path in sorted((HERE / "cases").glob("*.yaml")) for case in _read(path))


def _read(path: Path) -> Iterator[Case]:
    document = yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)
    for one in document["cases"]:
        yield Case(
            one["id"],
            one["kind"],
            one["statement"],
            Word(one["truth"]),
            one.get("note", ""),
            tuple(one["parts"]),
            document["language"],
            document["files"],
        )


class Repositories:
    """A real repository for each language, made once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._work: dict[str, Index] = {}

    def index(self, case: Case) -> Index:
        """The index of the commit that the case is about."""
        if case.language not in self._work:
            place = self._folder / str(len(self._work))
            for path, text in case.files.items():
                (place / path).parent.mkdir(parents=True, exist_ok=True)
                (place / path).write_text(text, encoding="utf-8", newline="\n")
            git = ["git", "-C", str(place), "-c", "user.name=a", "-c", "user.email=a@example.invalid"]
            for command in (["init", "-q"], ["add", "-A", "-f"], ["commit", "-q", "-m", "it"]):
                subprocess.run([*git, *command], check=True)
            self._work[case.language] = Index(Snapshot.open(place))
        return self._work[case.language]

    def judge(self, case: Case, readings: Readings) -> Outcome:
        """Carry the claim through one round of the pipeline, with the case's reply and its recorded reading."""
        claims = ClaimSet.model_validate(
            {"title": case.language, "claims": [{"id": case.id, "statement": case.statement}]}
        )
        work = Work(claims, self.index(case), Prompts(shipped("prompts")), Limits(max_rounds=1))
        return asyncio.run(verify_claim(work, claims.claims[0], _Replies(case, readings)))


class Readings:
    """Recorded second readings, by the digest of the request that they answer."""

    def __init__(self, answers: Mapping[str, Any]) -> None:
        self._answers = answers
        self.unanswered: dict[str, Prompt] = {}

    @classmethod
    def recorded(cls) -> Readings:
        """Those that lie beside the cases."""
        answers: dict[str, Any] = {}
        for path in sorted((HERE / "readings").glob("*.json")):
            answers |= json.loads(path.read_text("utf-8"))
        return cls(answers)

    def answer(self, prompt: Prompt) -> str:
        """The reading of the request. One that nobody has read is silent, and is remembered as unanswered."""
        key = digest_of(prompt)
        if key not in self._answers:
            self.unanswered[key] = prompt
            return "{}"
        return json.dumps(self._answers[key])


def digest_of(prompt: Prompt) -> str:
    """What a request is known by."""
    return hashlib.sha256(f"{prompt.system}\0{prompt.evidence}".encode()).hexdigest()[:20]


class _Replies:
    def __init__(self, case: Case, readings: Readings) -> None:
        self._case = case
        self._readings = readings

    async def reply(self, prompt: Prompt) -> Reply:
        text = self._readings.answer(prompt) if prompt.asks is Asks.READING else self._case.reply()
        return Reply(text, Source.AUTHORED, "authored")


def main(inbox: Path) -> int:
    """Take in the answers that lie in the folder, and write the requests that still want one."""
    inbox.mkdir(parents=True, exist_ok=True)
    answers = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted(inbox.glob("*.json"))}
    readings = Readings({**Readings.recorded()._answers, **answers})
    asked: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        repositories = Repositories(Path(folder))
        for case in cases():
            repositories.judge(case, _Noting(readings, case, asked))
    for key, prompt in readings.unanswered.items():
        schema = json.dumps(AskedReading.as_schema(), indent=1)
        (inbox / f"{key}.md").write_text(
            f"INSTRUCTIONS\n\n{prompt.system}\n\nPROMPT\n\n{prompt.evidence}\n\n"
            f"FORM OF THE REPLY: one JSON document, nothing else, valid against this JSON Schema\n\n{schema}\n",
            encoding="utf-8",
        )
    by_language: dict[str, dict[str, Any]] = {}
    for key, language in asked.items():
        if key in readings._answers:
            by_language.setdefault(language, {})[key] = readings._answers[key]
    for language, kept in by_language.items():
        place = HERE / "readings" / f"{language}.json"
        place.write_text(json.dumps(dict(sorted(kept.items())), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{len(asked)} requests, {len(readings.unanswered)} without an answer")
    return 0


class _Noting(Readings):
    """The same readings; notes which request is about which language."""

    def __init__(self, readings: Readings, case: Case, asked: dict[str, str]) -> None:
        super().__init__(readings._answers)
        self.unanswered = readings.unanswered
        self._language = case.language.lower().split()[0].replace("/", "-")
        self._asked = asked

    def answer(self, prompt: Prompt) -> str:
        self._asked[digest_of(prompt)] = self._language
        return super().answer(prompt)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
