"""SARIF 2.1.0: what analysers found, less what is suppressed, is gone, or is said to be no failure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, AliasPath, BaseModel, BeforeValidator, Field, ValidationError

from verifier.ci_files.contents import Contents, UnreadableError
from verifier.values.ci import Analysis, CiFinding, CiFormat, Level


def read_sarif(data: bytes) -> Contents | None:
    """The findings of a log. None where it is JSON of another kind.

    Raises:
        UnreadableError: It is no JSON, or its runs are not those of SARIF 2.1.0.
    """
    if b'"runs"' not in data:
        return None
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise UnreadableError(f"it is no JSON that is read here ({error})") from error
    if not isinstance(document, dict) or not isinstance(document.get("runs"), list):
        return None
    try:
        runs = _Log.model_validate(document).runs
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise UnreadableError(f"{where}: {first['msg'].lower()}") from error
    commits = tuple(frozenset(one.revision for one in run.provenance if one.revision) for run in runs)
    return Contents(CiFormat.SARIF, commits or (frozenset(),), analyses=tuple(map(_analysis, runs)))


def _or_none(value: Any) -> Any:
    return () if value is None else value


_LevelWord = Literal["none", "note", "warning", "error"]


_PLACE = ("locations", 0, "physicalLocation")


class _Suppression(BaseModel):
    status: str = "accepted"


class _Result(BaseModel):
    rule: str = Field(default="", validation_alias=AliasChoices("ruleId", AliasPath("rule", "id")))
    rule_index: int = Field(default=-1, alias="ruleIndex")
    kind: str = "fail"
    level: _LevelWord | None = None
    baseline: str = Field(default="", alias="baselineState")
    suppressions: Annotated[tuple[_Suppression, ...], BeforeValidator(_or_none)] = ()
    path: str = Field(default="", validation_alias=AliasPath(*_PLACE, "artifactLocation", "uri"))
    line: int = Field(default=0, validation_alias=AliasPath(*_PLACE, "region", "startLine"))


class _Rule(BaseModel):
    id: str
    level: _LevelWord = Field(default="warning", validation_alias=AliasPath("defaultConfiguration", "level"))


class _Component(BaseModel):
    name: str
    rules: tuple[_Rule, ...] = ()


class _Tool(BaseModel):
    driver: _Component
    extensions: tuple[_Component, ...] = ()


class _Provenance(BaseModel):
    revision: str = Field(default="", alias="revisionId")


class _Invocation(BaseModel):
    successful: bool = Field(default=True, alias="executionSuccessful")


class _Run(BaseModel):
    tool: _Tool
    results: tuple[_Result, ...] | None = None
    """None where the analyser did not get to look."""
    provenance: tuple[_Provenance, ...] = Field(default=(), alias="versionControlProvenance")
    invocations: tuple[_Invocation, ...] = ()


class _Log(BaseModel):
    version: Literal["2.1.0"]
    runs: tuple[_Run, ...]


def _analysis(run: _Run) -> Analysis:
    completed = run.results is not None and all(one.successful for one in run.invocations)
    return Analysis(run.tool.driver.name, tuple(_findings(run)), completed)


def _findings(run: _Run) -> Iterator[CiFinding]:
    of_driver = run.tool.driver.rules
    rules = {rule.id: rule for part in (*run.tool.extensions, run.tool.driver) for rule in part.rules}
    for one in run.results or ():
        name = one.rule or (of_driver[one.rule_index].id if 0 <= one.rule_index < len(of_driver) else "")
        level = one.level or (rules[name].level if name in rules else "warning")
        suppressed = any(how.status == "accepted" for how in one.suppressions)
        if one.kind == "fail" and level != "none" and one.baseline != "absent" and not suppressed:
            place = f" at {one.path}:{one.line}" if one.line else f" at {one.path}" if one.path else ""
            yield CiFinding(Level(level), f"{name or 'a finding'}{place}")
