"""What CI makes, in the shapes of those who make it."""

from __future__ import annotations

import json
from typing import Any

COMMIT = "1" * 40
OTHER = "2" * 40


def junit(*cases: str, commit: str | None = COMMIT) -> str:
    """A JUnit file as pytest writes it."""
    of = f'<properties><property name="commit" value="{commit}"/></properties>' if commit else ""
    return f'<testsuites><testsuite name="pytest">{of}{"".join(cases)}</testsuite></testsuites>'


def case(classname: str, name: str, inside: str = "", **more: str) -> str:
    """One test; `inside` is what became of it."""
    given = {"classname": classname, "name": name, **more}
    return f"<testcase {' '.join(f'{key}={value!r}' for key, value in given.items())}>{inside}</testcase>"


def cobertura(files: dict[str, dict[int, int]], source: str = "/home/ci/work") -> str:
    """A Cobertura file as gcovr writes it, with the document type that names a file elsewhere."""
    classes = "".join(
        f'<class filename="{name}"><lines>{"".join(f"<line number={n!r} hits={h!r}/>" for n, h in lines.items())}'
        "</lines></class>"
        for name, lines in ((name, {str(n): str(h) for n, h in of.items()}) for name, of in files.items())
    )
    return (
        '<!DOCTYPE coverage SYSTEM "http://cobertura.sourceforge.net/xml/coverage-04.dtd">'
        f"<coverage><sources><source>{source}</source></sources><packages><package><classes>{classes}"
        "</classes></package></packages></coverage>"
    )


def sarif(tool: str, *results: dict[str, Any], commit: str | None = COMMIT, **run: Any) -> str:
    """A SARIF log of one run."""
    of = {"versionControlProvenance": [{"revisionId": commit}]} if commit else {}
    driver = {"name": tool, "rules": [{"id": "R1", "defaultConfiguration": {"level": "error"}}, {"id": "R2"}]}
    return json.dumps({"version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results, **of, **run}]})
