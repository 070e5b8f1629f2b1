"""What keeps a claim from being judged, as that claim's outcome: an ERROR with its name, and never a verdict."""

from __future__ import annotations

import traceback
from dataclasses import replace
from pathlib import Path

from verifier.errors import ModelError, VerifierError
from verifier.model.errors import one_line
from verifier.values.outcome import Outcome


def failed(so_far: Outcome, error: Exception) -> Outcome:
    """What was asked and answered so far, with the error in place of a ruling.

    One of our own errors says what to do. Any other is named by its type and place, and its traceback is kept.
    """
    # Wherever an outcome is told, the claim is named already.
    said = named(error).removeprefix(f'"{so_far.claim.id}"').lstrip(":, ")
    outcome = replace(so_far, ruling=None, error=said)
    if isinstance(error, ModelError):
        return replace(outcome, kept=error.kept, fatal=error.fatal)
    if isinstance(error, VerifierError):
        return outcome
    told = f"{outcome.error}; please report it with the traceback, which is in the run record"
    return replace(outcome, error=told, traceback=_traceback(error))


def named(error: Exception) -> str:
    """What one of our own errors says; of any other which it is and where, for somebody who has to report it."""
    if isinstance(error, VerifierError):
        return str(error)
    said = one_line(error)
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {_short(frames[-1].filename)}:{frames[-1].lineno}" if frames else ""
    return f"unexpected {type(error).__name__}{where}{f': {said}' if said else ''}"


def _traceback(error: Exception) -> str:
    """As Python prints it, without the folders of this machine."""
    told = traceback.TracebackException.from_exception(error)
    _shorten(told)
    return "".join(told.format())


def _shorten(told: traceback.TracebackException) -> None:
    for frame in told.stack:
        frame.filename = _short(frame.filename)
    for other in (told.__cause__, told.__context__, *(told.exceptions or ())):
        if other is not None:
            _shorten(other)


def _short(filename: str) -> str:
    """The file as it is imported: what lies before the packages is the machine's."""
    for folder in ("site-packages", "dist-packages"):
        _, found, inside = filename.replace("\\", "/").rpartition(f"/{folder}/")
        if found:
            return inside
    path = Path(filename)
    return path.relative_to(_PACKAGE.parent).as_posix() if path.is_relative_to(_PACKAGE) else path.name


_PACKAGE = Path(__file__).parents[1]
