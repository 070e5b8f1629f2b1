"""What a module of this package offers for the languages that the table gives it: a `READER`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from verifier.languages.brackets import by_brackets
from verifier.languages.code_text import code_lines
from verifier.languages.indentation import by_indentation
from verifier.languages.line_kinds import to_bytes
from verifier.languages.marks import NO_MARKS, Marks
from verifier.languages.outline import Outline
from verifier.languages.structure import Structure
from verifier.languages.tree_structure import TreeStructure
from verifier.languages.trees import Grammar, calls_by_grammar, parse, read_by_grammar
from verifier.languages.word_lists import words


class Reader:
    """Reads files of some languages; each is told by its name in the table."""

    def read(self, language: str, text: str, /) -> Outline:
        """Read a whole file: kinds of lines, definitions, imports."""
        raise NotImplementedError

    def calls(self, _: str, text: str, first_line: int, last_line: int, /) -> frozenset[str]:
        """Bare names that are called or instantiated in those lines; those before a bracket where no grammar tells."""
        lines = text.split("\n", max(last_line, 0))[max(first_line - 1, 0) : max(last_line, 0)]
        names = {name for line in lines for name in _CALLED.findall(line)}
        return frozenset(name for name in names if name.lower() not in _NO_CALLS)

    def code(self, language: str, text: str, /) -> tuple[str, ...]:
        """A text's lines without comments, strings emptied of all but names put in."""
        raise NotImplementedError

    def structure(self, reading: Outline, text: str, /) -> Structure:
        """How the lines of a file that was read hold each other."""
        return by_indentation(reading.language, self.code(reading.language, text))


class GrammarReader(Reader):
    """Reads by tree-sitter grammars, and by marks alone what would take their parsers too long."""

    def __init__(self, *grammars: Grammar, which: Callable[[str, str], str] = lambda language, _: language) -> None:
        self._grammars = {grammar.language: grammar for grammar in grammars}
        self._which = which
        """Which grammar a text of a language is read by."""

    def read(self, language: str, text: str, /) -> Outline:
        return read_by_grammar(self._grammars[self._which(language, text)], text)

    def calls(self, language: str, text: str, first_line: int, last_line: int, /) -> frozenset[str]:
        names = calls_by_grammar(self._grammars[self._which(language, text)], text, first_line, last_line)
        return super().calls(language, text, first_line, last_line) if names is None else names

    def code(self, language: str, text: str, /) -> tuple[str, ...]:
        return code_lines(text, self._grammars[language].marks)

    def structure(self, reading: Outline, text: str, /) -> Structure:
        grammar, source = self._grammars[reading.language], to_bytes(text)
        if parse(grammar, source) is not None:
            return TreeStructure(grammar, source, reading.definitions)
        arrange = by_indentation if grammar.is_indented else by_brackets
        return arrange(reading.language, code_lines(text, grammar.marks))


@dataclass(frozen=True)
class TextReader(Reader):
    """Reads without a grammar: by functions of the module, and by brackets or indentation."""

    reading: Callable[[str, str], Outline]
    marked: Mapping[str, Marks] = field(default_factory=dict)
    default: Marks = NO_MARKS
    calls_nothing: bool = False
    """Whether nothing is called in settings and documentation such as these."""
    bracketed: frozenset[str] | None = frozenset()
    """Languages in which brackets hold lines rather than indentation; None: all."""

    def read(self, language: str, text: str, /) -> Outline:
        return self.reading(language, text)

    def calls(self, language: str, text: str, first_line: int, last_line: int, /) -> frozenset[str]:
        return frozenset() if self.calls_nothing else super().calls(language, text, first_line, last_line)

    def code(self, language: str, text: str, /) -> tuple[str, ...]:
        return code_lines(text, self.marked.get(language, self.default))

    def structure(self, reading: Outline, text: str, /) -> Structure:
        if self.bracketed is None or reading.language in self.bracketed:
            return by_brackets(reading.language, self.code(reading.language, text))
        return super().structure(reading, text)


_CALLED = re.compile(r"(?<!\w)([^\W\d]\w*+[?!]?)\s{0,3}\(")
_NO_CALLS = words(
    """
    if for while switch catch return function def fn func fun sub elif foreach unless until match when and or not in is
    values varchar numeric decimal char select where from table as on using sizeof typeof await yield new
    """
)
"""Words that languages put before a bracket, which call nothing."""
