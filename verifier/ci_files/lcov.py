"""LCOV: of each file, the lines that can run and how often they did. Functions and branches are passed over.

Source: `geninfo(1)`, "Tracefile format".
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.ci_files.contents import Contents, UnreadableError
from verifier.values.ci import CiFormat, MeasuredFile


def read_lcov(data: bytes) -> Contents | None:
    """The covered lines of a tracefile. None where it is none.

    Raises:
        UnreadableError: A line has no number or no count.
    """
    lines = [line.strip() for line in data.decode("utf-8", "replace").splitlines()]
    if not any(line.startswith("SF:") for line in lines):
        return None
    return Contents(CiFormat.LCOV, measured=tuple(_measured(lines)))


def _measured(lines: list[str]) -> Iterator[MeasuredFile]:
    name, hits = "", dict[int, int]()
    for number, line in enumerate(lines, start=1):
        record, _, value = line.partition(":")
        if record == "SF":
            name, hits = value, {}
        elif record == "DA":
            try:
                of_line, count = value.split(",")[:2]
                hits[int(of_line)] = hits.get(int(of_line), 0) + int(count)
            except ValueError as error:
                raise UnreadableError(f"its line {number} is no record of a line") from error
        elif line == "end_of_record":
            yield MeasuredFile((name,), hits)
