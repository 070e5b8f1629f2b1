"""A name or a text is the same however its letters were typed: all comparing is of one normal form."""

from __future__ import annotations

import json
import time
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import Commit
from tests.evidence.replies import absence, citation, part, verdict
from verifier.claim_files.loading import load_claims
from verifier.evidence.checks import run_check
from verifier.evidence.facts import path_fact, symbol_fact
from verifier.evidence.locating import locate
from verifier.evidence.parsing import parse_verdict
from verifier.repository.globbing import any_matches, matching
from verifier.repository.index import Index
from verifier.repository.sending import SendRules
from verifier.repository.snapshot import Snapshot, SourceFile
from verifier.values.claim import Check, Claim, ClaimSet
from verifier.values.prompt import Reply, Source
from verifier.values.source import Lines, nfc


def nfd(text: str) -> str:
    return unicodedata.normalize("NFD", text)


PATH = "kunden/Müller.md"
FORMS = [
    pytest.param(nfd, nfc, id="decomposed in the commit"),
    pytest.param(nfc, nfd, id="decomposed in the claim"),
    pytest.param(nfd, nfd, id="decomposed in both"),
]
Form = Callable[[str], str]


def claims_of(**given: object) -> ClaimSet:
    return ClaimSet.model_validate(
        {"title": "x", "claims": [{"id": "a", "statement": "x"}], **given}, by_alias=True, by_name=False
    )


@pytest.mark.parametrize(("there", "written"), FORMS)
@pytest.mark.parametrize(
    "pattern", [PATH, "kunden/M*r.md", "**/Müller.md", "kunden/M[ü]ller.md", "kunden/{Müller,x}.md"]
)
@pytest.mark.parametrize("rule", ["never_send", "exclude"])
def test_what_is_withheld_is_withheld(commit: Commit, there: Form, written: Form, pattern: str, rule: str) -> None:
    snapshot = commit({there(PATH): "secret\n"})
    withheld = [written(pattern)]
    claims = claims_of(**({"never_send": withheld} if rule == "never_send" else {"context": {"exclude": withheld}}))

    (path,) = snapshot.paths

    assert SendRules(claims, snapshot).refusal(path) is not None
    assert any_matches(claims.never_send or claims.context.exclude, there(PATH))


@pytest.mark.parametrize(("there", "written"), FORMS)
def test_a_path_that_is_there_is_there(commit: Commit, there: Form, written: Form) -> None:
    index = Index(commit({there("docs/Übersicht.md"): "eins\n"}))
    path = written("docs/Übersicht.md")

    assert path_fact(nfc(path), index).says == '"docs/Übersicht.md" is in the commit: 1 lines'
    assert run_check(Check(path_exists=path), index).holds
    assert index.snapshot.lines(path) == ("eins",)
    assert matching(written("docs/Ü*"), index.snapshot.paths) == ("docs/Übersicht.md",)
    assert index.files_called(written("Übersicht")) == ("docs/Übersicht.md",)


@pytest.mark.parametrize(("there", "written"), FORMS)
def test_a_name_and_a_line_are_found(commit: Commit, there: Form, written: Form) -> None:
    index = Index(commit({"größe.go": there("package a\n\nfunc Größe() int { return 1 }\n")}))
    claim = Claim(
        id="a",
        statement=written("`Größe` returns 1"),
        checks=(Check(symbol=written("Größe")), Check(matches=written("func Gr[ö]ße"))),
    )

    fact = symbol_fact("Größe", index)
    assert fact is not None
    assert fact.holds
    assert [run_check(check, index).holds for check in claim.checks] == [True, True]
    assert index.mentions(written("Größe")) == ("größe.go",)


@pytest.mark.parametrize(("there", "written"), FORMS)
def test_a_quote_stands_where_it_stands(commit: Commit, there: Form, written: Form) -> None:
    line = 'gruß = "Schöne Grüße"'
    index = Index(commit({there("grüße.py"): there(f"{line}\n")}))
    reply = verdict(part("x", "yes", citation(written("grüße.py"), 1, 1, written(line)), absence(written("größe"))))
    for text in (reply, json.dumps(json.loads(reply), ensure_ascii=True)):
        (read,) = parse_verdict(Reply(text, Source.LIVE, "x"), "a").parts
        file = index.text_file(read.citations[0].path)

        assert file is not None
        assert locate(read.citations[0].quote, file.lines) == (Lines(1, 1),)
        assert read.absences[0].pattern == "größe"


