"""The reference of all commands as Markdown, made from their own help.

python -m verifier.cli.reference docs/commands.md
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from verifier.cli import cli
from verifier.runs.settings import KINDS, SETTINGS

_WIDTH = 100

_HEAD = """\
# Commands

Made from the commands' own help by `python -m verifier.cli.reference docs/commands.md`; a test keeps it current.

Results go to stdout, messages and progress to stderr. `NO_COLOR` is honoured. A mistake is one line on stderr and exit
code 2.

| exit code | meaning |
| --- | --- |
| 0 | every claim passes; a checking command found nothing |
| 1 | a claim fails; a checking command found something |
| 2 | usage, a claim file, an unknown commit |
| 3 | no claim fails, but some are UNPROVEN |
| 4 | some claims are ERROR, or the run is incomplete |

## Settings

Most options of `verifier run` may also be set as `VERIFIER_<OPTION>` in the environment, and some in a file: in
`verifier.toml`, or under `[tool.verifier]` in `pyproject.toml`, of the current folder or of the nearest one above it in
the repository; the first that is there holds, and paths in it are taken from where it lies. Flags go before the
environment, that before the file, and that before the default. `verifier config` says which value holds and where it
came from. A file may set these and no others; hyphens do as well as underscores:

| setting | is |
| --- | --- |
@SETTINGS@

A key, the address of the service, the journal's place and the policy never come from a file: a repository must not
choose who is asked, or with whose key.

## Shell completion

Write the completion of your shell once, and load it when the shell starts:

```sh
# bash; then, in ~/.bashrc: . ~/.verifier-complete.bash
_VERIFIER_COMPLETE=bash_source verifier > ~/.verifier-complete.bash
# zsh; then, in ~/.zshrc and after compinit: . ~/.verifier-complete.zsh
_VERIFIER_COMPLETE=zsh_source verifier > ~/.verifier-complete.zsh
# fish, which finds it by itself
mkdir -p ~/.config/fish/completions
_VERIFIER_COMPLETE=fish_source verifier > ~/.config/fish/completions/verifier.fish
```
"""


def command_reference() -> str:
    """The whole reference: every command with its help, groups with each of theirs."""
    settings = "\n".join(f"| `{name}` | {KINDS[kind]} |" for name, kind in SETTINGS.items())
    return "\n".join(
        [
            _HEAD.replace("@SETTINGS@", settings),
            *(_section(name, command) for name, command in _commands(cli, "verifier")),
        ]
    )


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
    Path(sys.argv[1]).write_text(command_reference(), encoding="utf-8")
