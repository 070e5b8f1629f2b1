"""Which definitions, imports and calls a file has."""

from __future__ import annotations

import subprocess
import sys

import pytest

from verifier.languages import Definition, calls_in, read_source

POOL = '''"""Pools."""
import os
from src.core import pool as p
from . import near
import a.b, c as d

MAX_IDLE = 30


@dataclass(frozen=True)
# kept small
class Pool(Base):
    """A pool."""

    size: int = 3

    @property
    def idle(self):
        return [each for each in self.items if fits(each)]

    async def drain(self):
        def close(each):
            each.close()

        for each in self.items:
            close(each)


def fill(pool):
    pool.put(Connection("x"))
'''


def test_python_definitions_are_found_with_the_lines_they_span() -> None:
    reading = read_source("src/pool.py", POOL)

    assert reading.language == "python"
    assert reading.definitions == (
        Definition("MAX_IDLE", "MAX_IDLE", "constant", 7, 7, 7),
        Definition("Pool", "Pool", "class", 10, 26, 12),
        Definition("idle", "Pool.idle", "method", 17, 19, 18),
        Definition("drain", "Pool.drain", "method", 21, 26, 21),
        Definition("close", "Pool.drain.close", "function", 22, 23, 22),
        Definition("fill", "fill", "function", 29, 30, 29),
    )


def test_python_imports_are_given_as_written() -> None:
    assert read_source("src/pool.py", POOL).imports == ("os", "src.core", ".", "a.b", "c")


def test_calls_are_bare_names_within_the_lines() -> None:
    assert calls_in("src/pool.py", POOL, 29, 30) == {"put", "Connection"}
    assert calls_in("src/pool.py", POOL, 17, 19) == {"property", "fits"}
    assert calls_in("src/pool.py", POOL, 7, 7) == frozenset()
    assert calls_in("src/pool.py", POOL, 500, 600) == frozenset()
    assert calls_in("src/pool.py", POOL, 9, 3) == frozenset()


