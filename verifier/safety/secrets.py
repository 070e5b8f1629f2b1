"""Secrets, replaced where text is read: keys, tokens, private keys, passwords.

What is replaced either has a shape that only a secret has, or is a literal that looks random beside a name that says
secret. Ordinary code stays as it is: names, types, calls, placeholders, hashes and ids are no secrets. Lines are never
added or dropped, and text that was redacted once is not changed again.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

import re2

Span = tuple[int, int, str]
"""First byte, the byte after the last, and the kind of secret."""


def redact(text: str) -> tuple[str, int]:
    """The text with every secret replaced by `[redacted: <kind>]`, and how many there were."""
    data = text.encode("utf-8", "surrogatepass")
    count = 0
    # What stood right beside a secret may be told apart only once that is gone.
    while found := sorted(_found(data)):
        data, replaced = _replaced(data, found)
        count += replaced
    return (data.decode("utf-8", "surrogatepass"), count) if count else (text, 0)


def _found(data: bytes) -> Iterator[Span]:
    for needed, shape, rules in _RULES:
        may_be = not needed or any(literal in data for literal in needed)
        if may_be and _engine(shape).search(data) is not None:
            for rule in rules:
                yield from rule(data)


def _replaced(data: bytes, found: list[Span]) -> tuple[bytes, int]:
    written: list[bytes] = []
    done = count = 0
    for start, end, kind in found:
        if start >= done:
            written += [data[done:start], _covered(data[start:end], kind)]
            done, count = end, count + 1
    return b"".join([*written, data[done:]]), count


def _covered(secret: bytes, kind: str) -> bytes:
    label = f"[redacted: {kind}]".encode()
    if kind != PRIVATE_KEY:
        return label
    # The lines of a block stay, and so does what holds them together where they stand in a string.
    return re.sub(rb"\\[nrt]|[\w+/=]{4,}", lambda run: run[0] if run[0].startswith(b"\\") else label, secret)


def _either(*shapes: str) -> str:
    return "|".join(f"(?:{shape})" for shape in shapes)


@cache
def _engine(shape: str) -> Any:
    """The linear-time engine, which finds; Python's own only takes apart what was found."""
    options = _options()
    options.never_capture = True
    return re2.compile(shape.encode("ascii"), options)


def _options() -> Any:
    options = re2.Options()
    options.max_mem = 64 << 20
    options.log_errors = False
    return options


def _matches(shape: str, data: bytes) -> Iterator[re.Match[bytes]]:
    exact = re.compile(shape.encode("ascii"))
    for hit in _engine(shape).finditer(data):
        taken_apart = exact.match(data, hit.start())
        if taken_apart is not None:
            yield taken_apart


# Private keys.

PRIVATE_KEY = "private key"

_PEM_BEGIN = r"-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----|Private-Lines: \d+"
_PEM_END = re.compile(rb"-----END |Private-MAC:")
_BETWEEN_RUNS = re.compile(rb"\\[nrt]|[\s\"'`,;+\\]|^[\w-]+: .*$", re.MULTILINE)
_CUT_OFF = re.compile(
    rb"[^\n]{0,9}(?:\n(?:[^\w\n]*[A-Za-z0-9+/]{40}[^\n]*|[ \t]*[\w-]+: [^\n]*|[ \t\r]*(?=\n)))+"
    rb"(?:\n[ \t]*[\w+/=]{4,}[ \t\r]*(?=\n|\Z))?"
)


def _private_keys(data: bytes) -> Iterator[Span]:
    for begin in _matches(_PEM_BEGIN, data):
        end = _PEM_END.search(data, begin.end(), begin.end() + 20_000)
        if end is not None and _is_key_body(data[begin.end() : end.start()]):
            yield begin.end(), end.start(), PRIVATE_KEY
            continue
        cut_off = _CUT_OFF.match(data, begin.end(), begin.end() + 20_000)
        if cut_off is not None and _is_key_body(cut_off[0]):
            yield begin.end(), cut_off.end(), PRIVATE_KEY


