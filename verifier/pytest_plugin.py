"""The pytest plugin: `pytest claims/` makes a test of each claim of a claim file.

A claim is judged at a commit, from its file's cassette, or live with `--verifier-live`. It passes where it is FULLY
RESOLVED. What could not be judged is an error of the test's set-up and never a failure.

pytest loads this module wherever verifier is installed, so nothing heavy is imported before there is a claim file.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from os import PathLike

    from verifier.claim_files import LoadedClaims
    from verifier.runs.allowance import Allowance
    from verifier.runs.options import RunOptions
    from verifier.runs.planning import Plan
    from verifier.values.claim import Claim
    from verifier.values.record import RulingRecord, RunRecord

_SUFFIXES = (".yaml", ".yml")
_LARGEST_BYTES = 5_000_000
_LOOKS_LIKE_CLAIMS = re.compile(rb"\bclaims\b[\"']?\s*:")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options and the settings of pytest's own file."""
    group = parser.getgroup("verifier", "claims about a git repository, by verifier")
    group.addoption("--verifier-live", action="store_true", help="Ask the model instead of replaying cassettes.")
    group.addoption("--verifier-repo", metavar="DIR", help="The repository that claims are about.")
    group.addoption("--verifier-ref", metavar="REF", help="Branch, tag or id of the commit that is judged.")
    group.addoption(
        "--verifier-allow-authored", action="store_true", help="Let replies pass that no model gave, but an author."
    )
    parser.addini("verifier_repo", "The repository that claims are about; the root folder of the tests.")
    parser.addini("verifier_ref", "Branch, tag or id of the commit that is judged; HEAD.")
    parser.addini("verifier_cassettes", "Folder of the cassettes, each named like its claim file.", default="cassettes")
    parser.addini("verifier_allow_authored", "Let replies pass that no model gave.", type="bool", default=False)


