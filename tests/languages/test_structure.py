"""What stands around a line, and what never runs, in every language.

Each text is marked: `>` a line that is cited, `H` the headers that it stands inside, `D` what never runs.
"""

from __future__ import annotations

import pytest

from verifier.languages import read_source
from verifier.languages.structure import MOST_HEADERS
from verifier.values.source import Lines

CASES = {
    "a.py": """
  |import os
  |
  |LIMIT = 3
  |CONFIG = {
  |    "retry": {
  |        "max": 5,
  |    },
  |}
  |
  |
H |@decorate(
H |    max=3,
  |)
  |@other
H |class A(B):
  |    size: int = 3
  |
H |    @property
H |    async def f(
  |        self,
  |        a=1, *, timeout: float = 2.5,
  |    ):
  |        self.limit = 30
H |        with x:
H |            for i in y:
H |                try:
H |                    if a:
  |                        pass
H |                    elif (b and
H |                          c):
H |                        foo(
> |                            bar,
  |                            baz)
  |                    else:
  |                        q
  |                        return 1
  |                        # c
 D|                        r()
 D|                        s()
  |                except E:
  |                    raise
 D|                    z
  |                finally:
  |                    match t:
  |                        case 1:
  |                            u
  |        if False:
 D|            dead()
  |        else:
  |            live()
  |        if True:
  |            live()
 D|        elif x:
 D|            dead()
  |        while 0:
 D|            dead()
  |        sys.exit(1)
 D|        def g(): pass
  |
  |def h():
  |    if x: return
  |    live()
""",
    "a.ts": """
H |@Injectable()
H |export class A extends B {
  |  private readonly timeout = 3000;
H |  @Get("/x")
H |  async f(a: string,
H |    b = 2): Promise<void> {
  |    if (a) {
  |      x();
  |    } else if (b) {
  |      y();
  |    } else {
  |      z();
  |    }
  |    switch (a) {
  |      case 1:
  |        q();
  |        break;
 D|        dead();
  |      default: r();
  |    }
H |    app.get('/x', async (req, res) => {
H |      await foo(
> |        bar,
  |      );
  |    });
  |    try { a() } catch (e) {
  |      b();
  |    }
  |    if (x) return;
  |    if (y)
  |      return 3;
  |    live();
  |    return helper();
  |    function helper() { live(); }
 D|    dead();
  |  }
  |}
  |const o = {
  |  a: {
  |    b: 1,
  |  },
  |};
 D|if (false) { dead(); }
""",
    "a.go": """
  |package a
  |
  |const (
  |	Max = 3
  |	Min = 1
  |)
  |
H |func (p *Pool) Drain(
H |	ctx context.Context,
H |	n int,
H |) error {
H |	for _, x := range p.items {
  |		if x.old {
  |			return nil
 D|			dead()
  |		} else if y {
  |			log()
  |		} else {
  |			other()
  |		}
H |		switch x.kind {
H |		case A:
H |			foo(
> |				1,
  |			)
  |		default:
  |			bar()
  |		}
  |	}
  |	go func() {
  |		run()
  |	}()
  |	panic("x")
 D|	dead()
  |}
""",
    "a.rs": """
  |#[derive(Debug)]
  |pub struct A { x: u32 }
  |const MAX: u32 = 3;
 D|#[cfg(any())]
 D|impl A {
 D|    fn old() {}
 D|}
H |impl<T> Pool<T>
H |where
H |    T: Send,
  |{
H |    #[inline]
H |    pub fn drain(
H |        &mut self,
H |        n: u32,
H |    ) -> Result<()> {
H |        if let Some(x) = y {
  |            return Ok(());
 D|            dead();
H |        } else {
H |            match z {
  |                A => {
  |                    foo();
  |                }
H |                B => bar(
> |                    1,
  |                ),
  |            }
  |        }
  |        while let Some(x) = it {
  |            loop {
  |                todo!();
 D|                dead();
  |            }
  |        }
  |        let v = items.iter().map(|x| {
  |            x + 1
  |        });
  |        if false {
 D|            dead();
  |        }
  |    }
  |}
""",
    "A.java": """
  |package a;
H |@Service
H |public class A extends B {
  |    private static final int MAX = 3;
  |    @Value("${x}") private int timeout = 30;
H |    @Override
H |    @Retryable(
H |        max = 3)
H |    public void drain(int a,
H |        int b) throws E
  |    {
H |        try (X x = new X()) {
  |            for (int i = 0; i < 3; i++) {
  |                if (a) {
  |                    foo();
  |                } else {
  |                    bar();
  |                }
  |            }
  |        } catch (E e) {
  |            switch (x) {
  |                case 1:
  |                    q();
  |                    return;
  |                case 2 -> z();
  |                default:
  |                    w();
  |            }
  |            throw e;
H |        } finally {
H |            list.forEach(x -> {
> |                y();
  |            });
  |        }
  |    }
  |}
""",
    "a.c": """
  |#define MAX 3
  |static const int min = 1;
  |enum A { X = 1,
  |  Y = 2 };
  |#if 0
 D|int dead(void) { return 1; }
  |#else
  |int live(void) { return 2; }
  |#endif
H |static int
H |drain(struct pool *p,
H |      int n)
  |{
H |    while (n > 0) {
  |        if (p->x)
  |            return 1;
  |        switch (n) {
  |        case 1:
  |            foo();
  |            break;
  |        default:
  |            bar();
  |        }
H |        if (0) {
 D|            dead();
H |        } else if (n) {
> |            live();
  |        }
  |        goto out;
 D|        dead();
  |    }
  |out:
  |    live();
  |    return 0;
  |}
""",
    "a.cpp": """
H |namespace a {
H |template <typename T>
H |class Pool : public Base {
  | public:
  |  static constexpr int kMax = 3;
H |  int drain(int n = 5) override {
H |    for (auto& x : items) {
H |      try {
H |        auto f = [&](int y) {
> |          return y;
  |        };
  |        throw 1;
 D|        dead();
  |      } catch (const E& e) {
  |        h();
  |      }
  |    }
  |  }
  |};
  |}
""",
    "a.rb": """
H |module A
H |  class Pool < Base
  |    MAX = 3
  |    attr_reader :x
H |    def drain(n,
H |              timeout: 30, max: 5)
  |      @limit = 5
H |      items.each do |x|
H |        if x
  |          return 1
 D|          dead
H |        elsif y
  |          foo
H |        else
H |          bar(
> |            1
  |          )
  |        end
  |        case x
  |        when 1
  |          z
  |        else
  |          w
  |        end
  |      end
  |      begin
  |        raise "x" if y
  |        raise Foo
 D|        dead
  |      rescue E => e
  |        q
  |      ensure
  |        r
  |      end
  |      unless a
  |        b
  |      end
  |    end
  |  end
  |end
""",
    "a.sh": """
  |#!/bin/bash
  |TIMEOUT=${TIMEOUT:-30}
  |readonly MAX=3
H |drain() {
  |  local x=1
H |  for i in 1 2; do
  |    if [ "$i" = 1 ]; then
  |      foo
  |      exit 1
 D|      dead
  |    elif true; then
  |      bar
  |    else
  |      baz
  |    fi
H |    case "$i" in
H |      a)
> |        q
  |        ;;
  |      *)
  |        r
  |        ;;
  |    esac
  |  done
  |  while read -r l; do
  |    x
  |  done
  |}
  |if false; then
 D|  dead
  |fi
  |[ -z "$x" ] && exit 1
  |live
""",
    "a.php": """
  |<?php
  |namespace A;
  |define('MAX', 3);
  |const MIN = 1;
H |class Pool extends Base
  |{
  |    private int $timeout = 30;
H |    #[Route('/x')]
H |    public function drain(
H |        array $a,
H |        int $b = 5
H |    ): string {
  |        foreach ($a as $x) {
  |            if ($x) {
  |                return 1;
 D|                dead();
  |            } elseif ($y) {
  |                foo();
  |            } else {
  |                bar();
  |            }
  |            if ($q)
  |                return 2;
  |            live();
  |        }
H |        switch ($x) {
  |            case 1:
  |                a();
  |                break;
H |            default:
> |                b();
  |        }
  |        try {
  |            c();
  |        } catch (E $e) {
  |            throw $e;
 D|            dead();
  |        }
  |        if (false) {
 D|            dead();
  |        }
  |        $f = function ($x) use ($y) {
  |            return $x;
  |        };
  |        exit(1);
 D|        dead();
  |    }
  |}
""",
    "A.cs": """
H |namespace A
  |{
H |    [ApiController]
H |    public class Pool : Base
  |    {
  |        private const int Max = 3;
  |        public int Timeout { get; set; } = 30;
H |        [HttpGet("x")]
H |        public async Task<int> Drain(
H |            int a,
H |            int b = 5)
  |        {
H |            foreach (var x in items)
  |            {
H |                if (x > 1
H |                    && y)
  |                {
  |                    return 1;
 D|                    dead();
  |                }
H |                else
  |                {
> |                    foo();
  |                }
  |                if (y) return 2;
  |                if (z)
  |                    throw new E();
  |                live();
  |            }
  |            return Helper();
  |            int Helper() { return 1; }
  |        }
  |#if false
 D|        void Old() { }
  |#endif
  |    }
  |}
""",
    "a.kt": """
  |package a
  |const val MAX = 3
H |@Service
H |class Pool(
H |    private val timeout: Int = 30,
H |) : Base() {
  |    companion object {
  |        val LIMIT = 5
  |    }
H |    @Get("/x")
H |    suspend fun drain(a: Int,
H |                      b: Int = 2): Int {
H |        for (x in items) {
  |            if (x > 1) {
  |                return 1
 D|                dead()
  |            } else if (y) {
  |                foo()
  |            } else {
  |                bar()
  |            }
H |            when (x) {
H |                1 -> {
> |                    q()
  |                }
  |                else -> z()
  |            }
  |            items.forEach { y ->
  |                w(y)
  |            }
  |            if (q) return 3
  |            live()
  |        }
  |        try {
  |            a()
  |        } catch (e: E) {
  |            throw e
  |        }
  |        error("x")
 D|        dead()
  |    }
  |}
""",
    "a.swift": """
  |let max = 3
H |class Pool: Base {
  |    static let limit = 5
H |    @discardableResult
H |    func drain(_ a: Int,
H |               b: Int = 2) throws -> Int {
  |        guard let x = y else {
  |            return 1
  |        }
H |        for x in items where x > 1 {
H |            switch x {
H |            case .a:
> |                foo()
  |                break
  |            case .b, .c:
  |                bar()
  |            default:
  |                baz()
  |            }
  |        }
  |        do {
  |            try q()
  |        } catch {
  |            r()
  |        }
  |        fatalError("x")
 D|        dead()
  |    }
  |}
  |#if false
 D|func old() {}
  |#endif
""",
    "a.scala": """
H |object A {
  |  val Max = 3
H |  def drain(a: Int, b: Int = 2): Int = {
H |    x match {
H |      case A(y) =>
> |        foo()
  |      case _ => bar()
  |    }
  |    if (a) {
  |      throw new E
 D|      dead()
  |    }
  |    items.map { x =>
  |      y(x)
  |    }
  |  }
  |}
""",
    "a.pl": """
  |package A;
  |use constant MAX => 3;
  |my $timeout = 30;
H |sub drain {
  |    my ($self, $x) = @_;
  |    return 1 if $x;
H |    foreach my $y (@z) {
H |        if ($y) {
  |            die "x";
 D|            dead();
H |        } elsif ($q) {
> |            foo();
  |        } else {
  |            bar();
  |        }
  |    }
  |    return 2 unless $x;
  |    return 3;
 D|    dead();
  |}
""",
    "a.dart": """
  |const max = 3;
H |class A extends B {
  |  final int timeout = 30;
H |  @override
H |  Widget build(BuildContext context) {
H |    return Column(
H |      children: [
  |        Text('x'),
H |        if (a) ...[
> |          foo(),
  |        ],
  |      ],
  |    );
  |  }
  |}
""",
    "a.sol": """
H |contract A {
  |    uint256 public constant MAX = 3;
H |    function drain(uint a)
H |        external
H |        onlyOwner
  |    {
H |        if (a > 1) {
> |            revert("x");
 D|            dead();
  |        }
  |    }
  |}
""",
    "main.tf": """
  |variable "retries" {
  |  type    = number
  |  default = 3
  |}
H |resource "aws_x" "a" {
  |  name = "x"
H |  lifecycle {
H |    rule {
> |      enabled = true
  |    }
  |  }
  |  tags = {
  |    a = 1
  |  }
  |}
""",
    "a.graphql": """
H |type Query {
> |  users(first: Int = 10): [User!]!
  |}
""",
    "a.proto": """
H |service A {
H |  rpc Get(X) returns (Y) {
H |    option (http) = {
> |      get: "/x"
  |    };
  |  }
  |}
  |message M {
  |  int32 a = 1;
  |}
""",
    "schema.prisma": """
H |model User {
  |  id Int @id @default(autoincrement())
> |  retries Int @default(3)
  |}
""",
    "a.json": """
  |{
H |  "a": {
  |    "retries": 3,
H |    "list": [
  |      {
> |        "x": 1
  |      },
  |      {
  |        "y": 2
  |      }
  |    ]
  |  }
  |}
""",
    "a.css": """
H |@media (max-width: 3px) {
  |  .a,
H |  .b {
> |    color: red;
  |    --gap: 3px;
  |  }
  |}
""",
    "a.clj": """
  |(def max 3)
H |(defn drain
  |  [a b]
H |  (let [x 1]
H |    (when x
> |      (foo))))
""",
    "a.ps1": """
  |$Max = 3
H |function Drain {
  |    param([int]$Timeout = 30)
H |    if ($x) {
> |        return 1
 D|        dead
  |    }
  |}
""",
    "a.r": """
  |max <- 3
H |drain <- function(a, b = 2) {
H |  if (a) {
> |    return(1)
 D|    dead()
  |  }
  |  stop("x")
 D|  dead()
  |}
""",
    "a.sql": """
  |CREATE TABLE users (
  |  id int,
  |  retries int DEFAULT 3,
  |  CHECK (
  |    id > 1
  |  )
  |);
H |CREATE FUNCTION f(a int)
  |RETURNS int AS $$
H |BEGIN
H |  IF a THEN
> |    RETURN 1;
  |  END IF;
  |  RETURN 2;
  |END;
  |$$;
""",
    "a.yaml": """
  |# x
  |on: push
  |env:
  |  RETRIES: 3
H |jobs:
 D|  build:
 D|    if: false
 D|    runs-on: x
 D|    steps:
 D|      - uses: a
 D|        with:
 D|          k: v
 D|      - name: b
 D|        run: |
 D|          if x; then
 D|            y
 D|          fi
H |  test:
H |    steps:
 D|    - name: c
 D|      if: ${{ false }}
 D|      run: z
H |    - name: d
> |      run: w
""",
    "a.toml": """
  |title = "x"
  |[retry]
  |max = 3
H |[retry.inner]
H |list = [
> |  1,
  |  2,
  |]
""",
    "a.ini": """
H |[a]
> |x = 1
  |y: 2
""",
    "Dockerfile": """
H |FROM a AS b
  |ARG V=3
  |ENV X=1 Y=2
H |RUN foo && \\
> |    bar
""",
    "Makefile": """
  |V := 3
  |W ?= 4
H |all: b
> |	foo
  |ifeq ($(X),1)
  |	bar
  |endif
""",
    "a.lua": """
  |local MAX = 3
  |local M = {}
H |function M.drain(a, b)
H |  if a then
  |    return 1
  |  elseif b then
  |    foo()
H |  else
H |    for i = 1, 3 do
> |      error("x")
 D|      dead()
  |    end
  |  end
  |  if false then
 D|    dead()
  |  end
  |end
  |M.config = {
  |  timeout = 30,
  |}
""",
    "a.ex": """
H |defmodule A do
  |  @max 3
  |  @doc "x"
H |  def drain(a, b \\\\ 2) do
  |    case a do
  |      1 ->
  |        raise "x"
  |      _ ->
  |        foo()
  |    end
H |    with {:ok, x} <- y do
  |      z
H |    else
> |      q -> w
  |    end
  |  end
  |end
""",
    "a.hs": """
  |module A where
  |maxN = 3
  |drain :: Int -> Int
H |drain x
  |  | x > 1 = foo
H |  | otherwise = do
  |      y <- bar
> |      return y
  |      baz
  |  where
  |    foo = 1
""",
    "a.jl": """
  |const MAX = 3
H |function drain(a, b=2)
H |    if a
> |        return 1
 D|        dead()
  |    end
  |end
""",
    "a.nim": """
  |const max = 3
H |proc drain(a: int, b = 2): int =
H |  if a:
> |    return 1
 D|    dead()
""",
    "a.html": """
  |<html>
H |<body>
H |  <div class="a"
  |       id="b">
H |    <ul>
H |      <li v-if="x">
> |        foo
  |      </li>
  |    </ul>
  |    {% if false %}
 D|      <p>dead</p>
  |    {% endif %}
  |  </div>
  |</body>
  |</html>
""",
    "a.vue": """
  |<template>
  |  <p v-if="x">
  |    y
  |  </p>
  |</template>
H |<script lang="ts">
  |const MAX = 3;
H |export default {
H |  methods: {
H |    drain() {
H |      if (a) {
> |        return 1
 D|        dead()
  |      }
  |    }
  |  }
  |}
  |</script>
""",
    "a.erb": """
H |<div>
H |  <% if x %>
H |    <p>
> |      <%= y # c %>
  |    </p>
  |  <% end %>
  |</div>
""",
    "README.md": """
H |# A
  |text
H |## B
> |more
""",
    "a.bzl": """
  |MAX = 3
H |def drain(a, b = 2):
  |    if a:
  |        return 1
 D|        dead()
H |    foo(
> |        name = "x",
  |    )
""",
    "nginx.conf": """
H |http {
H |  server {
  |    listen 80;
H |    location /x {
> |      proxy_read_timeout 30s;
  |    }
  |  }
  |}
""",
    "CMakeLists.txt": """
  |set(MAX 3)
  |if(FALSE)
 D|  foo()
  |endif()
H |function(bar x)
> |  baz()
  |endfunction()
""",
    "a.f90": """
  |module a
  |  integer, parameter :: max = 3
H |contains
H |  subroutine f(x)
H |    if (x) then
> |      return
  |    end if
  |  end subroutine
  |end module
""",
    "a.bat": """
  |set MAX=3
H |if exist x (
> |  foo
  |)
  |goto :eof
 D|bar
  |:label
  |baz
""",
}


