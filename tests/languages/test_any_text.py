"""Any text is read, without error and in time that grows with its length."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.languages import calls_in, file_kind, read_source
from verifier.values.source import Lines

PATHS = [
    "a.py",
    "a.pyi",
    "a.js",
    "a.ts",
    "a.tsx",
    "a.go",
    "a.rs",
    "A.java",
    "a.c",
    "a.cpp",
    "a.rb",
    "a.sh",
    "a.sql",
    "a.php",
    "Dockerfile",
    "Makefile",
    "a.yaml",
    "a.toml",
    "a.ini",
    ".env",
    "a.html",
    "a.vue",
    "a.erb",
    "a.blade.php",
    "a.css",
    "a.md",
    "a.rst",
    "a.adoc",
    "a.json",
    "a.kt",
    "A.cs",
    "a.lua",
    "a.pl",
    "a.ex",
    "a.hs",
    "a.clj",
    "a.tf",
    "a.graphql",
    "a.unheard",
    "README",
]

FAMILIES = [path for path in PATHS if path not in ("a.pyi", "a.js", "a.ts", "a.c", "a.css", "a.json", "a.ini", ".env")]
"""A path for each way of reading."""

PIECES = [
    "def a(",
    "class B",
    ":",
    "\n",
    "    ",
    "\t",
    '"""',
    "'",
    '"',
    "`",
    "${",
    "}",
    "{",
    "(",
    ")",
    "/*",
    "*/",
    "//",
    "#",
    "\\",
    "<<EOF",
    "EOF",
    "=begin",
    "--",
    "-- a",
    "$$",
    "=>",
    "func ",
    "fn ",
    "impl ",
    "\r\n",
    "\r",
    "\x0c",
    "\u2028",
    "\ufffd",
    "\x00",
    "\x01",
    "\x02",
    "\xe9",
    "\u540d",
    "\U0001f600",
    "#if 0",
    "#endif",
    "pass",
    "return 1",
    "# A\n",
    "===\n",
    "[a]\n",
    "a: |\n",
    "create table a",
]


def check(path: str, text: str) -> None:
    """A reading of every line, whose definitions lie within the file and in its order."""
    reading = read_source(path, text)
    lines = text.split("\n")
    count = len(lines) - (not lines[-1])
    assert len(reading.kinds) == count
    for each in reading.definitions:
        assert 1 <= each.first_line <= each.signature_line <= each.last_line <= count
        assert each.name
        assert each.qualified.endswith(each.name) or len(each.qualified) >= 500
    firsts = [each.first_line for each in reading.definitions]
    assert firsts == sorted(firsts)
    for place in (Lines(1, count), Lines(count // 2, count // 2 + 1), Lines(count, count)):
        headers = reading.headers(place)
        assert list(headers) == sorted(set(headers))
        assert all(0 < row < place.first for row in headers)
        reading.dead_reason(place)
        reading.names_used(place)
    assert all(0 < each.first <= each.last <= count for places in reading.constants.values() for each in places)
    calls_in(path, text, 1, count)
    file_kind(path, text[:1000])


@pytest.mark.parametrize("path", PATHS)
@settings(max_examples=25, deadline=None, derandomize=True, database=None)
@given(text=st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_broken_text_is_read(path: str, text: str) -> None:
    check(path, text)


@pytest.mark.parametrize("path", PATHS)
def test_a_binary_that_was_decoded_is_read(path: str) -> None:
    check(path, random.Random(7).randbytes(20_000).decode("utf-8", "replace"))


HOSTILE = {
    "comments never closed": "/* ",
    "haskell comments never closed": "{- ",
    "markup comments never closed": "<!-- ",
    "arrows": "a=>",
    "operators": "/*a",
    "generics": "a<",
    "brackets": "(",
    "braces": "{",
    "quotes": '"\n',
    "triple quotes": '"""',
    "templates": "`${",
    "heredocs": "<<A\n",
    "indentation": " ",
    "line ends": "\n",
    "carriage returns": "\r",
    "headings": "# a\n",
    "underlines": "a\n==\n",
    "tables": "[a]\n",
    "keys": "a:\n ",
    "targets": "a b ",
    "creations": "create table a(",
    "dollars": "$a$;",
    "one word": "a",
    "classes": "class A { ",
    "prefixes": "await ",
    "definitions": "def a():\n",
    "returns": "return\n",
    "returns in brackets": "{return;",
    "conditions": "if False:\n",
    "directives": "#if 0\n",
    "attributes": "#[cfg(any())]\n",
    "cases": "{case a:",
    "signatures": "class a(b=",
    "steps": "- if: false\n",
    "scripts": "<script></script>",
    "scripts never closed": "<script>a(`",
    "tags": "<%= a",
    "nested comments": "/* a */ /* ",
    "assignments": "a = b: c = d(",
}


@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE.keys())
def test_text_made_to_be_slow_is_not(unit: str) -> None:
    for path in (
        "a.py",
        "a.tsx",
        "a.go",
        "a.rs",
        "A.java",
        "a.cpp",
        "a.rb",
        "a.sh",
        "a.sql",
        "a.php",
        "A.cs",
        "a.kt",
        "a.vue",
        "a.erb",
        "a.md",
        "a.yaml",
        "a.toml",
    ):
        check(path, unit * (6_000 // len(unit)))


def test_a_line_of_a_hundred_kilobytes_and_a_file_of_five_megabytes_are_read() -> None:
    check("a.py", "DATA = '" + "x" * 100_000 + "'\n\ndef a():\n    return DATA\n")
    check("a.py", f"value = compute({'1' * 173})\n" * 27_000)

    assert [each.name for each in read_source("a.py", "D = '" + "x" * 100_000 + "'\ndef a(): go()\n").definitions] == [
        "D",
        "a",
    ]
