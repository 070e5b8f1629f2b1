"""`verifier mcp` as an agent meets it: the protocol's own client, the emulator, and once the real program."""

from __future__ import annotations

import json
import os
import re
import sys
import tomllib
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests import ROOT
from tests.conftest import Commit
from tests.evidence.replies import absence, citation, part, verdict
from tests.model.emulator import Answer, Emulator, Request, says
from tests.preloaded import python
from verifier.cli import cli
from verifier.cli.mcp import mcp as mcp_command
from verifier.runs.options import RunOptions

# It is imported where it is used: that takes most of a second, which every process that collects tests would pay.
pytestmark = pytest.mark.skipif(find_spec("mcp") is None, reason="the extra claim-verifier[mcp] is not installed")

POOL = "class Pool:\n    def drain(self):\n        while self.items:\n            self.items.pop().close()\n"
DRAINS = "`Pool.drain` closes every item, in `pool.py`"
RETRIES = "Calls are retried by `RetryPolicy`"
CLAIMS = f"""\
title: The pool
claims:
  - id: drains
    statement: "{DRAINS}"
  - id: retries
    statement: {RETRIES}
"""
SHOWN = citation("pool.py", 3, 4, "        while self.items:\n            self.items.pop().close()")


def answers(request: Request) -> Answer:
    """A truthful judge of both claims."""
    if request.statement == DRAINS:
        return says(verdict(part(DRAINS, "yes", SHOWN), word="FULLY RESOLVED"))
    return says(verdict(part(RETRIES, "no", absence("RetryPolicy")), word="NOT RESOLVED"))


@pytest.fixture
def gemini() -> Iterator[Emulator]:
    with Emulator(answers) as emulator:
        yield emulator


