"""Is this word of a report a path, a name, or neither?"""

from __future__ import annotations

import keyword
import re

from verifier.languages.table import DOUBTFUL_EXTENSIONS, EXTENSIONS, FILES, WORDS, extension_of


def is_path(text: str) -> bool:
    """Whether a word names a file or directory of a repository.

    A word in backticks may be a route (`/health`), a media type or an attribute (`response.json`): those are none.
    """
    if not _PATH_CHARS.fullmatch(text) or "//" in text or text.startswith("-") or not any(map(str.isalpha, text)):
        return False
    if text.endswith("/"):
        return len(text) > 1 and not text.startswith("/")
    *parents, last = text.split("/")
    if last in FILES or last in WORDS or _BARE_NAMES.fullmatch(last):
        return True
    extension = extension_of(last)
    if extension in EXTENSIONS or (extension in DOUBTFUL_EXTENSIONS and (parents or "_" in last or "-" in last)):
        return bool(parents) or not (_ATTRIBUTES.fullmatch(text) or _PRODUCTS.fullmatch(text))
    return "." not in last and len(parents) > 0 and _ROOTS.fullmatch(parents[0]) is not None


def name_of(text: str) -> str | None:
    """The identifier that a word in backticks is, without the brackets of a call; None when it is none.

    Words that any program holds (`for`, `async`, `None`) name nothing.
    """
    text = text.strip()
    word = text.removesuffix("()") if not text.endswith("(") else text[:-1]
    if not _NAME.fullmatch(word) or _CLAIM_ID.match(word):
        return None
    return word if not is_common(word) else None


def is_common(text: str) -> bool:
    """Whether a word consists of keywords alone: `try-except`, `async def`."""
    parts = [part for part in re.split(r"[\s\-/]{1,3}", text.strip()) if part]
    return all(part in _KEYWORDS or _OTHER_KEYWORDS.fullmatch(part) for part in parts)


_PATH_CHARS = re.compile(r"[\w.@+~*\[\]{},\-/]{1,300}")
_NAME = re.compile(r"@?[^\W\d][\w$]{0,200}(?:(?:\.|::|->|#)[^\W\d][\w$]{0,200}){0,20}")
_CLAIM_ID = re.compile(r"claims?[_\-]?\d", re.IGNORECASE)
_KEYWORDS = frozenset(keyword.kwlist)
_OTHER_KEYWORDS = re.compile(
    r"switch|case|catch|throw|function|const|let|var|void|null|undefined|self|this|true|false|new"
)
_BARE_NAMES = re.compile(
    r"(?:docker|make|proc|jenkins|gem|rake|vagrant|brew)file|license|readme|changelog|\.env\..{1,40}|dockerfile\..{1,40}",
    re.IGNORECASE,
)
_ROOTS = re.compile(
    r"src|libs?|apps?|pkg|cmd|internal|tests?|spec|docs?|scripts|configs?|docker|k8s|packages|modules|services|\.github"
    r"|tools|examples|migrations|deploy|deployment|infra",
    re.IGNORECASE,
)
_ATTRIBUTES = re.compile(
    r"(?:self|this|cls|resp(?:onse)?|res|req(?:uest)?|os|np|pd|df|e|i|r|obj|process|logger)\..*", re.IGNORECASE
)
"""Words with a dot that are an attribute and no file: `response.json`, `process.env`."""
_PRODUCTS = re.compile(r"(?:node|next|vue|nuxt|react|express|three|d3|angular|nest)\.js", re.IGNORECASE)
