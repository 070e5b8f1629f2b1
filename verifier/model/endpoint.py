"""Where Gemini is asked, and with which key.

Key and endpoint come from flags and the environment alone, never from a file in a repository.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit, urlunsplit

from verifier.errors import UsageError

PUBLIC_URL = "https://generativelanguage.googleapis.com/"
KEY_PAGE = "https://aistudio.google.com/apikey"
DEFAULT_TIMEOUT_S = 300.0


@dataclass(frozen=True)
class Endpoint:
    """One place to ask. Its `repr` shows no key."""

    api_key: str = field(repr=False)
    """Empty only for Vertex AI with application default credentials."""
    base_url: str | None = None
    """None: the service's own address."""
    vertex: bool = False
    project: str | None = None
    location: str | None = None
    timeout_s: float = DEFAULT_TIMEOUT_S
    """For a call as a whole, not for each read."""
    key_name: str = "--api-key"
    """Where the key came from."""
    other_key_set: bool = False
    """GEMINI_API_KEY is set too and is not used; worth one warning."""
    login: tuple[str, str] | None = field(default=None, repr=False)
    """User and password, where the address was given with them: what asks logs every address that it asks at."""

    @classmethod
    def from_environment(
        cls,
        environ: Mapping[str, str],
        *,
        api_key: str | None = None,
        base_url: str | None = None,
        vertex: bool = False,
        project: str | None = None,
        location: str | None = None,
        timeout_s: float = DEFAULT_TIMEOUT_S,
    ) -> Endpoint:
        """Complete what was given by what the environment says; GOOGLE_API_KEY goes before GEMINI_API_KEY.

        Raises:
            UsageError: There is no key, or key, address or project cannot be right.
        """
        address, login = _checked_url(base_url or environ.get(_URL_VARIABLES[vertex]) or None)
        found = keys_in(environ)
        if vertex:
            project = project or environ.get("GOOGLE_CLOUD_PROJECT") or None
            location = location or environ.get("GOOGLE_CLOUD_LOCATION") or None
            if project and not api_key:
                location, key_name = location or "global", "application default credentials"
                return cls("", address, True, project, location, timeout_s, key_name, login=login)
        if api_key is not None:
            key, key_name = api_key.strip(), "--api-key"
        elif found:
            key_name, key = next(iter(found.items()))
        elif vertex:
            raise UsageError("Vertex AI needs a project; set GOOGLE_CLOUD_PROJECT, or replay a recording with --replay")
        else:
            raise UsageError(
                f"no API key; set GEMINI_API_KEY or GOOGLE_API_KEY to a key from {KEY_PAGE}, "
                "or replay a recording with --replay"
            )
        _check_key(key, key_name)
        both = api_key is None and len(found) > 1
        return cls(key, address, vertex, None, None, timeout_s, key_name, both, login)

    @property
    def host(self) -> str:
        """The address as messages name it: no user, no password, no query."""
        if self.base_url is None:
            return "aiplatform.googleapis.com" if self.vertex else "generativelanguage.googleapis.com"
        parts = urlsplit(self.base_url)
        return f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)

    @property
    def warning(self) -> str | None:
        """What to say, once, where two keys are set. None where nothing is unclear."""
        both = f"GOOGLE_API_KEY and GEMINI_API_KEY are both set; {self.key_name} is used"
        return both if self.other_key_set else None

    @property
    def url_name(self) -> str:
        """The variable that sets the address."""
        return _URL_VARIABLES[self.vertex]

    def without_key(self, text: str) -> str:
        """The text with the key, should it stand there, taken out."""
        return text.replace(self.api_key, "[key]") if self.api_key else text


def keys_in(environ: Mapping[str, str]) -> dict[str, str]:
    """The keys that are set, by the names of their variables, the one first that is used."""
    names = ("GOOGLE_API_KEY", "GEMINI_API_KEY")
    return {name: environ[name].strip() for name in names if environ.get(name, "").strip()}


_URL_VARIABLES = {False: "GOOGLE_GEMINI_BASE_URL", True: "GOOGLE_VERTEX_BASE_URL"}


def _check_key(key: str, name: str) -> None:
    # A header with such a value is refused by the client in an error that shows the value.
    if not key or not key.isascii() or not key.isprintable() or " " in key:
        raise UsageError(f"{name} holds no API key (blanks or characters no key has); set it to a key from {KEY_PAGE}")


def _checked_url(url: str | None) -> tuple[str | None, tuple[str, str] | None]:
    """The address without user and password, and these."""
    if url is None:
        return None, None
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable:
        raise UsageError("the base URL of the service is no http or https address; correct it or leave it out")
    if parts.username is None:
        return url, None
    bare = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    return bare, (unquote(parts.username), unquote(parts.password or ""))
