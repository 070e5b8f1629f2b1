"""Keep foreign text in its place inside a prompt: fences it cannot forge, paths that stay on one line."""

from __future__ import annotations

import json

from verifier.values.prompt import digest


def fence(label: str, text: str) -> str:
    """A mark that the text cannot forge: derived from a hash of what it encloses, and not found in it."""
    mark = digest(f"{label}\0{text}")[:16]
    while mark in text or mark in label:
        mark = digest(mark)[:16]
    return mark


def quoted_path(path: str) -> str:
    """The path in double quotes, control characters and quotes escaped, so that it stays on one line."""
    return json.dumps(path, ensure_ascii=False).replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