OUTLINES = {
    "js": (
        "a.js",
        "import x from './x';\nconst y = require('y');\nexport class Pool extends Base {\n  drain = async () "
        "=> { go(); };\n"
        "  fill() { return new Item(); }\n}\nexport const LIMIT = 3;\nexports.close = function () { go(); };\n"
        "const api = {\n  get: () => go(),\n};\n",
        [
            "y constant 2-2",
            "Pool class 3-6",
            "Pool.drain method 4-4",
            "Pool.fill method 5-5",
            "LIMIT constant 7-7",
            "close function 8-8",
            "api constant 9-11",
            "api.get function 10-10",
        ],
        ("./x", "y"),
    ),
    "ts": (
        "a.ts",
        "import { x } from '../x';\n@Injectable()\nexport class Pool {\n  @Input() size = 1;\n  "
        "constructor(private a: A) {}\n}\n"
        "export interface Item { a: string }\ntype Key = string;\nenum Color { Red }\nnamespace N { export "
        "function f() { go(); } }\n",
        [
            "Pool class 2-6",
            "Pool.constructor method 5-5",
            "Item type 7-7",
            "Key type 8-8",
            "Color type 9-9",
            "N section 10-10",
            "N.f function 10-10",
        ],
        ("../x",),
    ),
    "tsx": (
        "a.tsx",
        "export function Page(props: Props) {\n  return <List items={props.items} />;\n}\n",
        ["Page function 1-3"],
        (),
    ),
    "go": (
        "a.go",
        'package a\nimport (\n\t"fmt"\n\tx "github.com/x/y"\n)\nconst Max = 3\ntype Pool struct {\n\tn int\n}\n'
        "func (p *Pool) Drain() {\n\tfmt.Println(p)\n}\nfunc New[T any]() *Pool {\n\treturn &Pool{}\n}\n",
        ["Max constant 6-6", "Pool type 7-9", "Pool.Drain method 10-12", "New function 13-15"],
        ("fmt", "github.com/x/y"),
    ),
    "rust": (
        "a.rs",
        "use std::fmt;\n#[derive(Debug)]\n/// Doc.\npub struct Pool {\n  n: u8,\n}\nimpl fmt::Display for Pool {\n"
        "  #[inline]\n  fn fmt(&self) { go!(self) }\n}\nmod tests {\n  fn x() { go() }\n}\nmacro_rules! m { () "
        "=> {} }\n",
        ["Pool type 2-6", "Pool.fmt method 8-9", "tests section 11-13", "tests.x function 12-12", "m function 14-14"],
        ("std::fmt",),
    ),
    "java": (
        "A.java",
        "import java.util.List;\n@Service\npublic class A {\n  static final int MAX = 3;\n  A() {}\n  @Override\n"
        "  public int size() { return go(); }\n  interface B { void c(); }\n}\n",
        [
            "A class 2-9",
            "A.MAX constant 4-4",
            "A.A method 5-5",
            "A.size method 6-7",
            "A.B class 8-8",
            "A.B.c method 8-8",
        ],
        ("java.util.List",),
    ),
    "c": (
        "a.c",
        '#include <stdio.h>\n#include "pool.h"\n#define MAX 3\nstruct pool { int n; };\ntypedef struct pool pool_t;\n'
        "static int *drain(struct pool *p)\n{\n  return go(p);\n}\nint fill(int n);\n",
        ["MAX constant 3-3", "pool type 4-4", "pool_t type 5-5", "drain function 6-9", "fill function 10-10"],
        ("stdio.h", "pool.h"),
    ),
    "c++": (
        "a.cpp",
        "namespace n {\nclass Pool : public Base {\n public:\n  void fill() { go(); }\n  int drain(int n);\n};\n}\n"
        "int n::Pool::drain(int n) {\n  return go();\n}\ntemplate <typename T>\nT get(T t) { return go(t); }\n",
        [
            "n section 1-7",
            "n.Pool class 2-6",
            "n.Pool.fill method 4-4",
            "n.Pool.drain method 5-5",
            "n.Pool.drain method 8-10",
            "get function 12-12",
        ],
        (),
    ),
    "ruby": (
        "a.rb",
        "require 'json'\nmodule A\n  class Pool < Base\n    MAX = 3\n    def drain(x)\n      go(x)\n    end\n"
        "    def self.build\n      new\n    end\n  end\nend\n",
        [
            "A section 2-12",
            "A.Pool class 3-11",
            "A.Pool.MAX constant 4-4",
            "A.Pool.drain method 5-7",
            "A.Pool.build method 8-10",
        ],
        ("json",),
    ),
    "shell": (
        "a.sh",
        'source lib.sh\n. ./other.sh\nMAX=3\ndrain() {\n  go "$1"\n}\nfunction fill {\n  go\n}\n',
        ["MAX constant 3-3", "drain function 4-6", "fill function 7-9"],
        ("lib.sh", "./other.sh"),
    ),
    "sql": (
        "a.sql",
        "CREATE TABLE IF NOT EXISTS app.users (\n  id int\n);\n-- create table no (id int);\ncreate or replace "
        "function f()\n"
        "returns int as $$\nbegin\n  return 1;\nend;\n$$ language plpgsql;\ncreate unique index i on users (id);\n",
        ["app.users type 1-3", "f function 5-10", "i type 11-11"],
        (),
    ),
    "dockerfile": (
        "Dockerfile",
        "FROM python:3.11 AS build\nRUN a\n\nFROM --platform=linux/amd64 alpine\nCMD b\n",
        ["build section 1-3", "alpine section 4-5"],
        ("python:3.11", "alpine"),
    ),
    "makefile": (
        "Makefile",
        "include a.mk\nCC := gcc\n.PHONY: test\ntest: build\n\tpytest\nbuild:\n\tmake x\n",
        [".PHONY function 3-3", "test function 4-5", "build function 6-7"],
        ("a.mk",),
    ),
    "yaml": (
        "a.yaml",
        "on: push\njobs:\n  test:\n    steps:\n      - run: |\n          key: text\n  lint:\n    steps: []\n",
        ["on section 1-1", "jobs section 2-8", "jobs.test section 3-6", "jobs.lint section 7-8"],
        (),
    ),
    "toml": (
        "a.toml",
        'top = 1\n[project]\nname = """\n[no]\n"""\n[[tool.x]]\na = 1\n',
        ["project section 2-5", "tool.x section 6-7"],
        (),
    ),
    "markdown": (
        "a.md",
        "# A\ntext\n## B\n```\n# no\n```\n## C ##\n# D\n",
        ["A section 1-7", "A.B section 3-6", "A.C section 7-7", "D section 8-8"],
        (),
    ),
    "restructuredtext": (
        "a.rst",
        "A\n===\n\ntext\n\nB\n---\n\nC\n===\n",
        ["A section 1-8", "A.B section 6-8", "C section 9-10"],
        (),
    ),
    "php": (
        "a.php",
        "<?php\nuse App\\Pool;\nclass A {\n  // function no() {}\n  public function b() { return '}'; }\n}\n"
        "function c() {\n}\n",
        ["A class 3-6", "A.b method 5-5", "c function 7-8"],
        ("App\\Pool",),
    ),
    "c#": (
        "A.cs",
        "using System;\npublic class A\n{\n  public async Task<int> B(int x)\n  {\n    return Go();\n  }\n}\n",
        ["A class 2-8", "A.B method 4-7"],
        ("System",),
    ),
    "kotlin": (
        "a.kt",
        "class A {\n  fun b() {\n  }\n}\nfun c() = 1\n",
        ["A class 1-4", "A.b method 2-3", "c function 5-5"],
        (),
    ),
    "c# records": (
        "A.cs",
        "public record A(int X);\npublic record struct B(int X)\n{\n  public int C() => X + 1;\n}\n",
        ["A class 1-1", "B class 2-5", "B.C method 4-4"],
        (),
    ),
    "kotlin, an interface of one function": (
        "a.kt",
        "fun interface A {\n  fun b()\n}\n",
        ["A class 1-3", "A.b method 2-2"],
        (),
    ),
    "terraform": ("a.tf", 'resource "aws_x" "y" {\n  a = 1\n}\n', ["y section 1-3"], ()),
}


