"""Show what a branch changed of the files that a claim is about.

Both commits are read through their snapshots, so secrets are redacted on either side before anything is compared. What
comes out is for the model to look at: evidence is looked up in the judged commit, never here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from verifier.cost.tokens import AIRY_CHARS, count_tokens
from verifier.errors import SnapshotError
from verifier.prompting.hunks import hunks
from verifier.repository.branches import Branch
from verifier.repository.globbing import matching
from verifier.repository.sending import SendRules
from verifier.repository.snapshot import Nature, SourceFile
from verifier.safety.quoting import fence, quoted_path
from verifier.values.changes import ChangedFile, Changes
from verifier.values.claim import Claim, ClaimSet
from verifier.values.pack import Selected, Selection
from verifier.wording.naming import paths_in

MOST_FILES = 40
"""Files of which a prompt says how they differ."""

_MOST_NAMES = 50
"""Names of one claim that are looked for among the files that are gone."""


def changes_of(
    claim: Claim, claims: ClaimSet, selection: Selection, branch: Branch, budget_tokens: int
) -> Changes | None:
    """What the branch changed of the selected files, and of those it took away that the claim names.

    Hunks go in whole, in the files' order, while the budget lasts; what stays out is counted. None where the branch
    touches none of them.
    """
    pairs = list(dict.fromkeys((*_selected(selection, branch), *_gone(claim, branch))))
    if not pairs:
        return None
    rules = SendRules(claims, branch.now)
    files: list[ChangedFile] = []
    named: list[Selected] = []
    left = budget_tokens
    for old, new in pairs[:MOST_FILES]:
        found = _changed(_Pair(old, new, branch), rules, left)
        left -= _tokens(found)
        if left < 0:
            break
        if isinstance(found, ChangedFile):
            files.append(found)
        else:
            named.append(found)
    more = len(pairs) - len(files) - len(named)
    if more:
        named.append(Selected(f"(and {more} more)", "changed; too many to list"))
    return Changes(branch.before.commit, tuple(files), tuple(named))


def _tokens(found: ChangedFile | Selected) -> int:
    """What the file takes of the budget, its name included."""
    said = (found.note, found.text) if isinstance(found, ChangedFile) else (found.why,)
    return sum(map(count_tokens, (quoted_path(found.path), *said)))


def _selected(selection: Selection, branch: Branch) -> Iterator[tuple[str | None, str | None]]:
    """The touched files of a selection, as they are called at the base and now."""
    for selected in selection.files:
        if selected.path in branch.touched:
            yield _before(selected.path, branch), selected.path


def _before(path: str, branch: Branch) -> str | None:
    return branch.renamed.get(path, path if branch.before.entry(path) is not None else None)


def _gone(claim: Claim, branch: Branch) -> Iterator[tuple[str | None, str | None]]:
    """The files that the claim names and the branch took away or renamed."""
    text = "\n".join((claim.statement, *(claim.parts or ())))
    checked = (check.path_exists or check.within or "" for check in claim.checks)
    names = [name for name in dict.fromkeys((*claim.files, *paths_in(text), *checked)) if name]
    now_called = {old: new for new, old in branch.renamed.items()}
    for name in names[:_MOST_NAMES]:
        at_end = f"/{name.removeprefix('./').strip('/')}"
        found = matching(name, branch.gone) or tuple(path for path in branch.gone if path.endswith(at_end))
        yield from ((path, now_called.get(path)) for path in found)


class _Pair:
    """One file at the base and now."""

    def __init__(self, old: str | None, new: str | None, branch: Branch) -> None:
        self.paths = tuple(dict.fromkeys(path for path in (new, old) if path is not None))
        self.path = self.paths[0]
        self._old_path = old
        self.new = branch.now.file(new) if new is not None else None
        self.old: SourceFile | None = None
        self.unread = False
        """Whether a partial clone lacks what the file held at the base."""
        try:
            self.old = branch.before.file(old) if old is not None else None
            self.unread = self.old is not None and self.old.nature is Nature.MISSING
        except SnapshotError:  # the clone has no file of the base
            self.unread = True

    @property
    def how(self) -> str:
        """How the file differs."""
        if self._old_path is None:
            return "added"
        if self.new is None:
            return "removed"
        return "changed" if len(self.paths) == 1 else f"renamed from {quoted_path(self._old_path)}"

    @property
    def not_text(self) -> str | None:
        """What it is instead of text, on the side where it is none. None: it is text."""
        sides = [file for file in (self.old, self.new) if file is not None and file.nature is not Nature.TEXT]
        return sides[-1].nature.value if sides else None

    def hunks(self) -> tuple[str, ...]:
        """Where its lines differ."""
        return hunks(_lines(self.old), _lines(self.new))


def _lines(file: SourceFile | None) -> Sequence[str]:
    return file.lines if file is not None else ()


def _changed(pair: _Pair, rules: SendRules, left: int) -> ChangedFile | Selected:
    """The file with the hunks that fit, or how it differs where none is shown."""
    refusal = next(filter(None, map(rules.refusal, pair.paths)), None)
    if refusal is not None:
        return Selected(pair.path, f"{pair.how}; not shown: {refusal}")
    if pair.unread:
        return Selected(pair.path, f"{pair.how}; not shown: what it held before is not in this clone")
    if pair.not_text is not None:
        return Selected(pair.path, f"{pair.how}; not shown: {pair.not_text}")
    if pair.old is None:
        return Selected(pair.path, f"added; each of its {len(_lines(pair.new))} lines is new")
    every = pair.hunks()
    if not every:
        return Selected(pair.path, f"{pair.how}; no line differs, but for line ends or what is redacted")
    kept = _that_fit(every, left)
    out = len(every) - len(kept)
    if not kept:
        return Selected(pair.path, f"{pair.how}; not shown: {_hunks(out)} of more than {max(left, 0)} tokens")
    note = f"{pair.how}; {_hunks(len(kept))}"
    if out:
        note = f"{pair.how}; {len(kept)} of its {_hunks(len(every))}, {out} left out for want of room"
    text = "\n".join(kept)
    return ChangedFile(pair.path, note, text, fence(pair.path, text))


def _that_fit(every: Iterable[str], left: int) -> list[str]:
    kept: list[str] = []
    for hunk in every:
        if len(hunk) // AIRY_CHARS > left:
            continue
        tokens = count_tokens(hunk)
        if tokens <= left:
            kept.append(hunk)
            left -= tokens
    return kept


def _hunks(number: int) -> str:
    return "1 hunk" if number == 1 else f"{number} hunks"
