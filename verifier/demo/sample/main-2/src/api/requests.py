"""Read what a request asks for."""

from __future__ import annotations

from urllib.parse import parse_qs

LONGEST_TEXT = 200


class BadRequest(ValueError):
    """The request cannot be answered as it stands; the message is for the one who asked."""


def asked_for(query: str, name: str) -> str:
    """The one value of a query's field.

    Raises:
        BadRequest: The field is missing, empty, there twice, or too long.
    """
    values = parse_qs(query).get(name, [])
    if len(values) != 1 or not values[0].strip():
        raise BadRequest(f"give {name} once, and not empty")
    if len(values[0]) > LONGEST_TEXT:
        raise BadRequest(f"{name} is longer than {LONGEST_TEXT} characters")
    return values[0]
