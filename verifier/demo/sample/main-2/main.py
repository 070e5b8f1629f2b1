"""Serve the glossary over HTTP: /lookup and /search."""

from __future__ import annotations

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from src.api.requests import BadRequest, asked_for
from src.api.responses import Response, json_response
from src.legacy.token_table import reader_of
from src.lookup.index import Index
from src.store.jsonl_store import load_entries

DATA_FILE = Path("data/glossary.jsonl")
ADDRESS = ("127.0.0.1", 8080)


def respond(index: Index, target: str, token: str) -> Response:
    """Answer one GET request."""
    if reader_of(token) is None:
        return json_response(403, {"error": "an unknown reader"})
    url = urlsplit(target)
    try:
        if url.path == "/lookup":
            return lookup(index, asked_for(url.query, "term"))
        if url.path == "/search":
            return search(index, asked_for(url.query, "words"))
    except BadRequest as error:
        return json_response(400, {"error": str(error)})
    return json_response(404, {"error": "no such page"})


def lookup(index: Index, term: str) -> Response:
    """One entry, or 404."""
    entry = index.find(term)
    if entry is None:
        return json_response(404, {"error": "no such term"})
    return json_response(200, entry.as_dict())


def search(index: Index, text: str) -> Response:
    """Entries that use the words, the best first."""
    return json_response(200, {"entries": [entry.as_dict() for entry in index.search(text)]})


def main() -> int:
    """Serve until interrupted."""
    index = Index(load_entries(DATA_FILE))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            response = respond(index, self.path, self.headers.get("X-Reader-Token", ""))
            self.send_response(response.status)
            self.send_header("Content-Type", response.content_type)
            self.send_header("Content-Length", str(len(response.body)))
            self.end_headers()
            self.wfile.write(response.body)

    with ThreadingHTTPServer(ADDRESS, Handler) as server:
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print("stopped", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
