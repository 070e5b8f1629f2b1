"""Record a cassette of authored replies, through the real client, where no Gemini key is at hand.

    python -m tests.demo.authoring INBOX -- run claims/x.yaml --repo DIR --ref REF --record cassettes/x.yaml

To be run in a checkout. What stands behind `--` is run against the emulator. A prompt that INBOX has no reply
for is written there as `<digest>.prompt.md`, and its claim ends in ERROR. Whoever writes replies sees that file and
nothing else, and leaves the answer as `<digest>.json`; then the same command is run again, until nothing is missing. A
reply answers the very prompt that it was written for, byte for byte, or it is not used. Cassettes that lie in INBOX
answer too, so that only what is new has to be written: controls beside claims, say. The cassette says that its replies
are authored.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from tests.model.emulator import Answer, Emulator, Request, refuses, says
from verifier.cli import cli
from verifier.model.cassettes.files import Cassette, read_cassette
from verifier.values.prompt import SECTIONS, digest


def main(arguments: list[str]) -> int:
    inbox, separator, *command = arguments if len(arguments) > 1 else ("", "")
    if separator != "--" or "--record" not in command:
        print(__doc__)
        return 2
    folder = Path(inbox)
    folder.mkdir(parents=True, exist_ok=True)

    def answering(request: Request) -> Answer:
        return answer(request, folder)

    command += ["--authored", "--attempts", "1"]
    done = verifier(command, answering)
    # That a reply is missing is told to the client in the only words it takes: as the service's refusal.
    print(done.output.replace(f"the service answered {_REFUSAL[0]} {_REFUSAL[1]}: ", ""), end="")
    return done.exit_code


def verifier(command: Sequence[str], answering: Callable[[Request], Answer]) -> Result:
    """Run `verifier`, in this process, where the emulator answers, first and second readings alike."""
    with Emulator(answering, reader=answering) as emulator:
        environment = {"GOOGLE_GEMINI_BASE_URL": emulator.url, "GEMINI_API_KEY": "emulator", "NO_PROXY": "127.0.0.1"}
        return CliRunner().invoke(cli, command, env=environment, catch_exceptions=False)


@dataclass(frozen=True)
class Asked:
    """All that a model would be sent, for somebody who writes the reply."""

    system: str
    prompt: str
    schema: Mapping[str, Any]

    @classmethod
    def of(cls, request: Request) -> Asked:
        return cls(request.system, request.prompt, request.field("generationConfig", "responseJsonSchema"))

    @classmethod
    def read(cls, text: str) -> Asked:
        """What `text` was made of."""
        system, prompt, schema = re.fullmatch(re.escape(_FILE).replace("@", "(.*)"), text, re.DOTALL).groups()  # type: ignore[union-attr]
        return cls(system, prompt, json.loads(schema))

    @property
    def whole(self) -> str:
        """Instructions and prompt, which are what a request's tokens are counted of."""
        return f"{self.system}\n{self.prompt}"

    @property
    def key(self) -> str:
        """What its files are named by."""
        return hashlib.sha256(self.whole.encode()).hexdigest()[:16]

    @property
    def text(self) -> str:
        """Instructions, prompt, and the schema of the reply."""
        system, prompt, schema, end = _FILE.split("@")
        schema_text = json.dumps(self.schema, indent=1)
        return f"{system}{self.system}{prompt}{self.prompt}{schema}{schema_text}{end}"

    @property
    def is_reading(self) -> bool:
        """Whether a second reading is asked for, and not a verdict."""
        return "uncovered" in self.schema["properties"]


_FILE = (
    "INSTRUCTIONS\n\n@\n\nPROMPT\n\n@\n\n"
    "FORM OF THE REPLY: one JSON document, nothing else, valid against this JSON Schema\n\n@\n"
)
"""A prompt's file, with an @ for each of its pieces."""


def answer(request: Request, folder: Path) -> Answer:
    """The authored reply to this very prompt; where there is none, the prompt is left in the folder."""
    asked = Asked.of(request)
    text = reply_to(asked, request, folder)
    return refusal(asked, folder) if text is None else authored(json.loads(text))


def reply_to(asked: Asked, request: Request, folder: Path) -> str | None:
    """The folder's reply to what somebody is asked: in its file, or in a cassette where the request asks the same."""
    reply = folder / f"{asked.key}.json"
    if reply.is_file():
        return reply.read_text("utf-8")
    return recorded(request, folder) if asked == Asked.of(request) else None


def authored(reply: Any) -> Answer:
    """The reply as the model's."""
    return says(json.dumps(reply, ensure_ascii=False), model_version="authored", usage={})


def refusal(asked: Asked, folder: Path) -> Answer:
    """Leaves in the folder what was asked, and refuses."""
    (folder / f"{asked.key}.prompt.md").write_text(asked.text, encoding="utf-8")
    return refuses(*_REFUSAL, f"no reply authored yet for prompt {asked.key}: it was written to {folder}")


_REFUSAL = (503, "UNAVAILABLE")


def recorded(request: Request, folder: Path) -> str | None:
    """What the folder's cassettes have as the reply to this very prompt."""
    contents = [request.field("systemInstruction"), *request.field("contents")]
    asked = [digest(part["text"]) for content in contents for part in content["parts"]]
    for path in folder.glob("*.yaml"):
        for one in _read(path).interactions:
            if one.reply_text and [one.digests[name] for name in SECTIONS[:5] if name in one.digests] == asked:
                return one.reply_text
    return None


@cache
def _read(path: Path) -> Cassette:
    return read_cassette(path)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
