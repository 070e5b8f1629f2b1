"""One entry of the glossary."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """A term, what it means, and the terms that help to understand it."""

    term: str
    meaning: str
    see: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.term.strip():
            raise ValueError("an entry needs a term")
        if not self.meaning.strip():
            raise ValueError(f"the entry {self.term!r} has no meaning")

    def as_dict(self) -> dict[str, object]:
        """The entry as plain values, ready for JSON."""
        return {"term": self.term, "meaning": self.meaning, "see": list(self.see)}
