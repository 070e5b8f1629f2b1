"""Serve the glossary over HTTP: /lookup and /search."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from src.api.access import may_read
from src.api.requests import BadRequest, asked_for
from src.api.responses import Response, json_response
from src.config.settings import Settings
from src.lookup.crossrefs import related
from src.lookup.index import Index
from src.lookup.suggest import suggest
from src.store.jsonl_store import load_entries


def respond(settings: Settings, index: Index, target: str, headers: Mapping[str, str]) -> Response:
    """Answer one GET request."""
    if not may_read(headers, settings):
        return json_response(403, {"error": "an unknown reader"})
    url = urlsplit(target)
    try:
        if url.path == "/lookup":
            return lookup(index, asked_for(url.query, "term"))
        if url.path == "/search":
            return search(index, asked_for(url.query, "words"), settings.max_results)
    except BadRequest as error:
        return json_response(400, {"error": str(error)})
    return json_response(404, {"error": "no such page"})


def lookup(index: Index, term: str) -> Response:
    """One entry and what it leads to, or 404 with terms that are spelled nearly so."""
    entry = index.find(term)
    if entry is None:
        return json_response(404, {"error": "no such term", "near": suggest(term, index.terms())})
    return json_response(200, entry.as_dict() | {"related": related(entry, index)})


def search(index: Index, text: str, limit: int) -> Response:
    """Entries that use the words, the best first."""
    return json_response(200, {"entries": [entry.as_dict() for entry in index.search(text, limit)]})


def main() -> int:
    """Serve until interrupted."""
    settings = Settings.read(os.environ)
    index = Index(load_entries(settings.data_file))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            response = respond(settings, index, self.path, self.headers)
            self.send_response(response.status)
            self.send_header("Content-Type", response.content_type)
            self.send_header("Content-Length", str(len(response.body)))
            self.end_headers()
            self.wfile.write(response.body)

    with ThreadingHTTPServer((settings.host, settings.port), Handler) as server:
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print("stopped", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
