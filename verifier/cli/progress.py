"""Progress on stderr: a bar on a terminal, plain lines elsewhere, nothing where none is wanted."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, TextIO

from verifier.cost.prices import Bill
from verifier.model.retrying import Retry
from verifier.runs.watching import Watcher
from verifier.safety.terminal import escape_terminal
from verifier.values.claim import Claim, Word
from verifier.values.outcome import Outcome
from verifier.values.prompt import Usage

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID


def progress(*, quiet: bool = False, stream: TextIO | None = None) -> Watcher:
    """A watcher in the form that suits the stream; stderr where none is given."""
    stream = stream or sys.stderr
    if quiet:
        return Silence(stream)
    if stream.isatty() and os.environ.get("TERM") != "dumb":
        return TerminalBar(stream)
    return PlainLines(stream)


class Silence(Watcher):
    """Says nothing that can be left unsaid."""

    def __init__(self, stream: TextIO) -> None:
        """Keep `stream` for what cannot."""
        self._stream = stream

    def insist(self, line: str) -> None:
        """Print the line, whole and at once, in whatever letters the stream has."""
        encoding = self._stream.encoding or "utf-8"
        shown = escape_terminal(line).encode(encoding, "backslashreplace").decode(encoding)
        # A run goes on to its report, whoever has left.
        with suppress(BrokenPipeError):
            self._stream.write(f"{shown}\n")
            self._stream.flush()


class _Ending:
    """The error that ended a run, said once: every claim that was not asked any more repeats it."""

    def __init__(self) -> None:
        self._why: str | None = None
        self._repeated = 0

    def is_news(self, outcome: Outcome) -> bool:
        """Whether the outcome tells more than that the run has ended."""
        if self._why is not None and outcome.error is not None and outcome.error.endswith(self._why):
            self._repeated += 1
            return False
        if outcome.fatal:
            self._why = outcome.error
        return True

    @property
    def line(self) -> str | None:
        """How many others it took with it. None where there are none."""
        others = "1 other claim was" if self._repeated == 1 else f"{self._repeated} other claims were"
        return f"the run ended early: {others} not judged" if self._repeated else None


class PlainLines(Silence):
    """One line for each claim that is done and for each retry, as a log wants them."""

    def __init__(self, stream: TextIO) -> None:
        """Write to `stream`."""
        super().__init__(stream)
        self._total = 0
        self._done = 0
        self._ending = _Ending()

    def begins(self, total: int, bill: Callable[[Outcome], Bill], waiting: Callable[[], int]) -> None:  # noqa: ARG002
        """Learn how many claims there are."""
        self._total = total

    def ends(self) -> None:
        """Say how many claims were not judged because the run ended."""
        if self._ending.line is not None:
            self.say(self._ending.line)

    def done(self, outcome: Outcome) -> None:
        """Say the ruling."""
        self._done += 1
        if self._ending.is_news(outcome):
            self.say(f"{self._done}/{self._total} {outcome.claim.id}: {_ruling(outcome)}")

    def retried(self, retry: Retry) -> None:
        """Say what is asked again, and why."""
        self.say(str(retry))

    def say(self, line: str) -> None:
        """Print the line."""
        self.insist(line)


class TerminalBar(Silence):
    """A bar that moves, with the errors and retries above it."""

    def __init__(self, stream: TextIO) -> None:
        """Draw on `stream`."""
        super().__init__(stream)
        self._bill: Callable[[Outcome], Bill] = lambda _: Bill()
        self._cost = 0.0
        self._waiting: Callable[[], int] = lambda: 0
        self._started = 0
        self._done = 0
        self._words: Counter[Word] = Counter()
        self._usage = Usage()
        self._ending = _Ending()
        self._bar: Bar | None = None
        self._task: TaskID | None = None

    def begins(self, total: int, bill: Callable[[Outcome], Bill], waiting: Callable[[], int]) -> None:
        """Draw the bar for the first time."""
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar
        from rich.table import Column

        self._bar = Bar(
            MofNCompleteColumn(table_column=Column(no_wrap=True)),
            BarColumn(bar_width=16),
            TimeRemainingColumn(compact=True, table_column=Column(no_wrap=True)),
            # What does not fit is cut here, so that the count and the time left are always seen.
            TextColumn(
                "{task.fields[state]}", markup=False, table_column=Column(ratio=1, no_wrap=True, overflow="ellipsis")
            ),
            console=Console(file=self._stream, force_terminal=True, highlight=False),
            expand=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._task = self._bar.add_task("", total=total, state=self)
        self._bill, self._waiting = bill, waiting
        self._bar.start()

    def ends(self) -> None:
        """Leave the last state standing, and the cursor as it was."""
        if self._ending.line is not None:
            self.say(self._ending.line)
        if self._bar is not None:
            self._draw()
            self._bar.stop()

    def started(self, claim: Claim) -> None:  # noqa: ARG002
        """Count the claim as in flight."""
        self._started += 1
        self._draw()

    def done(self, outcome: Outcome) -> None:
        """Count the ruling; an error is said in words."""
        self._done += 1
        self._started = max(self._started, self._done)
        self._words[outcome.ruling.word if outcome.ruling else Word.ERROR] += 1
        self._usage += outcome.usage
        self._cost += self._bill(outcome).cost or 0.0
        if self._ending.is_news(outcome) and outcome.ruling is None:
            self.say(f"{outcome.claim.id}: {_ruling(outcome)}")
        self._draw()

    def retried(self, retry: Retry) -> None:
        """Say what is asked again, and why."""
        self.say(str(retry))

    def say(self, line: str) -> None:
        """Print the line above the bar, or where it will be."""
        if self._bar is not None:
            self._bar.console.print(escape_terminal(line), markup=False, highlight=False, soft_wrap=True)
        else:
            super().insist(line)

    def insist(self, line: str) -> None:
        """Print the line as any other."""
        self.say(line)

    def _draw(self) -> None:
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=self._done)

    def __str__(self) -> str:
        """Everything beside the bar, in words, as it is at this moment: the bar asks whenever it is drawn."""
        at_work = self._started - self._done
        waiting = min(self._waiting(), at_work)
        words = [f"{count} {word.value.split()[0].lower()}" for word in Word if (count := self._words[word])]
        parts = [
            f"{at_work} in flight" + (f" ({waiting} waiting)" if waiting else ""),
            *words,
            *([f"{self._usage.total} tokens"] if self._usage.total else []),
            *([f"${self._cost:.4f}"] if self._cost else []),
        ]
        return ", ".join(parts)


def _ruling(outcome: Outcome) -> str:
    return outcome.ruling.word.value if outcome.ruling else f"ERROR: {outcome.error}"
