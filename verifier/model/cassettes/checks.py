"""Look through cassettes: whether anything in them should not be there, and taking it out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from verifier.errors import CassetteError
from verifier.model.cassettes.files import (
    KEPT_REPLY_HEADERS,
    KEPT_REQUEST_HEADERS,
    Cassette,
    Interaction,
    as_cassette,
    header_values,
    read_document,
    write_cassette,
)
from verifier.safety.secrets import redact


@dataclass(frozen=True)
class Problem:
    """Something about a cassette that should not be so. It never shows a secret."""

    path: Path
    text: str
    line: int | None = None
    """Counted from 1. None where the whole file is meant."""

    def __str__(self) -> str:
        where = str(self.path) if self.line is None else f"{self.path}:{self.line}"
        return f"{where}: {self.text}"


def check_cassette(path: Path) -> tuple[Problem, ...]:
    """Everything wrong with a cassette: keys, stray headers, an unknown shape, replies of unsaid or false origin."""
    try:
        document = read_document(path)
    except CassetteError as error:
        return (Problem(path, _without_path(error, path)), *_secrets(path))
    problems = [*_secrets(path), *_stray_headers(path, document)]
    try:
        cassette = as_cassette(document, path)
    except CassetteError as error:
        return (*problems, Problem(path, _without_path(error, path)))
    return (*problems, *_false_origins(path, cassette))


def scrub_cassette(path: Path) -> int:
    """Rewrite a cassette without stray headers and without secrets; how many were taken out.

    Raises:
        CassetteError: What is left is no cassette, or it cannot be written. The file is then as it was.
    """
    scrubbing = _Scrubbing()
    document = scrubbing.scrub(read_document(path))
    cassette = as_cassette(document, path)
    if scrubbing.count:
        write_cassette(path, cassette, order=tuple(dict.fromkeys(one.claim_id for one in cassette.interactions)))
    return scrubbing.count


_PATTERNS = {
    "a Google API key": re.compile(r"\bAIza[0-9A-Za-z_-]{35}(?![0-9A-Za-z_-])"),
    "a Gemini key": re.compile(r"\bAQ\.[0-9A-Za-z_-]{30,}"),
    "a Google access token": re.compile(r"\bya29\.[0-9A-Za-z._-]{20,}"),
    "a bearer token": re.compile(r"(?i)\bbearer\s+[0-9a-z._~+/=-]{20,}"),
}


def _secrets(path: Path) -> Iterator[Problem]:
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
    except OSError:
        return  # said already, by whoever could not read it
    for number, line in enumerate(lines, start=1):
        kinds = [kind for kind, pattern in _PATTERNS.items() if pattern.search(line)]
        if not kinds and redact(line)[1]:
            kinds = ["a secret"]
        for kind in kinds:
            yield Problem(path, f"holds what looks like {kind}; verifier cassettes scrub takes it out", number)


def _stray_headers(path: Path, document: Any) -> Iterator[Problem]:
    for headers, kept in _header_blocks(document):
        for name in headers:
            if str(name).lower() not in kept:
                yield Problem(path, f'holds the header "{name}"; verifier cassettes scrub takes it out')


def _header_blocks(document: Any) -> Iterator[tuple[dict[Any, Any], tuple[str, ...]]]:
    """Every mapping of headers with the names that may stand in it, whatever else the document holds."""
    interactions = document.get("interactions") if isinstance(document, dict) else None
    for interaction in interactions if isinstance(interactions, list) else ():
        for side, kept in (("request", KEPT_REQUEST_HEADERS), ("response", KEPT_REPLY_HEADERS)):
            part = interaction.get(side) if isinstance(interaction, dict) else None
            headers = part.get("headers") if isinstance(part, dict) else None
            if isinstance(headers, dict):
                yield headers, kept


def _false_origins(path: Path, cassette: Cassette) -> Iterator[Problem]:
    said = cassette.metadata.replies
    for one in cassette.interactions:
        where = f'claim "{one.claim_id}", {one.title}'
        if not one.claim_id or not one.round:
            yield Problem(path, "an exchange does not say which claim and round it is of; record the cassette anew")
        if one.response.status.code == 200 and one.is_authored != (said == "authored"):
            named = one.answered_model or "nobody"
            yield Problem(path, f'{where}: the cassette says "{said}", the reply names {named}; record it anew')
        if one.is_authored and _has_usage(one):
            yield Problem(path, f"{where}: an authored reply reports tokens, which nobody counted; record it anew")


def _has_usage(interaction: Interaction) -> bool:
    return "usageMetadata" in (interaction.response.body.data or {})


class _Scrubbing:
    """One pass over a document, counting what it takes out."""

    def __init__(self) -> None:
        self.count = 0

    def scrub(self, document: Any) -> Any:
        for headers, kept in _header_blocks(document):
            remaining = dict(header_values(headers, kept))
            self.count += len(headers) - len(remaining)
            single = kept is KEPT_REQUEST_HEADERS
            headers.clear()
            headers.update({name: values[0] if single else values for name, values in remaining.items()})
        return self._without_secrets(document)

    def _without_secrets(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self._without_secrets(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._without_secrets(inner) for inner in value]
        if not isinstance(value, str):
            return value
        for kind, pattern in _PATTERNS.items():
            value, found = pattern.subn(f"[redacted: {kind}]", value)
            self.count += found
        text, found = redact(value)
        self.count += found
        return text


def _without_path(error: CassetteError, path: Path) -> str:
    return str(error).removeprefix(f"{path}").lstrip(": ")