def _is_key_body(body: bytes) -> bool:
    """Whether nearly all of it is encoded bytes. A program that only looks for the markers has none between them."""
    bare = _BETWEEN_RUNS.sub(b"", body)
    encoded = sum(len(run) for run in re.findall(rb"[A-Za-z0-9+/=]{30,}", bare))
    return encoded > 0.8 * len(bare)


# Tokens that are known by their shape.

_KNOWN: dict[str, str] = {
    "AWS access key": r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b",
    "GitHub token": r"\bgh[pousr]_[A-Za-z0-9]{36,}\b|\bgithub_pat_[A-Za-z0-9_]{40,}\b",
    "GitLab token": r"\bgl(?:pat|ptt|dt|rt|cbt|ft|soat|imt|agent|oas)-[A-Za-z0-9_-]{20,}",
    "Google API key": r"\bAIza[A-Za-z0-9_-]{35}|\bAQ\.[A-Za-z0-9_-]{40,}",
    "Google OAuth secret": r"\bGOCSPX-[A-Za-z0-9_-]{28}|\bya29\.[A-Za-z0-9_-]{30,}",
    "Slack token": r"\bxox[abeoprs](?:\.xox[abp])?-[A-Za-z0-9-]{20,}|\bxapp-\d-[A-Za-z0-9-]{20,}",
    "Slack webhook": r"hooks\.slack\.com/(?:services|workflows)/[A-Za-z0-9_/]{30,}",
    "Discord webhook": r"discord(?:app)?\.com/api/webhooks/\d{15,}/[A-Za-z0-9_-]{50,}",
    "Discord token": r"\b[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40}\b",
    "Stripe key": r"\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,}\b|\bwhsec_[A-Za-z0-9+/]{32,}",
    "npm token": r"\bnpm_[A-Za-z0-9]{36}\b",
    "PyPI token": r"\bpypi-Ag(?:EIcHlwaS5vcmc|ENdGVzdC5weXBpLm9yZw)[A-Za-z0-9_-]{40,}",
    "RubyGems key": r"\brubygems_[0-9a-f]{48}\b",
    "crates.io token": r"\bcio[A-Za-z0-9]{32}\b",
    "OpenAI key": r"\bsk-(?:proj|svcacct|admin)-[A-Za-z0-9_-]{40,}|\bsk-[A-Za-z0-9]{48}\b",
    "Anthropic key": r"\bsk-ant-[A-Za-z0-9]{3,8}-[A-Za-z0-9_-]{40,}",
    "Hugging Face token": r"\bhf_[A-Za-z0-9]{34,}\b",
    "JSON Web Token": r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{16,}",
    "SendGrid key": r"\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}",
    "Mailgun key": r"\bkey-[0-9a-f]{32}\b",
    "Mailchimp key": r"\b[0-9a-f]{32}-us\d{1,2}\b",
    "Twilio key": r"\bSK[0-9a-f]{32}\b",
    "DigitalOcean token": r"\bdo[opr]_v1_[0-9a-f]{64}\b",
    "Shopify token": r"\bshp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}\b",
    "Square token": r"\bsq0(?:atp|csp|idp)-[A-Za-z0-9_-]{22,43}|\bEAAA[A-Za-z0-9_-]{60}\b",
    "Telegram token": r"\b\d{8,10}:AA[A-Za-z0-9_-]{33}\b",
    "Azure account key": r"(?:AccountKey|SharedAccessKey)=[A-Za-z0-9+/]{43,86}={1,2}",
    "Databricks token": r"\bdapi[0-9a-f]{32}\b",
    "Atlassian token": r"\bATATT3[A-Za-z0-9_=-]{50,}|\bATBB[A-Za-z0-9]{32}\b",
    "Linear key": r"\blin_api_[A-Za-z0-9]{40}\b",
    "Notion token": r"\b(?:secret_[A-Za-z0-9]{43}|ntn_[A-Za-z0-9]{40,})\b",
    "New Relic key": r"\bNRAK-[A-Z0-9]{27}\b",
    "Sentry token": r"\bsntry[su]_[A-Za-z0-9+/_=-]{40,}",
    "Docker token": r"\bdckr_(?:pat|oat)_[A-Za-z0-9_-]{27,}",
    "Vault token": r"\bhv[bsr]\.[A-Za-z0-9_-]{24,}",
    "Terraform token": r"\b[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,}",
    "Grafana token": r"\bglsa_[A-Za-z0-9]{32}_[0-9a-f]{8}\b|\bglc_[A-Za-z0-9+/=]{32,}",
    "Postman key": r"\bPMAK-[0-9a-f]{24}-[0-9a-f]{34}\b",
    "Doppler token": r"\bdp\.(?:pt|st|ct|sa|scim|audit)\.[A-Za-z0-9._-]{40,}",
    "Supabase token": r"\bsbp_[0-9a-f]{40}\b",
    "Figma token": r"\bfigd_[A-Za-z0-9_-]{40,}",
    "Netlify token": r"\bnfp_[A-Za-z0-9]{36,}\b",
    "PlanetScale token": r"\bpscale_(?:tkn|oauth|pw)_[A-Za-z0-9._-]{32,}",
    "age secret key": r"\bAGE-SECRET-KEY-1[0-9A-Z]{58}\b",
}

