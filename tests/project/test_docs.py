"""What the documentation says is so: its commands run, its tables and examples are those of the program."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import verifier
from tests import ROOT
from tests.conftest import Commit
from tests.evidence.replies import absence, citation, part, reading, verdict
from tests.model.emulator import Answer, Emulator, Request, says
from verifier import errors
from verifier.claim_files import claim_file_schema, lint, load_claims
from verifier.cli import cli
from verifier.cli.run import run as run_command
from verifier.cost.prices import read_prices
from verifier.demo.sample import build_sample
from verifier.records.gate import Exit
from verifier.setup.shipped_files import shipped
from verifier.values.draft import AskedDraft
from verifier.values.leads import AskedLeads
from verifier.values.passing import FailOn, Require
from verifier.values.prompt import Prompt
from verifier.values.reading import AskedReading
from verifier.values.verdict import AskedVerdict

DOCS = {path.name: path.read_text("utf-8") for path in sorted((ROOT / "docs").glob("*.md"))}
BY_HAND = {name: text for name, text in DOCS.items() if name != "commands.md"}


def sections(text: str) -> dict[str, str]:
    """The text below each heading of the second level."""
    pieces = re.split(r"^## (.*)\n", text, flags=re.MULTILINE)
    return dict(zip(pieces[1::2], pieces[2::2], strict=True))


def rows(text: str) -> list[list[str]]:
    """The cells of every row of a table whose first cell is code or a word of its own."""
    lines = (line for line in text.splitlines() if line.startswith("| ") and not line.startswith("| ---"))
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


# The tutorial, run.

STATEMENTS = {
    "pool-drains": "`Pool.drain` closes every connection, in `pool.py`",
    "idle-bound": "At most `MAX_IDLE` connections are kept, in `pool.py`",
    "no-dump": "The function `debug_dump` is gone",
}
DRAINS = "    def drain(self):\n        while self._items:\n            self._items.pop().close()"
FORGETS = "    def drain(self):\n        self._items.clear()"
BOUND = "        if len(self._items) < MAX_IDLE:\n            self._items.append(item)"


def answers(request: Request) -> Answer:
    """A truthful judge of the tutorial's claims."""
    (name,) = (name for name, statement in STATEMENTS.items() if statement in request.prompt)
    if name == "no-dump":
        return says(verdict(part(STATEMENTS[name], "yes", absence("debug_dump"))))
    if name == "idle-bound":
        return says(verdict(part(STATEMENTS[name], "yes", citation("pool.py", 10, 11, BOUND))))
    if "self._items.clear()" in request.prompt:
        return says(verdict(part(STATEMENTS[name], "no", citation("pool.py", 15, 16, FORGETS, "contradicts"))))
    return says(verdict(part(STATEMENTS[name], "yes", citation("pool.py", 15, 17, DRAINS))))


BLOCK = re.compile(
    r"(?:^`(?P<path>[\w./-]+)`:\n\n)?^```(?P<language>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)


def console_blocks(text: str) -> Iterator[tuple[str, list[str]]]:
    """Each command of a block with the lines that are shown below it."""
    for block in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, *shown = block.rstrip("\n").split("\n")
        yield command, shown


def call(command: str) -> str:
    """What a command prints, to both streams; those of verifier run here, all others in a shell."""
    line, code_wanted, _ = command.partition("; echo $?")
    program = shlex.split(line)[0]
    if program == "verifier":
        words = subprocess.run(
            ["bash", "-c", f"printf '%s\\0' {line.partition(' ')[2]}"], capture_output=True, text=True, check=True
        ).stdout.split("\0")[:-1]
        result = CliRunner().invoke(cli, words, catch_exceptions=False)
        printed, code = result.output, result.exit_code
    else:
        pytest_here = f"{shlex.quote(sys.executable)} -m pytest -p no:cacheprovider -p no:hypothesispytest "
        line = line.replace("pytest ", pytest_here, 1)
        done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=False)
        printed, code = done.stdout + done.stderr, done.returncode
    assert code_wanted or code == 0, f"{command}: exit code {code}\n{printed}"
    return printed + (f"{code}\n" if code_wanted else "")


def stands_in(shown: list[str], printed: str) -> bool:
    """Whether the lines were printed in this order; `...` stands for anything within a line."""
    pattern = r"\n(?:.*\n)*?".join(re.escape(line).replace(r"\.\.\.", ".*") for line in shown)
    return re.search(rf"^{pattern}$", printed, re.MULTILINE) is not None


