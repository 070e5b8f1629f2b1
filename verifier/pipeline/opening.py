"""Open a claim: everything that is known before the model is asked, down to the first prompt."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from verifier.errors import BudgetError, VerifierError
from verifier.evidence.facts import gather_facts
from verifier.pipeline.aside import Aside
from verifier.prompting.changes import changes_of
from verifier.prompting.packing import TellingLines, is_airy, listing_of, pack
from verifier.prompting.rendering import Prompts
from verifier.repository.branches import Branch
from verifier.repository.globbing import any_matches
from verifier.repository.index import Index
from verifier.selection.selecting import Selector
from verifier.values.changes import Changes
from verifier.values.claim import Check, Claim, ClaimSet
from verifier.values.fact import Fact
from verifier.values.pack import ContextPack, ManifestEntry, Selection, Supply
from verifier.values.prompt import Prompt
from verifier.wording.changing import speaks_of_change

FOLLOWUP_SHARE = 0.25
"""Of the budget, what is kept free in round 1 for what later rounds bring."""

CHANGES_SHARE = 0.25
"""Of the room for files, the most that a branch's diff takes."""

LISTING_CHARS, LISTING_TOKENS = 14_000, 5_500
"""Room for the paths among which it is asked where to look; where names take more tokens than names do, by these."""

MOST_PACKINGS = 4
"""How often a prompt that passes the budget is packed again with less."""

_MOST_BYTES_A_TOKEN = 8
"""What no source that is worth a try has more of; a numbered line takes more tokens than its text alone."""


@dataclass(frozen=True)
class Limits:
    """How much one claim may take."""

    budget_tokens: int = 60_000
    """The largest request, prompt and files together, by our own count."""
    max_rounds: int = 3
    concurrency: int = 4


@dataclass(frozen=True)
class Work:
    """What every claim of a set is judged with."""

    claims: ClaimSet
    index: Index
    prompts: Prompts
    limits: Limits = field(default_factory=Limits)
    branch: Branch | None = None
    """The branch that is judged, where what it changed is shown for claims that speak of a change."""
    of_ci: Mapping[Check, Fact] = field(default_factory=dict)
    """What CI answers to the checks of claims that ask it."""
    asks_where: bool = True
    """Whether the model is asked where to look for a claim that does not say so."""
    aside: Aside = field(default_factory=Aside, repr=False, compare=False)
    """Does what takes long while the event loop goes on."""

    def withheld(self, path: str) -> bool:
        """Whether the file's text is kept from the model."""
        return any_matches((*self.claims.context.exclude, *self.claims.never_send), path)


@dataclass(frozen=True)
class OpenedClaim:
    """A claim with everything that is known before the model is asked."""

    claim: Claim
    facts: tuple[Fact, ...]
    context: ContextPack
    prompt: Prompt
    changes: Changes | None = None
    where: Where | None = None
    """What is asked before; until then there are but the files that are named, and what belongs with these."""

    @property
    def first(self) -> Prompt:
        """What the model is asked first."""
        return self.where.prompt if self.where is not None else self.prompt


@dataclass(frozen=True)
class Where:
    """The question in which files to look for a claim, and the claim opened with these."""

    prompt: Prompt
    opened: Callable[[tuple[str, ...]], OpenedClaim]


def files_of(work: Work, claim: Claim) -> tuple[str, ...]:
    """The paths that a claim may be shown, and the names it gives that match nothing or may not be sent.

    Where it is asked first where to look, that may be anywhere: `**`.
    """
    selection = Selector(claim, work.claims, work.index).files()
    named = (selected.path for selected in (*selection.files, *selection.missing, *selection.refused))
    return (*named, "**") if selection.asks_where else tuple(named)


def open_claim(work: Work, claim: Claim) -> OpenedClaim:
    """Look up the facts, choose and pack the files, and render the first prompt.

    Raises:
        BudgetError: Instructions and facts alone pass the budget.
        VerifierError: The commit is empty.
    """
    snapshot = work.index.snapshot
    if not snapshot.paths:
        raise VerifierError(f'"{claim.id}": the commit {snapshot.commit} has no files; name another with --ref')
    selector = Selector(claim, work.claims, work.index, leads=None if work.asks_where else ())
    facts = gather_facts(claim, work.index, work.of_ci)
    begun = _opened(work, claim, facts, selector)
    if not selector.files().asks_where:
        return begun
    prompt = _asks_where(work, claim, selector.to_choose_from())
    # All that a selector knows of a large commit is not to be held while a reply is waited for.
    nearest = selector.nearest

    @cache
    def opened(leads: tuple[str, ...]) -> OpenedClaim:
        return _opened(work, claim, facts, Selector(claim, work.claims, work.index, leads=leads, nearest=nearest))

    return replace(begun, where=Where(prompt, opened))


