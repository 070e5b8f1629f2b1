"""Where the files that travel with verifier are: prompts, the demo's claims, its cassette.

In a checkout they stand at the root; in an installed wheel inside the package.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent.parent


def shipped(name: str) -> Path:
    """The folder or file of that name: `prompts`, `claims/phase4.yaml`, `cassettes/phase4.yaml`."""
    installed = _PACKAGE / "shipped" / name
    return installed if installed.exists() else _PACKAGE.parent / name
