"""Which paths of the judged commit are verifier's own: never selected, never cited, never counted as hits.

That follows from the repository, from where claim files and reports are kept, and from what a file is; not from the
folder in which a command is started. Claim sets, cassettes and reports are known by what they are wherever they lie.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import fields
from pathlib import Path, PurePosixPath

from verifier.repository.repository import find_repository


def own_paths(repo: Path, claim_files: Sequence[Path], reports: Path, cassette: Path | None) -> tuple[str, ...]:
    """Paths and globs of what verifier keeps in a repository, as far as names tell.

    `claim_files` are the files that are judged: claim files, or reports that are audited.
    """
    root = find_repository(repo).worktree
    # A claim file is known by its name too: the commit may hold it though this copy lies elsewhere.
    named = [f"claims/{path.name}" for path in claim_files if path.suffix in _YAML]
    own = [".verifier/**", f"claims/{_SCHEMA}", *named]
    if not reports.is_absolute() and ".." not in reports.parts:
        own.append(str(PurePosixPath(*reports.parts, "*", f"{_BEGINNING_OF_A_REPORT}*")))
    if root is None:
        return tuple(dict.fromkeys(own))
    for path in claim_files:
        own += _below(root, path, "")
        folder = path.absolute().parent
        if folder.name == "claims":
            for beside in (folder, folder.parent / "cassettes"):
                own += _below(root, beside, "/*.yaml") + _below(root, beside, "/*.yml")
        own += _below(root, folder / _SCHEMA, "")
    own += _below(root, reports, f"/*/{_BEGINNING_OF_A_REPORT}*")
    if cassette is not None:
        own += _below(root, cassette, "")
    return tuple(dict.fromkeys(own))


def is_written_by_verifier(path: str, text_of: Callable[[str], str | None]) -> bool:
    """Whether a file of the commit is a claim set, a cassette or a report, by what it is.

    `text_of` reads a path of the commit; None for what is no text, or not there. A file is read only where its name
    could be such a file's. It has to be one as a whole: a setting that a program reads makes it none.
    """
    folder, _, name = path.rpartition("/")
    stem, _, suffix = name.rpartition(".")
    if f".{suffix}" in _YAML:
        text = text_of(path) or ""
        return _is_claim_set(text) or _is_cassette(text)
    if not _REPORT.match(name):
        return False
    record = text_of(path if suffix == "json" else f"{folder}/{stem}.json".lstrip("/")) or ""
    return _is_record(record) or bool(suffix == "md" and _BY_VERIFIER.search((text_of(path) or "")[:_HEAD]))


def is_set_up(path: str) -> bool:
    """Whether `verifier init` writes a file of that name: none that a claim is shown without naming it.

    Such a file may be cited, and hits in it count, for a job of CI is a program: it could hide what a claim denies.
    """
    return path in _JOBS or path.rpartition("/")[2] == "verifier.toml"


_JOBS = (".github/workflows/verifier.yml", ".gitlab/verifier.yml")

_SCHEMA = ".claims.schema.json"
"""What `verifier claims new` and `verifier init` lay beside a claim file, for editors."""

_BEGINNING_OF_A_REPORT = "[0-9a-f]" * 12 + "."
"""Reports of other claim sets lie beside those of this one; a project's own `reports/` may hold code as well."""

_REPORT = re.compile(r"[0-9a-f]{12}\.")
_YAML = (".yaml", ".yml")
_HEAD = 2000
_LONGEST_CLAIM_SET = 2_000_000
_BY_VERIFIER = re.compile(
    r"^- \*\*Generated\*\*: .{1,80} by verifier \d|\A# Audit of `[^\0]*?^- \*\*Grounded\*\*: ", re.MULTILINE
)
_CLAIMS = re.compile(r"^claims[ \t]*:", re.MULTILINE)
_TOP_LEVEL_KEY = re.compile(r"^(?!\.\.\.$)[^\s#-][^:\n]*", re.MULTILINE)
_KEYS_OF_A_CASSETTE = frozenset(("version", "metadata", "interactions"))
_KEYS_OF_AN_AUDIT = frozenset(("report", "notes", "claims", "outside", "unread"))
_TOOL = re.compile(r"^ +tool: ['\"]?verifier \d", re.MULTILINE)


def _is_claim_set(text: str) -> bool:
    if len(text) > _LONGEST_CLAIM_SET or not _CLAIMS.search(text):
        return False
    import yaml
    from pydantic import ValidationError

    from verifier.values.claim import ClaimSet

    try:
        ClaimSet.model_validate(yaml.load(text, Loader=yaml.CBaseLoader))  # noqa: S506, it makes texts, lists and maps
    except (yaml.YAMLError, ValidationError, RecursionError):
        return False
    return True


def _is_cassette(text: str) -> bool:
    return bool(_TOOL.search(text[:_HEAD])) and _KEYS_OF_A_CASSETTE.issuperset(_TOP_LEVEL_KEY.findall(text))


def _is_record(text: str) -> bool:
    """Whether a JSON document is the record of a run or of an audit."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return False
    from verifier.values.record import RunRecord

    return (
        isinstance(document, dict)
        and document.keys() >= {"schema_version", "repository", "totals"}
        and document.keys() <= {field.name for field in fields(RunRecord)} | _KEYS_OF_AN_AUDIT
        and str(document.get("tool", "")).startswith("verifier ")
    )


def _below(root: Path, path: Path, suffix: str) -> list[str]:
    resolved = path.resolve()
    if not resolved.is_relative_to(root.resolve()):
        return []
    return [f"{PurePosixPath(*resolved.relative_to(root.resolve()).parts)}{suffix}"]
