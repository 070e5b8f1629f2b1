"""Add claims and labels to a claim file without touching a byte of anything else that its author wrote.

They go in as text, indented like what stands there, so comments, order, quotes and line widths stay. The result is read
again before it is written, and the file is replaced in one step.
"""

from __future__ import annotations

import codecs
import io
import json
import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from verifier.claim_files.loading import LoadedClaims, load_claims
from verifier.claim_files.schema import claim_file_schema
from verifier.errors import ClaimError
from verifier.safety.invisible import visible
from verifier.safety.redacting import redact_claims
from verifier.system.whole_files import write_whole
from verifier.values.claim import ClaimSet, Word
from verifier.values.source import nfc

SCHEMA_NAME = ".claims.schema.json"
"""The schema that a new claim file's first line names; it is written beside the file, so editors find it offline."""

_WIDTH = 110


def add_claims(
    path: Path, claims: Sequence[Mapping[str, Any]], *, title: str | None = None, remarks: Sequence[str] = ()
) -> LoadedClaims:
    """Add claims at the end of a claim file, or begin one with them; the file as it is now.

    `remarks` are written below them as comments, one a line.

    Raises:
        ClaimError: The file is no claim set, holds one of the ids already, or the new claims are none.
    """
    if not path.exists():
        return write_claim_file(path, {"title": title or _title_of(path), "claims": list(claims)}, remarks)
    loaded = load_claims(path)
    for claim in claims:
        if claim["id"] in loaded.lines:
            line = loaded.lines[claim["id"]]
            raise ClaimError(f'{path}:{line}: claim "{claim["id"]}" is there already; choose another id')
    return _replace(path, _inserted(loaded, claims, remarks))


def label_claim(path: Path, claim_id: str, expect: Word, why: str = "") -> LoadedClaims:
    """Give a claim its label and the reason for it, in place of what stands there; the file as it is now.

    Without a new reason the old one stays.

    Raises:
        ClaimError: The file is no claim set, has no such claim, or is written so that nothing can be added to it.
    """
    loaded = load_claims(path)
    at = next((place for place, claim in enumerate(loaded.claims.claims) if claim.id == claim_id), None)
    if at is None:
        raise ClaimError(f'{path}: there is no claim "{claim_id}"; it was renamed or taken out')
    why = nfc(visible(" ".join(why.split())))
    written = {"expect": str(expect)} | ({"expect_why": json.dumps(why, ensure_ascii=False)} if why else {})
    label = {"expect": expect} | ({"expect_why": why} if why else {})
    claims = list(loaded.claims.claims)
    claims[at] = claims[at].model_copy(update=label)
    return _replace(path, _labelled(loaded, at, written), loaded.claims.model_copy(update={"claims": tuple(claims)}))


def write_claim_file(path: Path, document: Mapping[str, Any], remarks: Sequence[str] = ()) -> LoadedClaims:
    """Begin a claim file, with a first line by which editors find the schema, and the schema beside it.

    Raises:
        ClaimError: The file is there already, or the document is no claim set.
    """
    if path.exists():
        raise ClaimError(f"{path}: is there already; name a new file")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        loaded = _replace(path, claim_file_text(document, remarks))
        write_whole(path.parent / SCHEMA_NAME, [(json.dumps(claim_file_schema(), indent=2) + "\n").encode()])
    except OSError as error:
        raise ClaimError(f"{path}: cannot be written ({error.strerror}); name another place") from error
    return loaded


def claim_file_text(document: Mapping[str, Any], remarks: Sequence[str] = ()) -> str:
    """A claim set as the text of a claim file, a blank line before each claim but the first, and remarks at its end."""
    head = _dumped({key: value for key, value in document.items() if key != "claims"})
    claims = "\n".join(_item(claim, 2) for claim in document["claims"])
    return f"# yaml-language-server: $schema={SCHEMA_NAME}\n{head}claims:\n{claims}{_comments(remarks, 2)}"


def _labelled(loaded: LoadedClaims, at: int, label: Mapping[str, str]) -> str:
    """The file's text with these keys of that claim, whose values are YAML already."""
    text, scalars = loaded.text, loaded.tree.scalars
    places = {key: scalars.get(("claims", at, key)) for key in label}
    edits = [_added(loaded, at, {key: label[key] for key, place in places.items() if place is None})]
    for key, place in places.items():
        if place is not None:
            end = place.start + len(text[place.start : place.end].rstrip())
            edits.append((place.start, end, label[key] if text[place.start - 1].isspace() else f" {label[key]}"))
    for start, end, put in sorted(edits, reverse=True):
        text = text[:start] + put + text[end:]
    return text


