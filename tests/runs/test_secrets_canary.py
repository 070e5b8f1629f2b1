"""Canaries: secrets planted wherever text comes in, and looked for wherever text goes out.

Every one is put together at run time, so that no scanner takes the file for a leak.
"""

from __future__ import annotations

import contextlib
import json
import logging
import re
import string
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from tests.conftest import git
from tests.evidence.replies import absence, citation, part, verdict
from tests.model.emulator import Answer, Emulator, Request, refuses, says
from tests.safety.test_secrets import HEX, LETTERS, UPPER, made
from verifier.cli import cli
from verifier.report import format_names
from verifier.repository.globbing import any_matches
from verifier.safety.redacting import redact_claims, redact_reply
from verifier.values.claim import ClaimSet

DIGITS = string.digits
KEY_LINES = [made(64, LETTERS + "+/", f"line {n}") for n in range(6)]

PLANTED: dict[str, str] = {
    "a key in code": "AK" + "IA" + made(16, UPPER, "a"),
    "a token in a comment": "gh" + "p_" + made(36, salt="b"),
    "a token in a docstring": "np" + "m_" + made(36, salt="c"),
    "a password in an address": "Tr0ub" + "4dor&3x",
    "a key of six lines": KEY_LINES[0],
    "the last line of that key": KEY_LINES[5],
    "a password in settings": "Wh4t" + "-A-Pa55!",
    "a token in settings": "gl" + "pat-" + made(20, salt="d"),
    "a secret in .env": made(40, HEX, "e"),
    "a second secret in .env": "S" + "G." + made(22, salt="f") + "." + made(43, salt="f"),
    "a header in a script": made(40, salt="g"),
    "a secret in a test": "xo" + "xb-" + made(12, DIGITS, "h") + "-" + made(24, salt="h"),
    "a key in a document": "AI" + "za" + made(35, salt="i"),
    "the name of a file": "do" + "p_v1_" + made(64, HEX, "j"),
    "the name of a folder": "shp" + "at_" + made(32, HEX, "k"),
    "where a link leads": "hv" + "s." + made(24, salt="l"),
    "the name of a branch": "h" + "f_" + made(34, string.ascii_letters, "m"),
    "a token in a statement": "sk" + "-proj-" + made(48, salt="n"),
    "a password in a statement": "C0rrect" + "-h0rse",
    "a part of a claim": "sk" + "-ant-api03-" + made(80, salt="o"),
    "a file of a claim": "dckr" + "_pat_" + made(27, salt="p"),
    "a check of a claim": "S" + "K" + made(32, HEX, "q"),
    "a tag": "lin" + "_api_" + made(40, salt="r"),
    "a question": "NR" + "AK-" + made(27, string.ascii_uppercase + DIGITS, "s"),
    "the title": "sk" + "_live_" + made(24, salt="t"),
    "a quote of the model": "ey"
    + "J"
    + made(20, salt="u")
    + ".ey"
    + "J"
    + made(40, salt="u")
    + "."
    + made(43, salt="u"),
    "a reason of the model": "718293645" + ":AA" + made(33, salt="v"),
    "a password on a line of its own in a reason": "Ano7her" + "#0ne!",
    "a path of the model": "fig" + "d_" + made(40, salt="w"),
    "a pattern of the model": "SG" + "." + made(22, salt="x") + "." + made(43, salt="x"),
    "a wish of the model": "pscale" + "_tkn_" + made(40, salt="y"),
    "an opinion of the model": "PM" + "AK-" + made(24, HEX, "z") + "-" + made(34, HEX, "z"),
    "what is no verdict": "gl" + "sa_" + made(32, salt="A") + "_" + made(8, HEX, "A"),
    "the name of a part": "r" + "k_live_" + made(20, salt="B"),
    "an error of the service": "sb" + "p_" + made(40, HEX, "C"),
    "the user of the remote": "deploy-" + made(12, salt="D"),
    "the token of the remote": "github" + "_pat_" + made(22, salt="E") + "_" + made(59, salt="E"),
    "the API key": "AI" + "za" + made(35, salt="F"),
    "a commit's message": "tfe" + made(11, salt="G") + ".atlasv1." + made(60, salt="G"),
    "a commit's author": "nf" + "p_" + made(36, salt="H"),
    "text in UTF-16": "cio" + made(32, salt="I"),
    "a file that never is sent": "sntry" + "u_" + made(40, salt="J"),
    "a value in settings": "rubygems" + "_" + made(48, HEX, "K"),
    "a name in settings": "pypi-Ag" + "EIcHlwaS5vcmc" + made(40, salt="L"),
    "a variable of the environment": "sq0" + "csp-" + made(43, salt="M"),
    "a variable that is shown": "ntn" + "_" + made(40, salt="N"),
    "a password in the address of the service": "gho" + "_" + made(36, salt="O"),
    "a report of another tool": "dapi" + made(32, HEX, "P"),
    "a half of a character and a reason": "hvb" + "." + made(40, salt="Q"),
    "an error that is JSON": "lin" + "_api_" + made(40, salt="R"),
    "a reason of the second reader": "gh" + "p_" + made(36, salt="S"),
    "what the second reader missed": "np" + "m_" + made(36, salt="T"),
    "words of the second reader": "gl" + "pat-" + made(20, salt="U"),
}

