"""Who may read the glossary."""

from __future__ import annotations

import hmac
from collections.abc import Mapping

from src.config.settings import Settings

TOKEN_HEADER = "X-Reader-Token"

SAFE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
}
"""Sent with every response when the settings say so."""


def may_read(headers: Mapping[str, str], settings: Settings) -> bool:
    """Whether the request carries the token and calls the service by a name it answers to."""
    return _token_fits(headers, settings.api_token) and _host_fits(headers, settings.allowed_hosts)


def _token_fits(headers: Mapping[str, str], wanted: str) -> bool:
    given = headers.get(TOKEN_HEADER, "")
    return not wanted or hmac.compare_digest(given.encode("utf-8"), wanted.encode("utf-8"))


def _host_fits(headers: Mapping[str, str], allowed: tuple[str, ...]) -> bool:
    host = headers.get("Host", "").rsplit(":", 1)[0].lower()
    return not allowed or host in allowed
