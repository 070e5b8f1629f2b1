"""What docs/reports.md says of formats is so."""

from __future__ import annotations

import re
from typing import Any

from tests import ROOT
from tests.report.run_records import EVERYTHING
from verifier.report import Format, find_format, format_names

PAGE = (ROOT / "docs" / "reports.md").read_text("utf-8")


def test_every_format_is_named_with_the_end_of_its_file() -> None:
    rows = re.findall(r"^\| `([\w-]+)` \| `([\w.]+)` \|", PAGE, re.MULTILINE)

    assert dict(rows) == {name: find_format(name).suffix for name in format_names()}


def test_the_example_of_a_format_is_one() -> None:
    (example,) = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    made: dict[str, Any] = {}

    exec(example, made)

    assert isinstance(made["COUNT"], Format)
    assert made["COUNT"].written(EVERYTHING) == "5 rulings\n"
