"""What later rounds ask for: granted within the commit and the claim set's rules, and refused with the reason."""

from __future__ import annotations

import pytest

from tests.conftest import Commit
from tests.selection.test_selecting import SERVICE, claim_of, paths_of, whys_of
from verifier.repository.index import Index
from verifier.repository.snapshot import Snapshot
from verifier.selection.granting import MOST_NEEDS, MOST_OF_ONE_NEED, grant
from verifier.values.claim import ClaimSet, Context
from verifier.values.pack import Selected, Selection
from verifier.values.source import Lines
from verifier.values.verdict import Need


def granted(
    snapshot: Snapshot, *paths: str, already: tuple[str, ...] = (), context: Context | None = None
) -> Selection:
    claims = ClaimSet(title="t", claims=(claim_of("x"),), context=context or Context(exclude=("src/api/mail.py",)))
    return grant([Need(path) for path in paths], claims, Index(snapshot), already)


def granted_lines(snapshot: Snapshot, *needs: Need, already: tuple[str, ...] = ()) -> Selection:
    claims = ClaimSet(title="t", claims=(claim_of("x"),), context=Context(exclude=("src/api/mail.py",)))
    return grant(needs, claims, Index(snapshot), already)


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        pytest.param("src/core/pool.py", {"src/core/pool.py": "asked for"}, id="path"),
        pytest.param("src/core/p*.py", {"src/core/pool.py": "asked for: src/core/p*.py"}, id="glob"),
        pytest.param("pool.py", {"src/core/pool.py": "asked for: pool.py"}, id="bare-name"),
        pytest.param(
            "src/api", dict.fromkeys(("src/api/app.py", "src/api/health.py"), "asked for: src/api"), id="folder"
        ),
    ],
)
def test_a_wish_is_granted_within_the_commit(commit: Commit, wish: str, expected: dict[str, str]) -> None:
    selection = granted(commit(SERVICE), wish)

    assert whys_of(selection) == expected
    assert (selection.missing, selection.refused) == ((), ())


@pytest.mark.parametrize(
    ("wish", "why"),
    [
        pytest.param("src/api/mail.py", 'the claim set\'s exclude has "src/api/mail.py"', id="excluded"),
        pytest.param("claims/a.yaml", "verifier's own file", id="own"),
        pytest.param("../x.py", "it leads outside the commit", id="above"),
        pytest.param("/etc/passwd", "it leads outside the commit", id="absolute"),
        pytest.param("src/core/clock.py", "already supplied whole", id="supplied"),
    ],
)
def test_a_wish_is_refused_with_the_reason(commit: Commit, wish: str, why: str) -> None:
    snapshot = commit({**SERVICE, "claims/a.yaml": "x\n"}, own=("claims/*.yaml",))

    selection = granted(snapshot, wish, already=("src/core/clock.py",))

    assert selection == Selection((), (), (Selected(wish, why),))


@pytest.mark.parametrize(
    ("wish", "why"),
    [
        pytest.param("src/pool.py", "not in the commit; there is src/core/pool.py", id="namesake"),
        pytest.param("src/zebra.py", "not in the commit", id="nothing-like-it"),
        pytest.param("lib/**", "matches nothing in the commit", id="glob"),
        pytest.param("src/mail.py", "not in the commit", id="namesake-excluded"),
    ],
)
def test_a_wish_for_what_is_not_there_says_what_is(commit: Commit, wish: str, why: str) -> None:
    assert granted(commit(SERVICE), wish) == Selection((), (Selected(wish, why),), ())


def test_a_wide_wish_is_cut_and_the_cut_said(commit: Commit) -> None:
    selection = granted(commit({f"src/m{n:02}.py": "x = 1\n" for n in range(30)}), "src/**")

    assert len(selection.files) == MOST_OF_ONE_NEED
    assert selection.refused == (
        Selected("src/**", f"only {MOST_OF_ONE_NEED} of its 30 files were given; ask for others by name"),
    )


def test_a_file_wished_for_twice_is_granted_once(commit: Commit) -> None:
    assert paths_of(granted(commit(SERVICE), "src/core/pool.py", "src/core/pool.py", "pool.py")) == ["src/core/pool.py"]


def test_too_many_wishes_are_cut_and_the_cut_said(commit: Commit) -> None:
    selection = granted(commit(SERVICE), *(f"lib/m{n}.py" for n in range(MOST_NEEDS + 30)))

    assert len(selection.missing) == MOST_NEEDS
    assert selection.refused == (
        Selected(f"lib/m{MOST_NEEDS}.py", f"only the first {MOST_NEEDS} wishes of a round are looked at"),
    )


def test_of_a_folder_only_what_was_not_supplied_is_granted(commit: Commit) -> None:
    selection = granted(commit(SERVICE), "src/core", already=("src/core/pool.py",))

    assert paths_of(selection) == ["src/core/breaker.py", "src/core/clock.py"]