@pytest.mark.parametrize(("path", "text", "outline", "imports"), OUTLINES.values(), ids=OUTLINES.keys())
def test_definitions_are_found_in_every_language(
    path: str, text: str, outline: list[str], imports: tuple[str, ...]
) -> None:
    reading = read_source(path, text)

    found = [f"{each.qualified} {each.kind} {each.first_line}-{each.last_line}" for each in reading.definitions]
    assert (found, reading.imports) == (outline, imports)


CALLS = {
    "js": ("a.js", "a.b(c()); new D(); `${e()}`; f", {"b", "c", "D", "e"}),
    "jsx": ("a.jsx", "const x = <List on={go()} />;", {"List", "go"}),
    "ts": ("a.ts", "const x = a?.b<string>(c as D);", {"b"}),
    "go": ("a.go", "package a\nvar x = f(a.B(), &Pool{n: 1}, y.Z{})", {"f", "B", "Pool", "Z"}),
    "rust": ("a.rs", "fn x() { a(); b::c(); d.e(); f!(); G { h: 1 }; }", {"a", "c", "e", "f", "G"}),
    "java": ("A.java", "class A { int x = a(new B<C>(), d.e()); }", {"a", "C", "e"}),
    "c": ("a.c", "int x(void) { return a(b->c(1)); }", {"a", "c"}),
    "c++": ("a.cpp", "auto x = a::b(new C(), d<int>(1));", {"b", "C", "d"}),
    "ruby": ("a.rb", "def x\n  a.b(C.new)\n  d\nend", {"b", "new", "C", "d"}),
    "shell": ("a.sh", "a b | c", {"a", "c"}),
    "php": ("a.php", "<?php if (a($b)) { return new C(); }", {"a", "C"}),
    "sql": ("a.sql", "select count(*) from a where b in (1)", {"count"}),
}


@pytest.mark.parametrize(("path", "text", "names"), CALLS.values(), ids=CALLS.keys())
def test_calls_are_found_in_every_language(path: str, text: str, names: set[str]) -> None:
    assert calls_in(path, text, 1, 9) == names


def test_half_a_file_keeps_the_definitions_it_shows() -> None:
    text = "class Pool:\n    def fill(self):\n        go()\n\n    def drain(self):\n        if self.items and (\n"

    assert [each.qualified for each in read_source("pool.py", text).definitions][:2] == ["Pool", "Pool.fill"]


def test_no_parser_is_imported_before_a_file_needs_it() -> None:
    program = "import sys, verifier.languages as v; v.read_source('a.md', '# A'); print('tree_sitter' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout == "False\n"
