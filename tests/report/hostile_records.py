"""Run records with one hostile text in every field that holds foreign text."""

from __future__ import annotations

import enum
from typing import Any

from tests.report.run_records import EVERYTHING, RECORDS
from tests.report.test_markdown_text import HOSTILE
from verifier.values.record import RunRecord

IN_MARKUP = {
    "a script that ends ours": "</script><script>window.broken = 1</script>",
    "the end of a style": "</style><script>window.broken = 1</script>",
    "the end of an attribute": "\"><img src=x onerror='window.broken = 1'>",
    "the end of an attribute in single quotes": "' onmouseover='window.broken = 1' x='",
    "an address that is a script": "javascript:window.broken=1",
    "a template": "{{ 7 * 7 }}{% raw %}{# x #}",
    "a policy": '<meta http-equiv="refresh" content="0;url=https://example.org/">',
    "a base": '<base href="https://example.org/">',
    "a frame": '<iframe srcdoc="<script>parent.broken = 1</script>"></iframe>',
    "drawn script": "<svg><script>window.broken = 1</script></svg>",
    "the end of a section of XML": "]]><x/>",
    "a document type": '<!DOCTYPE x [<!ENTITY y "z">]>&y;',
    "a style for everything": "<style>* { display: none }</style>",
    "the end of the folds": "</pre></li></ul></details></section></main></body></html>",
    "a workflow command": "::error file=a.py,line=1::broken",
    "a workflow command on a line of its own": "x\n::stop-commands::x\n  ::add-mask::y",
    "an old workflow command": "x ##[error]broken",
}

SPEAKING = {name: text for name, text in {**HOSTILE, **IN_MARKUP}.items() if "\ud800" not in text}
"""A record is JSON in UTF-8, which has no half of a pair."""

_OURS = {"commit", "remote", "schema_version", "digest", "digests", "response_id", "settings", "claim"}


def hostile(text: str) -> RunRecord:
    """The rich record with the text wherever a statement, a file, a name or the model may speak."""
    given = _with_text(RECORDS.dump_python(EVERYTHING), text)
    for number, ruling in enumerate(given["rulings"], start=1):
        ruling["claim_id"] = f"{text} {number}"
        ruling["claim"]["tags"] = [text] if text.strip() else []
        ruling["claim"]["waiver"] = {"reason": text, "owner": text, "expires": "2025-01-01"} if text.strip() else None
    given["settings"]["reader_model"] = text
    given["policy"] = {"ref": text, "commit": "a" * 40, "changes": [{"claim_id": text, "what": text}]}
    return RECORDS.validate_python(given)


def _with_text(value: Any, text: str, key: str = "") -> Any:
    if isinstance(value, enum.Enum) or key in _OURS or value == "":
        return value
    match value:
        case str():
            return text
        case tuple() | list():
            return [_with_text(item, text) for item in value]
        case dict():
            return {name: _with_text(item, text, name) for name, item in value.items()}
    return value
