"""Who may ask: the tokens we handed out, by reader."""

from __future__ import annotations

READERS = {
    "reading-room": "paper-lamp",
    "bindery": "bone-folder",
    "catalogue": "card-drawer",
}


def reader_of(token: str) -> str | None:
    """The reader who was given this token, or None."""
    for reader, given in READERS.items():
        if given == token:
            return reader
    return None
