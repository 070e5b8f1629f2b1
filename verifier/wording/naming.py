"""What a sentence names: paths, identifiers, numbers and other literals, each verbatim and where it stands.

People write `src/pool.py` and src/pool.py, `drain()` and CircuitBreaker; but "and/or", "Node.js", "Phase 4" and
"e.g." look much the same. Between backticks a lone word is believed to be code; outside them it must look like it.
"""

from __future__ import annotations

import enum
import functools
import keyword
import re
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from verifier.languages.table import DOUBTFUL_EXTENSIONS, EXTENSIONS, FILES, WORDS, extension_of
from verifier.languages.word_lists import words
from verifier.system.patterns import pattern
from verifier.values.source import nfc
from verifier.wording.vocabulary import (
    CONSTANTS,
    KEYWORDS,
    LABELS,
    MIME_TYPES,
    PRODUCTS,
    RECEIVERS,
    SLASHED_WORDS,
    TOP_FOLDERS,
    TOP_LEVEL_DOMAINS,
)


class NameKind(enum.StrEnum):
    """What kind of thing a sentence names."""

    PATH = "path"
    IDENTIFIER = "identifier"
    NUMBER = "number"
    LITERAL = "literal"


@dataclass(frozen=True, slots=True)
class Named:
    """One thing that a text names: `text` is `whole[start:end]`, verbatim."""

    text: str
    kind: NameKind
    start: int
    end: int
    in_code: bool = False
    """Whether it stands between backticks."""


def paths_in(text: str, commit: Sequence[str] = ()) -> tuple[str, ...]:
    """Paths, globs and directories (these mostly end in a slash), without line numbers, each once, in order.

    Only what can hardly be anything else, for a package, a branch and a route are written like folders. Where the
    paths of a `commit` are given, sorted, what they show to be one is a path too: `kombu/transport` where that folder
    is there, `kombu/gone` where `kombu` is, `hooks.json.example` where a file is called so, and a name with blanks in
    it as a whole.
    """
    text = nfc(text) if commit else text
    found = [(named.start, named.end, named.text) for named in named_in(text) if named.kind is NameKind.PATH]
    if commit:
        found = _with_those_of_commit(text, commit, found)
    return tuple(dict.fromkeys(path for _, _, path in found))


def is_path(word: str) -> bool:
    """Whether a word between backticks names a file or folder, be it out of the commit, and hardly anything else."""
    inside = "/".join(part for part in word.split("/") if part != "..")
    place = _path(inside, True)
    return place is not None and place[1] == len(inside)


def is_keyword(word: str) -> bool:
    """Whether a word consists of keywords alone: `try-except`, `async def`, `None`."""
    return all(part in _KEYWORDS for part in _KEYWORD_BREAK.split(word.strip()) if part)


def is_numbered(word: str) -> bool:
    """Whether a word counts claims, steps or the like rather than naming something in code: `CLAIM_1_POOL`."""
    return _NUMBERED.fullmatch(word) is not None


def without_receiver(name: str) -> str:
    """A dotted name as definitions are called: `Pool::drain` is "Pool.drain", `self.drain` is "drain"."""
    parts = _BETWEEN_NAMES.split(name.removeprefix("@"))
    return ".".join(parts[1:] if parts[0] in RECEIVERS and len(parts) > 1 else parts)


def identifiers_in(text: str, paths: Collection[str] = ()) -> tuple[str, ...]:
    """Names that code would have (`Pool.drain` whole, `drain()` without its brackets), each once, in order.

    None of them is one of the `paths` that the text is known to name, nor stands between the blanks of one.
    """
    for path in paths:
        text = text.replace(path, " ") if " " in path else text
    names = (named.text for named in named_in(text) if named.kind is NameKind.IDENTIFIER)
    known = frozenset(paths)
    return tuple(dict.fromkeys(name for name in names if name not in known))


def last_name(identifier: str) -> str:
    """The last part of a dotted name: "drain" of "Pool.drain", which is how its definition spells it."""
    return _BETWEEN_NAMES.split(identifier)[-1]


