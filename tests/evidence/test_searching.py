"""Absences are looked up: what contests them, what does not, and which patterns say nothing."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import Commit
from verifier.evidence.searching import search
from verifier.evidence.widening import stems, widened
from verifier.languages.identifiers import split_identifier
from verifier.repository.snapshot import Snapshot
from verifier.values.grounding import AbsenceFinding, AbsenceStanding, Hit
from verifier.values.verdict import Absence, Syntax

CONFIRMED, CONTESTED, BAD = AbsenceStanding.CONFIRMED, AbsenceStanding.CONTESTED, AbsenceStanding.BAD_PATTERN


def look_up(
    snapshot: Snapshot, pattern: str, *paths: str, syntax: Syntax = Syntax.LITERAL, **others: Any
) -> AbsenceFinding:
    """Search with nothing excluded, for a claim that has the pattern's words."""
    usual: dict[str, Any] = {"words": frozenset(split_identifier(pattern)), "excluded": lambda _: False}
    return search(Absence(pattern, syntax, paths), snapshot, **usual | others)


def test_what_is_nowhere_is_confirmed_absent(commit: Commit) -> None:
    snapshot = commit({"src/pool.py": "import queue\n", "README.md": "A pool.\n"})

    assert look_up(snapshot, "circuit_breaker") == AbsenceFinding(
        Absence("circuit_breaker"), CONFIRMED, files_searched=2
    )


def test_a_hit_anywhere_in_the_commit_contests(commit: Commit) -> None:
    snapshot = commit({"a.py": "x = 1\n", "deep/b.py": "import os\n\n    retry(5)  # x\n"})

    assert look_up(snapshot, "retry(") == AbsenceFinding(
        Absence("retry("),
        CONTESTED,
        files_searched=2,
        hits=(Hit("deep/b.py", 3, "    retry(5)  # x"),),
        contesting=1,
    )


def test_a_line_with_many_matches_is_one_hit(commit: Commit) -> None:
    snapshot = commit({"a.py": "retry retry retry\nretry\n"})

    assert [(hit.line, hit.near) for hit in look_up(snapshot, "retry").hits] == [(1, False), (2, False)]


# Which lines match.

TEXT = "import os\r\nMAX_RETRIES = 3\r\n\r\ndef fetch(url):\r\n    return get(url)\x0cpage\nlast.line"

MATCHING = [
    ("start-of-a-line", r"^def \w+\(", [4]),
    ("end-of-a-line-before-crlf", r"=\s*3$", [2]),
    ("whole-line", r"^import os$", [1]),
    ("end-of-the-text", r"line$", [6]),
    ("text-anchors-are-line-anchors", r"\Adef fetch\(url\):\z", [4]),
    ("form-feed-ends-no-line", r"get\(url\).page", [5]),
    ("word-edge", r"\burl\b", [4, 5]),
    ("gnu-word-edge", r"\<url\>", [4, 5]),
    ("posix-class", r"[[:upper:]]+_[[:upper:]]+", [2]),
    ("negated-class-stays-in-its-line", r"os[^x]+MAX", []),
    ("blank-stays-in-its-line", r"os\s+MAX", []),
    ("dot-stays-in-its-line", r"os.*MAX", []),
    ("alternatives", r"(^import|get)\b", [1, 5]),
]


@pytest.mark.parametrize(("pattern", "lines"), [m[1:] for m in MATCHING], ids=[m[0] for m in MATCHING])
def test_a_regular_expression_is_searched_line_by_line(commit: Commit, pattern: str, lines: list[int]) -> None:
    snapshot = commit({"a.py": TEXT})

    found = look_up(snapshot, pattern, syntax=Syntax.ERE)

    assert [hit.line for hit in found.hits if not hit.near] == lines
    assert found.problem is None


LITERALS = [
    ("as-it-stands", "a.b*c[0]", "x = a.b*c[0]", True),
    ("not-as-an-expression", "a.b*c[0]", "x = aXbbc0", False),
    ("quotes", 'get("x")', 'get("x")', True),
    ("not-ascii", "größe", "größe = 1", True),
    ("blanks-around-it", "  retry(  ", "retry(1)", True),
]