def _asks_where(work: Work, claim: Claim, paths: Sequence[str]) -> Prompt:
    """What asks where to look; of the paths it lists as many as there is room for."""
    budget, room = work.limits.budget_tokens, LISTING_CHARS
    bare = work.prompts.leads(claim, "", len(paths))
    refuse_over(budget, bare, "the question where to look needs")
    most = min(bare.tokens + LISTING_TOKENS, budget)
    while (prompt := work.prompts.leads(claim, *listing_of(paths, room))).tokens > most:
        room //= 2
    return prompt


def _opened(work: Work, claim: Claim, facts: tuple[Fact, ...], selector: Selector) -> OpenedClaim:
    known = _Known(work, claim, facts, selector.files(), cache(selector.telling_lines))
    budget = work.limits.budget_tokens
    keep = int(budget * FOLLOWUP_SHARE) if work.limits.max_rounds > 1 else 0
    known = replace(known, changes=_changes(known, budget - keep))
    return _with_all(known, budget - keep) or _within(known, keep)


@dataclass(frozen=True)
class _Known:
    """What is known of a claim before its files are packed."""

    work: Work
    claim: Claim
    facts: tuple[Fact, ...]
    selection: Selection
    telling_lines: TellingLines
    changes: Changes | None = None

    def packed(self, room: int) -> OpenedClaim:
        """The claim with as much of its files as there is room for, in tokens."""
        return self._with(pack(self.selection, self.work.index, room, self.telling_lines))

    @property
    def bare(self) -> Prompt:
        """The prompt without any file."""
        return self._with(pack(Selection(()), self.work.index, 0)).prompt

    def _with(self, context: ContextPack) -> OpenedClaim:
        snapshot, claims = self.work.index.snapshot, self.work.claims
        bound = len(snapshot.paths) if snapshot.truncated else None
        prompt = self.work.prompts.first(self.claim, claims, context, self.facts, bound, self.changes)
        return OpenedClaim(self.claim, self.facts, context, prompt, self.changes)


def _changes(known: _Known, room: int) -> Changes | None:
    """What the branch changed, where the claim speaks of a change, within a share of the room for files."""
    work, claim = known.work, known.claim
    if work.branch is None or not any(map(speaks_of_change, (claim.statement, *(claim.parts or ())))):
        return None
    share = int(CHANGES_SHARE * (room - known.bare.tokens))
    return changes_of(claim, work.claims, known.selection, work.branch, share)


def _with_all(known: _Known, room: int) -> OpenedClaim | None:
    """The claim with every file whole, as most are. None where that takes more than there is room for.

    What comes out is what `_within` gives too, which renders the prompt twice.
    """
    entries = (known.work.index.snapshot.entry(selected.path) for selected in known.selection.files)
    if sum(entry.size for entry in entries if entry is not None) > room * _MOST_BYTES_A_TOKEN:
        return None
    opened = known.packed(room)
    context = opened.context
    if opened.prompt.tokens > room or not all(map(_is_whole, context.manifest)) or any(map(is_airy, context.files)):
        return None
    return opened


def _is_whole(entry: ManifestEntry) -> bool:
    """Whether no line of a text was left out."""
    return entry.supply is Supply.WHOLE or not entry.total_lines


def _within(known: _Known, keep: int) -> OpenedClaim:
    """The claim with what fits of its files into the budget, less what is kept for later rounds."""
    budget, bare = known.work.limits.budget_tokens, known.bare
    refuse_over(budget, bare, "instructions and facts alone need")
    room = budget - keep - bare.tokens
    opened = known.packed(max(0, room))
    for _ in range(MOST_PACKINGS):
        if opened.prompt.tokens <= budget:
            break
        room = less_room(room, budget - bare.tokens, opened.prompt.tokens - bare.tokens)
        opened = known.packed(room)
    refuse_over(budget, opened.prompt, "instructions, facts and the names of its files need")
    return opened


def less_room(room: int, allowed: int, taken: int) -> int:
    """Room for the texts of files, where names and notes beside them took more than is allowed for all together."""
    return max(0, room * allowed // (2 * taken))


def refuse_over(budget: int, prompt: Prompt, what: str, way_out: str = "raise --budget-tokens") -> None:
    """Raise where the prompt takes more tokens than the budget has."""
    if prompt.tokens > budget:
        raise BudgetError(f'"{prompt.claim_id}": {what} {prompt.tokens} tokens, the budget is {budget}; {way_out}')
