"""What a single line is, in words for a reader: code, comment, test, vendored, dead code."""

from __future__ import annotations

from verifier.languages import FileKind, LineKind
from verifier.repository.index import Index
from verifier.values.source import Lines

_OF_FILES = {FileKind.PROSE: "documentation", FileKind.LOCK: "lock file"}
_OF_LINES = {LineKind.COMMENT: "comment", LineKind.DOCSTRING: "docstring", LineKind.TEXT: "documentation"}


def label_of_line(path: str, line: int, index: Index) -> str:
    """The label of one line, counted from 1; "code" where it is the product's code."""
    kind = index.kind(path)
    if kind not in (FileKind.CODE, FileKind.CONFIG):
        return _OF_FILES.get(kind, str(kind.value))
    source = index.source(path)
    if source is None or line > len(source.kinds):
        return "code"
    of_line = _OF_LINES.get(source.kinds[line - 1])
    if of_line is not None:
        return of_line
    return "dead code" if source.dead_reason(Lines(line, line)) else "code"
