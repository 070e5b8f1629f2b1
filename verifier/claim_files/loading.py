"""Read a claim file: a claim set and where its claims stand, or the first thing that is wrong with it.

A set that a program or `verifier check` made, without a file, goes through the same door.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from verifier.claim_files.finding import shown_path
from verifier.claim_files.mistakes import (
    Mistake,
    Problem,
    Severity,
    mistakes_of_meaning,
    mistakes_of_shape,
    name_of_claim,
)
from verifier.claim_files.yaml_tree import Loc, NotYamlError, Tree, read_tree
from verifier.errors import ClaimError
from verifier.safety.redacting import redact_claims
from verifier.values.claim import ClaimSet

LARGEST_FILE_BYTES = 5_000_000


@dataclass(frozen=True)
class LoadedClaims:
    """A claim set as it was read from its file, or made without one."""

    path: Path
    """Of the file. Of a set without one the name, which reports go by."""
    claims: ClaimSet
    """Without secrets; `text` and `tree` are the file's own."""
    digest: str
    """SHA-256 of the file's bytes, in hexadecimal; without a file, of the set as JSON."""
    lines: Mapping[str, int]
    """Line on which each claim begins, by its id; empty without a file."""
    text: str = field(default="", repr=False, compare=False)
    tree: Tree = field(default_factory=lambda: Tree(None, {}, {}, {}, ()), repr=False, compare=False)
    """The file as YAML, for whoever needs to know how something is written."""

    @property
    def named(self) -> str:
        """What records and reports call the set."""
        return shown_path(self.path) if self.text else self.path.as_posix()


def load_claims(path: Path) -> LoadedClaims:
    """Read a claim file.

    Raises:
        ClaimError: It cannot be read, is no YAML, or no claim set; the first problem, with its line.
    """
    loaded, problems = inspect(path)
    if loaded is None:
        raise ClaimError(str(problems[0]))
    return loaded


def made_claims(claims: ClaimSet) -> LoadedClaims:
    """A claim set without a file, as if it had been read from one.

    Its name holds a digest of its claims: reports of two sets never go to one place.

    Raises:
        ClaimError: A path or pattern in it means nothing; the first of them.
    """
    for mistake in mistakes_of_meaning(claims):
        raise ClaimError(mistake.message)
    claims = redact_claims(claims)
    told = "".join(claim.model_dump_json() for claim in claims.claims)
    name = f"{claims.claims[0].id.replace('.', '-')}-{_digest(told.encode())[:8]}"
    return LoadedClaims(Path("check", name), claims, _digest(claims.model_dump_json().encode()), {})


def inspect(path: Path) -> tuple[LoadedClaims | None, tuple[Problem, ...]]:
    """Read a claim file and say everything that is wrong with it; None when it is no claim set.

    Raises:
        ClaimError: The file cannot be read, or is no YAML at all.
    """
    data, text = read_text(path)
    try:
        tree = read_tree(text)
    except NotYamlError as error:
        raise ClaimError(f"{path}:{error.line}: {error}") from error
    claims, mistakes = _claim_set(tree)
    problems = tuple(
        sorted(
            (_problem(path, tree, mistake) for mistake in dict.fromkeys(mistakes)),
            key=lambda problem: problem.line,
        )
    )
    if claims is None or problems:
        return None, problems
    lines = {claim.id: tree.lines[("claims", index)] for index, claim in enumerate(claims.claims)}
    return LoadedClaims(path, redact_claims(claims), _digest(data), lines, text, tree), ()


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def read_text(path: Path) -> tuple[bytes, str]:
    """A file's bytes and its text.

    Raises:
        ClaimError: It cannot be read, is too large, empty, or not UTF-8.
    """
    data = _bytes(path)
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise ClaimError(f"{path}:1: UTF-16, not UTF-8; save it as UTF-8")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ClaimError(f"{path}:{line}: byte 0x{data[error.start]:02x} is not UTF-8; save it as UTF-8") from error
    if not text.strip():
        raise ClaimError(f"{path}:1: an empty file; a claim set has a title and claims")
    return data, text


def _claim_set(tree: Tree) -> tuple[ClaimSet | None, list[Mistake]]:
    mistakes = [*_doubled_keys(tree), *_doubled_ids(tree)]
    try:
        claims = ClaimSet.model_validate(tree.value, by_alias=True, by_name=False)
    except ValidationError as error:
        return None, mistakes + mistakes_of_shape(error, tree.value)
    return claims, mistakes + list(mistakes_of_meaning(claims))


def _doubled_keys(tree: Tree) -> Iterator[Mistake]:
    for loc, _, first in tree.doubled:
        yield Mistake(loc, f'the key "{loc[-1]}" stands here and on line {first}; keep one', doubled=True)


def _doubled_ids(tree: Tree) -> Iterator[Mistake]:
    first: dict[str, Loc] = {}
    claims = tree.value.get("claims") if isinstance(tree.value, dict) else None
    for index, claim in enumerate(claims if isinstance(claims, list) else ()):
        name = claim.get("id") if isinstance(claim, dict) else None
        if isinstance(name, str):
            loc: Loc = ("claims", index, "id")
            if first.setdefault(name, loc) != loc:
                yield Mistake(loc, f"the id is used already on line {tree.lines[first[name]]}; give each claim its own")


def _problem(path: Path, tree: Tree, mistake: Mistake) -> Problem:
    line = tree.line_of(mistake.loc)
    if mistake.doubled:
        line = next(line for loc, line, _ in tree.doubled if loc == mistake.loc)
    claim = name_of_claim(mistake.loc, tree.value)
    where = f"claim {claim}: " if claim is not None and not mistake.names_its_place else ""
    name = claim[1:-1] if claim is not None and claim.startswith('"') else None
    return Problem(path, line, name, Severity.ERROR, where + mistake.message)


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE_BYTES + 1)
    except IsADirectoryError as error:
        raise ClaimError(f"{path}: a folder, not a claim file; name a file in it") from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise ClaimError(f"{path}: cannot be read ({reason}); name a claim file that is there") from error
    if len(data) > LARGEST_FILE_BYTES:
        limit = LARGEST_FILE_BYTES // 1_000_000
        raise ClaimError(f"{path}: more than {limit} MB; split the claim set")
    return data
