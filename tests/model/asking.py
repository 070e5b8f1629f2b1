"""A run in a process of its own, for tests that kill or interrupt it.

    python -m tests.model.asking URL JOURNAL CLAIMS CONCURRENCY [REPOSITORY]

Asks one prompt a claim through everything that stands between a run and Gemini, and prints a line for each that was
answered. With a repository, carries the claims of its `claims.yaml` through the whole pipeline and prints the rulings.
"""

import asyncio
import os
import sys
from pathlib import Path

from verifier.errors import ModelError
from verifier.journal import Addressee, Journal
from verifier.model import Model
from verifier.model.endpoint import Endpoint
from verifier.model.gemini import Gemini
from verifier.model.journalled import Journalled
from verifier.model.pacing import Pace, Paced
from verifier.model.retrying import Retrying
from verifier.model.spending import Purse, Spending, WorstCase
from verifier.runs.interruption import Interruption, stopping_line
from verifier.values.prompt import Asks, Form, ModelSettings, Prompt
from verifier.values.reading import AskedReading
from verifier.values.verdict import AskedVerdict

SETTINGS = ModelSettings()
OTHERS = {Asks.READING: Form(SETTINGS, AskedReading.as_schema())}
GRACE_S = float(os.environ.get("ASKING_GRACE_S", "1.0"))


def prompt(number: int) -> Prompt:
    return Prompt(f"claim-{number}", 1, "Judge.", "", f"Claim {number} is true.", tokens=10)


def print_line(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


class Run:
    def __init__(self, url: str, journal: Journal, concurrency: int) -> None:
        self.endpoint = Endpoint("not-a-key-at-all", base_url=url)
        self.journal = journal
        self.concurrency = concurrency
        self.interruption = Interruption(grace_s=GRACE_S, on_stop=lambda n: print_line(stopping_line(n, GRACE_S)))

    def model(self, gemini: Gemini) -> Model:
        spending = Spending(self.interruption.inside(gemini), Purse("any", None), WorstCase(1000))
        paced = Paced(spending, Pace(self.concurrency))
        addressee = Addressee(self.endpoint.host, SETTINGS, AskedVerdict.as_schema(), OTHERS)
        journalled = Journalled(Retrying(paced), self.journal, addressee, say=print_line)
        return self.interruption.outside(journalled)

    async def ask(self, claims: int) -> int:
        async with Gemini(self.endpoint, SETTINGS, AskedVerdict.as_schema()) as gemini:
            model = self.model(gemini)
            gate = asyncio.Semaphore(self.concurrency)  # as the pipeline has one: a claim is done when it is kept
            failures = await asyncio.gather(*(self._one(model, number, gate) for number in range(claims)))
        return 4 if any(failures) else 0

    async def _one(self, model: Model, number: int, gate: asyncio.Semaphore) -> bool:
        try:
            async with gate:
                reply = await model.reply(prompt(number))
        except ModelError as error:
            print_line(f"claim-{number} ERROR {error}")
            return True
        print_line(f"claim-{number} {reply.source}")
        return False

    async def judge(self, repository: Path) -> int:
        from verifier.claim_files import load_claims
        from verifier.pipeline.opening import Limits
        from verifier.prompting.rendering import Prompts
        from verifier.records.gate import Rules, examine
        from verifier.repository.index import Index
        from verifier.repository.snapshot import Snapshot
        from verifier.runs.claim_set_run import Run as ClaimRun
        from verifier.runs.judging import judge
        from verifier.setup.shipped_files import shipped

        loaded = load_claims(repository / "claims.yaml")
        with Snapshot.open(repository) as snapshot:
            limits = Limits(max_rounds=1, concurrency=self.concurrency)
            prompts = Prompts(shipped("prompts"))
            run = ClaimRun(loaded, loaded.claims.claims, Index(snapshot), prompts, SETTINGS, SETTINGS, limits)
            async with Gemini(self.endpoint, SETTINGS, AskedVerdict.as_schema(), others=OTHERS) as gemini:
                record = await judge(run, self.model(gemini))
        for ruling in record.rulings:
            print_line(f"{ruling.claim_id} {ruling.ruling} {ruling.error or ''}".strip())
        return int(examine([record], Rules()).exit)


def main(url: str, journal: str, claims: str, concurrency: str, repository: str = "") -> int:
    with Journal(Path(journal)) as opened:
        run = Run(url, opened, int(concurrency))
        return run.interruption.run(run.judge(Path(repository)) if repository else run.ask(int(claims)))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