def unmarked(marked: str) -> tuple[str, list[str]]:
    lines = marked.strip("\n").split("\n")
    return "".join(f"{line[3:]}\n" for line in lines), [line[:2] for line in lines]


@pytest.mark.parametrize(("path", "marked"), CASES.items(), ids=CASES)
def test_headers_are_the_lines_that_a_line_stands_inside(path: str, marked: str) -> None:
    text, marks = unmarked(marked)
    cited = next(line for line, mark in enumerate(marks, 1) if mark[0] == ">")

    headers = read_source(path, text).headers(Lines(cited, cited))

    assert list(headers) == [line for line, mark in enumerate(marks, 1) if mark[0] == "H"]


@pytest.mark.parametrize(("path", "marked"), CASES.items(), ids=CASES)
def test_dead_lines_are_those_that_never_run(path: str, marked: str) -> None:
    text, marks = unmarked(marked)
    reading = read_source(path, text)

    dead = [line for line in range(1, len(marks) + 1) if reading.dead_reason(Lines(line, line))]

    assert dead == [line for line, mark in enumerate(marks, 1) if mark[1] == "D"]


REASONS = {
    "return": ("a.py", "def a():\n    return 1\n    b()\n", 3, "stands after return"),
    "exit": ("a.sh", "exit 0\nb\n", 2, "stands after exit"),
    "never": ("a.py", "if False:\n    b()\n", 2, "stands under a condition that is never true"),
    "preprocessor": ("a.c", "#if 0\nint a(void) { return b(); }\n#else\nint c;\n#endif\n", 2, "stands under `#if 0`"),
    "attribute": ("a.rs", "#[cfg(any())]\nmod a {\n    fn b() {}\n}\n", 3, "stands under `#[cfg(any())]`"),
    "build": (
        "a.go",
        "//go:build ignore\n\npackage a\n\nfunc A() {}\n",
        5,
        "is left out of every build by `//go:build ignore`",
    ),
    "workflow": (
        ".github/workflows/a.yml",
        "jobs:\n  a:\n    if: false\n    b: c\n",
        4,
        "is switched off by `if: false`",
    ),
    "jsx": (
        "a.jsx",
        "const a = (\n  <p>\n    {false && (\n      <b />\n    )}\n  </p>\n);\n",
        4,
        "stands under a condition that is never true",
    ),
}