@pytest.mark.skipif(os.name != "posix", reason="the tutorial is for a POSIX shell")
def test_every_command_of_the_tutorial_does_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "tutorial"
    folder.mkdir()
    monkeypatch.chdir(folder)
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "Author")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "author@example.org")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    ran = 0
    with Emulator(answers) as emulator:
        monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", emulator.url)
        monkeypatch.setenv("GEMINI_API_KEY", "k" * 20)
        for block in BLOCK.finditer(DOCS["tutorial.md"]):
            if block["path"] is not None:
                Path(block["path"]).parent.mkdir(parents=True, exist_ok=True)
                Path(block["path"]).write_text(block["text"], encoding="utf-8")
            for command, shown in console_blocks(block["text"]) if block["language"] == "console" else ():
                printed = call(command)
                assert stands_in(shown, printed), f"{command}\n{printed}"
                ran += 1

    assert ran == len(re.findall(r"^\$ ", DOCS["tutorial.md"], re.MULTILINE)) > 15
    assert len(emulator.asked) == 6, "three are recorded, and all are asked again when the code has changed"


@pytest.mark.parametrize(
    ("shown", "printed", "stands"),
    [
        pytest.param(["a"], "a\nb\n", True, id="a line"),
        pytest.param(["a", "c"], "a\nb\nc\n", True, id="lines with others between"),
        pytest.param(["a ... c"], "a 12 c\n", True, id="dots for anything"),
        pytest.param(["c", "a"], "a\nb\nc\n", False, id="another order"),
        pytest.param(["a"], "ab\n", False, id="half a line"),
    ],
)
def test_shown_lines_are_compared(shown: list[str], printed: str, stands: bool) -> None:
    assert stands_in(shown, printed) == stands


# Commands.


def test_the_reference_is_current(tmp_path: Path) -> None:
    # In a process of its own: click remembers by which names a command was first asked for its help.
    made = tmp_path / "commands.md"
    emptied = re.sub(r"^\| `.*\n", "", DOCS["commands.md"], flags=re.MULTILINE)
    made.write_text(emptied.replace("\n  --", "\n  ++"), encoding="utf-8")
    subprocess.run([sys.executable, "-m", "tests.project.commands", str(made)], cwd=ROOT, check=True)

    assert DOCS["commands.md"] == made.read_text("utf-8"), "run: python -m tests.project.commands docs/commands.md"


@pytest.mark.parametrize("page", ["commands.md", "gate.md"])
def test_every_exit_code_is_there(page: str) -> None:
    codes = {int(cells[0]) for cells in rows(DOCS[page]) if cells[0].isdigit()}

    assert codes == set(Exit)


def test_the_page_of_prompts_has_the_schemas_of_the_replies() -> None:
    """UPDATE_EXPECTED=1 writes them anew."""
    page = ROOT / "docs/prompts.md"
    schemas = [json.dumps(one.as_schema(), indent=2) for one in (AskedLeads, AskedVerdict, AskedReading, AskedDraft)]
    if os.environ.get("UPDATE_EXPECTED"):
        left = iter(schemas)
        written = re.sub(r"(?<=```json\n).*?(?=\n```)", lambda _: next(left), page.read_text("utf-8"), flags=re.DOTALL)
        page.write_text(written, encoding="utf-8")

    blocks = [one for one in BLOCK.finditer(page.read_text("utf-8")) if one["language"] == "json"]

    assert [block["text"].rstrip("\n") for block in blocks] == schemas


def test_the_page_of_prompts_has_every_section_and_template() -> None:
    cells = rows(sections(DOCS["prompts.md"])["What a prompt is made of"])[1:]
    leads = Prompt("x", 1, "instructions", leads="paths and claim")
    verdict = Prompt("x", 2, "instructions", "files", "claim", "what was missing")
    read = Prompt("x", 2, "instructions", evidence="what stands")
    drafts = Prompt("x", 1, "instructions", notes="a text")

    assert [one[0].strip("`") for one in cells] == list(
        leads.sections | verdict.sections | read.sections | drafts.sections
    )
    assert {path.name for path in shipped("prompts").iterdir()} == {
        name for one in cells for name in re.findall(r"`([\w-]+\.md\.j2)`", one[1])
    }


