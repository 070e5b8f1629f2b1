"""Foreign text in HTML: what cannot be seen is written as an escape, and what is long is cut visibly."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from verifier.report.markdown_text import CODE, clipped
from verifier.safety.invisible import visible


def finalize(value: object) -> object:
    """What a template is about to write: text on one line, all of it to be seen; markup of ours as it is."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return _shown(value)


def prose(text: str) -> Markup:
    """The text with what its author put between backticks as code."""
    pieces = CODE.split(_shown(text))
    return Markup("").join(
        Markup("<code>{}</code>").format(piece) if number % 2 else escape(piece) for number, piece in enumerate(pieces)
    )


def breakable(text: str) -> Markup:
    """A name that may go on in the next line after its joints, rather than anywhere."""
    pieces = re.split(r"(?<=[_.:/-])(?=[^_.:/-])", _shown(text))
    return Markup("<wbr>").join(escape(piece) for piece in pieces)


def _shown(text: str) -> str:
    return clipped(visible(re.sub(r"[ \t\r\n]+", " ", text)))
