"""What a sentence speaks of: documentation, tests, imports, places, all of something, or nothing to be checked.

These say which files a claim needs first and whether an import alone may be cited; in doubt they say no. What evidence
shows is for the second reader to say.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from verifier.languages import FileKind, file_kind, is_test
from verifier.system.patterns import pattern
from verifier.wording.naming import NameKind, named_in


def is_about_prose(text: str) -> bool:
    """Whether the text is itself about documentation, comments or docstrings."""
    if _HANDLES_PROSE.search(without_names(text, is_readme=_is_prose_path)):
        return False
    if _PROSE.search(without_names(text)):
        return True
    return _paths_are_all(text, _is_prose_path) and bool(
        _OPENS_WITH_README.search(without_names(text, is_readme=_is_prose_path))
    )


def is_about_tests(text: str) -> bool:
    """Whether the text is itself about tests."""
    if _paths_are_all(text, is_test) or _names_only_tests(text):
        return True
    plain = without_names(text)
    return bool(_TESTS.search(plain)) and not _RUNS_TESTS.search(plain)


def is_about_imports(text: str) -> bool:
    """Whether the text speaks of importing or depending on something, so that an import alone can bear it out."""
    return bool(_IMPORTS.search(text))


def places_in(text: str) -> tuple[str, ...]:
    """The paths that the text gives as the place of what it says is there, each once, in order.

    None where it says of anything that it is not there: "gone from `a.py`" and "not in `a.py`" hold without the file.
    """
    if says_absent(text):
        return ()
    paths = (named for named in named_in(text) if named.kind is NameKind.PATH)
    return tuple(dict.fromkeys(path.text for path in paths if _IN.search(text[max(0, path.start - 20) : path.start])))


def says_absent(text: str) -> bool:
    """Whether the text says of anything that it is not there, or is there no more."""
    return _ABSENT.search(text) is not None


def quantifiers_in(text: str) -> tuple[str, ...]:
    """Words that speak of all of something, so that one instance does not bear it out: each once, in small letters.

    They come in order; those between backticks are code.
    """
    return tuple(dict.fromkeys(found.lower() for found in _QUANTIFIERS.findall(_CODE.sub("``", text))))


def undecidable_words_in(text: str) -> tuple[str, ...]:
    """Words that praise and that no commit can bear out ("robust"), verbatim, each once, in order."""
    return tuple(dict.fromkeys(word[0] for word in _UNDECIDABLE.finditer(without_names(text))))


_IMPORTS = pattern(
    r"\b(?:re-?)?(?:imports?|imported|importing|exports?|exported)\b|\bdepend(?:s|ed|ing|enc)", re.IGNORECASE
)
_BLANKS = pattern(r"[\s`]+")
_TEST_NAME = pattern(r"test_|Test[A-Z]")
_HANDLES_PROSE = pattern(
    r"\b(?:pars|strip|extract|generat|render|serv|read|ignor|skip|build|count|collect|check|validat|detect|publish"
    r"|expos|return|writ|load|emit|index|print|post|convert|produc|creat|stor|sav|fetch|scan|embed|search|summari[sz]"
    r"|splitt?)(?:e?s|ing|er|or)\b(?:\W+\w+){0,3}?\W+(?:docs?|documentation|docstrings?|comments?|readmes?|changelogs?)\b"
    r"|\b(?:docs?|documentation|docstring|comment|readme|changelog)[ -](?:generator|parser|builder|endpoints?|pages?"
    r"|api|model|section of the (?:form|page)|threads?|form|feature|system|count|tokens?|nodes?|syntax|characters?)\b",
    re.IGNORECASE,
)
_PROSE = pattern(
    r"\bdocumentation\b|\bdocs\b|\bdocstrings?\b|\breadmes?\b|\bchangelogs?\b|\brelease notes\b"
    r"|\buser (?:guide|manual)\b"
    r"|\b(?:is|are|was|were|been|well|fully|be|now|and|all|clearly) documented\b|\bdocumented (?:in|with|by|at|under)\b"
    r"|^\W*documented\W*$|\bdocuments (?:how|that|the|all|each|every|what|why|when)\b"
    r"|\b(?:code|inline|explanatory|block|header|module|todo|source|doc|line|stale|commented) comments?\b"
    r"|\bcommented(?:[ -]out)?\b"
    r"|\bcomments? (?:above|beside|explains?|explaining|describes?|describing|says?|saying|states?"
    r"|stating|notes?|noting"
    r"|warns?|on (?:the|each|every)|in (?:the )?(?:code|source|file|module))\b"
    r"|\b(?:has|have|with|carries|lacks?) (?:an? )?(?:\w+ )?comments?\b(?! (?:field|box|table|list|id|model))",
    re.IGNORECASE,
)
_OPENS_WITH_README = pattern(
    r"^\W*(?:\w+\W+){0,3}(?<!see )(?<!by )readme\b"
    r"|\b(?:documented|described|explained|mentioned|listed|noted|recorded|stated) (?:in|by|at|under)"
    r" (?:the )?(?:file )?readme\b"
    r"|^\W*(?:add|updat|creat|extend|document|describ|explain)(?:e?[sd]|ing)?\b(?:\W+\w+){0,6}?\W+readme\b",
    re.IGNORECASE,
)
_TESTS = pattern(
    r"(?<![\w-])(?:unit|integration|regression|end-to-end|e2e|property|snapshot|functional|acceptance|parametri[sz]ed"
    r"|automated|new|failing|passing|existing|own|separate|\d+|all|more|the|of|no|some|any|by|has|have|with|its|and) "
    r"(?:\w+ )?tests?\b(?!"
    r"[ -](?:mode|environment|data|client|server|key|keys|account|accounts|endpoint|button|drive|run|runs|card|cards"
    r"|user|users|database|instance|image|images|message|payload|stage|step|job|e-?mail|connection|traffic|api)\b)"
    r"|^\W*tests?\b(?: (?:for|of|in|that|cover|covers|check|checks|exists?|pass|are|is|were|added|suite)\b|\W*$)"
    r"|\btest (?:suites?|cases?|coverage|functions?|files?|class|classes|modules?|fixtures?)\b"
    r"|\b(?:unit|integration)[ -]tested\b|\b(?:is|are|was|were|be) (?:\w+ly )?tested (?:by|in a test|with pytest)\b"
    r"|\b(?:is|are) (?:\w+ly )?(?:unit[ -])?tested\W*$|\btested by\b|\bcovered by (?:an? )?(?:\w+ ){0,2}tests?\b",
    re.IGNORECASE,
)
_RUNS_TESTS = pattern(
    r"\b(?:run|execut|launch|start|trigger|skipp?|collect|discover|schedul)(?:e?s|ing|e)?\b(?:\W+\w+){0,3}?\W+tests?\b"
    r"|\b(?:load|stress|a/b|smoke|health|penetration|connectivity|blood|ping|self|liveness)[ -]tests?\b",
    re.IGNORECASE,
)
_IN = pattern(r"\b(?:in|inside|within|under)\s+(?:the\s+)?(?:files?\s+)?[`'\"(]*$", re.IGNORECASE)
_ABSENT = pattern(
    r"\b(?:no|not|never|nothing|nowhere|none|neither|nor|without|gone|absent|missing|lacks?)\b|n't\b"
    r"|\b(?:remov|delet|dropp|mov|renam|replac|retir|ceas|stopp)(?:e[sd]?|ing|ed|al)\b",
    re.IGNORECASE,
)
_QUANTIFIERS = pattern(
    r"\b(every(?:thing|where|one)?|each|all|always|only|solely|exclusively|never|none|nowhere|nothing|"
    r"without exception|any|no longer|whenever)\b",
    re.IGNORECASE,
)
_CODE = pattern(r"`[^`\n]*`")
_UNDECIDABLE = pattern(
    r"(?<![\w-])(?:robust(?:ly|ness)?|production[- ](?:ready|readiness|grade|quality)|comprehensive(?:ly)?"
    r"|advanced(?! (?:by|to|past|through)\b)"
    r"|(?:industry |security |coding )?best[- ]practices?|proper(?:ly)?|seamless(?:ly)?|high[- ]quality"
    r"|scalab(?:le|ility)"
    r"|(?:highly )?efficient(?:ly)?|efficiency|enterprise[- ](?:grade|ready|level)|world[- ]class"
    r"|state[- ]of[- ]the[- ]art"
    r"|battle[- ]tested|bullet-?proof|rock[- ]solid|user[- ]friendly|intuitive(?:ly)?|elegant(?:ly)?"
    r"|maintainab(?:le|ility)"
    r"|well[- ](?:tested|structured|designed|organi[sz]ed|documented|written)|performant|high[- ]performance"
    r"|sophisticated"
    r"|cutting[- ]edge|modern|reliab(?:le|ly|ility)|clean code|easy to (?:use|read|extend|maintain)|lightning[- ]fast"
    r"|blazing(?:ly)?[- ]fast|industry[- ]standard|future[- ]proof|fully[- ](?:functional|featured)|thorough(?:ly)?"
    r"|adequate(?:ly)?|appropriate(?:ly)?|sensibl[ey]|reasonabl[ey]|optimal(?:ly)?|mature|polished|holistic(?:ally)?)"
    r"(?![\w-]*\w)",
    re.IGNORECASE,
)


def without_names(text: str, is_readme: Callable[[str], bool] = lambda _: False) -> str:
    """The text with white space folded and every path, identifier and quotation made an X (or, where so, a readme)."""
    pieces: list[str] = []
    at = 0
    for name in named_in(text):
        if name.start >= at and name.kind is not NameKind.NUMBER:
            pieces += [text[at : name.start], " readme " if is_readme(name.text.lower()) else " X "]
            at = name.end
    return _BLANKS.sub(" ", "".join([*pieces, text[at:]]))


def _paths_are_all(text: str, is_such: Callable[[str], bool]) -> bool:
    paths = [named.text for named in named_in(text) if named.kind is NameKind.PATH]
    return bool(paths) and all(is_such(path) for path in paths)


def _is_prose_path(path: str) -> bool:
    return file_kind(path) is FileKind.PROSE


def _names_only_tests(text: str) -> bool:
    """Whether all the code that the text names is test functions and classes."""
    names = [named for named in named_in(text) if named.kind in (NameKind.PATH, NameKind.IDENTIFIER)]
    return bool(names) and all(is_test(n.text) or _TEST_NAME.match(n.text) for n in names)
