"""What a reply comes in: read the service's JSON, and say plainly when there is no reply in it.

The client's own reading is passed by: it warns of what it does not know, and makes None of what it cannot read.
"""

from __future__ import annotations

import json
import re

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from verifier.errors import ModelError, ReplyError
from verifier.model.errors import CutReplyError, TransientError, one_line
from verifier.values.prompt import Reply, Source, Usage

AUTHORED = "authored"
"""What `modelVersion` says where a person or tool wrote the reply."""


class _Foreign(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel)


class _Part(_Foreign):
    text: str | None = None
    thought: bool | None = None


class _Content(_Foreign):
    parts: list[_Part] | None = None


class _Candidate(_Foreign):
    content: _Content | None = None
    finish_reason: str | None = None

    @property
    def text(self) -> str:
        """All text that is not the model's thinking."""
        parts = (self.content.parts if self.content else None) or []
        return "".join(part.text or "" for part in parts if not part.thought)


class _Feedback(_Foreign):
    block_reason: str | None = None


class _UsageMetadata(_Foreign):
    prompt_token_count: int | None = Field(default=None, ge=0)
    cached_content_token_count: int | None = Field(default=None, ge=0)
    candidates_token_count: int | None = Field(default=None, ge=0)
    thoughts_token_count: int | None = Field(default=None, ge=0)
    tool_use_prompt_token_count: int | None = Field(default=None, ge=0)


class _Envelope(_Foreign):
    candidates: list[_Candidate] | None = None
    prompt_feedback: _Feedback | None = None
    usage_metadata: _UsageMetadata | None = None
    model_version: str | None = None
    response_id: str | None = None

    @property
    def usage(self) -> Usage | None:
        """The tokens as the API counts them. None where it reports none."""
        told = self.usage_metadata
        if told is None or not told.model_fields_set:
            return None
        return Usage(
            prompt=(told.prompt_token_count or 0) + (told.tool_use_prompt_token_count or 0),
            cached=told.cached_content_token_count or 0,
            output=told.candidates_token_count or 0,
            thoughts=told.thoughts_token_count or 0,
        )


def read_reply(
    body: str,
    asked_model: str,
    *,
    max_output_tokens: int,
    allow_other_model: bool,
    allow_authored: bool,
    option: str = "--model",
) -> Reply:
    """The reply that the service's JSON holds. `option` names the model.

    Raises:
        TransientError: Nothing came, or not all of it.
        CutReplyError: The reply ran out of output tokens.
        ModelError: The service withheld the reply, or another model answered.
    """
    envelope = _open(body)
    candidate = _first_candidate(envelope, body)
    _check_finish(candidate, envelope, max_output_tokens)
    text = candidate.text
    if not text.strip():
        raise TransientError("the model answered with an empty text", kept=body)
    flaw = _flaw(text)
    if flaw is not None:
        raise TransientError(f"the reply's JSON {flaw}", kept=text)
    answered = envelope.model_version
    if answered == AUTHORED and allow_authored:
        return Reply(text, Source.AUTHORED, AUTHORED, envelope.response_id)
    if not allow_other_model or answered == AUTHORED:
        _check_model(asked_model, answered, text, option)
    return Reply(text, Source.LIVE, answered or "unnamed", envelope.response_id, envelope.usage)


def same_model(asked: str, answered: str) -> bool:
    """Whether the model that answered is the one asked, perhaps named more exactly.

    An answer may add a version, a date or a stage (`-001`, `-preview-05-20`); `-lite` or `-image` is another model.
    An alias that ends in `-latest` may be answered by any version of its family.
    """
    asked, answered = _bare(asked), _bare(answered)
    if asked.endswith("-latest"):
        family = [re.escape(word) for word in asked.removesuffix("-latest").split("-")]
        return re.fullmatch(f"{_VERSION}-".join(family) + _SUFFIXES, answered) is not None
    return re.fullmatch(re.escape(asked) + _SUFFIXES, answered) is not None


_SUFFIXES = r"(-(\d+|preview|exp|experimental|stable|latest))*"
_VERSION = r"(?:-\d+(?:\.\d+)*)?"


def _bare(name: str) -> str:
    return name.rpartition("/")[2].replace("@", "-").lower()


def _check_model(asked: str, answered: str | None, text: str, option: str) -> None:
    way_out = "--allow-other-model accepts that"
    if answered is None:
        raise ModelError(f"the reply does not say which model answered, {asked} was asked; {way_out}", kept=text)
    if answered == AUTHORED:
        raise ModelError(
            "the reply says that it is authored, not a model's; such replies count only in a replay", kept=text
        )
    if not same_model(asked, answered):
        name = one_line(answered)
        raise ModelError(f"{asked} was asked but {name} answered; ask {name} with {option}, or {way_out}", kept=text)


