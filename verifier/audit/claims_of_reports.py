"""Make a claim set of what other tools left: a report that a model wrote, or the older kind of YAML.

What cannot be carried over is said, never guessed: the reader of a claim set must know what is missing from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from verifier.audit.reading.fields import names_lines, statement_of
from verifier.audit.values import ForeignReport
from verifier.claim_files.loading import read_text
from verifier.claim_files.mistakes import quoted
from verifier.claim_files.notes import slug
from verifier.claim_files.yaml_tree import NotYamlError, read_tree
from verifier.errors import ClaimError
from verifier.report.words import counted
from verifier.wording.naming import paths_in


@dataclass(frozen=True)
class Imported:
    """A claim set's document, and what of its source is not in it."""

    document: Mapping[str, Any]
    left_out: tuple[str, ...]


def import_report(report: ForeignReport, source: Path) -> Imported:
    """The claims of a report; its verdicts become no labels, since they are what is in doubt.

    Raises:
        ClaimError: None of its claims is stated.
    """
    left_out: list[str] = []
    claims: list[dict[str, Any]] = []
    for claim in report.claims:
        if statement := statement_of(claim.statement):
            name = _identifier(claim.id, statement, claims)
            claims.append(_claim(name, statement, statement_of(claim.expected), claim.locations))
        else:
            left_out.append(f'line {claim.line}: "{claim.id}" has no statement in the report')
    if not claims:
        raise ClaimError(f"{source}: no claim with a statement; import the file that the report was made from")
    left_out.append("the verdicts: they are what is to be checked, so no claim expects them")
    left_out += [f"line {unread.line}: {unread.why}: {quoted(unread.text)}" for unread in report.unread]
    return Imported({"title": report.title or "Imported claims", "claims": claims}, tuple(left_out))


def import_old_yaml(path: Path) -> Imported:
    """The claims of a review's settings: CLAIM_n lines of `claims_of_success` or `custom_prompt`, and the patterns.

    Raises:
        ClaimError: The file cannot be read, or holds no such claims.
    """
    _, text = read_text(path)
    try:
        document = read_tree(text).value
    except NotYamlError as error:
        raise ClaimError(f"{path}:{error.line}: {error}") from error
    if not isinstance(document, dict) or not _SOURCES & document.keys():
        raise ClaimError(f"{path}: neither claims_of_success nor custom_prompt in it; is it a claim file already?")
    reading = _OldClaims()
    for source in ("claims_of_success", "custom_prompt"):
        if isinstance(document.get(source), str):
            reading.read(source, document[source])
    if not reading.claims:
        raise ClaimError(f"{path}: no CLAIM_1, CLAIM_2, ... line in it; write the claims by hand")
    made: dict[str, Any] = {"title": _title(document, path)}
    context = {
        key: patterns
        for key, old in (("include", "include_patterns"), ("exclude", "ignore_patterns"))
        if (patterns := list(_patterns(document.get(old), old, reading.left_out)))
    }
    if context:
        made["context"] = context
    made["claims"] = [_claim(old.id, old.statement, old.expected, old.files) for old in reading.claims]
    reading.left_out += [f"{key}: not a matter of claims" for key in document if key not in _CARRIED]
    return Imported(made, tuple(reading.left_out))


_SOURCES = frozenset(("claims_of_success", "custom_prompt"))
_CARRIED = _SOURCES | {"include_patterns", "ignore_patterns", "project_name", "title"}
_NUMBERED = re.compile(
    r"[\s>*#_`\"-]{0,40}(?:\d+[.)]\s*)?[*_`\"]{0,4}CLAIM[ _#-]?(\d+\w*)[*_`\"]*\s*(?:[:.)–—-]|$)[*_\s]*(.*)",
    re.IGNORECASE,
)
_FIELD = re.compile(
    r"[\s>*#_`-]*(LOCATIONS?|FILES?|PATHS?|EXPECTED|EXPECTATION|VALIDATION|VERIFY|CHECK|EVIDENCE)\b[*_` ]*:[*_` ]*(.*)"
)
_PLAIN_BULLET = re.compile(r"\s*[-*•]\s+(.*)")


@dataclass
class _Old:
    id: str
    statement: str
    expected: str = ""
    files: list[str] = field(default_factory=list)


