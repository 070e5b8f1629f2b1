"""What goes wrong with a request, told apart by what helps: asking again, asking with more room, or neither."""

from __future__ import annotations

from verifier.errors import ModelError, ReplyError
from verifier.values.prompt import Usage


class TransientError(ModelError):
    """It can pass by itself, so asking again later makes sense."""

    def __init__(self, message: str, *, retry_after_s: float | None = None, kept: str | None = None) -> None:
        super().__init__(message, kept=kept)
        self.retry_after_s = retry_after_s
        """How long the service asks to be left alone. None: it did not say."""


class CutReplyError(ReplyError):
    """The reply ran out of output tokens; what came of it is in `kept`, what it cost in `usage`."""

    def __init__(self, message: str, *, kept: str | None, usage: Usage | None) -> None:
        super().__init__(message, kept=kept)
        self.usage = usage


def given_up(error: TransientError, attempts: int) -> ModelError:
    """What is left to say of an error that did not pass."""
    tries = f"; gave up after {attempts} attempts" if attempts > 1 else ""
    rest = f"; the service asks to wait {error.retry_after_s:g} s" if error.retry_after_s else ""
    return ModelError(f"{error}{tries}{rest}", kept=error.kept)


def one_line(text: object, *, longest: int = 300) -> str:
    """Foreign text as part of one line: control characters and line ends become blanks, and it has an end."""
    words = "".join(char if char.isprintable() else " " for char in str(text)).split()
    line = " ".join(words)
    return line if len(line) <= longest else line[: longest - 3] + "..."