def _added(loaded: LoadedClaims, at: int, keys: Mapping[str, str]) -> tuple[int, int, str]:
    """Where keys are put that the claim does not have, from and to, and as what text."""
    text, claim = loaded.text, loaded.tree.blocks["claims", at]
    if claim.in_brackets:
        inside = text[: claim.end - 1].rstrip()
        pairs = ", ".join(f"{key}: {value}" for key, value in keys.items())
        return len(inside), len(inside), f"{'' if inside.endswith(',') else ','} {pairs}" if keys else ""
    newline = _newline(text)
    end = _end_of_claim(text, claim.end, loaded.tree.blocks["claims",].column)
    lines = "".join(f"{' ' * claim.column}{key}: {value}{newline}" for key, value in keys.items())
    return end, end, lines if text[:end].endswith("\n") or not lines else newline + lines


def _comments(remarks: Sequence[str], column: int) -> str:
    """The remarks as comments, whatever is in them; empty where there are none."""
    lines = (f"{' ' * column}# {visible(' '.join(remark.split()))}\n" for remark in remarks)
    return "\n" + "".join(lines) if remarks else ""


def _inserted(loaded: LoadedClaims, claims: Sequence[Mapping[str, Any]], remarks: Sequence[str]) -> str:
    text, tree = loaded.text, loaded.tree
    block = tree.blocks[("claims",)]
    if block.in_brackets:
        raise ClaimError(
            f"{loaded.path}:{tree.lines[('claims',)]}: the claims stand in brackets; "
            'write them as lines that begin with "- ", so that one can be added'
        )
    last = tree.blocks[("claims", len(loaded.claims.claims) - 1)]
    at = _end_of_claim(text, last.end, block.column)
    before, after = text[:at], text[at:]
    newline = _newline(text)
    if not before.endswith("\n"):
        before += newline
    gap = newline if _are_apart(loaded) else ""
    new = "".join(gap + _item(claim, block.column).replace("\n", newline) for claim in claims)
    return before + new + _comments(remarks, block.column).replace("\n", newline) + after


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _end_of_claim(text: str, end: int, column: int) -> int:
    """Where the line after the last claim begins; comments indented deeper than its dash belong to it."""
    # What ends a block of text is found after the blank lines that follow it.
    end = len(text[:end].rstrip())
    newline = text.find("\n", end)
    at = newline + 1 if newline >= 0 else len(text)
    comment = re.compile(rf"(?: {{{column + 1},}}#[^\n]*(?:\n|$))*")
    belonging = comment.match(text, at)
    return belonging.end() if belonging else at


def _are_apart(loaded: LoadedClaims) -> bool:
    """Whether the file has a blank line between claims; a single claim gets one before the next."""
    lines = loaded.text.splitlines()
    starts = sorted(loaded.lines.values())[1:]
    return not starts or any(not lines[start - 2].strip() for start in starts)


def _item(claim: Mapping[str, Any], column: int) -> str:
    """One claim as a list item whose dash stands in that column."""
    lines = _dumped(dict(claim)).splitlines()
    indented = [" " * (column + 2) + line if line else "" for line in lines]
    return " " * column + "- " + indented[0][column + 2 :] + "\n" + "".join(f"{line}\n" for line in indented[1:])


def _dumped(document: Mapping[str, Any]) -> str:
    yaml = YAML()
    yaml.width = _WIDTH
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.allow_unicode = True
    stream = io.StringIO()
    if document:
        yaml.dump(dict(document), stream)
    # ruamel leaves a blank at the end of a line that it folds.
    return "".join(f"{line.rstrip(' ')}\n" for line in stream.getvalue().split("\n")[:-1])


def _title_of(path: Path) -> str:
    words = re.sub(r"[\W_]+", " ", path.stem).strip()
    return words[:1].upper() + words[1:] or "Claims"


def _replace(path: Path, text: str, must_be: ClaimSet | None = None) -> LoadedClaims:
    """Write the text in one step, after it has been read as a claim set; as that one, where it is said which.

    A byte order mark stays.
    """
    target = path.resolve()
    marked = target.exists() and target.read_bytes().startswith(codecs.BOM_UTF8)
    data = (codecs.BOM_UTF8 if marked else b"") + text.encode()
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".new-claims-") as folder:
        trial = Path(folder) / path.name
        trial.write_bytes(data)
        try:
            made = load_claims(trial)
        except ClaimError as error:
            raise ClaimError(str(error).replace(str(trial), str(path))) from error
    if must_be is not None and made.claims != redact_claims(must_be):
        raise ClaimError(f"{path}: it is written so that nothing can be added to it safely; write the keys by hand")
    write_whole(target, [data])
    return load_claims(path)
