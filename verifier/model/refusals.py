"""What the client raises, as one line that says what to do."""

from __future__ import annotations

import email.utils
import re
import ssl
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from verifier.errors import ModelError
from verifier.model.endpoint import KEY_PAGE, Endpoint
from verifier.model.errors import TransientError, one_line
from verifier.system.patterns import pattern

if TYPE_CHECKING:
    import httpx2
    from google.genai.errors import APIError


PASSING = (408, 409, 425, 429, 499)
"""Below 500, the statuses that can pass: too late, in the way of another call, too early, too much, given up by the
service itself."""

_TOO_LONG = pattern(
    r"(?<!output )(token count|(payload|request) size|(prompt|input|context) length|(number of|total|input) tokens)\b"
    r".{0,100}?\b(exceed|only supports|over the limit|larger than)"
    r"|\b(prompt|input|context|request|payload|contents?|text|text fields)\b.{0,40}?\btoo (long|large|big)\b"
    r"|maximum context length|exceed.{0,60}context (window|length|size)",
    re.IGNORECASE | re.DOTALL,
)
"""By no code of its own does the service say that a prompt is too long for the model."""


def from_status(error: APIError, endpoint: Endpoint, model: str, option: str = "--model") -> ModelError:
    """The service answered with another status than 200. `option` names the model."""
    code, said = error.code, _said(error, endpoint)
    if code == 429 and (why := _spent(error, model, option)) is not None:
        return ModelError(f"{why}: the service answered {said}", fatal=True)
    if code in PASSING or code >= 500:
        return TransientError(f"the service answered {said}", retry_after_s=_retry_after_s(error), kept=_kept(error))
    if code == 401 or any(str(detail.get("reason", "")).startswith("API_KEY") for detail in _details(error)):
        return ModelError(_bad_key(endpoint), fatal=True)
    if code == 403:
        return ModelError(f"the key may not ask {model}: the service answered {said}", fatal=True)
    if code == 404 and _is_googles(error):
        return ModelError(f"there is no model {model} for this key; name another with {option}", fatal=True)
    if code == 413 or _TOO_LONG.search(str(error.message)):
        return ModelError(f"the prompt is too large for {model}: {said}; lower --budget-tokens")
    if _is_googles(error):
        # What is wrong in the text is wrong with this prompt alone.
        own = re.search(r"\bcontents\[\d+\]", str(error.message)) is not None
        return ModelError(f"the service refuses the {'prompt' if own else 'request'}: {said}", fatal=not own)
    where = f"{endpoint.host} does not answer as Gemini does: {said}"
    return ModelError(f"{where}; check {endpoint.url_name}", fatal=True, kept=_kept(error))


def from_transport(error: httpx2.RequestError, endpoint: Endpoint) -> ModelError:
    """The connection failed, before or during the reply."""
    import httpx2

    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in _causes(error)):
        hint = "set SSL_CERT_FILE to your network's certificates"
        return ModelError(f"{endpoint.host} has a certificate that this machine does not trust; {hint}", fatal=True)
    if isinstance(error, httpx2.UnsupportedProtocol | httpx2.LocalProtocolError):
        return ModelError(f"no request can be made to {endpoint.host}; check {endpoint.url_name}", fatal=True)
    detail = endpoint.without_key(one_line(error)) or type(error).__name__
    if isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout):
        return TransientError(f"cannot reach {endpoint.host}: {detail}")
    if isinstance(error, httpx2.TimeoutException):
        return TransientError(f"{endpoint.host} fell silent: {detail}")
    return TransientError(f"the connection to {endpoint.host} broke: {detail}")


def from_deadline(endpoint: Endpoint) -> ModelError:
    """The call as a whole took too long."""
    return TransientError(f"no whole reply within {endpoint.timeout_s:g} s; raise --timeout-s if replies take longer")


def from_credentials(error: Exception, endpoint: Endpoint) -> ModelError:
    """Google's credentials are missing or refused."""
    hint = "run gcloud auth application-default login"
    return ModelError(f"no credentials for Vertex AI ({endpoint.without_key(one_line(error))}); {hint}", fatal=True)


