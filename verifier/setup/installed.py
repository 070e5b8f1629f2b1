"""Where this verifier came from, so that another machine can install the same."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from typing import Any
from urllib.parse import urlsplit

from verifier.values.tool import VERSION

DISTRIBUTION = "claim-verifier"


@dataclass(frozen=True)
class Origin:
    """What pip is to install elsewhere."""

    requirement: str
    is_certain: bool
    """Whether that is what is installed here. It is not where this one came from a folder of this machine."""


def origin() -> Origin:
    """Where the verifier that is running came from."""
    try:
        written = distribution(DISTRIBUTION).read_text("direct_url.json")
    except PackageNotFoundError:
        return _of_the_index(is_certain=False)
    return _of_the_index(is_certain=True) if written is None else read_origin(written)


def read_origin(direct_url: str) -> Origin:
    """The origin that an installer wrote down for what came from somewhere else than an index.

    Source: Python packaging user guide, "Recording the Direct URL Origin of installed distributions".
    """
    found: dict[str, Any] = json.loads(direct_url)
    address, revision = str(found.get("url", "")), str(found.get("vcs_info", {}).get("commit_id", ""))
    parts = urlsplit(address)
    # A user or a token in the address is for this machine alone.
    named = f"{parts.netloc.rpartition('@')[2]}{parts.path}@{revision}"
    if parts.scheme != "https" or re.fullmatch(_PLAIN, named, re.ASCII) is None:
        return _of_the_index(is_certain=False)
    return Origin(f"{DISTRIBUTION} @ git+https://{named}", is_certain=True)


_PLAIN = r"[\w.-]+(:\d+)?/[\w./~%+-]+@[0-9a-f]{40}"
"""What neither a shell nor a workflow reads anything into."""


def _of_the_index(*, is_certain: bool) -> Origin:
    return Origin(f"{DISTRIBUTION}=={VERSION}", is_certain)