@pytest.mark.parametrize(("pattern", "line", "hit"), [c[1:] for c in LITERALS], ids=[c[0] for c in LITERALS])
def test_a_literal_is_searched_as_it_stands(commit: Commit, pattern: str, line: str, hit: bool) -> None:
    snapshot = commit({"a.py": f"import os\n{line}\n"})

    found = look_up(snapshot, pattern)

    assert [h.line for h in found.hits if not h.near] == ([2] if hit else [])


# Other spellings.

NEAR = [
    ("other-case", "CircuitBreaker", "circuitbreaker = 1"),
    ("snake-for-camel", "CircuitBreaker", "class circuit_breaker:"),
    ("camel-for-snake", "circuit_breaker", "new CircuitBreaker()"),
    ("kebab-for-camel", "circuitBreaker", "name: circuit-breaker"),
    ("words-for-snake", "circuit_breaker", 'log("circuit breaker open")'),
    ("snake-for-words", "exponential backoff", "exponential_backoff(3)"),
    ("constant-for-camel", "maxRetries", "MAX_RETRIES = 3"),
    ("plural", "retry_attempt", "RetryAttempts = 3"),
    ("singular", "retries", "retry = 3"),
    ("past", "retry", "was_retried = True"),
    ("doing", "encrypts", "encrypting = True"),
    ("noun-of-a-verb", "encryption", "encrypt(x)"),
    ("verb-of-a-noun", "validation", "def validate(x):"),
    ("doubled-letter", "stopping", "stopped = 1"),
    ("blanks-at-signs", "retries=3", "retries = 3"),
    ("other-quotes", 'get("key")', "get('key')"),
    ("digits-apart", "sha256", "SHA_256"),
    ("literal-that-is-an-expression", r"class\s+Breaker", "class  Breaker(object):"),
    ("literal-with-any", "retry.*backoff", "retry(3, backoff=2)"),
]


@pytest.mark.parametrize(("pattern", "line"), [n[1:] for n in NEAR], ids=[n[0] for n in NEAR])
def test_another_spelling_contests_as_a_near_hit(commit: Commit, pattern: str, line: str) -> None:
    snapshot = commit({"a.py": f"x = 1\n{line}\n"})

    found = look_up(snapshot, pattern)

    assert (found.standing, found.hits) == (CONTESTED, (Hit("a.py", 2, line, near=True),))


NEAR_ERE = [
    ("other-case", r"class CircuitBreaker", "CLASS CIRCUITBREAKER"),
    ("snake", r"class\s+CircuitBreaker", "class  circuit_breaker"),
    ("word-edges", r"\bretry\b", "retry_count = 3"),
    ("endings-among-alternatives", r"(retry|backoff)\(", "retries(3)"),
    ("repeated-letter", r"retrys?_count", "RETRYS_COUNT"),
    ("meant-literally", "retries[count]", "retries[count]"),
    ("escaped-sign-meant", r"Vec\<Retry\>", "Vec<Retry>"),
]


@pytest.mark.parametrize(("pattern", "line"), [n[1:] for n in NEAR_ERE], ids=[n[0] for n in NEAR_ERE])
def test_another_spelling_of_an_expression_contests(commit: Commit, pattern: str, line: str) -> None:
    snapshot = commit({"a.py": f"x = 1\n{line}\n"})

    found = look_up(snapshot, pattern, syntax=Syntax.ERE)

    assert (found.standing, [hit.line for hit in found.hits]) == (CONTESTED, [2])


FAR = [
    ("part-of-another-word", "retry", "retrieve(x)"),
    ("keyword-in-a-noun", "Breaker", "break"),
    ("short-word-in-a-long-one", "OK", "tokens = book"),
    ("short-word-within-others", "SET", "reset_all = offset"),
    ("one-of-two-words", "circuit_breaker", "circuit = 1"),
    ("words-far-apart", "circuit_breaker", "circuit for the breaker"),
    ("dot-is-no-wildcard", "time.sleep", "timeXsleep"),
    ("double-s", "class", "clas_x"),
    ("other-word", "validation", "valid = True"),
]


