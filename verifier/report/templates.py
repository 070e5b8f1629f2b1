"""What the templates of reports are made with, be they of HTML or of Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from verifier.report import controls


def environment(
    folder: Path, filters: Iterable[Callable[..., Any]], functions: Iterable[Callable[..., Any]], **options: Any
) -> Environment:
    """The templates of a folder, which call these filters and functions by their own names."""
    templates = Environment(  # noqa: S701  # each says whether it escapes
        loader=FileSystemLoader(folder),
        auto_reload=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        **options,
    )
    templates.filters |= {one.__name__: one for one in filters}
    templates.globals |= {one.__name__: one for one in functions}
    templates.globals |= {"controls": controls}
    return templates


def markdown_templates(
    folder: Path, filters: Iterable[Callable[..., Any]], functions: Iterable[Callable[..., Any]]
) -> Environment:
    """Templates of Markdown, which has escapes of its own: text of others enters by a filter of `markdown_text`."""
    return environment(folder, filters, functions, autoescape=False, keep_trailing_newline=True)
