"""What the client raises, as one line that says what to do."""

from __future__ import annotations

import email.utils
import re
import ssl
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from verifier.errors import ModelError
from verifier.model.endpoint import KEY_PAGE, Endpoint
from verifier.model.errors import TransientError, one_line

if TYPE_CHECKING:
    import httpx2
    from google.genai.errors import APIError


def from_status(error: APIError, endpoint: Endpoint, model: str) -> ModelError:
    """The service answered with another status than 200."""
    code, said = error.code, _said(error, endpoint)
    if code in (408, 429) or code >= 500:
        return TransientError(f"the service answered {said}", retry_after_s=_retry_after_s(error), kept=_kept(error))
    if code == 401 or any(str(detail.get("reason", "")).startswith("API_KEY") for detail in _details(error)):
        return ModelError(_bad_key(endpoint), fatal=True)
    if code == 403:
        return ModelError(f"the key may not ask {model}: the service answered {said}", fatal=True)
    if code == 404 and _is_googles(error):
        return ModelError(f"there is no model {model} for this key; name another with --model", fatal=True)
    if code == 413 or re.search(r"token count.*exceeds|payload size exceeds", str(error.message), re.IGNORECASE):
        return ModelError(f"the prompt is too large for {model}: {said}; lower --budget-tokens")
    if code == 400 and _is_googles(error):
        return ModelError(f"the service refuses the request: {said}", fatal=True)
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
    return TransientError(f"no whole reply within {endpoint.timeout_s:g} s; raise --timeout if replies take longer")


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