P = PLANTED
PEM = "\n".join(("-----BEGIN RSA " + "PRIVATE KEY-----", *KEY_LINES, "-----END RSA PRIVATE KEY-----"))

POOL = f"""class Pool:
    \"\"\"Deploy with {P["a token in a docstring"]}.\"\"\"

    # ask for {P["a token in a comment"]}
    key = "{P["a key in code"]}"
    at = "postgresql://app:{P["a password in an address"]}@db.internal:5432/app"

    def drain(self):
        while self.items:
            self.items.pop().close()
"""
SIGNING = f'KEY = """\n{PEM}\n"""\n\n\ndef sign(pool, text):\n    return pool.sign(KEY, text)\n'
SETTINGS = f"db:\n  password: {P['a password in settings']}\nci:\n  token: {P['a token in settings']}\n"
ENV = f"SESSION_SECRET={P['a secret in .env']}\nMAIL={P['a second secret in .env']}\nPOOL_SIZE=4\n"

SIGNS_AT = SIGNING.split("\n").index("def sign(pool, text):") + 1

LOOK_ALIKES = f"""COMMIT = "{made(40, HEX, "1")}"
SHA256 = "{made(64, HEX, "2")}"
REQUEST_ID = "3f2b8c1e-9a4d-4e6f-8b7a-1c2d3e4f5a6b"
PIXEL = "{made(160, LETTERS + "+/", "3")}=="
PASSWORD_FIELD = "password_field_1"
TOKEN_URL = "https://auth.example.org/oauth2/v2/token1"
api_key = os.environ["POOL_API_KEY_V2"]
token = request.session.token
password = "changeme"
DSN = f"postgres://{{user}}:{{password}}@{{host}}/db"
"""
LOCK = f"""pool-core@^1.2.0:
  resolved "https://registry.example.org/pool-core-1.2.3.tgz#{made(40, HEX, "4")}"
  integrity sha512-{made(86, LETTERS + "+/", "5")}==
    --hash=sha256:{made(64, HEX, "6")}
"""

FILES: dict[str, str | bytes] = {
    "pool.py": POOL,
    "signing.py": SIGNING,
    "config/settings.yaml": SETTINGS,
    ".env": ENV,
    "deploy.sh": f'#!/bin/sh\ncurl -H "Authorization: Bearer {P["a header in a script"]}" https://pool.example.org\n',
    "tests/test_pool.py": f'def test_pool():\n    assert Pool("{P["a secret in a test"]}")\n',
    "README.md": f"# Pool\n\nUse {P['a key in a document']}.\n",
    f"backup-{P['the name of a file']}.py": "pool = 1\n",
    f"{P['the name of a folder']}/pool.py": "pool = 2\n",
    "look_alikes.py": LOOK_ALIKES,
    "pool.lock": LOCK,
    "wide.py": f"wide = '{P['text in UTF-16']}'\n".encode("utf-16"),
    "private/keys.txt": f"{P['a file that never is sent']}\n",
}