@pytest.mark.parametrize(("pattern", "line"), [f[1:] for f in FAR], ids=[f[0] for f in FAR])
def test_another_word_does_not_contest(commit: Commit, pattern: str, line: str) -> None:
    snapshot = commit({"a.py": f"x = 1\n{line}\n"})

    assert look_up(snapshot, pattern).standing is CONFIRMED


def test_words_that_the_pattern_adds_to_those_of_the_claim_hide_nothing(commit: Commit) -> None:
    snapshot = commit({"a.py": "class CircuitBreaker:\n"})

    found = look_up(snapshot, "circuit_breaker_zzz", words=frozenset({"uses", "circuit", "breakers"}))

    assert (found.standing, found.hits) == (CONTESTED, (Hit("a.py", 1, "class CircuitBreaker:", near=True),))


@pytest.mark.parametrize(
    ("pattern", "words", "line"),
    [
        pytest.param("retry_policy_v2", "has a retry policy", "class RetryPolicy:", id="word-in-y"),
        pytest.param("RetryPoliciesX", "has a retry policy", "class RetryPolicy:", id="plural"),
        pytest.param("cache_handler_zzz", "caching by a handler", "class CacheHandler:", id="other-ending"),
        pytest.param("legacyExpiryTimes", "times of expiry", "expiry_time = 3", id="camel"),
    ],
)
def test_a_word_of_the_claim_and_of_the_pattern_meet_in_any_form(
    commit: Commit, pattern: str, words: str, line: str
) -> None:
    snapshot = commit({"a.py": f"{line}\n"})

    found = look_up(snapshot, pattern, words=frozenset(words.split()))

    assert (found.standing, found.hits) == (CONTESTED, (Hit("a.py", 1, line, near=True),))


# What does not contest.

EXCUSED = [
    ("readme", "README.md", "Has a retry_policy.\n", "prose"),
    ("comment", "src/a.py", "# retry_policy\n", "comment"),
    ("docstring", "src/a.py", '"""Uses retry_policy."""\n', "docstring"),
    ("test", "tests/test_a.py", "retry_policy = 1\n", "test"),
    ("vendored", "vendor/lib/a.go", "var retry_policy = 1\n", "vendored"),
    ("lock-file", "package-lock.json", '{"retry_policy": 1}\n', "lock file"),
    ("minified", "static/app.min.js", "var retry_policy=1;\n", "minified"),
    (
        "generated",
        "src/a_pb2.py",
        "# Generated by the protocol buffer compiler.  DO NOT EDIT!\nretry_policy = 1\n",
        "generated",
    ),
]


@pytest.mark.parametrize(("path", "text", "excuse"), [e[1:] for e in EXCUSED], ids=[e[0] for e in EXCUSED])
def test_a_hit_beside_the_code_is_shown_but_does_not_contest(commit: Commit, path: str, text: str, excuse: str) -> None:
    found = look_up(commit({path: text}), "retry_policy")

    assert (found.standing, found.contesting, found.excused) == (CONFIRMED, 0, 1)
    assert [hit.excused for hit in found.hits] == [excuse]


@pytest.mark.parametrize(
    ("path", "text", "about"),
    [
        ("README.md", "Has a retry_policy.\n", "about_prose"),
        ("src/a.py", "# retry_policy\n", "about_prose"),
        ("tests/test_a.py", "retry_policy = 1\n", "about_tests"),
    ],
    ids=["readme", "comment", "test"],
)
def test_a_hit_contests_where_the_part_is_about_its_kind(commit: Commit, path: str, text: str, about: str) -> None:
    about_it: dict[str, Any] = {about: True}

    assert look_up(commit({path: text}), "retry_policy", **about_it).standing is CONTESTED


@pytest.mark.parametrize("path", ["vendor/lib/a.go", "package-lock.json", "static/app.min.js"])
def test_no_part_is_about_what_others_wrote(commit: Commit, path: str) -> None:
    snapshot = commit({path: "retry_policy\n"})

    assert look_up(snapshot, "retry_policy", about_prose=True, about_tests=True).standing is CONFIRMED


