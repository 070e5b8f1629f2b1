"""The check `matches`: some lines match a regular expression. The engine is linear-time: claim files can be hostile."""

from __future__ import annotations

import re2

from verifier.repository.globbing import matching
from verifier.repository.index import Index
from verifier.safety.quoting import plain_path
from verifier.values.claim import Check


def matches(check: Check, index: Index) -> tuple[bool, str]:
    """Whether enough lines match, and the finding as a sentence. Any match inside a line counts that line once."""
    pattern = re2.compile(check.matches or "")
    paths = matching(check.within, index.snapshot.paths) if check.within else index.snapshot.paths
    found = 0
    first = ""
    for path in paths:
        file = index.text_file(path)
        if file is None:
            continue
        for number, line in enumerate(file.lines, start=1):
            if pattern.search(line):
                found += 1
                first = first or f", the first at {plain_path(path)}:{number}"
    where = f" in {check.within}" if check.within else ""
    wanted = "" if found >= check.at_least else f", wanted at least {check.at_least}"
    says = f"matches /{check.matches}/{where}: {found} matching line{'' if found == 1 else 's'}{first}{wanted}"
    return found >= check.at_least, says
