"""Every setting of the service, read from the environment once, at the start.

No other module reads the environment. `.env.example` names each variable that is read here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


class SettingsError(ValueError):
    """A variable of the environment makes no sense; the message names it."""


@dataclass(frozen=True)
class Settings:
    """What the environment says, checked."""

    host: str
    port: int
    data_file: Path
    api_token: str
    """What readers must send. Empty: everybody may read."""
    allowed_hosts: tuple[str, ...]
    """Names by which the service may be called. Empty: any."""
    max_results: int

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Settings:
        """Settings from the environment, with defaults for what it does not name.

        Raises:
            SettingsError: A number is none, or out of range.
        """
        read = _Reader(environment)
        return cls(
            host=read.text("GLOSS_HOST", "127.0.0.1"),
            port=read.whole("GLOSS_PORT", 8080, least=1),
            data_file=Path(read.text("GLOSS_DATA_FILE", "data/glossary.jsonl")),
            api_token=read.text("SERVICE_API_TOKEN", ""),
            allowed_hosts=read.names("ALLOWED_HOSTS"),
            max_results=read.whole("MAX_RESULTS", 10, least=1),
        )


class _Reader:
    """Reads variables as the kind of value that is wanted."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def text(self, name: str, default: str) -> str:
        return self._environment.get(name, default).strip()

    def names(self, name: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in self.text(name, "").split(",") if part.strip())

    def whole(self, name: str, default: int, least: int) -> int:
        text = self.text(name, str(default))
        if not text.isdecimal() or int(text) < least:
            raise SettingsError(f"{name} is {text!r}; give a whole number, {least} or more")
        return int(text)
