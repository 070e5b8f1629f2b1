"""What goes back over the wire."""

from __future__ import annotations

import json
from dataclasses import dataclass

JSON = "application/json; charset=utf-8"


@dataclass(frozen=True)
class Response:
    """A status, a body, and what kind of body it is."""

    status: int
    body: bytes
    content_type: str = JSON


def json_response(status: int, fields: dict[str, object]) -> Response:
    """A response whose body is JSON with its keys in order."""
    return Response(status, json.dumps(fields, sort_keys=True, ensure_ascii=False).encode("utf-8"))


def text_response(status: int, text: str, content_type: str) -> Response:
    """A response whose body is text of the given kind."""
    return Response(status, text.encode("utf-8"), content_type)
