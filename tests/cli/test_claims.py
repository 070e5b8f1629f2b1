"""`verifier claims` as a user meets it: what is printed where, and the exit codes."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.conftest import Commit
from verifier.cli.claims import claims
from verifier.cli.output import colour, table
from verifier.errors import ClaimError, VerifierError
from verifier.safety.terminal import escape_terminal

SET = """\
title: Phase 4
claims:
  - id: pool-drains
    statement: The `Pool` drains within 30 s
    tags: [core, io]
  - id: table-gone
    statement: The `TokenTable` class is gone
"""


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("claims").mkdir()
    Path("claims/set.yaml").write_text(SET, encoding="utf-8")


def call(*arguments: str) -> Result:
    # click keeps a command's help option from its first call on: it is to have the names it has below `verifier`.
    result = CliRunner().invoke(claims, arguments, help_option_names=["-h", "--help"])
    if isinstance(result.exception, VerifierError):
        raise result.exception
    return result


def test_list_shows_ids_statements_and_tags() -> None:
    result = call("list")

    assert result.exit_code == 0
    assert result.stdout == (
        "claims/set.yaml: Phase 4\n"
        "  pool-drains  The `Pool` drains within 30 s   core io\n"
        "  table-gone   The `TokenTable` class is gone\n"
    )


def test_list_as_json_is_one_document_with_lines() -> None:
    document = json.loads(call("list", "--json").stdout)

    assert [(c["id"], c["line"], c["tags"]) for c in document["claim_sets"][0]["claims"]] == [
        ("pool-drains", 3, ["core", "io"]),
        ("table-gone", 6, []),
    ]


def test_list_escapes_what_would_move_the_terminal() -> None:
    Path("claims/set.yaml").write_text(SET.replace("Phase 4", '"\\e[31mred\\u202e"'), encoding="utf-8")

    assert call("list").stdout.startswith("claims/set.yaml: \\u001b[31mred\\u202e\n")


def test_lint_is_quiet_about_good_claims() -> None:
    result = call("lint")

    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "0 findings in 1 claim file\n")


def test_lint_answers_1_on_findings_and_names_them() -> None:
    Path("claims/set.yaml").write_text(SET.replace("` drains", "` drains robustly"), encoding="utf-8")
    Path("bad.yaml").write_text("titel: T\n", encoding="utf-8")

    result = call("lint", "claims", "bad.yaml")

    assert result.exit_code == 1
    assert result.stdout == (
        'claims/set.yaml:4: warning: claim "pool-drains": no commit can bear out "robustly"; say what the code does\n'
        'bad.yaml:1: error: unknown key "titel"; did you mean "title"?\n'
        'bad.yaml:1: error: the claim set has no claims; add "claims: ..."\n'
    )
    assert result.stderr == "3 findings in 2 claim files\n"


def test_lint_as_json_is_one_document() -> None:
    Path("claims/set.yaml").write_text(SET.replace("` drains", "` drains robustly"), encoding="utf-8")

    result = call("lint", "--json")

    assert result.exit_code == 1
    assert json.loads(result.stdout) == {
        "files": ["claims/set.yaml"],
        "findings": [
            {
                "path": "claims/set.yaml",
                "line": 4,
                "claim": "pool-drains",
                "severity": "warning",
                "message": 'claim "pool-drains": no commit can bear out "robustly"; say what the code does',
            }
        ],
    }


def test_lint_looks_globs_up_at_a_ref(commit: Commit, repository: Path) -> None:
    commit({"src/pool.py": "class Pool: ...\n"})
    Path("claims/set.yaml").write_text(SET + "    files: ['lib/*.py', 'src/*.py']\n", encoding="utf-8")

    result = call("lint", "--repo", str(repository), "--ref", "main")

    assert result.exit_code == 1
    assert result.stdout == (
        'claims/set.yaml:8: warning: claim "table-gone": "lib/*.py" matches nothing in the commit; '
        "mend it, or leave it out\n"
    )
    assert call("lint").exit_code == 0


def test_lint_looks_up_at_a_ref_the_paths_that_a_statement_names(commit: Commit, repository: Path) -> None:
    commit({"src/pool.py": "class Pool: ...\n"})
    Path("claims/set.yaml").write_text(
        "title: T\nclaims:\n  - id: a\n    statement: The `Pool` in `src/nope.py` drains\n", encoding="utf-8"
    )

    result = call("lint", "--repo", str(repository), "--ref", "main")

    assert result.exit_code == 1
    assert result.stdout == 'claims/set.yaml:4: warning: claim "a": "src/nope.py" matches nothing in the commit\n'


def test_the_advice_of_who_has_no_claims_begins_some() -> None:
    Path("claims/set.yaml").unlink()
    with pytest.raises(ClaimError) as refused:
        call("lint")
    advised = str(refused.value).partition("begin one: verifier claims ")[2]

    assert call(*shlex.split(advised)).exit_code == 0
    assert call("lint").exit_code == 1, "TEXT is a statement that names nothing"


def test_lint_refuses_what_is_no_yaml() -> None:
    Path("bad.yaml").write_text("a: [\n", encoding="utf-8")

    with pytest.raises(ClaimError, match=r"^bad\.yaml:2: not YAML: "):
        call("lint", "bad.yaml")


def test_new_adds_a_claim_and_says_where() -> None:
    result = call(
        "new", "claims/set.yaml", "--id", "x", "--statement", "It  has `a: b`", "--file", "a.py", "--tag", "t"
    )

    assert (result.exit_code, result.stdout, result.stderr) == (0, "", 'claims/set.yaml:8: added claim "x"\n')
    assert Path("claims/set.yaml").read_text(encoding="utf-8") == (
        SET + "  - id: x\n    statement: 'It has `a: b`'\n    files:\n      - a.py\n    tags:\n      - t\n"
    )


def test_new_begins_a_file_with_a_schema_line_that_leads_somewhere() -> None:
    call("new", "claims/first.yaml", "--statement", "The `Pool` drains", "--title", "Pools")

    text = Path("claims/first.yaml").read_text(encoding="utf-8")
    assert text == (
        "# yaml-language-server: $schema=.claims.schema.json\n"
        "title: Pools\nclaims:\n  - id: pool-drains\n    statement: The `Pool` drains\n"
    )
    assert Path("claims/.claims.schema.json").read_text(encoding="utf-8") == call("schema").stdout
    assert len(json.loads(call("list", "--json").stdout)["claim_sets"]) == 2


def test_new_refuses_an_id_that_is_there() -> None:
    with pytest.raises(ClaimError, match="is there already; choose another id"):
        call("new", "claims/set.yaml", "--id", "table-gone", "--statement", "Other words")

    assert Path("claims/set.yaml").read_text(encoding="utf-8") == SET


def test_new_from_notes_makes_a_claim_a_bullet() -> None:
    Path("PR.md").write_text(
        "## What\n\n- [x] The `Pool` drains\n- [ ] Docs\n- Retries:\n  - three attempts\n", encoding="utf-8"
    )

    result = call("new", "claims/set.yaml", "--from", "PR.md", "--tag", "pr")

    assert result.exit_code == 0
    assert result.stderr == (
        "PR.md:4: left out, its box is not ticked: Docs\n"
        'claims/set.yaml:8: added claim "pool-drains-2"\n'
        'claims/set.yaml:12: added claim "retries-three-attempts"\n'
    )
    assert Path("claims/set.yaml").read_text(encoding="utf-8") == SET + (
        "  - id: pool-drains-2\n    statement: The `Pool` drains\n    tags:\n      - pr\n"
        "  - id: retries-three-attempts\n    statement: 'Retries: three attempts'\n    tags:\n      - pr\n"
    )


def test_new_from_the_same_notes_again_adds_nothing() -> None:
    Path("PR.md").write_text("- Drains the `Pool`\n- Drains the `Pool`\n- Retries  in a\n  loop\n", encoding="utf-8")
    call("new", "claims/set.yaml", "--from", "PR.md")
    once = Path("claims/set.yaml").read_text(encoding="utf-8")

    result = call("new", "claims/set.yaml", "--from", "PR.md")

    assert (result.exit_code, result.stderr) == (
        0,
        'PR.md:1: left out, claim "drains-pool" says it: Drains the `Pool`\n'
        'PR.md:2: left out, claim "drains-pool" says it: Drains the `Pool`\n'
        'PR.md:3: left out, claim "retries-loop" says it: Retries in a loop\n'
        "claims/set.yaml: nothing to add\n",
    )
    assert Path("claims/set.yaml").read_text(encoding="utf-8") == once
    assert once.count("Drains the `Pool`") == 1


def test_new_from_a_dash_reads_what_is_piped_in() -> None:
    result = CliRunner().invoke(
        claims, ["new", "claims/set.yaml", "--from", "-"], input="\ufeff- Drains the `Pool`\nsoon\n\nBye.\n"
    )

    assert result.exit_code == 0
    assert (
        result.stderr == '-:4: left out, prose and no bullet: Bye.\nclaims/set.yaml:8: added claim "drains-pool-soon"\n'
    )


def test_new_from_nothing_piped_in_is_one_line() -> None:
    result = CliRunner().invoke(claims, ["new", "claims/set.yaml", "--from", "-"], input="")

    assert str(result.exception).startswith("standard input: no bullet that claims something")


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["x.yaml"], id="nothing"),
        pytest.param(["x.yaml", "--statement", "S", "--from", "PR.md"], id="both"),
        pytest.param(["x.yaml", "--id", "a", "--from", "PR.md"], id="id-of-many"),
    ],
)
def test_new_wants_a_statement_or_notes(arguments: list[str]) -> None:
    assert call("new", *arguments).exit_code == 2


def test_import_prints_the_claim_set_and_says_what_is_missing() -> None:
    Path("old.yaml").write_text(
        "claims_of_success: |\n  CLAIM 1: `Pool` drains\n  - VALIDATION: wait\n", encoding="utf-8"
    )

    result = call("import", "old.yaml")

    assert result.stdout == (
        "# yaml-language-server: $schema=.claims.schema.json\n"
        "title: old\nclaims:\n  - id: CLAIM_1\n    statement: '`Pool` drains'\n"
    )
    assert result.stderr == (
        'not carried over: CLAIM_1: VALIDATION "wait"; verifier decides itself how it looks\n'
        "1 claim imported from old.yaml\n"
    )


def test_import_writes_a_file_and_none_that_is_there() -> None:
    Path("report.md").write_text(
        "# R\n\n**CLAIM_1_POOL**: `Pool` drains\n\n**Verdict**: ✅ FULLY RESOLVED\n", encoding="utf-8"
    )

    assert call("import", "report.md", "claims/report.yaml").exit_code == 0

    assert "CLAIM_1_POOL  `Pool` drains" in call("list", "claims/report.yaml").stdout
    with pytest.raises(ClaimError, match="is there already; name a new file"):
        call("import", "report.md", "claims/report.yaml")


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        pytest.param("plain é 日本 ✅", "plain é 日本 ✅", id="letters"),
        pytest.param("\x1b[31mred", "\\u001b[31mred", id="ansi"),
        pytest.param("a\nb\r\tc", "a\\nb\\r\\tc", id="lines"),
        pytest.param("\x07\x7f\x9b", "\\u0007\\u007f\\u009b", id="controls"),
        pytest.param("a\u202eb\u2066", "a\\u202eb\\u2066", id="direction"),
        pytest.param("a\u200bb\ufeff\u00ad", "a\\u200bb\\ufeff\\u00ad", id="no-width"),
        pytest.param("a\u2028b", "a\\u2028b", id="line-separator"),
        pytest.param("a\u3164b\u2800", "a\\u3164b\\u2800", id="blank-letters"),
        pytest.param("\U000e0041", "\\U000e0041", id="tags"),
        pytest.param("\udcff", "\\udcff", id="surrogate"),
        pytest.param("\\n", "\\n", id="backslash"),
    ],
)
def test_control_and_invisible_characters_are_escaped(text: str, escaped: str) -> None:
    assert escape_terminal(text) == escaped


def test_tabs_stay_where_they_are_asked_for() -> None:
    assert escape_terminal("12\tx\x1b", keep="\t") == "12\tx\\u001b"


def test_columns_line_up_by_what_the_terminal_shows() -> None:
    assert table([["日本", "x"], ["abcd", "y"], ["e\u0301", "z"]]) == "日本  x\nabcd  y\ne\u0301     z"


def test_no_color_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    assert colour("x", "red") == "\x1b[31mx\x1b[0m"

    monkeypatch.setenv("NO_COLOR", "1")

    assert colour("x", "red") == "x"