DRAINS = "`Pool.drain` closes every item, in `pool.py`"
CLAIMS: dict[str, Any] = {
    "title": f"The pool {P['the title']}",
    "questions": [f"is {P['a question']} used"],
    "context": {"include": ["**"]},
    "never_send": ["private"],
    "claims": [
        {
            "id": "drains",
            "statement": (
                f"{DRAINS}, with {P['a token in a statement']} and --password {P['a password in a statement']}"
            ),
            "parts": [DRAINS, f"it asks with {P['a part of a claim']}"],
            "files": [f"gone-{P['a file of a claim']}.py"],
            "checks": [{"matches": P["a check of a claim"], "required": False}, {"matches": P["a key in code"]}],
            "tags": [P["a tag"]],
        },
        {"id": "signs", "statement": "`sign` signs with the pool's key, in `signing.py`"},
        {"id": "no-verdict", "statement": "`Pool` is drained at midnight"},
        {"id": "odd-part", "statement": "`Pool` is drained at noon"},
        {"id": "refused", "statement": "`Pool` is drained at dusk"},
        {"id": "refused-in-json", "statement": "`Pool` is drained at dawn"},
        {"id": "half", "statement": "`Pool` is drained in half"},
    ],
}
FOREIGN = f"""### CLAIM 1: It drains

It asks with {P["a report of another tool"]} (`pool.py`, line 9).

**Verdict**: ✅ FULLY RESOLVED
"""

LEAKY = {
    "why": (
        f"it says {P['a reason of the model']}, and\n"
        f"password: {P['a password on a line of its own in a reason']}\nin a file"
    ),
}
DRAINED = verdict(
    part(DRAINS, "yes", citation("pool.py", 9, 10, "        while self.items:\n            self.items.pop().close()"))
    | LEAKY,
    part(
        f"it asks with {P['a part of a claim']}",
        "no",
        citation("pool.py", 1, 1, f"jwt = '{P['a quote of the model']}'"),
        citation(f"src/{P['a path of the model']}.py", 1, 1, "x = 1"),
        absence(P["a pattern of the model"], why=P["a reason of the model"]),
        part_id="p2",
    ),
    needs=[f"src/{P['a wish of the model']}.py"],
)
OPINION = {"question": "used?", "why": P["an opinion of the model"], "answer": P["an opinion of the model"]}
SIGNED = part(
    "`sign` signs with the pool's key, in `signing.py`",
    "yes",
    citation("signing.py", SIGNS_AT, SIGNS_AT + 1, "def sign(pool, text):\n    return pool.sign(KEY, text)"),
)


def answers(request: Request) -> Answer:
    claim = request.prompt.rpartition("# The claim")[2].partition("=== end")[0]
    if "midnight" in claim:
        return says(f"I found {P['what is no verdict']}\nand no JSON")
    if "noon" in claim:
        return says(verdict(part("x", "yes", part_id=P["the name of a part"])))
    if "dusk" in claim:
        return refuses(500, "INTERNAL", f"the store says {P['an error of the service']}")
    if "dawn" in claim:
        return refuses(500, "INTERNAL", json.dumps({"token": P["an error that is JSON"]}))
    if "in half" in claim:
        half = part("`Pool` is drained in half", "yes", absence("\ud83d", why=P["a half of a character and a reason"]))
        return says(verdict(half))
    if "signs with" in claim:
        return says(verdict(SIGNED, word="FULLY RESOLVED"))
    return says(json.dumps({**json.loads(DRAINED), "answers": [OPINION]}))


def reads(request: Request) -> Answer:
    """A second reader who agrees with the verdicts, and tells secrets on the way."""
    leaky = {
        "why": f"it says {P['a reason of the second reader']}",
        "missing": f"line 9: {P['what the second reader missed']}",
        "about": "code",
    }
    parts = [
        {"id": part_id, **leaky, "answer": "shows" if part_id == "p1" else "refutes"}
        for part_id in re.findall(r"^# Evidence for (p\d+)$", request.prompt, re.MULTILINE)
    ]
    words = [f"with {P['words of the second reader']}"]
    unfaithful = [{"id": "p9", "why": P["a reason of the second reader"]}]
    read = {"parts": parts, "uncovered": words, "not_judged": words, "unfaithful": unfaithful}
    return says(json.dumps(read))


# What a whole run leaves behind.


