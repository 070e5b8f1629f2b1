"""Lint warns of claims that nobody can verify or a model will misread, and keeps quiet about good ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from verifier.claim_files import Problem, Severity, lint, load_claims

PATHS = ("docker/Dockerfile", "src/core/pool.py", "src/main.py", "tests/test_pool.py")


def warnings(folder: Path, text: str, paths: tuple[str, ...] | None = None) -> list[str]:
    file = folder / "set.yaml"
    file.write_text(text, encoding="utf-8")
    return [str(problem).removeprefix(f"{folder}/") for problem in lint(load_claims(file), paths)]


def one(rest: str) -> str:
    return f"title: T\nclaims:\n  - id: a\n    {rest}\n"


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        pytest.param(
            one("statement: A robust and production ready `Pool`"),
            'set.yaml:4: claim "a": no commit can bear out "robust", "production ready"; say what the code does',
            id="undecidable",
        ),
        pytest.param(
            one("statement: `Pool` stands in lines 10-20".replace("`Pool`", "The `Pool`")),
            'set.yaml:4: claim "a": a line number, "lines 10-20", in the statement; a model repeats it: '
            "name the definition",
            id="line-numbers",
        ),
        pytest.param(
            one('statement: "`Pool` is defined in src/pool.py:12"'),
            'set.yaml:4: claim "a": a line number, "py:12", in the statement; a model repeats it: name the definition',
            id="line-number-after-a-path",
        ),
        pytest.param(
            one("statement: The `Pool` drains in time. A `Queue` keeps the order"),
            'set.yaml:4: claim "a": 2 sentences are several claims in one; give each its own, or spell out "parts"',
            id="sentences",
        ),
        pytest.param(
            one("statement: Retries are implemented in src/net.py and caching is implemented in src/cache.py"),
            'set.yaml:4: claim "a": 2 clauses, each about a file of its own, are several claims in one; '
            "give each its own",
            id="clauses",
        ),
        pytest.param(
            one("statement: Errors are handled everywhere"),
            'set.yaml:4: claim "a": names no file and nothing that code is called; name one, or add "files"',
            id="names-nothing",
        ),
        pytest.param(
            one("statement: The `Pool` fixes issue #12 by draining"),
            'set.yaml:4: claim "a": the statement ends before "#12 by draining", a comment to YAML; '
            "quote the statement",
            id="cut-by-a-comment",
        ),
        pytest.param(
            one("statement: The `Pool` drains\n    essential: [p1]"),
            'set.yaml:5: claim "a": p1 is named, but the model splits this claim as it likes; spell out "parts"',
            id="essential-without-parts",
        ),
        pytest.param(
            one("statement: The `Pool` drains\n  - id: b\n    statement: The  `Pool` drains"),
            'set.yaml:6: claim "b": claim "a" says the same; drop one',
            id="same-statement",
        ),
    ],
)
def test_what_will_be_hard_to_verify_is_warned_of(tmp_path: Path, text: str, warning: str) -> None:
    assert warnings(tmp_path, text) == [warning]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(one("statement: The `Pool` drains within 30 s"), id="plain"),
        pytest.param(one("statement: Errors are handled\n    files: [src/]"), id="names-files-elsewhere"),
        pytest.param(one("statement: Errors are handled\n    checks: [{symbol: Pool}]"), id="names-a-check"),
        pytest.param(one("statement: The `Pool` drains, e.g. on exit, i.e. late, v1.2. etc"), id="abbreviations"),
        pytest.param(one("statement: Retries and caching are implemented in a.py and b.py"), id="several-files-of-one"),
        pytest.param(one("statement: The `Pool` drains # soon"), id="a-true-comment"),
        pytest.param(one("statement: 'The `Pool` fixes #12'"), id="quoted-hash"),
        pytest.param(
            one("statement: The `Pool` drains. The `Queue` is kept.\n    parts: [a, b]\n    essential: [p1]"),
            id="parts",
        ),
        pytest.param(one("statement: The `RobustPool` has baseline 5"), id="words-inside-words"),
    ],
)
def test_a_good_claim_is_left_alone(tmp_path: Path, text: str) -> None:
    assert warnings(tmp_path, text) == []


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        pytest.param(
            one("statement: The `Pool` drains\n    files: [src/main.py, 'lib/**/*.py']"),
            'set.yaml:5: claim "a": "lib/**/*.py" matches nothing in the commit; mend it, or leave it out',
            id="glob-of-a-claim",
        ),
        pytest.param(
            one("statement: The `Pool` drains\n    files:\n      - src/main.py\n      - src/core/pol.py"),
            'set.yaml:7: claim "a": "src/core/pol.py" matches nothing in the commit; did you mean "src/core/pool.py"?',
            id="nearly-a-path",
        ),
        pytest.param(
            one("statement: The `Pool` drains\n    checks: [{symbol: Pool, in: '*.go'}]"),
            'set.yaml:5: claim "a": "*.go" matches nothing in the commit; mend it, or leave it out',
            id="glob-of-a-check",
        ),
        pytest.param(
            one("statement: The `Pool` drains") + "context:\n  include: ['docker/**', 'k8s/**']\n",
            'set.yaml:6: context.include: "k8s/**" matches nothing in the commit; mend it, or leave it out',
            id="glob-of-the-context",
        ),
        pytest.param(
            one("statement: The `Pool` drains") + "context:\n  exclude: [Evidence.md]\n",
            'set.yaml:6: context.exclude: "Evidence.md" matches nothing in the commit',
            id="excluded-path",
        ),
        pytest.param(
            one("statement: The `Pool` in `src/core/nope.py` drains"),
            'set.yaml:4: claim "a": "src/core/nope.py" matches nothing in the commit',
            id="path-of-a-statement",
        ),
        pytest.param(
            one("statement: The `Pool` drains\n    files: [src/core/nope.py]"),
            'set.yaml:5: claim "a": "src/core/nope.py" matches nothing in the commit',
            id="path-of-a-claim",
        ),
    ],
)
def test_patterns_that_match_nothing_are_warned_of(tmp_path: Path, text: str, warning: str) -> None:
    assert warnings(tmp_path, text, PATHS) == [warning]
    assert warnings(tmp_path, text) == []


def test_a_warning_says_its_claim_and_that_it_is_none_of_the_errors(tmp_path: Path) -> None:
    file = tmp_path / "set.yaml"
    file.write_text(one("statement: Errors are handled"), encoding="utf-8")

    assert lint(load_claims(file)) == (
        Problem(
            file,
            4,
            "a",
            Severity.WARNING,
            'claim "a": names no file and nothing that code is called; name one, or add "files"',
        ),
    )


@pytest.mark.parametrize(
    "claim",
    [
        pytest.param("The `k8s/` directory is gone\n    files: [k8s/deployment.yaml, src]", id="gone"),
        pytest.param("There is no `src/legacy/table.py`", id="none"),
        pytest.param("The `Pool` in `core/pool.py` drains", id="the end of one"),
    ],
)
def test_a_path_that_is_to_be_gone_is_not_warned_of_nor_is_the_end_of_one(tmp_path: Path, claim: str) -> None:
    assert warnings(tmp_path, one(f"statement: {claim}\nnever_send: ['secrets/**']"), PATHS) == []