@pytest.mark.parametrize(("path", "text", "line", "reason"), REASONS.values(), ids=REASONS)
def test_a_reason_is_said_in_words(path: str, text: str, line: int, reason: str) -> None:
    assert read_source(path, text).dead_reason(Lines(line, line)) == reason


LIVE = {
    "return under a condition on its line": ("a.py", "def a():\n    if b: return\n    c()\n"),
    "return under a condition without braces": ("a.c", "int a(void) {\n  if (b)\n    return 1;\n  return 2;\n}\n"),
    "return in a branch": ("a.js", "function a() {\n  if (b) {\n    return 1;\n  }\n  c();\n}\n"),
    "a modifier": ("a.rb", "def a\n  return 1 if b\n  raise C unless d\n  e\nend\n"),
    "a modifier in perl": ("a.pl", "sub a {\n    return 1 if $b;\n    die 'x' unless $c;\n    d();\n}\n"),
    "a modifier on a line of its own": (
        "a.pl",
        "sub a {\n    croak 'x'\n        unless $b;\n    return c()\n        if $d;\n    e();\n}\n",
    ),
    "text of many lines": ("a.pl", "sub a {\n    return <<'END';\nb\nc();\nEND\n}\n"),
    "a macro that hides a condition": (
        "a.c",
        "int a(int b) {\n  if unlikely(b == 0) return (int)c;\n  return d(b);\n}\n",
    ),
    "macros that say nothing": ("a.c", "int a(void) {\n  DIAG_PUSH\n  return b();\n  DIAG_POP\n}\n"),
    "a call that is named like a keyword": ("a.py", "def a():\n    goto(1)\n    b()\n"),
    "exit behind a condition": ("a.sh", "[ -f a ] || exit 1\nb\n"),
    "a hoisted function": ("a.js", "function a() {\n  return b();\n  function b() { return 1; }\n}\n"),
    "a local function": ("A.cs", "class A {\n  int B() {\n    return C();\n    int C() { return 1; }\n  }\n}\n"),
    "a label": ("a.c", "int a(void) {\n  goto out;\nout:\n  return 1;\n}\n"),
    "another case": (
        "a.c",
        "int a(int b) {\n  switch (b) {\n  case 1:\n    return 1;\n  case 2:\n    return 2;\n  }\n}\n",
    ),
    "a name that only begins so": ("a.py", "def a():\n    returned = 1\n    b(returned)\n"),
    "a name that is false": ("a.py", "if FALSE_POSITIVES:\n    b()\nif not False:\n    c()\n"),
    "or false": ("a.py", "if a or False:\n    b()\n"),
    "true in ruby": ("a.rb", "if 0\n  a\nend\n"),
    "compared with zero": (
        "a.c",
        "int a(int b) {\n  if (b == 0) {\n    c();\n  }\n  while (b > 0) {\n    d();\n  }\n}\n",
    ),
    "a flag of the build": ("a.c", "#ifdef DEBUG\nint a;\n#else\nint b;\n#endif\n#if 1\nint c;\n#endif\n"),
    "tests alone": ("a.rs", "#[cfg(test)]\nmod a {\n    fn b() {}\n}\n"),
    "a system": ("a.go", "//go:build linux\n\npackage a\n\nfunc A() {}\n"),
    "ignore in a comment": ("a.go", "package a\n\n// go:build ignore is not used here\nfunc A() {}\n"),
    "if false in data": ("a.yaml", "rules:\n  - if: false\n    then: x\n"),
    "another condition": (".github/workflows/a.yml", "jobs:\n  a:\n    if: github.ref == 'x'\n    b: c\n"),
    "a step beside one that is switched off": (".github/workflows/a.yml", "jobs:\n  a:\n    steps:\n      - run: b\n"),
    "return of a monad": ("a.hs", "a = do\n  return 1\n  b\n"),
    "return of nginx": ("nginx.conf", "location /a {\n  return 200;\n  add_header B c;\n}\n"),
    "type checking": ("a.py", "if TYPE_CHECKING:\n    import a\n"),
    "finally": ("a.py", "def a():\n    try:\n        return b()\n    finally:\n        c()\n"),
    "early return in kotlin": ("a.kt", "fun a() {\n    val b = c ?: return\n    d(b)\n}\n"),
    "a guard": ("a.swift", "func a() {\n    guard b else { return }\n    c()\n}\n"),
    "an arrow": ("a.ts", "const a = () => {\n  b(() => { return 1; });\n  c();\n};\n"),
    "a value over lines": ("a.js", "function a() {\n  return (\n    b() &&\n    c()\n  );\n}\n"),
    "a value over lines in php": ("a.php", "<?php\nfunction a() {\n    return $b\n        ->c()\n        ->d();\n}\n"),
    "a table that is returned": ("a.lua", "return {\n  a = 1,\n  b = 2,\n}\n"),
}


