"""What a module of this package offers for the languages that the table gives it: a `READER`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from verifier.languages.brackets import by_brackets
from verifier.languages.called_names import called_names
from verifier.languages.code_text import code_lines
from verifier.languages.indentation import by_indentation
from verifier.languages.line_kinds import to_bytes
from verifier.languages.marks import NO_MARKS, Marks
from verifier.languages.outline import Outline
from verifier.languages.structure import Structure
from verifier.languages.tree_structure import TreeStructure
from verifier.languages.trees import Grammar, calls_by_grammar, parse, read_by_grammar


class Reader(Protocol):
    """Reads files of some languages; each is told by its name in the table."""

    def read(self, language: str, text: str, /) -> Outline:
        """Read a whole file: kinds of lines, definitions, imports."""
        ...

    def calls(self, language: str, text: str, first_line: int, last_line: int, /) -> frozenset[str]:
        """Bare names that are called or instantiated in those lines."""
        ...

    def code(self, language: str, text: str, /) -> tuple[str, ...]:
        """A text's lines without comments, strings emptied of all but names put in."""
        ...

    def structure(self, reading: Outline, text: str, /) -> Structure:
        """How the lines of a file that was read hold each other."""
        ...


def by_name(language: str, _: str) -> str:
    """The grammar that is named like the language."""
    return language


class GrammarReader:
    """Reads by tree-sitter grammars, and by marks alone what would take their parsers too long."""

    def __init__(self, *grammars: Grammar, which: Callable[[str, str], str] = by_name) -> None:
        self.grammars = {grammar.language: grammar for grammar in grammars}
        self.which = which
        """Which grammar a text of a language is read by."""

    def read(self, language: str, text: str, /) -> Outline:
        """Read a whole file: kinds of lines, definitions, imports."""
        return read_by_grammar(self.grammars[self.which(language, text)], text)

    def calls(self, language: str, text: str, first_line: int, last_line: int, /) -> frozenset[str]:
        """Bare names that are called or instantiated in those lines."""
        names = calls_by_grammar(self.grammars[self.which(language, text)], text, first_line, last_line)
        return called_names(text, first_line, last_line) if names is None else names

    def code(self, language: str, text: str, /) -> tuple[str, ...]:
        """A text's lines without comments, strings emptied of all but names put in."""
        return code_lines(text, self.grammars[language].marks)

    def structure(self, reading: Outline, text: str, /) -> Structure:
        """By its tree; by brackets or indentation where there is none."""
        grammar, source = self.grammars[reading.language], to_bytes(text)
        if parse(grammar, source) is not None:
            return TreeStructure(grammar, source, reading.definitions)
        arrange = by_indentation if grammar.is_indented else by_brackets
        return arrange(reading.language, code_lines(text, grammar.marks))


def no_calls(_: str, __: int, ___: int, /) -> frozenset[str]:
    """Nothing: settings and documentation call nothing."""
    return frozenset()


@dataclass(frozen=True)
class TextReader:
    """Reads without a grammar: by functions of the module, and by brackets or indentation."""

    reading: Callable[[str, str], Outline]
    marked: Mapping[str, Marks] = field(default_factory=dict)
    default: Marks = NO_MARKS
    calling: Callable[[str, int, int], frozenset[str]] = called_names
    bracketed: frozenset[str] | None = frozenset()
    """Languages in which brackets hold lines rather than indentation; None: all."""

    def read(self, language: str, text: str, /) -> Outline:
        """Read a whole file: kinds of lines, definitions, imports."""
        return self.reading(language, text)

    def calls(self, _: str, text: str, first_line: int, last_line: int, /) -> frozenset[str]:
        """Names before a bracket in those lines, where the language calls anything."""
        return self.calling(text, first_line, last_line)

    def code(self, language: str, text: str, /) -> tuple[str, ...]:
        """A text's lines without comments, strings emptied of all but names put in."""
        return code_lines(text, self.marked.get(language, self.default))

    def structure(self, reading: Outline, text: str, /) -> Structure:
        """By brackets or indentation."""
        language = reading.language
        arrange = by_brackets if self.bracketed is None or language in self.bracketed else by_indentation
        return arrange(language, self.code(language, text))
