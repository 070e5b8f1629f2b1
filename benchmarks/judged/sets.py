"""The labelled sets: claims, the package they are about, and what proves their labels.

No prompt holds any of the proof: it lies in files of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pydantic import TypeAdapter
from ruamel.yaml import YAML

from benchmarks.packages import Package, repository
from verifier.claim_files.loading import load_claims
from verifier.evidence.locating import locate
from verifier.evidence.searching import search
from verifier.repository.index import Index
from verifier.repository.snapshot import Snapshot
from verifier.values.claim import ClaimSet
from verifier.values.grounding import AbsenceStanding, Standing
from verifier.values.source import Lines
from verifier.values.verdict import Absence, Citation

HERE = Path(__file__).parent

NO_FILE = "no-file"
"""Tag of the claims that name no file."""

CONFIG = "config"
"""Tag of the claims about configuration, CI, SQL or infrastructure."""

END_TO_END = "end-to-end"
"""Tag of the claims that are carried through every stage."""


@dataclass(frozen=True)
class Label:
    """What a claim's label rests on."""

    needs: tuple[str, ...]
    """The files that one needs to judge it."""
    proof: tuple[Citation | Absence, ...]


@dataclass(frozen=True)
class Set:
    """The claims about one package."""

    name: str
    language: str
    package: Package
    folder: Path = HERE
    further: bool = False
    """Whether the claims are meant that are not tagged END_TO_END, which have a cassette of their own."""

    @property
    def claim_file(self) -> Path:
        """Where its claims are."""
        return self.folder / "claims" / f"{self.name}.yaml"

    @property
    def cassette(self) -> Path:
        """Where the recorded replies are, if there are any."""
        return self.folder / "cassettes" / ("further" if self.further else "") / f"{self.name}.yaml"

    @cached_property
    def claims(self) -> ClaimSet:
        """The claims with their labels."""
        return load_claims(self.claim_file).claims

    @property
    def recorded(self) -> tuple[str, ...]:
        """The ids of the claims that its cassette answers."""
        return tuple(claim.id for claim in self.claims.claims if (END_TO_END in claim.tags) is not self.further)

    @cached_property
    def labels(self) -> Mapping[str, Label]:
        """What proves each label, by the claim's id."""
        return TypeAdapter(dict[str, Label]).validate_python(_read(self.folder / "labels" / f"{self.name}.yaml"))

    def repository(self, work: Path) -> Path:
        """The package as a repository of one commit, made in `work` where it is not there.

        Raises:
            PackageError: It cannot be had here.
        """
        return repository(self.package, work, named=self.name)


def sets() -> dict[str, Set]:
    """All of them, by name."""
    listed = _read(HERE / "packages.yaml")
    return {name: Set(name, one["language"], Package.listed(one)) for name, one in listed.items()}


def problems(labels: Mapping[str, Label], folder: Path) -> list[str]:
    """What of the proof is not so in the repository: paths, lines, quotes and absences. Empty where all is."""
    with Snapshot.open(folder) as snapshot:
        index = Index(snapshot)
        return [f"{claim_id}: {problem}" for claim_id, label in labels.items() for problem in _problems(label, index)]


def _problems(label: Label, index: Index) -> Iterator[str]:
    yield from (f"{path} is not there" for path in label.needs if path not in index.snapshot.paths)
    yield from filter(None, (_problem(proof, index) for proof in label.proof))


def _problem(proof: Citation | Absence, index: Index) -> str | None:
    if isinstance(proof, Citation):
        cited, file = Lines(proof.first_line, proof.last_line), index.text_file(proof.path)
        found = locate(proof.quote, file.lines, near=cited.first) if file is not None else ()
        standing = Standing.EXACT if cited in found else Standing.MOVED if found else Standing.NOT_FOUND
        return None if standing is Standing.EXACT else f"{proof.path}:{cited.first}-{cited.last} is {standing}"
    absence = search(proof, index, withheld=lambda _: False)
    return None if absence.standing is AbsenceStanding.CONFIRMED else f"{proof.pattern!r} is {absence.standing}"


def _read(path: Path) -> dict[str, dict[str, str]]:
    loaded: dict[str, dict[str, str]] = YAML(typ="safe").load(path)
    return loaded