def test_settings_contest_like_code(commit: Commit) -> None:
    assert look_up(commit({"deploy.yaml": "retry_policy: 3\n"}), "retry_policy").standing is CONTESTED


def test_what_verifier_wrote_is_no_hit(commit: Commit) -> None:
    snapshot = commit(
        {"claims/a.yaml": "retry_policy: x\n", "reports/r.json": '"retry_policy"\n', "a.py": "x = 1\n"},
        own=("claims/a.yaml", "reports/"),
    )

    found = look_up(snapshot, "retry_policy", about_prose=True)

    assert (found.standing, found.files_searched, found.hits) == (CONFIRMED, 1, ())


def test_a_hit_in_an_excluded_file_contests_without_its_text(commit: Commit) -> None:
    snapshot = commit({"secret/a.py": "retry_policy = 1\n"})

    found = look_up(snapshot, "retry_policy", excluded=lambda path: path.startswith("secret/"))

    assert (found.standing, found.hits) == (CONTESTED, (Hit("secret/a.py", 1, "", excluded=True),))


def test_what_is_no_text_is_not_searched(commit: Commit) -> None:
    snapshot = commit({"a.bin": b"retry_policy\0", "b.py": "x = 1\n"})

    found = look_up(snapshot, "retry_policy")

    assert (found.standing, found.files_searched) == (CONFIRMED, 1)


def test_a_symlink_to_a_file_with_a_hit_is_no_hit(commit: Commit, repository: Any) -> None:
    (repository / "link.py").symlink_to("retry_policy")
    snapshot = commit({"b.py": "x = 1\n"})

    assert look_up(snapshot, "retry_policy").standing is CONFIRMED


def test_a_secret_is_never_found(commit: Commit) -> None:
    secret = "gh" + "p_" + "a1B2c3D4e5F6" * 3
    snapshot = commit({"a.py": f"x = '{secret}'\n"})

    assert look_up(snapshot, secret).standing is CONFIRMED


def test_a_file_too_large_to_search_is_named(commit: Commit) -> None:
    snapshot = commit({"dump.sql": b"x" * 10_000_001, "a.py": "x = 1\n"})

    found = look_up(snapshot, "retry_policy")

    assert (found.standing, found.problem) == (CONFIRMED, "too large to search: dump.sql")


# Scope.

TREE = {"src/a.py": "x = 1\n", "src/b.py": "retry_policy = 1\n", "docs/c.py": "y = 2\n"}

SCOPES = [
    ("file", ("src/a.py",), CONFIRMED, 1),
    ("folder", ("docs/",), CONFIRMED, 1),
    ("glob", ("**/[ac].py",), CONFIRMED, 2),
    ("several", ("src/a.py", "docs"), CONFIRMED, 2),
    ("with-the-hit", ("src/*.py",), CONTESTED, 2),
    ("one-of-them-not-there", ("src/a.py", "gone.py"), CONFIRMED, 1),
]


@pytest.mark.parametrize(("paths", "standing", "searched"), [s[1:] for s in SCOPES], ids=[s[0] for s in SCOPES])
def test_only_the_scope_is_searched(
    commit: Commit, paths: tuple[str, ...], standing: AbsenceStanding, searched: int
) -> None:
    found = look_up(commit(TREE), "retry_policy", *paths)

    assert (found.standing, found.files_searched, found.problem) == (standing, searched, None)


@pytest.mark.parametrize("scope", ["gone.py", "gone/**", "/src/a.py", "../x", "logo.png"])
def test_nothing_is_absent_from_nowhere(commit: Commit, scope: str) -> None:
    found = look_up(commit({**TREE, "logo.png": b"\0"}), "retry_policy", scope)

    assert (found.standing, found.files_searched) == (CONTESTED, 3)
    assert found.problem == f"{scope} names no text of the commit, so all of it was searched"


def test_a_commit_that_was_not_listed_whole_confirms_nothing(commit: Commit, repository: Any) -> None:
    commit({f"{i}.py": "x = 1\n" for i in range(5)})

    with Snapshot.open(repository, path_limit=3) as snapshot:
        found = look_up(snapshot, "retry_policy")

    assert (found.standing, found.files_searched) == (BAD, 3)
    assert found.problem == "the commit has more than 3 paths; those beyond were not searched"


