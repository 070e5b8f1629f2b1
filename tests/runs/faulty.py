"""A service that fails on purpose, and what must hold of a run whatever it did.

The claims are all true, so a run can end in two ways only: FULLY RESOLVED, by the very reply that the service gave for
that claim, or ERROR. The fault suite and the soak hold their runs against the same `check`.
"""

from __future__ import annotations

import json
import re
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.evidence.replies import citation, part, reading, verdict
from tests.model.emulator import Answer, Answerer, Exchange, Request, refuses, says

KEY = "AIza" + "x" * 35
FILES, MOST_IN_ONE = 20, 50
"""Over how many files the claims are spread; over more where one would have more claims than that."""

_BODY = "    while items:\n        items.pop().close()"


def code(names: Sequence[str]) -> dict[str, str]:
    """Files in which every claim is true."""
    return {
        f"pool_{at}.py": "\n\n".join(f"def drain_{name}(items):\n{_BODY}\n" for name in names[at :: _files(names)])
        for at in range(min(_files(names), len(names)))
    }


def _files(names: Sequence[str]) -> int:
    return max(FILES, len(names) // MOST_IN_ONE)


def claims(names: Sequence[str]) -> str:
    """A claim set with one claim a name."""
    lines = [f"  - id: {name}\n    statement: {json.dumps(_statement(name, names))}" for name in names]
    return "\n".join(["title: The pool", "claims:", *lines, ""])


def truth(name: str, names: Sequence[str], why: str = "so the code says") -> str:
    """The reply that makes the claim FULLY RESOLVED."""
    at, path = _place(name, names)
    quote = f"def drain_{name}(items):\n{_BODY}"
    statement = _statement(name, names)
    return verdict(part(statement, "yes", citation(path, at, at + 2, quote), why=why), word="FULLY RESOLVED")


def _statement(name: str, names: Sequence[str]) -> str:
    return f"`drain_{name}` closes every item, in `{_place(name, names)[1]}`"


def _place(name: str, names: Sequence[str]) -> tuple[int, str]:
    index = names.index(name)
    return 1 + 5 * (index // _files(names)), f"pool_{index % _files(names)}.py"


class Service:
    """Answers each claim's requests with its faults, in turn, and then with the truth."""

    def __init__(
        self,
        names: Sequence[str],
        faults: Mapping[str, Sequence[Answer | Answerer]] | None = None,
        *,
        for_ever: bool = False,
        whole_truth: Callable[[str], Answer] = says,
    ) -> None:
        """Say what fails.

        Args:
            names: The claims.
            faults: What comes before the truth, by claim.
            for_ever: The last fault of a claim is repeated, and the truth never comes.
            whole_truth: How the truth is told.
        """
        self.names = list(names)
        self.faults = dict(faults or {})
        self.for_ever = for_ever
        self.truths = {name: truth(name, self.names) for name in self.names}
        self.told: dict[str, list[bool]] = defaultdict(list)
        """By request, whether the truth went out; in the order in which the request came."""
        self._whole_truth = whole_truth
        self._asked: Counter[str] = Counter()
        self._lock = threading.Lock()

    def __call__(self, request: Request) -> Answer:
        """The next answer for the claim that the request is about.

        One that is claimed of another file than it is true of here is refused, or its UNPROVEN would be taken for a
        fault of the run.
        """
        name = claim_of(request)
        if request.statement not in (_statement(name, self.names), None):
            return refuses(400, "INVALID_ARGUMENT", f"{name} is claimed of another file than this service knows it in")
        with self._lock:
            turn = self._asked[name]
            self._asked[name] += 1
            faults = self.faults.get(name, ())
            fault = faults[min(turn, len(faults) - 1)] if faults and (self.for_ever or turn < len(faults)) else None
            self.told[request.digest].append(fault is None)
        if fault is None:
            return self._whole_truth(self.truths[name])
        return fault if isinstance(fault, Answer) else fault(request)


class SecondReader(Service):
    """The same for second readings: a reader who, in the end, agrees with everything."""

    def __init__(self, names: Sequence[str], faults: Mapping[str, Sequence[Answer | Answerer]], **more: Any) -> None:
        """Say what fails."""
        super().__init__(names, faults, **more)
        self.truths = {name: reading({"p1": "shows"}) for name in self.names}


def claim_of(request: Request) -> str:
    """The name of the claim that a request is about."""
    found = re.search(r"`drain_(\w+)` closes every item", request.prompt)
    assert found is not None, "the prompt has no statement"
    return found[1]


@dataclass(frozen=True)
class Ran:
    """What is left of a run when it is over."""

    code: int
    stdout: str
    stderr: str
    folder: Path
    """Where it ran: reports, journal and cassettes are below."""
    rulings: tuple[Mapping[str, Any], ...] = field(default=())
    """From the run record; empty where none was written."""

    @property
    def words(self) -> dict[str, str]:
        """The rulings' words by claim."""
        return {ruling["claim_id"]: ruling["ruling"] for ruling in self.rulings}

    @property
    def errors(self) -> dict[str, str]:
        """What the claims that failed say."""
        return {ruling["claim_id"]: ruling["error"] for ruling in self.rulings if ruling["ruling"] == "ERROR"}


def rulings_in(folder: Path) -> tuple[Mapping[str, Any], ...]:
    """The rulings of the one record below a folder; none where there is no record."""
    found = list(folder.rglob("reports/**/*.json"))
    return tuple(json.loads(found[0].read_text("utf-8"))["rulings"]) if found else ()


def check(ran: Ran, service: Service, exchanges: Sequence[Exchange], *, repeats: int = 0) -> None:
    """What must hold of every run: no verdict from a failure, the right exit code, nothing paid twice, no key shown.

    `repeats` is how many requests may have been sent again although they were answered: those whose answer was on its
    way when the process was killed.
    """
    _every_claim_has_one_ruling(ran, service)
    for ruling in ran.rulings:
        _is_the_truth_or_an_error(ruling, service)
    if ran.rulings:
        assert ran.code == (4 if ran.errors else 0)
    else:
        assert ran.code != 0
    assert "Traceback" not in ran.stderr
    assert asked_again(service, exchanges) <= repeats
    assert key_places(ran) == []


def _every_claim_has_one_ruling(ran: Ran, service: Service) -> None:
    if ran.rulings:
        assert sorted(ruling["claim_id"] for ruling in ran.rulings) == sorted(service.names)


def _is_the_truth_or_an_error(ruling: Mapping[str, Any], service: Service) -> None:
    name = ruling["claim_id"]
    if ruling["ruling"] == "ERROR":
        assert ruling["error"].strip(), name
        assert len(ruling["error"].splitlines()) == 1, ruling["error"]
        # What failed may have been the second reading: then the verdict is shown, and is no ruling.
        assert ruling["parts"] == [], name
        if ruling["verdict"] is not None:
            assert (ruling["verdict"], _replies(ruling)) == ("FULLY RESOLVED", [service.truths[name]]), name
        return
    assert (ruling["ruling"], ruling["error"]) == ("FULLY RESOLVED", None), name
    assert _replies(ruling) == [service.truths[name]], name


def _replies(ruling: Mapping[str, Any]) -> list[str]:
    return [one["reply"] for one in ruling["rounds"]]


def asked_again(service: Service, exchanges: Sequence[Exchange]) -> int:
    """How often a request was sent that had been answered, to the last byte, with the truth."""
    turns: Counter[str] = Counter()
    answered: Counter[str] = Counter()
    again = 0
    for exchange in exchanges:
        digest = exchange.request.digest
        told = service.told[digest]
        turn = turns[digest]
        turns[digest] += 1
        again += answered[digest] > 0
        answered[digest] += turn < len(told) and told[turn] and exchange.whole
    return again


def key_places(ran: Ran) -> list[str]:
    """Where the key stands: it may stand nowhere."""
    places = [str(path) for path in ran.folder.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()]
    return places + [name for name in ("stdout", "stderr") if KEY in getattr(ran, name)]
