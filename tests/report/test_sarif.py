"""SARIF: valid by the official schema, one result for each claim that is open, the same alert from run to run."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.report.expected_files import assert_as_expected
from tests.report.hostile_records import SPEAKING, hostile
from tests.report.run_records import (
    BESIDES,
    COMMIT,
    ERROR,
    EVERYTHING,
    FULLY,
    NOT,
    PARTIALLY,
    PLAIN,
    UNPROVEN,
    YES_ALONE,
    absent,
    cited,
    lines,
    lost,
    part,
    ruled,
    run,
    waived,
)
from verifier.report.sarif import render
from verifier.values.claim import Word
from verifier.values.fact import Fact, FactKind
from verifier.values.grounding import AbsenceStanding, Hit, Standing
from verifier.values.pack import ManifestEntry, Supply
from verifier.values.record import (
    ContextRecord,
    PolicyChangeRecord,
    PolicyRecord,
    RepositoryRecord,
    RulingRecord,
    RunRecord,
)
from verifier.values.ruling import State
from verifier.values.verdict import Holds, Role

SCHEMA = Path(__file__).parent / "data" / "sarif-schema-2.1.0.json"


def log(record: RunRecord) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(render(record))
    return read


def results(record: RunRecord) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = log(record)["runs"][0]["results"]
    return found


def location(ruling: RulingRecord, **given: Any) -> dict[str, Any] | None:
    """The place of the one result: its path, with its lines where it has any."""
    (result,) = results(run(ruling, **given))
    if not result["locations"]:
        return None
    place = result["locations"][0]["physicalLocation"]
    return {"uri": place["artifactLocation"]["uri"], **place.get("region", {})}


@cache
def validator() -> jsonschema.Draft4Validator:
    return jsonschema.Draft4Validator(json.loads(SCHEMA.read_bytes()), format_checker=jsonschema.FormatChecker())


def test_the_schema_is_the_official_one() -> None:
    digest = hashlib.sha256(SCHEMA.read_bytes()).hexdigest()

    assert f"sha256 {digest}\n" in (SCHEMA.parent / "LICENSE.sarif-schema").read_text()


def test_a_log_is_as_expected() -> None:
    assert_as_expected("everything.sarif", render(EVERYTHING))


@pytest.mark.parametrize(
    "record",
    [EVERYTHING, PLAIN, BESIDES, run(), *(run(one) for one in EVERYTHING.rulings)],
    ids=["everything", "plain", "waivers and a policy", "no claims", "fully", "partially", "not", "unproven", "error"],
)
def test_a_log_is_valid(record: RunRecord) -> None:
    validator().validate(log(record))


@pytest.mark.parametrize("text", SPEAKING.values(), ids=SPEAKING)
def test_a_log_of_hostile_text_is_valid_and_has_no_link(text: str) -> None:
    written = log(hostile(text))

    validator().validate(written)
    for result in written["runs"][0]["results"]:
        said = result["message"]["text"].replace("\\\\", "").replace("\\[", "").replace("\\]", "")
        assert not {"[", "]", "\u202e", "\x1b", "\x00"} & set(said)
    assert all(not address.startswith(("/", "..")) and ":" not in address for address in addresses(written))


def addresses(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["uri"]] if "uri" in node else []
        return own + [address for value in node.values() for address in addresses(value)]
    return [address for item in node for address in addresses(item)] if isinstance(node, list) else []


@pytest.mark.parametrize(
    ("ruling", "kind", "level"),
    [
        pytest.param(NOT, "fail", "error", id="not"),
        pytest.param(PARTIALLY, "fail", "warning", id="partially"),
        pytest.param(UNPROVEN, "fail", "note", id="unproven"),
        pytest.param(ERROR, "open", "none", id="an error is no finding"),
    ],
)
def test_the_level_follows_from_the_ruling(ruling: RulingRecord, kind: str, level: str) -> None:
    (result,) = results(run(FULLY, ruling))

    assert (result["kind"], result["level"], result["ruleId"]) == (kind, level, ruling.claim_id)
    assert log(run(FULLY, ruling))["runs"][0]["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == ruling.claim_id


@pytest.mark.parametrize("ruling", [NOT, PARTIALLY, UNPROVEN], ids=["not", "partially", "unproven"])
def test_a_waived_claim_is_a_note_with_its_waiver_and_suppressed(ruling: RulingRecord) -> None:
    """Code scanning passes suppressions by: what it shows is the level and the message."""
    (held,) = results(run(waived(ruling, "2025-07-18")))
    (expired,) = results(run(waived(ruling, "2025-07-17")))

    assert (held["level"], [one["status"] for one in held["suppressions"]]) == ("note", ["accepted"])
    assert "waived until 2025-07-18" in held["message"]["text"].split("\n")[1]
    assert (expired["level"], expired["suppressions"]) == (results(run(ruling))[0]["level"], [])


def test_a_rule_has_no_more_tags_than_code_scanning_takes() -> None:
    claim = NOT.claim.model_copy(update={"tags": tuple(f"tag-{number}" for number in range(25))})

    (rule,) = log(run(replace(NOT, claim=claim)))["runs"][0]["tool"]["driver"]["rules"]

    assert rule["properties"]["tags"] == [f"tag-{number}" for number in range(20)]


def test_what_is_fully_resolved_is_no_result() -> None:
    assert results(run(FULLY)) == []


@pytest.mark.parametrize(
    ("record", "successful", "notified"),
    [
        pytest.param(run(NOT), True, [], id="a claim that is not borne out is no failure of the tool"),
        pytest.param(run(NOT, ERROR), False, ["shutdown"], id="an error"),
        pytest.param(run(NOT, complete=False), False, [], id="a run that was ended"),
    ],
)
def test_a_failure_of_the_tool_is_said_as_one(record: RunRecord, successful: bool, notified: list[str]) -> None:
    (invocation,) = log(record)["runs"][0]["invocations"]

    assert invocation["executionSuccessful"] is successful
    assert [one["associatedRule"]["id"] for one in invocation["toolExecutionNotifications"]] == notified


def test_an_alert_stays_the_same_whatever_becomes_of_its_claim() -> None:
    moved = run(
        ruled("a", "New words", Word.NOT, "x", part(1, "x", Holds.NO, State.REFUTED, "x")),
        repository=RepositoryRecord(commit="1" * 40, ref="other"),
        claim_set=replace(EVERYTHING.claim_set, path="/home/user/claims/pool.yaml"),
    )
    before = run(ruled("a", "Old words", Word.ERROR, "", error="x"), ruled("b", "y", Word.UNPROVEN, "z"))

    (now,) = results(moved)
    then, other = results(before)

    assert now["partialFingerprints"] == then["partialFingerprints"]
    assert now["ruleId"] == then["ruleId"]
    assert now["partialFingerprints"] != other["partialFingerprints"]


def test_what_a_branch_does_to_its_claims_is_a_result_of_a_rule_that_no_claim_can_be() -> None:
    result = results(BESIDES)[-1]
    rules = log(BESIDES)["runs"][0]["tool"]["driver"]["rules"]
    one, other = (
        results(run(FULLY, policy=PolicyRecord(ref="main", commit="a" * 40, changes=(change,))))[0]
        for change in (PolicyChangeRecord(claim_id="x", what="is removed"), PolicyChangeRecord(claim_id="y", what="z"))
    )

    assert (result["ruleId"], result["level"]) == (rules[result["ruleIndex"]]["id"], "error")
    assert "/" in result["ruleId"]
    assert one["partialFingerprints"] != other["partialFingerprints"]


def open_claim(*parts: Any, **given: Any) -> RulingRecord:
    return ruled("a", "x", Word.PARTIALLY, "y", *parts, **given)


PROVEN = part(1, "x", Holds.YES, State.PROVEN, "z", citations=(cited("proven.py", 1, 2, "a\nb"),))
NAMED = Fact(kind=FactKind.PATH, subject="named.py", holds=True, says="there")
WEAK = cited("weak.py", 4, 4, "x", why_not=("prose",))


@pytest.mark.parametrize(
    ("ruling", "place"),
    [
        pytest.param(
            open_claim(
                PROVEN,
                part(
                    2,
                    "x",
                    Holds.NO,
                    State.REFUTED,
                    "z",
                    citations=(WEAK, cited("against.py", 9, 9, "y", role=Role.CONTRADICTS)),
                ),
            ),
            {"uri": "against.py", "startLine": 9, "endLine": 9},
            id="what contradicts goes before what supports another part",
        ),
        pytest.param(
            open_claim(
                part(
                    1,
                    "x",
                    Holds.PARTLY,
                    State.PARTLY,
                    "z",
                    citations=(cited("a.py", 8, 9, "x", standing=Standing.MOVED, found=(lines(3, 4), lines(44, 45))),),
                )
            ),
            {"uri": "a.py", "startLine": 3, "endLine": 4},
            id="what has moved is where it stands",
        ),
        pytest.param(
            open_claim(part(1, "x", Holds.YES, State.UNPROVEN, YES_ALONE, citations=(WEAK,)), facts=(NAMED,)),
            {"uri": "weak.py", "startLine": 4, "endLine": 4},
            id="what is there but no evidence goes before the named file",
        ),
        pytest.param(
            open_claim(
                part(
                    1,
                    "x",
                    Holds.NO,
                    State.UNPROVEN,
                    "z",
                    absences=(
                        absent(
                            "b",
                            standing=AbsenceStanding.HITS,
                            hits=(
                                Hit("README.md", 1, "", "documentation"),
                                Hit("hit.jar", 0, "hit.jar", "path"),
                                Hit("hit.py", 31, ""),
                            ),
                        ),
                    ),
                )
            ),
            {"uri": "hit.py", "startLine": 31, "endLine": 31},
            id="a line of code that was found",
        ),
        pytest.param(
            open_claim(
                part(
                    1,
                    "x",
                    Holds.YES,
                    State.UNPROVEN,
                    YES_ALONE,
                    citations=(lost("named.py", 7, 8, "x", Standing.NOT_FOUND),),
                ),
                facts=(Fact(kind=FactKind.PATH, subject="src/**", holds=True, says="a glob"), NAMED),
                context=ContextRecord(whole=(ManifestEntry("named.py", Supply.WHOLE, "named"),)),
            ),
            {"uri": "named.py"},
            id="a quote that is nowhere marks no lines, so the named file it is",
        ),
        pytest.param(open_claim(), {"uri": "claims/pool.yaml"}, id="the claim file where there is nothing else"),
        pytest.param(
            open_claim(part(1, "x", Holds.NO, State.REFUTED, "z", citations=(cited("../a.py", 1, 1, "x"),))),
            {"uri": "claims/pool.yaml"},
            id="a path that leads upwards is no place",
        ),
        pytest.param(
            open_claim(part(1, "x", Holds.NO, State.REFUTED, "z", citations=(cited("a b/#é%.py", 1, 1, "x"),))),
            {"uri": "a%20b/%23%C3%A9%25.py", "startLine": 1, "endLine": 1},
            id="an odd path is escaped",
        ),
    ],
)
def test_a_result_is_at_its_most_telling_place(ruling: RulingRecord, place: dict[str, Any]) -> None:
    assert location(ruling) == place


@pytest.mark.parametrize("path", ["/tmp/claims.yaml", "../claims.yaml", ""])
def test_a_claim_file_outside_the_repository_is_no_place(path: str) -> None:
    claim_set = replace(EVERYTHING.claim_set, path=path)

    assert location(open_claim(), claim_set=claim_set) is None


@pytest.mark.parametrize(
    ("remote", "known"),
    [
        pytest.param("https://github.com/example/pool.git", True, id="an address"),
        pytest.param("git@github.com:example/pool.git", False, id="no address of the web"),
        pytest.param(None, False, id="no remote"),
    ],
)
def test_the_commit_is_named_where_the_repository_is_known(remote: str | None, known: bool) -> None:
    given = log(run(NOT, repository=RepositoryRecord(commit=COMMIT, ref=COMMIT, remote=remote)))["runs"][0]

    expected = [{"repositoryUri": "https://github.com/example/pool", "revisionId": COMMIT}]
    assert given.get("versionControlProvenance") == (expected if known else None)