# What was answered.


def test_a_hit_that_was_shown_and_answered_does_not_contest_any_more(commit: Commit) -> None:
    snapshot = commit({"a.py": "retry_policy = 1\n", "b.py": "retry_policy = 2\n"})

    found = look_up(snapshot, "retry_policy", shown=frozenset({("a.py", 1)}))

    assert (found.standing, found.contesting, found.answered) == (CONTESTED, 1, 1)
    assert [(hit.path, hit.excused) for hit in found.hits] == [("b.py", None), ("a.py", "answered")]
    every = frozenset({("a.py", 1), ("b.py", 1)})
    assert look_up(snapshot, "retry_policy", shown=every).standing is CONFIRMED


def test_a_near_spelling_is_answered_once(commit: Commit) -> None:
    snapshot = commit({"a.py": "retryPolicy = 1\n" * 50 + "RETRY-POLICY\n", "b.py": "retry_policy = 1\n"})

    found = look_up(snapshot, "retry_policy", shown=frozenset({("a.py", 7)}))

    assert (found.contesting, found.answered) == (2, 50)
    assert [(hit.path, hit.line) for hit in found.hits[:2]] == [("b.py", 1), ("a.py", 51)]


def test_an_excused_hit_is_not_counted_as_answered(commit: Commit) -> None:
    snapshot = commit({"README.md": "retry_policy\n"})

    found = look_up(snapshot, "retry_policy", shown=frozenset({("README.md", 1)}))

    assert (found.answered, found.excused) == (0, 1)


# What is shown.


def test_the_most_telling_hits_are_shown_and_all_are_counted(commit: Commit) -> None:
    snapshot = commit(
        {
            "a/README.md": "retry_policy\n",
            "b.py": "retryPolicy\nretryPolicy\nretry-policy\n",
            "z.py": "retry_policy\n" * 30,
        }
    )

    found = look_up(snapshot, "retry_policy", limit=33)

    assert (found.contesting, found.excused, len(found.hits)) == (33, 1, 33)
    assert {hit.path for hit in found.hits[:30]} == {"z.py"}
    assert [(hit.path, hit.line) for hit in found.hits[30:]] == [("b.py", 1), ("b.py", 3), ("b.py", 2)]


def test_a_long_line_is_shown_round_the_match(commit: Commit) -> None:
    snapshot = commit({"a.py": "ü" * 50_000 + " retry_policy " + "é" * 50_000 + "\nretry_policy" + "x" * 500 + "\n"})

    first, second = look_up(snapshot, "retry_policy").hits

    assert re.fullmatch("…ü+ retry_policy é+…", first.text)
    assert re.fullmatch("retry_policyx+…", second.text)
    assert len(first.text) <= 200
    assert len(second.text) <= 200


# Pertinence.

PERTINENT = [
    ("same", "retry_policy", {"retry"}, True),
    ("other-case", "RetryPolicy", {"policy"}, True),
    ("other-ending", "retries", {"retried"}, True),
    ("in-an-identifier", "backoff", {"`retry_backoff`,"}, True),
    ("none", "retry_policy", {"breaker"}, False),
    ("too-short", "of_it", {"of", "it"}, False),
    ("no-words", "==", {"retry"}, False),
]


@pytest.mark.parametrize(("pattern", "words", "pertinent"), [p[1:] for p in PERTINENT], ids=[p[0] for p in PERTINENT])
def test_a_pattern_is_pertinent_by_a_word_of_the_claim(
    commit: Commit, pattern: str, words: set[str], pertinent: bool
) -> None:
    assert look_up(commit({"a.py": "x\n"}), pattern, words=frozenset(words)).pertinent is pertinent


def test_letters_that_stand_for_something_else_are_no_words(commit: Commit) -> None:
    snapshot = commit({"a.py": "x\n"})

    assert not look_up(snapshot, r"\bretry", syntax=Syntax.ERE, words=frozenset({"bretry"})).pertinent
    assert look_up(snapshot, r"\bretry", syntax=Syntax.ERE, words=frozenset({"retry"})).pertinent


