"""`verifier claims label`: a run's rulings one by one, and what a reviewer says of each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from verifier.cli.options import FILE
from verifier.errors import UsageError
from verifier.values.claim import Word

if TYPE_CHECKING:
    from verifier.evaluation.labelling import Unlabelled

_LABELS = {"f": Word.FULLY, "p": Word.PARTIALLY, "n": Word.NOT}


@click.command()
@click.argument("record", metavar="RUN.json", type=FILE)
@click.option(
    "--claims",
    "file",
    type=FILE,
    help="The claim file to write to.  [default: the one that was judged, from the current folder]",
)
@click.option("--again", is_flag=True, help="Go through claims that have a label already, too.")
def label(record: Path, file: Path | None, again: bool) -> None:
    """Go through the rulings of RUN.json one by one, and write what you say of each as `expect` into the claim file.

    Shown are the statement, the ruling and its evidence. Agree, name another ruling, skip, or quit; each answer is
    written at once, with your reason as `expect_why`, and nothing else in the file is changed. `verifier eval` measures
    later runs by these labels.
    """
    from verifier.claim_files import load_claims
    from verifier.claim_files.writing import label_claim
    from verifier.cli.output import say, show
    from verifier.evaluation.labelling import unlabelled
    from verifier.report.files import read_record
    from verifier.report.words import counted

    run = read_record(record)
    path = file or Path(run.claim_set.path)
    if not path.exists():
        raise UsageError(f"{path} is not here; name the claim file with --claims")
    waiting, written = unlabelled(run, load_claims(path), again=again), 0
    for number, one in enumerate(waiting, start=1):
        show("")
        show(f"{number} of {len(waiting)}: {one.ruling.claim_id}")
        for line in one.lines():
            show(f"  {line}")
        try:
            answer = _answer(one)
            if answer == "q":
                break
            if answer != "s":
                word = _LABELS.get(answer, one.ruling.ruling)
                label_claim(path, one.ruling.claim_id, word, _reason(one, word))
                written += 1
        except click.Abort:  # the input ends, or Ctrl-C
            show("")
            break
    say(f"{counted(written, 'label')} written to {path}; {len(waiting) - written} left")


def _answer(one: Unlabelled) -> str:
    agree = ["a"] if one.can_be_agreed_with else []
    words = ["a)gree", "f)ully", "p)artially", "n)ot resolved", "s)kip", "q)uit"][1 - len(agree) :]
    return str(click.prompt(", ".join(words), type=click.Choice([*agree, *_LABELS, "s", "q"]), show_choices=False))


def _reason(one: Unlabelled, word: Word) -> str:
    if one.needs_reason(word):
        return str(click.prompt("why"))
    return str(click.prompt("why (may be empty)", default="", show_default=False))
