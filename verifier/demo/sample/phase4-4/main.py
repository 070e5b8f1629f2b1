"""Serve the glossary over HTTP: /lookup and /search, /health, /ready, /metrics and /status."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from src.api.access import SAFE_HEADERS, may_read
from src.api.requests import BadRequest, asked_for
from src.api.responses import Response, json_response, text_response
from src.config.settings import Settings, SettingsError
from src.core.error_handler import (
    CircuitOpenError,
    ProductionErrorHandler,
    RetryPolicy,
    ServiceHaltedError,
)
from src.core.performance_optimizer import format_duration
from src.lookup.crossrefs import related
from src.lookup.index import Index
from src.lookup.suggest import suggest
from src.store.jsonl_store import GlossaryError, load_entries
from src.telemetry.metrics import CONTENT_TYPE, Counters, exposition

try:
    from src.core.security_manager import SecurityManager
except ImportError:
    SecurityManager = None

log = logging.getLogger("gloss")


@dataclass
class Service:
    """The running service: what it knows, and how it fares."""

    settings: Settings
    errors: ProductionErrorHandler
    index: Index
    counters: Counters = field(default_factory=Counters)
    started_at: float = field(default_factory=time.monotonic)
    stopping: threading.Event = field(default_factory=threading.Event)

    def uptime_s(self) -> float:
        """Seconds since the service was started."""
        return time.monotonic() - self.started_at


def start_service(settings: Settings) -> Service:
    """Load the glossary and make a service of it."""
    policy = RetryPolicy(settings.retry_attempts, settings.retry_first_delay_s)
    errors = ProductionErrorHandler(
        policy, settings.breaker_trip_after, settings.breaker_recover_after_s
    )
    entries = errors.run("load glossary", lambda: load_entries(settings.data_file))
    return Service(settings, errors, Index(entries))


def health(service: Service, query: str) -> Response:
    """/health, liveness: 200 while the process can work, 503 when only a restart helps."""
    if service.errors.halted:
        return json_response(503, {"status": "halted"})
    return json_response(200, {"status": "alive", "uptime_s": round(service.uptime_s(), 3)})


def ready(service: Service, query: str) -> Response:
    """/ready, readiness: 200 when requests may be sent here, 503 with the reasons when not."""
    checks = {
        "glossary is loaded": len(service.index) > 0,
        "nothing has halted the service": not service.errors.halted,
        "no operation is refused": not service.errors.open_circuits(),
        "the service is not stopping": not service.stopping.is_set(),
    }
    return json_response(200 if all(checks.values()) else 503, {"ready": all(checks.values()), "checks": checks})


def metrics(service: Service, query: str) -> Response:
    """/metrics: what Prometheus collects, in its text format."""
    if not service.settings.metrics_enabled:
        return json_response(404, {"error": "metrics are switched off"})
    prefix = service.settings.metrics_prefix
    failures = {
        (("operation", operation), ("severity", severity)): count
        for (operation, severity), count in service.errors.registry.counts().items()
    }
    requests = service.counters.of("requests")
    text = (
        exposition(prefix, "up", "gauge", "1 unless halted.", {(): float(not service.errors.halted)})
        + exposition(prefix, "uptime_seconds", "gauge", "Seconds since the start.", {(): service.uptime_s()})
        + exposition(prefix, "entries", "gauge", "Entries in the glossary.", {(): len(service.index)})
        + exposition(prefix, "requests_total", "counter", "Requests by page and status.", requests)
        + exposition(prefix, "errors_total", "counter", "Errors by operation and severity.", failures)
    )
    return text_response(200, text, CONTENT_TYPE)


def status(service: Service, query: str) -> Response:
    """/status: everything a person on call wants to see first."""
    settings = service.settings
    recent = service.errors.registry.recent(settings.status_recent_errors)
    return json_response(
        200,
        {
            "version": settings.deploy_version,
            "environment": settings.deploy_environment,
            "region": settings.deploy_region,
            "uptime": format_duration(service.uptime_s()),
            "entries": len(service.index),
            "security_manager": "missing" if SecurityManager is None else "loaded",
            "open_circuits": service.errors.open_circuits(),
            "recent_errors": [f"{each.operation}: {each.kind}: {each.message}" for each in recent],
            "on_call": {
                "contact": settings.alert_contact,
                "runbook": settings.alert_runbook_url,
                "quiet_hours": settings.alert_quiet_hours,
            },
        },
    )


def lookup(service: Service, query: str) -> Response:
    """One entry and what it leads to, or 404 with terms that are spelled nearly so."""
    term = asked_for(query, "term")
    entry = service.index.find(term)
    if entry is None:
        near = suggest(term, service.index.terms())
        return json_response(404, {"error": "no such term", "near": near})
    return json_response(200, entry.as_dict() | {"related": related(entry, service.index)})


def search(service: Service, query: str) -> Response:
    """Entries that use the words, the best first."""
    found = service.index.search(asked_for(query, "words"), service.settings.max_results)
    return json_response(200, {"entries": [entry.as_dict() for entry in found]})


Page = Callable[[Service, str], Response]

OPERATIONAL_PAGES: dict[str, Page] = {
    "/health": health,
    "/ready": ready,
    "/metrics": metrics,
    "/status": status,
}
"""Answered without a token and however busy the service is."""

READER_PAGES: dict[str, Page] = {"/lookup": lookup, "/search": search}
"""Answered to readers, through the error handler."""


def respond(service: Service, target: str, headers: Mapping[str, str]) -> Response:
    """Answer one GET request and count it."""
    url = urlsplit(target)
    if url.path in OPERATIONAL_PAGES:
        response = OPERATIONAL_PAGES[url.path](service, url.query)
    elif url.path in READER_PAGES:
        response = _respond_to_reader(service, url.path, url.query, headers)
    else:
        return json_response(404, {"error": "no such page"})
    service.counters.add("requests", page=url.path, status=str(response.status))
    return response


def _respond_to_reader(service: Service, path: str, query: str, headers: Mapping[str, str]) -> Response:
    if not may_read(headers, service.settings):
        return json_response(403, {"error": "an unknown reader"})

    def answer() -> Response:
        try:
            return READER_PAGES[path](service, query)
        except BadRequest as error:
            return json_response(400, {"error": str(error)})

    try:
        return service.errors.run(path, answer)
    except (CircuitOpenError, ServiceHaltedError) as refused:
        return json_response(503, {"error": str(refused)})
    except Exception:
        log.exception("%s failed", path)
        return json_response(500, {"error": "something went wrong here"})


def make_server(service: Service) -> ThreadingHTTPServer:
    """A server that listens, and answers no more requests of readers at a time than it may."""
    room = threading.BoundedSemaphore(service.settings.max_in_flight)

    class Handler(BaseHTTPRequestHandler):
        timeout = service.settings.request_timeout_s

        def do_GET(self) -> None:
            if urlsplit(self.path).path in OPERATIONAL_PAGES:
                self._send(respond(service, self.path, self.headers))
            elif room.acquire(blocking=False):
                try:
                    self._send(respond(service, self.path, self.headers))
                finally:
                    room.release()
            else:
                self._send(json_response(503, {"error": "busy; come back in a moment"}))

        def _send(self, response: Response) -> None:
            self.send_response(response.status)
            self.send_header("Content-Type", response.content_type)
            self.send_header("Content-Length", str(len(response.body)))
            for name, value in SAFE_HEADERS.items() if service.settings.safe_headers else ():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(response.body)

        def log_message(self, form: str, *values: object) -> None:
            log.info(form, *values)

    return ThreadingHTTPServer((service.settings.host, service.settings.port), Handler)


def stop_gently(service: Service, server: ThreadingHTTPServer) -> None:
    """Say that the service is not ready, leave time for that to be noticed, then stop."""
    service.stopping.set()
    time.sleep(service.settings.shutdown_grace_s)
    server.shutdown()


def main() -> int:
    """Serve until told to stop; 1 when the service cannot start."""
    try:
        settings = Settings.read(os.environ)
        logging.basicConfig(level=settings.log_level)
        service = start_service(settings)
    except (SettingsError, GlossaryError, OSError, ValueError) as error:
        print(f"cannot start: {error}", file=sys.stderr)
        return 1
    with make_server(service) as server:

        def on_signal(number: int, frame: object) -> None:
            threading.Thread(target=stop_gently, args=(service, server)).start()

        signal.signal(signal.SIGTERM, on_signal)
        signal.signal(signal.SIGINT, on_signal)
        server.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())
