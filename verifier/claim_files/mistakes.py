"""What is wrong with a claim file, in its shape or in what it cannot mean, said so that its author can mend it."""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import re2
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from verifier.claim_files.yaml_tree import Loc
from verifier.safety.invisible import visible
from verifier.values.ci import Level
from verifier.values.claim import Check, Claim, ClaimSet, Context, Covered, NoFindings, Waiver, Word

_LONGEST_SHOWN = 120


class Severity(enum.StrEnum):
    """An error means that the file is no claim set; a warning, that its claims will be hard to verify."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Problem:
    """One thing to mend in a claim file."""

    path: Path
    line: int
    claim: str | None
    severity: Severity
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


def quoted(text: str) -> str:
    """Foreign text in double quotes on one line, cut where it is long, with control characters escaped."""
    short = text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"
    return f'"{visible(short)}"'


@dataclass(frozen=True)
class Mistake:
    """One mistake and where in the document it is."""

    loc: Loc
    message: str
    doubled: bool = False
    names_its_place: bool = False
    """Whether the message says itself which claim it is about."""


def mistakes_of_shape(error: ValidationError, document: Any) -> list[Mistake]:
    """What pydantic found wrong with a document, in our words."""
    details = sorted(error.errors(include_url=False), key=lambda detail: not _is_unknown(detail))
    # A misspelt key explains the missing one.
    misspelt = {(*detail["loc"][:-1], _near_key(detail["loc"])) for detail in details if _is_unknown(detail)}
    told = [detail for detail in details if detail["type"] != "missing" or detail["loc"] not in misspelt]
    return [mistake for detail in told for mistake in _mistakes(detail, document)]


def name_of_claim(loc: Loc, document: Any) -> str | None:
    """The claim that a place lies in: its id in quotes, or its number where it has none; None outside the claims."""
    if len(loc) < 2 or loc[0] != "claims" or not isinstance(loc[1], int):
        return None
    claim = document["claims"][loc[1]]
    name = claim.get("id") if isinstance(claim, dict) else None
    return quoted(name) if isinstance(name, str) and name else str(loc[1] + 1)


def _mistakes(detail: ErrorDetails, document: Any) -> Iterator[Mistake]:
    loc: Loc = detail["loc"]
    kind, value = detail["type"], detail["input"]
    if kind == "extra_forbidden":
        yield Mistake(loc, _unknown_key(loc, document), names_its_place=True)
    elif kind == "missing":
        yield Mistake(loc, _missing_key(loc, document), names_its_place=True)
    elif kind == "value_error":
        message = str(detail["ctx"]["error"]) if "ctx" in detail else detail["msg"]
        # The same id twice is reported with both lines elsewhere.
        if "used twice" not in message:
            place = _place(loc).rstrip()
            yield Mistake(loc, f"{place}: {message}" if place else message)
    elif kind == "too_short" and value:
        # Pydantic counts the entries that are right; the wrong ones have been told already.
        return
    else:
        yield Mistake(loc, _said(kind, loc, value, detail))


def _said(kind: str, loc: Loc, value: Any, detail: ErrorDetails) -> str:
    place = _place(loc) if loc else "the file "
    if kind == "enum" and loc[-1] == "level":
        return f"{place}is {quoted(str(value))}; it is one of {', '.join(Level)}"
    explain = _EXPLANATIONS.get(kind)
    if explain is not None:
        return place + explain(value)
    if kind == "string_pattern_mismatch":
        return place + _bad_name(loc, str(value))
    return f"{place}{detail['msg'].lower()}"


def _is_no_text(value: Any) -> str:
    if value is None:
        return "is empty; write something, or leave the key out"
    if isinstance(value, bool | int | float):
        return f"is {_kind(value)} to YAML, not text; put it in quotes"
    return f"is {_kind(value)}, not text"


def _is_no_list(value: Any) -> str:
    if value is None:
        return "is empty; write a list, or leave the key out"
    if isinstance(value, str):
        return f"is text, not a list; write [{value if len(value) < 40 else '...'}]"
    return f"is {_kind(value)}, not a list"


def _is_no_mapping(value: Any) -> str:
    if value is None:
        return "is empty; write its keys and values, or leave it out"
    return f"is {_kind(value)}, where keys with values are wanted"


def _is_no_word(value: Any) -> str:
    words = [word.value for word in Word if word is not Word.ERROR]
    near = get_close_matches(str(value).upper(), words, n=1, cutoff=0.3)
    meant = f'did you mean "{near[0]}"? ' if near else ""
    return f"is {quoted(str(value))}; {meant}it is one of {', '.join(words)}"


_EXPLANATIONS: dict[str, Callable[[Any], str]] = {
    "string_type": _is_no_text,
    "string_too_short": lambda _: "is empty; write something",
    "tuple_type": _is_no_list,
    "too_short": lambda _: "is empty; it needs at least one entry",
    "model_type": _is_no_mapping,
    "model_attributes_type": _is_no_mapping,
    "enum": _is_no_word,
    "int_type": lambda value: f"is {_kind(value)}, not a whole number",
    "int_parsing": lambda value: f"is {quoted(str(value))}, not a whole number",
    "int_from_float": lambda value: f"is {value}, not a whole number",
    "greater_than_equal": lambda value: f"is {value}; the least is 1",
    "bool_type": lambda value: f"is {_kind(value)}; write true or false",
    "bool_parsing": lambda value: f"is {quoted(str(value))}; write true or false",
}


def _kind(value: Any) -> str:
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return f"true or false ({str(value).lower()})"
    if isinstance(value, int | float):
        return f"a number ({value})"
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "a mapping"
    return "text"


def _bad_name(loc: Loc, value: str) -> str:
    if loc[-1] == "id":
        return (
            f"is {quoted(value)}; an id is up to 128 letters, digits, dots, hyphens and underscores, "
            "and begins with a letter or digit"
        )
    return f"is {quoted(value)}; parts are named p1, p2, ..."


def _unknown_key(loc: Loc, document: Any) -> str:
    key, owner = str(loc[-1]), loc[:-1]
    near = _near_key(loc)
    way_out = f'did you mean "{near}"?' if near else f"known are {', '.join(_keys_at(owner))}"
    who = _owner(owner, document)
    return f"{who} has an unknown key {quoted(key)}; {way_out}" if who else f"unknown key {quoted(key)}; {way_out}"


def _near_key(loc: Loc) -> str | None:
    """The known key that an unknown one was meant to be."""
    key, known = str(loc[-1]), _keys_at(loc[:-1])
    return next(iter(get_close_matches(key, known, n=1) or get_close_matches(key.lower(), known, n=1)), None)


def _is_unknown(detail: ErrorDetails) -> bool:
    return detail["type"] == "extra_forbidden"


def _missing_key(loc: Loc, document: Any) -> str:
    who = _owner(loc[:-1], document) or "the claim set"
    return f'{who} has no {loc[-1]}; add "{loc[-1]}: ..."'


def _owner(loc: Loc, document: Any) -> str:
    claim = name_of_claim(loc, document)
    within = _place(loc).rstrip()
    return ", ".join(said for said in (f"claim {claim}" if claim else "", within) if said)


def _keys_at(loc: Loc) -> list[str]:
    models: dict[int, type[BaseModel]] = {0: ClaimSet, 1: Context, 2: Claim}
    nested: dict[object, type[BaseModel]] = {"waiver": Waiver, "covered": Covered, "no_findings": NoFindings}
    model = models.get(len(loc)) or nested.get(loc[-1], Check)
    return [str(info.validation_alias or name) for name, info in model.model_fields.items()]


def _place(loc: Loc) -> str:
    """Where within its claim or claim set something is, with a blank after it: `files[2] `, counted from 1."""
    rest = loc[2:] if loc[:1] == ("claims",) and len(loc) > 1 else loc
    place = ""
    for step in rest:
        place += f"[{step + 1}]" if isinstance(step, int) else f".{step}"
    return place.removeprefix(".") + " " if place else ""


LONGEST_PATTERN = 1000


def mistakes_of_meaning(claims: ClaimSet) -> Iterator[Mistake]:
    """Everything in a claim set that its types allow and its use does not."""
    for key in ("include", "exclude"):
        for index, path in enumerate(getattr(claims.context, key)):
            yield from _path_mistakes(("context", key, index), path)
    for index, path in enumerate(claims.never_send):
        yield from _path_mistakes(("never_send", index), path)
    for index, claim in enumerate(claims.claims):
        yield from _claim_mistakes(("claims", index), claim)


def _claim_mistakes(loc: Loc, claim: Claim) -> Iterator[Mistake]:
    for index, path in enumerate(claim.files):
        yield from _path_mistakes((*loc, "files", index), path)
    for index, check in enumerate(claim.checks):
        where = (*loc, "checks", index)
        if check.path_exists is not None:
            yield from _path_mistakes((*where, "path_exists"), check.path_exists)
        if check.covered is not None:
            yield from _path_mistakes((*where, "covered", "path"), check.covered.path)
        if check.within is not None:
            yield from _path_mistakes((*where, "in"), check.within)
        if check.matches is not None:
            yield from _pattern_mistakes((*where, "matches"), check.matches)
        if check.part is not None:
            yield from _part_mistakes((*where, "part"), check.part, claim)
    for index, part in enumerate(claim.essential):
        yield from _part_mistakes((*loc, "essential", index), part, claim)


def _path_mistakes(loc: Loc, path: str) -> Iterator[Mistake]:
    if "\\" in path:
        yield Mistake(loc, f"the path {quoted(path)} has backslashes; write it with /")
    elif path.startswith(("/", "~")) or re.match(r"[A-Za-z]:/", path):
        yield Mistake(loc, f"the path {quoted(path)} is absolute; write it from the root of the repository")
    elif ".." in path.split("/"):
        yield Mistake(loc, f"the path {quoted(path)} leaves the repository; write it from the root of the repository")
    elif any(not letter.isprintable() for letter in path):
        yield Mistake(loc, f"the path {quoted(path)} has a control character; remove it")


def _pattern_mistakes(loc: Loc, pattern: str) -> Iterator[Mistake]:
    if len(pattern) > LONGEST_PATTERN:
        yield Mistake(loc, f"the pattern has {len(pattern)} characters; the most is {LONGEST_PATTERN}")
        return
    options: Any = re2.Options()
    options.log_errors = False
    options.max_mem = 8 << 20
    try:
        re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0] if error.args else "not a regular expression"
        said = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
        hint = " (RE2 has no lookaround and no backreferences)" if "(?" in said or "escape" in said else ""
        yield Mistake(loc, f"the pattern {quoted(pattern)} does not compile: {said}{hint}; mend it")


def _part_mistakes(loc: Loc, part: str, claim: Claim) -> Iterator[Mistake]:
    """A part can be looked up only where the claim spells its parts out."""
    if claim.parts is not None and int(part[1:]) > len(claim.parts):
        known = "p1" if len(claim.parts) == 1 else f"p1 to p{len(claim.parts)}"
        yield Mistake(loc, f"there is no part {part}; the parts of this claim are {known}")
