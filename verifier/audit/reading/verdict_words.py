"""Verdict lines of foreign reports: which words are a verdict, and what do they amount to?

A verdict is read where the words that give it lead: behind a label (`**Status**: ...`), at the head of a bullet, or at
the head of what follows a claim's id. Inside a sentence ("to be FULLY RESOLVED it would have to ...") they give none.

"Not validated", "not verified" and their like say two things: that the check failed, or that there was none. They
are UNPROVEN where the line itself says that something to check with was missing, and NOT otherwise. "Not fully
resolved" leaves open whether anything is, so it is kept as a word without a verdict.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from verifier.audit.reading.fields import ID_PATTERN, claim_id
from verifier.audit.values import ReportVerdict


@dataclass(frozen=True)
class VerdictWords:
    """A verdict as it stands in a line, or the reason why there is none."""

    word: str
    verdict: ReportVerdict | None
    end: int = 0
    """Where the words end in the text that was read."""
    problem: str = ""
    """Why the line gives no verdict, although it looks as if it should."""
    strong: bool = False
    """Unmistakable without a label: two words (`FULLY RESOLVED`), or capitals behind a mark."""


@dataclass(frozen=True)
class VerdictLine:
    """A line that gives a verdict, or fails to."""

    words: VerdictWords | None
    """None: the label stands alone and the verdict is on the next line."""
    labelled: bool
    claim: str | None = None
    """Id of the claim that the line names, `*` where it says that it is about all of them."""
    overall: bool = False
    """Labelled as a verdict on the whole."""

    @property
    def on_all_claims(self) -> bool:
        """Whether it says of all claims at once what they are."""
        return self.claim == "*"


def verdict_line(text: str) -> VerdictLine | None:
    """Read a line, without its bullet, as a verdict; None when it is about something else."""
    text = text.replace("**", "").replace("__", "")
    match = _LABEL.match(text)
    if match is None:
        words = leading_words(text)
        return VerdictLine(words, labelled=False) if words and _leads_alone(text, words) else None
    named = match["before"] or match["after"] or match["inside"]
    claim = claim_id(named) if named else None
    overall = (match["kind"] or "").strip().lower() in ("final", "overall")
    rest = text[match.end() :]
    if everything := _ALL_CLAIMS.match(rest):
        claim, rest = "*", rest[everything.end() :]
    if not rest.strip(_DECORATION):
        return VerdictLine(None, True, claim, overall)
    words = leading_words(rest, labelled=True)
    if words is not None:
        return VerdictLine(replace(words, end=words.end + match.end()), True, claim, overall)
    unknown = VerdictWords("", None, problem="no verdict word that is known leads the line")
    return VerdictLine(unknown, True, claim, overall)


def leading_words(text: str, *, labelled: bool = False, marked: bool = False) -> VerdictWords | None:
    """The verdict at the head of a text, behind a mark where `marked`; None when it begins with something else."""
    text = text.replace("**", "")
    start, match = _phrase(text)
    mark = next((_MARKS[sign] for sign in text[:start] if sign in _MARKS), None)
    if (marked and mark is None) or _UNTICKED.match(text):
        return None
    if match is None:
        return _bare_mark(text, start, mark)
    word = " ".join(match[0].split())
    rest = text[match.end() :]
    words = VerdictWords(word, _meaning(match, rest), match.end(), strong=_is_strong(match, mark))
    if problem := _problem(text[:start], words.verdict, rest):
        return replace(words, verdict=None, problem=problem)
    if words.strong or _BOUNDARY.match(rest) or (labelled and mark is not None):
        return words
    return None


def trailing_words(text: str) -> tuple[int, VerdictWords] | None:
    """The verdict that closes a heading or one-line claim, and where its separator begins.

    It has a mark before it or stands in capitals behind a separator: words of the statement are not taken for it.
    """
    for match in _SEPARATOR.finditer(text):
        words = leading_words(text[match.end() :])
        if words is None or not (words.verdict or words.problem) or not (words.strong or match["mark"]):
            continue
        if match["mark"] or words.word.isupper():
            at = match.start("mark") if match["mark"] else match.end()
            words = leading_words(text[at:]) or words
            return match.start(), replace(words, end=words.end + at)
    return None


def answer_words(text: str) -> VerdictWords | None:
    """The verdict that an answer amounts to: "Yes", "No", "Partly"; None when the text is none."""
    match = _ANSWER.match(text)
    if match is None or match.lastgroup is None:
        return None
    return VerdictWords(match[match.lastgroup], _GROUPS[match.lastgroup], match.end())


def marked_words(text: str) -> VerdictWords | None:
    """The mark that begins a statement (`✅ Pool drains`); None where no mark does, or where a verdict follows."""
    match = _MARKED_STATEMENT.match(text)
    return VerdictWords(match[1], _MARKS[match[1]], match.end()) if match and not leading_words(text) else None


def words_of_group(text: str) -> VerdictWords | None:
    """The verdict on each bullet below a line such as "Fully compliant requirements:"; None when it is no such line."""
    _, match = _phrase(text)
    if match is None or match["unclear"] or not _OF_MANY.fullmatch(text, match.end()):
        return None
    if not match["by_hand"] and not text[match.end() :].strip(" :"):
        return None
    return VerdictWords(" ".join(match[0].split()), _meaning(match, ""), match.end())


def _phrase(text: str) -> tuple[int, re.Match[str] | None]:
    """Where the marks and decoration at the head of a text end, and the verdict that follows them."""
    lead = _LEAD.match(text)
    start = lead.end() if lead else 0
    return start, _PHRASE.match(text, start)


def _meaning(match: re.Match[str], rest: str) -> ReportVerdict | None:
    if match["unchecked"] and _NOTHING_TO_CHECK.search(rest[:400]):
        return ReportVerdict.UNPROVEN
    return next((verdict for group, verdict in _GROUPS.items() if match[group]), None)


def _is_strong(match: re.Match[str], mark: ReportVerdict | None) -> bool:
    qualified = " " in match[0].strip() or "-" in match[0]
    return (qualified and match[0][0].isupper()) or (mark is not None and match[0].isupper())


def _problem(lead: str, verdict: ReportVerdict | None, rest: str) -> str:
    """Why words that lead a line are no verdict all the same; "" when they are."""
    if (other := _ALTERNATIVE.match(rest)) and _offers_another(rest[other.end() :], verdict):
        return "offers several verdicts to choose from"
    if _HYPOTHETICAL.match(rest):
        return "says what the verdict would be, not what it is"
    if verdict is None:
        return "leaves open which verdict it is"
    if any(opening in lead for opening in "<{"):
        return "is a placeholder"
    return ""


def _offers_another(text: str, verdict: ReportVerdict | None) -> bool:
    _, match = _phrase(text)
    return match is not None and _meaning(match, "") is not verdict and _is_strong(match, None)


def _bare_mark(text: str, start: int, mark: ReportVerdict | None) -> VerdictWords | None:
    """A mark with nothing behind it is a verdict too."""
    if mark is None or text[start:].strip(_DECORATION + _SIGNS + ".:/|,"):
        return None
    signs = [sign for sign in text if sign in _MARKS]
    if len({_MARKS[sign] for sign in signs}) > 1:
        return VerdictWords("", None, start, "offers several verdicts to choose from")
    return VerdictWords(signs[0], mark, start)


def _leads_alone(text: str, words: VerdictWords) -> bool:
    """Whether words without a label are a verdict: unmistakable ones, followed by a stop or a "Yes"."""
    rest = text[words.end :]
    return words.strong and bool(_BOUNDARY.match(rest)) and not _NO.match(rest)


_ADJECTIVES = (
    r"(?:resolved|implemented|verified|validated|valid|confirmed|satisfied|met|completed?|supported|correct|compliant"
    r"|addressed|fixed|passed|passing|true|accurate|successful|achieved|proven|demonstrated|substantiated|fulfilled"
    r"|integrated|tested|functional|working|done)"
)
_PHRASE = re.compile(
    r"(?:"
    rf"(?P<unclear>not[\s_-]{{1,3}}(?:yet\s)?(?:fully|completely|entirely|partially)(?:[\s_-]{{1,3}}{_ADJECTIVES})?)"
    r"|(?P<unproven>(?P<by_hand>(?:requires?|needs?)\s(?:further\s)?(?:human|manual)\s(?:verification|review|testing))|unverifiable|unverified|unproven|inconclusive|indeterminate|undetermined|unknown|unclear"
    r"|insufficient[\s_-]evidence|not[\s_-](?:verifiable|provable|proven|assessable|determinable|evaluated|assessed|tested)"
    r"|unable[\s_-]to[\s_-](?:verify|validate|determine|confirm|assess)"
    r"|can(?:not|'t)[\s_-](?:verify|validate|determine|confirm|assess)"
    r"|(?:can|could)[\s_-]?not[\s_-]be[\s_-](?:verified|validated|determined|confirmed|assessed))"
    r"|(?P<unchecked>(?:not[\s_-](?:yet\s)?|un)(?:validated|verified|confirmed|demonstrated|substantiated))"
    rf"|(?P<partially>(?:partially|partly|mostly|largely|substantially)(?:[\s_-]{{1,3}}{_ADJECTIVES})?"
    r"|partial(?:[\s_-](?:pass|success|resolution|implementation|compliance))?|incomplete|mixed)"
    rf"|(?P<not>not[\s_-]{{1,3}}(?:yet\s)?(?:{_ADJECTIVES}|found|present)"
    r"|non-?compliant|unresolved|unimplemented|unsatisfied|unmet|failed|failure|fail|false|missing|absent|refuted|rejected|invalid"
    r"|incorrect|inaccurate|disproven|contradicted)"
    rf"|(?P<fully>(?:fully|completely|entirely|100%)[\s_-]{{1,3}}{_ADJECTIVES}|{_ADJECTIVES}|fully|pass|success|approved)"
    r")(?![\w-])",
    re.IGNORECASE,
)
_GROUPS = {
    "unproven": ReportVerdict.UNPROVEN,
    "unchecked": ReportVerdict.NOT,
    "partially": ReportVerdict.PARTIALLY,
    "not": ReportVerdict.NOT,
    "fully": ReportVerdict.FULLY,
}
_MARKS = (
    dict.fromkeys("✅✔☑🟢", ReportVerdict.FULLY)
    | dict.fromkeys("⚠🟡🟠🔶", ReportVerdict.PARTIALLY)
    | dict.fromkeys("❌✖✗✘🔴⛔🚫", ReportVerdict.NOT)
    | dict.fromkeys("❓❔", ReportVerdict.UNPROVEN)
)
_MARKED_STATEMENT = re.compile(rf"[\s*_]{{0,4}}([{''.join(_MARKS)}])\ufe0f?[\s*_]{{1,4}}(?=\w|`)")
_ANSWER = re.compile(
    r"[\s(\"'`*_]{0,6}(?:(?P<fully>yes|y|true|full)|(?P<partially>partial|partly|partially|in part)"
    r"|(?P<not>no|not|n|false|none))(?![\w-])",
    re.IGNORECASE,
)
_NO = re.compile(r"[\s:\"'`]{0,6}no\b", re.IGNORECASE)
_OF_MANY = re.compile(
    r"\s{0,2}(?:(?:ticket|acceptance|functional|code|the)\s)?(?:requirement|claim|criteri(?:a|on)|item|point|goal|objective|ticket)?s?"
    r"\s{0,2}(?:\(\d{1,4}\))?\s{0,2}:?\s{0,2}",
    re.IGNORECASE,
)
_SIGNS = "".join(_MARKS) + "\ufe0f"
_DECORATION = " \t*_\"'`“”‘’[]()\ufe0f"
_LEAD = re.compile(rf"(?:\[[xX]\])?[{re.escape(_DECORATION + _SIGNS)}<{{]{{0,30}}")
_UNTICKED = re.compile(r"\s{0,4}\[\s?\]")
_BOUNDARY = re.compile(rf"[\s{re.escape(_DECORATION + _SIGNS)}>}}]{{0,12}}(?:$|[:.;,!|(]|[-–—]|yes\b)", re.IGNORECASE)
_ALTERNATIVE = re.compile(
    rf"[\s{re.escape(_DECORATION)}>}}]{{0,12}}(?:/|\||,|\bor\b)[\s{re.escape(_DECORATION)}]{{0,12}}"
)
_HYPOTHETICAL = re.compile(
    r"[\s*_\"'`]{0,6}(?:would|could|should|might|may\b|if\b|unless\b|assuming|provided that|only if)",
    re.IGNORECASE,
)
_NOTHING_TO_CHECK = re.compile(
    r"missing|absen|evidence|not\s(?:\w{1,20}\s)?(?:provided|available|included|supplied|present)|unavailable|without"
    r"|no\s(?:\w{1,20}\s)?(?:code|codebase|access|files?)\b|empty|lack|insufficient|unable|cannot|impossible",
    re.IGNORECASE,
)
_ALL_CLAIMS = re.compile(
    r"[\s\"'`]{0,6}(?:all|every|each)\s(?:of\sthe\s)?(?:\w{1,12}\s)?claims?\s(?:are|is|remains?)\s", re.IGNORECASE
)
_LABEL = re.compile(
    rf"[\s{re.escape(_DECORATION + _SIGNS)}📊🎯⚖🏁📋🔍]{{0,12}}"
    rf"(?:(?P<before>{ID_PATTERN})['’]?s?[\s:–—-]{{1,3}})?"
    r"(?P<kind>(?:final|overall|validation|verification|resolution|claim|current|implementation|my)\s{1,3})?"
    r"(?:verdict|status|validation|result|resolution|assessment|ruling|decision|outcome|conclusion|evaluation|finding)"
    rf"(?:\s{{1,3}}(?:for|on|of)\s{{1,3}}[\"'`]{{0,2}}(?P<after>{ID_PATTERN})[\"'`]{{0,2}}|\s{{0,3}}[(\[](?P<inside>{ID_PATTERN})[)\]])?"
    r"(?:\s(?:status|result))?[\"'`_*]{0,3}\s{0,3}(?:[:=]|[–—-]\s|→|$)",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(
    rf"[\s:\-–—→|(\[]{{0,12}}(?P<mark>[{re.escape(_SIGNS)}])|\s{{0,4}}(?:[-–—→|:]|->|=>)\s{{1,4}}[(\[]?|\s[(\[]"
)
