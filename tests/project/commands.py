"""docs/commands.md: its own words, and below them every command with its help.

python -m tests.project.commands docs/commands.md
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from verifier.cli import cli
from verifier.runs.settings import KINDS, SETTINGS

_WIDTH = 100


def command_reference(page: str) -> str:
    """The page with its table of settings and the help of every command made anew; what is written by hand stays."""
    by_hand = page[: page.index("\n## verifier\n")]
    settings = "\n".join(f"| `{name}` | {KINDS[kind]} |" for name, kind in SETTINGS.items())
    head = re.sub(r"(?<=\| setting \| is \|\n\| --- \| --- \|\n)(?:\|.*\n)*", f"{settings}\n", by_hand)
    return "\n".join([head, *(_section(name, command) for name, command in _commands(cli, "verifier"))])


def _commands(group: click.Group, name: str) -> Iterator[tuple[str, click.Command]]:
    yield name, group
    context = click.Context(group, info_name=name)
    for each in group.list_commands(context):
        command = group.get_command(context, each)
        if isinstance(command, click.Group):
            yield from _commands(command, f"{name} {each}")
        elif command is not None and not command.hidden:
            yield f"{name} {each}", command


def _section(name: str, command: click.Command) -> str:
    context = click.Context(
        command, info_name=name, terminal_width=_WIDTH, max_content_width=_WIDTH, help_option_names=["-h", "--help"]
    )
    return f"## {name}\n\n```text\n{command.get_help(context)}\n```\n"


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(command_reference(path.read_text("utf-8")), encoding="utf-8")
