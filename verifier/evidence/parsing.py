"""Parse a reply into a verdict, or raise an error that keeps the reply.

Nothing is guessed: text that is not the JSON that was asked for is a `ReplyError`. A malformed citation or absence
alone is kept as malformed, so that one slip costs one piece of evidence.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator, ValidationError

from verifier.errors import ReplyError
from verifier.values.prompt import Reply
from verifier.values.verdict import (
    Absence,
    Answer,
    AskedAbsence,
    AskedCitation,
    AskedPart,
    AskedVerdict,
    Citation,
    Need,
    Part,
    Verdict,
)

MOST_PARTS = 60
"""A claim with more parts than this was not split but shredded."""

_PART_ID = re.compile(r"p[1-9][0-9]{0,3}")
_Loose = Annotated[list[Any], BeforeValidator(lambda value: value if isinstance(value, list) else [value])]


class _LoosePart(AskedPart):
    citations: _Loose  # each is validated on its own
    absences: _Loose


class _LooseVerdict(AskedVerdict):
    parts: list[_LoosePart]  # type: ignore[assignment]


def parse_verdict(reply: Reply, claim_id: str, fixed: Sequence[Part] | None = None) -> Verdict:
    """Read a reply as a verdict.

    `fixed` are the parts that the claim or round 1 has settled; a reply must answer exactly those.

    Raises:
        ReplyError: The reply is not the JSON that was asked for, or answers other parts; the reply is in `kept`.
    """
    try:
        read = _LooseVerdict.model_validate(json.loads(reply.text))
    except json.JSONDecodeError as error:
        raise _unreadable(reply, claim_id, f"not JSON (line {error.lineno}: {error.msg})") from error
    except RecursionError as error:
        raise _unreadable(reply, claim_id, "JSON nested too deeply") from error
    except ValidationError as error:
        raise _unreadable(reply, claim_id, _first(error, whole="the whole")) from error
    except ValueError as error:  # a number of thousands of digits is JSON, but not to be read
        raise _unreadable(reply, claim_id, f"not JSON that can be read ({error})") from error
    problem = _problem(read) or _other_parts(read, fixed)
    if problem is not None:
        raise _unreadable(reply, claim_id, problem)
    return Verdict(
        parts=tuple(_part(part) for part in read.parts),
        needs=tuple(Need(need.path, need.why) for need in read.needs),
        answers=tuple(Answer(answer.question, answer.answer, answer.why) for answer in read.answers),
        word=read.verdict,
    )


def _unreadable(reply: Reply, claim_id: str, what: str) -> ReplyError:
    return ReplyError(
        f'"{claim_id}": the reply cannot be read as a verdict: {what}; it is kept in the run record', kept=reply.text
    )


def _problem(read: _LooseVerdict) -> str | None:
    if not read.parts:
        return "it has no parts"
    if len(read.parts) > MOST_PARTS:
        return f"it has {len(read.parts)} parts, more than {MOST_PARTS}"
    ids = [part.id for part in read.parts]
    wrong = next((i for i in ids if not _PART_ID.fullmatch(i)), None)
    if wrong is not None:
        return f'the part id "{wrong[:40]}" is not p1, p2, ...'
    if len(set(ids)) < len(ids):
        return "two parts have one id"
    return next((f"part {part.id} has no text" for part in read.parts if not part.text.strip()), None)


def _other_parts(read: _LooseVerdict, fixed: Sequence[Part] | None) -> str | None:
    """Why the reply's parts are not the fixed ones. Spelling in capitals, blanks and quoting marks may differ."""
    if fixed is None:
        return None
    theirs = {part.id: _folded(part.text) for part in read.parts}
    ours = {part.id: _folded(part.text) for part in fixed}
    if theirs.keys() != ours.keys():
        return f"it answers the parts {', '.join(theirs)}, but the parts are {', '.join(ours)}"
    other = next((i for i in ours if ours[i] != theirs[i]), None)
    return None if other is None else f"it words part {other} otherwise than before"


def _folded(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text).strip().casefold()


def _part(part: _LoosePart) -> Part:
    return Part(
        id=part.id,
        text=part.text.strip(),
        span=part.span,
        holds=part.holds,
        why=part.why,
        citations=tuple(_citation(raw) for raw in part.citations),
        absences=tuple(_absence(raw) for raw in part.absences),
    )


def _citation(raw: object) -> Citation:
    try:
        asked = AskedCitation.model_validate(raw, strict=False)
    except ValidationError as error:
        given = raw if isinstance(raw, dict) else {}
        return Citation(str(given.get("path", "")), 0, 0, str(given.get("quote", "")), malformed=_first(error))
    return Citation(
        path=asked.path,
        first_line=asked.first_line,
        last_line=asked.last_line,
        quote=asked.quote,
        role=asked.role,
        malformed=_malformed(asked),
    )


def _malformed(asked: AskedCitation) -> str | None:
    if not asked.quote.strip():
        return "the quote is empty"
    if not asked.path.strip():
        return "the path is empty"
    if asked.first_line < 1:
        return "lines are counted from 1"
    if asked.last_line < asked.first_line:
        return "the range is reversed"
    return None


def _absence(raw: object) -> Absence:
    try:
        asked = AskedAbsence.model_validate(raw)
    except ValidationError as error:
        given = raw if isinstance(raw, dict) else {}
        return Absence(str(given.get("pattern", "")), malformed=_first(error))
    return Absence(asked.pattern, asked.syntax, tuple(asked.paths), asked.why)


def _first(error: ValidationError, whole: str = "it") -> str:
    """The first thing that is wrong, and where; `whole` names the place where it has no name."""
    first = error.errors(include_url=False)[0]
    return f"{'.'.join(str(step) for step in first['loc']) or whole}: {first['msg']}"
