"""Replies spelled out by tests, in the shape that the model is asked for, and a model that gives them in turn."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from verifier.values.prompt import Prompt, Reply, Source


def citation(path: str, first: int, last: int, quote: str, role: str = "supports") -> dict[str, Any]:
    return {"path": path, "first_line": first, "last_line": last, "quote": quote, "role": role}


def absence(pattern: str, *paths: str, syntax: str = "literal", why: str = "it would be named so") -> dict[str, Any]:
    return {"pattern": pattern, "syntax": syntax, "paths": list(paths), "why": why}


def part(
    text: str,
    holds: str,
    *evidence: dict[str, Any],
    part_id: str = "p1",
    span: str | None = None,
    why: str = "so the code says",
) -> dict[str, Any]:
    return {
        "id": part_id,
        "text": text,
        "span": text if span is None else span,
        "why": why,
        "citations": [one for one in evidence if "quote" in one],
        "absences": [one for one in evidence if "pattern" in one],
        "holds": holds,
    }


def verdict(*parts: dict[str, Any], word: str = "CANNOT TELL", needs: Sequence[str] = ()) -> str:
    return json.dumps(
        {
            "parts": list(parts),
            "needs": [{"path": path, "why": "it settles the part"} for path in needs],
            "answers": [],
            "verdict": word,
        }
    )


class Says:
    """A model that gives its replies in turn and keeps the prompts it was asked."""

    def __init__(self, *replies: str) -> None:
        self._replies = list(replies)
        self.asked: list[Prompt] = []

    async def reply(self, prompt: Prompt) -> Reply:
        self.asked.append(prompt)
        return Reply(self._replies[len(self.asked) - 1], Source.LIVE, "gemini-3.8-flash")
