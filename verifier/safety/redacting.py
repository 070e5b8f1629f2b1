"""Redact secrets at the doors: once where text comes in, once where it leaves, and nowhere between.

In: what a snapshot reads (`redact_text`: files, names, links, the remote), claim files (`redact_claims`), replies
(`redact_reply`), foreign reports. What comes in goes into requests, so this is where they are kept from the model.
Out: records, and with them every report and the journal; cassettes; what is printed (`redact_output`). Messages of a
service and of the machine come in nowhere else. `tests/safety/test_doors.py` holds who calls this,
`tests/runs/test_secrets_canary.py` that nothing gets past.
"""

from __future__ import annotations

import enum
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from functools import cache, lru_cache
from typing import Any, TypeVar

import re2
from pydantic import BaseModel

from verifier.safety.secrets import redact
from verifier.values.claim import Claim, ClaimSet
from verifier.values.source import nfc

T = TypeVar("T")


def redact_text(text: str) -> tuple[str, int]:
    """A text as it may go on: in NFC, each secret replaced; and how many there were."""
    return redact(nfc(text))


def redact_claims(claims: ClaimSet) -> ClaimSet:
    """The claim set without secrets, its paths and patterns still meaning the files and lines of a snapshot.

    Ids stay: they have a shape of their own, and rulings are found by them.
    """
    return claims if _is_clean(claims) else _redacted(claims, _redact_plain)


@lru_cache(maxsize=16)
def redact_reply(text: str) -> str:
    """A reply, or what else came back, without secrets: JSON is redacted as what it says, not as how it is written.

    Of a text without secrets no byte is changed, and text that was redacted once is not changed again.
    """
    document = _read(text)
    if document is None:
        return redact(text)[0]
    try:
        if not (redact(text)[1] or _holds_a_secret(_texts(document))):
            return text
        clean = json.dumps(_redacted(document, _redact_plain))
    except RecursionError:
        return redact(text)[0]
    # What tells a secret may be the name of the field that it stands in.
    as_written = redact(clean)[0]
    return clean if _read(as_written) is None else as_written


def redact_output(value: T) -> T:
    """What is about to leave, no secret in any of its texts, and writable as UTF-8; itself where nothing changes."""
    redacted: T = value if _is_clean(value) else _redacted(value, _redact_any)
    return redacted


def redact_document(value: Any) -> Any:
    """What JSON may hold, with no secret in any of its texts; nothing else of them changes."""
    return _redacted(value, _redact_plain)


def _is_clean(value: Any) -> bool:
    """Whether nothing of it has to be changed. Most holds no secret: one look at all is quicker than one at each."""
    texts = _texts(value)
    try:
        "".join(texts).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return not _holds_a_secret(texts) and all(redact_reply(text) == text for text in texts if _may_be_json(text))


def _holds_a_secret(texts: Iterable[str]) -> bool:
    # No shape of a secret that has several lines goes on over a line with a NUL.
    return redact("\n\0\n".join(texts))[1] > 0


def _redact_plain(text: str) -> str:
    return redact(text)[0]


def _redact_any(text: str) -> str:
    # A reply may hold half a surrogate pair as a JSON escape; no file can.
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return redact_reply(text) if _may_be_json(text) else redact(text)[0]


def _may_be_json(text: str) -> bool:
    return text.lstrip()[:1] in ("{", "[", '"')


def _read(text: str) -> Any:
    """The JSON document; None where there is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _texts(value: Any) -> list[str]:
    """Every text in the value."""
    found: list[str] = []
    _gather(value, found)
    return found


def _gather(value: Any, found: list[str]) -> None:
    # A record has thousands of values, most of them of these few types.
    if isinstance(value, str):
        found.append(value)
    elif isinstance(value, (tuple, list)):
        for inner in value:
            _gather(inner, found)
    elif value is None or isinstance(value, (bool, int, float)):
        return
    elif is_dataclass(value) and not isinstance(value, type):
        for name in _field_names(type(value)):
            _gather(getattr(value, name), found)
    elif isinstance(value, BaseModel):
        _gather(value.model_dump(), found)
    elif isinstance(value, (Mapping, Sequence)):
        for inner in value.values() if isinstance(value, Mapping) else value:
            _gather(inner, found)


@cache
def _field_names(kind: type) -> tuple[str, ...]:
    return tuple(each.name for each in fields(kind))


def _redacted(value: Any, text: Callable[[str], str], name: str = "") -> Any:
    """The value with each text as `text` gives it. `name` is that of the field in which it stands."""
    match value:
        case enum.Enum():
            return value
        case str():
            clean = text(value)
            if clean == value or name != "matches":
                return clean
            return _LABEL.sub(lambda label: re2.escape(label[0]), clean)
        case Mapping():
            return {key: _redacted(inner, text, str(key)) for key, inner in value.items()}
        case Sequence():
            return type(value)(_redacted(inner, text, name) for inner in value)  # type: ignore[call-arg]
        case Claim():
            return Claim.model_validate({**_redacted(value.model_dump(), text), "id": value.id})
        case ClaimSet():
            claims = tuple(_redacted(claim, text) for claim in value.claims)
            return ClaimSet.model_validate({**_redacted(value.model_dump(exclude={"claims"}), text), "claims": claims})
        case BaseModel():
            return type(value).model_validate(_redacted(value.model_dump(), text))
    if is_dataclass(value) and not isinstance(value, type):
        inner = {each.name: getattr(value, each.name) for each in fields(value) if each.name not in _AS_THEY_ARE}
        return replace(value, **_redacted(inner, text))
    return value


_AS_THEY_ARE = ("claim_id", "digest")
"""Fields with a shape of their own, by which others are found."""

_LABEL = re.compile(r"\[redacted: [\w ]{1,40}\]")
"""What stands for a secret; in a regular expression its brackets would be a class."""
