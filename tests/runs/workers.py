"""A repository with one file a claim, claims about it, and a truthful judge: for runs over many claims and commits."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from tests.evidence.replies import absence, citation, part, verdict
from tests.model.emulator import Answer, Emulator, Request, says
from verifier.cli import cli

KEY = "AIza" + "x" * 35

Verifier = Callable[..., Result]


def worker(number: int, result: int | None = None) -> str:
    """A class whose `run` adds its number, or something else."""
    added = number if result is None else result
    return f"class Worker{number}:\n    def run(self, value):\n        return value + {added}\n"


def files(*numbers: int) -> dict[str, str | bytes | None]:
    return {f"worker{number}.py": worker(number) for number in numbers}


def claim(number: int, *more: str) -> str:
    lines = [f"  - id: adds-{number}", f'    statement: "`Worker{number}.run` adds {number}, in `worker{number}.py`"']
    return "\n".join([*lines, *(f"    {one}" for one in more)]) + "\n"


NO_RETRIES = "  - id: no-retries\n    statement: Nothing is retried by `RetryPolicy` any more\n"


def claim_set(*claims: str, title: str = "Workers") -> str:
    return f"title: {title}\nclaims:\n{''.join(claims)}"


def judge(request: Request) -> Answer:
    """Says of each worker what its file shows: yes where it adds its number, no where it adds another."""
    said = request.prompt.split("# The claim")[1]
    statement = said.split("=== end")[0]
    if "RetryPolicy" in statement:
        made = part("Nothing is retried by `RetryPolicy` any more", "yes", absence("RetryPolicy"))
        return says(verdict(made, word="FULLY RESOLVED"))
    found = re.search(r"`Worker(\d+)\.run` adds (\d+)", statement)
    assert found is not None
    number, claimed = int(found[1]), int(found[2])
    shown = re.search(
        rf"class Worker{number}:.*?\treturn value \+ (\d+)|class Worker{number}:.*?return value \+ (\d+)",
        said,
        re.DOTALL,
    )
    text = f"`Worker{number}.run` adds {claimed}, in `worker{number}.py`"
    if shown is None:
        made = part(text, "cannot_tell")
        return says(verdict(made))
    returned = int(shown[1] or shown[2])
    holds, role = ("yes", "supports") if returned == claimed else ("no", "contradicts")
    quote = f"    def run(self, value):\n        return value + {returned}"
    made = part(text, holds, citation(f"worker{number}.py", 2, 3, quote, role))
    return says(verdict(made, word="FULLY RESOLVED" if holds == "yes" else "NOT RESOLVED"))


def at(emulator: Emulator) -> dict[str, str]:
    return {"GOOGLE_GEMINI_BASE_URL": emulator.url, "GEMINI_API_KEY": KEY}


def call(*arguments: str, **environment: str) -> Result:
    """The command line, in the current folder."""
    return CliRunner().invoke(cli, arguments, env=environment, catch_exceptions=False)


def document(result: Result) -> Any:
    """What a command printed with --json."""
    return json.loads(result.stdout)


def rulings(result: Result) -> dict[str, str]:
    return {ruling["claim_id"]: ruling["ruling"] for ruling in document(result)["rulings"]}


def asked(emulator: Emulator, since: int = 0) -> list[str]:
    """The statements of which a verdict was asked, from the one of that number on."""
    said = (request.statement or "" for request in emulator.asked[since:])
    return sorted(re.findall(r"Worker\d+|RetryPolicy", "\n".join(said)))


def write_claims(folder: Path, *claims: str, name: str = "workers") -> None:
    (folder / "claims").mkdir(parents=True, exist_ok=True)
    (folder / "claims" / f"{name}.yaml").write_text(claim_set(*claims), encoding="utf-8")