LABEL_WORDS = frozenset(re.findall(r"\w+", " ".join(("redacted password token key secret", PRIVATE_KEY, *_KNOWN))))
"""The words that stand in place of secrets."""

_ANY_KNOWN = _either(*_KNOWN.values())


def _tokens(data: bytes) -> Iterator[Span]:
    for hit in _engine(_ANY_KNOWN).finditer(data):
        secret: bytes = hit.group()
        if not _is_placeholder(secret):
            yield hit.start(), hit.end(), _kind(secret)


def _kind(secret: bytes) -> str:
    return next(kind for kind, shape in _KNOWN.items() if re.fullmatch(shape.encode("ascii"), secret))


# Passwords in addresses and connection strings.

_ADDRESS = r"\b[a-zA-Z][a-zA-Z0-9+.-]{1,30}://([^\s/:@'\"`<>{}$\\]{0,100}):([^\s/@'\"`<>{}$()\\]{3,200})@[\w\[.-]"
_QUERY = (
    r"(?i)[?&;](?:(?:access|auth)[_-]?token|api[_-]?key|client[_-]?secret|passw(?:or)?d|pwd|secret|token|sig|signature)"
    r"=([\w.~+/%=!@#*^-]{6,200})"
)


def _in_addresses(data: bytes) -> Iterator[Span]:
    for hit in _matches(_ADDRESS, data):
        user, password = hit[1], hit[2]
        if (
            password != user
            and not re.match(rb"\d+,", password)
            and not _is_placeholder(password)
            and password.lower() not in _COMMON_WORDS
        ):
            yield *hit.span(2), "password"
    for hit in _matches(_QUERY, data):
        if _looks_random(hit[1]) or (b"p" in hit[0][1:2].lower() and _looks_like_a_password(hit[1])):
            yield *hit.span(1), "password" if hit[0][1:2] in b"pP" else "token"


_COMMON_WORDS = frozenset(
    b"user username pass passwd password passphrase pw pwd secret token key foo bar baz test testing tester example "
    b"abc 123 1234 12345 123456 admin root guest postgres mysql mongo redis port host 8080".split()
)


# Literals beside names that say secret.

