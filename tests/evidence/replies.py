"""Replies spelled out by tests, in the shape that the model is asked for, and a model that gives them in turn."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from verifier.values.prompt import Asks, Prompt, Reply, Source


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


ANSWERS = {"yes": "shows", "partly": "shows_partly", "no": "refutes", "cannot_tell": "silent"}
"""What a second reader says who agrees with the first."""


def reading(answers: Mapping[str, str], *, uncovered: Sequence[str] = (), **more: Any) -> str:
    """A second reading: an answer for each part, by its id."""
    parts = [
        {"id": i, "why": "so the lines say", "missing": "", "about": "code", "answer": said}
        for i, said in answers.items()
    ]
    return json.dumps({"parts": parts, "uncovered": list(uncovered), "not_judged": [], "unfaithful": [], **more})


def agreement(verdict_text: str, evidence: str) -> str:
    """The reading of somebody who agrees with the verdict, of the parts whose evidence the prompt shows."""
    shown = re.findall(r"^# Evidence for (p\d+)$", evidence, re.MULTILINE)
    try:
        holds = {one["id"].lower(): one["holds"] for one in json.loads(verdict_text)["parts"]}
    except (ValueError, KeyError, TypeError):  # No verdict: there is nothing to agree with.
        holds = {}
    return reading({part_id: ANSWERS.get(holds.get(part_id, ""), "silent") for part_id in shown})


class Says:
    """A model that gives its replies in turn and keeps the prompts it was asked.

    As a second reader it agrees with what it said last, unless `reads` says what it answers, by part and in turn.
    """

    def __init__(self, *replies: str, reads: Sequence[str] | None = None) -> None:
        self._replies = list(replies)
        self._reads = None if reads is None else list(reads)
        self.asked: list[Prompt] = []
        """Prompts that asked for a verdict."""
        self.read: list[Prompt] = []
        """Prompts that asked for a second reading."""

    async def reply(self, prompt: Prompt) -> Reply:
        if prompt.asks is Asks.READING:
            self.read.append(prompt)
            last = self._replies[len(self.asked) - 1]
            text = agreement(last, prompt.evidence) if self._reads is None else self._reads[len(self.read) - 1]
        else:
            self.asked.append(prompt)
            text = self._replies[len(self.asked) - 1]
        return Reply(text, Source.LIVE, "gemini-3.8-flash")
