"""Measure selection: are the files that one needs to judge a claim in its first pack?

    python -m benchmarks.selection.run [--work DIR] [--detail] [PACKAGE...]

Fetches the packages of packages.yaml and of benchmarks/judged (by version and checksum), makes a repository
of each, and selects and packs for every labelled claim; prints a Markdown table. Where it is asked where to look, the
reply is that of leads/, which is authored.
"""

from __future__ import annotations

import argparse
import math
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from ruamel.yaml import YAML

from benchmarks import ROOT
from benchmarks.judged.sets import NO_FILE, sets
from benchmarks.packages import Package, repository
from verifier.cost.tokens import count_tokens
from verifier.pipeline.opening import OpenedClaim, Where, Work, open_claim
from verifier.prompting.packing import numbered, pack
from verifier.prompting.rendering import Prompts
from verifier.repository.index import Index
from verifier.repository.snapshot import Snapshot
from verifier.setup.shipped_files import shipped
from verifier.values.claim import Claim, ClaimSet
from verifier.values.pack import Selected, Selection, Supply
from verifier.values.source import Lines
from verifier.wording.naming import paths_in

HERE = Path(__file__).parent
BUDGET_TOKENS = 40_000
OUR_COMMIT = "098a5b7e40e9b4f3c6925e1c0965166df482602b"
"""Of this very repository: what the claims about it are about, which nobody has seen elsewhere."""
UNNAMED = {"unnamed", NO_FILE}
"""Tags of the claims that name no file: no identifier either, in the sets of this folder."""


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("packages", nargs="*", metavar="PACKAGE")
    parser.add_argument("--work", type=Path, help="where sources and repositories are kept between runs")
    parser.add_argument("--detail", action="store_true", help="print each claim too")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work = options.work or Path(folder)
        chosen = [one for one in subjects() if not options.packages or one.package in options.packages]
        outcomes = [outcome for subject in chosen for outcome in measure(subject, work)]
    if options.detail:
        print("\n".join(map(str, outcomes)), end="\n\n")
    print(table(outcomes))


@dataclass(frozen=True)
class Lead:
    """A reply to where to look."""

    prompt: str
    """SHA-256 of the prompt that it answers."""
    paths: tuple[str, ...]


@dataclass(frozen=True)
class Subject:
    """Claims about one package, and the files that one needs to judge each."""

    package: str
    group: str
    """What its claims were for."""
    claims: ClaimSet
    needed: Mapping[str, Sequence[str]]
    leads: Mapping[str, Lead]
    """What was answered to where to look, by claim."""
    repository: Callable[[Path], Path]
    ref: str = "HEAD"


def subjects() -> Iterator[Subject]:
    """The packages of this folder, those of the judged sets, and this repository."""
    for name, one in YAML(typ="safe").load(HERE / "packages.yaml").items():
        made = partial(repository, Package.listed(one), named=name)
        yield Subject(name, one["claims"], *_labelled(name), _leads(name), made)
    for judged in sets().values():
        needed = {claim_id: label.needs for claim_id, label in judged.labels.items()}
        yield Subject(judged.name, "judged", judged.claims, needed, _leads(judged.name), judged.repository)
    yield Subject("verifier", "our own", *_labelled("verifier"), _leads("verifier"), lambda _: ROOT, OUR_COMMIT)


def _labelled(package: str) -> tuple[ClaimSet, Mapping[str, Sequence[str]]]:
    yaml = YAML(typ="safe")
    claims = ClaimSet.model_validate(yaml.load(HERE / "claims" / f"{package}.yaml"))
    return claims, yaml.load(HERE / "needed" / f"{package}.yaml")


def _leads(package: str) -> Mapping[str, Lead]:
    path = HERE / "leads" / f"{package}.yaml"
    kept = YAML(typ="safe").load(path) if path.exists() else {}
    return {claim_id: Lead(one["prompt"], tuple(one["paths"])) for claim_id, one in kept.items()}


@dataclass(frozen=True)
class Outcome:
    """What one way of choosing found for one claim."""

    package: str
    group: str
    claim: Claim
    way: str
    """ "selection", which asks where to look where verifier does, "words alone", which never asks, or "baseline"."""
    needed: tuple[str, ...]
    order: tuple[str, ...]
    whole: frozenset[str]
    in_part: frozenset[str]
    tokens: int
    """Of the pack, and of the prompt that asks where to look."""
    dump_tokens: int
    named_tokens: int
    """Tokens of the files that the claim names by path; 0 where it names none."""

    def __str__(self) -> str:
        places = [self.order.index(p) + 1 if p in self.order else None for p in self.needed]
        how = ["whole" if p in self.whole else "part" if p in self.in_part else "-" for p in self.needed]
        return f"{self.package:9} {self.way:9} {self.claim.id:20} {places} {how} {self.tokens} tokens"


def asked_where(where: Where, subject: Subject) -> OpenedClaim:
    """The claim, opened as the kept reply to this very prompt says."""
    lead = subject.leads.get(where.prompt.claim_id)
    assert lead is not None, f"{where.prompt.title}: nobody was asked"
    assert lead.prompt == where.prompt.digests["leads"], f"{where.prompt.title}: it is asked in other words now"
    return where.opened(lead.paths)


