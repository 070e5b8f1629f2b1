"""`verifier mcp`: serve coding agents over the Model Context Protocol."""

from __future__ import annotations

import click

from verifier.cli.options import how_to_ask, where_to_ask, where_to_look, with_run_options
from verifier.cli.run import replay, reports
from verifier.cli.settings import WithSettings
from verifier.runs.options import RunOptions


@click.command(cls=WithSettings)
@where_to_look
@how_to_ask
@where_to_ask
@replay
@reports
@with_run_options
def mcp(options: RunOptions) -> None:
    """Serve a coding agent: the tools check, run and explain, over the Model Context Protocol.

    It speaks on standard input and output, and an agent starts it; see docs/agents.md. --max-cost or --max-tokens
    bounds what all its calls spend together, and no call can raise that. Needs claim-verifier[mcp].
    """
    from verifier.errors import UsageError

    try:
        from verifier.cli.mcp_server import serve
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] not in ("mcp", "anyio"):
            raise
        raise UsageError("verifier mcp needs the package mcp; pip install 'claim-verifier[mcp]'") from error
    serve(options)