@functools.lru_cache(maxsize=4096)
def named_in(text: str) -> tuple[Named, ...]:
    """Everything that the text names, in order of where it stands; the outer before what lies inside it."""
    found: list[Named] = []
    closed: list[tuple[int, int]] = []
    at = 0
    for quoted in _QUOTED.finditer(text):
        found += _in_prose(text, at, quoted.start(), closed)
        found += _in_quotes(text, quoted, closed)
        at = quoted.end()
    found += _in_prose(text, at, len(text), closed)
    closed += [(label.start(), label.end()) for label in _LABEL.finditer(text)]
    closed += [(named.start, named.end) for named in found if named.kind in (NameKind.PATH, NameKind.IDENTIFIER)]
    found += _numbers(text, closed)
    return tuple(sorted(set(found), key=lambda named: (named.start, -named.end, named.kind)))


_QUOTED = pattern(
    r"``(?P<double>[^\n]{1,300}?)``|`(?P<code>[^`\n]{1,300})`|\"(?P<straight>[^\"\n]{1,300})\""
    r"|“(?P<curly>[^”\n]{1,300})”|(?<!\w)'(?P<single>[^'\s](?:[^'\n]{0,298}[^'\s])?)'(?!\w)"
)
_WORD = pattern(r"[^\s,;()\[\]{}<>|\"“”`=+…—–]+(?:\(\))?")
_SIMPLE_NAME = pattern(r"@?((?!\d)\w[\w$]*(?:(?:\.|::|#|->)(?!\d)\w[\w$]*)*)[!?]?(?:\(\))?")
_NAMES_IN_CODE = pattern(
    r"(?<![\w.])((?!\d)\w+(?:\.(?!\d)\w+)*)(?=\()"
    r"|(?:class|def|func|function|struct|interface|enum|trait|type|fn|const|let|var)[ ]((?!\d)\w+)"
    r"|(?<![\w.-])((?!\d)\w+)(?=[ ]?=[^=])"
)
_LABEL = pattern(
    r"\b(?:" + "|".join(sorted(LABELS)) + r")(?:s\b|\b)[ _#:-]{0,3}v?\d[\w.]*(?:[ ]?[-–][ ]?\d[\d.]*)?"
    r"|\b(?:lines?|ll?|phases|steps|claims|parts|items?|columns?|issues|prs|tasks)\b\.?[ ]?#?\d+"
    r"(?:[ ]?(?:[-–,&]|to|and|or)[ ]?\d+){0,50}"
    r"|^[ \t]{0,20}\d+[.)](?=[ \t])"
    r"|(?<!\d)\d{4}-\d{2}-\d{2}(?:T[\d:.]+)?|(?<![\d:])\d{1,2}:\d{2}(?::\d{2})?(?![\d:])",
    re.IGNORECASE | re.MULTILINE,
)
_NUMBER = pattern(
    r"(?<![\w.#])(?<!\w[-_])(?<!\d/)(?:(?<![\w)\]])-)?(?:0x[0-9A-Fa-f]+|(?:\d{1,3}(?:,\d{3}){1,6}|\d+)(?:\.\d+)?)(?!\.\d)"
    r"(?:%|(?=(?:[µmn]?s|secs?|mins?|[hdkx]|[kmgt]i?b|px)?(?!\w|[/.-]\d)))"
    r"|(?<=\d-)\d+(?![\w.-])|(?<![\w.#/-])\d+(?=-\d+(?![\w.-]))",
    re.IGNORECASE,
)
_LINE_REFERENCE = pattern(r":\d+(?:[-–:]\d+){0,3}$|#L?\d+(?:[-–]L?\d+)?$")
_COMPONENT = pattern(r"[\w.@+~*?\[\]{}$,!-]+")
_BETWEEN_NAMES = pattern(r"\.|::|#|->")
_BLANK = pattern(r"\s")
_PIECE = pattern(r"(?<!\w)(?!\d)\w+(?:(?:\.|::)(?!\d)\w+)*(?:\(\))?")
_NUMBERED = pattern(r"(?:claim|req|requirement|task|item|part|issue|step|phase)_\d+(?:_\w*)?", re.IGNORECASE)
_PLURAL_ACRONYM = pattern(r"[A-Z]{2,}s")
_ENV_FILE = pattern(r"\.env(?:\.\w+)+")
_SPACED_PATH = pattern(r"[\w./ -]+")
_FOLDER_AFTER = pattern(r"[`'\"”]?[ ](?:sub)?(?:director(?:y|ies)|folders?)\b")
_FOLDER_BEFORE = pattern(r"\b(?:directory|folder)[ ][`'\"“]?$")
_TEST_NAME = pattern(r"(?<=:)(?!\d)\w+")
_LONGEST_LITERAL = 120
_PLACEHOLDER = pattern(r"\$?\{[^,{}]*\}|<[^<>]*>|%\w|(?<=/):\w")
"""What stands for a part of a path (`users/{id}`), unlike the braces of a glob (`src/{a,b}.py`)."""
_SLASHED = pattern(r"(?<![\w/.@:~$*-])(?:\./)?[\w.@+~*-]{1,100}(?:/[\w.@+~*-]{1,100}){1,30}/?(?![\w/*{:])")
_FILE_IN_QUOTES = pattern(r"`([\w@+~-]*\.[\w.@+~-]{1,100})`")
_NO_FOLDERS = MIME_TYPES | words("origin refs")
_KEYWORDS = frozenset(keyword.kwlist) | KEYWORDS
_KEYWORD_BREAK = pattern(r"[\s\-/]{1,3}")