# Patterns that say nothing.

BAD_PATTERNS = [
    ("empty", "", Syntax.LITERAL, "the pattern is empty"),
    ("blank", " \t", Syntax.ERE, "the pattern is empty"),
    ("too-long", "x" * 501, Syntax.LITERAL, "the pattern has 501 characters, more than 500; look for less of it"),
    ("two-lines", "a\nb", Syntax.LITERAL, "the pattern spans lines"),
    ("line-end", r"retry\nbackoff", Syntax.ERE, "the pattern spans lines"),
    ("line-end-by-number", r"retry\x0abackoff", Syntax.ERE, "the pattern spans lines"),
    ("any-character", r"retry[\s\S]*backoff", Syntax.ERE, "the pattern spans lines"),
    ("dot-for-everything", r"(?s)retry.*backoff", Syntax.ERE, "the pattern spans lines"),
    ("nothing-but-nothing", r"[^\s\S]retry", Syntax.ERE, "the pattern spans lines"),
    ("empty-text", "retry*|", Syntax.ERE, "the pattern matches the empty text"),
    ("any-line", ".*", Syntax.ERE, "the pattern matches the empty text"),
    ("any-text", ".", Syntax.ERE, "the pattern matches nearly every line"),
    ("any-sign", r"[\w}<]", Syntax.ERE, "the pattern matches nearly every line"),
    ("unclosed", "retry(", Syntax.ERE, "the pattern cannot be read (missing ): retry(); mend it, or use a literal"),
    ("backreference", r"(retry)\1", Syntax.ERE, "the pattern cannot be read (invalid escape sequence: \\1); backref"),
    ("lookahead", "retry(?!x)", Syntax.ERE, "the pattern cannot be read (invalid perl operator: (?!); lookaround"),
    ("lookbehind", "(?<=x)retry", Syntax.ERE, "the pattern cannot be read (invalid"),
    ("explosion", "((retry{1,1000}){1,1000}){1,1000}", Syntax.ERE, "the pattern cannot be read (invalid repetition"),
    ("too-much-memory", r"(?i)([\pL]{900}){1}[\pL]{900}", Syntax.ERE, "the pattern cannot be read (pattern too large"),
    ("start-inside", "retry^policy", Syntax.ERE, 'no line can match the pattern: "^" stands inside it'),
    ("end-inside", "retry$policy", Syntax.ERE, 'no line can match the pattern: "$" stands inside it'),
    ("half-a-character", "retry\ud800", Syntax.LITERAL, "the pattern holds half a character"),
]


@pytest.mark.parametrize(
    ("pattern", "syntax", "problem"), [b[1:] for b in BAD_PATTERNS], ids=[b[0] for b in BAD_PATTERNS]
)
def test_a_pattern_that_says_nothing_is_named_as_one(
    commit: Commit, pattern: str, syntax: Syntax, problem: str
) -> None:
    found = look_up(commit({"a.py": "x\n"}), pattern, syntax=syntax)

    assert found.standing is BAD
    assert found.problem is not None
    assert found.problem.startswith(problem)
    assert found.hits == ()


GOOD_PATTERNS = [
    r"(^|\s)retry($|\s)",
    r"^retry$|^backoff$",
    r"retry[^\n]*x",
    r"\$retry\^",
    "[$^]retry",
    r"(?i)^retry",
    r"(?:^retry)",
]


@pytest.mark.parametrize("pattern", GOOD_PATTERNS)
def test_a_pattern_that_a_line_can_match_is_searched(commit: Commit, pattern: str) -> None:
    assert look_up(commit({"a.py": "x\n"}), pattern, syntax=Syntax.ERE).standing is CONFIRMED


HOSTILE = [
    ("nested-repeats", "(a+)+b", Syntax.ERE),
    ("alternatives", "(a|a)*b", Syntax.ERE),
    ("many-stars", "a*" * 200 + "b", Syntax.ERE),
    ("counted", "(a{1,30}){1,30}b", Syntax.ERE),
    ("long-literal", "aB_" * 160, Syntax.LITERAL),
    ("many-words", "aaaaaing_" * 50, Syntax.LITERAL),
]


