"""What is wrong with a citation that a ruling may not rest on, in the words that every prompt and report has for it."""

from __future__ import annotations

from collections.abc import Callable

from verifier.values.grounding import Grounding, Standing


def weakness(grounding: Grounding, text: Callable[[str], str] = str, path: Callable[[str], str] = str) -> str:
    """Why the citation does not stand. `text` and `path` write what is foreign in it as the reader's format has it."""
    match grounding.standing:
        case Standing.NO_SUCH_FILE:
            near = f"; {path(grounding.near_path)} is" if grounding.near_path else ""
            return f"no such file in the commit{near}"
        case Standing.OUTSIDE_FILE:
            size = f": {text(grounding.true_text)}," if grounding.true_text else ","
            return f"outside the file{size} and the quote is nowhere in it"
        case Standing.NOT_FOUND:
            return "the quote is nowhere in that file"
        case Standing.MALFORMED:
            return f"malformed: {text('; '.join(grounding.why_not))}"
        case Standing.EXACT | Standing.MOVED:
            return text("; ".join(grounding.why_not))
