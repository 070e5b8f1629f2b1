"""What other libraries log, and what of it is kept out."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def unlogged(logger: str, beginning: str) -> Iterator[None]:
    """Keep out of a logger what begins with these words."""

    def lets_pass(record: logging.LogRecord) -> bool:
        return not str(record.msg).startswith(beginning)

    log = logging.getLogger(logger)
    log.addFilter(lets_pass)
    try:
        yield
    finally:
        log.removeFilter(lets_pass)
