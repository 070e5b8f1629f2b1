"""Text made to be slow: what reading twice as much of it takes. Linear is 2x; the tests read the same texts untimed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator

from benchmarks.measuring import Figure
from benchmarks.scratch import Scratch
from tests.audit.test_reading_properties import REPEATED
from tests.audit.test_reading_properties import read as read_report
from tests.claim_files.test_notes import HOSTILE as NOTES
from tests.languages.test_any_text import HOSTILE as CODE
from tests.languages.test_any_text import check
from tests.wording.test_wording import HOSTILE as SENTENCES
from tests.wording.test_wording import read as read_words
from verifier.claim_files.notes import notes_in
from verifier.wording.covering import left_over
from verifier.wording.naming import named_in

Reader = Callable[[str], object]

READERS: dict[str, tuple[Reader, Iterable[str], int]] = {
    "all words of a statement": (read_words, SENTENCES.values(), 100_000),
    "names in a statement": (named_in, SENTENCES.values(), 100_000),
    "words that no part covers": (lambda text: left_over(text, [text[:50]]), SENTENCES.values(), 100_000),
    "notes read for claims": (lambda text: list(notes_in("- " + text)), NOTES, 100_000),
    "reports read for an audit": (read_report, REPEATED, 40_000),
    "Python read": (lambda text: check("a.py", text), CODE.values(), 12_000),
    "TypeScript read": (lambda text: check("a.ts", text), CODE.values(), 12_000),
    "C read": (lambda text: check("a.c", text), CODE.values(), 12_000),
    "a workflow read": (lambda text: check("a.yaml", text), CODE.values(), 12_000),
}

MOST = 3.0


def hostile_texts(_: Scratch, rounds: int) -> Iterator[Figure]:
    """The text of each reader whose time grows most, among those that take a tenth of a second at all."""
    for name, (read, units, size) in READERS.items():
        growth, slowest, unit = max(_growth(read, unit, size, rounds) for unit in units)
        yield Figure(
            f"{name}: {2 * size // 1000} kB made to be slow, CPU against {size // 1000} kB",
            f"{growth:.1f}x ({slowest:.2f} s, {unit!r})",
            f"{MOST:g}x",
            growth <= MOST,
        )


def _growth(read: Reader, unit: str, size: int, rounds: int) -> tuple[float, float, str]:
    once, twice = (min(_took(read, (unit * n)[:n]) for _ in range(rounds)) for n in (size, 2 * size))
    return (twice / once if twice > 0.1 else 0.0), twice, unit[:20]


def _took(read: Reader, text: str) -> float:
    began = time.process_time()
    read(text)
    return time.process_time() - began