def _in_quotes(text: str, quoted: re.Match[str], closed: list[tuple[int, int]]) -> Iterator[Named]:
    """What stands between backticks or quotation marks."""
    which = str(quoted.lastgroup)
    in_code = which in ("double", "code")
    content = quoted[which].strip()
    if not content:
        return
    start = text.index(content, quoted.start(which))
    end = start + len(content)
    whole = _whole(text, start, end, in_code, closed)
    if whole is not None:
        yield from whole
        return
    if in_code or len(content) <= _LONGEST_LITERAL:
        yield Named(content, NameKind.LITERAL, start, end, in_code)
    if not in_code and len(content) <= _LONGEST_LITERAL:
        closed.append((start, end))
    for named in _in_prose(text, start, end, closed):
        yield Named(named.text, named.kind, named.start, named.end, in_code)
    if in_code:
        for name in _NAMES_IN_CODE.finditer(text, start, end):
            at, to = name.span(name.lastindex or 0)
            yield Named(text[at:to], NameKind.IDENTIFIER, at, to, True)


def _whole(text: str, start: int, end: int, in_code: bool, closed: list[tuple[int, int]]) -> list[Named] | None:
    """What a quotation names when it is one path, one name or one number; None when it is anything else."""
    content = text[start:end]
    is_path = "://" not in content and (not _BLANK.search(content) or _is_spaced_path(content))
    path = _path(content, in_code) if is_path else None
    if path is None and in_code and _beside_folder_word(text, start, end) and _COMPONENT.fullmatch(content):
        path = (0, len(content))
    if path is not None:
        closed.append((start, end))
        return [_named(text, NameKind.PATH, start + path[0], start + path[1], in_code), *_test_node(text, start, end)]
    name = _SIMPLE_NAME.fullmatch(content)
    if name and not is_keyword(content) and content.lower() not in CONSTANTS and not (in_code and _is_domain(content)):
        if in_code or _looks_like_name(name[1], called=content.endswith("()")):
            return [_named(text, NameKind.IDENTIFIER, start + name.start(1), start + name.end(1), in_code)]
    elif in_code and _NUMBER.fullmatch(content):
        return [_named(text, NameKind.NUMBER, start, end, True)]
    return None


