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
    safe_headers: bool
    """Whether responses carry headers that tell browsers to be careful."""

    metrics_enabled: bool
    metrics_prefix: str
    log_level: str
    status_recent_errors: int
    """How many errors /status shows."""

    max_results: int
    max_in_flight: int
    """How many requests are answered at the same time; more are told to come back."""
    request_timeout_s: float
    retry_attempts: int
    retry_first_delay_s: float
    breaker_trip_after: int
    breaker_recover_after_s: float

    alert_contact: str
    """Whom to call when something is wrong; /status shows it."""
    alert_runbook_url: str
    alert_quiet_hours: str

    deploy_environment: str
    deploy_version: str
    deploy_region: str
    shutdown_grace_s: float
    """How long the service says that it is not ready before it stops."""

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Settings:
        """Settings from the environment, with defaults for what it does not name.

        Raises:
            SettingsError: A number is none or out of range, or a switch is neither on nor off.
        """
        read = _Reader(environment)
        return cls(
            host=read.text("GLOSS_HOST", "127.0.0.1"),
            port=read.whole("GLOSS_PORT", 8080, least=1),
            data_file=Path(read.text("GLOSS_DATA_FILE", "data/glossary.jsonl")),
            api_token=read.text("SERVICE_API_TOKEN", ""),
            allowed_hosts=read.names("ALLOWED_HOSTS"),
            safe_headers=read.switch("SAFE_HEADERS_ENABLED", True),
            metrics_enabled=read.switch("METRICS_ENABLED", True),
            metrics_prefix=read.text("METRICS_PREFIX", "gloss"),
            log_level=read.text("LOG_LEVEL", "INFO").upper(),
            status_recent_errors=read.whole("STATUS_RECENT_ERRORS", 5, least=0),
            max_results=read.whole("MAX_RESULTS", 10, least=1),
            max_in_flight=read.whole("MAX_IN_FLIGHT", 64, least=1),
            request_timeout_s=read.seconds("REQUEST_TIMEOUT_S", 10.0),
            retry_attempts=read.whole("RETRY_ATTEMPTS", 3, least=1),
            retry_first_delay_s=read.seconds("RETRY_FIRST_DELAY_S", 0.1),
            breaker_trip_after=read.whole("BREAKER_TRIP_AFTER", 5, least=1),
            breaker_recover_after_s=read.seconds("BREAKER_RECOVER_AFTER_S", 30.0),
            alert_contact=read.text("ALERT_CONTACT", ""),
            alert_runbook_url=read.text("ALERT_RUNBOOK_URL", ""),
            alert_quiet_hours=read.text("ALERT_QUIET_HOURS", ""),
            deploy_environment=read.text("DEPLOY_ENVIRONMENT", "development"),
            deploy_version=read.text("DEPLOY_VERSION", "unknown"),
            deploy_region=read.text("DEPLOY_REGION", "unknown"),
            shutdown_grace_s=read.seconds("SHUTDOWN_GRACE_S", 0.0),
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

    def seconds(self, name: str, default: float) -> float:
        text = self.text(name, str(default))
        if not text.replace(".", "", 1).isdecimal():
            raise SettingsError(f"{name} is {text!r}; give seconds, 0 or more")
        return float(text)

    def switch(self, name: str, default: bool) -> bool:
        text = self.text(name, "on" if default else "off").lower()
        if text not in {"on", "off"}:
            raise SettingsError(f"{name} is {text!r}; say on or off")
        return text == "on"
