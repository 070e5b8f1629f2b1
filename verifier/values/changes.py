"""What a branch changed of the files that a claim is about, as far as its prompt shows it."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.values.pack import Selected


@dataclass(frozen=True)
class ChangedFile:
    """One file's unified diff, from the commit where the branch left its base to the judged one."""

    path: str
    """At the judged commit; of a file that is gone, at the base."""
    note: str
    """"changed; 2 of 3 hunks, the others left out: ..."."""
    text: str
    """Hunks, each whole."""
    fence: str


@dataclass(frozen=True)
class Changes:
    """What a prompt shows of a branch's changes. It is data for the model; no ruling rests on it."""

    base: str
    """The full id of the commit where the branch left its base."""
    files: tuple[ChangedFile, ...]
    named: tuple[Selected, ...] = ()
    """Files that differ and of which no line is shown; `why` says how they differ, and why not."""

    @property
    def told(self) -> tuple[tuple[str, str], ...]:
        """Each path with what is said of it: those with a diff first."""
        return (*((file.path, file.note) for file in self.files), *((one.path, one.why) for one in self.named))
