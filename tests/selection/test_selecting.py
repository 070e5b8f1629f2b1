from __future__ import annotations

import pytest

from tests.conftest import Commit
from verifier.repository.index import Index
from verifier.repository.snapshot import Snapshot
from verifier.selection.named_files import MOST_OF_ONE_NAME
from verifier.selection.selecting import (
    MOST_BESIDE_NAMED,
    MOST_FILES,
    Selector,
)
from verifier.values.claim import Check, Claim, ClaimSet, Context
from verifier.values.pack import Selected, Selection
from verifier.values.source import Lines

POOL = '''"""Connections, kept for later."""


class PoolManager:
    """Hands out connections."""

    def acquire(self):
        return self.idle.pop()

    def drain_pool(self):
        self.idle.clear()
'''

BREAKER = """from src.core.clock import now


class CircuitBreaker:
    def trip(self):
        self.opened_at = now()
"""

SERVICE = {
    "src/core/pool.py": POOL,
    "src/core/clock.py": "def now():\n    return 1\n",
    "src/core/breaker.py": BREAKER,
    "src/api/app.py": "from src.core.pool import PoolManager\n\npool = PoolManager()\npool.drain_pool()\n",
    "src/api/health.py": 'def health():\n    return {"/health": "ok"}\n',
    "src/api/mail.py": "def send_greeting(user):\n    return f'Hello {user}'\n",
    "tests/test_pool.py": "from src.core.pool import PoolManager\n\ndef test_drain_pool():\n    PoolManager()\n",
    "README.md": "# Service\n\nIt has a PoolManager and a drain_pool.\n",
}


def claim_of(statement: str, **rest: object) -> Claim:
    return Claim.model_validate({"id": "C", "statement": statement, **rest})


def chosen(statement: str, snapshot: Snapshot, context: Context | None = None, **rest: object) -> Selection:
    claim = claim_of(statement, **rest)
    claims = ClaimSet(title="t", claims=(claim,), context=context or Context())
    return Selector(claim, claims, Index(snapshot), leads=()).files()


def telling(statement: str, snapshot: Snapshot, path: str) -> tuple[Lines, ...]:
    claim = claim_of(statement)
    return Selector(claim, ClaimSet(title="t", claims=(claim,)), Index(snapshot)).telling_lines(path)


def paths_of(selection: Selection) -> list[str]:
    return [selected.path for selected in selection.files]


def whys_of(selection: Selection) -> dict[str, str]:
    return {selected.path: selected.why for selected in selection.files}


def test_a_claim_that_names_its_files_gets_those_alone(commit: Commit) -> None:
    selection = chosen("`PoolManager.drain_pool` clears idle connections in `src/core/pool.py`", commit(SERVICE))

    assert [(selected.path, selected.why) for selected in selection.files] == [
        ("src/core/pool.py", "named in the statement")
    ]
    assert (selection.missing, selection.refused) == ((), ())


def test_the_lines_that_matter_begin_with_the_definitions_of_the_claims_names(commit: Commit) -> None:
    lines = telling("`drain_pool` clears idle connections in `src/core/pool.py`", commit(SERVICE), "src/core/pool.py")

    assert lines[0] == Lines(10, 11)


def test_lines_that_mention_a_name_matter_too(commit: Commit) -> None:
    snapshot = commit({"a.py": "import pool\n" + "x = 1\n" * 40 + "pool.drain_pool()\n" + "x = 1\n" * 40})

    assert any(lines.covers(42) for lines in telling("a.py calls `drain_pool`", snapshot, "a.py"))


def test_no_line_of_a_file_that_is_no_text_matters(commit: Commit) -> None:
    snapshot = commit({"a.py": "x = 1\n", "logo.png": b"\0\0"})

    assert telling("a.py shows `logo.png`", snapshot, "logo.png") == ()
    assert telling("a.py shows `logo.png`", snapshot, "gone.py") == ()


