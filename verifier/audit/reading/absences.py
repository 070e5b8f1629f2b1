"""The absences of a sentence: which files and symbols does it call missing?

Only what is called missing itself is taken. In "tests for `Pool` are missing" that is the tests, in "`close()` error
handling is absent" the handling: nothing that could be looked up. A missed absence costs a line, an invented one
accuses a report falsely, so what stands round a subject must be known words. What is supposed ("if `x.py` were
missing") is not said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice

from verifier.audit.reading.mentions import Kind, Mention, Sentence
from verifier.audit.values import ReportAbsence


def read_absences(sentence: Sentence, implied: str | None) -> list[ReportAbsence]:
    """The absences of one sentence, in order, each subject once; `implied` is the file that "this file" means."""
    sentence = replace(sentence, mentions=tuple(map(_as_name, sentence.mentions)))
    found: list[ReportAbsence] = []
    for match, clause in _said(_MISSING, sentence.text):
        found += _called_missing(sentence, match, clause, implied)
    for match, clause in _said(_LACKING, sentence.text):
        found += _lacked(sentence, match, clause)
    found += _not_at_hand(sentence)
    return list({absence.subject: absence for absence in reversed(found)}.values())[::-1]


def calls_missing(sentence: Sentence) -> bool:
    """Whether the sentence calls anything missing, named or not."""
    return any(any(_said(pattern, sentence.text)) for pattern in (_MISSING, _LACKING))


def _as_name(mention: Mention) -> Mention:
    """The mention; words that hyphens join, as in a header's or a package's name, are a name that may be missing."""
    is_joined = mention.kind is Kind.CODE and _HYPHENATED.fullmatch(mention.text) is not None
    return replace(mention, kind=Kind.NAME) if is_joined else mention


def _said(pattern: re.Pattern[str], text: str) -> Iterator[tuple[re.Match[str], int]]:
    """Where a predicate stands that is not only supposed, and where its clause begins."""
    for match in islice(pattern.finditer(text), _MOST_IN_A_SENTENCE):
        clause = _clause_start(text, match.start())
        if not _SUPPOSED.search(text, clause, match.end()):
            yield match, clause


def _called_missing(
    sentence: Sentence, match: re.Match[str], clause: int, implied: str | None
) -> Iterable[ReportAbsence]:
    """ "`x.py` is missing": the subjects stand before; "is missing `X`": behind."""
    text = sentence.text
    behind = _objects(sentence, match.end()) if match["missing"] else []
    if behind:
        return _absences(sentence, behind, _file_before(sentence, clause, match.start()))
    if not _ENDS_THERE.match(text, match.end()):
        return ()
    subjects, within = _subjects(sentence, clause, match.start())
    if match["unused"]:
        if _HERE.match(text, match.end()):
            return ()
        subjects = [mention for mention in subjects if mention.kind is Kind.NAME]
    if not subjects and _THIS_FILE.search(text, clause, match.start()) and implied is not None:
        return (ReportAbsence(implied, "path", sentence.line_at(match.start())),)
    if subjects and subjects[0].kind is Kind.NAME:
        within = within or _file_behind(sentence, match.end())
        if match["withheld"] or (within is None and _SOMEWHERE_SMALLER.match(text, match.end())):
            return ()
    return _absences(sentence, subjects, within, match["unused"] is not None)


def _lacked(sentence: Sentence, match: re.Match[str], clause: int) -> Iterable[ReportAbsence]:
    """ "the absence of `X`", "no use of `X` was found", "`x.py` does not use `X`": the subjects stand behind."""
    text, start = sentence.text, match.start()
    unused = match["use"] is not None or (match["verb"] is not None and _USES.search(match["verb"]) is not None)
    objects = [mention for mention in _objects(sentence, match.end()) if mention.kind is Kind.NAME or not unused]
    if not objects:
        return ()
    if match["verb"]:
        within = _file_before(sentence, clause, start)
        return _absences(sentence, objects, within, unused) if within or _EVERYTHING.search(text, clause, start) else ()
    said = _WAS_FOUND.match(text, objects[-1].end)
    end = said.end() if said else objects[-1].end
    within = _file_behind(sentence, end)
    if within is None and match["sought"]:
        within = _place_before(sentence, clause, start)
        if within is None and any(clause <= mention.start < start for mention in sentence.mentions):
            # What code looks for and does not find while it runs is not missing.
            return ()
    if within is None and _SOMEWHERE_SMALLER.match(text, end):
        return ()
    return _absences(sentence, objects, within, unused)


def _not_at_hand(sentence: Sentence) -> Iterable[ReportAbsence]:
    """ "Without `x.py` it is impossible to verify": what the report says it had to do without."""
    without = _WITHOUT.search(sentence.text)
    if without is None or not _IMPOSSIBLE.search(sentence.text):
        return ()
    comma = _COMMA_OUTSIDE_BRACKETS.match(sentence.text, without.end())
    paths = _paths(sentence, without.end(), comma.end() if comma else len(sentence.text))
    return _absences(sentence, [mention for mention in paths if not mention.ranges], None)


def _absences(
    sentence: Sentence, subjects: Iterable[Mention], within: str | None, unused: bool = False
) -> Iterator[ReportAbsence]:
    for one in subjects:
        line = sentence.line_at(one.start)
        if one.kind is Kind.PATH:
            yield ReportAbsence(one.text, "path", line)
        else:
            yield ReportAbsence(one.text, "symbol", line, within, unused)


def _subjects(sentence: Sentence, clause: int, end: int) -> tuple[list[Mention], str | None]:
    """The mentions that a predicate at `end` is said of, and the file that is named as the place of it."""
    mentions = [m for m in sentence.mentions if clause <= m.start and m.end <= end and m.kind is not Kind.LINES]
    if not mentions or not _only_nouns(sentence.text[mentions[-1].end : end]):
        return [], None
    last = mentions.pop()
    if last.kind is Kind.CODE:
        return [], None
    within = None
    if last.kind is Kind.PATH and mentions and mentions[-1].kind is Kind.NAME:
        if not _PLACE_BETWEEN.fullmatch(sentence.text, mentions[-1].end, last.start):
            return [], None
        within, last = last.text, mentions.pop()
    chain = [last]
    while mentions and mentions[-1].kind is last.kind and _joined(sentence.text[mentions[-1].end : chain[-1].start]):
        chain.append(mentions.pop())
    start = chain[-1].start
    if _OF_SOMETHING.search(sentence.text, max(clause, start - 60), start):
        return [], None
    if mentions and mentions[-1].kind is Kind.PATH and last.kind is Kind.NAME and within is None:
        within = mentions[-1].text
    return chain[::-1], within


def _objects(sentence: Sentence, at: int) -> list[Mention]:
    """The mentions that follow `at` directly, with nothing but articles and nouns before them."""
    behind = [m for m in sentence.mentions if m.start >= at and m.kind is not Kind.LINES]
    if not behind or behind[0].kind is Kind.CODE or not _FILLER.fullmatch(sentence.text, at, behind[0].start):
        return []
    chain = [behind[0]]
    for mention in behind[1:_MOST_SUBJECTS]:
        if mention.kind is not chain[0].kind or not _joined(sentence.text[chain[-1].end : mention.start]):
            break
        chain.append(mention)
    return [] if _SOMETHING_ELSE.match(sentence.text, chain[-1].end) else chain


def _file_before(sentence: Sentence, start: int, end: int) -> str | None:
    """The file that does the lacking: the subject of the clause, with known words alone behind it."""
    paths = _paths(sentence, start, end)
    return paths[-1].text if paths and _only_nouns(sentence.text[paths[-1].end : end]) else None


def _place_before(sentence: Sentence, start: int, end: int) -> str | None:
    """The file that a search is said to have gone through: "in `x.py` I could not find"."""
    paths = _paths(sentence, start, end)
    before = sentence.text[start : paths[-1].start] if paths else ""
    return paths[-1].text if _PLACE.fullmatch(f" {before.lstrip().lower()}") else None


def _paths(sentence: Sentence, start: int, end: int) -> list[Mention]:
    return [one for one in sentence.mentions if one.kind is Kind.PATH and start <= one.start and one.end <= end]


def _file_behind(sentence: Sentence, at: int) -> str | None:
    first = next((mention for mention in sentence.mentions if mention.start >= at), None)
    is_place = first and first.kind is Kind.PATH and _PLACE.fullmatch(sentence.text, at, first.start)
    return first.text if first and is_place else None


def _clause_start(text: str, end: int) -> int:
    """Where the clause that ends at `end` begins; not further back than a reader would go."""
    start = max(0, end - _LONGEST_CLAUSE)
    for match in _CLAUSE_BREAK.finditer(text, start, end):
        start = match.end()
    return start


def _only_nouns(text: str) -> bool:
    text = _RELATIVE_CLAUSE.sub(" ", text)
    return all(_NOUNS.fullmatch(word) for word in _WORD.findall(text))


def _joined(text: str) -> bool:
    """Whether two mentions belong to one list: `a`, `b` and the files (e.g., `c`."""
    words = [word.lower() for word in _WORD.findall(text)]
    if len(text) > 120 or any(map(_NOT_IN_A_LIST.fullmatch, words)):
        return False
    return words in ([], ["and"], ["or"]) or _LIST_GOES_ON.search(text) is not None


_HYPHENATED = re.compile(r"[^\W\d_]\w*(?:-\w+)+")
_MOST_SUBJECTS = 50
_MOST_IN_A_SENTENCE = 20
_LONGEST_CLAUSE = 600
_BE = (
    r"(?:(?:is|are|was|were|be|been|remains?)\s{1,4})?"
    r"(?:(?:entirely|completely|totally|also|still|currently|simply|both|all)\s{1,4})?"
)
_STATES = r"(?:present|found|defined|implemented|exist(?:ing)?|declared)"
_MISSING = re.compile(
    rf"\b{_BE}(?:"
    rf"not\s{{1,4}}(?:(?:yet|actually|even)\s{{1,4}})?{_STATES}"
    rf"|(?P<withheld>not\s{{1,4}}(?:(?:yet|actually|even)\s{{1,4}})?(?:provided|included|available|supplied|there))"
    r"|(?:does|do|did|is|are|was|were)(?:\s{1,4}not|n't)\s{1,4}(?:(?:yet|actually|even)\s{1,4})?(?:exist|present|found|defined)"
    r"|(?:could|can)\s{0,4}not\s{1,4}be\s{1,4}(?:found|located)"
    r"|no\s{1,4}longer\s{1,4}(?:exists?|present)"
    r"|nowhere\s{1,4}to\s{1,4}be\s{1,4}found|(?:does|do|did)(?:\s{1,4}not|n't)\s{1,4}(?:appear|occur)"
    r"|(?P<unused>unused|unreferenced|(?:never|not)\s{1,4}(?:(?:yet|actually|even)\s{1,4})?"
    r"(?:used|called|invoked|imported|referenced|instantiated)(?:\s{1,4}anywhere)?)"
    r"|(?P<missing>missing)|absent|non-?existent)\b",
    re.IGNORECASE,
)
_SOUGHT = (
    r"(?:could|can|do|does|did)(?:\s{0,4}not|n't)\s{1,4}(?:find|locate|identify|detect|see)"
    r"|(?:unable|failed)\s{1,4}to\s{1,4}(?:find|locate|identify|detect|see)"
)
_USE = (
    r"(?:any\s{1,4})?(?:(?:single|actual|other|direct)\s{1,4})?"
    r"(?:use|usage|reference|call|import|mention|occurrence|instance|invocation)s?\s{1,4}(?:of|to)"
)
_LACKING = re.compile(
    rf"\b(?:(?:(?:absence|lack)\s{{1,4}}of|(?:there\s{{1,4}}(?:is|are)\s{{1,4}})?no(?!\s{{1,4}}longer)|(?P<sought>{_SOUGHT}))"
    rf"(?P<use>\s{{1,4}}{_USE})?"
    r"|(?P<verb>(?:(?:does|do|did)(?:\s{1,4}not|n't)\s{1,4}(?:actually\s{1,4})?"
    r"(?:use|call|contain|define|implement|include|import|have|provide|declare|export|mention|reference)"
    r"|no\s{1,4}longer\s{1,4}(?:uses|calls|contains|defines|imports|has)|lacks)))(?=[\s:])",
    re.IGNORECASE,
)
_WAS_FOUND = re.compile(
    r"\s{1,4}(?:(?:class|function|method|is|are|was|were|been|has|have|could|be)\s{1,4}){0,4}"
    r"(?:found|present|detected|seen|located|identified|made|exists?)\b",
    re.IGNORECASE,
)
_USES = re.compile(r"\b(?:use|call|import|mention|reference)s?$", re.IGNORECASE)
_ENDS_THERE = re.compile(
    r"\s{0,4}(?:$|[.,;:()\]!?\"'”–—-]|(?:from|in|within|and|or|but|so|at\s{1,2}all|anywhere|either|entirely|here)\b)",
    re.IGNORECASE,
)
_SOMEWHERE_SMALLER = re.compile(
    r"\s{1,4}(?:\w{1,20}\s{1,4})?(?:in|from|within|inside|of|on|for)\b"
    r"(?!\s{1,4}(?:(?:the|this|that|any|of|provided|given|supplied|entire|whole|current|actual|available|of|source|parts?)\s{1,4}){0,6}"
    r"(?:codebase|code|repository|repo|project|commit|files?|contents?|context|input|subset|sources?|snippets?)\b)",
    re.IGNORECASE,
)
_SUPPOSED = re.compile(
    r"\b(?:would|should|might|may"
    r"|could(?!(?:\s{0,4}not|n't)\s{1,4}(?:be\s{1,4}(?:found|located)|find|locate|identify|detect|see)\b)"
    r"|if|whether|ensure|unless|in case)\b",
    re.IGNORECASE,
)
_HERE = re.compile(r"\s{0,4}here\b", re.IGNORECASE)
_THIS_FILE = re.compile(r"\b(?:this|that|the)\s{1,4}(?:\w{1,20}\s{1,4})?(?:file|module|script)\s{1,4}$", re.IGNORECASE)
_EVERYTHING = re.compile(r"\b(?:codebase|repository|repo|project|code|commit|implementation)\s{1,4}$", re.IGNORECASE)
_WITHOUT = re.compile(r"\bwithout\b", re.IGNORECASE)
_IMPOSSIBLE = re.compile(r"\b(?:impossible|cannot|can't|unable|not possible|could not)\b", re.IGNORECASE)
_COMMA_OUTSIDE_BRACKETS = re.compile(r"[^,(]{0,300}(?:\([^()]{0,600}\)[^,(]{0,300}){0,5}(?=,)")
_CLAUSE_BREAK = re.compile(
    r";|,\s{1,4}(?:and|but|so|while|yet)\b|\s(?:but|while|whereas|although|though|because)\s|\bhowever,", re.IGNORECASE
)
_WORD = re.compile(r"[^\W\d_][\w'’-]{0,60}")
_RELATIVE_CLAUSE = re.compile(r",\s{1,4}(?:which|that|whose)\b[^;]{0,300},\s{0,4}$")
_OF_A_FILE = r"(?:in|within|inside|from|of)\s{1,4}(?:the\s{1,4})?(?:file\s{1,4})?"
_PLACE = re.compile(rf"\s{{1,4}}(?:(?:class|function|method|calls?|usage|anywhere)\s{{1,4}})?{_OF_A_FILE}")
_PLACE_BETWEEN = re.compile(rf"\s{{1,4}}(?:(?:class|function|method|decorator|symbol)\s{{1,4}})?{_OF_A_FILE}")
_OF_SOMETHING = re.compile(
    r"\b(?:for|of|in|on|to|with|by|from|around|within|inside|against|at|about|using|like|via|than|into)\s{1,4}"
    r"(?:[^\s,()`:]{1,30}\s{1,4}){0,2}$",
    re.IGNORECASE,
)
_NOUN = (
    "file|files|class|classes|method|methods|function|functions|module|modules|directory|directories|folder|folders"
    "|script|scripts|decorator|variable|constant|attribute|field|definition|itself|document|documents|manifest|manifests"
    "|package|symbol|identifier|implementation"
)
_NOUNS = re.compile(
    rf"is|are|was|were|be|been|remains|entirely|completely|totally|both|all|also|still|currently|{_NOUN}", re.IGNORECASE
)
_FILLER = re.compile(
    r"[\s:(–—-]{0,6}(?:(?:the|a|an|any|its|actual|required|necessary|named|called|such|source|code|critical|core|key|of|and|or"
    rf"|documentation|evidence|e\.g\.|i\.e\.|{_NOUN})[\s:,(]{{1,4}}){{0,12}}",
    re.IGNORECASE,
)
_SOMETHING_ELSE = re.compile(
    r"\s{1,4}(?:tests?|test\s|docs?|documentation|handling|validation|coverage|checks?|support|logic|integration|cases?|errors?|comments?"
    r"|docstrings?|type|annotations?|statements?|parameters?|arguments?|endpoints?|section|entry|entries|key|keys|value|values)\b",
    re.IGNORECASE,
)
_NOT_IN_A_LIST = re.compile(
    r"for|of|in|on|to|with|by|from|is|are|was|were|ha[sv]e?|do|does|uses|calls|contains|includes|imports|defines|provides"
    r"|checks|reports|reads|via|than|not|using|where|which|that|because"
)
_LIST_GOES_ON = re.compile(r"\b(?:and|or)\b.{0,80}\(|\(\s{0,2}(?:e\.g\.|i\.e\.|such as|including)", re.IGNORECASE)
