"""Is this word of a report a path, a name, or neither?"""

from __future__ import annotations

import keyword
import re


def is_path(text: str) -> bool:
    """Whether a word names a file or directory of a repository.

    A word in backticks may be a route (`/health`), a media type or an attribute (`response.json`): those are none.
    """
    if not _PATH_CHARS.fullmatch(text) or "//" in text or text.startswith("-") or not any(map(str.isalpha, text)):
        return False
    if text.endswith("/"):
        return len(text) > 1 and not text.startswith("/")
    *parents, last = text.split("/")
    if _BARE_NAMES.fullmatch(last):
        return True
    _, dot, extension = last.rpartition(".")
    if dot and _EXTENSIONS.fullmatch(extension):
        return bool(parents) or not (_ATTRIBUTES.fullmatch(text) or _PRODUCTS.fullmatch(text))
    return not dot and len(parents) > 0 and _ROOTS.fullmatch(parents[0]) is not None


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
_EXTENSIONS = re.compile(
    r"pyi?|pyx|ipynb|[mc]?jsx?|tsx?|vue|svelte|html?|css|scss|less|json[l5]?|ya?ml|toml|ini|cfg|conf|env|properties|lock"
    r"|mdx?|rst|txt|adoc|[ct]sv|xml|xsd|sql|graphql|proto|tf|tfvars|hcl|sh|bash|zsh|fish|ps1|bat|cmd|go|rs|java|kts?"
    r"|scala|groovy|gradle|swift|c|h|cc|cpp|cxx|hpp|hh|cs|fs|php|rb|erb|p[lm]|lua|r|jl|exs?|erl|hs|clj|dart|zig|nim|j2"
    r"|jinja|tmpl|tpl|mako|cypher|log|pem|db|sqlite|mod|sum|map|svg",
    re.IGNORECASE,
)
_BARE_NAMES = re.compile(
    r"(?:docker|make|proc|jenkins|gem|rake|vagrant|brew)file|license|readme|changelog|codeowners|\.env|\.env\..{1,40}"
    r"|dockerfile\..{1,40}|\.(?:git|docker|npm)ignore|\.gitattributes|\.editorconfig|\.(?:npm|nvm|pylint|coverage)rc|\.flake8",
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
