"""What was ruled of a claim over commits, in words: for those who cannot see the strip, and for the list below it."""

from __future__ import annotations

from verifier.report.words import counted
from verifier.values.claim import Word
from verifier.values.history import History, JudgedCommit, Strip


def strip_of(claim_id: str, history: History) -> Strip | None:
    """The claim's strip, where it was judged on more than one commit: of one alone there is nothing to see."""
    strip = history.strip(claim_id)
    return strip if strip is not None and len(judged(strip, history)) > 1 else None


def judged(strip: Strip, history: History) -> list[tuple[Word, JudgedCommit]]:
    """What was ruled on which commit, the latest first."""
    both = zip(strip.words, history.commits, strict=True)
    return [(word, commit) for word, commit in both if word is not None][::-1]


def in_words(strip: Strip) -> str:
    """The rulings one after the other: "NOT RESOLVED on 3 commits, then FULLY RESOLVED on 1 commit"."""
    return ", then ".join(f"{spell.word} on {counted(spell.number, 'commit')}" for spell in strip.spells)


def since(strip: Strip, history: History) -> JudgedCommit:
    """The commit from which on the claim has been ruled as it was ruled last."""
    return history.commits[strip.spells[-1].first]
