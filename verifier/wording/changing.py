"""Whether a sentence speaks of a change: of what the code was before, and not of what it does while it runs.

"The cursor is moved" may be either, so a word of change counts only in a form that speaks of the past, or beside a name
of the code. In doubt the answer is no: a claim that speaks of none is judged by the commit alone.
"""

from __future__ import annotations

import re

from verifier.system.patterns import pattern
from verifier.wording.meaning import without_names


def speaks_of_change(text: str) -> bool:
    """Whether the text says that something was added, removed, renamed, moved or did otherwise before.

    What the code itself does ("removes stale entries", "moved files are detected") is behaviour, and what stands in a
    clause of its own ("entries that were removed", "once it was renamed") is not claimed.
    """
    plain = _IDIOM.sub(" ", _SUBORDINATE.sub(";", without_names(text)))
    return bool(_CHANGE.search(plain)) or any(
        not _FINITE.search(rest) for rest in map(_after_participle, _SENTENCE.split(plain)) if rest is not None
    )


def _after_participle(sentence: str) -> str | None:
    """What follows a participle that the sentence opens with ("Added retries"); None where it opens otherwise."""
    opening = _OPENS.match(sentence)
    return sentence[opening.end() :] if opening else None


def says_gone(text: str) -> bool:
    """Whether the text says that something is there no more, or is to be there no more."""
    return _GONE.search(_IDIOM.sub(" ", without_names(text))) is not None


_SUBORDINATE = pattern(
    r"\b(?:if|when|whenever|unless|once|until|whether|in case|where|as soon as|while|that|which|who|whose|after|before"
    r"|because|since|so)\b[^,;:.]*",
    re.IGNORECASE,
)
_IDIOM = pattern(
    r"\b(?:410|http) gone\b|\bgone (?:wrong|stale|through|over)\b|\bnow and then\b|\bnow (?:minus|plus|as|this|thus)\b"
    r"|\b(?:to|by|from|of|until|till|up to|right|just|for|than|since|as of|between|is|and|or) now(?= ?(?:[-+,;:.)]|$"
    r"|and\b|or\b|plus\b|minus\b))"
    r"|\bfixed[ -](?:size|window|width|length|point|interval|rate|delay|amount|number|set|order|seed|cost|price|limit"
    r"|time|costs|prices|limits|sizes|schedule|format|salt|position|offset|list|rates|delays|intervals)\b",
    re.IGNORECASE,
)
_DONE = (
    r"(?:added|removed|deleted|dropped|renamed|replaced|moved|relocated|migrated|ported|refactored|rewritten|reworked"
    r"|restructured|extracted|factored out|inlined|split|merged|consolidated|introduced|fixed|eliminated|retired"
    r"|converted|upgraded|downgraded|bumped|simplified|cleaned up|changed|(?:raised|lowered) (?:to|from)|switched"
    r"|superseded)"
)
_ADVERBS = r"(?:(?:now|all|both|also|already|since|then|completely|entirely|fully|finally|been|just|thus) ){0,4}"
_TAKEN = (
    r"(?:removed|deleted|dropped|renamed|replaced|moved|migrated|ported|extracted|inlined|merged|split|gone|retired)"
)
_START = r"(?:^|[.;:!]) ?"
_END = r" ?(?:[,;:.!)]|$)"