def measure(subject: Subject, folder: Path) -> list[Outcome]:
    """Each way of choosing, for every claim about the package."""
    claims, needed = subject.claims, subject.needed
    with Snapshot.open(subject.repository(folder), subject.ref) as snapshot:
        index = Index(snapshot)
        work = Work(claims, index, Prompts(shipped("prompts")))
        absent = [path for paths in needed.values() for path in paths if path not in snapshot.paths]
        assert not absent, f"labels name what is not there: {absent}"
        dump = sum(_tokens(path, index) for path in snapshot.paths)
        outcomes = []
        for claim in claims.claims:
            begun = open_claim(work, claim)
            opened = begun if begun.where is None else asked_where(begun.where, subject)
            by_words = open_claim(replace(work, asks_where=False), claim)
            asking = begun.where.prompt.tokens if begun.where is not None else 0
            for way, packed, asking_tokens in (
                ("selection", opened.context, asking),
                ("words alone", by_words.context, 0),
                ("baseline", pack(baseline(claim, index), index, BUDGET_TOKENS), 0),
            ):
                supplied = {
                    supply: frozenset(entry.path for entry in packed.manifest if entry.supply is supply)
                    for supply in (Supply.WHOLE, Supply.IN_PART)
                }
                outcomes.append(
                    Outcome(
                        subject.package,
                        subject.group,
                        claim,
                        way,
                        tuple(needed[claim.id]),
                        tuple(entry.path for entry in packed.manifest),
                        supplied[Supply.WHOLE],
                        supplied[Supply.IN_PART],
                        packed.tokens + asking_tokens,
                        dump,
                        sum(_tokens(path, index) for path in paths_in(claim.statement)),
                    )
                )
    return outcomes


def baseline(claim: Claim, index: Index) -> Selection:
    """A plain ranker: files by the rarity of the statement's words that they have, named paths first."""
    rarity = {
        word: math.log(len(index.snapshot.paths) / len(paths))
        for word in set(re.findall(r"[A-Za-z_]\w+", claim.statement))
        if (paths := index.mentions(word))
    }
    weights: Counter[str] = Counter()
    for word in sorted(rarity):
        for path in index.mentions(word):
            weights[path] += rarity[word]  # type: ignore[assignment]
    named = [path for path in paths_in(claim.statement) if path in index.snapshot.paths]
    ranked = sorted(weights, key=lambda path: (-weights[path], path))
    return Selection(tuple(Selected(path, "words") for path in dict.fromkeys((*named, *ranked[:30]))))


def _tokens(path: str, index: Index) -> int:
    file = index.text_file(path)
    return count_tokens(numbered(file.lines, (Lines(1, len(file.lines)),))) if file else 0


def table(outcomes: Sequence[Outcome]) -> str:
    """The measures, a row a group of claims and a way of choosing."""
    rows = [
        "| claims | way | first 5 | first 10 | in the pack | whole in the pack | tokens a claim | share of a dump |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for group in dict.fromkeys(outcome.group for outcome in outcomes):
        members = [outcome for outcome in outcomes if outcome.group == group]
        for subgroup, chosen in (
            (group, members),
            (f"{group}, unnamed", [outcome for outcome in members if UNNAMED & set(outcome.claim.tags)]),
        ):
            for way in ("selection", "words alone", "baseline"):
                rows += _row(subgroup, way, [outcome for outcome in chosen if outcome.way == way])
    return "\n".join((*rows, "", _named(outcomes)))


def _row(group: str, way: str, outcomes: Sequence[Outcome]) -> Iterable[str]:
    if not outcomes:
        return
    needed = [(outcome, path) for outcome in outcomes for path in outcome.needed]
    shares = [
        sum(path in outcome.order[:5] for outcome, path in needed),
        sum(path in outcome.order[:10] for outcome, path in needed),
        sum(path in outcome.whole | outcome.in_part for outcome, path in needed),
        sum(path in outcome.whole for outcome, path in needed),
    ]
    tokens = sum(outcome.tokens for outcome in outcomes)
    dump = sum(outcome.dump_tokens for outcome in outcomes)
    cells = [f"{share / len(needed):.2f}" for share in shares]
    cells += [f"{tokens // len(outcomes):,}", f"{tokens / dump:.3f}"]
    yield f"| {group} ({len(outcomes)} claims, {len(needed)} files) | {way} | {' | '.join(cells)} |"


def _named(outcomes: Sequence[Outcome]) -> str:
    named = [outcome for outcome in outcomes if outcome.way == "selection" and outcome.named_tokens]
    ratios = {outcome.claim.id: outcome.tokens / outcome.named_tokens for outcome in named}
    others = ", ".join(f"{claim_id} {ratio:.2f}" for claim_id, ratio in ratios.items() if f"{ratio:.2f}" != "1.00")
    same = sum(f"{ratio:.2f}" == "1.00" for ratio in ratios.values())
    same_of_all = f"1.00 for {same} claims of {len(ratios)}"
    return f"Tokens of the pack by tokens of the files named: {same_of_all}; {others or 'no others'}."


if __name__ == "__main__":
    main()
