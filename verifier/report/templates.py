"""What the templates of reports are made with, be they of HTML or of Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from inspect import isclass
from pathlib import Path
from types import ModuleType
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from verifier.report import controls


def environment(folder: Path, *called: ModuleType | Callable[..., Any], **options: Any) -> Environment:
    """The templates of a folder, which call these functions, and the public ones of these modules, by their own names.

    Each may be called as a filter too.
    """
    templates = Environment(  # noqa: S701  # each says whether it escapes
        loader=FileSystemLoader(folder),
        auto_reload=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        **options,
    )
    functions = {name: one for each in called for name, one in _functions(each)}
    templates.filters |= functions
    templates.globals |= functions | {"controls": controls}
    return templates


def _functions(called: ModuleType | Callable[..., Any]) -> Iterator[tuple[str, Callable[..., Any]]]:
    if not isinstance(called, ModuleType):
        yield called.__name__, called
        return
    for name, one in vars(called).items():
        own = callable(one) and not isclass(one) and one.__module__ == called.__name__
        if own and not name.startswith("_"):
            yield name, one


def markdown_templates(folder: Path, *called: ModuleType | Callable[..., Any]) -> Environment:
    """Templates of Markdown, which has escapes of its own: text of others enters by a filter of `markdown_text`."""
    return environment(folder, *called, autoescape=False, keep_trailing_newline=True)