@dataclass(frozen=True)
class Left:
    """Everything that went out, by where it went."""

    texts: dict[str, str]
    record: dict[str, Any]
    replayed: dict[str, Any]
    requests: tuple[Request, ...]


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Left:
    folder = tmp_path_factory.mktemp("canary")
    repository = plant(folder / "repository")
    desk = folder / "desk"
    desk.mkdir()
    (desk / "pool.yaml").write_text(yaml.safe_dump(CLAIMS), encoding="utf-8")
    with contextlib.chdir(desk), everything_logged(desk / "run.log"), Emulator(answers, reader=reads) as gemini:
        texts, record, replayed = go(repository, gemini)
    (desk / "pool.yaml").unlink()
    for path in desk.rglob("*"):
        texts[path.relative_to(desk).as_posix()] = (
            path.read_bytes().decode("utf-8", "replace") if path.is_file() else ""
        )
    for number, request in enumerate(gemini.requests):
        texts[f"request {number}"] = json.dumps(request.body, ensure_ascii=False)
    return Left(texts, record, replayed, gemini.asked)


@contextlib.contextmanager
def everything_logged(path: Path) -> Iterator[None]:
    """All that any library logs, down to the last detail, in a file."""
    root, file = logging.getLogger(), logging.FileHandler(path)
    before = root.level
    root.addHandler(file)
    root.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        root.setLevel(before)
        root.removeHandler(file)
        file.close()


def plant(repository: Path) -> Path:
    repository.mkdir()
    git(repository, "init", "--quiet", "--initial-branch", f"fix/{P['the name of a branch']}")
    for path, text in FILES.items():
        (repository / path).parent.mkdir(parents=True, exist_ok=True)
        (repository / path).write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    (repository / "link.py").symlink_to(f"/run/{P['where a link leads']}")
    git(repository, "add", "--all", "--force")
    name = P["a commit's author"]
    message = P["a commit's message"]
    git(repository, "commit", "--quiet", "--message", message, GIT_AUTHOR_NAME=name, GIT_COMMITTER_NAME=name)
    user, token = P["the user of the remote"], P["the token of the remote"]
    git(repository, "config", "remote.origin.url", f"https://{user}:{token}@github.com/owner/pool.git")
    (repository / f"new-{P['the name of a file']}.py").write_text("x = 1\n")
    return repository


def go(repository: Path, gemini: Emulator) -> tuple[dict[str, str], dict[str, Any], dict[str, Any]]:
    """Call every command that shows or writes something; what they printed, and the records of a run and its replay."""
    environment = {
        "GOOGLE_GEMINI_BASE_URL": gemini.url,
        "GEMINI_API_KEY": P["the API key"],
        "GOOGLE_API_KEY": None,
        "NO_PROXY": "127.0.0.1",
    }
    printed: dict[str, str] = {}

    def verifier(*arguments: str) -> Result:
        result = CliRunner().invoke(cli, arguments, env=environment, catch_exceptions=False)
        printed[" ".join(arguments)] = result.stdout + result.stderr
        return result

    judged = ("pool.yaml", "--repo", str(repository), "--ref", f"fix/{P['the name of a branch']}")
    asked = (*judged, "--attempts", "1")
    verifier("run", *asked, "--record", "cassettes/pool.yaml")
    record = json.loads(next(Path("reports").rglob("*.json")).read_text("utf-8"))
    verifier("run", *asked, "--replay", "cassettes/pool.yaml", "--reports", "replayed")
    (replay,) = Path("replayed").rglob("*.json")
    verifier("run", *asked, "--json", "--reports", "live")
    verifier("run", *asked, "--json", "--reports", "again", "--tag", P["a tag"])
    verifier("run", *asked, "--ref", f"no-{P['the name of a branch']}")
    verifier("run", *asked, "--claim", f"no-{P['a tag']}")
    verifier("pack", *judged, "--show")
    verifier("recheck", str(replay), "--repo", str(repository), "--cassette", "cassettes/pool.yaml")
    verifier("recheck", str(replay), "--repo", str(repository), "--ref", "HEAD")
    verifier("claims", "list", "pool.yaml")
    verifier("claims", "list", "--json", "pool.yaml")
    verifier("claims", "lint", "pool.yaml", "--repo", str(repository), "--ref", "HEAD")
    verifier("claims", "lint", "--json", "pool.yaml")
    verifier("cassettes", "list", "cassettes/pool.yaml")
    verifier("cassettes", "check", "cassettes/pool.yaml")
    verifier("stress", "cassettes/pool.yaml", "--claims", "pool.yaml", *judged[1:])
    verifier("history")
    verifier("history", "--json")
    verifier("history", "--html", "history.html")
    verifier("diff", str(replay), str(replay))
    verifier("doctor", "--offline")
    for name in format_names():
        verifier("report", str(replay), "--format", name, "--out", f"formats/{name}")
    Path("foreign.md").write_text(FOREIGN, "utf-8")
    verifier("audit", "foreign.md", *judged[1:], "--reports", "audits")
    verifier("audit", "foreign.md", *judged[1:], "--json")
    Path("foreign.md").unlink()
    environment["VERIFIER_REF"] = P["a variable of the environment"]
    verifier("run", "pool.yaml", "--repo", str(repository), "--attempts", "1")
    environment["VERIFIER_PROMPTS"] = P["a variable that is shown"]
    verifier("config")
    verifier("config", "--json")
    del environment["VERIFIER_PROMPTS"], environment["VERIFIER_REF"]
    address = gemini.url.replace("//", f"//user:{P['a password in the address of the service']}@")
    environment["GOOGLE_GEMINI_BASE_URL"] = address
    verifier("run", *asked, "--fresh", "--claim", "signs", "--reports", "addressed", "--json")
    verifier("config")
    for settings in (f'"{P["a name in settings"]}" = 1\n', f'max_rounds = "{P["a value in settings"]}"\n'):
        Path("verifier.toml").write_text(settings, "utf-8")
        verifier("run", *asked, "--claim", "signs")
        verifier("config")
    Path("verifier.toml").write_text(f'require = "{P["a value in settings"]}"\n', "utf-8")
    verifier("config")
    Path("verifier.toml").unlink()
    return printed, record, json.loads(replay.read_text("utf-8"))


