"""Options that several commands share, and what they become."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

import click

from verifier.cli.completing import claim_ids, claim_tags, refs
from verifier.runs.options import LEAST, MOST, RunOptions

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


PATH = click.Path(path_type=Path)
FILE = click.Path(path_type=Path, dir_okay=False)
FOLDER = click.Path(path_type=Path, file_okay=False)
PROMPTS = click.Path(path_type=Path, file_okay=False, exists=True)


def option(*names: str, **settings: Any) -> Callable[[Decorated], Decorated]:
    """A click option that the environment may set too, as VERIFIER_<NAME>."""
    name = next((name for name in names if name.isidentifier()), max(names, key=len).lstrip("-"))
    return click.option(*names, envvar=f"VERIFIER_{name.replace('-', '_').upper()}", show_envvar=False, **settings)


def options(*decorators: Callable[[Any], Any]) -> Callable[[Decorated], Decorated]:
    """Several options as one decorator, listed in the help in this order."""

    def decorate(command: Decorated) -> Decorated:
        for decorator in reversed(decorators):
            command = decorator(command)
        return command

    return decorate


where_to_look = options(
    option("--repo", type=PATH, default=Path(), help="The repository.  [default: .]"),
    option(
        "--ref",
        "--branch",
        "ref",
        default="HEAD",
        show_default=True,
        shell_complete=refs,
        help="Branch, tag or id of the commit.",
    ),
)

what_to_judge = options(
    click.argument("claims", nargs=-1, type=PATH),
    where_to_look,
    click.option(
        "--claim",
        "ids",
        multiple=True,
        metavar="ID",
        shell_complete=claim_ids,
        help="Only this claim; may be repeated.",
    ),
    click.option(
        "--tag", "tags", multiple=True, shell_complete=claim_tags, help="Only claims with this tag; may be repeated."
    ),
    option(
        "--facts",
        type=FOLDER,
        metavar="DIR",
        help="JUnit, coverage and SARIF files that CI made of the commit, for checks that ask CI.",
    ),
)


def _whole(name: str) -> dict[str, Any]:
    """Type and default of an option that counts something."""
    return {
        "type": click.IntRange(LEAST[name], MOST.get(name)),
        "default": getattr(RunOptions, name),
        "show_default": True,
    }


_ABOVE_ZERO = click.FloatRange(0, min_open=True)


model = option("--model", default=RunOptions.model, show_default=True, help="The model to ask.")
reader_model = option("--reader-model", help="Who reads the evidence a second time; the same model if absent.")
prompts = option("--prompts", type=PROMPTS, help="Own prompt templates.")

what_it_may_take = options(
    option("--budget-tokens", **_whole("budget_tokens"), help="Largest request."),
    option("--max-output-tokens", **_whole("max_output_tokens"), help="Room to reply."),
    option("--thinking-level", help="MINIMAL, LOW, MEDIUM or HIGH.  [default: the model's own]"),
    option("--max-cost", type=_ABOVE_ZERO, help="Spend at most so many US dollars."),
    option("--max-tokens", **_whole("max_tokens"), help="Use at most so many tokens."),
    option("--prices", type=FILE, help="Own prices, a TOML file."),
)

how_much_to_ask = options(
    reader_model,
    option("--max-rounds", **_whole("max_rounds"), help="Requests a claim."),
    what_it_may_take,
)

how_to_ask = options(
    model,
    how_much_to_ask,
    prompts,
)

CONTROLLED = 5
"""Of how many claims controls are made where no number is given."""

judge_of_the_judge = options(
    click.option(
        "--controls",
        type=click.IntRange(LEAST["controls"]),
        is_flag=False,
        flag_value=CONTROLLED,
        metavar="[N]",
        help=f"Judge controls of N claims that are borne out too: is the judge worth anything?  [N: {CONTROLLED}]",
    ),
    click.option("--controls-seed", type=int, help="By which these claims are drawn.  [default: by the commit]"),
)


def fail_on_controls(says: str) -> Callable[[Any], Any]:
    """The option that gates on controls, with what it means for the command."""
    return click.option("--fail-on-controls", is_flag=True, help=says)


where_to_ask = options(
    option("--api-key", help="Instead of GOOGLE_API_KEY or GEMINI_API_KEY."),
    option("--base-url", help="Instead of the service's address or GOOGLE_GEMINI_BASE_URL."),
    option("--vertex", is_flag=True, help="Ask Vertex AI."),
    option("--project", help="Vertex AI project."),
    option("--location", help="Vertex AI location."),
    option("--timeout-s", type=_ABOVE_ZERO, default=RunOptions.timeout_s, show_default=True, help="A call."),
    option("--attempts", **_whole("attempts"), help="Tries a request."),
    option("--concurrency", **_whole("concurrency"), help="Claims at a time."),
    option("--rpm", type=_ABOVE_ZERO, help="Requests a minute at most."),
    option("--tpm", type=_ABOVE_ZERO, help="Tokens a minute at most."),
    option("--journal", type=FILE, help="Instead of .verifier/journal.sqlite."),
    click.option("--fresh", is_flag=True, help="Ask anew what the journal could answer."),
    option("--batch", is_flag=True, help="Ask through the Batch API: half the price, hours to wait."),
    option("--allow-other-model", is_flag=True, help="Take replies from another model than the one asked."),
)


def with_run_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The command, handed as one value all that says how a run is made, and the rest by name."""
    ours = {one.name for one in fields(RunOptions)}

    @functools.wraps(command)
    def called(**given: Any) -> Any:
        rest = {name: value for name, value in given.items() if name not in ours}
        return command(RunOptions.of(given), **rest)

    return called