@pytest.mark.parametrize(("path", "text"), LIVE.values(), ids=LIVE)
def test_what_may_run_is_not_dead(path: str, text: str) -> None:
    reading = read_source(path, text)

    assert [line for line in range(1, len(reading.kinds) + 1) if reading.dead_reason(Lines(line, line))] == []


def test_a_range_is_dead_where_all_its_code_is() -> None:
    reading = read_source("a.py", "def a():\n    return 1\n\n    # old\n    b()\n    c()\n")

    assert reading.dead_reason(Lines(3, 6)) == "stands after return"
    assert reading.dead_reason(Lines(2, 6)) is None
    assert reading.dead_reason(Lines(3, 4)) is None


def test_a_range_has_the_headers_of_its_first_code() -> None:
    reading = read_source("a.py", "class A:\n    def b(self):\n\n        # why\n        c()\n    def d(self): e()\n")

    assert reading.headers(Lines(5, 6)) == (1, 2)
    assert reading.headers(Lines(3, 5)) == (1, 2)
    assert reading.headers(Lines(4, 4)) == (1, 2)
    assert reading.headers(Lines(1, 1)) == ()


def test_headers_are_few_and_keep_the_outermost_definition_and_the_innermost_condition() -> None:
    text = "class A:\n    def b(self):\n" + "".join(f"{'    ' * (n + 2)}if c{n}:\n" for n in range(20))

    headers = read_source("a.py", f"{text}{'    ' * 22}d()\n").headers(Lines(23, 23))

    assert len(headers) == MOST_HEADERS
    assert headers[:2] == (1, 2)
    assert headers[2:] == tuple(range(13, 23))


def test_headers_of_what_is_outside_the_file_are_none() -> None:
    reading = read_source("a.py", "a = 1\n")

    assert reading.headers(Lines(5, 9)) == ()
    assert reading.dead_reason(Lines(5, 9)) is None
    assert reading.names_used(Lines(5, 9)) == frozenset()
