"""Security manager, a first draft: passwords of readers."""

from __future__ import annotations

import hmac
import secrets
from hashlib import scrypt


class SecurityManager:
    """Keeps passwords as salted digests."""

    def __init__(self) -> None:
        self._digests: dict[str, tuple[bytes, bytes]] = {}

    def set_password(self, reader: str, password: str) -> None:
        """Keep the digest of a reader's password."""
        salt = secrets.token_bytes(16)
        self._digests[reader] = (salt, _digest(password, salt))

    def fits(self, reader: str, password: str) -> bool:
        """Whether this is the reader's password."""
        if reader not in self._digests:
            return False
        salt, kept = self._digests[reader]
        return hmac.compare_digest(kept, _digest(password, salt))


def _digest(password: str, salt: bytes) -> bytes:
    return scrypt(password.encode("utf-8"), salt=salt, n=2**14, r=8, p=1)
