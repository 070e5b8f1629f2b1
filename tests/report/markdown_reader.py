"""Markdown as a reader's renderer takes it apart: CommonMark with the tables and strikethrough that hosts add."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

ADDED_BLANK = "\u200b"
"""What reports put between the pieces of a mention or an address, so that no host makes a link of it."""


@lru_cache(maxsize=8)  # A page is taken apart once, however much is asked of it.
def blocks(markdown: str) -> list[Token]:
    """The blocks of a page."""
    return MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(markdown)


def inlines(markdown: str) -> Iterator[Token]:
    """Everything that stands inside lines."""
    for block in blocks(markdown):
        yield from block.children or ()


def text_of(markdown: str) -> str:
    """What the page says in plain text, without the blanks that were added."""
    return "".join(token.content for token in inlines(markdown)).replace(ADDED_BLANK, "")
