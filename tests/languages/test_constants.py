"""Which names a file gives a value once and for all, and which names lines of code use."""

from __future__ import annotations

import pytest

from verifier.languages import read_source
from verifier.values.source import Lines

CONSTANTS: dict[str, tuple[str, str, dict[str, str]]] = {
    "python": (
        "a.py",
        "LIMIT = 3\nRULES: dict[str, int] = {\n    'a': 1,\n}\nclass A:\n    size: int = 4\n    name: str\n",
        {"LIMIT": "1", "RULES": "2-4", "a": "3", "size": "6"},
    ),
    "python, defaults": (
        "a.py",
        "@retry(times=3)\ndef a(\n    b,\n    c=1,\n    d: float = 2.5,\n) -> int:\n    e = 7\n    return f(g=8)\n",
        {"times": "1", "c": "4", "d": "5"},
    ),
    "python, kept in an object": (
        "a.py",
        "class A:\n    def __init__(self, b):\n        self.c = 3\n        self.d = b\n        self.e = LIMIT\n",
        {"c": "3", "e": "5"},
    ),
    "javascript": (
        "a.js",
        "export const LIMIT = 3;\nlet a = { timeout: 30, b: c };\nfunction d(e = 4) {\n  const f = 5;\n}\n",
        {"LIMIT": "1", "a": "2", "e": "3"},
    ),
    "javascript, a table": (
        "a.js",
        "module.exports = {\n  timeout: 30,\n  run: go,\n};\n",
        {"exports": "1-4", "timeout": "2"},
    ),
    "typescript": (
        "a.ts",
        "class A {\n  private static readonly LIMIT: number = 3;\n  b: string;\n}\nenum C {\n  D = 4,\n}\n",
        {"LIMIT": "2", "D": "6"},
    ),
    "go": (
        "a.go",
        "package a\n\nconst (\n\tA = 1\n\tB = A << 2\n)\n\nvar c = 3\n\nfunc d() {\n\te := 4\n}\n",
        {"A": "4", "B": "5", "c": "8"},
    ),
    "rust": (
        "a.rs",
        'pub const A: u32 = 3;\nstatic B: &str = "x";\nstruct C { d: u32 }\nfn e() { let f = 1; }\n',
        {"A": "1", "B": "2"},
    ),
    "java": (
        "A.java",
        'class A {\n  static final int B = 3;\n  @Value("${c}") int d = 4;\n  int e;\n  void f() { int g = 5; }\n}\n',
        {"B": "2", "d": "3"},
    ),
    "c": ("a.c", "#define A 3\nstatic const int b = 4;\nint c(int d)\n{\n    int e = 5;\n}\n", {"A": "1", "b": "2"}),
    "c++": ("a.cpp", "class A {\n  static constexpr int kB = 3;\n  int c(int d = 4);\n};\n", {"kB": "2", "d": "3"}),
    "ruby": (
        "a.rb",
        "class A\n  B = 3\n  def c(d = 4, e: 5)\n    f = 6\n    @g = 7\n  end\nend\n",
        {"B": "2", "d": "3", "e": "3", "g": "5"},
    ),
    "shell": ("a.sh", 'A=3\nreadonly B=4\nexport C="$A"\nd() {\n  local e=5\n}\n', {"A": "1", "B": "2", "C": "3"}),
    "php": (
        "a.php",
        "<?php\ndefine('A', 3);\nclass B {\n    const C = 4;\n    private $d = 5;\n"
        "    function e($f = 6) {\n        $g = 7;\n    }\n}\n",
        {"A": "2", "C": "4", "d": "5", "f": "6"},
    ),
    "c#": (
        "A.cs",
        "class A\n{\n    const int B = 3;\n    public int C { get; set; } = 4;\n"
        "    void D(int e = 5)\n    {\n        var f = 6;\n    }\n}\n",
        {"B": "3", "C": "4", "e": "5"},
    ),
    "kotlin": (
        "a.kt",
        "const val A = 3\nclass B(val c: Int = 4) {\n    fun d() {\n        val e = 5\n    }\n}\n",
        {"A": "1", "c": "2"},
    ),
    "swift": (
        "a.swift",
        "let a = 3\nstruct B {\n    static let c = 4\n    func d(e: Int = 5) {\n        let f = 6\n    }\n}\n",
        {"a": "1", "c": "3", "e": "4"},
    ),
    "scala": (
        "a.scala",
        "object A {\n  val B = 3\n  def c(d: Int = 4): Int = {\n    val e = 5\n  }\n}\n",
        {"B": "2", "d": "3"},
    ),
    "perl": ("a.pl", "use constant A => 3;\nmy $b = 4;\nsub c {\n    my $d = 5;\n}\n", {"A": "1", "b": "2"}),
    "lua": ("a.lua", "local A = 3\nlocal function b()\n  local c = 4\nend\n", {"A": "1"}),
    "elixir": ("a.ex", "defmodule A do\n  @b 3\n  def c(d \\\\ 4) do\n    e = 5\n  end\nend\n", {"b": "2", "d": "3"}),
    "erlang": ("a.erl", "-define(A, 3).\n", {"A": "1"}),
    "clojure": ("a.clj", "(def a 3)\n(defn b [] (let [c 4]))\n", {"a": "1"}),
    "haskell": ("a.hs", "a :: Int\na = 3\n", {"a": "2"}),
    "r": ("a.r", "a <- 3\nb <- function(c = 4) {\n  d <- 5\n}\n", {"a": "1", "c": "2"}),
    "yaml": (
        "a.yaml",
        "retries: 3\nretry:\n  max_delay: 5s\n  on: [a]\n",
        {"retries": "1", "retry": "2-4", "max_delay": "3", "on": "4"},
    ),
    "json": ("a.json", '{\n  "retries": 3,\n  "a": {\n    "b": []\n  }\n}\n', {"retries": "2", "a": "3-5", "b": "4"}),
    "toml": ("a.toml", "[retry]\nmax = 3\n", {"retry": "1-2", "max": "2"}),
    "properties": ("a.properties", "retry.max=3\n", {"retry.max": "1", "max": "1"}),
    "env": (".env", "# a\nA=3\nexport B=4\n", {"A": "2", "B": "3"}),
    "dockerfile": ("Dockerfile", "FROM a\nARG B=3\nENV C 4\n", {"a": "1-3", "B": "2", "C": "3"}),
    "makefile": ("Makefile", "A ?= 3\nB := 4\n", {"A": "1", "B": "2"}),
    "terraform": ("a.tf", 'variable "a" {\n  default = 3\n}\n', {"a": "1-3", "default": "2"}),
    "sql": ("a.sql", "CREATE TABLE a (\n  b int NOT NULL DEFAULT 3,\n  c int\n);\n", {"b": "2"}),
    "prisma": ("a.prisma", "model A {\n  b Int @default(3)\n  c Int\n}\n", {"b": "2"}),
    "css": ("a.css", ":root {\n  --gap: 3px;\n  color: red;\n}\n", {"gap": "2"}),
    "nginx": ("nginx.conf", "server {\n  keepalive_timeout 65;\n}\n", {"keepalive_timeout": "2"}),
    "cmake": ("CMakeLists.txt", "set(A 3)\n", {"A": "1"}),
    "markdown": ("a.md", "# A\n\nretries = 3\n", {}),
    "comparisons": ("a.py", "if a == 3 or b <= 4 or c != 5:\n    d(e=6)\n", {}),
    "a comment": ("a.py", "# LIMIT = 3\n'''\nLIMIT = 4\n'''\n", {}),
}


