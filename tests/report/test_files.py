"""Reports are written whole, each in its own place, and read again or refused in one line."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.report.run_records import COMMIT, EVERYTHING, PLAIN, ruled, run
from verifier.errors import RecordError, UsageError, VerifierError
from verifier.records.document import as_json
from verifier.report import Format, find_format
from verifier.report.files import read_record, write_report, write_text
from verifier.report.folders import refuse_one_name_twice
from verifier.report.markdown import render
from verifier.values.claim import Word
from verifier.values.record import RunRecord

FULL = PLAIN
SUBSET = replace(PLAIN, subset="claim pool-drains")
OTHER_SUBSET = replace(PLAIN, subset="tag core")


def of_claim_file(path: str) -> RunRecord:
    return replace(FULL, claim_set=replace(FULL.claim_set, path=path))


def written(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_a_run_is_written_as_markdown_and_as_json(tmp_path: Path) -> None:
    path = write_report(FULL, tmp_path)

    assert path == tmp_path / "pool" / f"{COMMIT[:12]}.md"
    assert written(tmp_path) == ["pool/4b825dc642cb.json", "pool/4b825dc642cb.md"]
    assert path.read_bytes().decode("utf-8") == render(FULL)
    assert read_record(path.with_suffix(".json")) == FULL


def test_other_formats_are_written_beside(tmp_path: Path) -> None:
    write_report(FULL, tmp_path, also=[Format("count", ".count.txt", lambda record: f"{len(record.rulings)}\n")])

    assert (tmp_path / "pool" / "4b825dc642cb.count.txt").read_text() == "1\n"


def test_a_subset_never_takes_the_place_of_a_full_run_or_of_another_subset(tmp_path: Path) -> None:
    paths = {write_report(record, tmp_path) for record in (FULL, SUBSET, OTHER_SUBSET, FULL)}

    assert len(paths) == 3
    assert read_record(tmp_path / "pool" / "4b825dc642cb.json").subset is None
    assert sum(".subset-" in name for name in written(tmp_path)) == 4


def test_a_second_run_over_the_same_commit_takes_the_place_of_the_first(tmp_path: Path) -> None:
    write_report(FULL, tmp_path)
    later = replace(FULL, generated="2025-07-19T00:00:00+00:00")

    assert "2025-07-19" in write_report(later, tmp_path).read_text(encoding="utf-8")
    assert written(tmp_path) == ["pool/4b825dc642cb.json", "pool/4b825dc642cb.md"]


def judged(**words: str) -> RunRecord:
    """A run with these rulings, by claim; underscores stand for hyphens."""
    rulings = tuple(
        ruled(claim_id.replace("_", "-"), "It drains", Word(word), "", error="no" if word == "ERROR" else None)
        for claim_id, word in words.items()
    )
    return run(*rulings, claim_set=FULL.claim_set)


LESS = [
    pytest.param(judged(a="ERROR", b="ERROR"), id="nothing"),
    pytest.param(judged(a="FULLY RESOLVED", b="ERROR"), id="one claim less"),
    pytest.param(judged(a="ERROR", b="FULLY RESOLVED", c="FULLY RESOLVED"), id="as many, but not of the same claims"),
    pytest.param(replace(judged(a="FULLY RESOLVED", b="ERROR"), complete=False), id="a run that was stopped"),
]
ENOUGH = [
    pytest.param(judged(a="UNPROVEN", b="NOT RESOLVED"), id="other rulings"),
    pytest.param(judged(a="FULLY RESOLVED", b="FULLY RESOLVED", c="ERROR"), id="an error of what failed before"),
    pytest.param(judged(a="FULLY RESOLVED"), id="a claim that was taken out"),
    pytest.param(judged(a="FULLY RESOLVED", b="UNPROVEN", d="ERROR"), id="an error of a new claim"),
]
EARLIER = judged(a="FULLY RESOLVED", b="UNPROVEN", c="ERROR")


@pytest.mark.parametrize("later", LESS)
def test_a_report_that_knows_less_goes_beside_the_one_that_knows_more(tmp_path: Path, later: RunRecord) -> None:
    path = write_report(EARLIER, tmp_path)
    before = path.read_bytes(), path.with_suffix(".json").read_bytes()

    beside = write_report(later, tmp_path, also=[find_format("junit")])

    assert beside == path.with_name("4b825dc642cb.incomplete.md")
    assert read_record(beside.with_suffix(".json")) == later
    assert (path.read_bytes(), path.with_suffix(".json").read_bytes()) == before
    assert written(tmp_path / "pool") == [
        *(f"4b825dc642cb.{end}" for end in ("incomplete.json", "incomplete.junit.xml", "incomplete.md")),
        *(f"4b825dc642cb.{end}" for end in ("json", "md")),
    ]


@pytest.mark.parametrize("later", ENOUGH)
def test_a_report_that_knows_as_much_takes_the_place_of_the_one_before(tmp_path: Path, later: RunRecord) -> None:
    path = write_report(EARLIER, tmp_path)

    assert write_report(later, tmp_path) == path
    assert read_record(path.with_suffix(".json")) == later


def test_what_lies_beside_stays_too_where_it_knows_more(tmp_path: Path) -> None:
    write_report(EARLIER, tmp_path)
    runs = [judged(a="FULLY RESOLVED", b="ERROR"), *[judged(a="ERROR", b="ERROR")] * 2, judged(a="NOT RESOLVED")]

    names = [write_report(one, tmp_path).name for one in runs]

    ends = ["incomplete.md", "incomplete-2.md", "incomplete-2.md", "md"]
    assert names == [f"4b825dc642cb.{end}" for end in ends]


def test_a_subset_has_its_own_place_for_what_knows_less(tmp_path: Path) -> None:
    whole = replace(EARLIER, subset="tag core")
    less = replace(judged(a="ERROR"), subset="tag core")

    first, second = write_report(whole, tmp_path), write_report(less, tmp_path)

    assert second.name == first.name.replace(".md", ".incomplete.md")
    assert ".subset-" in second.name


def test_the_record_of_another_version_is_known_too(tmp_path: Path) -> None:
    path = write_report(EARLIER, tmp_path).with_suffix(".json")
    document = json.loads(path.read_text("utf-8")) | {"schema_version": 1, "unheard_of": {}}
    path.write_text(json.dumps(document), encoding="utf-8")

    assert write_report(judged(a="ERROR"), tmp_path).name == "4b825dc642cb.incomplete.md"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"claim_set": {"path": "claims/pool.yaml"}}'])
def test_what_is_no_record_keeps_nothing(tmp_path: Path, text: str) -> None:
    path = write_report(EARLIER, tmp_path)
    path.with_suffix(".json").write_text(text, encoding="utf-8")

    assert write_report(judged(a="ERROR"), tmp_path) == path


def test_another_claim_file_of_the_same_name_is_refused_and_the_first_report_stays(tmp_path: Path) -> None:
    path = write_report(of_claim_file("claims/pool.yaml"), tmp_path)
    before = path.read_bytes()

    with pytest.raises(VerifierError, match=r"is the report of claims/pool.yaml, not of old/pool.yaml; give another"):
        write_report(of_claim_file("old/pool.yaml"), tmp_path)
    assert path.read_bytes() == before


def test_one_claim_file_named_from_two_folders_is_one(tmp_path: Path) -> None:
    write_report(of_claim_file("claims/pool.yaml"), tmp_path)
    write_report(of_claim_file("service/claims/pool.yaml"), tmp_path)

    assert len(written(tmp_path)) == 2


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(["claims/pool.yaml", "old/pool.yaml"], id="two folders"),
        pytest.param(["claims/pool.yaml", "claims/pool.yml"], id="two endings"),
        pytest.param(["claims/pool.yaml", "claims/Pool.yaml"], id="capitals"),
    ],
)
def test_two_claim_files_of_one_name_are_refused_before_anything_is_asked(names: list[str]) -> None:
    with pytest.raises(UsageError, match=r"would report to one folder, [Pp]ool; rename one"):
        refuse_one_name_twice([Path(name) for name in names])


def test_claim_files_of_different_names_and_one_named_twice_are_fine() -> None:
    refuse_one_name_twice([Path("claims/pool.yaml"), Path("claims/pools.yaml"), Path("claims/pool.yaml")])


@pytest.mark.parametrize("name", ["..yaml", "...yaml", "....yaml"])
def test_a_name_of_dots_alone_does_not_leave_the_folder(tmp_path: Path, name: str) -> None:
    path = write_report(of_claim_file(f"claims/{name}"), tmp_path / "reports")

    assert path.parent.parent == tmp_path / "reports"
    assert path.parent.name.startswith("claims-")


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("a file")

    with pytest.raises(
        VerifierError, match=r"reports/pool/4b825dc642cb.json: cannot be written \(.+\); name another"
    ) as said:
        write_report(FULL, tmp_path / "reports")
    assert "\n" not in str(said.value)


def test_a_failed_write_leaves_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "report.md").mkdir()
    (tmp_path / "report.md" / "kept").write_text("")

    with pytest.raises(VerifierError, match="cannot be written"):
        write_text(tmp_path / "report.md", "text")
    assert written(tmp_path) == ["report.md/kept"]


def test_a_link_is_replaced_and_what_it_pointed_to_stays(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("mine")
    (tmp_path / "report.md").symlink_to(tmp_path / "elsewhere")

    write_text(tmp_path / "report.md", "text")

    assert (tmp_path / "elsewhere").read_text() == "mine"
    assert (tmp_path / "report.md").read_text() == "text"


RECORD = json.loads(as_json(EVERYTHING))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param("", "not JSON (EOF while parsing", id="empty"),
        pytest.param("# Report", "not JSON (", id="Markdown"),
        pytest.param("[" * 5_000, "not JSON (", id="nested without end"),
        pytest.param("[]", "no run record (the whole: ", id="a list"),
        pytest.param("{}", "no run record (tool: Field required, and ", id="an empty object"),
        pytest.param(
            json.dumps(RECORD | {"schema_version": 3, "new": 1}),
            "written by a newer verifier (schema_version 3, this one reads 2); install that one",
            id="a newer version",
        ),
        pytest.param(
            json.dumps({"schema_version": 1, "rulings": [{"counts": {}}]}),
            "written by an older verifier (schema_version 1, this one reads 2); run `verifier run` again",
            id="an older version",
        ),
        pytest.param(
            json.dumps(RECORD | {"schema_version": "2"}), "no run record (schema_version: ", id="no such version"
        ),
        pytest.param(
            json.dumps(RECORD | {"rulings": [{"ruling": "FINE"}]}), "no run record (rulings.0.", id="a wrong ruling"
        ),
        pytest.param(json.dumps(RECORD | {"new\n\x1b": 1}), r"no run record (new\n\u001b: ", id="an unknown key"),
    ],
)
def test_what_is_no_record_is_refused_in_one_line(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "run.json"
    path.write_text(content)

    with pytest.raises(RecordError) as refused:
        read_record(path)
    assert str(refused.value).startswith(f"{path}: {said}")
    assert str(refused.value).isprintable()


def test_bytes_that_are_not_utf_8_are_no_record(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_bytes(b'{"tool": "\xff"}')

    with pytest.raises(RecordError, match="not JSON"):
        read_record(tmp_path / "run.json")


@pytest.mark.parametrize("name", ["missing.json", "."])
def test_a_record_that_cannot_be_read_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(RecordError, match=r"cannot be read \(.+\); name the .json of a run"):
        read_record(tmp_path / name)
