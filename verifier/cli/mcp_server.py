"""verifier for coding agents: the tools `check`, `run` and `explain`, over the Model Context Protocol.

Who starts the server says whom it asks and what all calls together may spend; no call can say otherwise. One call is
worked on at a time. This module needs the package `mcp`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated

import anyio
import anyio.from_thread
import anyio.to_thread
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from pydantic import Field

from verifier.claim_files.stating import stated_claims
from verifier.errors import UsageError, VerifierError
from verifier.report.agent import render
from verifier.report.files import read_record, write_report
from verifier.report.words import counted, money, ruling_line
from verifier.runs.allowance import Allowance
from verifier.runs.execution import execute
from verifier.runs.options import RunOptions
from verifier.runs.planning import plan_runs
from verifier.runs.watching import Watcher
from verifier.safety.invisible import visible
from verifier.values.claim import Claim
from verifier.values.outcome import Outcome
from verifier.values.record import RunRecord
from verifier.values.tool import VERSION

_INSTRUCTIONS = """\
verifier judges claims about one commit of this repository by evidence that it looks up itself. Uncommitted work is not
seen: commit first. Before you say that something is done, check each thing that you are about to say. FULLY RESOLVED
means that the commit bears it out; anything else comes with what to do about it."""

Ref = Annotated[str, Field(description="Branch, tag or id of the commit. By default the one that is checked out.")]


def serve(options: RunOptions) -> None:
    """Answer calls on standard input and output until the client goes.

    Raises:
        UsageError: No cap is given, and the model is asked live.
    """
    server(options).run("stdio")


def server(options: RunOptions) -> MCPServer:
    """The server, which no client has reached yet.

    Raises:
        UsageError: No cap is given, and the model is asked live.
    """
    if options.replay is None and options.max_cost is None and options.max_tokens is None:
        raise UsageError("an agent spends without asking; say how much at most with --max-cost or --max-tokens")
    tools = _Tools(options)
    made = MCPServer("verifier", version=VERSION, instructions=_INSTRUCTIONS, log_level="WARNING")
    for tool in (tools.check, tools.run, tools.explain):
        made.add_tool(tool, structured_output=False)
    return made


class _Tools:
    """What an agent can ask for. The docstrings are what it is told of each."""

    def __init__(self, options: RunOptions) -> None:
        self._options = options
        self._spent = Allowance()
        self._turn = anyio.Lock()
        self._records: list[RunRecord] = []

    async def check(
        self,
        ctx: Context,
        statement: Annotated[str, Field(description="What is claimed of the repository, in one sentence.")],
        files: Annotated[Sequence[str], Field(description="Paths or globs to look at. Found without, as a rule.")] = (),
        ref: Ref = "",
    ) -> str:
        """Verify one statement about the repository at a commit, such as "`Pool.drain` closes every connection"."""
        with _told_to_the_agent():
            if statement == "-":
                raise UsageError("the statement is empty; say in one sentence what is claimed")
            claims = stated_claims(statement, tuple(files))
        return await self._judge(ctx, replace(self._options, claim_set=claims, ref=ref or self._options.ref))

    async def run(
        self,
        ctx: Context,
        claims: Annotated[
            Sequence[str], Field(description="Claim files or folders; claims/ where none is given.")
        ] = (),
        ids: Annotated[
            Sequence[str], Field(description="Only the claims with these ids. All where none is given.")
        ] = (),
        ref: Ref = "",
    ) -> str:
        """Verify the claims that are written down in the repository's claim files at a commit."""
        wanted = replace(self._options, claims=tuple(map(Path, claims)), ids=tuple(ids), ref=ref or self._options.ref)
        return await self._judge(ctx, wanted)

    async def explain(
        self,
        claim: Annotated[str, Field(description="The id of a claim that check or run has named.")],
        record: Annotated[str, Field(description="A run's .json, to explain a run that was made elsewhere.")] = "",
    ) -> str:
        """Say what would prove the open parts of a claim that was judged before. Costs nothing."""
        with _told_to_the_agent():
            records = [read_record(Path(record))] if record else self._records
            for one in reversed(records):
                found = tuple(ruling for ruling in one.rulings if ruling.claim_id == claim)
                if found:
                    return f"{ruling_line(found[0])}\n{render(replace(one, rulings=found))}"
            raise UsageError(f"no claim {claim!r} was judged here; judge it first, or name a run's .json")

    async def _judge(self, ctx: Context, wanted: RunOptions) -> str:
        async with self._turn:
            progress = _Progress(ctx)
            with _told_to_the_agent():
                told = partial(self._judged, self._spent.left(wanted), progress)
                return "\n".join((await anyio.to_thread.run_sync(told), *progress.notes, *self._spending()))

    def _judged(self, options: RunOptions, watcher: Watcher) -> str:
        """In a thread of its own: a run has an event loop for itself."""
        with plan_runs(options, watcher) as plan:
            records = execute(plan, watcher, self._spent)
        self._records.extend(records)
        pages = (_page(record, write_report(record, options.reports)) for record in records)
        return "\n".join(pages) if records else plan.why_none

    def _spending(self) -> Iterator[str]:
        tokens, cost = self._spent.tokens, self._spent.cost
        caps = [
            *([f"{self._options.max_tokens:,} tokens"] if self._options.max_tokens is not None else []),
            *([money(self._options.max_cost)] if self._options.max_cost is not None else []),
        ]
        if caps:
            spent = f"{counted(tokens, 'token')}, {money(cost)}"
            yield f"spent so far, failed calls at their worst: {spent}; at most {' and '.join(caps)}"


def _page(record: RunRecord, report: Path) -> str:
    unseen = record.repository.uncommitted
    lines = [
        f"at commit {record.repository.commit}",
        *([f"{counted(unseen, 'file')} with uncommitted work: NOT SEEN; commit, and ask again"] if unseen else []),
        *(f"{ruling_line(ruling)}  {visible(ruling.claim_id)}" for ruling in record.rulings),
        render(record).rstrip(),
        f"report: {visible(report)}",
    ]
    return "\n".join(lines)


@contextmanager
def _told_to_the_agent() -> Iterator[None]:
    """What the agent can act on goes to it as one line; all else is an error of the server's, in its log."""
    try:
        yield
    except VerifierError as error:
        raise ToolError(visible(str(error))) from error


class _Progress(Watcher):
    """Tells the client how far a call is: half a step where a claim begins, half where it is done."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._total = 0
        self._steps = 0
        self.notes: list[str] = []

    def begins(self, total: int, *_: object) -> None:
        """Learn how many claims there are."""
        self._total = total

    def started(self, claim: Claim) -> None:
        """Say what is worked on."""
        self._tell(f"{claim.id}: begun")

    def done(self, outcome: Outcome) -> None:
        """Say the ruling."""
        self._tell(f"{outcome.claim.id}: {outcome.ruling.word if outcome.ruling else 'ERROR'}")

    def insist(self, line: str) -> None:
        """Keep the line for the answer."""
        self.notes.append(f"note: {visible(line)}")

    def _tell(self, message: str) -> None:
        self._steps += 1
        anyio.from_thread.run(self._ctx.report_progress, self._steps / 2, self._total, message)