_NAME = (
    r"(?:passw(?:or)?d|passphrase|passwd|pwd|secret|token|api[_-]?key|access[_-]?key|auth[_-]?key|private[_-]?key"
    r"|signing[_-]?key|encryption[_-]?key|account[_-]?key|master[_-]?key|credential)[\w.-]{0,40}"
)
_TYPE = r"(?:[ \t]*:[ \t]*[\w&'<>\[\],. ]{1,40}?)?"
_SIGN = r"[ \t]*(?::=|=>|===?|!==?|=|:|,|[ \t])[ \t]*"
_OPENING = r"(?:[a-z]{1,8}\()?[rbuf]{0,2}\\?([\"'`])"
_QUOTED = rf"(?i){_NAME}\\?[\"'`]?[\])]?{_TYPE}{_SIGN}{_OPENING}([^\s\"'`\\]{{6,200}})\\?([\"'`])"

_WORD = r"([^\s\"'`(){}\[\]<>$,;]{8,200})"
_KEYWORD = r"(?:[-#*][ \t]+)?(?:(?:export|set|env|arg)[ \t]+)?"
_BARE = rf"(?im)^[ \t]*{_KEYWORD}[\w./:@-]{{0,60}}?{_NAME}[ \t]*[=:][ \t]*{_WORD}[ \t]*\r?$"

_IS = r"\\?[\"'`]?\]?[ \t]*[:=,][ \t]*\\?[\"'`]?"
_HEADER = (
    rf"(?i)\bauthorization{_IS}(?:basic|bearer|token|bot|apikey)[ \t]+([\w.~+/=-]{{12,}})"
    r"|\bbearer[ \t]+([\w.~+/=-]{20,})"
    rf"|\bx-(?:api-key|auth-token|access-token){_IS}([\w.~+/=-]{{16,}})"
)
_OPTION = r"--?(?:[\w-]{0,30}-)?(?:password|passwd|token|secret|api-?key)"
_FLAG = rf"(?i)(?:^|[\s\"'\[]){_OPTION}(?:=|[ \t]+|[\"'],[ \t]*[\"']){_WORD}"
_ELEMENT = r"(?i)<[\w:.-]{0,40}(?:password|passphrase|secret|token|api-?key)>([^\s<>$]{8,200})</"
_SENTENCE = rf"(?i)\b(?:identified[ \t]+by|password)[ \t]+'?{_WORD}"

_DENIED_NAME = re.compile(
    rb"(?i)^token(?:iz|is)|hash|digest|(?:ids?|ur[il]s?|path|file|filename|names?|fields?|types?|header|prefix|suffix"
    rb"|regexp?|pattern|format|len|length|size|ttl|endpoint|alg|algorithm|label|placeholder|help|text|title|desc"
    rb"|description|class|param|parameter|arn|ref|version|count|index|offset|kind|policy|expiry|expires|time|date|_at"
    rb"|used|hint|message|msg|error)$"
)
"""What follows in a name that says secret, where it is the name of something else."""

_OTHER_BEFORE = re.compile(
    rb"(?i)(?:::|/|public)[\w.-]{0,40}\Z|\[redacted: [\w ]{0,30}\Z"
    rb"|(?:next|page|continuation|change|starting|cancel(?:lation)?|sync)[_-]?\Z"
)
"""What stands before it, where it is part of a type, a path, a public key, a redaction, or a place in a list."""


def _in_headers(data: bytes) -> Iterator[Span]:
    for hit in _matches(_HEADER, data):
        group = next(i for i in (1, 2, 3) if hit[i] is not None)
        if _looks_random(hit[group], at_least=12):
            yield *hit.span(group), "token"
    for shape in (_FLAG, _ELEMENT, _SENTENCE):
        yield from _beside_a_name(_matches(shape, data), 1)


def _in_assignments(data: bytes) -> Iterator[Span]:
    yield from _beside_a_name((hit for hit in _matches(_QUOTED, data) if hit[1] == hit[3]), 2)
    yield from _beside_a_name(_matches(_BARE, data), 1)