def test_the_page_of_the_gate_has_every_option_and_source() -> None:
    page = DOCS["gate.md"]
    spoken = {name for param in run_command.params for name in param.opts} & set(re.findall(r"--[a-z-]+", page))

    gating = {"--fail-on", "--require", "--baseline", "--policy-ref"}
    assert spoken >= gating | {"--claim", "--tag", "--base", "--changed", "--failed", "--replay"}
    assert [cells[0].strip("`") for cells in rows(sections(page)["Where replies may come from"])[1:]] == list(Require)
    assert [cells[0].strip("`") for cells in rows(sections(page)["Which rulings fail"])[1:]] == list(FailOn)


def spoken_of(text: str) -> set[str]:
    """Every call of verifier in code, in blocks and within lines."""
    code = [block["text"] for block in BLOCK.finditer(text)] + re.findall(r"`([^`\n]+)`", text)
    code += re.findall(r"^    (.*)$", text, re.MULTILINE)
    calls = (re.findall(r"^(?:\$ |.*[;=] ?)?(verifier [a-z][^\n#;]*)", piece, re.MULTILINE) for piece in code)
    return {one.strip() for found in calls for one in found}


CALLS = sorted({(name, one) for name, text in BY_HAND.items() for one in spoken_of(text)})


@pytest.mark.parametrize(("document", "line"), CALLS, ids=[f"{name}: {one}" for name, one in CALLS])
def test_every_command_and_option_that_is_spoken_of_exists(document: str, line: str) -> None:
    words = re.sub(r"\$\(.*?\)", "x", line).split()[1:]
    command: click.Command | None = cli
    context = click.Context(cli)
    while isinstance(command, click.Group) and words:
        command = command.get_command(context, words.pop(0))

    assert command is not None
    known = {name for param in command.params for name in param.opts} | {"--help", "-h"}
    assert {word.partition("=")[0] for word in words if word.startswith("--")} <= known


def test_there_is_something_to_check() -> None:
    assert len(CALLS) > 25


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_works_as_the_reference_says(shell: str) -> None:
    assert f"_VERIFIER_COMPLETE={shell}_source verifier" in DOCS["commands.md"]
    if shell == "bash":  # click asks the bash that is installed for its version
        shutil.which("bash") or pytest.skip("bash is missing")
    result = CliRunner().invoke(cli, prog_name="verifier", env={"_VERIFIER_COMPLETE": f"{shell}_source"})

    assert result.exit_code == 0
    assert "_VERIFIER_COMPLETE" in result.output


def test_bash_takes_the_completion(tmp_path: Path) -> None:
    bash = shutil.which("bash") or pytest.skip("bash is missing")
    given = {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", "HOME": str(tmp_path)}
    script = (
        "source <(_VERIFIER_COMPLETE=bash_source verifier) && complete -p verifier && "
        "COMP_WORDS=(verifier re) COMP_CWORD=1 && _verifier_completion verifier re verifier && "
        'printf "%s\\n" "${COMPREPLY[@]}"'
    )

    done = subprocess.run([bash, "-c", script], env=given, capture_output=True, text=True, check=True)

    assert done.stdout.splitlines() == ["complete -o nosort -F _verifier_completion verifier", "report", "recheck"]
    assert done.stderr == ""


def completed(*words: str) -> list[str]:
    given = {
        "COMP_WORDS": " ".join(words),
        "COMP_CWORD": str(len(words) - 1),
        "_VERIFIER_COMPLETE": "bash_complete",
    }
    return CliRunner().invoke(cli, prog_name="verifier", env=given).output.split()


def test_commands_and_options_are_completed() -> None:
    assert completed("verifier", "re") == ["plain,report", "plain,recheck"]
    assert "plain,--max-tokens" in completed("verifier", "run", "--max")


def test_names_of_claims_tags_and_formats_are_completed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "claims").mkdir()
    (tmp_path / "claims" / "a.yaml").write_text(
        "title: T\nclaims:\n  - {id: pool-drains, statement: S, tags: [core]}\n  - {id: other, statement: S}\n"
    )
    (tmp_path / "claims" / "broken.yaml").write_text("claims: [\n")
    monkeypatch.chdir(tmp_path)

    assert completed("verifier", "run", "--claim", "po") == ["plain,pool-drains"]
    assert completed("verifier", "pack", "--tag", "c") == ["plain,core"]
    assert completed("verifier", "run", "--claim", "x") == []
    assert "plain,junit" in completed("verifier", "run", "--also", "j")
    assert completed("verifier", "report", "--format", "sa") == ["plain,sarif"]
    monkeypatch.chdir(tmp_path / "claims")
    assert completed("verifier", "run", "--claim", "po") == []