def _open(body: str) -> _Envelope:
    if not body.strip():
        raise TransientError("the service answered with an empty body")
    try:
        return _Envelope.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
    if first["type"] != "json_invalid":
        where = ".".join(str(step) for step in first["loc"])
        raise ModelError(f"the service's JSON is not as documented: {one_line(where)}: {first['msg']}", kept=body)
    if body.lstrip().startswith("{"):
        raise TransientError("the service's JSON is broken or breaks off", kept=body)
    raise ModelError(f'the service answered with something that is not JSON: "{one_line(body, longest=80)}"', kept=body)


def _first_candidate(envelope: _Envelope, body: str) -> _Candidate:
    blocked = envelope.prompt_feedback.block_reason if envelope.prompt_feedback else None
    if envelope.candidates:
        return envelope.candidates[0]
    if blocked:
        raise ModelError(
            f"Gemini refused the prompt ({one_line(blocked, longest=60)}); see what it holds with verifier pack --show "
            "and leave the cause out with context.exclude",
            kept=body,
        )
    raise TransientError("the service answered without a candidate", kept=body)


_WITHHELD = {
    "SAFETY": "Gemini's safety filter withheld the reply",
    "RECITATION": "Gemini withheld the reply because it repeats published text",
    "LANGUAGE": "Gemini withheld the reply because of its language",
    "BLOCKLIST": "Gemini withheld the reply because of a blocked term",
    "PROHIBITED_CONTENT": "Gemini withheld the reply as prohibited content",
    "SPII": "Gemini withheld the reply because it holds personal data",
    "MODEL_ARMOR": "Model Armor withheld the reply",
}


_FLUKES = (
    "MALFORMED_FUNCTION_CALL",
    "UNEXPECTED_TOOL_CALL",
    "TOO_MANY_TOOL_CALLS",
    "MISSING_THOUGHT_SIGNATURE",
    "MALFORMED_RESPONSE",
    "OTHER",
    "FINISH_REASON_UNSPECIFIED",
)
"""Reasons that no request of ours gives cause for: it offers no tool. Asked again, the model mostly answers."""


def _check_finish(candidate: _Candidate, envelope: _Envelope, max_output_tokens: int) -> None:
    """A reply counts only when the model ended it itself. No reason at all passes: the text must then be whole JSON."""
    reason, kept = candidate.finish_reason, candidate.text or None
    if reason in (None, "STOP"):
        return
    if reason == "MAX_TOKENS" and _goes_round(candidate.text):
        # With more room it would go on. The next time it mostly does not begin.
        raise TransientError(
            f"the model repeated itself until {max_output_tokens} output tokens were used up", kept=kept
        )
    if reason == "MAX_TOKENS":
        message = f"the reply was cut at {max_output_tokens} output tokens; raise --max-output-tokens"
        raise CutReplyError(message, kept=kept, usage=envelope.usage)
    if reason in _WITHHELD:
        message = (
            f"{_WITHHELD[reason]} (finishReason {reason}); leave the cause out with context.exclude or reword the claim"
        )
        raise ModelError(message, kept=kept)
    if reason in _FLUKES:
        raise TransientError(f"the model answered with no reply (finishReason {reason})", kept=kept)
    raise ReplyError(
        f"the reply did not end by itself (finishReason {one_line(reason, longest=60)}); nothing is concluded from it",
        kept=kept,
    )


_LONGEST_TURN, _TURNS = 200, 5


def _goes_round(text: str) -> bool:
    """Whether the text ends in the same few characters over and over: a model that has lost its way."""
    tail = text[-_LONGEST_TURN * _TURNS :]
    turns = (turn for turn in range(1, _LONGEST_TURN + 1) if tail[turn:] == tail[:-turn])
    return len(tail) == _LONGEST_TURN * _TURNS and next(turns, None) is not None


_LEFT_OF_ESCAPE = 4
"""A \\uXXXX that is cut has at most so many characters after its u."""


def _flaw(text: str) -> str | None:
    """What is wrong with JSON that begins here: it has no end, or a slip in it. None where nothing is, or none begins.

    A model that writes JSON slips now and then, and not twice in the same place.
    """
    if not text.lstrip().startswith("{"):
        return None
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        missing = _LEFT_OF_ESCAPE if error.msg.startswith("Invalid \\u") else 0
        if error.msg.startswith("Unterminated string") or error.pos + missing >= len(text.rstrip()):
            return "breaks off before its end"
        if error.msg == "Extra data" and not {"}", "]"} & set(text[error.pos :]):
            return None  # words or a fence behind it: whoever reads the reply may see past them
        return f"has a slip in it (line {error.lineno}, column {error.colno}: {error.msg})"
    except (ValueError, RecursionError):
        return None
    return None