def _in_prose(text: str, start: int, end: int, closed: list[tuple[int, int]]) -> Iterator[Named]:
    """What plain words name."""
    for word in _WORD.finditer(text, start, end):
        at, to = _unpunctuated(text, word.start(), word.end())
        token = text[at:to]
        if _is_plain_word(token):
            continue
        if not token or "://" in token or "@" in token:
            closed.append(word.span())
            continue
        is_part = _is_beside_placeholder(text, at, to)
        path = None if is_part else _path(token, False, folder=_beside_folder_word(text, at, to))
        if path is not None:
            closed.append(word.span())
            yield _named(text, NameKind.PATH, at + path[0], at + path[1], False)
            yield from _test_node(text, at, to)
        elif token.lower() not in PRODUCTS:
            yield from _names_of_word(text, at, to)


def _is_beside_placeholder(text: str, start: int, end: int) -> bool:
    """Whether the word is but a part of a path of which another stands for something else: `users/{id}`."""
    return (text[end - 1] == "/" and text[end : end + 1] in ("{", "<")) or (
        text[start] == "/" and text[max(0, start - 1) : start] in ("}", ">")
    )


def _is_plain_word(token: str) -> bool:
    """Whether the word is English for sure: most are, and need no closer look."""
    return token.isalpha() and token[1:].islower() and token not in FILES


def _names_of_word(text: str, start: int, end: int) -> Iterator[Named]:
    for piece in _PIECE.finditer(text[start:end]):
        token = piece[0]
        name = token.removesuffix("()")
        before = text[start + piece.start() - 1 : start + piece.start()]
        if before not in ("$", "%") and _looks_like_name(name, called=token != name):
            at = start + piece.start()
            yield _named(text, NameKind.IDENTIFIER, at, at + len(name), False)


def _looks_like_name(name: str, *, called: bool) -> bool:
    """Whether a word outside backticks is a name in code rather than English."""
    if called:
        return True
    if name.lower() in PRODUCTS or name.lower().removesuffix("s") in PRODUCTS:
        return False
    if "::" in name:
        return True
    if "." in name:
        return _looks_dotted(name)
    if "_" in name.strip("_") or (name.startswith("_") and name.strip("_")):
        return not is_numbered(name)
    return _has_humps(name)


def _looks_dotted(name: str) -> bool:
    parts = name.split(".")
    if all(len(part) == 1 for part in parts) or _is_domain(name) or _has_extension(name, True):
        return False
    # "It works.Then it stops": a forgotten blank, not an attribute.
    forgotten = len(parts) == 2 and parts[0].islower() and parts[1].istitle() and parts[0] in _SENTENCE_ENDS
    return not forgotten and not any(part.lower() + ".js" in PRODUCTS for part in parts[:1] if parts[-1] == "js")


_SENTENCE_ENDS = words("done works it this that ok fixed added removed now too there well used files tests")


def _has_humps(word: str) -> bool:
    """CamelCase or camelCase of at least two humps, but not a plural acronym such as APIs."""
    if not any(letter.islower() for letter in word) or _PLURAL_ACRONYM.fullmatch(word):
        return False
    humps = 1 + sum(
        1
        for before, letter, after in zip(word, word[1:], [*word[2:], ""], strict=False)
        if letter.isupper() and (not before.isupper() or after.islower())
    )
    return humps >= 2


def _is_domain(name: str) -> bool:
    parts = name.split(".")
    return len(parts) > 1 and name == name.lower() and parts[-1] in TOP_LEVEL_DOMAINS


def _path(token: str, in_code: bool, *, folder: bool = False) -> tuple[int, int] | None:
    """Where in the token a path stands, without `./`, a leading slash or a line reference; None when it is none."""
    end = token.find("::") if "::" in token else len(token)
    reference = _LINE_REFERENCE.search(token, 0, end)
    end = reference.start() if reference else end
    start = 2 if token.startswith("./") else 0
    if token.startswith("/"):
        start = 1
        if not _is_rooted_path(token[1:end]):
            return None
    file, colon, name = token[start:end].partition(":")
    if colon and name.isidentifier() and _has_extension(file.rsplit("/", 1)[-1], in_code=True):
        end = start + len(file)
    body = token[start:end]
    return (start, end) if _is_path(body, in_code, folder) else None