class _OldClaims:
    """Reads CLAIM_n lines with the LOCATION, EXPECTED and VALIDATION lines below them."""

    def __init__(self) -> None:
        self.claims: list[_Old] = []
        self.left_out: list[str] = []

    def read(self, source: str, text: str) -> None:
        numbered = any(_NUMBERED.match(line) for line in text.split("\n"))
        passed = 0
        current: _Old | None = None
        for line in text.split("\n"):
            head = _NUMBERED.match(line) if numbered else None
            bullet = None if numbered or source == "custom_prompt" else _PLAIN_BULLET.match(line)
            if head and statement_of(head[2]):
                current = self._begin(f"CLAIM_{head[1]}", head[2], source)
            elif bullet and statement_of(bullet[1]):
                current = self._begin("", bullet[1], source)
            elif not line.strip():
                current = current if numbered and _is_open(current) else None
            elif current is not None and not self._field(current, line):
                self._continue(current, line)
            elif current is None:
                passed += 1
        if passed:
            lines = counted(passed, "line that belongs", "lines that belong")
            self.left_out.append(f"{source}: {lines} to no claim (instructions to a model, perhaps)")

    def _begin(self, name: str, text: str, source: str) -> _Old | None:
        statement = statement_of(text)
        same = next((old for old in self.claims if old.id == name), None)
        if same is not None:
            if same.statement != statement:
                self.left_out.append(f"{source}: a second wording of {name}: {quoted(statement)}")
            return None
        name = name or slug(statement, {old.id for old in self.claims})
        self.claims.append(_Old(name, statement))
        return self.claims[-1]

    def _field(self, claim: _Old, line: str) -> bool:
        found = _FIELD.match(line)
        if not found:
            return False
        name, text = found[1].upper(), found[2].strip()
        if name in ("LOCATION", "LOCATIONS", "FILE", "FILES", "PATH", "PATHS"):
            paths = paths_in(text)
            claim.files += [path for path in paths if path not in claim.files]
            if not paths:
                self.left_out.append(f"{claim.id}: no path in {name} {quoted(text)}")
            elif names_lines(text):
                self.left_out.append(f"{claim.id}: the line numbers of {name}; a model would repeat them")
        elif name in ("EXPECTED", "EXPECTATION"):
            claim.expected = statement_of(text)
        else:
            self.left_out.append(f"{claim.id}: {name} {quoted(text)}; verifier decides itself how it looks")
        return True

    def _continue(self, claim: _Old, line: str) -> None:
        """A line that goes on: of the statement while nothing else has come, else nobody's."""
        if claim.expected or claim.files or line.lstrip()[:1] in "-*#":
            self.left_out.append(f"{claim.id}: {quoted(line.strip())}")
        else:
            claim.statement = statement_of(f"{claim.statement} {line}")


def _is_open(claim: _Old | None) -> bool:
    """Whether the fields of a claim may still come after a blank line."""
    return claim is not None and not claim.files and not claim.expected


def _claim(name: str, statement: str, expected: str, files: Sequence[str]) -> dict[str, Any]:
    whole = f"{statement.rstrip('.')}; expected: {expected.rstrip('.')}" if expected else statement
    claim: dict[str, Any] = {"id": name, "statement": whole}
    usable = [path for path in files if ".." not in path.split("/") and not path.startswith(("/", "~"))]
    if usable:
        # "src/a.py, b.py": a bare name after a path means some folder, and not the root.
        in_folder = any("/" in path for path in usable)
        claim["files"] = [f"**/{path}" if in_folder and "/" not in path else path for path in usable]
    return claim


def _identifier(name: str, statement: str, claims: Sequence[Mapping[str, Any]]) -> str:
    taken = {claim["id"] for claim in claims}
    clean = re.sub(r"[^A-Za-z0-9_.-]+", "_", name).strip("_.-")[:120]
    return clean if clean and clean not in taken else slug(statement, taken)


def _title(document: Mapping[str, Any], path: Path) -> str:
    values = (document.get(key) for key in ("title", "project_name"))
    names = (" ".join(value.split()) for value in values if isinstance(value, str))
    return next(filter(None, names), path.stem)


def _patterns(old: Any, key: str, left_out: list[str]) -> Iterator[str]:
    """Patterns as claim files write them: from the root, where the old ones matched a name in any folder."""
    if isinstance(old, str):
        old = [old]
    for pattern in old if isinstance(old, list) else ():
        text = str(pattern).strip() if isinstance(pattern, str) else ""
        if not text or text.startswith(("/", "~", "!")) or ".." in text.split("/") or "\\" in text:
            left_out.append(f"{key}: {quoted(str(pattern))}")
        elif key == "ignore_patterns" and "/" not in text.rstrip("/"):
            yield f"**/{text.rstrip('/')}" + ("" if re.search(r"[*.]", text.lstrip(".")) else "/**")
        else:
            yield text.removeprefix("./")
