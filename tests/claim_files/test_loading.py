"""Claim files are read into claim sets, and what is wrong with one is one line: file, line, what to do."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.claim_files import LoadedClaims, find_claim_files, inspect, load_claims
from verifier.claim_files.yaml_tree import NotYamlError, read_tree
from verifier.errors import ClaimError
from verifier.values.claim import Check, Claim, ClaimSet, Context, Word

WHOLE = """\
# Everything a claim file may say.
title: Phase 4
questions: [implementation present]
context: {include: ["docker/**"], exclude: ["**/Evidence.md"]}
never_send: ["secrets/**"]
claims:
  - id: CLAIM_4
    statement: Errors are handled by `Handler`
      in `src/errors.py`
    parts: [`Handler` handles errors, there is a registry]
    files: [src/errors.py]
    checks:
      - {path_exists: src/errors.py}
      - {symbol: Handler, in: src/errors.py, part: p1}
      - {matches: "^FROM ", in: docker/Dockerfile, at_least: 2, required: false}
    tags: [core]
    essential: [p1]
    required: true
    expect: NOT RESOLVED

  - id: other
    statement: "A second one"
""".replace("[`Handler` handles errors,", '["`Handler` handles errors",')


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return Path("set.yaml")


def test_a_whole_claim_file_is_read(file: Path) -> None:
    file.write_text(WHOLE, encoding="utf-8")

    loaded = load_claims(file)

    assert loaded == LoadedClaims(
        path=file,
        claims=ClaimSet(
            title="Phase 4",
            questions=("implementation present",),
            context=Context(include=("docker/**",), exclude=("**/Evidence.md",)),
            never_send=("secrets/**",),
            claims=(
                Claim(
                    id="CLAIM_4",
                    statement="Errors are handled by `Handler` in `src/errors.py`",
                    parts=("`Handler` handles errors", "there is a registry"),
                    files=("src/errors.py",),
                    checks=(
                        Check(path_exists="src/errors.py"),
                        Check(symbol="Handler", within="src/errors.py", part="p1"),
                        Check(matches="^FROM ", within="docker/Dockerfile", at_least=2, required=False),
                    ),
                    tags=("core",),
                    essential=("p1",),
                    required=True,
                    expect=Word.NOT,
                ),
                Claim(id="other", statement="A second one"),
            ),
        ),
        digest=hashlib.sha256(WHOLE.encode()).hexdigest(),
        lines={"CLAIM_4": 7, "other": 21},
    )


ONE = "title: T\nclaims:\n  - id: a\n    statement: S\n"

WRONG: dict[str, tuple[str, str]] = {
    "key-of-a-claim": (
        ONE + "    file: [x.py]\n",
        'set.yaml:5: claim "a" has an unknown key "file"; did you mean "files"?',
    ),
    "key-of-the-set": (ONE + "claim: []\n", 'set.yaml:5: unknown key "claim"; did you mean "claims"?'),
    "key-of-the-context": (
        ONE + "context:\n  includes: []\n",
        'set.yaml:6: context has an unknown key "includes"; did you mean "include"?',
    ),
    "key-of-a-check": (
        ONE + "    checks:\n      - symbol: X\n        at_leest: 2\n",
        'set.yaml:7: claim "a", checks[1] has an unknown key "at_leest"; did you mean "at_least"?',
    ),
    "key-like-no-other": (
        ONE + "    zzz: 1\n",
        'set.yaml:5: claim "a" has an unknown key "zzz"; known are id, statement, parts, files, checks, tags, '
        "essential, required, waiver, source, expect, expect_why",
    ),
    "key-in-other-case": (
        ONE + "    Files: []\n",
        'set.yaml:5: claim "a" has an unknown key "Files"; did you mean "files"?',
    ),
    "id-twice": (
        ONE + "  - id: a\n    statement: T\n",
        'set.yaml:5: claim "a": the id is used already on line 3; give each claim its own',
    ),
    "key-twice": (
        ONE + "    statement: T\n",
        'set.yaml:5: claim "a": the key "statement" stands here and on line 4; keep one',
    ),
    "key-of-the-set-twice": (ONE + "title: T\n", 'set.yaml:5: the key "title" stands here and on line 1; keep one'),
    "no-title": (ONE.replace("title: T\n", ""), 'set.yaml:1: the claim set has no title; add "title: ..."'),
    "no-statement": ("title: T\nclaims:\n  - id: a\n", 'set.yaml:3: claim "a" has no statement; add "statement: ..."'),
    "no-id": ("title: T\nclaims:\n  - statement: S\n", 'set.yaml:3: claim 1 has no id; add "id: ..."'),
    "no-claims": ("title: T\nclaims: []\n", "set.yaml:2: claims is empty; it needs at least one entry"),
    "claims-without-value": ("title: T\nclaims:\n", "set.yaml:2: claims is empty; write a list, or leave the key out"),
    "claim-is-text": ("title: T\nclaims: [S]\n", "set.yaml:2: claim 1: is text, where keys with values are wanted"),
    "a-list-at-the-top": ("- a\n- b\n", "set.yaml:1: the file is a list, where keys with values are wanted"),
    "text-at-the-top": ("hello\n", "set.yaml:1: the file is text, where keys with values are wanted"),
    "empty-statement": (ONE.replace("S\n", "' '\n"), 'set.yaml:4: claim "a": statement is empty; write something'),
    "statement-without-value": (
        ONE.replace(" S\n", "\n"),
        'set.yaml:4: claim "a": statement is empty; write something, or leave the key out',
    ),
    "statement-is-a-list": (ONE.replace("S\n", "[S]\n"), 'set.yaml:4: claim "a": statement is a list, not text'),
    "id-is-a-number": (
        ONE.replace("id: a", "id: 123"),
        "set.yaml:3: claim 1: id is a number (123) to YAML, not text; put it in quotes",
    ),
    "id-is-true": (
        ONE.replace("id: a", "id: true"),
        "set.yaml:3: claim 1: id is true or false (true) to YAML, not text; put it in quotes",
    ),
    "id-with-a-blank": (
        ONE.replace("id: a", "id: a b"),
        'set.yaml:3: claim "a b": id is "a b"; an id is up to 128 letters, digits, dots, hyphens and underscores, '
        "and begins with a letter or digit",
    ),
    "files-is-text": (ONE + "    files: x.py\n", 'set.yaml:5: claim "a": files is text, not a list; write [x.py]'),
    "tag-is-a-number": (
        ONE + "    tags: [x, 4]\n",
        'set.yaml:5: claim "a": tags[2] is a number (4) to YAML, not text; put it in quotes',
    ),
    "expect-nearly": (
        ONE + "    expect: FULLY\n",
        'set.yaml:5: claim "a": expect is "FULLY"; did you mean "FULLY RESOLVED"? it is one of FULLY RESOLVED, '
        "PARTIALLY RESOLVED, NOT RESOLVED, UNPROVEN",
    ),
    "required-is-text": (
        ONE + "    required: maybe\n",
        'set.yaml:5: claim "a": required is "maybe"; write true or false',
    ),
    "check-of-no-kind": (
        ONE + "    checks: [{in: a.py}]\n",
        'set.yaml:5: claim "a": checks[1]: a check is exactly one of path_exists, symbol, matches, '
        "tests_pass, covered, no_findings",
    ),
    "check-of-two-kinds": (
        ONE + "    checks: [{symbol: A, matches: b}]\n",
        'set.yaml:5: claim "a": checks[1]: a check is exactly one of path_exists, symbol, matches, '
        "tests_pass, covered, no_findings",
    ),
    "check-with-idle-key": (
        ONE + "    checks: [{symbol: A, at_least: 2}]\n",
        'set.yaml:5: claim "a": checks[1]: "at_least" goes with matches only',
    ),
    "level-that-is-none": (
        ONE + "    checks: [{no_findings: {tool: ruff, level: bad}}]\n",
        'set.yaml:5: claim "a": checks[1].no_findings.level is "bad"; it is one of note, warning, error',
    ),
    "covered-with-a-misspelt-key": (
        ONE + "    checks: [{covered: {pth: a.py, at_least: 1}}]\n",
        'set.yaml:5: claim "a", checks[1].covered has an unknown key "pth"; did you mean "path"?',
    ),
    "at-least-none": (
        ONE + "    checks: [{matches: a, at_least: 0}]\n",
        'set.yaml:5: claim "a": checks[1].at_least is 0; the least is 1',
    ),
    "pattern": (
        ONE + "    checks:\n      - matches: '(a'\n",
        'set.yaml:6: claim "a": the pattern "(a" does not compile: missing ): (a; mend it',
    ),
    "pattern-with-lookahead": (
        ONE + "    checks:\n      - matches: 'a(?=b)'\n",
        'set.yaml:6: claim "a": the pattern "a(?=b)" does not compile: invalid perl operator: (?= (RE2 has no '
        "lookaround and no backreferences); mend it",
    ),
    "essential-part-that-is-none": (
        ONE + "    parts: [x, y]\n    essential: [p3]\n",
        'set.yaml:6: claim "a": there is no part p3; the parts of this claim are p1 to p2',
    ),
    "check-of-a-part-that-is-none": (
        ONE + "    parts: [x]\n    checks: [{symbol: X, part: p2}]\n",
        'set.yaml:6: claim "a": there is no part p2; the parts of this claim are p1',
    ),
    "essential-by-number": (
        ONE + "    essential: ['1']\n",
        'set.yaml:5: claim "a": essential[1] is "1"; parts are named p1, p2, ...',
    ),
    "path-outside": (
        ONE + "    files: [../x.py]\n",
        'set.yaml:5: claim "a": the path "../x.py" leaves the repository; write it from the root of the repository',
    ),
    "absolute-path": (
        ONE + "    checks: [{path_exists: /etc/passwd}]\n",
        'set.yaml:5: claim "a": the path "/etc/passwd" is absolute; write it from the root of the repository',
    ),
    "windows-path": (
        ONE + "    files: ['src\\x.py']\n",
        'set.yaml:5: claim "a": the path "src\\x.py" has backslashes; write it with /',
    ),
    "path-outside-in-the-context": (
        ONE + "context: {include: ['a/../../b']}\n",
        'set.yaml:5: the path "a/../../b" leaves the repository; write it from the root of the repository',
    ),
    "tab": (ONE + "\ttags: [x]\n", "set.yaml:5: a tab; YAML indents with blanks: replace it"),
    "backtick": (
        ONE.replace("S\n", "`run` starts\n"),
        'set.yaml:4: a value cannot begin with "`"; put the value in quotes',
    ),
    "colon": (
        ONE.replace("S\n", "Note: it runs\n"),
        'set.yaml:4: a ":" inside a value, or a line indented too far; put the value in quotes, '
        "or mend the indentation",
    ),
    "star": (
        ONE.replace("S\n", "**Bold** claim\n"),
        "set.yaml:4: a value that begins with * or & is an alias to YAML; put it in quotes",
    ),
    "alias": (
        ONE + "    tags: &t [x]\n    files: *t\n",
        "set.yaml:6: an alias (*t); write its value out, or quote it if it is text",
    ),
    "tag": (
        ONE + "    tags: !!python/object:os.system [x]\n",
        "set.yaml:5: a tag (!!python/object:os.system); tags are not read: remove it, or quote the value if it is text",
    ),
    "two-documents": (ONE + "---\n" + ONE, "set.yaml:5: a second document begins here; keep one claim set a file"),
    "too-deep": (
        "title: " + "[" * 50 + "]" * 50,
        "set.yaml:1: nested more than 20 deep; a claim set needs five",
    ),
    "list-as-key": ("? [a]\n: b\n", "set.yaml:1: a key that is a list or a mapping; a key is one word"),
    "control-character": (
        ONE + "    tags: [\x01]\n",
        "set.yaml:5: a control character; remove it, or escape it in quotes",
    ),
    "hostile-key": (
        ONE + '    "fi\\e[31mles\\nx": 1\n',
        'set.yaml:5: claim "a" has an unknown key "fi\\u001b[31mles\\nx"; known are id, statement, parts, files, '
        "checks, tags, essential, required, waiver, source, expect, expect_why",
    ),
    "nothing": ("  \n", "set.yaml:1: an empty file; a claim set has a title and claims"),
}


@pytest.mark.parametrize(("text", "message"), WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_is_one_line_with_its_place(file: Path, text: str, message: str) -> None:
    file.write_text(text, encoding="utf-8", newline="")

    with pytest.raises(ClaimError) as raised:
        load_claims(file)

    assert str(raised.value) == message


RIGHT = {
    "no-is-text-in-yaml-1.2": (ONE.replace("id: a", "id: NO"), "NO"),
    "quoted-number": (ONE.replace("id: a", "id: '123'"), "123"),
    "date": (ONE.replace("id: a", "id: 2025-01-01"), "2025-01-01"),
    "byte-order-mark": ("\ufeff" + ONE, "a"),
    "windows-lines": (ONE.replace("\n", "\r\n"), "a"),
    "one-document-with-marks": ("---\n" + ONE + "...\n", "a"),
    "anchor-without-alias": (ONE + "    tags: &t [x]\n", "a"),
    "no-final-newline": (ONE.rstrip(), "a"),
    "json": ('{"title": "T", "claims": [{"id": "a", "statement": "S"}]}', "a"),
    "text-tag": (ONE.replace("id: a", "id: !!str 7"), "7"),
}


@pytest.mark.parametrize(("text", "claim_id"), RIGHT.values(), ids=RIGHT.keys())
def test_what_only_looks_wrong_is_read(file: Path, text: str, claim_id: str) -> None:
    file.write_text(text, encoding="utf-8", newline="")

    assert [claim.id for claim in load_claims(file).claims.claims] == [claim_id]


def test_inspecting_tells_every_problem_in_the_order_of_the_file(file: Path) -> None:
    file.write_text("titel: T\nclaims:\n  - id: a\n  - id: a\n    statement: 4\n", encoding="utf-8")

    loaded, problems = inspect(file)

    assert loaded is None
    assert [str(problem) for problem in problems] == [
        'set.yaml:1: unknown key "titel"; did you mean "title"?',
        'set.yaml:3: claim "a" has no statement; add "statement: ..."',
        'set.yaml:4: claim "a": the id is used already on line 3; give each claim its own',
        'set.yaml:5: claim "a": statement is a number (4) to YAML, not text; put it in quotes',
    ]
    assert [problem.claim for problem in problems] == [None, "a", "a", "a"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(b"title: caf\xe9\n", "set.yaml:1: byte 0xe9 is not UTF-8; save it as UTF-8", id="latin-1"),
        pytest.param("title: T\n".encode("utf-16"), "set.yaml:1: UTF-16, not UTF-8; save it as UTF-8", id="utf-16"),
        pytest.param(b"#" * 5_000_001, "set.yaml: more than 5 MB; split the claim set", id="large"),
    ],
)
def test_bytes_that_are_no_claim_file_are_refused(file: Path, data: bytes, message: str) -> None:
    file.write_bytes(data)

    with pytest.raises(ClaimError) as raised:
        load_claims(file)

    assert str(raised.value) == message


def test_a_file_that_is_not_there_cannot_be_read(file: Path) -> None:
    with pytest.raises(
        ClaimError, match=r"^set\.yaml: cannot be read \(No such file or directory\); name a claim file that is there$"
    ):
        load_claims(file)


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join('*' + before for _ in range(9))}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    "text",
    [BOMB, "[" * 100_000, "[[]," * 300_000, "{a: " * 100_000, "- " * 100_000, "? " * 50_000, "9" * 10_000],
    ids=["aliases", "open-lists", "many-lists", "mappings", "dashes", "keys", "digits"],
)
def test_a_bomb_is_refused_before_it_grows(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")

    with pytest.raises(ClaimError):
        load_claims(file)


@settings(deadline=None)
@given(st.text(alphabet="abc:-[]{}'\"`#&*!|>%@\\ \n\t0?,.é\x00"))
def test_no_text_makes_the_reader_raise_anything_else(text: str) -> None:
    error: NotYamlError | None = None
    try:
        read_tree(text)
    except NotYamlError as raised:
        error = raised

    assert error is None or (error.line >= 1 and "\n" not in str(error))


def test_a_thousand_claims_are_read_at_once(file: Path) -> None:
    claim = "    statement: It handles `Errors` in `src/e.py`\n    files: [src/e.py]\n    checks: [{symbol: E}]\n"
    file.write_text("title: T\nclaims:\n" + "".join(f"  - id: c{n}\n{claim}" for n in range(1000)), encoding="utf-8")

    loaded = load_claims(file)

    assert loaded.lines["c999"] == 3 + 4 * 999


def test_without_an_argument_the_claims_folder_is_meant(tmp_path: Path) -> None:
    folder = tmp_path / "claims"
    folder.mkdir()
    for name in ("b.yml", "a.yaml", ".hidden.yaml", "notes.md"):
        (folder / name).write_text(ONE, encoding="utf-8")

    assert find_claim_files([], tmp_path) == (folder / "a.yaml", folder / "b.yml")


def test_a_folder_means_its_files_and_each_file_comes_once(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(ONE, encoding="utf-8")

    found = find_claim_files([Path("b.yaml"), Path(), Path("a.yaml")], tmp_path)

    assert found == (tmp_path / "b.yaml", tmp_path / "a.yaml")


@pytest.mark.parametrize(
    ("paths", "message"),
    [
        pytest.param(
            [],
            "no claims/*.yaml here or above; name a claim file, or begin one: "
            "verifier claims new claims/first.yaml --statement TEXT",
            id="none",
        ),
        pytest.param(["phase5.yaml"], 'phase5.yaml: no such claim file; did you mean "phase4.yaml"?', id="nearly"),
        pytest.param(["zzz/x.yaml"], "zzz/x.yaml: no such claim file; name one that is there", id="not-at-all"),
        pytest.param(["empty"], "empty: no .yaml file in this folder; name another, or the file itself", id="folder"),
    ],
)
def test_claim_files_that_are_not_there_are_named(file: Path, paths: list[str], message: str) -> None:
    Path("phase4.yaml").write_text(ONE, encoding="utf-8")
    Path("empty").mkdir()

    with pytest.raises(ClaimError) as raised:
        find_claim_files([Path(path) for path in paths], Path())

    assert str(raised.value) == message
