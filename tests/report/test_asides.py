"""What there is to say of a claim besides its ruling, in every format: waivers, claims that are new, the policy."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from xml.etree import ElementTree

import pytest

from tests.report.expected_files import assert_as_expected
from tests.report.run_records import BESIDES, ERROR, FULLY, NOT, PARTIALLY, PLAIN, UNPROVEN, run, waived
from verifier.records.document import as_json, from_json
from verifier.report import Format, find_format, format_names
from verifier.report.asides import asides, day_of, held_waiver
from verifier.report.github.annotations import annotate
from verifier.values.record import RulingRecord, RunRecord

TODAY = date(2025, 7, 18)
"""The day of every run here."""

FORMATS = [find_format(name) for name in format_names() if name not in ("json", "github-summary")]


@pytest.mark.parametrize("one", FORMATS, ids=lambda one: one.name)
def test_every_format_says_it_as_expected(one: Format) -> None:
    assert_as_expected(f"besides{one.suffix}", one.render(BESIDES))


@pytest.mark.parametrize("one", FORMATS, ids=lambda one: one.name)
@pytest.mark.parametrize(
    "said",
    [
        pytest.param("2025-07-18", id="until when it is waived"),
        pytest.param("core> team", id="by whom"),
        pytest.param("Comes with", id="why"),
        pytest.param("is changed by the branch: statement", id="what the branch may not do"),
    ],
)
def test_no_format_keeps_it_from_the_reader(one: Format, said: str) -> None:
    notes = ("the branch may not do this, and it had no effect: is changed by the branch: statement",)
    repository = replace(BESIDES.repository, notes=notes)
    written = one.render(replace(BESIDES, repository=repository))

    assert said in written.replace("&gt;", ">").replace("%3A", ":")


@pytest.mark.parametrize(
    ("ruling", "holds"),
    [
        pytest.param(waived(NOT, "2025-07-18"), True, id="its last day"),
        pytest.param(waived(NOT, "2025-07-17"), False, id="the day after"),
        pytest.param(waived(UNPROVEN, "2026-01-31"), True, id="unproven"),
        pytest.param(waived(ERROR, "2026-01-31"), False, id="what was not judged is never waived"),
        pytest.param(waived(FULLY, "2026-01-31"), False, id="nothing to waive"),
        pytest.param(NOT, False, id="no waiver"),
    ],
)
def test_a_waiver_holds_by_the_day_of_the_run(ruling: RulingRecord, holds: bool) -> None:
    assert (held_waiver(ruling, TODAY) is not None) is holds


def test_a_run_without_a_day_holds_no_waiver() -> None:
    record = replace(run(waived(NOT, "2999-12-31")), generated="some day")

    assert held_waiver(record.rulings[0], day_of(record)) is None


def test_of_a_plain_claim_there_is_nothing_to_say() -> None:
    assert [aside for ruling in PLAIN.rulings for aside in asides(ruling, TODAY)] == []


@pytest.mark.parametrize("one", FORMATS, ids=lambda one: one.name)
def test_the_same_record_gives_the_same_text_on_any_day(one: Format) -> None:
    assert one.render(from_json(as_json(BESIDES))) == one.render(BESIDES)


def in_sarif(*rulings: RulingRecord) -> list[object]:
    (log,) = json.loads(find_format("sarif").render(run(*rulings)))["runs"]
    return [one.get("suppressions") for one in log["results"]]


def in_junit(*rulings: RulingRecord) -> list[object]:
    root = ElementTree.fromstring(find_format("junit").render(run(*rulings)))
    return [case[0].tag for case in root.iter("testcase")]


def in_annotations(*rulings: RulingRecord) -> list[object]:
    return [line.split(" ")[0] for line in annotate([run(*rulings)]).splitlines()]


SUPPRESSED = [
    {
        "kind": "external",
        "status": "accepted",
        "justification": "waived until 2025-07-18, the <core> team: Comes with `v2`.",
    }
]


@pytest.mark.parametrize(
    ("read", "held", "expired"),
    [
        pytest.param(in_sarif, SUPPRESSED, [], id="sarif: suppressed"),
        pytest.param(in_junit, "skipped", "failure", id="junit: skipped, neither passed nor failed"),
        pytest.param(in_annotations, "::notice", "::error", id="annotations: a notice"),
    ],
)
def test_a_waived_claim_fails_no_longer_and_passes_nowhere(
    read: Callable[..., list[object]], held: object, expired: object
) -> None:
    assert read(waived(NOT, "2025-07-18")) == [held]
    assert read(waived(NOT, "2025-07-17")) == read(NOT) == [expired]


def test_an_agent_is_asked_nothing_for_a_waived_claim() -> None:
    render = find_format("agent").render

    assert "    - " not in render(run(waived(NOT, "2025-07-18")))
    assert "    - " in render(run(waived(NOT, "2025-07-17")))
    assert "1 of 2 claims of claims/pool.yaml open at commit 4b825dc642cb, 1 of them waived" in render(
        run(FULLY, waived(PARTIALLY, "2025-07-18"))
    )


@pytest.mark.parametrize(
    ("record", "may"),
    [
        pytest.param(run(NOT), True, id="no policy"),
        pytest.param(run(NOT, policy=BESIDES.policy), False, id="a claim that the branch is judged by"),
        pytest.param(run(replace(NOT, new=True), policy=BESIDES.policy), True, id="a claim that the branch adds"),
    ],
)
def test_an_agent_is_not_told_to_reword_what_it_may_not(record: RunRecord, may: bool) -> None:
    assert ("take these words out of the claim" in find_format("agent").render(record)) is may


def test_what_fails_the_gate_is_annotated_where_no_ruling_tells_it() -> None:
    failures = [("audit-log", "NOT RESOLVED"), ("pool-drains", "a reply is recorded"), ("limits", "is required")]

    assert [line.split("::")[1:] for line in annotate([run(NOT, FULLY, UNPROVEN)], failures).splitlines()][1:3] == [
        ["error title=pool-drains fails", "pool-drains: a reply is recorded"],
        ["error title=limits fails", "limits: is required"],
    ]


def test_annotations_of_several_runs_keep_to_the_limit_of_one_step() -> None:
    many = [run(*[NOT] * 6), run(*[NOT] * 6), run(NOT, complete=False)]

    lines = annotate(many).splitlines()

    assert len(lines) == 10
    assert lines[0] == "::error title=verifier::the run over claims/pool.yaml ended before every claim was judged"
    assert lines[-1] == "::error title=verifier::and 5 more: audit-log, audit-log, audit-log, audit-log, audit-log"