def pytest_configure(config: pytest.Config) -> None:
    """Prepare what the claims of a session share."""
    config.stash[_SESSION] = _Session(config)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Close the commits that were opened."""
    session = config.stash.get(_SESSION, None)
    if session is not None:
        session.close()


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> ClaimFile | None:
    """The claims of a YAML file that is a claim file; other YAML is none of ours."""
    if file_path.suffix not in _SUFFIXES or not _may_hold_claims(file_path):
        return None
    collected: ClaimFile = ClaimFile.from_parent(parent, path=file_path)
    return collected


def _may_hold_claims(path: Path) -> bool:
    """Whether a file has claims in the shape that only ours have. One that is broken is ours where it looks so."""
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            return False
        data = path.read_bytes()
    except OSError:
        return False
    if not _LOOKS_LIKE_CLAIMS.search(data):
        return False
    from verifier.claim_files.finding import DEFAULT_FOLDER
    from verifier.claim_files.yaml_tree import NotYamlError, read_tree

    try:
        document = read_tree(data.decode("utf-8-sig", "replace")).value
    except NotYamlError:
        return b"statement" in data and re.search(rb"^claims:", data, re.MULTILINE) is not None
    return isinstance(document, dict) and _are_ours(document, at_home=path.parent.name == DEFAULT_FOLDER)


def _are_ours(document: dict[str, Any], *, at_home: bool) -> bool:
    """Whether a document's claims are ours. A slip in a key must not turn them off, least of all in their own folder.

    Other YAML has `claims` too, those of a token: they are names, and have neither id nor statement.
    """
    claims = document.get("claims")
    if not isinstance(claims, list) or not all(isinstance(claim, dict) for claim in claims):
        return False
    with_an_id = "title" in document and any("id" in claim for claim in claims)
    return at_home or with_an_id or any("statement" in claim for claim in claims)


class ClaimFile(pytest.File):
    """A claim file; its claims are its tests."""

    def collect(self) -> Iterator[ClaimItem]:
        """A test for each claim, in the file's order.

        Raises:
            CollectError: The file is no claim set; the message has its line.
        """
        from verifier.claim_files import load_claims
        from verifier.errors import ClaimError
        from verifier.setup.from_here import from_here

        try:
            loaded = load_claims(from_here(self.path))
        except ClaimError as error:
            raise self.CollectError(str(error)) from error
        for claim in loaded.claims.claims:
            item: ClaimItem = ClaimItem.from_parent(self, name=claim.id, loaded=loaded, claim=claim)
            yield item


class ClaimItem(pytest.Item):
    """One claim as a test. `-m tag` chooses by its tags, which are marks where nobody else has a mark of that name."""

    def __init__(self, *, loaded: LoadedClaims, claim: Claim, **given: Any) -> None:
        super().__init__(**given)
        self.loaded = loaded
        self.claim = claim
        self.ruling: RulingRecord | None = None
        for tag in claim.tags:
            self._mark(tag)

    def _mark(self, tag: str) -> None:
        name = re.sub(r"[^\w+./-]", "_", tag).strip("_")
        if name and self.config.stash[_SESSION].register(name):
            self.add_marker(getattr(pytest.mark, name))
        else:
            self.extra_keyword_matches.add(tag)

    def setup(self) -> None:
        """Judge the claim; what could not be done is this test's error, not its failure."""
        from verifier.errors import VerifierError
        from verifier.safety.terminal import escape_terminal

        try:
            record = self.config.stash[_SESSION].judge(self.loaded.path, self.claim.id)
        except VerifierError as error:
            raise pytest.fail.Exception(f"not judged: {_shown(str(error))}", pytrace=False) from None
        (self.ruling,) = record.rulings
        self.user_properties.append(("commit", record.repository.commit))
        self.user_properties.append(("ruling", str(self.ruling.ruling)))
        if self.ruling.traceback is not None:
            self.add_report_section("setup", "traceback", escape_terminal(self.ruling.traceback, keep="\n"))
        if self.ruling.error is not None:
            pytest.fail(f"not judged: {_shown(self.ruling.error)}", pytrace=False)

    def runtest(self) -> None:
        """Fail unless the claim is FULLY RESOLVED by replies that may decide; a waiver that holds makes it an xfail."""
        from verifier.records.gate import is_waived, waiver_line
        from verifier.values.claim import Word

        if self.ruling is None:
            pytest.fail("not judged", pytrace=False)
        why = list(_why_not(self.ruling)) if self.ruling.ruling is not Word.FULLY else []
        if _is_authored(self.ruling) and not self.config.stash[_SESSION].allows_authored:
            line = (
                f"{_ruling_line(self.ruling)}, but the replies are authored, so no model judged this; "
                "record the cassette with a key, or allow it with verifier_allow_authored"
            )
            pytest.fail("\n".join([line, *why[1:]]), pytrace=False)
        today = datetime.now(UTC).date()
        if why and is_waived(self.ruling, today):
            pytest.xfail(_shown(f"{why[0]}, {waiver_line(self.ruling, today)}"))
        if why:
            pytest.fail("\n".join(why), pytrace=False)

    def reportinfo(self) -> tuple[PathLike[str] | str, int | None, str]:
        """Where the claim begins in its file."""
        return self.path, self.loaded.lines[self.claim.id] - 1, self.claim.id


def _why_not(ruling: RulingRecord) -> Iterator[str]:
    """The ruling, and for each open part its reasons and what to do about it."""
    from verifier.report.agent import steps
    from verifier.report.evidence_words import because
    from verifier.report.plain_evidence import evidence_lines, words_not_judged
    from verifier.values.fact import FactKind
    from verifier.values.ruling import State

    yield _ruling_line(ruling)
    yield f"  claimed: {_shown(ruling.statement)}"
    if ruling.not_judged:
        yield f"  not judged: {words_not_judged(ruling)}"
    for part in ruling.parts:
        if part.state is not State.PROVEN:
            yield f"  {part.id} {part.state}: {_shown(part.part.text)}"
            yield f"     because {_shown(because(part))}"
            yield from (f"     {_shown(line)}" for line in evidence_lines(part))
            yield from (f"     to do: {_shown(step)}" for step in steps(part, ruling.facts))
    for fact in ruling.facts:
        if fact.kind is FactKind.CHECK and fact.required and not fact.holds:
            yield f"  a check fails: {_shown(fact.says)}"


