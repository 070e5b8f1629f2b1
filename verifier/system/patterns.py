"""Regular expressions that are compiled when they are first asked.

Compiling all of verifier's takes longer than reading a claim file, and most commands ask few of them.
"""

from __future__ import annotations

import re
from typing import Any, cast


def pattern(expression: str, flags: re.RegexFlag = re.NOFLAG) -> re.Pattern[str]:
    """What stands for the compiled expression until one of its methods is asked for."""
    return cast("re.Pattern[str]", _Uncompiled(expression, flags))


class _Uncompiled:
    def __init__(self, expression: str, flags: re.RegexFlag) -> None:
        self._expression = expression
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        method = getattr(re.compile(self._expression, self._flags), name)
        setattr(self, name, method)
        return method
