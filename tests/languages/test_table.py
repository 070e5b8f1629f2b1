"""One table says what files are called; whoever asks about a path reads it."""

from __future__ import annotations

import importlib
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from pygments.lexers import get_lexer_by_name

import verifier
from verifier.languages import FileKind, file_kind, is_test, read_source
from verifier.languages.readers import Reader
from verifier.languages.table import LANGUAGES, Language, fence_of, language_of
from verifier.wording.meaning import is_about_prose, is_about_tests
from verifier.wording.naming import is_path, paths_in

READER = """
from verifier.languages.line_kinds import kinds_by_start
from verifier.languages.marks import Marks
from verifier.languages.readers import TextReader
from verifier.languages.outline import Definition, Outline


def read(language, text):
    names = [line.removeprefix("verb ") for line in text.split("\\n") if line.startswith("verb ")]
    return Outline(language, kinds_by_start(text, ("~",)), tuple(Definition(n, n, "function", 1, 1, 1) for n in names))


READER = TextReader(read, default=Marks(comments=("~[^\\n]*+",)))
"""
ROW = """    Language("quillscript", "quillscript", "quill", files="Quillfile", interpreters="quill", fence=""),\n"""
QUESTIONS = """
from verifier.languages import FileKind, LineKind, calls_in, file_kind, is_test, read_source
from verifier.languages.table import fence_of, language_of
from verifier.selection.imports import _without_ending
from verifier.wording.meaning import is_about_tests
from verifier.wording.naming import is_path, paths_in

reading = read_source("a.quill", "~ note\\nverb go\\n")
assert reading.language == "quillscript"
assert reading.kinds == (LineKind.COMMENT, LineKind.CODE)
assert [each.name for each in reading.definitions] == ["go"]
assert calls_in("a.quill", "go(1)", 1, 1) == {"go"}
assert language_of("bin/tool", "#!/usr/bin/env quill").name == "quillscript"
assert file_kind("src/a.quill") is FileKind.CODE and is_test("src/a_test.quill")
assert paths_in("see pool.quill and the Quillfile") == ("pool.quill", "Quillfile")
assert is_about_tests("`PoolTest.quill` covers it")
assert is_path("pool.quill") and is_path("Quillfile")
assert _without_ending("src/pool.quill") == "src/pool"
assert fence_of("a.quill") == ""
"""


def test_a_new_language_is_one_file_and_one_row(tmp_path: Path) -> None:
    package = tmp_path / "verifier"
    source = Path(verifier.__file__).parent
    shutil.copytree(source, package, ignore=shutil.ignore_patterns("__pycache__", "demo", "templates", "shipped"))
    (package / "languages" / "quillscript.py").write_text(READER)
    table = package / "languages" / "table.py"
    before, mark, after = table.read_text().partition("LANGUAGES = (\n")
    table.write_text(before + mark + ROW + after)

    asked = subprocess.run([sys.executable, "-c", QUESTIONS], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert asked.returncode == 0, asked.stderr


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.name)
def test_each_row_has_its_reader(language: Language) -> None:
    reader: Reader = importlib.import_module(f"verifier.languages.{language.module}").READER

    assert reader.read(language.name, "a\n").language == language.name
    assert reader.code(language.name, "a\n") == ("a",)


def test_no_name_or_extension_stands_in_two_rows() -> None:
    names = Counter(
        name.lower()
        for language in LANGUAGES
        for name in (
            *(f".{extension}" for extension in f"{language.extensions} {language.doubtful}".split()),
            *f"{language.files} {language.words}".split(),
        )
    )
    names[".env"] -= 1  # `.env` itself, and `prod.env`

    assert [name for name, count in names.items() if count > 1] == []


@pytest.mark.parametrize(
    "fence", sorted({language.fence or "" if language.fence is not None else language.name for language in LANGUAGES})
)
def test_each_language_is_coloured_by_a_name_that_pygments_knows(fence: str) -> None:
    if fence:
        get_lexer_by_name(fence)


@pytest.mark.parametrize(
    ("path", "fence"),
    [
        ("a.PY", "python"),
        ("a.pyi", "python"),
        ("deploy/Dockerfile.dev", "dockerfile"),
        ("a.sh", "bash"),
        ("a.kt", "kotlin"),
        ("schema.prisma", ""),
        ("LICENSE", ""),
        ("a.unheard", ""),
    ],
)
def test_a_block_of_code_carries_its_language(path: str, fence: str) -> None:
    assert fence_of(path) == fence


NAMES = """
    schema.prisma pool.kts main.zig a.tfvars app.purs Dockerfile Jenkinsfile .env .helmignore go.mod yarn.lock
"""


@pytest.mark.parametrize("path", NAMES.split())
def test_what_is_read_is_a_path_in_a_sentence_and_in_a_report(path: str) -> None:
    assert paths_in(f"It stands in {path}, whole.") == (path,)
    assert is_path(path)


@pytest.mark.parametrize(
    "word", ["np.r", "queue.lock", "example.org", "self.props", "args.text", "it.t", "README", "BUILD", "data.tab"]
)
def test_an_attribute_a_domain_and_a_word_are_no_path(word: str) -> None:
    assert paths_in(f"It uses {word} there.") == ()
    assert word in ("README", "BUILD") or not is_path(word)


TESTS = "PoolTest.java app/tests.py pool_test.exs src/a.spec.ts app/FooSpec.scala e2e/a.py tests/ spec/"


@pytest.mark.parametrize("path", TESTS.split())
def test_a_sentence_about_a_test_and_the_file_agree(path: str) -> None:
    assert is_test(path)
    assert is_about_tests(f"`{path}` covers it")


@pytest.mark.parametrize(
    "path", ["src/PodSpec.java", "latest.py", "contest.go", "testing/pool.py", "attest/a.ts", "src/spec.ts"]
)
def test_a_path_that_only_sounds_like_a_test_is_none(path: str) -> None:
    assert not is_test(path)
    assert not is_about_tests(f"`{path}` retries")


@pytest.mark.parametrize("path", ["docs/", "README.de.md", "docs/guide", "CONTRIBUTING.rst", "app/notes.adoc"])
def test_a_sentence_about_documentation_and_the_file_agree(path: str) -> None:
    assert file_kind(path) is FileKind.PROSE
    assert is_about_prose(f"`{path}` describes retries")


@pytest.mark.parametrize("path", ["app.py.bak", "fix.patch", "a.diff", "server.log", "main.c.orig"])
def test_what_a_program_left_behind_is_prose(path: str) -> None:
    assert file_kind(path) is FileKind.PROSE
    assert {kind.value for kind in read_source(path, "if x:\n    y()\n").kinds} == {"text"}


def test_a_script_without_an_ending_is_known_by_its_first_line() -> None:
    assert language_of("bin/tool", "#!/usr/bin/env -S python3 -u\n").name == "python"
    assert file_kind("bin/tool", "#!/bin/sh\n") is FileKind.CODE