def _ruling_line(ruling: RulingRecord) -> str:
    from verifier.report.words import ruling_line

    return ruling_line(ruling)


def _is_authored(ruling: RulingRecord) -> bool:
    from verifier.values.prompt import Source

    return any(one.source is Source.AUTHORED for one in ruling.exchanges)


def _shown(text: str) -> str:
    """Foreign text on one line, which cannot move a terminal."""
    from verifier.safety.terminal import escape_terminal

    return escape_terminal(" ".join(text.split()))


@dataclass
class _Session:
    """What the claims of one session share: settings, the commits that were opened, what was spent."""

    config: pytest.Config
    marks: set[str] = field(default_factory=set)
    opened: ExitStack = field(default_factory=ExitStack)
    plans: dict[Path, Plan] = field(default_factory=dict)

    @cached_property
    def spent(self) -> Allowance:
        """What live claims of this session took of the caps."""
        from verifier.runs.allowance import Allowance

        return Allowance()

    @property
    def allows_authored(self) -> bool:
        """Whether replies may decide that an author wrote."""
        return bool(self.config.getoption("verifier_allow_authored") or self.config.getini("verifier_allow_authored"))

    def register(self, mark: str) -> bool:
        """Make a mark known, so that --strict-markers holds. False where it is somebody else's: pytest and its plugins
        act on marks of their own, and end the session where one lacks what they look for.
        """
        if mark not in self.marks:
            if mark in _registered(self.config):
                return False
            self.marks.add(mark)
            self.config.addinivalue_line("markers", f"{mark}: claims with this tag")
        return True

    def judge(self, path: Path, claim_id: str) -> RunRecord:
        """Judge one claim, from its file's cassette or live.

        Raises:
            VerifierError: It cannot be asked about: no cassette, no such commit, no key.
            KeyboardInterrupt: A live claim was stopped by Ctrl-C.
        """
        from verifier.runs.execution import execute
        from verifier.runs.interruption import StoppedError

        plan = self._plan(path).only(claim_id)
        (record,) = execute(replace(plan, options=self.spent.left(plan.options)), allowance=self.spent)
        if record.rulings[0].error == str(StoppedError()):
            raise KeyboardInterrupt
        return record

    def _plan(self, path: Path) -> Plan:
        """What is to be judged of a claim file. The commit is opened and indexed once for all of its claims."""
        from verifier.runs.planning import plan_runs

        if path not in self.plans:
            self.plans[path] = self.opened.enter_context(plan_runs(self._options(path)))
        return self.plans[path]

    def _options(self, path: Path) -> RunOptions:
        """The options of a run, as flags of pytest, the environment, pytest's own file and settings files have them."""
        from verifier.runs.options import RunOptions
        from verifier.runs.settings import read_settings, settings_in

        settings, _ = read_settings(self.config.rootpath)
        ini = {
            "repo": self.config.rootpath / self.config.getini("verifier_repo"),
            "ref": self.config.getini("verifier_ref") or RunOptions.ref,
        }
        flags = {name: self.config.getoption(f"verifier_{name}") for name in ("repo", "ref")}
        live = self.config.getoption("verifier_live")
        own = {"claims": (path,), "replay": None if live else self._cassette(path), "policy_ref": None}
        given = {name: value for name, value in flags.items() if value}
        return RunOptions.of({**settings, **ini, **settings_in(os.environ), **given, **own})

    def _cassette(self, path: Path) -> Path:
        from verifier.setup.from_here import from_here

        folder = self.config.rootpath / self.config.getini("verifier_cassettes")
        return from_here(folder / f"{path.stem}.yaml")

    def close(self) -> None:
        """Close the commits that were opened."""
        self.plans.clear()
        self.opened.close()


def _registered(config: pytest.Config) -> set[str]:
    """The names of marks that are registered: `timeout` where a line says `timeout(seconds): ...`."""
    return {re.split(r"[:(]", line, maxsplit=1)[0].strip() for line in config.getini("markers")}


_SESSION = pytest.StashKey[_Session]()