# From Python.


def python_blocks(text: str) -> Iterator[tuple[str, str]]:
    """Each block of Python with what it is said to print: the text below it, or nothing."""
    blocks = list(BLOCK.finditer(text))
    for block, after in zip(blocks, [*blocks[1:], None], strict=True):
        if block["language"] == "python":
            yield block["text"], after["text"] if after is not None and after["language"] == "text" else ""


def test_every_example_of_the_page_for_python_prints_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    build_sample(tmp_path / "sample")
    for folder in ("claims", "cassettes"):
        (tmp_path / folder).mkdir()
        shutil.copy(shipped(f"{folder}/phase4.yaml"), tmp_path / folder)
    monkeypatch.chdir(tmp_path)
    namespace: dict[str, object] = {}
    blocks = list(python_blocks(DOCS["api.md"]))

    for code, printed in blocks:
        exec(compile(code, "api.md", "exec"), namespace)
        assert capsys.readouterr().out == printed, code

    assert len(blocks) > 5
    assert not (tmp_path / ".verifier").exists(), "a replay keeps no journal"


def test_the_page_for_python_has_every_public_name_and_error() -> None:
    page = DOCS["api.md"]

    assert all(name in page for name in verifier.__all__ if name != "__version__")
    raised = [cells[0].strip("`") for cells in rows(sections(page)["Errors"])[1:]]
    assert all(issubclass(getattr(errors, name), verifier.VerifierError) for name in raised)


def test_a_public_name_is_imported_when_it_is_asked_for() -> None:
    code = (
        "import sys, verifier; print('verifier.runs' in sys.modules, verifier.run.__name__, 'pydantic' in sys.modules)"
    )

    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert printed == "False run False\n"
    with pytest.raises(AttributeError, match="no attribute 'runn'"):
        _ = verifier.runn


# Claims.

SCHEMA = claim_file_schema()


@pytest.mark.parametrize(
    ("heading", "keys"),
    [
        pytest.param("The set", SCHEMA["properties"], id="the set"),
        pytest.param("A claim", SCHEMA["$defs"]["Claim"]["properties"], id="a claim"),
        pytest.param("Checks", SCHEMA["$defs"]["Check"]["properties"], id="a check"),
        pytest.param("Context", SCHEMA["$defs"]["Context"]["properties"], id="the context"),
        pytest.param("Waivers", SCHEMA["$defs"]["Waiver"]["properties"], id="a waiver"),
    ],
)
def test_the_reference_of_claims_has_the_keys_of_the_schema(heading: str, keys: dict[str, object]) -> None:
    listed = [cells[0].strip("`") for cells in rows(sections(DOCS["claims.md"])[heading]) if cells[0] != "key"]

    assert sorted(listed) == sorted(keys)


def test_what_is_needed_is_said_to_be() -> None:
    for heading, schema in (("The set", SCHEMA), ("A claim", SCHEMA["$defs"]["Claim"])):
        needed = [c[0].strip("`") for c in rows(sections(DOCS["claims.md"])[heading]) if c[1].endswith("Needed.")]
        assert sorted(needed) == sorted(schema["required"])


CLAIM_SETS = [
    pytest.param(block["text"], id=f"{name}: {block['text'].splitlines()[0]}")
    for name, text in DOCS.items()
    for block in BLOCK.finditer(text)
    if re.search(r"^title: ", block["text"], re.MULTILINE)
]


@pytest.mark.parametrize("text", CLAIM_SETS)
def test_every_claim_set_that_is_shown_loads_and_lints_clean(tmp_path: Path, text: str) -> None:
    (tmp_path / "claims.yaml").write_text(text, encoding="utf-8")

    assert lint(load_claims(tmp_path / "claims.yaml")) == ()