class Agent:
    """A client that keeps what it was told of a call's progress."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.progress: list[tuple[float, float | None, str | None]] = []

    async def call(self, tool: str, **arguments: Any) -> str:
        """What the tool says; an error is marked as one."""

        async def told(done: float, total: float | None, message: str | None) -> None:
            self.progress.append((done, total, message))

        result = await self._client.call_tool(tool, arguments, progress_callback=told)
        (content,) = result.content
        return f"error: {content.text}" if result.is_error else str(content.text)


Connect = Callable[..., AbstractAsyncContextManager[Agent]]


def prepared(folder: Path, below: str) -> Path:
    """A folder with claims, or one below it, in which a server is started."""
    place = folder / below
    for made in (folder / "claims", place):
        made.mkdir(parents=True, exist_ok=True)
    (folder / "claims/pool.yaml").write_text(CLAIMS, encoding="utf-8")
    return place


def settings(emulator: Emulator) -> dict[str, str]:
    return {"GOOGLE_GEMINI_BASE_URL": emulator.url, "GEMINI_API_KEY": "k" * 20, "NO_PROXY": "127.0.0.1"}


@asynccontextmanager
async def started(folder: Path, repository: Path, emulator: Emulator, *options: str) -> AsyncIterator[Agent]:
    """An agent whose program has started the server, as it does."""
    import mcp

    command, *words = python()
    words += ["-c", "from verifier.cli import main; main()", "mcp", "--repo", str(repository), *options]
    environment = {**os.environ, **settings(emulator)}
    server = mcp.StdioServerParameters(command=command, args=words, cwd=prepared(folder, ""), env=environment)
    async with mcp.Client(server) as client:
        yield Agent(client)


@pytest.fixture
def agent(repository: Path, gemini: Emulator, monkeypatch: pytest.MonkeyPatch) -> Connect:
    """Connects an agent to a server in this process."""
    import mcp

    from verifier.cli import mcp_server  # It needs the extra, too.

    @asynccontextmanager
    async def connected(folder: Path, *options: str, below: str = "") -> AsyncIterator[Agent]:
        monkeypatch.chdir(prepared(folder, below))
        for name, value in settings(gemini).items():
            monkeypatch.setenv(name, value)
        with mcp_command.make_context("mcp", ["--repo", str(repository), *options]) as context:
            server = mcp_server.server(RunOptions.of(context.params))
        async with mcp.Client(server) as client:
            yield Agent(client)

    return connected


@pytest.mark.asyncio
async def test_an_agent_checks_runs_and_is_told_what_would_prove_the_rest(
    commit: Commit, repository: Path, tmp_path: Path, gemini: Emulator
) -> None:
    sha = commit({"pool.py": POOL}).commit
    async with started(tmp_path, repository, gemini, "--max-tokens=1000000", "--concurrency=1") as one:
        checked = await one.call("check", statement=DRAINS)
        ran = await one.call("run")
        progress = one.progress[2:]
        explained = await one.call("explain", claim="retries")
        unknown = await one.call("explain", claim="gone")

    assert f"at commit {sha}" in checked
    assert "✅ FULLY RESOLVED (1 proven)  pool-drain-closes-every-item" in checked
    assert "✅ FULLY RESOLVED (1 proven)  drains" in ran
    assert "❌ NOT RESOLVED (1 refuted)  retries" in ran
    assert [step for step, _, _ in progress] == [0.5, 1.0, 1.5, 2.0]
    assert progress[-1][1:] == (2, "retries: NOT RESOLVED")
    assert 'add it and commit it: no code matches "RetryPolicy"' in explained
    assert "drains" not in explained
    assert unknown.endswith(": no claim 'gone' was judged here; judge it first, or name a run's .json")
    assert list(tmp_path.glob("reports/**/*.json"))


@pytest.mark.asyncio
async def test_a_server_that_was_started_below_writes_its_reports_beside_the_claims(
    commit: Commit, repository: Path, agent: Connect
) -> None:
    commit({"pool.py": POOL})
    async with agent(repository, "--max-tokens=1000000", below="src/net") as one:
        await one.call("run")

    assert list(repository.glob("reports/pool/*.json"))


@pytest.mark.asyncio
async def test_what_is_not_committed_is_said_to_be_unseen(
    commit: Commit, repository: Path, tmp_path: Path, agent: Connect
) -> None:
    commit({"pool.py": POOL})
    (repository / "pool.py").write_text("pass\n", encoding="utf-8")
    async with agent(tmp_path, "--max-tokens=1000000") as one:
        checked = await one.call("check", statement=DRAINS)

    assert "1 file with uncommitted work: NOT SEEN; commit, and ask again" in checked


@pytest.mark.asyncio
async def test_calls_share_one_cap_that_none_of_them_can_raise(
    commit: Commit, tmp_path: Path, gemini: Emulator, agent: Connect
) -> None:
    commit({"pool.py": POOL})
    async with agent(tmp_path, "--max-tokens=20000", "--max-output-tokens=1000") as one:
        first = await one.call("check", statement=DRAINS)
        later = [await one.call("check", statement=f"{RETRIES}, number {n}", max_tokens=10**9) for n in range(6)]

    assert "FULLY RESOLVED" in first
    assert "at most 20,000 tokens" in first
    assert "NOT RESOLVED" in later[0]
    assert "⛔ ERROR" in later[-1]
    assert "tokens of --max-tokens" in later[-1]
    assert len(gemini.asked) < 2 * len(later)


@pytest.mark.asyncio
async def test_what_an_agent_gets_wrong_is_one_line(
    commit: Commit, tmp_path: Path, gemini: Emulator, agent: Connect
) -> None:
    commit({"pool.py": POOL})
    async with agent(tmp_path, "--max-cost=1") as one:
        told = [
            await one.call("check", statement="-"),
            await one.call("check", statement="x", ref="gone"),
            await one.call("run", ids=["gone"]),
        ]

    assert all(text.startswith("error: ") and "\n" not in text for text in told), told
    assert not gemini.asked


def test_without_a_cap_nothing_is_served() -> None:
    result = CliRunner().invoke(cli, ["mcp"], catch_exceptions=False)

    assert result.exit_code == 2
    assert "say how much at most with --max-cost or --max-tokens" in result.output


def test_without_the_package_the_way_out_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "verifier.cli.mcp_server", raising=False)
    monkeypatch.setitem(sys.modules, "mcp.server.mcpserver", None)

    result = CliRunner().invoke(cli, ["mcp"], catch_exceptions=False)

    assert result.exit_code == 2
    assert "pip install 'claim-verifier[mcp]'" in result.output


def test_every_configuration_that_is_shown_starts_the_server() -> None:
    text = (ROOT / "docs/agents.md").read_text("utf-8")
    documents = [json.loads(block) for block in re.findall(r"^```json\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)]
    documents += [tomllib.loads(block) for block in re.findall(r"^```toml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)]
    servers = [next(iter(document.values()))["verifier"] for document in documents]

    assert len(servers) == 3
    for server in servers:
        with mcp_command.make_context(server["args"][0], server["args"][1:]) as context:
            called = server["command"], server["args"][0], context.params["max_cost"]
        assert called == ("verifier", "mcp", 0.5)