@pytest.mark.parametrize(("path", "text", "expected"), CONSTANTS.values(), ids=CONSTANTS)
def test_constants_are_found_with_the_lines_of_their_values(path: str, text: str, expected: dict[str, str]) -> None:
    found = read_source(path, text).constants

    assert {name: ", ".join(map(str, places)) for name, places in found.items()} == expected


def test_a_name_with_two_values_has_both_places() -> None:
    assert read_source("a.py", "try:\n    A = 1\nexcept E:\n    A = 2\n").constants["A"] == (Lines(2, 2), Lines(4, 4))


NAMES = {
    "python": ("a.py", "a = b(c, 'd')  # e\n", "a b c"),
    "python, put into a string": ("a.py", "a = f'{b} {c.d}'\n", "a f b c d"),
    "javascript": ("a.js", 'a(`${b} c`, "d"); // e\n', "a b"),
    "shell": ("a.sh", "a \"$B ${C}\" 'd' # e\n", "a B C"),
    "go": ("a.go", "a.B(c) // d\n", "a B c"),
    "kotlin": ("a.kt", 'a("$b ${c.d} e")\n', "a b c d"),
    "yaml": ("a.yaml", "a: ${B} # c\n", "a B"),
    "other scripts": ("a.py", "größe = имя\n", "größe имя"),
}


@pytest.mark.parametrize(("path", "text", "names"), NAMES.values(), ids=NAMES)
def test_names_in_use_are_those_of_the_code(path: str, text: str, names: str) -> None:
    used = read_source(path, text).names_used(Lines(1, 1))

    assert used - {"f"} == set(names.split()) - {"f"}