def _is_rooted_path(body: str) -> bool:
    """Whether what follows a leading slash is a file of the repository rather than a page: `/vets.html` is a page."""
    *parents, last = body.split("/")
    return _has_extension(last, in_code=True) and (bool(parents) or extension_of(last) not in _OF_PAGES)


def _is_path(body: str, in_code: bool, folder: bool) -> bool:
    parts = body.removesuffix("/").split("/")
    if body.lower() in SLASHED_WORDS or not (all(map(_COMPONENT.fullmatch, parts)) or _is_spaced_path(body)):
        return False
    if any(part in ("..", "...") for part in parts) or not any(letter.isalpha() for letter in body):
        return False
    if _PLACEHOLDER.search(body):
        return False
    if len(parts) == 1 and not body.endswith("/"):
        return _is_file_name(body, in_code)
    if _is_host(parts[0]) or (not in_code and any(part.lower() in PRODUCTS for part in parts)):
        return False
    if "**" in body or _is_file_name(parts[-1], True):
        return True
    if body.endswith("/"):
        return in_code or (len(body) > 2 and parts[0].lower() not in ("and", "or", "w"))
    if "*" in body or in_code:
        return folder or parts[0].lower() in TOP_FOLDERS
    return folder or _is_folder_in_prose(parts)


def _is_host(name: str) -> bool:
    """Whether a path that begins so is an address, or a package that is called by one (`golang.org/x/net`)."""
    return _is_domain(name) or name in ("gopkg.in", "localhost")


def _with_those_of_commit(
    text: str, commit: Sequence[str], found: Sequence[tuple[int, int, str]]
) -> list[tuple[int, int, str]]:
    """The places and names of paths, with those that the commit's paths show to be some."""
    spaced = [
        (place.start(), place.end(), name)
        for path in commit
        if " " in path
        for name in (path, path.rpartition("/")[2])
        if " " in name and name in text
        for place in re.finditer(rf"(?<![\w/.-]){re.escape(name)}(?![\w/-])", text)
    ]
    taken = [*found]
    starts = [start for start, _, _ in found]
    for word in _SLASHED.finditer(text):
        path = word[0].removeprefix("./").rstrip("/.")
        folder = path.partition("/")[0]
        before = bisect_left(starts, word.end()) - 1
        if path.lower() in SLASHED_WORDS or (before >= 0 and word.start() < found[before][1]):
            continue
        in_code = text[word.start() - 1 : word.start()] == "`" and text[word.end() : word.end() + 1] == "`"
        is_likely = (in_code or "*" in path) and folder.lower() not in _NO_FOLDERS and _is_there(folder, commit)
        if is_likely or _is_there(path, commit):
            taken.append((word.start(), word.end(), path))
    quoted = [place for place in _FILE_IN_QUOTES.finditer(text) if not is_path(place[1])]
    names = {path.rpartition("/")[2] for path in commit} if quoted else set()
    taken += [(*place.span(1), place[1]) for place in quoted if place[1] in names]
    apart = [one for one in taken if not any(start <= one[0] and one[1] <= end for start, end, _ in spaced)]
    longest = [one for one in spaced if not any(o != one and o[0] <= one[0] and one[1] <= o[1] for o in spaced)]
    return sorted({*apart, *longest})


def _is_there(path: str, commit: Sequence[str]) -> bool:
    """Whether a file or folder is among the sorted paths of a commit."""
    at = bisect_left(commit, path)
    if at < len(commit) and commit[at] == path:
        return True
    below = bisect_left(commit, f"{path}/")
    return below < len(commit) and commit[below].startswith(f"{path}/")


def _is_folder_in_prose(parts: list[str]) -> bool:
    if parts[0] not in TOP_FOLDERS or not all(part == part.lower() for part in parts):
        return False
    return parts[0] == "src" or parts[0].startswith(".") or parts[1] not in TOP_FOLDERS | _KINDS_OF_WORK


