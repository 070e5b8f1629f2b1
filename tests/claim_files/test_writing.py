"""Claims and labels are added without a change to what stands in the file."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from verifier.claim_files import load_claims
from verifier.claim_files.writing import SCHEMA_NAME, add_claims, label_claim
from verifier.errors import ClaimError
from verifier.values.claim import Word
from verifier.values.source import nfc

NEW = {"id": "new", "statement": "The `Pool` drains", "files": ["src/pool.py"]}
NEW_TEXT = "- id: new\n{0}  statement: The `Pool` drains\n{0}  files:\n{0}    - src/pool.py\n"


def new(indent: str) -> str:
    return indent + NEW_TEXT.format(indent)


FILES = {
    "comments-and-odd-style": (
        "# Ours.\ntitle:   'T'   # said\n\nclaims:\n  - id: a   # first\n    statement: \"S\"\n    tags: [ x,y ]\n",
        "\n" + new("  "),
        "",
    ),
    "no-blank-lines-between": (
        "title: T\nclaims:\n  - id: a\n    statement: S\n  - {id: b, statement: S}\n",
        new("  "),
        "",
    ),
    "indent-of-none": ("title: T\nclaims:\n- id: a\n  statement: S\n\n- id: b\n  statement: S\n", "\n" + new(""), ""),
    "claims-in-the-middle": (
        "claims:\n  - id: a\n    statement: S\n",
        "\n" + new("  "),
        "\n# The title comes last.\ntitle: T\n",
    ),
    "comment-of-the-last-claim": (
        "title: T\nclaims:\n  - id: a\n    statement: S # here\n    # and there\n",
        "\n" + new("  "),
        "  # of the list\n# of nobody\n",
    ),
    "no-final-newline": ("title: T\nclaims:\n  - id: a\n    statement: S", "\n\n" + new("  "), ""),
    "long-lines": ("title: T\nclaims:\n  - id: a\n    statement: " + "very long " * 40 + "\n", "\n" + new("  "), ""),
    "folded-statement": (
        "title: T\nclaims:\n  - id: a\n    statement: >-\n      One\n      two\n",
        "\n" + new("  "),
        "\ncontext: {}\n",
    ),
    "windows-lines": (
        "title: T\r\nclaims:\r\n  - id: a\r\n    statement: S\r\n",
        ("\n" + new("  ")).replace("\n", "\r\n"),
        "",
    ),
    "wide-dash": ("title: T\nclaims:\n    -   id: a\n        statement: S\n", "\n" + new("    "), ""),
}


@pytest.mark.parametrize(("before", "added", "after"), FILES.values(), ids=FILES.keys())
def test_a_claim_is_added_after_the_last_and_nothing_else_changes(
    tmp_path: Path, before: str, added: str, after: str
) -> None:
    file = tmp_path / "set.yaml"
    file.write_bytes((before + after).encode())

    add_claims(file, [NEW])

    assert file.read_bytes().decode() == before + added + after
    assert load_claims(file).claims.claims[-1].id == "new"


def test_a_new_file_names_the_schema_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "claims" / "pool_and-queue.yaml"

    loaded = add_claims(file, [NEW, NEW | {"id": "other"}])

    assert loaded.claims.title == "Pool and queue"
    assert file.read_text(encoding="utf-8") == (
        f"# yaml-language-server: $schema={SCHEMA_NAME}\n"
        "title: Pool and queue\nclaims:\n" + new("  ") + "\n" + new("  ").replace("new", "other")
    )
    assert sorted(path.name for path in file.parent.iterdir()) == [SCHEMA_NAME, "pool_and-queue.yaml"]


@pytest.mark.parametrize(
    ("text", "claim", "message"),
    [
        pytest.param(
            "title: T\nclaims:\n  - id: new\n    statement: S\n",
            NEW,
            'set.yaml:3: claim "new" is there already; choose another id',
            id="id-is-there",
        ),
        pytest.param(
            "title: T\nclaims: [{id: a, statement: S}]\n",
            NEW,
            'set.yaml:2: the claims stand in brackets; write them as lines that begin with "- ", '
            "so that one can be added",
            id="in-brackets",
        ),
        pytest.param(
            "title: T\nclaim:\n  - id: a\n    statement: S\n",
            NEW,
            'set.yaml:2: unknown key "claim"; did you mean "claims"?',
            id="no-claim-set",
        ),
        pytest.param(
            "title: T\nclaims:\n  - id: a\n    statement: S\n",
            {"id": "b c", "statement": "S"},
            'set.yaml:6: claim "b c": id is "b c"; an id is up to 128 letters, digits, dots, hyphens and underscores, '
            "and begins with a letter or digit",
            id="bad-id",
        ),
        pytest.param(
            "title: T\nclaims:\n  - id: a\n    statement: S\n",
            {"id": "b", "statement": "S", "files": ["/etc/passwd"]},
            'set.yaml:9: claim "b": the path "/etc/passwd" is absolute; write it from the root of the repository',
            id="bad-path",
        ),
    ],
)
def test_what_cannot_be_added_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, claim: dict[str, str], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    file = Path("set.yaml")
    file.write_text(text, encoding="utf-8")

    with pytest.raises(ClaimError) as raised:
        add_claims(file, [claim])

    assert str(raised.value) == message
    assert file.read_text(encoding="utf-8") == text
    assert [path.name for path in tmp_path.iterdir()] == ["set.yaml"]


def test_a_link_to_a_claim_file_stays_a_link_and_the_mode_stays(tmp_path: Path) -> None:
    file = tmp_path / "set.yaml"
    file.write_text("title: T\nclaims:\n  - id: a\n    statement: S\n", encoding="utf-8")
    file.chmod(0o640)
    link = tmp_path / "link.yaml"
    link.symlink_to(file)

    add_claims(link, [NEW])

    assert link.is_symlink()
    assert file.stat().st_mode & 0o777 == 0o640
    assert "new" in load_claims(file).lines


@settings(deadline=None, max_examples=60)
@given(
    st.text(min_size=1, max_size=300).filter(lambda text: text.strip() and "\x00" not in text),
    st.lists(st.text(alphabet="ab #:-'\"`*&!|>%@[]{},?\\é", min_size=1), max_size=3),
)
@example("\uf900", [])
def test_any_statement_comes_back_as_it_was(statement: str, tags: list[str]) -> None:
    flat = " ".join(statement.split())
    kept = [tag.strip() for tag in tags if tag.strip()]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "set.yaml"
        if flat.encode("utf-8", "replace").decode() != flat:
            return

        add_claims(file, [{"id": "a", "statement": flat, "tags": kept}])
        add_claims(file, [{"id": "b", "statement": flat, "tags": kept}])

        claims = load_claims(file).claims.claims
    assert [(claim.statement, list(claim.tags)) for claim in claims] == [(nfc(flat.strip()), kept)] * 2


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_byte_order_mark_stays_where_it_is(tmp_path: Path, newline: str) -> None:
    path = tmp_path / "set.yaml"
    text = "\ufefftitle: T\nclaims:\n  - id: a\n    statement: It is so\n".replace("\n", newline)
    path.write_bytes(text.encode())

    add_claims(path, [{"id": "b", "statement": "And so"}])

    assert path.read_bytes().decode().startswith(text)
    assert path.read_bytes().count(b"\xef\xbb\xbf") == 1


# Labels.

HEAD = "title: T\nclaims:\n  - id: z\n    statement: S\n\n"
WHY = 'It says: "no" # there'
KEYS = 'expect: NOT RESOLVED\n    expect_why: "It says: \\"no\\" # there"\n'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("  - id: a\n    statement: S\n", f"  - id: a\n    statement: S\n    {KEYS}", id="last"),
        pytest.param(
            "  - id: a # ours\n    statement: >-\n      S\n    # of a\n\n  # of b\n  - id: b\n    statement: S\n",
            f"  - id: a # ours\n    statement: >-\n      S\n    # of a\n    {KEYS}\n"
            "  # of b\n  - id: b\n    statement: S\n",
            id="between comments",
        ),
        pytest.param("  - id: a\n    statement: S", f"  - id: a\n    statement: S\n    {KEYS}", id="no last line end"),
        pytest.param(
            "  - id: a\n    expect: FULLY RESOLVED   # so far\n    statement: S\n    expect_why: 'x'\n",
            "  - id: a\n    expect: NOT RESOLVED   # so far\n    statement: S\n"
            '    expect_why: "It says: \\"no\\" # there"\n',
            id="in place of others",
        ),
        pytest.param(
            "  - id: a\n    expect:\n    statement: S\n",
            "  - id: a\n    expect: NOT RESOLVED\n    statement: S\n    " + KEYS.partition("\n")[2].lstrip(),
            id="a key without value",
        ),
        pytest.param(
            "  - {id: a, statement: S, }\n",
            "  - {id: a, statement: S, " + KEYS.strip().replace("\n   ", ",") + " }\n",
            id="in brackets",
        ),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_label_is_written_and_nothing_else_changes(tmp_path: Path, before: str, after: str, newline: str) -> None:
    file = tmp_path / "set.yaml"
    file.write_bytes(("\ufeff" + HEAD + before).replace("\n", newline).encode())

    label_claim(file, "a", Word.NOT, WHY)

    assert file.read_bytes().decode() == ("\ufeff" + HEAD + after).replace("\n", newline)
    claim = next(claim for claim in load_claims(file).claims.claims if claim.id == "a")
    assert (claim.expect, claim.expect_why) == (Word.NOT, WHY)


def test_a_label_without_a_reason_leaves_the_reason_that_is_there(tmp_path: Path) -> None:
    file = tmp_path / "set.yaml"
    file.write_text(HEAD + "    expect_why: as I saw it\n", encoding="utf-8")

    label_claim(file, "z", Word.FULLY)

    assert file.read_text(encoding="utf-8") == HEAD + "    expect_why: as I saw it\n    expect: FULLY RESOLVED\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(HEAD, 'there is no claim "a"; it was renamed or taken out', id="gone"),
        pytest.param(
            "title: T\nclaims:\n  - {id: a, statement: S # a comment\n    }\n",
            "it is written so that nothing can be added to it safely; write the keys by hand",
            id="comment before the bracket",
        ),
    ],
)
def test_a_label_that_cannot_be_written_leaves_the_file_as_it_was(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "set.yaml"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(ClaimError, match=message):
        label_claim(file, "a", Word.NOT)

    assert file.read_text(encoding="utf-8") == text