@pytest.mark.parametrize(("pattern", "syntax"), [h[1:] for h in HOSTILE], ids=[h[0] for h in HOSTILE])
def test_a_hostile_pattern_takes_no_long_time(commit: Commit, pattern: str, syntax: Syntax) -> None:
    snapshot = commit({"a.py": "a" * 100_000 + "\n" + "a\n" * 50_000})
    begun = time.process_time()

    look_up(snapshot, pattern, syntax=syntax)

    assert time.process_time() - begun < 5


def test_a_pattern_that_is_everywhere_has_bounded_hits(commit: Commit) -> None:
    snapshot = commit({f"{i}.py": "retry\n" * 6_000 for i in range(3)})

    found = look_up(snapshot, "retry")

    assert (found.standing, found.contesting, len(found.hits)) == (CONTESTED, 10_000, 20)


# Widening by itself.


@given(st.text(alphabet="retRYing_ -2.()'", min_size=1, max_size=25).filter(str.strip))
@settings(max_examples=300, deadline=None)
def test_a_widened_literal_matches_what_it_widens(pattern: str) -> None:
    expression = next(widened(pattern, Syntax.LITERAL, frozenset()))

    assert re2.search(expression, pattern.strip())


@given(st.text(max_size=30), st.sampled_from(list(Syntax)))
@settings(max_examples=300, deadline=None)
def test_no_pattern_breaks_the_widening(pattern: str, syntax: Syntax) -> None:
    list(widened(pattern, syntax, stems("retry policy")))


def test_many_searches_agree_with_a_plain_one(commit: Commit) -> None:
    lines = [f"line {i} {'retry_policy' if i % 7 == 0 else 'Retry' if i % 5 == 0 else 'x'}" for i in range(500)]
    snapshot = commit({"a.py": "\r\n".join(lines)})

    found = look_up(snapshot, "retry_policy", limit=1000)

    assert sorted(hit.line for hit in found.hits) == [i + 1 for i in range(500) if i % 7 == 0]


@pytest.mark.parametrize(
    ("pattern", "pertinent"),
    [
        pytest.param("[Pp]rofil(e|ing)|perf_counter", True, id="a class for the capital"),
        pytest.param("profil.*", True, id="the beginning of the word"),
        pytest.param("zebra|perf_counter", False, id="other words"),
        pytest.param("[a-z]+_counter", False, id="words of any kind"),
    ],
)
def test_a_pattern_that_would_match_the_claims_own_word_is_pertinent(
    commit: Commit, pattern: str, pertinent: bool
) -> None:
    words = frozenset({"Operation", "profiling", "is", "implemented"})

    finding = search(Absence(pattern, Syntax.ERE), commit({"a.py": "x = 1\n"}), words=words, excluded=lambda _: False)

    assert finding.pertinent is pertinent


@pytest.mark.parametrize(
    ("pattern", "syntax", "standing"),
    [
        pytest.param("Dockerfile", Syntax.LITERAL, AbsenceStanding.CONTESTED, id="a file of that name"),
        pytest.param("[Rr]etry", Syntax.ERE, AbsenceStanding.CONTESTED, id="a file of that name, but for its ending"),
        pytest.param("tidy", Syntax.LITERAL, AbsenceStanding.CONFIRMED, id="a test of that name"),
        pytest.param("Docker", Syntax.LITERAL, AbsenceStanding.CONFIRMED, id="only the beginning of a name"),
        pytest.param("etry|ockerfile", Syntax.ERE, AbsenceStanding.CONFIRMED, id="only a piece of names"),
    ],
)
def test_a_file_that_is_called_so_contests(
    commit: Commit, pattern: str, syntax: Syntax, standing: AbsenceStanding
) -> None:
    snapshot = commit({"Dockerfile": "FROM x\n", "src/retry.py": "x = 1\n", "tests/tidy.py": "x = 1\n"})

    finding = search(Absence(pattern, syntax), snapshot, words=frozenset({"Docker"}), excluded=lambda _: False)

    assert finding.standing is standing