def test_a_name_that_the_named_files_do_not_have_brings_its_definition(commit: Commit) -> None:
    selection = chosen("src/api/mail.py greets users and CircuitBreaker guards it", commit(SERVICE))

    assert paths_of(selection)[:2] == ["src/api/mail.py", "src/core/breaker.py"]
    assert whys_of(selection)["src/core/breaker.py"].startswith("defines CircuitBreaker")
    assert len(selection.files) <= 1 + MOST_BESIDE_NAMED


def test_files_come_in_the_order_listed_named_defining_mentioning(commit: Commit) -> None:
    selection = chosen(
        "src/api/mail.py is wired to `drain_pool` and never to `now`", commit(SERVICE), files=["src/api/health.py"]
    )

    paths = paths_of(selection)
    assert paths[:2] == ["src/api/health.py", "src/api/mail.py"]
    assert set(paths[2:4]) == {"src/core/pool.py", "src/core/clock.py"}
    assert whys_of(selection)["src/api/health.py"].startswith("listed by the claim")


def test_a_claim_that_names_no_file_gets_what_defines_and_mentions_its_names(commit: Commit) -> None:
    selection = chosen("`drain_pool` is called at start-up", commit(SERVICE))

    whys = whys_of(selection)
    assert paths_of(selection)[0] == "src/core/pool.py"
    assert whys["src/core/pool.py"].startswith("defines drain_pool")
    assert "mentions drain_pool (in 3 files)" in whys["src/api/app.py"]


def test_a_claim_in_plain_words_gets_the_files_whose_words_fit(commit: Commit) -> None:
    selection = chosen("Once tripped, the circuit breaker remembers when it was opened", commit(SERVICE))

    assert paths_of(selection)[0] == "src/core/breaker.py"
    assert selection.files[0].why == "words of the statement, most of them at lines 1-6"


def test_words_that_stand_far_apart_in_a_file_count_together(commit: Commit) -> None:
    far = "x = 1\n" * 60
    files = {
        "a_queue.py": "def queue():\n    return queue, queue\n",
        "worker.py": f"def drain():\n    pass\n{far}def broker():\n    pass\n{far}def queue():\n    pass\n",
    }

    assert paths_of(chosen("A broker's queue is drained", commit(files)))[0] == "worker.py"


def test_a_word_is_found_however_its_capitals_stand(commit: Commit) -> None:
    paths = paths_of(chosen("cURL is asked twice", commit(SERVICE | {"src/Curl.php": "<?php\nclass Curl {}\n"})))

    assert paths == ["src/Curl.php"]


def test_an_empty_file_is_chosen_for_its_path(commit: Commit) -> None:
    whys = whys_of(chosen("The mailbox is typed", commit(SERVICE | {"src/mailbox/py.typed": ""})))

    assert whys == {"src/mailbox/py.typed": "words of the statement in its path"}


def test_what_others_use_of_a_file_comes_first_where_it_does_not_fit(commit: Commit) -> None:
    limits = "".join(f"def circuit_{n}():\n    return {n}\n\n\n" for n in range(40)) + "MOST_TRIPS = 3\n"
    breaker = f"from src.core.limits import MOST_TRIPS\n{BREAKER}        self.left = MOST_TRIPS\n"
    snapshot = commit(SERVICE | {"src/core/breaker.py": breaker, "src/core/limits.py": limits})
    claim = claim_of("Once tripped, the circuit breaker remembers when it was opened")
    selector = Selector(claim, ClaimSet(title="T", claims=(claim,)), Index(snapshot))

    assert selector.telling_lines("src/core/limits.py")[0] == Lines(161, 161)


def test_code_comes_before_tests_and_prose(commit: Commit) -> None:
    paths = paths_of(chosen("The pool manager can be drained", commit(SERVICE)))

    assert set(paths[:2]) == {"src/core/pool.py", "src/api/app.py"}
    assert paths[2:] == ["tests/test_pool.py"]


def test_tests_come_first_for_a_claim_about_tests(commit: Commit) -> None:
    paths = paths_of(chosen("Draining the pool is covered by unit tests of its own", commit(SERVICE)))

    assert "tests/test_pool.py" in paths[:2]


