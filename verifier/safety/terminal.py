"""Text for a terminal or a log: nothing in it moves a cursor, and no runner of GitHub Actions obeys it."""

from __future__ import annotations

import os
import re

from verifier.safety.invisible import visible

_COMMAND = re.compile(r"^(\s*:):|##\[", re.MULTILINE)


def escape_terminal(text: str, *, keep: str = "") -> str:
    """The text without secrets, every control and invisible character an escape: `\\u001b`, `\\u202e`, `\\n`.

    Escape codes, text turned round and blanks of no width are how a file name lies to its reader. Ordinary letters of
    every script stay as they are, and so do those in `keep`. In a step of GitHub Actions nothing is a command.
    """
    from verifier.safety.secrets import redact  # the search engine behind it is slow to import

    return unobeyed(visible(redact(text)[0], keep=keep))


def is_github_step() -> bool:
    """Whether a runner of GitHub Actions reads what is printed, and obeys commands in it."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


def unobeyed(text: str) -> str:
    """The text; in a step of GitHub Actions with a blank of no width in whatever its runner would obey."""
    return disarmed(text) if is_github_step() else text


def disarmed(text: str) -> str:
    """The text with a blank of no width inside whatever a runner would take for a command."""
    return _COMMAND.sub(lambda found: f"{found[1]}\u200b:" if found[1] else "#\u200b#[", text)
