"""Kindred words: what a statement calls one thing and code another."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

from verifier.wording.words import stem

_GROUPS = """
    acknowledge ack
    address addr host
    again retry attempt backoff reconnect
    argument arg param parameter
    asynchronous async await
    authentication authenticate auth login credential
    authorization authorize permission auth
    automatic auto
    certificate cert tls ssl https
    command cmd cli
    compress gzip zlib
    configuration configure config setting option
    count number num
    database db sql
    delete remove purge drop unlink evict
    deserialize deserialise decode load parse
    directory dir folder
    disconnect lost close drop
    encrypt cipher crypto
    environment env environ
    error exception failure fail
    expire expiry ttl age lifetime
    file path
    hash digest checksum sha
    interrupt signal sigint sigterm
    kill terminate sigkill
    limit max maximum cap threshold
    log logger
    mask hide sanitize redact
    message msg
    metric stats statistics telemetry
    minimum min
    mutex lock thread
    notify notification alert email
    password passwd pwd
    previous prev old
    random jitter
    rate throttle limiter
    refuse reject deny disallow forbid forbidden
    repository repo
    request req
    response resp reply
    restore requeue recover rollback back
    schedule cron periodic timer
    format formatter
    serialize serialise encode dump
    shutdown stop close exit
    symbolic symlink
    temporary temp tmp
    wait sleep delay interval
"""


def kindred(stemmed: str) -> frozenset[str]:
    """Stems of other words for the same thing; empty for most words."""
    return _kindred_stems().get(stemmed, frozenset())


@cache
def _kindred_stems() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for line in _GROUPS.splitlines():
        stems = {stem(word) for word in line.split()}
        for one in stems:
            found[one] |= stems - {one}
    return {one: frozenset(others) for one, others in found.items()}