def test_a_named_test_does_not_stand_for_the_code(commit: Commit) -> None:
    paths = paths_of(chosen("Draining the pool clears it, see tests/test_pool.py", commit(SERVICE)))

    assert paths[0] == "tests/test_pool.py"
    assert "src/core/pool.py" in paths


def test_prose_is_shown_to_a_claim_about_prose_alone(commit: Commit) -> None:
    snapshot = commit({**SERVICE, "CHANGELOG.md": "- The pool manager can be drained.\n"})

    assert not {"README.md", "CHANGELOG.md"} & set(paths_of(chosen("`drain_pool` of the pool manager", snapshot)))
    assert "README.md" in paths_of(chosen("The README says that the pool manager can be drained", snapshot))
    assert paths_of(chosen("The rabbit `hole_depth` is bounded", commit({"NEWS.md": "hole_depth\n"}))) == ["NEWS.md"]


def test_what_fits_less_is_worth_less_and_what_does_not_fit_nothing(commit: Commit) -> None:
    passage = "def open_breaker(circuit):\n    return circuit.tripped\n"
    files = {f"src/m{n}.py": f"circuit = {n}\n" + "other = 1\n" * 30 for n in range(12)}
    snapshot = commit({**files, "src/breaker.py": passage, "src/far.py": "x = 1\n"})

    selection = chosen("The circuit breaker is opened when tripped", snapshot)

    assert selection.files[0].path == "src/breaker.py"
    assert "src/far.py" not in paths_of(selection)
    assert len(selection.files) == 5


# What named files use.

IMPORTS = {
    "src/app.py": "from src.sums import Totals, added\n\n\ndef total(items):\n    return added(items)\n\n\n"
    "def other(items):\n    return Totals().halved(items)\n",
    "src/sums.py": "def added(items):\n    return sum(items)\n\n\nclass Totals:\n"
    + "    size = 1\n" * 70
    + "    def halved(self, items):\n        return items\n\n    def thirds(self):\n        return 3\n",
}


@pytest.mark.parametrize(
    ("statement", "wanted"),
    [
        pytest.param("`total` adds up all, in src/app.py", [Lines(1, 2)], id="a function that a named one calls"),
        pytest.param("`other` halves, in src/app.py", [Lines(76, 77), Lines(5, 5)], id="a method with its class"),
        pytest.param("All items are halved in src/app.py", [Lines(76, 77), Lines(5, 5)], id="what the words fit"),
    ],
)
def test_definitions_that_a_named_file_uses_come_along_whole(
    commit: Commit, statement: str, wanted: list[Lines]
) -> None:
    selection = chosen(statement, commit(IMPORTS))

    assert paths_of(selection) == ["src/app.py", "src/sums.py"]
    assert list(selection.files[1].wanted) == wanted
    assert whys_of(selection)["src/sums.py"].startswith("used by src/app.py")


@pytest.mark.parametrize(
    ("named", "beside"),
    [
        pytest.param("src/pool.c", "include/pool.h", id="the header of a source"),
        pytest.param("include/pool.h", "src/pool.c", id="the source of a header"),
        pytest.param("db/mysql.sql", "db/sqlite.sql", id="the schema of another database"),
        pytest.param(".github/workflows/ci.yml", "tox.ini", id="what a workflow runs"),
    ],
)
def test_what_belongs_with_a_named_file_comes_along(commit: Commit, named: str, beside: str) -> None:
    snapshot = commit(
        {
            "src/pool.c": "int drain(void) { return 1; }\n",
            "include/pool.h": "int drain(void);\n",
            "db/mysql.sql": "CREATE TABLE pool (id int);\n",
            "db/sqlite.sql": "CREATE TABLE pool (id integer);\n",
            ".github/workflows/ci.yml": "jobs:\n  test:\n    steps:\n      - run: tox -c tox.ini\n",
            "tox.ini": "[tox]\n",
        }
    )

    assert paths_of(chosen(f"It is there, in {named}", snapshot)) == [named, beside]


def test_lock_and_minified_files_are_left_out_where_code_fits(commit: Commit) -> None:
    words = "circuit breaker opened tripped remembers "
    snapshot = commit({**SERVICE, "poetry.lock": words * 50, "static/app.min.js": f"var a='{words * 200}';"})

    paths = paths_of(chosen("Once tripped, the circuit breaker remembers when it was opened", snapshot))

    assert "src/core/breaker.py" in paths
    assert not {"poetry.lock", "static/app.min.js"} & set(paths)