def test_lint_warns_of_what_the_guide_warns_of(tmp_path: Path) -> None:
    bad = [cells[0] for cells in rows(DOCS["writing-claims.md"]) if cells[0] != "instead of"]
    claims = "".join(f"  - id: c{n}\n    statement: {text!r}\n" for n, text in enumerate(bad))
    (tmp_path / "claims.yaml").write_text(f"title: T\nclaims:\n{claims}", encoding="utf-8")

    warned = {problem.claim for problem in lint(load_claims(tmp_path / "claims.yaml"))}

    assert {"c0", "c2"} <= warned


# Everything else.


def test_prices_of_ones_own_are_read_as_shown(tmp_path: Path) -> None:
    (block,) = (block for block in BLOCK.finditer(DOCS["prices.md"]) if block["language"] == "toml")
    (tmp_path / "prices.toml").write_text(block["text"], encoding="utf-8")

    assert read_prices(tmp_path / "prices.toml").own["gemini-3.8-flash"].output == 3.0


def test_every_link_leads_somewhere() -> None:
    links = [(name, target) for name, text in DOCS.items() for target in re.findall(r"\]\(([^)\s]+)\)", text)]

    assert links
    files = [(name, target.partition("#")[0]) for name, target in links if not target.startswith("https://")]
    assert not [(name, target) for name, target in files if not (ROOT / "docs" / target).is_file()]


def test_every_place_that_is_spoken_of_is_there() -> None:
    named = re.findall(r"`((?:verifier|tests|prompts)/[\w./-]*)`", DOCS["architecture.md"])

    assert len(named) > 8
    assert not [path for path in named if not (ROOT / path).exists()]


def test_the_house_has_every_module_once() -> None:
    house = sections(DOCS["architecture.md"])["The house"]
    named = [
        name
        for line in house.splitlines()
        if line.startswith("| ")
        for name in re.findall(r"`([\w/]+)`", line.split("|")[1])
    ]
    there = {path.stem for path in (ROOT / "verifier").glob("*.py")} - {"__init__"}
    there |= {f"{path.name}/" for path in (ROOT / "verifier").iterdir() if path.is_dir() and path.name[0] not in "_."}

    # The templates lie beside the package.
    assert sorted(named) == sorted(there - {"shipped/"} | {"prompts/"})


def test_every_setting_of_the_plugin_is_one() -> None:
    source = (ROOT / "verifier/pytest_plugin.py").read_text("utf-8")
    named = re.findall(r"`((?:--verifier-|verifier_)[\w-]+)`", DOCS["cassettes.md"])

    assert len(set(named)) == 8
    assert not [name for name in named if f'"{name}"' not in source]


def test_the_text_of_a_file_that_is_never_sent_stays_out_of_every_round(
    commit: Commit, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "`context.exclude` and `never_send`" in DOCS["security.md"]
    commit({"pool.py": DRAINS, "kept.py": "KEPT_BACK = 1\n", "shut.py": "SHUT_OUT = 1\n"})
    monkeypatch.chdir(repository)
    Path("claims").mkdir()
    Path("claims/pool.yaml").write_text(
        "title: T\ncontext: {exclude: [shut.py]}\nnever_send: [kept.py]\n"
        "claims:\n  - {id: a, statement: '`drain` is in `pool.py`, `kept.py` and `shut.py`'}\n",
        encoding="utf-8",
    )
    wrong = [citation(path, 1, 1, "something else") for path in ("kept.py", "shut.py")]
    guessed = [citation("kept.py", 1, 1, "KEPT_BACK = 1"), citation("shut.py", 1, 1, "SHUT_OUT = 1")]
    reply = part(
        "`drain` is in `pool.py`, `kept.py` and `shut.py`",
        "yes",
        *wrong,
        *guessed,
        absence("KEPT_BACK|SHUT_OUT", syntax="ere"),
    )
    silent = says(reading({"p1": "silent"}))

    with Emulator(says(verdict(reply, needs=["kept.py", "shut.py"])), reader=lambda _: silent) as emulator:
        given = {"GOOGLE_GEMINI_BASE_URL": emulator.url, "GEMINI_API_KEY": "k" * 20}
        CliRunner().invoke(cli, ["run", "--quiet"], env=given, catch_exceptions=False)

    assert (len(emulator.asked) > 1, len(emulator.read)) == (True, 1)
    told = "\n".join(request.prompt for request in (*emulator.asked, *emulator.read))
    assert "kept.py" in told
    assert "KEPT_BACK = 1" not in told
    assert "SHUT_OUT = 1" not in told
