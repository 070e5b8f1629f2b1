"""Which paths a pattern names."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.repository.globbing import any_matches, is_glob, matching

PATHS = (
    ".github/workflows/ci.yml",
    "Dockerfile",
    "README.md",
    "app/[id]/page.tsx",
    "app/i/page.tsx",
    "docs/guide/start.md",
    "k8s/base/deploy.yaml",
    "k8s/service.yaml",
    "k8s.md",
    "src/a.py",
    "src/b.pyi",
    "src/core/c.py",
    "src/core/deep/d.py",
    "src/{x}.py",
    "test/src/a.py",
    "with\nline.py",
    "ünï.py",
)

NAMED = [
    ("exact", "src/a.py", ["src/a.py"]),
    ("exact-with-brackets", "app/[id]/page.tsx", ["app/[id]/page.tsx"]),
    ("exact-with-braces", "src/{x}.py", ["src/{x}.py"]),
    ("leading-dot-slash", "./src/a.py", ["src/a.py"]),
    ("folder", "k8s", ["k8s/base/deploy.yaml", "k8s/service.yaml"]),
    ("folder-with-slash", "k8s/", ["k8s/base/deploy.yaml", "k8s/service.yaml"]),
    ("folder-with-brackets", "app/[id]", ["app/[id]/page.tsx"]),
    ("hidden-folder", ".github", [".github/workflows/ci.yml"]),
    ("whole-commit", ".", list(PATHS)),
    ("star", "src/*", ["src/a.py", "src/b.pyi", "src/{x}.py"]),
    ("star-and-ending", "src/*.py", ["src/a.py", "src/{x}.py"]),
    ("star-at-the-root", "*.md", ["README.md", "k8s.md"]),
    ("star-for-a-folder", "*/core/c.py", ["src/core/c.py"]),
    ("hidden-matches-a-star", "*/workflows/*", [".github/workflows/ci.yml"]),
    ("question-mark", "src/?.py", ["src/a.py"]),
    ("anywhere", "**/a.py", ["src/a.py", "test/src/a.py"]),
    ("anywhere-includes-the-root", "**/*.md", ["README.md", "docs/guide/start.md", "k8s.md"]),
    ("everything-below", "src/core/**", ["src/core/c.py", "src/core/deep/d.py"]),
    ("between", "src/**/d.py", ["src/core/deep/d.py"]),
    ("between-may-be-nothing", "src/**/a.py", ["src/a.py"]),
    ("stars-within-a-name", "src/**.py", ["src/a.py", "src/core/c.py", "src/core/deep/d.py", "src/{x}.py"]),
    ("everything", "**", list(PATHS)),
    ("class", "src/[ab].py*", ["src/a.py", "src/b.pyi"]),
    ("range", "src/[a-z].py", ["src/a.py"]),
    ("class-that-is-not", "src/[!a].*", ["src/b.pyi"]),
    ("alternatives", "{README,k8s}.md", ["README.md", "k8s.md"]),
    ("alternatives-with-folders", "{docs/**,src/core}/*.{md,py}", ["docs/guide/start.md", "src/core/c.py"]),
    ("alternatives-within", "src/{core/{c,deep/d},a}.py", ["src/a.py", "src/core/c.py", "src/core/deep/d.py"]),
    ("alternative-of-nothing", "src/b.py{,i}", ["src/b.pyi"]),
    ("globbed-folder", "**/core", ["src/core/c.py", "src/core/deep/d.py"]),
    ("globbed-folder-with-slash", "src/*/", ["src/core/c.py", "src/core/deep/d.py"]),
    ("line-break", "with*", ["with\nline.py"]),
    ("not-ascii", "ün?.py", ["ünï.py"]),
    ("not-there", "src/z.py", []),
    ("other-case", "SRC/A.PY", []),
    ("part-of-a-name", "src/a", []),
    ("part-of-a-folder", "src/cor", []),
    ("middle-of-a-path", "core/c.py", []),
    ("star-stays-in-its-folder", "src*c.py", []),
    ("question-mark-is-no-slash", "src?a.py", []),
    ("class-is-no-slash", "src[^x]a.py", []),
    ("dot-is-a-dot", "READM.?md", []),
    ("regular-expression", "src/.*", []),
    ("alternation", "src/a.py|README.md", []),
    ("unclosed-class", "src/[a.py", []),
    ("unclosed-brace", "src/{a.py", []),
    ("lone-brace", "src/{a}.py", []),
    ("reversed-range", "src/[z-a].py", []),
    ("absolute", "/src/a.py", []),
    ("home", "~/src/a.py", []),
    ("parent", "../src/a.py", []),
    ("parent-within", "src/../src/a.py", []),
    ("parent-and-glob", "src/core/../*", []),
    ("backslash", "src\\a.py", []),
    ("nul", "src/a.py\0", []),
    ("empty", "", []),
    ("lone-surrogate", "src/\ud800*", []),
    ("too-long", "*" * 1001, []),
]


@pytest.mark.parametrize(("pattern", "named"), [n[1:] for n in NAMED], ids=[n[0] for n in NAMED])
def test_a_pattern_names_paths(pattern: str, named: list[str]) -> None:
    assert matching(pattern, PATHS) == tuple(named)


@pytest.mark.parametrize(("pattern", "named"), [n[1:] for n in NAMED], ids=[n[0] for n in NAMED])
def test_one_path_at_a_time_says_the_same(pattern: str, named: list[str]) -> None:
    # A list of patterns knows no commit, so a name with brackets is also read as a glob.
    also = {"app/[id]/page.tsx": "app/i/page.tsx"}.get(pattern)

    assert [path for path in PATHS if any_matches((pattern,), path)] == [*named, *([also] if also else [])]


def test_several_patterns_name_what_any_of_them_names() -> None:
    patterns = ("*.md", "[broken", "/absolute", "src/core/")

    assert [path for path in PATHS if any_matches(patterns, path)] == [
        "README.md",
        "k8s.md",
        "src/core/c.py",
        "src/core/deep/d.py",
    ]
    assert not any_matches((), "README.md")
    assert not any_matches(("", "/x"), "README.md")


def test_a_glob_is_told_from_a_path() -> None:
    assert [is_glob(p) for p in ("*.py", "a?", "[a]", "{a,b}")] == [True] * 4
    assert [is_glob(p) for p in ("src/a.py", "k8s/", "", "a]b}")] == [False] * 4


HOSTILE = [
    "*a" * 400 + "b",
    "**/" * 300 + "b",
    "{a,b}" * 200,
    "{" * 400 + "a,b" + "}" * 400,
    "{a,{b,{c,{d," * 60,
    "[" * 1000,
    "?" * 1000,
    "[a-z]*" * 160,
    "{*a,*b}" * 140 + "c",
]


@pytest.mark.parametrize("pattern", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_pattern_takes_no_long_time(pattern: str) -> None:
    paths = tuple("a" * 200 + str(i) for i in range(300))

    matching(pattern, paths)
    any_matches((pattern, "x"), "a/" * 500 + "a" * 5000)


@given(st.text(alphabet="ab/*?[]{},!^-.\\\n", max_size=30), st.text(alphabet="ab/.[]{}\n", min_size=1, max_size=15))
@settings(max_examples=500, deadline=None)
def test_no_pattern_raises(pattern: str, path: str) -> None:
    assert set(matching(pattern, (path,))) <= {path}
    any_matches((pattern,), path)


@given(st.text(alphabet="ab*?[]{},!^-.", min_size=1, max_size=15).filter(lambda name: name.strip(".")))
@settings(max_examples=300, deadline=None)
def test_a_path_names_itself(path: str) -> None:
    assert matching(path, (path, "other")) == (path,)
    assert any_matches((path,), path)
