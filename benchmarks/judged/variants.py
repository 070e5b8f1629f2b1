"""Other ways of asking, beside the one that is shipped: what is sent is changed on its way, and what comes back too.

So the same program judges the same claims by the same rules, and only what is asked of a reader differs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tests.demo.authoring import Asked
from verifier.cost.tokens import count_tokens
from verifier.repository.index import Index

Document = dict[str, Any]


@dataclass(frozen=True)
class Variant:
    """The way of asking that is shipped, and what others change of it."""

    name: str = "as shipped"

    @property
    def slug(self) -> str:
        """What its folders are called."""
        return self.name.replace(" ", "-")

    def sent(self, asked: Asked) -> Asked:
        """What a reader is shown instead."""
        return asked

    def back(self, reply: Document, asked: Asked, index: Index) -> Document:  # noqa: ARG002  # others need them
        """What the program is given of the reader's reply to `asked`, which it sent."""
        return reply

    def place(self, inbox: Path, asked: Asked) -> Path:  # noqa: ARG002  # others need it
        """The folder where the reply is looked for."""
        return inbox


class SparseNumbers(Variant):
    """Every tenth line has its number, and the first of each run of lines."""

    def sent(self, asked: Asked) -> Asked:
        if asked.is_reading:
            return asked
        system = _exchanged(
            asked.system,
            "Lines are numbered as in the file: each shown line is its number, a tab, and the text.",
            "Lines are numbered as in the file, every tenth line and the first of each run: the number, a tab, and "
            "the text. The lines between have the tab alone: count them.",
        )
        numbered = re.compile(r"^(\d+)\t", re.MULTILINE)
        blocks = re.split(r"(^(?:=== begin .*|\[lines? .* left out\])\n)", asked.prompt, flags=re.MULTILINE)
        sparse = [numbered.sub(lambda m: m[0] if not m.start() or m[1][-1] == "0" else "\t", block) for block in blocks]
        return replace(asked, system=system, prompt="".join(sparse))


class AnswerFirst(Variant):
    """The answer first, then the evidence, and the reasons last."""

    def sent(self, asked: Asked) -> Asked:
        if asked.is_reading:
            before = "Give `why` in one sentence, then `missing`, `about`, and last the answer."
            after = "Give the answer, then `about`, `missing`, and last `why` in one sentence."
            order, definition = ["id", "answer", "about", "missing", "why"], "AskedPartReading"
        else:
            before = "For each part first give `why` in one or two sentences, then the evidence, then `holds`:"
            after = "For each part first give `holds`, then the evidence, then `why` in one or two sentences:"
            order = ["id", "text", "span", "holds", "outside", "citations", "absences", "why"]
            definition = "AskedPart"
        schema: Document = json.loads(json.dumps(asked.schema))
        part = schema["$defs"][definition]
        assert set(order) == set(part["properties"]), sorted(part["properties"])
        part["properties"] = {name: part["properties"][name] for name in order}
        part["required"] = [name for name in order if name in part["required"]]
        return replace(asked, system=_exchanged(asked.system, before, after), schema=schema)


class WholeDefinitions(Variant):
    """The second reader is shown the whole of the innermost definition around each cited line, where it is short."""

    longest = 60

    def place(self, inbox: Path, asked: Asked) -> Path:
        shipped = inbox.parent / AS_SHIPPED.slug
        return shipped if (shipped / f"{asked.key}.json").is_file() else inbox

    def back(self, reply: Document, asked: Asked, index: Index) -> Document:
        for part in reply["parts"] if not asked.is_reading else ():
            for citation in part["citations"]:
                source, file = index.source(citation["path"]), index.text_file(citation["path"])
                around = [
                    each
                    for each in (source.definitions if source else ())
                    if each.first_line <= citation["first_line"] and citation["last_line"] <= each.last_line
                    if each.last_line - each.first_line < self.longest
                ]
                if around and file is not None:
                    whole = max(around, key=lambda each: each.first_line)
                    lines = file.lines[whole.first_line - 1 : whole.last_line]
                    citation |= {
                        "first_line": whole.first_line,
                        "last_line": whole.last_line,
                        "quote": "\n".join(lines),
                    }
        return reply


