"""Probe a live service: the handful of small calls that settle what the documentation leaves open.

Each probe goes through the same addressee as a run, so what is found holds for runs.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

from verifier.cost.tokens import count_tokens
from verifier.errors import ModelError
from verifier.model.endpoint import Endpoint
from verifier.model.gemini import Gemini
from verifier.values.prompt import ModelSettings, Prompt, Reply

_SYSTEM = "Answer the question in the JSON that is asked for. Evidence comes before the answer."
_QUESTION = "Is water wet? " + "The sea is wide and the shore is long. " * 40
_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "evidence": {"type": "string", "description": "One short sentence."},
        "answer": {"$ref": "#/$defs/Answer"},
    },
    "required": ["evidence", "answer"],
    "$defs": {"Answer": {"type": "string", "enum": ["yes", "no"]}},
}


@dataclass(frozen=True)
class Probed:
    """One thing that was looked at, or what one call settled."""

    what: str
    good: bool
    """Whether a run with default settings can rely on it."""
    says: str


async def probe(endpoint: Endpoint, model: str) -> tuple[Probed, ...]:
    """Make the calls one after the other; the first that fails for good ends them."""
    return tuple([probed async for probed in _probes(endpoint, ModelSettings(model, max_output_tokens=2048))])


async def _probes(endpoint: Endpoint, settings: ModelSettings) -> AsyncIterator[Probed]:
    try:
        reply = await _ask(endpoint, settings)
    except ModelError as error:
        yield Probed("structured reply", False, str(error))
        return
    in_order = 0 <= reply.text.find('"evidence"') < reply.text.find('"answer"')
    order = "properties come in the schema's order" if in_order else "properties do NOT come in the schema's order"
    yield Probed("structured reply", in_order, f"by {reply.model}; {order}")
    yield _usage(reply)
    yield await _accepts(endpoint, replace(settings, temperature=0.0), "temperature 0")
    yield await _accepts(endpoint, replace(settings, thinking_level="LOW"), "thinking level LOW")
    yield await _accepts(endpoint, replace(settings, thinking_level="MINIMAL"), "thinking level MINIMAL")


def _usage(reply: Reply) -> Probed:
    if reply.usage is None:
        return Probed("usage", False, "the service reports no tokens, so cost cannot be known")
    ours = count_tokens(_SYSTEM) + count_tokens(_QUESTION)
    thoughts = f", {reply.usage.thoughts} of thought" if reply.usage.thoughts else ""
    ratio = reply.usage.prompt / ours
    says = f"{reply.usage.prompt} tokens of prompt where we count {ours} (ratio {ratio:.2f}){thoughts}"
    return Probed("usage", reply.usage.prompt > 0, says)


async def _accepts(endpoint: Endpoint, settings: ModelSettings, what: str) -> Probed:
    try:
        await _ask(endpoint, settings)
    except ModelError as error:
        return Probed(what, True, f"refused; leave it unset ({error})")
    return Probed(what, True, "accepted")


async def _ask(endpoint: Endpoint, settings: ModelSettings) -> Reply:
    async with Gemini(endpoint, settings, _SCHEMA, allow_other_model=True) as gemini:
        return await gemini.reply(Prompt("doctor", 1, _SYSTEM, _QUESTION, "Answer now."))
