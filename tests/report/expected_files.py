"""Expected files: what is written is compared whole.

`UPDATE_EXPECTED=1 pytest ...` writes them anew; read the difference.
"""

from __future__ import annotations

import os
from pathlib import Path

EXPECTED = Path(__file__).parent / "expected"


def assert_as_expected(name: str, written: str) -> None:
    """The text is that of the expected file, byte for byte."""
    expected = EXPECTED / name
    if os.environ.get("UPDATE_EXPECTED"):
        expected.write_bytes(written.encode("utf-8"))
    assert written == expected.read_bytes().decode("utf-8")
