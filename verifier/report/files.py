"""Where reports go: `<reports>/<stem of the claim file>/<first 12 of the commit>.md` and `.json`, written whole or not.

A run of some of the claims has a suffix of its own and never takes the place of a full run; nor does the report of
another claim file that happens to have the same name, nor one that knows less of a claim than the one that lies there.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import BaseModel, ValidationError

from verifier.claim_files.finding import is_same_file
from verifier.errors import RecordError, VerifierError
from verifier.records.document import from_json
from verifier.report import Format, find_format
from verifier.report.folders import report_folder
from verifier.safety.invisible import visible
from verifier.system.whole_files import write_whole
from verifier.values.claim import Word
from verifier.values.history import History
from verifier.values.prompt import digest
from verifier.values.record import SCHEMA_VERSION, RunRecord


def write_report(record: RunRecord, reports: Path, also: Iterable[Format] = (), history: History | None = None) -> Path:
    """Write a run as Markdown and as JSON, and in the other formats that are wanted; give the Markdown file.

    Where a report of an earlier run has a ruling on a claim that this run could not judge, it stays, and this one is
    written beside it, as `<commit>.incomplete`. A format that shows what was ruled of the claims before takes it from
    `history`.

    Raises:
        VerifierError: The folder cannot be written, or holds the report of another claim file of that name.
    """
    markdown, json = find_format("markdown"), find_format("json")
    place = next(one for one in _places(record, reports) if not _knows_more(_named(one, json), record))
    for one in (json, markdown, *also):
        write_text(_named(place, one), one.in_pieces(record, history))
    return _named(place, markdown)


def report_place(record: RunRecord, reports: Path) -> Path:
    """Where a run's reports go, without the end of the name that a format adds."""
    shard = record.shard
    chosen = record.subset if shard is None else shard.chosen
    subset = "" if chosen is None else f".subset-{digest(chosen)[:8]}"
    subset += "" if shard is None else f".shard-{shard.number}-of-{shard.of}"
    return reports / report_folder(record.claim_set.path) / f"{record.repository.commit[:12]}{subset}"


def _places(record: RunRecord, reports: Path) -> Iterator[Path]:
    """Where the run's reports may go, the best place first."""
    place = report_place(record, reports)
    yield place
    yield place.with_name(f"{place.name}.incomplete")
    for number in itertools.count(2):
        yield place.with_name(f"{place.name}.incomplete-{number}")


def _knows_more(written: Path, record: RunRecord) -> bool:
    """Whether an earlier run's record has a ruling on a claim that this run could not judge.

    Raises:
        VerifierError: It is the record of another claim file. One and the same may be named from different folders.
    """
    try:
        earlier = _Earlier.model_validate_json(written.read_bytes())
    except (OSError, ValidationError):
        return False
    ours, other = record.claim_set.path, earlier.claim_set.path
    if not is_same_file(ours, other):
        raise VerifierError(
            f"{visible(written)} is the report of {visible(other)}, not of {visible(ours)}; "
            "give another --reports, or rename one of the claim files"
        )
    if not record.totals.rulings.get(Word.ERROR):
        return False
    failed = {ruling.claim_id for ruling in record.rulings if ruling.ruling is Word.ERROR}
    return any(one.ruling != Word.ERROR and one.claim_id in failed for one in earlier.rulings)


def read_record(path: Path) -> RunRecord:
    """Read a run record.

    Raises:
        RecordError: The file is missing, is no JSON, has another shape, or comes from a newer verifier.
    """
    try:
        return from_json(path.read_bytes())
    except OSError as error:
        raise RecordError(f"{visible(path)}: cannot be read ({error.strerror}); name the .json of a run") from error
    except ValidationError as error:
        raise RecordError(f"{visible(path)}: {visible(_misfit(error))}") from error


def write_text(path: Path, text: str | Iterable[str]) -> None:
    """Write a file whole or leave what was there; the folder is made where it is missing.

    Raises:
        VerifierError: The file or its folder cannot be written.
    """
    pieces = (text,) if isinstance(text, str) else text
    try:
        write_whole(path, (piece.encode("utf-8") for piece in pieces))
    except OSError as error:
        raise VerifierError(f"{visible(path)}: cannot be written ({error.strerror}); name another place") from error


def _named(place: Path, one: Format) -> Path:
    return place.with_name(place.name + one.suffix)


class _ClaimFile(BaseModel):
    path: str


class _Ruled(BaseModel):
    claim_id: str
    ruling: str


class _Earlier(BaseModel):
    """As much of a run record, of whatever version, as says whose it is and what it knows; the rest would take long."""

    claim_set: _ClaimFile
    rulings: tuple[_Ruled, ...] = ()


def _misfit(error: ValidationError) -> str:
    found = error.errors(include_url=False)
    version = next((one for one in found if one["loc"] == ("schema_version",)), None)
    if version is not None and isinstance(version["input"], int):
        newer = version["input"] > SCHEMA_VERSION
        age, way_out = ("a newer", "install that one") if newer else ("an older", "run `verifier run` again")
        numbers = f"schema_version {version['input']}, this one reads {SCHEMA_VERSION}"
        return f"written by {age} verifier ({numbers}); {way_out}"
    first = found[0]
    if first["type"] == "json_invalid":
        return f"not JSON ({first['msg'].removeprefix('Invalid JSON: ')}); name the .json of a run"
    where = ".".join(str(step) for step in first["loc"]) or "the whole"
    more = f", and {len(found) - 1} more" if len(found) > 1 else ""
    return f"no run record ({where}: {first['msg']}{more}); name the .json of a run"