# Lines, and definitions.


@pytest.mark.parametrize(
    ("need", "path", "lines"),
    [
        pytest.param(Need("src/core/pool.py", lines=Lines(7, 8)), "src/core/pool.py", Lines(7, 8), id="lines"),
        pytest.param(Need("pool.py", lines=Lines(7, 8)), "src/core/pool.py", Lines(7, 8), id="of a bare name"),
        pytest.param(Need("src/core/pool.py", lines=Lines(10, 900)), "src/core/pool.py", Lines(10, 11), id="too many"),
        pytest.param(Need("", definition="drain_pool"), "src/core/pool.py", Lines(10, 11), id="a method"),
        pytest.param(Need("", definition="PoolManager"), "src/core/pool.py", Lines(4, 11), id="a class"),
        pytest.param(Need("", definition="PoolManager.acquire"), "src/core/pool.py", Lines(7, 8), id="a dotted name"),
        pytest.param(Need("", definition="PoolManager::acquire()"), "src/core/pool.py", Lines(7, 8), id="a call"),
        pytest.param(Need("src/core", definition="trip"), "src/core/breaker.py", Lines(5, 6), id="in a folder"),
    ],
)
def test_lines_and_definitions_are_granted_where_they_stand(
    commit: Commit, need: Need, path: str, lines: Lines
) -> None:
    selection = granted_lines(commit(SERVICE), need)

    assert [(s.path, s.wanted) for s in selection.files] == [(path, (lines,))]
    assert (selection.missing, selection.refused) == ((), ())


@pytest.mark.parametrize(
    ("need", "wish", "why"),
    [
        pytest.param(
            Need("src/api/mail.py", lines=Lines(1, 1)),
            "src/api/mail.py, lines 1",
            'the claim set\'s exclude has "src/api/mail.py"',
            id="lines of an excluded file",
        ),
        pytest.param(
            Need("", definition="send_greeting"),
            "send_greeting",
            'the claim set\'s exclude has "src/api/mail.py"',
            id="a definition in an excluded file",
        ),
        pytest.param(Need("", definition="now"), "now", "src/core/clock.py is already supplied whole", id="supplied"),
    ],
)
def test_lines_and_definitions_are_refused_with_the_reason(commit: Commit, need: Need, wish: str, why: str) -> None:
    selection = granted_lines(commit(SERVICE), need, already=("src/core/clock.py",))

    assert selection == Selection((), (), (Selected(wish, why),))


@pytest.mark.parametrize(
    ("need", "wish", "why"),
    [
        pytest.param(
            Need("src/core/pool.py", lines=Lines(900, 901)),
            "src/core/pool.py, lines 900-901",
            "the commit has no such lines",
            id="beyond the end",
        ),
        pytest.param(Need("x.py", lines=Lines(1, 2)), "x.py, lines 1-2", "the commit has no such lines", id="no file"),
        pytest.param(
            Need("../x.py", lines=Lines(1, 2)), "../x.py, lines 1-2", "the commit has no such lines", id="outside"
        ),
        pytest.param(
            Need("", definition="zebra"),
            "zebra",
            "no definition of it was found; ask for the lines or the file",
            id="no such name",
        ),
        pytest.param(
            Need("src/api", definition="drain_pool"),
            "drain_pool in src/api",
            "no definition of it was found; ask for the lines or the file",
            id="not there",
        ),
    ],
)
def test_lines_and_definitions_that_are_not_there_are_said(commit: Commit, need: Need, wish: str, why: str) -> None:
    assert granted_lines(commit(SERVICE), need) == Selection((), (Selected(wish, why),), ())


def test_lines_come_first_and_a_file_that_is_wanted_whole_is_granted_whole(commit: Commit) -> None:
    wishes = [
        Need("src/api/app.py"),
        Need("src/core/pool.py", lines=Lines(7, 8)),
        Need("", definition="drain_pool"),
        Need("", definition="trip"),
        Need("src/core/breaker.py"),
    ]

    selection = granted_lines(commit(SERVICE), *wishes)

    assert [(s.path, s.wanted) for s in selection.files] == [
        ("src/core/pool.py", (Lines(7, 8), Lines(10, 11))),
        ("src/core/breaker.py", ()),
        ("src/api/app.py", ()),
    ]


def test_lines_of_many_files_come_in_the_commits_order_and_are_cut(commit: Commit) -> None:
    files = {f"src/m{n:02}.py": f"x = {n}\n" for n in range(30)}

    selection = granted_lines(commit(files), Need("src/**", lines=Lines(1, 1)))

    assert paths_of(selection) == sorted(files)[:MOST_OF_ONE_NEED]
    assert selection.refused == (
        Selected("src/**, lines 1", f"only {MOST_OF_ONE_NEED} of its 30 places were given; name the file too"),
    )
