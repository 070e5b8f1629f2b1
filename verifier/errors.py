"""Errors that a reader can act on: what was met, where, and the way out.

A claim that the commit does not bear out is an answer, never an error. The command line catches `VerifierError` and
prints it as one line; anything else is a bug and keeps its traceback.
"""


class VerifierError(Exception):
    """The work could not be done; the message is one line for the person who asked for it."""


class UsageError(VerifierError):
    """An option, a setting or an environment variable does not make sense."""


class ClaimError(VerifierError):
    """A claim file cannot be read as one; names file, line and what to do."""


class SnapshotError(VerifierError):
    """The repository or the commit cannot be read."""


class BudgetError(VerifierError):
    """Instructions and facts alone pass the budget."""


class ModelError(VerifierError):
    """The model could not be asked, or did not answer.

    `fatal` says that no other claim of this run can fare better (a bad key, no such model), so the run ends.
    """

    def __init__(self, message: str, *, fatal: bool = False, kept: str | None = None) -> None:
        super().__init__(message)
        self.fatal = fatal
        self.kept = kept
        """What came back all the same, verbatim: half a reply, an error page. None when nothing did."""


class ReplyError(ModelError):
    """A reply came but cannot be read as a verdict; it is kept whole, never guessed at."""


class CassetteError(VerifierError):
    """A cassette is missing, malformed, or holds another prompt than the one rendered."""


class RecordError(VerifierError):
    """A run record cannot be read or does not have the shape that its version promises."""


class CiFileError(VerifierError):
    """A file that CI made cannot be read, or is of another commit than the one that is judged."""


class AuditError(VerifierError):
    """A report that somebody else's model wrote cannot be read."""