def _bad_key(endpoint: Endpoint) -> str:
    why = " (used because both GOOGLE_API_KEY and GEMINI_API_KEY are set)" if endpoint.other_key_set else ""
    return (
        f"the API key from {endpoint.key_name}{why} is not valid; "
        f"set GEMINI_API_KEY or GOOGLE_API_KEY to a key from {KEY_PAGE}"
    )


def _said(error: APIError, endpoint: Endpoint) -> str:
    status = f"{error.code} {one_line(error.status or '', longest=60)}".strip()
    message = endpoint.without_key(one_line(error.message or "", longest=200))
    return f"{status}: {message}" if message else status


def _kept(error: APIError) -> str | None:
    """The text of an error page. What Google's own errors say is in the message."""
    return None if _is_googles(error) else (str(error.message) if error.message else None)


def _is_googles(error: APIError) -> bool:
    return isinstance(error.details, dict) and isinstance(error.details.get("error"), dict)


def _details(error: APIError) -> Iterator[Mapping[str, Any]]:
    """The typed details of one of Google's errors. Source: google.rpc.Status."""
    if _is_googles(error):
        details = error.details["error"].get("details")
        yield from (detail for detail in details if isinstance(detail, dict)) if isinstance(details, list) else ()


def _spent(error: APIError, model: str, option: str) -> str | None:
    """Why asking again today is in vain. None where a quota is one of minutes, which can pass.

    RetryInfo asks for seconds in either case, so that the names of the quotas decide.
    """
    if any(re.search(r"\blimit: 0(?!\.?\d)", quota) for quota in _quotas(error)):
        return f"this key has no quota at all for {model}; enable billing, or name another model with {option}"
    if any(re.search(r"per[ _]?day", quota, re.IGNORECASE) for quota in _quotas(error)):
        back = day_comes_back(datetime.now(UTC))
        return f"the day's quota of {model} is spent; it comes back {back}, and the same command resumes"
    return None


def _quotas(error: APIError) -> Iterator[str]:
    """What names the quotas that are used up: the message, and the details where there are any."""
    yield str(error.message)
    for detail in _details(error):
        metadata = detail.get("metadata")
        yield str(metadata.get("quota_limit", "")) if isinstance(metadata, dict) else ""
        violations = detail.get("violations")
        for violation in violations if isinstance(violations, list) else ():
            if isinstance(violation, dict):
                yield f"{violation.get('quotaId', '')}, limit: {violation.get('quotaValue', '')}"


def day_comes_back(now: datetime) -> str:
    """When the quotas of a day begin anew, in words and in the time of this machine.

    Source: Gemini API docs, "Rate limits": at midnight Pacific time.
    """
    try:
        pacific = ZoneInfo("America/Los_Angeles")
    except ZoneInfoNotFoundError:
        return "at midnight Pacific time"
    tomorrow = now.astimezone(pacific).date() + timedelta(days=1)
    at = datetime.combine(tomorrow, time(), pacific).astimezone()
    return f"at {at:%Y-%m-%d %H:%M %Z} (midnight Pacific time)"


def _retry_after_s(error: APIError) -> float | None:
    """What RetryInfo says, else the Retry-After header."""
    for detail in _details(error):
        if str(detail.get("@type", "")).endswith("google.rpc.RetryInfo"):
            seconds = re.fullmatch(r"(\d+(?:\.\d+)?)s", str(detail.get("retryDelay", "")))
            if seconds:
                return float(seconds[1])
    header = str(error.response.headers.get("retry-after", "")).strip() if error.response is not None else ""
    if re.fullmatch(r"\d+(\.\d+)?", header):
        return float(header)
    try:
        at = email.utils.parsedate_to_datetime(header)
    except ValueError:
        return None
    return max(0.0, (at.astimezone(UTC) - datetime.now(UTC)).total_seconds())


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__
