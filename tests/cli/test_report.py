"""`verifier report` renders a finished run again, in the formats that come with verifier and in others."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner, Result

from tests.report.run_records import EVERYTHING, PLAIN
from verifier.cli.report import report
from verifier.errors import RecordError, UsageError
from verifier.report import find_format, format_names
from verifier.report.files import read_record, write_report
from verifier.report.markdown import render

BUILT_IN = (
    "markdown",
    "json",
    "jsonl",
    "html",
    "sarif",
    "junit",
    "github-annotations",
    "github-comment",
    "github-summary",
    "gitlab-code-quality",
    "agent",
)

PLUGIN = """
from verifier.report import Format

COUNT = Format("count", ".txt", lambda record: f"{len(record.rulings)} rulings\\n")
NOTHING = "no format"
"""


def call(*arguments: object) -> Result:
    # click keeps a command's help option from its first call on: it is to have the names it has below `verifier`.
    names = ["-h", "--help"]
    words = [str(one) for one in arguments]
    return CliRunner().invoke(report, words, catch_exceptions=True, standalone_mode=False, help_option_names=names)


@pytest.fixture
def record(tmp_path: Path) -> Path:
    return write_report(EVERYTHING, tmp_path).with_suffix(".json")


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed package that brings formats: one good, one broken, one missing, and one by a name that is taken."""
    folder = tmp_path / "site"
    metadata = folder / "counting-1.0.dist-info"
    metadata.mkdir(parents=True)
    (folder / "counting_format.py").write_text(PLUGIN)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: counting\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(
        "[verifier.formats]\ncount = counting_format:COUNT\nnothing = counting_format:NOTHING\n"
        "gone = counting_format:GONE\nmarkdown = counting_format:COUNT\n"
    )
    monkeypatch.syspath_prepend(str(folder))


def test_a_run_is_rendered_as_markdown_unless_said_otherwise(record: Path) -> None:
    assert call(record).stdout_bytes == render(EVERYTHING).encode("utf-8")


def test_json_gives_the_record_back_byte_for_byte(record: Path) -> None:
    assert call(record, "--format", "json").stdout_bytes == record.read_bytes()


def test_a_run_is_rendered_to_a_file(record: Path, tmp_path: Path) -> None:
    result = call(record, "--out", tmp_path / "new" / "report.md")

    assert result.stdout == ""
    assert (tmp_path / "new" / "report.md").read_bytes() == render(EVERYTHING).encode("utf-8")


def test_the_record_itself_is_never_overwritten(record: Path) -> None:
    before = record.read_bytes()

    result = call(record, "--out", record.parent / ".." / record.parent.name / record.name)

    assert isinstance(result.exception, UsageError)
    assert record.read_bytes() == before


@pytest.mark.usefixtures("plugin")
def test_a_format_of_an_installed_package_is_found(record: Path) -> None:
    assert format_names() == (*BUILT_IN, "count", "gone", "nothing")
    assert call(record, "--format", "count").stdout == "5 rulings\n"


@pytest.mark.usefixtures("plugin")
def test_an_installed_package_does_not_replace_a_format_of_ours() -> None:
    assert find_format("markdown").render is render


@pytest.mark.usefixtures("plugin")
@pytest.mark.parametrize(
    ("name", "said"),
    [
        pytest.param("markdwon", 'no format "markdwon"; did you mean "markdown"?', id="a slip"),
        pytest.param(
            "xyz", f'no format "xyz"; there are {", ".join(BUILT_IN)}, count, gone, nothing', id="an unknown name"
        ),
        pytest.param("nothing", 'the format "nothing" of counting is no verifier.report.Format', id="no format"),
        pytest.param("gone", 'the format "gone" of counting cannot be loaded', id="a missing one"),
    ],
)
def test_a_format_that_is_not_there_is_one_line(record: Path, name: str, said: str) -> None:
    result = call(record, "--format", name)

    assert isinstance(result.exception, UsageError)
    assert str(result.exception).startswith(said)


def test_no_record_and_a_missing_record_are_one_line(tmp_path: Path) -> None:
    assert isinstance(call().exception, UsageError)
    assert isinstance(call(tmp_path / "none.json").exception, RecordError)


@pytest.mark.parametrize("given", [EVERYTHING, PLAIN], ids=["everything", "plain"])
def test_the_schema_is_that_of_the_records(tmp_path: Path, given: object) -> None:
    schema = json.loads(call("--schema").stdout)
    assert isinstance(given, type(EVERYTHING))
    path = write_report(given, tmp_path).with_suffix(".json")

    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads(path.read_text(encoding="utf-8")), schema)
    assert read_record(path) == given


def test_the_schema_refuses_what_is_no_record(record: Path) -> None:
    schema = json.loads(call("--schema").stdout)
    broken = json.loads(record.read_text(encoding="utf-8"))
    broken["rulings"][0]["ruling"] = "FINE"

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(broken, schema)