@pytest.mark.parametrize("form", [nfc, nfd])
def test_a_claim_file_is_read_in_one_form(tmp_path: Path, form: Form) -> None:
    written = {
        "title": "Überblick",
        "never_send": [PATH],
        "context": {"include": ["Ä/**"], "exclude": ["Ö"]},
        "claims": [{"id": "a", "statement": "`Größe`", "parts": ["Größe"], "files": ["Ü.md"], "tags": ["ä"]}],
    }
    (tmp_path / "a.yaml").write_text(form(yaml.safe_dump(written, allow_unicode=True)), "utf-8")

    read = load_claims(tmp_path / "a.yaml").claims

    assert read == ClaimSet.model_validate(written)
    assert nfd(read.model_dump_json()) != read.model_dump_json() == nfc(read.model_dump_json())


def test_two_names_of_one_form_are_two_files_and_both_withheld(commit: Commit) -> None:
    snapshot = commit({nfd(PATH): "one\n", PATH: "two\n"})

    assert [snapshot.lines(path) for path in (PATH, nfd(PATH))] == [("two",), ("one",)]
    assert snapshot.paths == tuple(sorted((PATH, nfd(PATH))))
    assert [any_matches((PATH,), path) for path in snapshot.paths] == [True, True]


LIGATURES = [
    pytest.param("def ﬁnd_ℌosts():\n    return 1\n", "find_Hosts", id="folded by the language"),
    pytest.param("def find_Hosts():\n    return 1\n", "ﬁnd_ℌosts", id="folded in the claim"),
    pytest.param("def ﬁnd_ℌosts():\n    return 1\n", "ﬁnd_ℌosts", id="as written"),
]


@pytest.mark.parametrize(("text", "name"), LIGATURES)
def test_python_compares_names_in_their_compatible_form(commit: Commit, text: str, name: str) -> None:
    index = Index(commit({"a.py": text}))

    ((path, definition),) = index.definitions(name)

    assert (path, definition.name) == ("a.py", "find_Hosts")
    assert index.mentions("find_Hosts") == ("a.py",)


def test_go_does_not(commit: Commit) -> None:
    index = Index(commit({"a.go": "package a\n\nfunc ﬁnd() {}\n"}))

    assert index.definitions("find") == ()
    assert [path for path, _ in index.definitions("ﬁnd")] == ["a.go"]


# Half a character, as JSON may hold one.

HALF = "\ud83d"


def test_half_a_character_names_nothing_and_breaks_nothing(commit: Commit) -> None:
    index = Index(commit({"a.py": "a = 1\n"}))
    snapshot: Snapshot = index.snapshot

    for text in (HALF, f"src/{HALF}.py", f"*{HALF}", f"[{HALF}]", f"{{a,{HALF}}}", f"a.py{HALF}", f"{HALF}é\u0301"):
        assert matching(text, snapshot.paths) == ()
        assert not any_matches((text,), "a.py")
        assert not any_matches(("**", "a.py"), text)
        assert (snapshot.entry(text), snapshot.file(text), snapshot.lines(text)) == (None, None, None)
        assert list(snapshot.files([text])) == list[SourceFile]()
        assert not snapshot.is_own(text)
        assert isinstance(snapshot.near_paths(text), tuple)
        assert (index.mentions(text), index.definitions(text), index.files_called(text)) == ((), (), ())
        assert (index.text_file(text), index.source(text)) == (None, None)
        assert index.kind(text)


@given(st.text(st.characters(exclude_categories=())))
def test_any_text_may_be_a_pattern_or_a_path(text: str) -> None:
    assert matching(text, ("a.py", "b/c.py")) in ((), ("a.py",), ("b/c.py",), ("a.py", "b/c.py"))
    assert any_matches((text,), "a.py") in (True, False)
    assert any_matches(("*.py",), text) in (True, False)


# The form itself.


@given(st.text(alphabet="aeuo\u0301\u0308\u0323가\u1100\u1161─ \nß漢", max_size=60))
def test_the_form_is_that_of_unicode(text: str) -> None:
    assert nfc(text) == unicodedata.normalize("NFC", text)


def test_a_letter_with_very_many_marks_takes_no_time() -> None:
    text = "a" + "\u0301\u0323" * 500_000
    begun = time.monotonic()

    assert len(nfc(text)) >= 900_000
    assert time.monotonic() - begun < 5
    assert nfc(nfd("Grüße─") * 2000) == "Grüße─" * 2000
