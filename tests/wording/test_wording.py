"""What a sentence names and speaks of: the hits, and beside each the near misses that must not be one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.wording.changing import says_gone, speaks_of_change
from verifier.wording.covering import left_over, stands_in
from verifier.wording.meaning import (
    is_about_imports,
    is_about_prose,
    is_about_tests,
    quantifiers_in,
    undecidable_words_in,
)
from verifier.wording.naming import Named, NameKind, identifiers_in, last_name, named_in, paths_in


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        pytest.param("implemented in `src/core/error_handler.py`", ["src/core/error_handler.py"], id="backticks"),
        pytest.param("implemented in src/core/error_handler.py.", ["src/core/error_handler.py"], id="sentence-end"),
        pytest.param("Does main.py start? See setup.cfg: yes", ["main.py", "setup.cfg"], id="punctuation"),
        pytest.param("(see app/models.py, app/views.py)", ["app/models.py", "app/views.py"], id="brackets"),
        pytest.param("**src/pool.py** is bold", ["src/pool.py"], id="bold"),
        pytest.param('the file "src/pool.py"', ["src/pool.py"], id="quotation-marks"),
        pytest.param("src/pool.py's lock", ["src/pool.py"], id="genitive"),
        pytest.param("manifests in `docker/`", ["docker/"], id="folder-with-slash"),
        pytest.param("manifests in k8s/ directory", ["k8s/"], id="folder-in-prose"),
        pytest.param("the `docker` directory holds", ["docker"], id="folder-by-its-word"),
        pytest.param("in the directory `deploy`", ["deploy"], id="folder-after-its-word"),
        pytest.param("everything under src/core", ["src/core"], id="known-top-folder"),
        pytest.param("the core/util folder", ["core/util"], id="slashed-before-folder"),
        pytest.param("`bin/verifier` starts it", ["bin/verifier"], id="no-extension-in-backticks"),
        pytest.param("documented in `.env.example`", [".env.example"], id="dot-file"),
        pytest.param("listed in .gitignore and .env", [".gitignore", ".env"], id="dot-files-in-prose"),
        pytest.param("a `Dockerfile` and a Makefile", ["Dockerfile", "Makefile"], id="bare-files"),
        pytest.param("built by Dockerfile.prod", ["Dockerfile.prod"], id="bare-file-with-suffix"),
        pytest.param("`.github/workflows/x.yml` runs", [".github/workflows/x.yml"], id="hidden-folder"),
        pytest.param("covered by tests/*.py", ["tests/*.py"], id="glob"),
        pytest.param("all of `src/**/*.ts`", ["src/**/*.ts"], id="double-star-glob"),
        pytest.param("every `*.proto`", ["*.proto"], id="glob-without-folder"),
        pytest.param("in a.py:12 and b.py#L3-L9", ["a.py", "b.py"], id="line-references"),
        pytest.param("`src/a.py:12-20`", ["src/a.py"], id="line-range-in-backticks"),
        pytest.param("tests/test_pool.py::test_drains", ["tests/test_pool.py"], id="test-node"),
        pytest.param("run `python scripts/seed.py --all`", ["scripts/seed.py"], id="inside-a-command"),
        pytest.param("`docs/My notes.md` says", ["docs/My notes.md"], id="blank-in-a-path"),
        pytest.param("./run.sh and /src/main.py", ["run.sh", "src/main.py"], id="rooted"),
        pytest.param("`go.mod`, package.json", ["go.mod", "package.json"], id="manifests"),
        pytest.param("src/größe.py", ["src/größe.py"], id="not-ascii"),
        pytest.param("`app/[id]/page.tsx`", ["app/[id]/page.tsx"], id="brackets-in-a-path"),
        pytest.param("`LICENSE` is there", ["LICENSE"], id="upper-case-file"),
        pytest.param("main.py and main.py again", ["main.py"], id="each-once"),
        pytest.param("read and/or write; read/write; client/server mode", [], id="not-slashed-words"),
        pytest.param("`read/write` and `I/O`", [], id="not-slashed-words-in-backticks"),
        pytest.param("notifications (Email/Slack/Webhook) via CI/CD", [], id="not-alternatives"),
        pytest.param("updated docs/tests and unit/integration tests", [], id="not-kinds-of-work"),
        pytest.param("see https://example.com/a/b.py and http://x.org", [], id="not-a-url"),
        pytest.param('in `https://example.com/a/b.py` and "http://x.org/c.json"', [], id="not-a-quoted-url"),
        pytest.param("`/health`, `/api/v1/users` and /ready", [], id="not-an-endpoint"),
        pytest.param("`application/json`", [], id="not-a-media-type"),
        pytest.param("needs 3.11, e.g. v1.2/v1.3, i.e. 1.5/2.0", [], id="not-a-version"),
        pytest.param("written for Node.js and React/Node.js or Vue.js", [], id="not-a-product"),
        pytest.param("calls `os.path.join` and queue.lock", [], id="not-an-attribute"),
        pytest.param("calls `response.json()`", [], id="not-a-call"),
        pytest.param("all `.py` files", [], id="not-an-extension"),
        pytest.param("the working directory, a new folder", [], id="not-any-folder"),
        pytest.param("`../secrets.py` and `a/../../b.py`", [], id="not-outside"),
        pytest.param("main.go, net.c and src/net.py:Pool", ["main.go", "net.c", "src/net.py"], id="name-after-a-colon"),
        pytest.param("w/ tests, w/o docs, 24/7", [], id="not-shorthand"),
        pytest.param("mail a@b.py or *important*", [], id="not-mail-or-emphasis"),
        pytest.param("the LICENSE and the README", [], id="not-upper-case-words"),
        pytest.param("all of `kombu/**`", ["kombu/**"], id="everything-below"),
        pytest.param("the `kombu/transport` folder", ["kombu/transport"], id="any-folder-by-its-word"),
        pytest.param("`src/{a,b}.py`", ["src/{a,b}.py"], id="braces-of-a-glob"),
        pytest.param(
            "logger.py, request.ts, `process.js`", ["logger.py", "request.ts", "process.js"], id="usual-names"
        ),
        pytest.param("`/srv/app/main.py`", ["srv/app/main.py"], id="absolute"),
        pytest.param("imports `lodash/fp` and `net/http`", [], id="not-a-package"),
        pytest.param("built by `actions/checkout`, see `org/repo`", [], id="not-a-repository"),
        pytest.param("on `feature/pool`", [], id="not-a-branch"),
        pytest.param("imports `golang.org/x/net` and gopkg.in/yaml.v3", [], id="not-a-module-path"),
        pytest.param("pulls `ghcr.io/org/app`, see github.com/org/app/main.go", [], id="not-an-address"),
        pytest.param("answers `users/{id}` and `users/{id}/posts.json`", [], id="not-a-route-with-a-placeholder"),
        pytest.param("`users/:id`, `<name>/x.py` and `${HOME}/x.sh`", [], id="not-any-placeholder"),
        pytest.param("serves `/vets.html`, /index.php and `/logo.png`", [], id="not-a-page"),
        pytest.param("reads `response.json`, `process.env` and `req.text`", [], id="not-a-common-attribute"),
        pytest.param("matches `application/*` and `users/*`", [], id="not-a-pattern-of-anything"),
        pytest.param("user_id/tenant_id pairs", [], id="not-names-with-a-slash"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_paths_are_read_out_of_prose_and_backticks(text: str, paths: list[str]) -> None:
    assert list(paths_in(text)) == paths


COMMIT = (
    "docs/My notes.md",
    "etc/hooks.json.example",
    "kombu/transport/redis.py",
    "lodash/fp.js",
    "src/dir with blank/a b.py",
    "user_id/tenant_id/x.go",
)


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        pytest.param("`kombu/transport` has it", ["kombu/transport"], id="folder"),
        pytest.param("all of kombu/transport has it", ["kombu/transport"], id="folder-in-prose"),
        pytest.param("`kombu/gone` has it", ["kombu/gone"], id="gone-from-a-folder"),
        pytest.param("kombu/gone has it", [], id="gone-from-a-folder-in-prose"),
        pytest.param("imports `lodash/fp` and `rxjs/operators`", ["lodash/fp"], id="package-beside-a-folder"),
        pytest.param("`hooks.json.example` and `os.path`", ["hooks.json.example"], id="a-name-of-a-file"),
        pytest.param("in src/dir with blank/a b.py.", ["src/dir with blank/a b.py"], id="blanks"),
        pytest.param("`src/dir with blank/a b.py`", ["src/dir with blank/a b.py"], id="blanks-in-backticks"),
        pytest.param("in a b.py, not in b.py", ["a b.py", "b.py"], id="blanks-in-a-bare-name"),
        pytest.param("My notes.md and docs/My notes.md", ["My notes.md", "docs/My notes.md"], id="both-forms"),
        pytest.param("see https://x.org/kombu/transport", [], id="not-in-a-url"),
        pytest.param("serves `/kombu/transport`", [], id="not-a-route"),
        pytest.param("user_id/tenant_id pairs", ["user_id/tenant_id"], id="names-with-a-slash"),
        pytest.param("`kombu/{name}` and `kombu/transport:latest`", [], id="not-a-placeholder-or-a-tag"),
        pytest.param("`text/html`", [], id="not-a-media-type"),
    ],
)
def test_the_commit_tells_which_doubtful_words_are_paths(text: str, paths: list[str]) -> None:
    assert list(paths_in(text, COMMIT)) == paths


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param("a `retry` decorator", ["retry"], id="backticks"),
        pytest.param("with CircuitBreaker and maxIdleTime", ["CircuitBreaker", "maxIdleTime"], id="camel-case"),
        pytest.param("an HTTPServer in front", ["HTTPServer"], id="acronym-hump"),
        pytest.param("error_registry and MAX_IDLE", ["error_registry", "MAX_IDLE"], id="snake-and-screaming"),
        pytest.param("Pool.drain closes, os.path.join joins", ["Pool.drain", "os.path.join"], id="dotted"),
        pytest.param("`Pool::drain` in C++", ["Pool::drain"], id="scoped"),
        pytest.param("calls drain() twice", ["drain"], id="call"),
        pytest.param("calls `Pool.drain()`", ["Pool.drain"], id="call-in-backticks"),
        pytest.param("`retry(max_attempts=3)`", ["retry", "max_attempts"], id="call-with-arguments"),
        pytest.param("`class Pool` has `def drain`", ["Pool", "drain"], id="declarations"),
        pytest.param("`timeout = 30`", ["timeout"], id="assignment"),
        pytest.param("`@cache` on it", ["cache"], id="decorator"),
        pytest.param("__init__ and _private", ["__init__", "_private"], id="underscores"),
        pytest.param("a CircuitBreaker-based client", ["CircuitBreaker"], id="hyphenated"),
        pytest.param("Pool's `größe`", ["größe"], id="not-ascii"),
        pytest.param("tests/test_pool.py::test_drains", ["test_drains"], id="test-node"),
        pytest.param("src/net.py:Pool", ["Pool"], id="name-after-a-colon"),
        pytest.param("`/users/{user_id}`", ["user_id"], id="inside-a-route"),
        pytest.param("raises KeyError or TimeoutError", ["KeyError", "TimeoutError"], id="exceptions"),
        pytest.param("`GitHub`", ["GitHub"], id="product-in-backticks"),
        pytest.param("GitHub, JavaScript, PostgreSQL, OAuth2, IPv4", [], id="not-products"),
        pytest.param("The Pool class Drains Connections", [], id="not-capitalised-words"),
        pytest.param("two APIs, three URLs, JWT", [], id="not-acronyms"),
        pytest.param("e.g. this, i.e. that, at 5 p.m.", [], id="not-abbreviations"),
        pytest.param("hosted on example.com", [], id="not-a-domain"),
        pytest.param("CLAIM_1 and CLAIM_4_ERRORS", [], id="not-claim-labels"),
        pytest.param("in src/error_handler.py and `my_app/`", [], id="not-inside-paths"),
        pytest.param("multi-stage, non-root, fail-fast", [], id="not-hyphenated-words"),
        pytest.param("returns `None` or `true`", [], id="not-constants"),
        pytest.param("is `async`, has a `try` and a `switch`", [], id="not-keywords"),
        pytest.param("It works.Then it stops", [], id="not-a-forgotten-blank"),
        pytest.param("file(s) and class(es)", [], id="not-plural-brackets"),
        pytest.param("https://a.b/SomeThing_x", [], id="not-in-a-url"),
    ],
)
def test_identifiers_are_what_code_would_call_it(text: str, names: list[str]) -> None:
    assert list(identifiers_in(text)) == names


@pytest.mark.parametrize(
    ("text", "literals"),
    [
        pytest.param("`/health` and `/ready`", ["/health", "/ready"], id="endpoints"),
        pytest.param("`USER app` and `--dry-run`", ["USER app", "--dry-run"], id="code-that-is-no-name"),
        pytest.param('says "not found" to all', ["not found"], id="quotation"),
        pytest.param("says “not found” and 'gone away'", ["not found", "gone away"], id="other-quotation-marks"),
        pytest.param("after 30 seconds, 2.5 times, 100% of", ["30", "2.5", "100%"], id="numbers"),
        pytest.param("after 30s, 5ms, 10MB", ["30", "5", "10"], id="units"),
        pytest.param("a 30-second limit, 2-3 retries", ["30", "2", "3"], id="hyphens"),
        pytest.param("returns 404. Then -1", ["404", "-1"], id="sentence-end-and-sign"),
        pytest.param("up to 1,000 entries and 0x1F", ["1,000", "0x1F"], id="thousands-and-hex"),
        pytest.param("`30` and `None`", ["30", "None"], id="values-in-backticks"),
        pytest.param("`MAX_IDLE = 30`", ["MAX_IDLE = 30", "30"], id="number-in-code"),
        pytest.param("port: 8080:80; HTTP 404", ["8080", "80", "404"], id="after-a-word"),
        pytest.param("Phase 4, step 2, Python 3.11, Phase-4", [], id="not-labels"),
        pytest.param("lines 53-62 and 70, line 12", [], id="not-line-numbers"),
        pytest.param("v2.1, 1.2.3, SHA-256, UTF-8, k8s, p1", [], id="not-parts-of-words"),
        pytest.param("CLAIM_1 of 2025-07-18 at 12:30, #42", [], id="not-dates-or-tickets"),
        pytest.param("1. first\n2) second", [], id="not-list-numbers"),
        pytest.param("1st, 2nd, 24/7", [], id="not-ordinals"),
        pytest.param("users' data isn't lost", [], id="not-apostrophes"),
        pytest.param("in a.py:12", [], id="not-line-references"),
        pytest.param('"main.py" and "CircuitBreaker"', [], id="not-quoted-names"),
    ],
)
def test_literals_are_values_that_code_could_hold(text: str, literals: list[str]) -> None:
    values = (named.text for named in named_in(text) if named.kind in (NameKind.NUMBER, NameKind.LITERAL))

    assert list(dict.fromkeys(values)) == literals


def test_what_is_named_says_where_it_stands() -> None:
    text = 'Pool in a.py waits 30 s for `x`, says "soon" at `/up`'

    assert named_in(text) == (
        Named("a.py", NameKind.PATH, 8, 12),
        Named("30", NameKind.NUMBER, 19, 21),
        Named("x", NameKind.IDENTIFIER, 29, 30, in_code=True),
        Named("soon", NameKind.LITERAL, 39, 43),
        Named("/up", NameKind.LITERAL, 49, 52, in_code=True),
    )


@pytest.mark.parametrize(
    ("name", "last"),
    [("drain", "drain"), ("Pool.drain", "drain"), ("std::vector", "vector"), ("Pool#drain", "drain")],
)
def test_the_last_name_is_how_a_definition_spells_it(name: str, last: str) -> None:
    assert last_name(name) == last


STATEMENT = "`ErrorHandler` with retries after 30 s, an error registry and `/health` in `src/core/error_handler.py`"


@pytest.mark.parametrize(
    ("spans", "left"),
    [
        pytest.param([STATEMENT], [], id="the-whole-statement"),
        pytest.param([STATEMENT.replace("`", "")], [], id="without-backticks"),
        pytest.param([STATEMENT.replace(" ", "\n  ")], [], id="other-white-space"),
        pytest.param(
            ["ErrorHandler with retries", "after 30 s, an error registry", "`/health` in `src/core/error_handler.py`."],
            [],
            id="several-spans",
        ),
        pytest.param(
            ["ErrorHandler with retries after ... 30 s ... error registry … /health … src/core/error_handler.py"],
            [],
            id="pieces",
        ),
        pytest.param(
            ["an error registry"],
            ["ErrorHandler` with retries after 30 s", "/health` in `src/core/error_handler.py"],
            id="one-piece",
        ),
        pytest.param([], None, id="no-span"),
        pytest.param(["ErrorHandler waits 30 s in src/core/error_handler.py"], None, id="words-that-are-not-there"),
        pytest.param(["", "...", "`", "…"], None, id="empty-pieces"),
    ],
)
def test_words_in_no_span_are_left_over(spans: list[str], left: list[str] | None) -> None:
    assert list(left_over(STATEMENT, spans)) == ([STATEMENT.strip("`")] if left is None else left)


@pytest.mark.parametrize(
    ("statement", "spans", "left"),
    [
        pytest.param("has `A`, ... and `B`", ["has `A`, ... and `B`"], (), id="an ellipsis of the statement itself"),
        pytest.param("It has retries with `backoff`", ["Retries with `backoff`"], (), id="a first capital"),
        pytest.param("`retry` waits; `retry` stops after 3", ["retry stops"], ("retry` waits", "after 3"), id="twice"),
        pytest.param("It drains and it is now within the pool.", ["drains", "pool"], (), id="words that say nothing"),
        pytest.param("Drains robustly, and logs it", ["drains", "logs it"], ("robustly",), id="praise"),
        pytest.param("Drains\n  very\n  quickly", ["drains"], ("very quickly",), id="on one line"),
    ],
)
def test_what_is_left_over_is_verbatim_and_says_something(
    statement: str, spans: list[str], left: tuple[str, ...]
) -> None:
    assert left_over(statement, spans) == left


@pytest.mark.parametrize(
    ("span", "stands"),
    [
        pytest.param(STATEMENT, True, id="all of it"),
        pytest.param("errorHandler with retries", True, id="a first letter"),
        pytest.param("an error registry … /health", True, id="pieces"),
        pytest.param("  `30 s`,  an error\nregistry. ", True, id="other marks and blanks"),
        pytest.param("/health ... an error registry", True, id="pieces in another order"),
        pytest.param("an Error Registry", False, id="other capitals inside"),
        pytest.param("ErrorHandler waits 30 s", False, id="other words"),
        pytest.param("an error registry ... of errors", False, id="one piece of two"),
        pytest.param("", False, id="nothing"),
        pytest.param(" ... ", False, id="an ellipsis"),
        pytest.param("`", False, id="a mark"),
    ],
)
def test_a_span_is_words_of_the_statement_or_it_is_none(span: str, stands: bool) -> None:
    assert stands_in(span, STATEMENT) is stands


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("Every call is retried", ("every",), id="every"),
        pytest.param("All of it, always and only by `retry`", ("all", "always", "only"), id="in order"),
        pytest.param("Never, never ever", ("never",), id="each once"),
        pytest.param("Nothing logs it any more; it is no longer used", ("nothing", "any", "no longer"), id="gone"),
        pytest.param("`all` and `every(x)` are defined", (), id="not in code"),
        pytest.param("The callback overall allows only-children", ("only",), id="not inside words"),
        pytest.param("The pool drains", (), id="none"),
        pytest.param("", (), id="nothing"),
    ],
)
def test_words_that_speak_of_all_are_found(text: str, found: tuple[str, ...]) -> None:
    assert quantifiers_in(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "The README explains how to deploy",
        "Every public function has a docstring",
        "Documentation for the pool is in `docs/pool.md`",
        "Public functions are documented",
        "`docs/guide.md` describes the pool",
        "`CHANGELOG.md` has an entry for 2.0",
        "An inline comment says why",
        "A comment above `retry` explains the limit",
        "The retry policy is documented in the README",
        "Removed the stale docstring",
        "The limits are listed in `docs/limits.md`",
        "Adds a section on retries to docs/retries.md",
    ],
)
def test_a_part_about_documentation_is_about_prose(text: str) -> None:
    assert is_about_prose(text)


@pytest.mark.parametrize(
    "text",
    [
        "Documented error codes are returned",
        "Users can post comments",
        "The comment endpoint returns 404",
        "Strips comments from the input",
        "Parses docstrings into help texts",
        "Serves documentation at `/docs`",
        "Generates a changelog from commits",
        "Stores documents in `src/store.py`",
        "Writes the result to `report.md`",
        "`src/setup.py` reads `README.md`",
        "`docs` is a variable",
        "`requirements.txt` pins httpx",
        "Fixes the race in the worker (see docs/design.md)",
        "The pool drains within 30 s, as `docs/pool.md` says",
        "",
    ],
)
def test_a_part_that_only_handles_documentation_is_not_about_prose(text: str) -> None:
    assert not is_about_prose(text)


@pytest.mark.parametrize(
    "text",
    [
        "The pool has unit tests",
        "Covered by tests in `tests/test_pool.py`",
        "`tests/test_pool.py` checks draining",
        "12 new tests cover the retry policy",
        "Tests for the parser were added",
        "`test_drain_waits` covers the timeout",
        "The test suite uses real repositories",
        "The retry policy is unit tested",
        "`src/pool.test.ts` exists",
    ],
)
def test_a_part_about_tests_is_about_tests(text: str) -> None:
    assert is_about_tests(text)


@pytest.mark.parametrize(
    "text",
    [
        "Fetches the latest release",
        "Was tested in production",
        "A test mode skips payment",
        "The pipeline has testing, building and scanning",
        "CI runs the unit tests in `.github/workflows/ci.yml`",
        "Offers an A/B test of prices",
        "A connectivity test opens a socket",
        "Contest entries are ranked",
        "The attestation is signed",
        "`src/testing_tools.py` defines `Fake`",
        "",
    ],
)
def test_a_part_that_only_mentions_testing_is_not_about_tests(text: str) -> None:
    assert not is_about_tests(text)


@pytest.mark.parametrize(
    "text",
    [
        "`src/app.py` imports `httpx`",
        "The package re-exports `Pool`",
        "Nothing is imported from `legacy`",
        "`Pool` is exported by `src/index.ts`",
        "It depends on `requests`",
        "The dependency on `requests` is gone",
    ],
)
def test_a_claim_about_importing_is_about_imports(text: str) -> None:
    assert is_about_imports(text)


@pytest.mark.parametrize(
    "text",
    [
        "`Pool` drains",
        "The important part is logged",
        "Data is shown in the report",
        "Passports are checked",
        "The independent worker retries",
        "",
    ],
)
def test_a_claim_about_something_else_is_not_about_imports(text: str) -> None:
    assert not is_about_imports(text)


@pytest.mark.parametrize(
    "text",
    [
        "Added retry with exponential backoff in `src/net/retry.py`",
        "`old_name` was renamed to `new_name`",
        "The pool is now drained on shutdown",
        "`LegacyPool` no longer exists",
        "`drain()` has been moved to `pool.py`",
        "Replaced `requests` with `httpx`",
        "`requests` is replaced by `httpx` in `src/net/`",
        "The module no longer uses `requests`",
        "The legacy token table has been removed",
        "`src/legacy/` is gone",
        "Pools are gone from `src/pool.py`",
        "Uses `httpx` instead of `requests`",
        "The default timeout used to be 10 s and is 30 s",
        "Refactored the error handler into three classes",
        "The error handler was refactored",
        "The helper was extracted into `src/helpers.py`",
        "Support for Python 3.8 was dropped",
        "Introduced a circuit breaker",
        "The race in `Pool.drain` is fixed",
        "Fixed the deadlock in `Pool`",
        "Done: added circuit breakers",
        "`RetryPolicy` added to `src/net/retry.py`",
        "The `Pool` class moved to `src/pool.py`",
        "This branch adds a health endpoint",
        "`httpx` replaces `requests`",
        "The settings live in `settings.py` now",
        "Timeouts are now configurable",
        "Now every call is retried",
        "`drain` does not block any more",
        "Nothing is retried by `RetryPolicy` any more",
        "Remove `legacy.py`",
        "Rename `a_b` to `c_d`",
        "Introduce a retry policy",
        "Migrated from `setup.py` to `pyproject.toml`",
        "Now uses `httpx`",
        "`_legacy_tokens` is removed from `src/auth.py`",
        "The config loader now raises `ConfigError`",
        "Logging was migrated to `structlog`",
        "`Pool` (formerly `Queue`) drains",
        "Calls have now been replaced by `call_with_retry`",
        "The timeout was raised to 30 s",
        "Fixed Unit Testing - Replaced heavy mocking with real functionality testing",
        "Complete Async Migration - Converted 10 blocking `time.sleep()` calls to async equivalents",
        "`a_b` and `c_d` have been added",
        "Removed the dead code in `src/pool.py`",
        "Moved `drain` from `src/a.py` to `src/b.py`",
        "The retry loop is no longer duplicated",
        "All retries have been removed",
        "`x.py` and `y.py` are removed",
        "The `Pool` now drains",
    ],
)
def test_what_was_done_to_the_code_and_how_it_differs_now_speak_of_a_change(text: str) -> None:
    assert speaks_of_change(text)


@pytest.mark.parametrize(
    "text",
    [
        "Moves the cursor to the next line",
        "The cursor is moved by `step`",
        "`cursor` is moved on every key",
        "Nowhere is a password logged",
        "Known hosts are checked",
        "The change log lists every release",
        "Removes stale entries",
        "Removed entries are kept for 30 days",
        "Deleted users cannot log in",
        "Moved files are detected by their digest",
        "Added items are validated",
        "Fixed window rate limiting of 100 requests a minute",
        "Uses a fixed size of 10",
        "The window is fixed",
        "Entries that were removed are logged",
        "When a key was deleted, an event is sent",
        "Once a file was renamed, the index is rebuilt",
        "`updated_at` defaults to now",
        "Timestamps are compared with `datetime.now()`",
        "Uses now() as the default",
        "Waits until now",
        "The interval from then to now is measured",
        "Secrets are replaced by a mark before they are logged",
        "`session_id` is removed on logout",
        "`session_id` is removed from the cookie",
        "Idle connections are dropped after 30 s",
        "Text is extracted from PDF files",
        "Is used to validate tokens",
        "A lock used to guard the pool",
        "Closes connections no longer needed",
        "Fails with 401 when a token is no longer valid",
        "Answers 410 Gone",
        "Adds 3 to the value",
        "`Worker1.run` adds 1, in `worker1.py`",
        "Fixes nothing",
        "Drops `None` values",
        "Replaces tabs by blanks",
        "Renames uploads to their digest",
        'Says "no longer available"',
        "Offers `remove` and `added`",
        "Implements a snow plough",
        "Nothing is known of the caller",
        "Never blocks",
        "Waits no longer than 30 s",
        "Notifies of added and removed members",
        "Returns the number of removed rows",
        "Tracks added lines",
        "The database is migrated on start",
        "Splits the text into lines",
        "Requests are merged into one batch",
        "Returns 404 instead of raising",
        "Writes to `stderr` instead of `stdout`",
        "Split text into lines that fit",
        "Raised if the sandbox is left",
        "Implemented circuit breakers in `src/core/error_handler.py`",
        "Changes are logged",
        "Logs changed settings",
        "Production monitoring with health checks and metrics",
        "Add items to the cart",
        "Fetches the removed rows",
        "Migrates users on login",
        "Retries with exponential backoff, at most 5 times",
        "",
        "Compares now minus the deadline",
        "What now",
        "Is now",
        "Compares the deadline with now",
        "Known now",
        "The endpoint has not changed",
        "Users whose account was deleted cannot log in",
        "Dropped connections are retried",
    ],
)
def test_what_the_code_does_while_it_runs_speaks_of_no_change(text: str) -> None:
    assert not speaks_of_change(text)


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        pytest.param("The function `debug_dump` is gone", True, id="gone"),
        pytest.param("`AuthBypass` was removed from the code", True, id="removed"),
        pytest.param("Removed the legacy endpoint.", True, id="what was done"),
        pytest.param("Keys are no longer logged", True, id="no longer"),
        pytest.param("Nothing calls `drain` any more", True, id="any more"),
        pytest.param("Messages are dropped when the queue is full", False, id="what the program drops"),
        pytest.param("Deleted users cannot log in", False, id="what was deleted by users"),
        pytest.param("Stale links are answered with 410 gone", False, id="a status"),
        pytest.param("`removed` is a column", False, id="a name"),
    ],
)
def test_a_text_that_says_that_something_is_gone(text: str, gone: bool) -> None:
    assert says_gone(text) is gone


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("A robust, comprehensive system", ["robust", "comprehensive"], id="praise"),
        pytest.param("Production-ready and scalable", ["Production-ready", "scalable"], id="hyphen"),
        pytest.param("follows security best practices", ["security best practices"], id="phrase"),
        pytest.param("errors are properly handled", ["properly"], id="adverb"),
        pytest.param("The coefficient is efficient", ["efficient"], id="not-inside-a-word"),
        pytest.param("`RobustScaler` of `advanced`", [], id="not-names"),
        pytest.param("The cursor is advanced by one", [], id="not-a-verb"),
        pytest.param("in production, with properties", [], id="not-neighbours"),
        pytest.param("Modernises and proper-cases", [], id="not-compounds"),
    ],
)
def test_words_that_nobody_can_verify_are_found(text: str, words: list[str]) -> None:
    assert list(undecidable_words_in(text)) == words


TEXTS = st.one_of(
    st.text(),
    st.text(alphabet="`'\"“”./:#*_-@ ,()[]{}\\0123aZé\n"),
    st.lists(
        st.sampled_from(["`", "src/", "a.py", "no", "tests", "Phase 4", "30", "::", "...", "/", "'", "CamelCase", " "])
    ).map("".join),
)


@settings(deadline=None)
@given(TEXTS)
def test_whatever_is_named_stands_in_the_text(text: str) -> None:
    for named in named_in(text):
        assert named.text
        assert text[named.start : named.end] == named.text


@settings(deadline=None)
@given(TEXTS)
def test_no_sentence_makes_a_reader_raise(text: str) -> None:
    for read in (is_about_prose, is_about_tests, is_about_imports, undecidable_words_in, quantifiers_in):
        read(text)


@settings(deadline=None)
@given(TEXTS)
def test_a_statement_covers_itself_and_nothing_covers_nothing(text: str) -> None:
    assert left_over(text, [text]) == ()
    assert all(stands_in(run, text) for run in left_over(text, []))


HOSTILE = {
    "backticks": "`",
    "slashes": "a/",
    "dots": "a.",
    "stars": "*",
    "blanks": " ",
    "digits": "1",
    "thousands": "111,",
    "hyphenated-digits": "1-",
    "labels": "line 1, ",
    "quotes": "'a ",
    "colons": "a::",
    "humps": "aB",
    "underscores": "_",
    "verbs": "runs the ",
    "removals": "removed, ",
    "nots": "is not ",
    "punctuation": "tests!!!",
    "folders": "directory ",
}


def read(text: str) -> None:
    """Everything that is read of a statement's words."""
    for one in (
        named_in,
        is_about_prose,
        is_about_tests,
        is_about_imports,
        says_gone,
        speaks_of_change,
        quantifiers_in,
        undecidable_words_in,
    ):
        one(text)
    left_over(text, [text, text[:50] + "..." + text[60:90]])


@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_long_statement_of_anything_is_read(unit: str) -> None:
    # How the time grows is measured, with texts five times as long, in benchmarks/growth.py.
    read((unit * 20_000)[:20_000])
