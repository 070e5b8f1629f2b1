"""The command line: commands turn options into values, call, and print. They decide nothing.

Every command is imported when it is called, so that `verifier --help` stays as quick as click itself.
"""

from __future__ import annotations

import errno
import importlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

import click

from verifier.errors import VerifierError
from verifier.values.tool import VERSION

_COMMANDS = {
    "run": "Verify a claim set on a branch or commit.",
    "check": "Verify one statement, without a claim file.",
    "pack": "Show what would be sent, per claim; send nothing.",
    "claims": "List, lint, add, draft, label and import claims.",
    "report": "Render a finished run again.",
    "diff": "Say what changed between two runs.",
    "history": "Show how claims were ruled over commits.",
    "audit": "Ground the citations of a report somebody else's model wrote.",
    "recheck": "Derive a report's rulings again, without a model.",
    "stress": "Corrupt recorded replies: does any ruling become wrong?",
    "eval": "Measure a judge by labelled claims.",
    "mcp": "Serve coding agents over the Model Context Protocol.",
    "init": "Set a repository up: claims, settings, a workflow.",
    "config": "Show each setting and where it came from.",
    "cassettes": "List, check and scrub recorded exchanges.",
    "doctor": "Check the set-up.",
    "demo": "Run the whole pipeline on a bundled sample, offline.",
}

HELP_NAMES = ["-h", "--help"]

# Pydantic would look through every installed distribution for plugins, and let them see what is validated.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")


class _Lazy(click.Group):
    """A group that knows its commands by name and one line of help, and imports one only to call it."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"verifier.cli.{cmd_name}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """Read the group's own options; what is wrong with them becomes one line."""
        with _one_line():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Call the command; an error of ours, or of usage, becomes its one line."""
        with _one_line():
            return super().invoke(ctx)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


class _Refused(click.ClickException):
    """An error that a reader can act on, as one line on stderr."""

    exit_code = 2

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the line; control characters of foreign text are shown as escapes."""
        from verifier.safety.terminal import escape_terminal

        click.echo(f"verifier: {escape_terminal(self.message)}", file=file, err=file is None)


_INCOMPLETE = 4
"""What the program could not end. Click and Python would answer 1, as if a claim had failed."""


class _Interrupted(_Refused):
    """A second Ctrl-C."""

    exit_code = _INCOMPLETE


_OUTPUT_ENDS = (errno.ENOSPC, errno.EDQUOT, errno.EIO)


class _Unwritten(_Refused):
    """An output that takes nothing more."""

    exit_code = _INCOMPLETE

    def __init__(self, error: OSError) -> None:
        super().__init__(f"the output cannot be written ({error.strerror}); make room, or send it elsewhere")

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the line."""
        _forget_output()
        super().show(file)


class _Unread(_Refused):
    """An output whose reader has left, as `head` does: it ends as a tool does that SIGPIPE ends."""

    exit_code = 141

    def show(self, file: IO[Any] | None = None) -> None:  # noqa: ARG002
        """Say nothing: nobody reads."""
        _forget_output()


def _forget_output() -> None:
    """Let go what is left in the buffer: it would fail once more when the interpreter ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def _one_line() -> Iterator[None]:
    try:
        yield
    except click.exceptions.NoArgsIsHelpError:
        raise  # which is the help, and no error
    except click.UsageError as error:
        raise _Refused(_usage_line(error)) from error
    except VerifierError as error:
        raise _Refused(str(error)) from error
    except KeyboardInterrupt as interrupt:
        raise _Interrupted("ended by Ctrl-C before it was done") from interrupt
    except BrokenPipeError as error:
        raise _Unread(str(error)) from error


def _usage_line(error: click.UsageError) -> str:
    """What click met, and where to look for what may be given."""
    said = error.format_message().rstrip(".")
    said = said[:1].lower() + said[1:]
    words = error.ctx.command_path.split()[1:] if error.ctx is not None else []
    command = " ".join(["verifier", *words])
    return said if "Did you mean" in said else f"{said}; `{command} -h` says what may be given"


@click.group(cls=_Lazy, context_settings={"help_option_names": HELP_NAMES})
@click.version_option(VERSION, "-V", "--version", prog_name="verifier")
def cli() -> None:
    """Check claims about a git commit.

    Gemini gives a verdict on each claim; verifier looks up every piece of evidence in the commit and gives a ruling.
    """


@cli.result_callback()
@click.pass_context
def _exit(ctx: click.Context, code: int | None) -> None:
    """Leave with the code that the command gave."""
    ctx.exit(code or 0)


def main() -> None:
    """Run the command line. An error that nobody foresaw is no claim that fails: it ends in 4, with its traceback."""
    try:
        cli(prog_name="verifier")
    except SystemExit:
        raise
    except BaseException as error:  # noqa: BLE001  # the program ends here, and says of what
        if isinstance(error, OSError) and error.filename is None and error.errno in _OUTPUT_ENDS:
            _Unwritten(error).show()
        else:
            _show_traceback(error)
        sys.exit(_INCOMPLETE)


def _show_traceback(error: BaseException) -> None:
    """Print it as Python would, with nothing in it that moves a terminal."""
    import traceback

    from verifier.safety.terminal import escape_terminal

    told = "".join(traceback.format_exception(error))
    click.echo(escape_terminal(told, keep="\n"), err=True, nl=False)
    click.echo("verifier: this error is verifier's own, and says nothing about a claim; please report it", err=True)
