"""Definitions made stubs: what comes out is a stub to whoever looks for stubs, in a file that is otherwise the same."""

from __future__ import annotations

import textwrap

import pytest

from verifier.languages import Definition, read_source
from verifier.languages.stubbing import STUBS, stubbed

FUNCTIONS = {
    "python": ("pool.py", "@deco(3)\ndef drain(\n    a: int = 3,\n) -> dict[str, int]:  # why\n    return {a: f(a)}\n"),
    "python, on one line": ("pool.py", "def drain(a: int): return a + 1\n"),
    "javascript": ("pool.js", "export function drain(opts = {}) {\n  return opts.x + 1;\n}\n"),
    "javascript, an expression": ("pool.js", "export const drain = (a) => a + 1;\n"),
    "typescript": ("pool.ts", "const drain = (a: number): {b: number} => {\n  return {b: f(a)};\n};\n"),
    "go": ("pool.go", "package a\n\nfunc drain(a interface{}) (map[string]int, error) {\n\treturn g(a), nil\n}\n"),
    "rust": ("pool.rs", "impl P {\n    pub fn drain(&self) -> u32 {\n        self.x + 1\n    }\n}\n"),
    "java": ("Pool.java", "class Pool {\n  @Override\n  int drain(int a) throws E {\n    return a + y;\n  }\n}\n"),
    "c": ("pool.c", "static int\ndrain(int a)\n{\n    return g(a);\n}\n"),
    "cpp": ("pool.cpp", "int Pool::drain(int a) const {\n  return g(a);\n}\n"),
    "ruby": ("pool.rb", "class Pool\n  def drain(a, b = {})\n    a.each do |z|\n      go(z)\n    end\n  end\nend\n"),
    "shell": ("pool.sh", 'drain() {\n  curl "$1" | tee out\n}\n'),
    "php": ("pool.php", "<?php\nclass P {\n  public function drain($a) {\n    return $this->g($a);\n  }\n}\n"),
    "csharp": ("Pool.cs", "class P {\n  public int drain(int a) {\n    return G(a);\n  }\n}\n"),
    "kotlin": ("pool.kt", "fun drain(a: Int): Int {\n    return g(a)\n}\n"),
    "swift": ("pool.swift", "func drain(a: Int) -> Int {\n    return g(a)\n}\n"),
    "scala": ("pool.scala", "object P {\n  def drain(a: Int): Int = {\n    g(a)\n  }\n}\n"),
    "dart": ("pool.dart", "int drain(int a) {\n  return g(a);\n}\n"),
    "groovy": ("pool.groovy", "def drain(a) {\n    return g(a)\n}\n"),
    "perl": ("pool.pl", "sub drain {\n  my $a = shift;\n  return g($a);\n}\n"),
    "solidity": ("pool.sol", "contract P {\n  function drain(uint a) public {\n    y = a;\n  }\n}\n"),
    "zig": ("pool.zig", "fn drain(a: u32) u32 {\n    return g(a);\n}\n"),
}


@pytest.mark.parametrize(("path", "text"), FUNCTIONS.values(), ids=FUNCTIONS.keys())
def test_a_function_made_a_stub_is_found_to_be_one(path: str, text: str) -> None:
    before = _drain(path, text)
    made = stubbed(path, text, before)

    assert before.stub is None
    assert made is not None
    after = _drain(path, made)
    assert after.stub == "only says that it is not implemented" or after.stub == "only a note that it is unfinished"
    assert after.signature_line == before.signature_line
    assert made.split("\n")[: before.signature_line - 1] == text.split("\n")[: before.signature_line - 1]


def test_every_language_that_has_a_stub_is_tried_here() -> None:
    tried = {read_source(path, text).language for path, text in FUNCTIONS.values()}

    assert set(STUBS) - tried == {"objective-c", "tsx"}  # read as C and TypeScript are


def test_what_stands_around_a_stub_stays() -> None:
    text = (
        "class Pool:\n    def drain(self):\n        self.close()\n\n    def close(self):\n        go()\n\n\nMAX = 3\n"
    )

    assert stubbed("pool.py", text, _drain("pool.py", text)) == textwrap.dedent(
        """\
        class Pool:
            def drain(self):
                raise NotImplementedError

            def close(self):
                go()


        MAX = 3
        """
    )


@pytest.mark.parametrize(
    ("path", "text", "made"),
    [
        ("pool.js", "class A { drain() { return 2; } }\n", "class A { drain() {\n    $\n} }\n"),
        (
            "Pool.java",
            "class A { class B { int drain() { return 2; } } }\n",
            "class A { class B { int drain() {\n    $\n} } }\n",
        ),
        (
            "pool.rs",
            "impl P { fn drain(&self) -> u32 { if x { 2 } else { 3 } } }\n",
            "impl P { fn drain(&self) -> u32 {\n    $\n} }\n",
        ),
        ("pool.js", "class A {\n  drain() { return 2; } }\n", "class A {\n  drain() {\n      $\n  } }\n"),
        ("pool.js", "class A { drain() { return 2; }\n}\n", "class A { drain() {\n    $\n}\n}\n"),
    ],
)
def test_what_stands_around_a_stub_on_its_own_line_is_closed(path: str, text: str, made: str) -> None:
    assert stubbed(path, text, _drain(path, text)) == made.replace("$", STUBS[read_source(path, text).language])


NEVER = {
    "a language without functions that are read": ("pool.lua", "function drain(a)\n  return g(a)\nend\n"),
    "a body that no brace opens": ("pool.kt", "fun drain(a: Int) = g(a)\n"),
}


@pytest.mark.parametrize(("path", "text"), NEVER.values(), ids=NEVER.keys())
def test_what_cannot_be_made_a_stub_is_left(path: str, text: str) -> None:
    found = [each for each in read_source(path, text).definitions if each.name == "drain"]

    assert [stubbed(path, text, each) for each in found] == [None] * len(found)


def _drain(path: str, text: str) -> Definition:
    return next(each for each in read_source(path, text).definitions if each.name == "drain")