@pytest.mark.parametrize("secret", [pytest.param(secret, id=where) for where, secret in PLANTED.items()])
def test_a_planted_secret_is_nowhere(left: Left, secret: str) -> None:
    core = secret[5:-3] if len(secret) > 20 else secret

    assert [where for where, text in left.texts.items() if core in text] == []


def test_everything_that_goes_out_was_looked_at(left: Left) -> None:
    kinds = (
        *("cassettes/pool.yaml", "run.log", ".verifier/", "reports/", "replayed/", "formats/", "request ", "pack "),
        *("formats/html", "history.html", "audits/", "audit ", "config", "history", "diff ", "stress ", "doctor"),
    )

    assert [
        kind for kind in kinds if not any(where.startswith(kind) and text for where, text in left.texts.items())
    ] == []


def test_secrets_are_marked_where_they_stood(left: Left) -> None:
    (asked, *_) = left.requests

    for kind in (
        "AWS access key",
        "GitHub token",
        "npm token",
        "password",
        "private key",
        "SendGrid key",
        "Shopify token",
    ):
        assert f"[redacted: {kind}]" in asked.prompt
    assert left.record["rulings"][0]["context"]["redactions"] >= 12


def test_lines_below_a_long_key_keep_their_numbers(left: Left) -> None:
    (cited,) = left.record["rulings"][1]["parts"][0]["evidence"]["groundings"]

    assert left.record["rulings"][1]["ruling"] == "FULLY RESOLVED"
    assert (cited["standing"], cited["citation"]["first_line"]) == ("exact", SIGNS_AT)


def test_a_replay_finds_what_the_run_found(left: Left) -> None:
    found = [
        [(r["ruling"], r["parts"], r["facts"], r["error"]) for r in one["rulings"]]
        for one in (left.record, left.replayed)
    ]

    assert [r["ruling"] for r in left.record["rulings"]] == [
        "PARTIALLY RESOLVED",
        "FULLY RESOLVED",
        *["ERROR"] * 4,
        "UNPROVEN",
    ]
    assert found[0] == found[1]


def test_a_recheck_finds_what_the_run_found(left: Left) -> None:
    (rechecked,) = (
        text for where, text in left.texts.items() if where.startswith("recheck ") and "--cassette" in where
    )

    assert "7 rulings derived again" in rechecked
    assert "stands; the replies are attested by" in rechecked