@pytest.mark.parametrize(
    ("named", "found"),
    [
        pytest.param("src/core/", ["src/core/breaker.py", "src/core/clock.py", "src/core/pool.py"], id="directory"),
        pytest.param("`src/core`", ["src/core/breaker.py", "src/core/clock.py", "src/core/pool.py"], id="no-slash"),
        pytest.param("`src/*/pool.py`", ["src/core/pool.py"], id="glob"),
        pytest.param("pool.py", ["src/core/pool.py"], id="bare-name"),
        pytest.param("`./src/core/pool.py`", ["src/core/pool.py"], id="dot-slash"),
        pytest.param("src/core/pool.py:12", ["src/core/pool.py"], id="with-a-line-number"),
    ],
)
def test_a_name_means_its_files(commit: Commit, named: str, found: list[str]) -> None:
    selection = chosen(f"{named} is there", commit(SERVICE))

    assert sorted(paths_of(selection)) == found
    assert selection.missing == ()


def test_a_path_that_is_not_there_is_missing_and_its_namesake_is_shown(commit: Commit) -> None:
    selection = chosen("Connections are drained in `src/pool.py`", commit(SERVICE))

    assert selection.missing == (Selected("src/pool.py", "named in the statement; not in the commit"),)
    assert whys_of(selection)["src/core/pool.py"].startswith("named src/pool.py is not in the commit; same name")


def test_a_path_without_its_first_folders_is_missing_and_shown_where_it_is(commit: Commit) -> None:
    selection = chosen("Connections are drained in `core/pool.py`", commit(SERVICE))

    assert [selected.path for selected in selection.missing] == ["core/pool.py"]
    assert selection.files[0].path == "src/core/pool.py"


def test_a_path_with_a_slip_of_the_pen_is_missing_and_the_nearest_shown(commit: Commit) -> None:
    selection = chosen("Connections are drained in `src/core/pol.py`", commit(SERVICE))

    assert [selected.path for selected in selection.missing] == ["src/core/pol.py"]
    assert "nearest name" in whys_of(selection)["src/core/pool.py"]


def test_a_claim_whose_path_is_missing_gets_what_its_words_fit(commit: Commit) -> None:
    selection = chosen("The circuit breaker of `src/resilience.py` remembers when it was opened", commit(SERVICE))

    assert [selected.path for selected in selection.missing] == ["src/resilience.py"]
    assert "src/core/breaker.py" in paths_of(selection)


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param("../secrets.py", id="above"),
        pytest.param("/etc/passwd", id="absolute"),
        pytest.param("src/../../pool.py", id="there-and-up"),
        pytest.param("~/pool.py", id="home"),
        pytest.param("src\\pool.py", id="backslash"),
    ],
)
def test_a_listed_path_that_leads_outside_is_refused(commit: Commit, pattern: str) -> None:
    selection = chosen("It drains", commit(SERVICE), files=[pattern])

    assert selection.refused == (Selected(pattern, "listed by the claim; it leads outside the commit"),)


def test_a_glob_that_matches_nothing_is_missing(commit: Commit) -> None:
    selection = chosen("It drains", commit(SERVICE), files=["lib/**/*.py"])

    assert selection.missing == (Selected("lib/**/*.py", "listed by the claim; matches nothing in the commit"),)


def test_excluded_files_are_never_selected_and_a_named_one_is_refused_with_the_rule(commit: Commit) -> None:
    context = Context(exclude=("src/core/**",))

    selection = chosen("`drain_pool` of src/core/pool.py clears the pool", commit(SERVICE), context)

    assert not [path for path in paths_of(selection) if path.startswith("src/core/")]
    assert selection.refused == (
        Selected("src/core/pool.py", 'named in the statement; the claim set\'s exclude has "src/core/**"'),
    )


