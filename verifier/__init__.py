"""verifier: claims about a commit, judged by a model, ruled on by what can be looked up.

`run(RunOptions(...))` does from Python what `verifier run` does on a command line; docs/api.md has examples.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from verifier.errors import VerifierError
from verifier.values.tool import VERSION

if TYPE_CHECKING:
    from verifier.runs import RunOptions, Watcher, run
    from verifier.values.record import RunRecord

__all__ = ["RunOptions", "RunRecord", "VerifierError", "Watcher", "__version__", "run"]

__version__ = VERSION

_IN = {"RunRecord": "verifier.values.record", **dict.fromkeys(("RunOptions", "Watcher", "run"), "verifier.runs")}


def __getattr__(name: str) -> Any:
    """Import what is public when it is first asked for, so that `import verifier` alone stays quick."""
    if name not in _IN:
        raise AttributeError(f"module 'verifier' has no attribute {name!r}")
    return getattr(importlib.import_module(_IN[name]), name)
