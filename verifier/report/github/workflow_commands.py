"""Workflow commands: lines on standard output that a runner obeys, so that text of others must never form one."""

from __future__ import annotations

_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_PROPERTY = {**_DATA, ":": "%3A", ",": "%2C"}


def command(name: str, message: str, **properties: str | int) -> str:
    """One workflow command on one line.

    Source: GitHub Docs, "Workflow commands for GitHub Actions", and the escapes of @actions/core.
    """
    given = ",".join(f"{key}={_escaped(str(value), _PROPERTY)}" for key, value in properties.items())
    return f"::{name}{f' {given}' if given else ''}::{_escaped(message, _DATA)}"


def _escaped(text: str, escapes: dict[str, str]) -> str:
    return "".join(escapes.get(letter, letter) for letter in text)