_TOLD_IN_THE_PAST = (
    rf"\b(?:has|have|had|was|were|got) {_ADVERBS}{_DONE}\b"
    r"|\b(?:refactored|formerly)\b"
    r"|\bused to (?:be|live|exist|stand|sit|reside)\b"
)
_DONE_TO_A_NAME = (
    rf"\bX (?:\w+ )?(?:is|are) {_ADVERBS}{_TAKEN}(?={_END}| (?:and X|entirely|altogether|completely)\b"
    r"| (?:from|to|into|in favou?r of|by|with) (?:the )?(?:X|code|codebase|repo|repository|project|tree|api)\b)"
    rf"|{_START}(?:the )?(?:\w+ )?X (?:(?!is\b|are\b|gets?\b|be\b)\w+ )?{_DONE}"
    rf"(?={_END}| (?:to|from|into|in|by|with|as|and)\b)"
    rf"|{_START}(?:add|remove|delete|drop|rename|replace|move|extract|migrate|inline) (?:the )?(?:\w+ )?X"
    rf"(?={_END}| (?:to|from|into|in favou?r of|with|by|and) (?:the )?X)"
    r"|\bX (?:replaces|supersedes) (?:the )?(?:\w+ ){0,2}X"
    rf"|(?:\b(?:uses|using|calls|imports|relies on|runs on)\b[^,;:.!]{{0,60}}|{_START}X)"
    r" instead of (?:the |a |its )?(?:\w+ )?X"
)
_OTHERWISE_THAN_BEFORE = (
    r"\b(?:is|are|does|do|has|have|can|will|must|may|need|needs) no longer\b|\bno longer (?:\w+ly )?\w{2,}s\b"
    r"|(?:\bnot|n['’]t|\bnothing|\bnobody|\bno) (?:[\w-]+ ){1,6}any ?(?:more|longer)\b"
    rf"|\b(?:is|are) (?:now|all|both|completely|entirely|finally) (?:\w+ )?{_TAKEN}\b|\b(?:is|are) gone\b"
    rf"|\b(?:is|are|has|have|does|do|can|must|may|will) now\b|{_START}now\b(?! [-+])|\bX now(?={_END})"
    r"|(?<!to )(?<!than )(?<!until )(?<!with )\bnow (?:(?:also|only|always|fully|correctly|instead) ){0,2}"
    r"(?:\w{3,}(?:s|ed)|is|are|has|have|in X|under X|X)\b"
)
_DONE_BY_A_BRANCH = (
    r"\b(?:this|the) (?:branch|commit|pr|pull request|merge request|change|patch|release|refactoring|rewrite"
    r"|migration) (?:\w+ly |also )?(?:adds|removes|deletes|drops|renames|replaces|moves|migrates|ports|refactors"
    r"|rewrites|extracts|introduces|fixes|splits|merges|inlines|changes)\b"
    r"|\b(?:bug|issue|race|race condition|leak|crash|error|deadlock|regression|vulnerability|typo|problem|flaw|defect)"
    r" (?:(?:in|of|with) (?:the )?(?:\w+ ){0,2}\w+ )?(?:is|are) (?:now )?fixed\b"
    rf"|{_START}(?:refactor|introduce)\b"
)
_GONE = pattern(
    r"\b(?:is|are) (?:now |all |both )?gone\b|\bno longer\b|\bany ?more\b"
    rf"|\b(?:is|are|was|were|been) {_ADVERBS}(?:removed|deleted|dropped|retired|eliminated)"
    rf"(?={_END}| from (?:the )?(?:X|code|codebase|repo|repository|project|tree)\b)"
    rf"|{_START}(?:removed?|deleted?|drop(?:ped)?) (?:the|all|every|X)\b",
    re.IGNORECASE,
)
_CHANGE = pattern(
    "|".join((_TOLD_IN_THE_PAST, _DONE_TO_A_NAME, _OTHERWISE_THAN_BEFORE, _DONE_BY_A_BRANCH)), re.IGNORECASE
)
_SENTENCE = pattern(r"[.;:!?](?= |$)|(?<= )[-*•] ", re.IGNORECASE)
_OPENS = pattern(r"\W*(?:also |fully |completely |successfully )?(?!split\b)" + _DONE + r"\b", re.IGNORECASE)
_FINITE = pattern(
    r"^[^,;:.]*\b(?:is|are|was|were|can|cannot|must|may|will|should|gets?|do|does|have|has|remains?|stays?|keeps?"
    r"|counts?|causes?|triggers?|raises?|appears?|never|not)\b",
    re.IGNORECASE,
)
