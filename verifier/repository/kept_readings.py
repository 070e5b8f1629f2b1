"""What was read of files by their grammars, kept by blob.

A blob never changes, so that an answer serves every commit that has it under the same path. Answers are added as
questions come up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, cast

from verifier.languages import Definition, LineKind, SourceText, read_source
from verifier.system.kept_answers import KeptAnswers
from verifier.values.source import Lines

_RANGES = 64
"""Of one file, about which more than one question may come."""

_At = tuple[list[int], list[str], str | None, str | None]
"""Of a range its headers, the names it uses, and why it never runs or is not built."""

_LETTERS = dict(zip(LineKind, "cmdbt", strict=True))
_KINDS = {letter: kind for kind, letter in _LETTERS.items()}


class KeptReadings:
    """Readings of one repository's files, whatever the commit. Safe to share between threads."""

    def __init__(self, answers: KeptAnswers) -> None:
        self._answers = answers

    def of(self, path: str, blob: str, read: Callable[[], str | None]) -> SourceText | None:
        """The reading of a blob's text under a path. None: it is no text, which `read` says by None."""
        asked = _Asked(self._answers, path, blob, read)
        kept = asked.answer("reading", lambda: None if asked.reading is None else _written(asked.reading))
        return None if kept is None else _read(kept, asked)


class _Asked:
    """One file: what is not known of it is read."""

    def __init__(self, answers: KeptAnswers, path: str, blob: str, read: Callable[[], str | None]) -> None:
        self._answers = answers
        self._about = f"{path}\0{blob}"
        self._path = path
        self._text = read

    @cached_property
    def reading(self) -> SourceText | None:
        text = self._text()
        return None if text is None else read_source(self._path, text)

    @property
    def whole(self) -> SourceText:
        assert self.reading is not None, "what was read once can be read again"
        return self.reading

    def answer(self, question: str, work_out: Callable[[], Any]) -> Any:
        """What is kept, or else worked out, as JSON has it. None is not kept."""
        return self._answers.of(self._about, question, work_out)


@dataclass(frozen=True)
class _Kept(SourceText):
    """A reading whose answers are kept; for those that are not, the file is read."""

    asked: _Asked = field(kw_only=True, compare=False, repr=False)

    @cached_property
    def constants(self) -> Mapping[str, tuple[Lines, ...]]:
        said = self.asked.answer(
            "constants",
            lambda: {name: [[at.first, at.last] for at in of] for name, of in self.asked.whole.constants.items()},
        )
        return {name: tuple(Lines(*at) for at in places) for name, places in said.items()}

    def headers(self, lines: Lines) -> tuple[int, ...]:
        return tuple(self._at(lines)[0])

    def names_used(self, lines: Lines) -> frozenset[str]:
        return frozenset(self._at(lines)[1])

    def dead_reason(self, lines: Lines) -> str | None:
        return self._at(lines)[2]

    def hollow_reason(self, lines: Lines) -> str | None:
        return self._at(lines)[3]

    @cached_property
    def _at(self) -> Callable[[Lines], _At]:
        """What is known of a range: whoever asks one thing of it mostly asks all."""

        def read(lines: Lines) -> _At:
            of = self.asked.whole
            return list(of.headers(lines)), sorted(of.names_used(lines)), of.dead_reason(lines), of.hollow_reason(lines)

        return lru_cache(_RANGES)(lambda lines: self.asked.answer(f"at {lines}", lambda: read(lines)))


def _written(reading: SourceText) -> list[Any]:
    kinds = "".join([_LETTERS[kind] for kind in reading.kinds])
    return [reading.language, kinds, [list(vars(each).values()) for each in reading.definitions], reading.imports]


def _read(kept: list[Any], asked: _Asked) -> SourceText:
    language, kinds, definitions, imports = kept
    return _Kept(
        language,
        tuple([_KINDS[letter] for letter in kinds]),
        tuple([Definition(*each) for each in definitions]),
        tuple(imports),
        reader=cast(Any, None),  # the whole reading has it
        asked=asked,
    )