def test_never_send_binds_like_exclude(commit: Commit) -> None:
    claim = claim_of("`drain_pool` clears the pool", files=["src/core"])
    claims = ClaimSet(title="t", claims=(claim,), never_send=("src/core",))

    selection = Selector(claim, claims, Index(commit(SERVICE))).files()

    assert not [path for path in paths_of(selection) if path.startswith("src/core/")]
    assert selection.refused == (
        Selected("src/core", 'listed by the claim: src/core; the claim set\'s never_send has "src/core"'),
    )


def test_an_excluded_namesake_is_not_shown(commit: Commit) -> None:
    selection = chosen("It is in `src/pool.py`", commit(SERVICE), Context(exclude=("**/pool.py",)))

    assert "src/core/pool.py" not in paths_of(selection)


def test_what_verifier_wrote_itself_is_never_selected(commit: Commit) -> None:
    snapshot = commit({**SERVICE, "claims/pool.yaml": "drain_pool: drain_pool\n"}, own=("claims/*.yaml",))

    selection = chosen("`drain_pool` is claimed in claims/pool.yaml", snapshot)

    assert "claims/pool.yaml" not in paths_of(selection)
    assert selection.refused == (Selected("claims/pool.yaml", "named in the statement; verifier's own file"),)


@pytest.mark.parametrize("ignored", [".gitignore", ".ignore", ".dockerignore"])
def test_no_other_tools_rules_drop_a_file(commit: Commit, ignored: str) -> None:
    snapshot = commit({**SERVICE, ignored: "src/\n*.py\n"})

    assert "src/core/pool.py" in paths_of(chosen("`drain_pool` clears the pool", snapshot))


def test_shared_files_come_in_one_order_and_one_wording_for_every_claim(commit: Commit) -> None:
    snapshot = commit(SERVICE)
    context = Context(include=("src/core/**",))

    first = chosen("`drain_pool` of src/core/pool.py clears the pool", snapshot, context)
    second = chosen("send_greeting greets in src/api/mail.py", snapshot, context)

    shared = [selected for selected in first.files if selected.shared]
    assert shared == [selected for selected in second.files if selected.shared]
    assert [selected.path for selected in shared] == ["src/core/breaker.py", "src/core/clock.py", "src/core/pool.py"]


def test_a_missing_shared_path_widens_no_claim(commit: Commit) -> None:
    context = Context(include=("docs/style.md",))

    selection = chosen("`drain_pool` clears the pool of src/core/pool.py", commit(SERVICE), context)

    assert paths_of(selection) == ["src/core/pool.py"]
    assert selection.missing == (Selected("docs/style.md", "shown with every claim; not in the commit"),)


def test_files_that_checks_name_are_shown(commit: Commit) -> None:
    checks = (Check(path_exists="src/api/health.py"), Check(symbol="CircuitBreaker"), Check(path_exists="src/gone.py"))

    selection = chosen("It is healthy", commit(SERVICE), checks=checks)

    whys = whys_of(selection)
    assert whys["src/api/health.py"].startswith("named by a check")
    assert whys["src/core/breaker.py"].startswith("defines CircuitBreaker")
    assert selection.missing == (Selected("src/gone.py", "named by a check; not in the commit"),)


def test_parts_are_read_like_the_statement(commit: Commit) -> None:
    selection = chosen(
        "It is done", commit(SERVICE), parts=["`send_greeting` greets", "src/core/clock.py tells the time"]
    )

    assert paths_of(selection)[0] == "src/core/clock.py"
    assert "src/api/mail.py" in paths_of(selection)


def test_a_large_directory_is_ranked_and_the_cut_is_said(commit: Commit) -> None:
    files = {f"src/m{n:03}.py": f"def unrelated_{n}():\n    return {n}\n" for n in range(150)}
    snapshot = commit({**files, "src/zz.py": "class CircuitBreaker:\n    def trip(self):\n        return 1\n"})

    selection = chosen("The circuit breaker under src/ trips", snapshot)

    assert paths_of(selection)[0] == "src/zz.py"
    assert len(selection.files) == MOST_OF_ONE_NAME
    assert selection.refused == (
        Selected("src/", f"named in the statement: src/; only {MOST_OF_ONE_NAME} of its 151 files were taken"),
    )


