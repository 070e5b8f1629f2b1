"""Shards: a stable share of a set's claims for each of several machines."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Shard:
    """One share of several, written "2/8".

    Raises:
        ValueError: It is written otherwise, or is none of that many.
    """

    text: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[1-9]\d{0,4}/[1-9]\d{0,4}", self.text) or self.number > self.of:
            raise ValueError(f'"{self.text}" is no share; give one such as 2/8, from 1/8 to 8/8')

    def __str__(self) -> str:
        return self.text

    @cached_property
    def number(self) -> int:
        """Which one it is, from 1."""
        return int(self.text.partition("/")[0])

    @cached_property
    def of(self) -> int:
        """How many there are."""
        return int(self.text.partition("/")[2])

    def has(self, claim_set: str, claim_id: str) -> bool:
        """Whether the claim is in this share: by a hash of its set and its id, so that no claim moves another."""
        hashed = hashlib.sha256(f"{claim_set}\n{claim_id}".encode()).digest()
        return int.from_bytes(hashed) % self.of == self.number - 1