SINGLE = "single"
"""The folder of what was asked together, as if it had been asked alone."""


class Together(Variant):
    """Several claims about one package in one request; follow-ups and second readings go one by one."""

    claims = 3

    def place(self, inbox: Path, asked: Asked) -> Path:
        if asked.is_reading or "\n# Another round\n" in asked.prompt:
            return inbox
        single = inbox / SINGLE
        single.mkdir(exist_ok=True)
        return single


AS_SHIPPED = Variant()

VARIANTS: Sequence[Variant] = (
    AS_SHIPPED,
    SparseNumbers("every tenth line numbered"),
    AnswerFirst("answer before reasons"),
    WholeDefinitions("whole definitions to the second reader"),
    Together("three claims in one request"),
)


def put_together(inbox: Path) -> Iterator[tuple[Path, int | None]]:
    """Ask what stands in the inbox by itself as one request each three, and share out the replies.

    Gives each such prompt with its tokens and its reply's; None where it waits for a reply.
    """
    singles = [Asked.read(one.read_text("utf-8")) for one in sorted((inbox / SINGLE).glob("*.prompt.md"))]
    by_package: dict[str, list[Asked]] = {}
    for one in singles:
        by_package.setdefault(one.prompt.partition("# The claim\n")[0], []).append(one)
    groups = [
        alike[at : at + Together.claims]
        for alike in by_package.values()
        for at in range(0, len(alike), Together.claims)
    ]
    for group in groups:
        joint = _joint(group)
        given = inbox / f"{joint.key}.json"
        prompt = given.with_suffix(".prompt.md")
        prompt.write_text(joint.text, encoding="utf-8")
        if not given.is_file():
            yield prompt, None
            continue
        reply = given.read_text("utf-8")
        for one, own in zip(group, json.loads(reply)["claims"], strict=True):
            (inbox / SINGLE / f"{one.key}.json").write_text(json.dumps(own, ensure_ascii=False), encoding="utf-8")
        yield prompt, count_tokens(joint.whole) + count_tokens(reply)


def _joint(asked: Sequence[Asked]) -> Asked:
    """The claims one after the other, then every file that one of them was given, each text once."""
    shared = asked[0].prompt.partition("# The claim\n")[0]
    claims, blocks = list[str](), dict[str, None]()
    for number, one in enumerate(asked, 1):
        own, _, rest = one.prompt.partition("# The claim\n")[2].partition("\n# Files for this claim\n")
        shown = [found[0] for found in _BLOCK.finditer(rest)]
        blocks |= dict.fromkeys(shown)
        left = rest.partition("\n# Named or selected, but not shown\n")[2].partition("\nJudge the claim.")[0]
        whole = {block.partition(" (whole, ")[0] for block in blocks if " (whole, " in block.partition("\n")[0]}
        claims.append(f"# Claim {number}\n{own}" + (f"\n# Not shown for claim {number}\n{left}" if left else ""))
    schema: Document = dict(asked[0].schema)
    definitions = schema.pop("$defs")
    return Asked(
        asked[0].system
        + "\n\nSeveral claims are put to you at once. Judge each by itself, as if it were the only one: the reply has "
        "in `claims` one whole answer for each, in their order.",
        f"{shared}{''.join(claims)}\n# Files for these claims\n\n"
        + "\n\n".join(block for block in blocks if block.partition(" (in part, ")[0] not in whole)
        + "\n\nJudge the claims.",
        {
            "$defs": {**definitions, "Answer": schema},
            "type": "object",
            "properties": {"claims": {"type": "array", "items": {"$ref": "#/$defs/Answer"}}},
            "required": ["claims"],
        },
    )


_BLOCK = re.compile(r"^\"[^\n]*:\n=== begin (\w+)\n.*?\n=== end \1$", re.MULTILINE | re.DOTALL)
"""A file as it is shown."""


def _exchanged(text: str, before: str, after: str) -> str:
    """The text with these words instead of those, wherever its lines break."""
    pattern = re.compile(r"\s+".join(map(re.escape, before.split())))
    assert len(pattern.findall(text)) == 1, before
    return pattern.sub(lambda _: after, text)