def test_a_check_for_a_secret_means_the_line_that_it_stood_on(left: Left) -> None:
    optional, required = (f for f in left.record["rulings"][0]["facts"] if f["kind"] == "check")

    assert (optional["holds"], required["holds"]) == (False, True)


@pytest.mark.parametrize("text", [LOOK_ALIKES, LOCK], ids=["code", "a lock file"])
def test_what_only_looks_like_a_secret_is_sent_as_it_is(left: Left, text: str) -> None:
    (asked, *_) = left.requests

    assert [line for line in text.splitlines() if f"\t{line}\n" not in asked.prompt] == []


# Replies and claims, by themselves.

SECRET = P["a key in code"]
REPLIES = [
    pytest.param(json.dumps({"why": f"a\npassword: {P['a password in settings']}\nb"}), id="on a line of its own"),
    pytest.param(
        json.dumps({"quote": f'run("--password {P["a password in settings"]}")'}), id="before a quotation mark"
    ),
    pytest.param(json.dumps({"quote": PEM}), id="lines of a key"),
    pytest.param(json.dumps({"why": SECRET}).replace("A", "\\u0041"), id="written in escapes"),
    pytest.param('{"api_key": "' + P["a secret in .env"] + '"}', id="told by the name of its field"),
    pytest.param(f'{{"why": "half of it {SECRET}', id="JSON that breaks off"),
]


@pytest.mark.parametrize("reply", REPLIES)
def test_a_reply_is_redacted_as_what_it_says(reply: str) -> None:
    clean = redact_reply(reply)

    said = clean + (json.dumps(json.loads(clean), ensure_ascii=False) if reply.endswith("}") else "")
    assert not [where for where, secret in PLANTED.items() if secret in said]
    assert "[redacted: " in clean
    assert redact_reply(clean) == clean


@pytest.mark.parametrize("reply", [verdict(SIGNED), "no JSON", "[]", "null", '{"a":  1.0e5}', '"\\ud800"'])
def test_a_reply_without_secrets_keeps_every_byte(reply: str) -> None:
    assert redact_reply(reply) == reply


def test_a_secret_in_two_pieces_of_a_reply_is_not_recorded(tmp_path: Path) -> None:
    reply = verdict(SIGNED | {"why": SECRET})
    at = reply.index(SECRET) + 9
    pieces = [{"text": reply[:at]}, {"text": f"I think of {SECRET}", "thought": True}, {"text": reply[at:]}]
    candidate = {"content": {"role": "model", "parts": pieces}, "finishReason": "STOP", "index": 0}
    plant(tmp_path / "repository")
    (tmp_path / "pool.yaml").write_text(yaml.safe_dump({"title": "x", "claims": [CLAIMS["claims"][1]]}), "utf-8")

    with contextlib.chdir(tmp_path), Emulator(Answer(reply={"candidates": [candidate]})) as gemini:
        environment = {"GOOGLE_GEMINI_BASE_URL": gemini.url, "GEMINI_API_KEY": P["the API key"]}
        for way in ("--record", "--replay"):
            arguments = ["run", "pool.yaml", "--repo", "repository", way, "tape.yaml", "--reports", way[2:]]
            assert CliRunner().invoke(cli, arguments, env=environment, catch_exceptions=False).exit_code == 0

    assert SECRET[:9] not in (tmp_path / "tape.yaml").read_text("utf-8")
    assert SECRET[9:] not in (tmp_path / "tape.yaml").read_text("utf-8")


def test_an_exclusion_means_the_file_whose_name_holds_the_secret() -> None:
    path = f"backup-{P['the name of a file']}.py"
    given = ClaimSet.model_validate({"title": "x", "context": {"exclude": [path]}, "claims": CLAIMS["claims"][1:2]})

    (excluded,) = redact_claims(given).context.exclude

    assert excluded == "backup-[redacted: DigitalOcean token].py"
    assert any_matches((excluded,), "backup-[redacted: DigitalOcean token].py")


def test_a_claim_set_without_secrets_is_left_alone() -> None:
    given = ClaimSet.model_validate({"title": "x", "claims": CLAIMS["claims"][1:2]})

    assert redact_claims(given) is given
