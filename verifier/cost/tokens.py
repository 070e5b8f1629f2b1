"""Count tokens offline, by tiktoken's o200k_base.

Gemini has no complete offline tokenizer; this one's count is an estimate, and the model's own count decides. Callers
plan with `MARGIN` until the API has reported true counts.
"""

from __future__ import annotations

import hashlib
import lzma
from binascii import a2b_base64
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from verifier.errors import VerifierError
from verifier.system import kept_files
from verifier.system.kept_answers import KeptAnswers

if TYPE_CHECKING:
    from tiktoken import Encoding

MARGIN = 1.15
"""How far a model's own count may pass ours before there are figures of its own.

Source: a guess on the safe side; no Gemini count was at hand when it was set.
"""

AIRY_CHARS = 16
"""No text worth reading has so many characters a token; only rows of one sign have. Saves counting what is too long."""

_DATA = Path(__file__).parent / "data"
_RANKS_SHA256 = "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"
_CHUNK_CHARS = 100_000
"""A million blanks in a row panic the tokenizer; pieces of this size do not, and cost 0.004 % of accuracy."""


@lru_cache(maxsize=512)
def count_tokens(text: str) -> int:
    """How many tokens the text has, by o200k_base. Special tokens in the text count as plain text."""
    return _count(text) if _kept is None else int(_kept.of(text, "tokens", lambda: _count(text)))


_kept: KeptAnswers | None = None


@contextmanager
def counts_kept() -> Iterator[None]:
    """While the context lasts, texts that an earlier run of this user has counted are not counted again.

    Making the tokenizer ready takes longer than all else that `verifier pack` does, and most texts were counted before.
    """
    global _kept  # one process, one table, one memory of what it counted
    before, _kept = _kept, KeptAnswers(kept_files.place("costs", f"tokens-{_way()[:16]}"))
    try:
        yield
    finally:
        _kept = before


def _way() -> str:
    """SHA-256 of all that a count follows from beside the text."""
    given = f"{_RANKS_SHA256}\n{_pattern()}\n{_CHUNK_CHARS}"
    return hashlib.sha256(given.encode("utf-8")).hexdigest()


def _count(text: str) -> int:
    encoding = _encoding()
    return sum(len(encoding.encode_ordinary(text[at : at + _CHUNK_CHARS])) for at in range(0, len(text), _CHUNK_CHARS))


@lru_cache(maxsize=1)
def _encoding() -> Encoding:
    from tiktoken import Encoding

    return Encoding(
        "o200k_base",
        pat_str=_pattern(),
        mergeable_ranks=_ranks(),
        special_tokens={},
    )


def _pattern() -> str:
    return (_DATA / "o200k_base.pattern.txt").read_text(encoding="utf-8")


def _ranks() -> dict[bytes, int]:
    raw = lzma.decompress((_DATA / "o200k_base.tiktoken.xz").read_bytes())
    if hashlib.sha256(raw).hexdigest() != _RANKS_SHA256:
        raise VerifierError(f"{_DATA / 'o200k_base.tiktoken.xz'} is damaged; install verifier again")
    pieces = raw.split()
    return dict(zip(map(a2b_base64, pieces[::2]), map(int, pieces[1::2]), strict=True))
