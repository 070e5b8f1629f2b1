"""Citations looked up in a commit: how they stand, what they quote, and whether they may be shown as evidence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.conftest import Commit
from verifier.evidence.grounding import SMALL_FILE_LINES, ground
from verifier.repository.index import Index
from verifier.values.grounding import Standing, TextKind
from verifier.values.source import Lines
from verifier.values.verdict import Citation, Role

POOL = '''"""A pool that drains itself and logs it."""

import logging


class Pool:
    """Drains on shutdown."""

    def __init__(self):
        self.items = []

    def drain(self):
        # drain retries three times
        while self.items:
            self.close_one(self.items.pop())

    def close_one(self, item):
        item.shutdown(timeout=30)

    def refill(self):
        raise NotImplementedError


MAX_IDLE = 30
'''
MAIN = "from pool import Pool\n\n\ndef stop(pool: Pool):\n    pool.drain()\n"
TEST = "from pool import Pool\n\n\ndef test_drain():\n    assert Pool().drain() is None\n"
README = "# Pool\n\nThe pool drains on shutdown.\n"
FILES = {"pool.py": POOL, "main.py": MAIN, "tests/test_pool.py": TEST, "README.md": README}


def cite(path: str, first: int, quote: str, last: int | None = None, role: Role = Role.SUPPORTS) -> Citation:
    lines = quote.count("\n") + 1
    return Citation(path, first, first + lines - 1 if last is None else last, quote, role)


LOOP = "        while self.items:\n            self.close_one(self.items.pop())"


@pytest.mark.parametrize(
    ("citation", "standing", "found"),
    [
        pytest.param(cite("pool.py", 14, LOOP), Standing.EXACT, (Lines(14, 15),), id="exact"),
        pytest.param(cite("pool.py", 2, LOOP), Standing.MOVED, (Lines(14, 15),), id="moved"),
        pytest.param(cite("pool.py", 900, LOOP), Standing.MOVED, (Lines(14, 15),), id="moved from outside the file"),
        pytest.param(cite("pool.py", 14, LOOP, last=20), Standing.MOVED, (Lines(14, 15),), id="a wider range"),
        pytest.param(cite("pool.py", 14, LOOP.strip()), Standing.NOT_FOUND, (), id="tidied"),
        pytest.param(cite("main.py", 4, LOOP), Standing.NOT_FOUND, (), id="from another file"),
        pytest.param(cite("pool.py", 60, "x = 1"), Standing.OUTSIDE_FILE, (), id="outside the file"),
        pytest.param(cite("pools.py", 14, LOOP), Standing.NO_SUCH_FILE, (), id="no such file"),
        pytest.param(cite("../pool.py", 14, LOOP), Standing.NO_SUCH_FILE, (), id="a path out of the commit"),
        pytest.param(cite("/etc/passwd", 1, "root"), Standing.NO_SUCH_FILE, (), id="a path of the machine"),
        pytest.param(
            replace(cite("pool.py", 3, ""), malformed="the quote is empty"), Standing.MALFORMED, (), id="malformed"
        ),
    ],
)
def test_a_citation_stands_as_the_commit_has_it(
    commit: Commit, citation: Citation, standing: Standing, found: tuple[Lines, ...]
) -> None:
    grounding = ground(citation, Index(commit(FILES)))

    assert (grounding.standing, grounding.found) == (standing, found)
    assert grounding.stands == (standing in (Standing.EXACT, Standing.MOVED))


def test_a_wrong_path_is_shown_the_near_one(commit: Commit) -> None:
    assert ground(cite("src/pool.py", 14, LOOP), Index(commit(FILES))).near_path == "pool.py"


def test_a_quote_that_is_not_there_is_shown_what_is(commit: Commit) -> None:
    grounding = ground(cite("pool.py", 24, "MAX_IDLE = 60"), Index(commit(FILES)))

    assert grounding.true_text == "MAX_IDLE = 30"


ASSERTS = "    assert Pool().drain() is None"
REFILLS = "    def refill(self):\n        raise NotImplementedError"


@pytest.mark.parametrize(
    ("citation", "kind"),
    [
        pytest.param(cite("pool.py", 14, LOOP), TextKind.CODE, id="code"),
        pytest.param(cite("pool.py", 13, "        # drain retries three times"), TextKind.PROSE, id="a comment"),
        pytest.param(cite("pool.py", 7, '    """Drains on shutdown."""'), TextKind.PROSE, id="a docstring"),
        pytest.param(cite("README.md", 3, "The pool drains on shutdown."), TextKind.PROSE, id="a README"),
        pytest.param(cite("tests/test_pool.py", 5, ASSERTS), TextKind.TEST, id="a test"),
        pytest.param(
            cite("pool.py", 13, "        # drain retries three times\n        while self.items:"),
            TextKind.CODE,
            id="code with a comment",
        ),
        pytest.param(cite("pool.py", 24, "MAX_IDLE = 30"), TextKind.CODE, id="no word of the claim"),
        pytest.param(cite("pool.py", 6, "class Pool:"), TextKind.CODE, id="a class with a stub in it"),
    ],
)
def test_what_kind_of_text_it_is_labels_a_citation_and_bars_none(
    commit: Commit, citation: Citation, kind: TextKind
) -> None:
    grounding = ground(citation, Index(commit(FILES)))

    assert (grounding.standing, grounding.kind, grounding.why_not) == (Standing.EXACT, kind, ())
    assert grounding.stands


NOT_THE_PRODUCT = {
    "vendor/pool/pool.go": "package pool\n\nfunc Drain() int { return close(1) }\n",
    "node_modules/pool/index.js": "exports.drain = () => close(1)\n",
    "pool_pb2.py": "# Generated by the protocol buffer compiler.  DO NOT EDIT!\ndrain = close(1)\n",
    "pool.min.js": "var drain=()=>close(1);\n",
}


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(
    ("path", "line", "quote", "what"),
    [
        pytest.param("vendor/pool/pool.go", 3, "func Drain() int { return close(1) }", "vendored", id="vendored"),
        pytest.param("node_modules/pool/index.js", 1, "exports.drain = () => close(1)", "vendored", id="installed"),
        pytest.param("pool_pb2.py", 2, "drain = close(1)", "generated", id="generated"),
        pytest.param("pool.min.js", 1, "var drain=()=>close(1);", "minified", id="minified"),
    ],
)
def test_what_is_not_the_product_stands_only_where_the_claim_names_the_file(
    commit: Commit, path: str, line: int, quote: str, what: str, role: Role
) -> None:
    index = Index(commit(NOT_THE_PRODUCT))

    grounding = ground(cite(path, line, quote, role=role), index)

    assert str(grounding.kind) == what
    assert grounding.why_not == (f"the file is {what}, and the claim does not name it",)
    assert not grounding.stands
    assert ground(cite(path, line, quote, role=role), index, named=True).stands


def test_a_stub_bears_nothing_out_and_speaks_against_a_claim(commit: Commit) -> None:
    index = Index(commit(FILES))

    supports = ground(cite("pool.py", 20, REFILLS), index)
    contradicts = ground(cite("pool.py", 20, REFILLS, role=Role.CONTRADICTS), index)

    assert supports.stub == contradicts.stub == "only says that it is not implemented"
    assert supports.why_not == ("a stub: only says that it is not implemented",)
    assert contradicts.why_not == ()


def test_a_stub_of_what_is_defined_elsewhere_too_speaks_against_nothing(commit: Commit) -> None:
    full = "class FullPool(Pool):\n    def refill(self):\n        self.items += make()\n"
    index = Index(commit({**FILES, "full.py": full}))

    grounding = ground(cite("pool.py", 20, REFILLS, role=Role.CONTRADICTS), index)

    assert grounding.why_not == ("a stub, but refill is also at full.py:2",)


def test_a_call_of_nothing_but_stubs_bears_nothing_out(commit: Commit) -> None:
    caller = "def renew(pool):\n    pool.refill()\n"
    index = Index(commit({**FILES, "renew.py": caller}))

    supports = ground(cite("renew.py", 2, "    pool.refill()"), index)

    assert supports.why_not == ("all that it calls is a stub: refill",)
    assert ground(cite("renew.py", 2, "    pool.refill()", role=Role.CONTRADICTS), index).stands
    assert ground(cite("main.py", 5, "    pool.drain()"), index).stands


@pytest.mark.parametrize(
    ("path", "text", "line", "why"),
    [
        pytest.param("ring.h", "int ring_push(int *ring);\n", 1, "a declaration without a body", id="a C prototype"),
        pytest.param(
            "store.py",
            "from abc import *\n\nclass Store(ABC):\n    @abstractmethod\n    def evict(self): ...\n",
            5,
            "a declaration without a body",
            id="an abstract method",
        ),
        pytest.param(
            "store.kt", "interface Store {\n  fun evict(n: Int)\n}\n", 2, "a declaration without a body", id="Kotlin"
        ),
        pytest.param("pool.test.js", 'test("drains", () => {});\n', 1, "an empty test", id="a test that says nothing"),
    ],
)
def test_a_declaration_without_a_body_bears_nothing_out(
    commit: Commit, path: str, text: str, line: int, why: str
) -> None:
    index, quote = Index(commit({path: text})), text.split("\n")[line - 1]

    assert ground(cite(path, line, quote), index).why_not == (why,)
    assert ground(cite(path, line, quote, role=Role.CONTRADICTS), index).stands


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        pytest.param("ring.h", "#define SIZE 64\n", 1, id="a macro"),
        pytest.param("Store.cs", "public record Entry(string Key, int Size);\n", 1, id="a record"),
        pytest.param("Store.cs", "public record struct Entry(string Key);\n", 1, id="a record that is a struct"),
        pytest.param("store.kt", "interface Store {\n  fun evict(n: Int) = n + 1\n}\n", 2, id="a default method"),
        pytest.param("store.ts", "interface Options {\n  timeout?: number;\n}\n", 2, id="a member that is data"),
        pytest.param("pool.test.js", 'test("drains", () => { expect(f(1)).toBe(2); });\n', 1, id="a test"),
    ],
)
def test_what_needs_no_body_is_evidence(commit: Commit, path: str, text: str, line: int) -> None:
    assert ground(cite(path, line, text.split("\n")[line - 1]), Index(commit({path: text}))).stands


DEAD: list[Any] = [
    pytest.param("a.py", "def drain():\n    return 1\n    pool.close()\n", 3, id="after a return"),
    pytest.param("a.py", "def drain():\n    raise Gone\n    pool.close()\n", 3, id="after a raise"),
    pytest.param("a.py", "def drain(pool):\n    if False:\n        pool.close()\n    return pool\n", 3, id="if False"),
    pytest.param(
        "a.yml", "jobs:\n  drain:\n    if: false\n    steps:\n      - run: pool close\n", 5, id="a job with if: false"
    ),
]


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(("path", "text", "line"), DEAD)
def test_what_never_runs_is_no_evidence_either_way(commit: Commit, path: str, text: str, line: int, role: Role) -> None:
    where = f".github/workflows/{path}" if path.endswith(".yml") else path
    index = Index(commit({where: text}))

    grounding = ground(cite(where, line, text.split("\n")[line - 1], role=role), index)

    assert grounding.dead
    assert f"it never runs: {grounding.dead}" in grounding.why_not
    assert not grounding.stands


def test_what_a_preprocessor_leaves_out_is_a_comment(commit: Commit) -> None:
    text = "#if 0\nvoid drain(void) { pool_close(); }\n#endif\nint x;\n"

    grounding = ground(cite("a.c", 2, text.split("\n")[1]), Index(commit({"a.c": text})))

    assert grounding.kind is TextKind.PROSE


LIVE: list[Any] = [
    pytest.param(
        "a.py", "def drain(pool):\n    if done:\n        return 1\n    pool.close()\n", 4, id="a return in an if"
    ),
    pytest.param("a.py", "def drain(pool):\n    if not False:\n        pool.close()\n", 3, id="if not False"),
    pytest.param("a.c", "#if 0\nint x;\n#else\nvoid drain(void) { pool_close(); }\n#endif\n", 4, id="#else of #if 0"),
]


@pytest.mark.parametrize(("path", "text", "line"), LIVE)
def test_what_may_run_is_not_called_dead(commit: Commit, path: str, text: str, line: int) -> None:
    grounding = ground(cite(path, line, text.split("\n")[line - 1]), Index(commit({path: text})))

    assert grounding.dead is None
    assert grounding.stands


IMPORTS: list[Any] = [
    pytest.param("a.py", "from pool import drain\n\ndrain()\n", 1, "from pool import drain", id="Python"),
    pytest.param("a.py", "from pool import (\n    drain,\n    fill,\n)\n\ndrain()\n", 2, "    drain,", id="of a list"),
    pytest.param(
        "a.ts", 'import { drain } from "./pool";\n\ndrain();\n', 1, 'import { drain } from "./pool";', id="TS"
    ),
    pytest.param("a.rb", "require 'pool'\n\ndrain\n", 1, "require 'pool'", id="Ruby"),
]


@pytest.mark.parametrize(("path", "text", "line", "quote"), IMPORTS)
def test_an_import_alone_is_evidence_only_for_a_claim_about_importing(
    commit: Commit, path: str, text: str, line: int, quote: str
) -> None:
    index = Index(commit({path: text}))

    assert ground(cite(path, line, quote), index).why_not == ("only an import",)
    assert ground(cite(path, line, quote), index, about_imports=True).stands


def test_an_import_beside_code_is_evidence(commit: Commit) -> None:
    index = Index(commit({"a.py": "from pool import drain\n\ndrain()\nx = important\n"}))

    assert ground(cite("a.py", 1, "from pool import drain\n\ndrain()"), index).stands
    assert ground(cite("a.py", 4, "x = important"), index).stands


def test_the_whole_file_is_no_evidence(commit: Commit) -> None:
    grounding = ground(cite("pool.py", 1, POOL.rstrip("\n")), Index(commit(FILES)))

    assert grounding.standing is Standing.EXACT
    assert grounding.why_not == ("cites the whole file",)


@pytest.mark.parametrize("quote", ["}", "    )", "else:", "        pass", "{"])
def test_a_quote_that_says_nothing_is_no_evidence(commit: Commit, quote: str) -> None:
    index = Index(commit({"a.js": f"function drain() {{\n{quote}\nreturn items.close()\n}}\n"}))

    grounding = ground(cite("a.js", 2, quote), index)

    assert grounding.standing is Standing.EXACT
    assert "quotes nothing but punctuation" in grounding.why_not


def test_a_small_file_may_be_cited_whole(commit: Commit) -> None:
    text = "\n".join(f"ITEM_{n} = close({n})" for n in range(SMALL_FILE_LINES))
    index = Index(commit({"items.py": text + "\n"}))

    assert ground(cite("items.py", 1, text), index).stands


def test_an_elision_over_half_the_file_points_at_nothing(commit: Commit) -> None:
    body = "\n".join(f"    close({n})" for n in range(90))
    index = Index(commit({"items.py": f"def drain():\n{body}\n    return done\n\n\n" + "LAST = 1\n" * 30}))

    grounding = ground(Citation("items.py", 1, 92, "def drain():\n...\n    return done"), index)

    assert grounding.standing is Standing.EXACT
    assert grounding.why_not == ("spans 92 lines for a quote of 3",)


def test_a_quote_that_leaves_lines_out_across_definitions_says_nothing_of_either(commit: Commit) -> None:
    index = Index(commit(FILES))
    across = Citation("pool.py", 12, 18, "    def drain(self):\n...\n        item.shutdown(timeout=30)")
    within = Citation("pool.py", 12, 15, f"    def drain(self):\n...\n{LOOP.splitlines()[1]}")
    whole = cite("pool.py", 15, "\n".join(POOL.split("\n")[14:18]))

    assert ground(across, index).why_not == ("the quote leaves lines out and runs across definitions",)
    assert ground(within, index).stands
    assert ground(whole, index).stands


def test_a_definition_that_nothing_refers_to_is_warned_of_but_stands(commit: Commit) -> None:
    lonely = "def drain_everything(pool):\n    pool.close()\n"
    index = Index(commit({"lonely.py": lonely, "tests/test_lonely.py": "from lonely import drain_everything\n"}))

    grounding = ground(cite("lonely.py", 2, "    pool.close()"), index)

    assert grounding.unreferenced == "drain_everything"
    assert grounding.stands


def test_a_definition_that_is_called_is_not_warned_of(commit: Commit) -> None:
    assert ground(cite("pool.py", 14, LOOP), Index(commit(FILES))).unreferenced is None


def test_verifiers_own_files_cannot_be_cited(commit: Commit) -> None:
    index = Index(commit({**FILES, "claims/pool.yaml": "x: the pool drains\n"}, own=("claims/pool.yaml",)))

    assert ground(cite("claims/pool.yaml", 1, "x: the pool drains"), index).standing is Standing.NO_SUCH_FILE


@pytest.mark.parametrize("line", [" " * 50_000 + "!", "a " * 50_000 + "!", ")" * 50_000 + "!"])
def test_a_long_line_among_imports_takes_no_more_than_its_length(commit: Commit, line: str) -> None:
    quote = f"import (\n{line}"
    index = Index(commit({"main.go": f"package main\n\n{quote}\n)\n"}))

    assert "only an import" not in ground(Citation("main.go", 3, 4, quote), index).why_not
