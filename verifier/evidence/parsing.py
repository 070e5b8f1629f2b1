"""Parse a reply into a verdict, a reading or leads, or raise an error that keeps the reply.

Nothing is guessed: text that is not the JSON that was asked for is a `ReplyError`. A malformed citation or absence
alone is kept as malformed, so that one slip costs one piece of evidence.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Annotated, Any, TypeVar, cast

from pydantic import BaseModel, BeforeValidator, ValidationError

from verifier.errors import ReplyError
from verifier.values.draft import AskedDraft
from verifier.values.leads import MOST_LEADS, AskedLeads
from verifier.values.prompt import Asks, Prompt, Reply, Source
from verifier.values.reading import AskedReading, PartReading, Reading, Unfaithful
from verifier.values.source import LONGEST_PATH, Lines
from verifier.values.verdict import (
    Absence,
    Answer,
    AskedAbsence,
    AskedCitation,
    AskedNeed,
    AskedPart,
    AskedVerdict,
    Citation,
    Need,
    Part,
    Verdict,
)

MOST_PARTS = 60
"""A claim with more parts than this was not split but shredded."""

MOST_EVIDENCE = 1000
"""Citations, absences and the places of these that one reply may give; each is looked up in the whole commit."""

_HALF = re.compile("[\ud800-\udfff]")
_MAY_BE_HALF = re.compile("[\ud800-\udfff]|\\\\u[dD]")
_PART_ID = re.compile(r"p[1-9][0-9]{0,3}")
_Loose = Annotated[list[Any], BeforeValidator(lambda value: value if isinstance(value, list) else [value])]


class _LoosePart(AskedPart):
    citations: _Loose  # each is validated on its own
    absences: _Loose


class _LooseVerdict(AskedVerdict):
    parts: list[_LoosePart]  # type: ignore[assignment]


class _LooseLeads(AskedLeads):
    paths: _Loose  # what is no path leads nowhere


def parse_verdict(reply: Reply, claim_id: str) -> Verdict:
    """Read a reply as a verdict.

    Raises:
        ReplyError: The reply is not the JSON that was asked for; the reply is in `kept`.
    """
    read = _read(reply, claim_id, _LooseVerdict, "a verdict")
    parts = tuple(_part(part) for part in read.parts)
    problem = _problem(parts)
    if problem is not None:
        raise _unreadable(reply, claim_id, "a verdict", problem)
    return Verdict(
        parts=parts,
        needs=tuple(_need(need) for need in read.needs),
        answers=tuple(Answer(answer.question, answer.answer, answer.why) for answer in read.answers),
        word=read.verdict,
    )


def parse_reading(reply: Reply, claim_id: str, asked: Collection[str]) -> Reading:
    """Read a reply as a second reading of the parts that were `asked`; what it says of others is passed over.

    Raises:
        ReplyError: The reply is not the JSON that was asked for, or leaves a part out; the reply is in `kept`.
    """
    read = _read(reply, claim_id, AskedReading, "a second reading")
    of_parts = {part.id.strip().lower(): part for part in read.parts}
    left_out = [part_id for part_id in asked if part_id not in of_parts]
    if left_out:
        raise _unreadable(reply, claim_id, "a second reading", f"it says nothing of {', '.join(left_out)}")
    if len(of_parts) < len(read.parts):
        raise _unreadable(reply, claim_id, "a second reading", "it answers one part twice")
    return Reading(
        tuple(PartReading(i, p.answer, p.why, p.missing, p.about) for i, p in of_parts.items() if i in asked),
        uncovered=tuple(read.uncovered),
        not_judged=tuple(read.not_judged),
        unfaithful=tuple(Unfaithful(one.id.strip().lower(), one.why) for one in read.unfaithful),
    )


def parse_leads(reply: Reply, claim_id: str) -> tuple[str, ...]:
    """Read a reply as leads; whether these are paths of the commit is for others to look up.

    Raises:
        ReplyError: The reply is not the JSON that was asked for; the reply is in `kept`.
    """
    read = _read(reply, claim_id, _LooseLeads, "leads")
    paths = (path.strip() for path in read.paths if isinstance(path, str))
    return tuple(dict.fromkeys(path for path in paths if 0 < len(path) <= LONGEST_PATH))[:MOST_LEADS]


def parse_draft(reply: Reply, name: str) -> AskedDraft:
    """Read a reply as a draft of claims; whether its words are those of the text is for others to look up.

    Raises:
        ReplyError: The reply is not the JSON that was asked for; the reply is in `kept`.
    """
    return _read(reply, name, AskedDraft, "a draft of claims")


def can_be_read(prompt: Prompt, text: str) -> bool:
    """Whether a reply to the prompt can be read as what it asks for."""
    reply = Reply(text, Source.JOURNAL, "")
    try:
        match prompt.asks:
            case Asks.READING:
                parse_reading(reply, prompt.claim_id, prompt.parts)
            case Asks.LEADS:
                parse_leads(reply, prompt.claim_id)
            case Asks.DRAFT:
                parse_draft(reply, prompt.claim_id)
            case Asks.VERDICT:
                parse_verdict(reply, prompt.claim_id)
    except ReplyError:
        return False
    return True


_Model = TypeVar("_Model", bound=BaseModel)


def _read(reply: Reply, claim_id: str, model: type[_Model], what: str) -> _Model:
    """The reply's JSON as the model.

    Raises:
        ReplyError: It is none.
    """
    try:
        return cast(_Model, _document(json_of(reply.text), model))
    except json.JSONDecodeError as error:
        raise _unreadable(reply, claim_id, what, f"not JSON (line {error.lineno}: {error.msg})") from error
    except RecursionError as error:
        raise _unreadable(reply, claim_id, what, "JSON nested too deeply") from error
    except ValidationError as error:
        raise _unreadable(reply, claim_id, what, _first(error, whole="the whole")) from error
    except ValueError as error:  # a number of thousands of digits is JSON, but not to be read
        raise _unreadable(reply, claim_id, what, f"not JSON that can be read ({error})") from error


@lru_cache(maxsize=64)  # what is kept is read to see whether it answers, and then for what it says
def _document(text: str, model: type[BaseModel]) -> BaseModel:
    document = json.loads(text)
    return model.model_validate(_whole(document) if _MAY_BE_HALF.search(text) else document)


def json_of(text: str) -> str:
    """The JSON object of a reply: without the fence or the word that some models put round it."""
    return text[text.find("{") : text.rfind("}") + 1] or text


def _whole(value: Any) -> Any:
    """The value with U+FFFD for each half of a character, which JSON can hold and UTF-8 cannot."""
    match value:
        case str():
            return _HALF.sub("\N{REPLACEMENT CHARACTER}", value)
        case list():
            return [_whole(one) for one in value]
        case dict():
            return {_whole(key): _whole(one) for key, one in value.items()}
        case _:
            return value


def _unreadable(reply: Reply, claim_id: str, what: str, why: str) -> ReplyError:
    return ReplyError(
        f'"{claim_id}": the reply cannot be read as {what}: {why}; it is kept in the run record', kept=reply.text
    )


def _problem(parts: Sequence[Part]) -> str | None:
    if not parts:
        return "it has no parts"
    if len(parts) > MOST_PARTS:
        return f"it has {len(parts)} parts, more than {MOST_PARTS}"
    ids = [part.id for part in parts]
    wrong = next((i for i in ids if not _PART_ID.fullmatch(i)), None)
    if wrong is not None:
        return f'the part id "{wrong[:40]}" is not p1, p2, ...'
    if len(set(ids)) < len(ids):
        return "two parts have one id"
    pieces = sum(len(part.citations) + sum(1 + len(absence.paths) for absence in part.absences) for part in parts)
    if pieces > MOST_EVIDENCE:
        return f"it gives {pieces} pieces of evidence, more than {MOST_EVIDENCE}"
    return next((f"part {part.id} has no text" for part in parts if not part.text), None)


def _need(need: AskedNeed) -> Need:
    first, last = need.first_line, max(need.first_line, need.last_line)
    return Need(need.path.strip(), need.why, Lines(first, last) if first > 0 else None, need.definition.strip())


def _part(part: _LoosePart) -> Part:
    return Part(
        id=part.id.strip().lower(),
        text=part.text.strip(),
        span=part.span,
        holds=part.holds,
        why=part.why,
        citations=tuple(_citation(raw) for raw in part.citations),
        absences=tuple(_absence(raw) for raw in part.absences),
        outside=part.outside.strip(),
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