def _beside_a_name(hits: Iterator[re.Match[bytes]], group: int) -> Iterator[Span]:
    for hit in hits:
        name = _name(hit[0][: hit.start(group) - hit.start()])
        if _OTHER_BEFORE.search(hit.string, max(0, hit.start() - 50), hit.start()):
            continue
        if not _DENIED_NAME.search(name) and _is_secret(name, hit[group]):
            yield *hit.span(group), "password" if name.lower().startswith(b"p") else _noun(name)


_FIND_NAME = re.compile(_NAME.encode("ascii"), re.IGNORECASE)


def _name(before: bytes) -> bytes:
    """The name that says secret, with what follows it within the word."""
    found = _FIND_NAME.search(before)
    return found[0] if found else b"password"


def _noun(name: bytes) -> str:
    lowered = name.lower()
    return "key" if b"key" in lowered else "token" if b"token" in lowered else "secret"


def _is_secret(name: bytes, value: bytes) -> bool:
    if re.match(rb"(?i)p(?:assw|wd|assphrase)", name):
        return _looks_like_a_password(value) or _looks_random(value)
    return _looks_random(value)


def _looks_like_a_password(value: bytes) -> bool:
    """Whether a literal is one that somebody thought up as a password: three kinds of characters."""
    kinds = (rb"[a-z]", rb"[A-Z]", rb"\d", rb"[^\w.,/\\:;-]")
    return len(value) >= 8 and sum(re.search(kind, value) is not None for kind in kinds) >= 3 and not _is_code(value)


def _looks_random(value: bytes, at_least: int = 16) -> bool:
    """Whether a literal is made by a generator: digits and letters mixed as no name has them."""
    if len(value) < at_least or _is_code(value):
        return False
    if not re.search(rb"\d", value) or not re.search(rb"[a-zA-Z]", value):
        return False
    words = re.split(rb"[_.:-]", value)
    if len(words) > 1 and all(re.fullmatch(rb"(?:v?\d{1,3}|[a-zA-Z]{1,12})\d{0,2}[a-z]{0,2}", word) for word in words):
        return False
    pieces = re.findall(rb"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+", value)
    scattered = len(re.findall(rb"\d+", value)) >= 3
    return _entropy(value) >= 3.0 and (scattered or sum(map(len, pieces)) / len(pieces) < 2.8)


def _is_code(value: bytes) -> bool:
    """Whether a literal is a call, an address, a path, a format or a placeholder."""
    return bool(
        re.search(
            rb"://|\$[\w({]|\{|%\(|%[sd]|\(\)|<|^[./~]|^arn:|^\d{4}-\d\d-\d\d|^(?:[\w-]+/)+[\w.-]+$|\[redacted", value
        )
    ) or (_is_placeholder(value))


_PLACEHOLDER = re.compile(
    rb"(?i)example|change[_-]?(?:me|this|it)|place[_-]?holder|dummy|fake|your[_-]|my[_-]|xxx|\*\*\*|\.\.\.|insert|replace"
    rb"|redacted|to[_-]?do|fixme|not[_-]?(?:a|so)[_-]|0123456789|1234567|abcdef|qwerty|sample|getenv|environ|process\.env"
)


def _is_placeholder(value: bytes) -> bool:
    """Whether a literal only stands where a secret would."""
    return _PLACEHOLDER.search(value) is not None or (len(set(value)) <= 5 and len(value) >= 8)


def _entropy(value: bytes) -> float:
    """Bits a byte."""
    return -sum(n / len(value) * math.log2(n / len(value)) for n in Counter(value).values())


_RULES = (
    ((b"PRIVATE KEY", b"Private-Lines"), _PEM_BEGIN, (_private_keys,)),
    ((), _either(_ANY_KNOWN, _ADDRESS, _QUERY), (_tokens, _in_addresses)),
    ((), _either(_HEADER, _FLAG, _ELEMENT, _SENTENCE, _QUOTED, _BARE), (_in_headers, _in_assignments)),
)
"""What must stand in a text, if anything, what to look for, and who takes it apart.

One pass for several shapes; a pass for all of them is slower than these three.
"""
