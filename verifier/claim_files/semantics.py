"""What a well-formed claim set says that cannot be meant: paths outside the repository, broken patterns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import re2

from verifier.claim_files.mistakes import Mistake
from verifier.claim_files.problems import quoted
from verifier.claim_files.yaml_tree import Loc
from verifier.values.claim import Claim, ClaimSet

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
