"""JUnit and Cobertura: XML without entities, so that nothing is fetched and nothing grows."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError  # defusedxml parses

from verifier.ci_files.contents import Contents, UnreadableError
from verifier.values.ci import CaseOutcome, CiFormat, MeasuredFile, TriedCase

COMMIT_PROPERTY = "commit"
"""The property of a JUnit suite that names its commit."""
_NOT_RUN = frozenset({"notrun", "disabled", "skipped", "suppressed"})
"""What GoogleTest and CTest say, without an element `skipped`, of a test that did not run."""


def read_xml(data: bytes) -> Contents | None:
    """The tests or covered lines of a document. None where it is XML of another kind.

    Raises:
        UnreadableError: It is no XML, declares entities, or has numbers that are none.
    """
    from defusedxml.ElementTree import fromstring

    try:
        root = fromstring(data)
    except (ParseError, ValueError, LookupError) as error:  # of defusedxml, ValueErrors; unknown encodings
        raise UnreadableError(f"it is no XML that is read here ({error})") from error
    if root.tag in ("testsuites", "testsuite"):
        return Contents(CiFormat.JUNIT, _commits(root), cases=tuple(_cases(root)))
    # Clover's root is called the same.
    if root.tag == "coverage" and root.find("packages") is not None:
        return Contents(CiFormat.COBERTURA, measured=tuple(_measured(root)))
    return None


def _commits(root: Element) -> tuple[frozenset[str], ...]:
    of_all = _named(root)
    suites = [root] if root.tag == "testsuite" else root.findall("testsuite")
    return tuple(of_all | _named(suite) for suite in suites) or (of_all,)


def _named(suite: Element) -> frozenset[str]:
    found = suite.iterfind(f"properties/property[@name='{COMMIT_PROPERTY}']")
    return frozenset(one.get("value") or (one.text or "").strip() for one in found)


def _cases(root: Element) -> Iterator[TriedCase]:
    """Every test in the document's suites, however deep these are nested."""
    from junitparser import TestCase

    waiting: list[tuple[Element, str | None]] = [(root, None)]
    while waiting:
        element, file = waiting.pop()
        file = element.get("file") or element.get("filepath") or file
        waiting.extend((suite, file) for suite in reversed(element.findall("testsuite")))
        for one in element.iterfind("testcase"):
            case = TestCase.fromelem(one)  # type: ignore[no-untyped-call]
            outcome = CaseOutcome.PASSED
            if case.is_failure or case.is_error:
                outcome = CaseOutcome.FAILED
            elif case.is_skipped or one.get("status") in _NOT_RUN or one.get("result") in _NOT_RUN:
                outcome = CaseOutcome.SKIPPED
            yield TriedCase(case.name or "", case.classname or "", one.get("file") or file, outcome)


def _measured(root: Element) -> Iterator[MeasuredFile]:
    sources = [source.text.strip() for source in root.iterfind("sources/source") if source.text and source.text.strip()]
    for one in root.iter("class"):
        name = one.get("filename") or ""
        try:
            hits = {int(line.get("number", "")): int(line.get("hits", "")) for line in one.iterfind("lines/line")}
        except ValueError as error:
            raise UnreadableError(f"a line of {name!r} has no number or no hits") from error
        yield MeasuredFile(tuple(f"{source}/{name}" for source in sources) or (name,), hits)