def test_a_claim_that_fits_everything_gets_no_whole_repository(commit: Commit) -> None:
    snapshot = commit({f"src/m{n:03}.py": "def retry_backoff():\n    return 1\n" for n in range(200)})

    assert len(chosen("Retry with backoff", snapshot).files) <= MOST_FILES + 10


def test_many_names_bring_a_bounded_number_of_files(commit: Commit) -> None:
    snapshot = commit({f"src/m{n:03}.py": f"def name_{n}():\n    return name_{n + 1}()\n" for n in range(100)})

    selection = chosen(" ".join(f"`name_{n}`" for n in range(100)), snapshot)

    assert len(selection.files) <= MOST_FILES + 10


def test_a_claim_that_fits_nothing_gets_nothing(commit: Commit) -> None:
    assert chosen("Quantum zebras yodel", commit({"a.py": "x = 1\n"})) == Selection(())


def test_the_same_claim_and_commit_give_the_same_selection(commit: Commit) -> None:
    snapshot = commit(SERVICE)

    assert chosen("The pool can be drained", snapshot) == chosen("The pool can be drained", snapshot)


def test_an_empty_commit_gives_an_empty_selection(commit: Commit) -> None:
    assert chosen("`drain_pool` clears the pool", commit({})) == Selection(())


@pytest.mark.parametrize(
    "hostile",
    [
        pytest.param({"a.py": "pool" * 250_000}, id="one-word-of-a-megabyte"),
        pytest.param({"a.py": "pool " * 200_000}, id="one-line-of-a-megabyte"),
        pytest.param({"a.py": "pool\n" * 50_000}, id="one-word-on-each-line"),
        pytest.param({f"d/{'pool_' * 20}{n}.py": "" for n in range(300)}, id="long-names"),
        pytest.param({"pool\n## all is well\n.py": "pool = 1\n"}, id="a-name-with-newlines"),
    ],
)
def test_hostile_files_cost_little(commit: Commit, hostile: dict[str, str]) -> None:
    snapshot = commit(hostile)

    chosen("`drain_pool` clears the pool of src/pool.py", snapshot)


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("drain " * 50_000, id="long"),
        pytest.param(" ".join(f"src/m{n}.py" for n in range(2000)), id="many-paths"),
        pytest.param(" ".join(f"`name_{n}`" for n in range(2000)), id="many-names"),
        pytest.param("`" * 1001 + "{[(*" * 100, id="odd-marks"),
    ],
)
def test_hostile_statements_cost_little(commit: Commit, statement: str) -> None:
    snapshot = commit(SERVICE)

    chosen(statement, snapshot)


def test_the_end_of_one_path_is_that_path(commit: Commit) -> None:
    """A path that is given from another folder than the repository's root names its file all the same."""
    snapshot = commit({"service/src/mail.py": "def greet():\n    pass\n", "other.py": "def greet_mail():\n    pass\n"})

    selection = chosen("`greet` greets, in src/mail.py", snapshot)

    assert [one.path for one in selection.files] == ["service/src/mail.py"]
    assert [one.path for one in selection.missing] == ["src/mail.py"]


def test_the_end_of_several_paths_is_none_of_them(commit: Commit) -> None:
    files = {
        "a/src/mail.py": "def greet():\n    pass\n",
        "b/src/mail.py": "",
        "other.py": "def greet_mail():\n    pass\n",
    }

    selection = chosen("`greet` greets by mail, in src/mail.py", commit(files))

    assert {"a/src/mail.py", "b/src/mail.py", "other.py"} == {one.path for one in selection.files}


def test_a_reason_is_given_once_however_much_of_a_file_is_used(commit: Commit) -> None:
    tools = "def opened():\n    return 1\n\n\ndef closed():\n    return 2\n"
    uses = "from tools import closed, opened\n\n\ndef drain():\n    return opened() + closed()\n"

    selection = chosen("`drain` opens and is closed, in `pool.py`", commit({"tools.py": tools, "pool.py": uses}))

    assert whys_of(selection)["tools.py"] == "used by pool.py"
