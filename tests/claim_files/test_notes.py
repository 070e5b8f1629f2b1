"""Claims are made of the bullets of a pull-request text: what they say, and not what is around them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.claim_files.notes import Note, notes_in, read_notes, slug
from verifier.errors import ClaimError


@pytest.mark.parametrize(
    ("text", "statements"),
    [
        pytest.param("- Adds `Pool`\n- Drops the queue\n", ["Adds `Pool`", "Drops the queue"], id="dashes"),
        pytest.param("* Adds a pool\n+ Drops it all\n• Keeps it here", 3, id="other-bullets"),
        pytest.param("1. Adds a pool\n2) Drops it all\n", ["Adds a pool", "Drops it all"], id="numbers"),
        pytest.param("- [x] Adds a pool\n- [X] Drops it\n", ["Adds a pool", "Drops it"], id="ticked"),
        pytest.param(
            "- Adds a pool\n  that drains\nlazily\n", ["Adds a pool that drains lazily"], id="lines-that-go-on"
        ),
        pytest.param(
            "- Adds retries:\n  - three attempts.\n  - a\n    backoff\n- Drops it all\n",
            ["Adds retries: three attempts; a backoff", "Drops it all"],
            id="nested",
        ),
        pytest.param("  - Adds a pool\n- Drops it all\n", ["Adds a pool", "Drops it all"], id="crooked"),
        pytest.param("- **Adds** a *fine* pool, see [docs](a.md) (#12)\n", ["Adds a fine pool, see docs"], id="marks"),
        pytest.param("- Uses `**kwargs` and `a*b*c`\n", ["Uses `**kwargs` and `a*b*c`"], id="not-marks-in-code"),
        pytest.param(
            "# Adds a pool\n\nSome text here.\n\n- Drops it all\n\nMore text.\n", ["Drops it all"], id="around"
        ),
        pytest.param("- Adds a pool\n## Next one\nDrops it\n", ["Adds a pool"], id="heading-ends-it"),
        pytest.param("```\n- not this one\n```\n- Adds a pool\n", ["Adds a pool"], id="not-in-a-fence"),
        pytest.param(
            "~~~md\n- not this\n```\n- nor this\n~~~\n- Adds a pool\n", ["Adds a pool"], id="not-in-a-tilde-fence"
        ),
        pytest.param("<!--\n- not this\n-->\n- Adds a pool\n", ["Adds a pool"], id="not-in-a-comment"),
        pytest.param("> - not this one\n- Adds a pool\n", ["Adds a pool"], id="not-in-a-quotation"),
        pytest.param("- Adds a pool\n\n---\n* * *\n", ["Adds a pool"], id="not-a-rule"),
        pytest.param("- Adds a pool\r\n- Drops it all\r\n", ["Adds a pool", "Drops it all"], id="windows-lines"),
    ],
)
def test_each_outer_bullet_is_a_statement(text: str, statements: list[str] | int) -> None:
    found = [note.statement for note in notes_in(text) if note.left_out is None]

    assert found == statements or len(found) == statements


def test_what_claims_nothing_is_left_out_with_the_reason() -> None:
    text = "- [ ] Adds a pool\n- ~~Drops it all~~\n- Yes\n- Adds it: \n  - [ ] later on\n  - now here\n"

    assert list(notes_in(text)) == [
        Note(1, "Adds a pool", "its box is not ticked"),
        Note(2, "Drops it all", "it is struck out"),
        Note(3, "Yes", "it says nothing"),
        Note(4, "Adds it: now here"),
        Note(5, "later on", "its box is not ticked"),
    ]


def test_what_is_no_bullet_is_left_out_with_what_it_is() -> None:
    text = (
        "# Title\n\nAdds a pool.\nDrains it.\n\n- Adds a queue\n\n| what | why |\n|---|---|\n| a pool | speed |\n\n"
        "> as asked\n\n```\ncode\n```\n<!-- hint -->\n---\n" + "long " * 50 + "\n"
    )

    assert list(notes_in(text)) == [
        Note(3, "Adds a pool. Drains it.", "prose and no bullet"),
        Note(6, "Adds a queue"),
        Note(8, "what why", "a row of a table and no bullet"),
        Note(10, "a pool speed", "a row of a table and no bullet"),
        Note(12, "as asked", "a quotation and no bullet"),
        Note(14, "code", "code and no bullet"),
        Note(19, ("long " * 50)[:100] + "...", "prose and no bullet"),
    ]


@pytest.mark.parametrize(
    ("text", "statement"),
    [
        pytest.param("- Adds a pool\n  ```\n  - code\n  ```\n  that drains\n", "Adds a pool: that drains", id="code"),
        pytest.param("- Adds a pool\n\n  It drains.\n", "Adds a pool: It drains", id="second-paragraph"),
        pytest.param("1. Adds a pool\n   * of ten\n", "Adds a pool: of ten", id="bullet-below-a-number"),
        pytest.param("    - Adds a pool\n", "Adds a pool", id="far-to-the-right"),
        pytest.param("- Adds a pool\n---\n", "Adds a pool", id="rule-below"),
        pytest.param("- Adds a pool\n  > as asked\n", "Adds a pool", id="quotation-below"),
        pytest.param(
            "- [x] Adds a pool\n  - [x] of ten\n  - [ ] of twelve\n    - or more\n", "Adds a pool: of ten", id="box"
        ),
    ],
)
def test_what_stands_below_a_bullet_joins_it(text: str, statement: str) -> None:
    assert [note.statement for note in notes_in(text) if note.left_out is None] == [statement]


@pytest.mark.parametrize(
    ("statement", "taken", "name"),
    [
        pytest.param("The `Pool` drains in 30 s", (), "pool-drains-30-s", id="words"),
        pytest.param("The `Pool` drains", ("pool-drains", "pool-drains-2"), "pool-drains-3", id="taken"),
        pytest.param("Größe wird geprüft", (), "groe-wird-gepruft", id="accents"),
        pytest.param("数据库连接", (), "claim", id="other-scripts"),
        pytest.param("one " * 40, (), "one-one-one-one-one-one", id="long"),
        pytest.param("x" * 400, (), "claim", id="one-long-word"),
    ],
)
def test_an_id_is_made_of_the_statements_words(statement: str, taken: tuple[str, ...], name: str) -> None:
    assert slug(statement, taken) == name


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(
            b"Some text.\n",
            "no bullet that claims something; write one claim a line, each after a dash, or let a model find them: "
            "verifier claims draft",
            id="text",
        ),
        pytest.param(b"- caf\xe9 au lait\n", "byte 5 is not UTF-8; save it as UTF-8", id="latin-1"),
    ],
)
def test_notes_without_a_claim_are_refused(tmp_path: Path, data: bytes, message: str) -> None:
    file = tmp_path / "notes.md"
    file.write_bytes(data)

    with pytest.raises(ClaimError) as raised:
        read_notes(file)

    assert str(raised.value) == f"{file}: {message}"


def test_notes_too_large_are_refused_unread(tmp_path: Path) -> None:
    file = tmp_path / "notes.md"
    file.write_bytes(b"- a b\n" * 100_000)

    with pytest.raises(ClaimError, match="more than 500 kB; name the notes themselves"):
        read_notes(file)


HOSTILE = [
    "- ",
    "*",
    " ",
    "[",
    "(#1",
    "**a",
    "~~",
    "`",
    "- a\n  - ",
    "<!--",
    "#",
    "<",
    "> ",
    "[a]: b\n",
    "- a\n",
    "|a",
    "```\n",
]


@pytest.mark.parametrize("unit", HOSTILE)
def test_long_notes_are_read(unit: str) -> None:
    # How the time grows is measured, with texts five times as long, in benchmarks/growth.py.
    text = "- " + (unit * 20_000)[:20_000]

    list(notes_in(text))


@settings(deadline=None)
@given(st.text(alphabet="-*+1. [x]\n\t`~#>abc()_é"))
def test_no_text_makes_the_reader_of_notes_raise(text: str) -> None:
    for note in notes_in(text):
        assert "\n" not in note.statement
        assert slug(note.statement, ())