_KINDS_OF_WORK = words("build client code comments lint production runtime staging client database ui")


def _is_file_name(name: str, in_code: bool) -> bool:
    if name in FILES or name in _DOT_FOLDERS:
        return True
    if in_code and (name.capitalize() in FILES or (name in WORDS and name not in _MARKERS)):
        return True
    if name.split(".", 1)[0] in FILES or _ENV_FILE.fullmatch(name):
        return True
    if name.startswith(".") and name.count(".") == 1:
        return False
    return _has_extension(name, in_code)


_HAVE_ATTRIBUTES = words("resp response res req request os np pd df e i r obj process logger")
_ATTRIBUTES = words("json env text txt html xml csv log map db")
"""Attributes that read like extensions: `response.json`, `process.env`."""
_OF_PAGES = words("html htm xhtml json xml css js php jsp do png jpg jpeg gif svg ico txt pdf webmanifest")

_DOT_FOLDERS = words(".git .github")
_MARKERS = words("BUILD TODO")
"""Words in code far more often than files."""


def _has_extension(name: str, in_code: bool) -> bool:
    stem, dot, extension = name.rpartition(".")
    if not dot or not stem or name.lower() in PRODUCTS or stem in ("e.g", "i.e") or stem in RECEIVERS:
        return False
    if stem in _HAVE_ATTRIBUTES and extension in _ATTRIBUTES:
        return False
    if extension.lower() in DOUBTFUL_EXTENSIONS:
        return "_" in stem or "-" in stem or (extension == "conf" and in_code)
    return extension.lower() in EXTENSIONS


def _is_spaced_path(content: str) -> bool:
    """A path with blanks in it (`docs/My notes.md`), as against a command that has a path."""
    first, slash, rest = content.partition("/")
    return bool(slash) and " " not in first and _has_extension(rest, True) and bool(_SPACED_PATH.fullmatch(rest))


def _beside_folder_word(text: str, start: int, end: int) -> bool:
    return bool(_FOLDER_AFTER.match(text, end) or _FOLDER_BEFORE.search(text[max(0, start - 14) : start]))


def _test_node(text: str, start: int, end: int) -> Iterator[Named]:
    """The names after colons, in `tests/test_pool.py::test_drains` or `src/pool.py:Pool`."""
    for name in _TEST_NAME.finditer(text, start, end):
        yield _named(text, NameKind.IDENTIFIER, name.start(), name.end(), False)


def _numbers(text: str, closed: list[tuple[int, int]]) -> Iterator[Named]:
    """Numbers that are values, outside the spans that are taken already."""
    taken = sorted(closed)
    at, reach = 0, -1
    for number in _NUMBER.finditer(text):
        while at < len(taken) and taken[at][0] <= number.start():
            reach = max(reach, taken[at][1])
            at += 1
        if number.start() >= reach:
            yield _named(text, NameKind.NUMBER, number.start(), number.end(), False)


def _named(text: str, kind: NameKind, start: int, end: int, in_code: bool) -> Named:
    return Named(text[start:end], kind, start, end, in_code)


def _unpunctuated(text: str, start: int, end: int) -> tuple[int, int]:
    """The word without the punctuation and emphasis around it; the dot of `.env` and the star of `*.py` stay."""
    while end > start and text[end - 1] in ".!?:'’‘":
        end -= 1
    while start < end and text[start] in "!?:'’‘":
        start += 1
    for mark in ("**", "*", "~~", "__"):
        inner = end - len(mark)
        bold = text.startswith(mark, start, end) and inner > start + len(mark) and text.startswith(mark, inner, end)
        if bold and not (mark == "__" and text[start:end].isidentifier()):
            start, end = start + len(mark), inner
    if text[max(start, end - 2) : end] in ("'s", "’s"):
        end -= 2
    while text.startswith("..", start, end) and not text.startswith("../", start, end):
        start += 1
    return start, end
