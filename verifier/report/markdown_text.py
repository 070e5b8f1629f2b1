"""Foreign text in Markdown: it shows as what it is, and never as markup.

The functions here are the only way by which a statement, a file name, a quote or a word of the model enters a Markdown
report. Blanks of no width, written as entities, keep hosts from turning `@name`, `#1` and addresses into links.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from verifier.safety.invisible import visible

LONGEST_TEXT = 2_000
"""Characters of one text that are shown; the run record has all of it."""

LONGEST_LINE = 300
MOST_LINES = 40
"""How much of a quote is shown; the run record has all of it."""

_APART = "&#8203;"

_SPECIAL = re.compile(
    r"@(?=[A-Za-z0-9])|[#!](?=[0-9])|[Gg][Hh]-(?=[0-9])|:(?=//)|[Ww]{3}(?=\.)"
    r"|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|[\\`*\[\]~$<>&|]"
)
_ENTITIES = {"<": "&lt;", ">": "&gt;", "&": "&amp;", "|": "&#124;"}
_AT_THE_START = re.compile(r"[#+=-]|[0-9]+(?=[.)])")
_BLANKS = re.compile(r"[ \t\r\n]+")
CODE = re.compile(r"(?<!`)`([^`\s](?:[^`]*[^`\s])?)`(?!`)")


@lru_cache(maxsize=2048)  # the same reasons, paths and names stand in claim after claim
def inline(text: str) -> str:
    """The text on one line, as plain text wherever it stands, be it the start of a line or a table's cell."""
    return _not_at_the_start(_plain(_one_line(text)))


def prose(text: str, code: Callable[[str], str] | None = None) -> str:
    """The text as `inline` gives it, with what its author put between backticks shown as `code`, a span by default."""
    code = code or code_span
    pieces = CODE.split(clipped(_one_line(text)))
    written = [code(piece) if n % 2 else _plain(piece) for n, piece in enumerate(pieces)]
    return _not_at_the_start("".join(written))


def cell(text: str) -> str:
    """The text as a table's cell."""
    return inline(text) or "-"


@lru_cache(maxsize=2048)
def code_span(text: str) -> str:
    """The text as code inside a line, line ends and other invisible characters written as escapes."""
    text = visible(text)
    if not text:
        return "(empty)"
    mark = "`" * (_longest_run(text) + 1)
    # One blank on either side is taken away again by the reader's renderer.
    touches = text[0] == "`" or text[-1] == "`" or (text[0] == text[-1] == " " and text.strip(" "))
    return f"{mark} {text} {mark}" if touches else f"{mark}{text}{mark}"


def code_cell(text: str) -> str:
    """The text as code in a table's cell; as plain text where it has a bar, on which renderers disagree."""
    return cell(visible(text)) if "|" in text or "\\" in visible(text) else code_span(text)


def code_block(text: str, language: str = "") -> str:
    """The text as a block of code, longest lines and most lines cut visibly."""
    lines = code_lines(text)
    if len(lines) > MOST_LINES:
        lines = [*lines[:MOST_LINES], f"[{len(lines) - MOST_LINES:,} more lines]"]
    body = "\n".join(lines)
    mark = "`" * max(3, _longest_run(body) + 1)
    return f"{mark}{language if language.isalnum() else ''}\n{body}\n{mark}"


def code_lines(text: str) -> list[str]:
    """The lines of code as they are shown, the longest cut."""
    lines = text.removesuffix("\n").split("\n")
    return [clipped(visible(line.removesuffix("\r"), keep="\t"), LONGEST_LINE) for line in lines]


def link(label: str, address: str | None) -> str:
    """A link whose label is Markdown already; the label alone where there is no address."""
    return label if address is None else f"[{label}]({address})"


def indented(text: str, by: int) -> str:
    """The lines moved right, as the inside of a list item."""
    return "\n".join(" " * by + line if line else line for line in text.split("\n"))


def beginning(text: str, limit: int = 80, code: Callable[[str], str] | None = None) -> str:
    """The first line of a text that says something, shortened, as `code` inside a line, a span by default."""
    said = [line.strip() for line in text.split("\n") if line.strip()]
    if not said:
        return "(empty)"
    cut = said[0][:limit]
    more = " ..." if len(said) > 1 or len(said[0]) > limit else ""
    return f"{(code or code_span)(cut)}{more}"


def list_item(text: str, depth: int = 0) -> str:
    """The text as an item of a list, its further lines as the item's inside."""
    return indented(f"- {indented(text, 2)[2:]}", 2 * depth)


def listed(items: Iterable[str], depth: int = 0) -> str:
    """The texts as a list; nothing where there are none."""
    return "\n".join(list_item(item, depth) for item in items)


def folded(summary: str, body: str) -> str:
    """What a reader unfolds. The summary stands in HTML, so it is made of our own words alone."""
    return f"<details>\n<summary>{summary}</summary>\n\n{body}\n\n</details>"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are Markdown already, without the columns in which nothing stands."""
    columns = [column for column in zip(head, *rows, strict=True) if any(column[1:])]
    first, *others = zip(*columns, strict=True) if columns else [()]
    lines = [first, ["---"] * len(first), *([one or "-" for one in row] for row in others)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _one_line(text: str) -> str:
    return visible(_BLANKS.sub(" ", text)).strip()


def _plain(text: str) -> str:
    return _SPECIAL.sub(lambda found: _harmless(found[0]), clipped(text))


def _harmless(found: str) -> str:
    if found in _ENTITIES:
        return _ENTITIES[found]
    return f"\\{found}" if found in "\\`*[]~$_" else f"{found}{_APART}"


def _not_at_the_start(written: str) -> str:
    """The Markdown, opening no heading, list item or underline; behind a number it is the dot that is escaped."""
    found = _AT_THE_START.match(written)
    if found is None:
        return written
    at = found.end() if found[0].isdigit() else 0
    return f"{written[:at]}\\{written[at:]}"


def clipped(text: str, limit: int = LONGEST_TEXT) -> str:
    """The text, cut visibly."""
    return text if len(text) <= limit else f"{text[:limit]} [{len(text) - limit:,} more characters]"


def _longest_run(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)
