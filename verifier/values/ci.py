"""What CI found of a commit: tests that it ran, lines that they ran through, findings of analysers."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass


class CiFormat(enum.StrEnum):
    """The formats that are read."""

    JUNIT = "JUnit"
    COBERTURA = "Cobertura"
    LCOV = "LCOV"
    SARIF = "SARIF"


@dataclass(frozen=True)
class CiFile:
    """A file that CI made."""

    path: str
    """From the folder that was given, with `/`."""
    format: CiFormat
    digest: str
    """SHA-256 of its bytes."""
    attested: bool
    """Whether it says, itself or by a file COMMIT beside it, that it is of the judged commit."""


class CaseOutcome(enum.StrEnum):
    """What became of one test."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class TriedCase:
    """One test that was run, as its runner names it."""

    name: str
    classname: str
    """Of a module, a class or a package, by the runner; often empty."""
    file: str | None
    outcome: CaseOutcome


@dataclass(frozen=True)
class MeasuredFile:
    """A file whose lines were counted as tests ran through them."""

    names: tuple[str, ...]
    """The paths that it may have, by the report: below each of its sources."""
    hits: Mapping[int, int]
    """By the number of each line that can run: how often it did."""


class Level(enum.StrEnum):
    """How bad a finding is, the mildest first, in the words of SARIF."""

    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True)
class CiFinding:
    """One finding of an analyser that nobody suppressed."""

    level: Level
    what: str
    """Its rule, and where it is: "E501 at src/pool.py:3"."""


@dataclass(frozen=True)
class Analysis:
    """One run of an analyser."""

    tool: str
    findings: tuple[CiFinding, ...]
    completed: bool
    """False where the run says itself that it failed."""


@dataclass(frozen=True)
class CiReport:
    """What one file says."""

    file: CiFile
    cases: tuple[TriedCase, ...] = ()
    measured: tuple[MeasuredFile, ...] = ()
    analyses: tuple[Analysis, ...] = ()
