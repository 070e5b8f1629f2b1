"""Redact what did not come through a snapshot: claim sets, replies, messages.

A snapshot redacts as it reads. A claim file and a reply come in by other doors, and what they say goes into requests,
records and cassettes all the same.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import re2

from verifier.safety.secrets import redact
from verifier.values.claim import Claim, ClaimSet


@lru_cache(maxsize=4096)
def redact_claim(claim: Claim) -> Claim:
    """The claim without secrets. Its id stays: it has a shape of its own, and rulings are found by it."""
    given = claim.model_dump()
    clean = {**redact_document(given), "id": claim.id}
    return claim if clean == given else Claim.model_validate(clean)


def redact_claim_set(claims: ClaimSet) -> ClaimSet:
    """The claim set without secrets, its paths and patterns still meaning the files and lines of a snapshot."""
    if not holds_a_secret(_texts(claims.model_dump())):
        return claims
    given = claims.model_dump(exclude={"claims"})
    own = tuple(redact_claim(claim) for claim in claims.claims)
    return ClaimSet.model_validate({**redact_document(given), "claims": own})


@lru_cache(maxsize=16)
def redact_reply(text: str) -> str:
    """A reply, or what else came back, without secrets: JSON is redacted as what it says, not as how it is written.

    Of a text without secrets no byte is changed, and text that was redacted once is not changed again.
    """
    document = _read(text)
    if document is None:
        return redact(text)[0]
    try:
        if not (redact(text)[1] or holds_a_secret(_texts(document))):
            return text
        clean = json.dumps(redact_document(document))
    except RecursionError:
        return redact(text)[0]
    # What tells a secret may be the name of the field that it stands in.
    as_written = redact(clean)[0]
    return clean if _read(as_written) is None else as_written


def holds_a_secret(texts: Iterable[str]) -> bool:
    """Whether one of the texts does. Most hold none, and one look at all of them is quicker than a look at each."""
    # No shape of a secret that has several lines goes on over a line with a NUL.
    return redact("\n\0\n".join(texts))[1] > 0


def _read(text: str) -> Any:
    """The JSON document; None where there is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case Mapping():
            for inner in value.values():
                yield from _texts(inner)
        case Sequence():
            for inner in value:
                yield from _texts(inner)


def redact_document(value: Any, name: str = "") -> Any:
    """Whatever JSON may hold, without secrets in its texts. `name` is that of the field in which it stands."""
    match value:
        case str():
            clean, count = redact(value)
            return _LABEL.sub(lambda label: re2.escape(label[0]), clean) if count and name == "matches" else clean
        case Mapping():
            return {key: redact_document(inner, str(key)) for key, inner in value.items()}
        case Sequence():
            return type(value)(redact_document(inner, name) for inner in value)  # type: ignore[call-arg]
    return value


_LABEL = re.compile(r"\[redacted: [\w ]{1,40}\]")
"""What stands for a secret; in a regular expression its brackets would be a class."""
