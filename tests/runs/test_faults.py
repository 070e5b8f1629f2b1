"""Whatever the service, the disk or the process does, a failure is an error and never a verdict.

Every run here goes through the whole command line and the real client, against the emulator.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.conftest import Commit
from tests.evidence.replies import part, verdict
from tests.model.emulator import (
    Answer,
    Answerer,
    Emulator,
    Request,
    after,
    blocked,
    closes,
    cut_after,
    cut_in_headers,
    drips,
    empty_body,
    hangs,
    no_candidates,
    not_json,
    raw,
    refuses,
    says,
    stopped,
    wrong_type,
)
from tests.preloaded import python
from tests.runs import faulty
from tests.runs.faulty import KEY, Ran, Service, check, rulings_in
from verifier.cli import cli

BUSY = refuses(503, "UNAVAILABLE", "The model is overloaded.")
SLOW_DOWN = refuses(429, "RESOURCE_EXHAUSTED", "Slow down.")

PASSING: dict[str, Answer] = {
    "empty_body": empty_body(),
    "empty_list_of_candidates": no_candidates(),
    "no_candidates_at_all": no_candidates(empty_list=False),
    "no_text": stopped("STOP"),
    "blank_text": says(" \n"),
    "text_breaks_off": says('{"parts": [{"id": "p1", "holds": "yes",'),
    "a_bracket_too_many": says(verdict(part("`x` is so", "yes")) + "}"),
    "text_goes_round": stopped("MAX_TOKENS", '{"parts": [{"id": 1' + "0" * 3000),
    "half_an_envelope": raw(200, '{"candidates": [{"content": {"parts": [{"te'),
    "status_408": refuses(408, "CANCELLED", "late"),
    "status_409": refuses(409, "ABORTED", "busy"),
    "status_429": SLOW_DOWN,
    "status_499": refuses(499, "CANCELLED", "The operation was cancelled."),
    "a_call_of_a_tool": stopped("MALFORMED_FUNCTION_CALL"),
    "status_429_with_retry_info": refuses(429, "RESOURCE_EXHAUSTED", "Slow down.", retry_info_s=0.2),
    "status_429_with_retry_after": refuses(429, "RESOURCE_EXHAUSTED", "Slow down.", retry_after_s=1),
    "status_500": refuses(500, "INTERNAL", "oops"),
    "status_500_without_a_body": empty_body(500),
    "status_502_as_a_page": not_json("<html>\n<h1>Bad gateway</h1>\n</html>", 502),
    "status_503": BUSY,
    "status_504": refuses(504, "DEADLINE_EXCEEDED", "late"),
    "error_page_that_is_no_utf8": raw(503, b'{"error": "\xff\xfe"}'),
    "a_clock_far_behind_ours": replace(BUSY, headers=(("Retry-After", "Wed, 21 Oct 2015 07:28:00 GMT"),)),
    "cut_before_the_first_byte": closes(),
    "reset_before_the_first_byte": closes(reset=True),
    "cut_in_the_headers": cut_in_headers(),
    "reset_in_the_headers": cut_in_headers(reset=True),
    "cut_in_the_body": cut_after(40),
    "reset_in_the_body": cut_after(40, reset=True),
}
"""What a second request mends."""

DEEP = 100_000
YES = part("`x` is so", "yes")

LASTING: dict[str, Answer] = {
    "prompt_blocked": blocked("PROHIBITED_CONTENT"),
    "safety": stopped("SAFETY"),
    "recitation": stopped("RECITATION"),
    "finish_reason_nobody_knows": stopped("SO\x1bMETHING", verdict(YES)),
    "wants_to_be_continued": stopped("CONTINUATION", verdict(YES)),
    "page_instead_of_json": not_json("<html>\nSign in\n</html>"),
    "text_where_an_object_belongs": wrong_type(),
    "list_instead_of_an_object": raw(200, "[1]"),
    "number_instead_of_an_object": raw(200, "7"),
    "envelope_nested_without_end": raw(200, "[" * DEEP + "]" * DEEP),
    "envelope_that_is_no_utf8": raw(200, b'{"candidates": [{"content": {"parts": [{"text": "\xff\xfe"}]}}]}'),
    "another_model": says(verdict(YES), model_version="gemini-4-flash"),
    "no_model_named": raw(200, '{"candidates": [{"content": {"parts": [{"text": "{}"}]}, "finishReason": "STOP"}]}'),
    "authored": says(verdict(YES), model_version="authored"),
    "plain_words": says("FULLY RESOLVED"),
    "json_of_another_shape": says('{"verdict": "FULLY RESOLVED"}'),
    "no_parts": says(verdict(word="FULLY RESOLVED")),
    "unknown_holds": says(verdict({**YES, "holds": "surely"})),
    "one_id_twice": says(verdict(YES, YES)),
    "verdict_nested_without_end": says('{"parts": ' + "[" * DEEP + "]" * DEEP + "}"),
    "too_large_a_prompt": refuses(400, "INVALID_ARGUMENT", "The input token count (2) exceeds the maximum (1)."),
    "too_large_in_other_words": refuses(
        400,
        "INVALID_ARGUMENT",
        "Unable to submit request because the input token count is 2 but model only supports up to 1.",
    ),
    "fields_too_large": refuses(400, "INVALID_ARGUMENT", "Request contains text fields that are too large."),
    "request_entity_too_large": refuses(413, "INVALID_ARGUMENT", "Request payload size exceeds the limit."),
}
"""What no second request mends, and what is wrong with one claim alone."""

FATAL: dict[str, tuple[Answer, str]] = {
    "a day that is spent": (
        refuses(429, "RESOURCE_EXHAUSTED", "Quota.", retry_info_s=1, quotas=["GenerateRequestsPerDayPerProject"]),
        "the day's quota of gemini-3.8-flash is spent; it comes back at ",
    ),
    "no quota at all": (refuses(429, "RESOURCE_EXHAUSTED", "limit: 0, model: x"), "this key has no quota at all"),
    "bad key": (refuses(400, "INVALID_ARGUMENT", "API key not valid.", reason="API_KEY_INVALID"), "is not valid; set"),
    "unauthorised": (refuses(401, "UNAUTHENTICATED", "no"), "is not valid; set"),
    "key echoed": (refuses(403, "PERMISSION_DENIED", f"Key {KEY} was leaked."), "Key [key] was leaked."),
    "no such model": (refuses(404, "NOT_FOUND", "models/x is not found"), "name another with --model"),
    "bad request": (refuses(400, "INVALID_ARGUMENT", 'Unknown name "x".'), "the service refuses the request"),
    "page not there": (not_json("<html>gone</html>", 404), "check GOOGLE_GEMINI_BASE_URL"),
    "redirect": (replace(raw(302, ""), headers=(("Location", "http://127.0.0.1:9/"),)), "302 Found"),
}
"""What no claim can pass."""


class Folder:
    """A folder with claims, a repository in which they are true, and runs in it."""

    def __init__(self, folder: Path, repository: Path, names: Sequence[str]) -> None:
        self.folder = folder
        self.repository = repository
        self.names = names

    def arguments(self, *more: str) -> list[str]:
        return ["run", "claims/pool.yaml", "--repo", str(self.repository), "--fail-on", "partially", *more]

    def environment(self, emulator: Emulator) -> dict[str, str]:
        return {"GOOGLE_GEMINI_BASE_URL": emulator.url, "GEMINI_API_KEY": KEY}

    def run(self, emulator: Emulator, *more: str) -> Ran:
        """A run in this process."""
        done = CliRunner().invoke(cli, self.arguments(*more), env=self.environment(emulator), catch_exceptions=False)
        return Ran(done.exit_code, done.stdout, done.stderr, self.folder, rulings_in(self.folder))

    def start(
        self, emulator: Emulator, *more: str, before: Callable[[], None] | None = None, stdout: int = subprocess.PIPE
    ) -> subprocess.Popen[str]:
        """A run in a process of its own; `before` is called in it first, and limits that process."""
        words = (sys.executable,) if before else python()
        command = [*words, "-c", "from verifier.cli import main; main()", *self.arguments(*more)]
        return subprocess.Popen(
            command,
            env=os.environ | self.environment(emulator),
            stdout=stdout,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=before,
        )

    def ended(self, process: subprocess.Popen[str]) -> Ran:
        """What is left of a run that was started."""
        stdout, stderr = process.communicate(timeout=60)
        return Ran(process.returncode, stdout or "", stderr, self.folder, rulings_in(self.folder))


Made = Callable[[Sequence[str]], Folder]


@pytest.fixture
def make(tmp_path: Path, repository: Path, commit: Commit, monkeypatch: pytest.MonkeyPatch) -> Made:
    """Makes a folder with one claim a name, and goes there."""

    def made(names: Sequence[str]) -> Folder:
        folder = tmp_path / "work"
        (folder / "claims").mkdir(parents=True)
        (folder / "claims" / "pool.yaml").write_text(faulty.claims(names), encoding="utf-8")
        commit(faulty.code(names))
        monkeypatch.chdir(folder)
        return Folder(folder, repository, names)

    return made


def numbered(count: int) -> list[str]:
    return [f"no{number}" for number in range(count)]


def asked(emulator: Emulator) -> Counter[str]:
    """How often each claim was asked."""
    return Counter(faulty.claim_of(request) for request in emulator.asked)


def once(faults: Mapping[str, Answer]) -> dict[str, list[Answer | Answerer]]:
    return {name: [fault] for name, fault in faults.items()}


def test_what_passes_is_asked_again_and_then_never_again(make: Made) -> None:
    folder = make([*PASSING, "healthy"])
    service = Service(folder.names, once(PASSING))
    with Emulator(service) as emulator:
        first = folder.run(emulator, "--concurrency", "32")
        check(first, service, emulator.exchanges)
        counts = asked(emulator)
        retries = [line for line in first.stderr.splitlines() if "asking again in" in line]

        second = folder.run(emulator)
        check(second, service, emulator.exchanges)

        assert asked(emulator) == counts
    assert counts == dict.fromkeys(PASSING, 2) | {"healthy": 1}
    assert sorted(line.split('"')[1] for line in retries) == sorted(PASSING)
    assert {ruling["rounds"][0]["source"] for ruling in second.rulings} == {"journal"}


def test_what_lasts_costs_its_own_claim_and_no_other(make: Made) -> None:
    folder = make([*PASSING, *LASTING, *numbered(5)])
    service = Service(folder.names, once(PASSING | LASTING), for_ever=True)
    with Emulator(service) as emulator:
        ran = folder.run(emulator, "--concurrency", "64", "--attempts", "2")
        check(ran, service, emulator.exchanges)
        counts = asked(emulator)

        assert sorted(ran.errors) == sorted([*PASSING, *LASTING])
        assert counts == dict.fromkeys(PASSING, 2) | dict.fromkeys([*LASTING, *numbered(5)], 1)

        service.for_ever = False
        again = folder.run(emulator, "--concurrency", "64")
        check(again, service, emulator.exchanges)
        more = asked(emulator)
    assert all(more[name] == 1 for name in numbered(5))
    # What cannot be read as a verdict is none, and never answers from the journal.
    assert again.errors == {}
    assert all(more[name] == 2 for name in LASTING)


def read(emulator: Emulator) -> Counter[str]:
    """How often each claim's evidence was read a second time."""
    return Counter(faulty.claim_of(request) for request in emulator.read)


def test_what_passes_of_second_readings_is_asked_again_and_no_verdict_with_it(make: Made) -> None:
    folder = make([*PASSING, "healthy"])
    service, reader = Service(folder.names), faulty.SecondReader(folder.names, once(PASSING))
    with Emulator(service, reader=reader) as emulator:
        ran = folder.run(emulator, "--concurrency", "32")
        check(ran, service, emulator.exchanges)
        assert faulty.asked_again(reader, emulator.exchanges) == 0
        counts = read(emulator)
        assert asked(emulator) == dict.fromkeys(folder.names, 1)

        check(folder.run(emulator), service, emulator.exchanges)
        assert read(emulator) == counts
    assert ran.errors == {}
    assert counts == dict.fromkeys(PASSING, 2) | {"healthy": 1}


def test_what_lasts_of_second_readings_costs_its_own_claim_and_no_verdict_again(make: Made) -> None:
    folder = make([*LASTING, *numbered(5)])
    service, reader = Service(folder.names), faulty.SecondReader(folder.names, once(LASTING), for_ever=True)
    with Emulator(service, reader=reader) as emulator:
        ran = folder.run(emulator, "--concurrency", "64", "--attempts", "2")
        check(ran, service, emulator.exchanges)
        assert sorted(ran.errors) == sorted(LASTING)
        assert read(emulator) == dict.fromkeys(folder.names, 1)

        reader.for_ever = False
        again = folder.run(emulator, "--concurrency", "64")
        check(again, service, emulator.exchanges)
        assert faulty.asked_again(reader, emulator.exchanges) == 0
        assert asked(emulator) == dict.fromkeys(folder.names, 1)
        assert read(emulator) == dict.fromkeys(LASTING, 2) | dict.fromkeys(numbered(5), 1)
    assert again.errors == {}


@pytest.mark.parametrize(("answer", "line"), FATAL.values(), ids=FATAL.keys())
def test_what_no_claim_can_pass_is_asked_once_and_ends_the_run(make: Made, answer: Answer, line: str) -> None:
    folder = make(numbered(4))
    service = Service(folder.names, {name: [answer] for name in folder.names}, for_ever=True)
    with Emulator(service) as emulator:
        ran = folder.run(emulator, "--concurrency", "1")
        check(ran, service, emulator.exchanges)
        assert len(emulator.asked) == 1

        service.faults = {}
        mended = folder.run(emulator)
        check(mended, service, emulator.exchanges)
    assert line in ran.errors["no0"]
    assert all("not asked, because the run had ended" in ran.errors[name] for name in numbered(4)[1:])
    assert mended.errors == {}


def test_what_no_claim_can_pass_ends_the_pauses_of_all_others(make: Made) -> None:
    folder = make(numbered(4))
    later = refuses(429, "RESOURCE_EXHAUSTED", "Slow down.", retry_info_s=60)
    forbidden = after(0.3, refuses(403, "PERMISSION_DENIED", "no"))
    faults = {"no0": [later], "no1": [forbidden]}
    # While the first claim pauses, the third has its place, and is on its way when the run ends.
    service = Service(folder.names, faults, for_ever=True, whole_truth=lambda text: after(0.9, says(text)))
    began = time.monotonic()
    with Emulator(service) as emulator:
        ran = folder.run(emulator, "--concurrency", "2")
        check(ran, service, emulator.exchanges)
        counts = asked(emulator)
        assert emulator.in_flight_peak == 2
    assert time.monotonic() - began < 30
    assert counts == {"no0": 1, "no1": 1, "no2": 1}
    why = "the key may not ask gemini-3.8-flash: the service answered 403 PERMISSION_DENIED: no"
    assert ran.errors == {
        "no0": f"not asked any more, because the run had ended: {why}",
        "no1": why,
        "no2": f"not asked any more, because the run had ended: {why}",
        "no3": f"not asked, because the run had ended: {why}",
    }
    assert [line for line in ran.stderr.splitlines() if why in line] == [f"1/4 no1: ERROR: {why}"]
    assert ran.stderr.splitlines()[-1] == "the run ended early: 3 other claims were not judged"


def test_a_claim_that_pauses_leaves_its_place_to_others(make: Made) -> None:
    folder = make(numbered(9))
    later = refuses(429, "RESOURCE_EXHAUSTED", "Slow down.", retry_info_s=3)
    service = Service(folder.names, {"no0": [later], "no4": [later]})
    with Emulator(service) as emulator:
        ran = folder.run(emulator, "--concurrency", "1")
        check(ran, service, emulator.exchanges)
        order = [faulty.claim_of(request) for request in emulator.asked]
        assert emulator.in_flight_peak == 1
    assert ran.errors == {}
    assert order[:9] == numbered(9)
    assert sorted(order[9:]) == ["no0", "no4"]


def test_a_call_that_takes_too_long_is_given_up_and_asked_again(make: Made) -> None:
    folder = make(["silent", "dripping", *numbered(2)])
    service = Service(folder.names, {"silent": [hangs(30)], "dripping": [drips("{}", over_s=30)]})
    with Emulator(service) as emulator:
        ran = folder.run(emulator, "--timeout-s", "1.5")
        check(ran, service, emulator.exchanges)
    assert ran.errors == {}
    for slow in ("silent", "dripping"):
        assert f'"{slow}", round 1: no whole reply within 1.5 s' in ran.stderr


def test_half_a_reply_is_no_reply_wherever_it_ends(make: Made) -> None:
    folder = make(numbered(40))
    whole = faulty.truth("no0", folder.names)
    cuts = {name: [says(whole[: 1 + len(whole) * at // 41])] for at, name in enumerate(folder.names)}
    service = Service(folder.names, cuts, for_ever=True)
    with Emulator(service) as emulator:
        ran = folder.run(emulator, "--concurrency", "64", "--attempts", "1")
        check(ran, service, emulator.exchanges)
    assert sorted(ran.errors) == sorted(folder.names)


def test_half_an_envelope_is_no_reply_wherever_it_ends(make: Made) -> None:
    folder = make(numbered(40))

    def cut(request: Request) -> Answer:
        at = folder.names.index(faulty.claim_of(request))
        return cut_whole(service.truths[f"no{at}"], at / 41)

    service = Service(folder.names, {name: [cut] for name in folder.names}, for_ever=True)
    with Emulator(service) as emulator:
        ran = folder.run(emulator, "--concurrency", "64", "--attempts", "1")
        check(ran, service, emulator.exchanges)
    assert sorted(ran.errors) == sorted(folder.names)


def cut_whole(text: str, share: float) -> Answer:
    """A reply whose HTTP is whole and whose JSON is not."""
    body = json.dumps(dict(says(text).reply or {}) | {"modelVersion": "gemini-3.8-flash"})
    return raw(200, body[: max(1, int(len(body) * share))])


@pytest.mark.parametrize("retry_info_s", [None, 0.3], ids=["without RetryInfo", "with RetryInfo"])
def test_a_storm_of_429_loses_no_claim_and_asks_none_twice(make: Made, retry_info_s: float | None) -> None:
    folder = make(numbered(20))
    slow = refuses(429, "RESOURCE_EXHAUSTED", "Slow down.", retry_info_s=retry_info_s)
    service = Service(folder.names, {name: [slow] for name in folder.names[::2]})
    with Emulator(service) as emulator:
        ran = folder.run(emulator, "--concurrency", "8", "--attempts", "8")
        check(ran, service, emulator.exchanges)
        assert emulator.in_flight_peak <= 8
    assert ran.errors == {}


def test_a_reply_that_is_cut_is_asked_for_once_more_with_more_room_and_then_an_error(make: Made) -> None:
    folder = make(["cut_once", "cut_twice", "healthy"])
    cut = stopped("MAX_TOKENS", faulty.truth("cut_once", folder.names)[:40])
    service = Service(folder.names, {"cut_once": [cut], "cut_twice": [cut, cut]})
    with Emulator(service) as emulator:
        ran = folder.run(emulator)
        check(ran, service, emulator.exchanges)
        rooms: dict[str, list[int]] = {name: [] for name in folder.names}
        for request in emulator.asked:
            rooms[faulty.claim_of(request)].append(request.field("generationConfig", "maxOutputTokens"))
    assert rooms == {"cut_once": [16384, 32768], "cut_twice": [16384, 32768], "healthy": [16384]}
    assert ran.errors == {"cut_twice": "the reply was cut at 32768 output tokens; raise --max-output-tokens"}
    told = [line for line in ran.stderr.splitlines() if "asking again" in line]
    again = "round 1: the reply was cut at 16384 output tokens; asking again with room for 32768"
    assert sorted(told) == [f'"cut_once", {again}', f'"cut_twice", {again}']


def test_a_service_that_asks_for_years_is_not_waited_for(make: Made) -> None:
    folder = make(numbered(2))
    later = replace(BUSY, headers=(("Retry-After", "Wed, 21 Oct 2099 07:28:00 GMT"),))
    service = Service(folder.names, {"no0": [later]}, for_ever=True)
    began = time.monotonic()
    with Emulator(service) as emulator:
        ran = folder.run(emulator)
        check(ran, service, emulator.exchanges)
        assert asked(emulator) == {"no0": 1, "no1": 1}
    assert time.monotonic() - began < 10
    assert "the service asks to wait" in ran.errors["no0"]


def test_an_enormous_reply_is_read_whole(make: Made) -> None:
    folder = make(["large"])
    service = Service(folder.names)
    service.truths["large"] = faulty.truth("large", folder.names, why="so " * 3_500_000)
    assert len(service.truths["large"]) > 10_000_000
    with Emulator(service) as emulator:
        ran = folder.run(emulator, "--quiet")
        check(ran, service, emulator.exchanges)
    assert ran.errors == {}


def test_a_number_without_end_is_an_error_of_its_claim_alone(make: Made) -> None:
    folder = make(["endless", *numbered(2)])
    service = Service(folder.names, {"endless": [says('{"parts": [{"id": ' + "9" * 5000 + "}]}")]}, for_ever=True)
    with Emulator(service) as emulator:
        ran = folder.run(emulator)
        check(ran, service, emulator.exchanges)
    assert list(ran.errors) == ["endless"]


ODD_TEXTS = {"lone_surrogate": "\ud800", "nul": "\0", "escape": "\x1b[2J", "rtl": "\u202e", "line_ends": "\r\n\u2028"}


def test_odd_characters_in_a_reply_reach_no_terminal_and_break_no_report(make: Made) -> None:
    folder = make(list(ODD_TEXTS))
    service = Service(folder.names)
    service.truths = {name: faulty.truth(name, folder.names, why=f"so{odd}") for name, odd in ODD_TEXTS.items()}
    with Emulator(service) as emulator:
        ran = folder.run(emulator)
        check(ran, service, emulator.exchanges)
        again = folder.run(emulator)
        check(again, service, emulator.exchanges)
        assert len(emulator.asked) == len(ODD_TEXTS)
    assert ran.errors == {}
    assert not any(odd in ran.stdout + ran.stderr for odd in ("\x1b", "\0", "\u202e"))


def test_a_key_that_came_twice_is_read_as_one_verdict(make: Made) -> None:
    folder = make(["twice"])
    service = Service(folder.names)
    whole = service.truths["twice"]
    service.truths["twice"] = '{"verdict": "NOT RESOLVED", "parts": [], ' + whole[1:]
    with Emulator(service) as emulator:
        ran = folder.run(emulator)
        check(ran, service, emulator.exchanges)
    assert ran.words == {"twice": "FULLY RESOLVED"}


def test_nobody_listening_is_an_error_for_every_claim(make: Made) -> None:
    folder = make(numbered(2))
    service = Service(folder.names)
    with Emulator(service) as emulator:
        pass
    ran = folder.run(emulator, "--attempts", "2")
    check(ran, service, ())
    assert all(error.startswith("cannot reach 127.0.0.1:") for error in ran.errors.values())


def reports(folder: Folder) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder.folder / "reports").rglob("*") if path.is_file()}


def test_a_run_that_reaches_nobody_leaves_the_report_of_an_earlier_one(make: Made) -> None:
    folder = make(numbered(3))
    with Emulator(Service(folder.names)) as emulator:
        folder.run(emulator)
    before = reports(folder)

    ran = folder.run(emulator, "--fresh", "--attempts", "1")

    (name,) = (name for name in before if name.endswith(".md"))
    beside = name.replace(".md", ".incomplete.md")
    assert ran.code == 4
    assert {one: text for one, text in reports(folder).items() if one in before} == before
    assert set(reports(folder)) - set(before) == {beside, beside.replace(".md", ".json")}
    assert ran.stdout.splitlines()[-1] == f"report: reports/pool/{beside}"
    assert ran.stderr.splitlines()[-1] == (
        f"verifier: an earlier run knows more of these claims, and its report stays: reports/pool/{name}; "
        f"the report of this run is reports/pool/{beside}"
    )

    with Emulator(Service(folder.names)) as emulator:
        again = folder.run(emulator, "--fresh")
    assert again.stdout.splitlines()[-1] == f"report: reports/pool/{name}"


def test_a_recording_that_reaches_nobody_is_an_error_and_leaves_the_cassette(make: Made) -> None:
    folder, cassette = make(numbered(2)), Path("cassettes/pool.yaml")
    with Emulator(Service(folder.names)) as emulator:
        folder.run(emulator, "--record", str(cassette))
    before = cassette.read_bytes()

    for place, is_there in ((cassette, "as it was"), (Path("cassettes/new.yaml"), "not written")):
        ran = folder.run(emulator, "--record", str(place), "--attempts", "1", "--quiet")
        assert ran.code == 4
        assert f"verifier: nothing was recorded: {place} is {is_there}" in ran.stderr.splitlines()
    assert sorted(path.name for path in cassette.parent.iterdir()) == ["pool.yaml"]
    assert cassette.read_bytes() == before


def test_ctrl_c_leaves_the_report_of_an_earlier_run(make: Made) -> None:
    folder = make(numbered(3))
    with Emulator(Service(folder.names)) as emulator:
        folder.run(emulator)
    before = reports(folder)

    with Emulator(hangs(60)) as emulator:
        process = folder.start(emulator, "--fresh", "--concurrency", "1", "--quiet", "--json")
        wait_for(1, emulator)
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=60)

    assert {one: text for one, text in reports(folder).items() if one in before} == before
    assert json.loads(stdout)["complete"] is False
    assert "and its report stays" in stderr.splitlines()[-1]


def test_killed_with_minus_nine_a_run_resumes_and_pays_nothing_twice(make: Made) -> None:
    folder, concurrency = make(numbered(40)), 4
    service = Service(folder.names, whole_truth=lambda text: after(0.03, says(text)))
    with Emulator(service) as emulator:
        process = folder.start(emulator, "--concurrency", str(concurrency))
        wait_for(20, emulator)
        process.send_signal(signal.SIGKILL)
        killed = folder.ended(process)
        assert (killed.code, killed.rulings) == (-signal.SIGKILL, ())

        ran = folder.run(emulator, "--concurrency", str(concurrency))
        check(ran, service, emulator.exchanges, repeats=concurrency)
    assert ran.errors == {}
    assert Counter(ruling["rounds"][0]["source"] for ruling in ran.rulings)["journal"] >= 20 - concurrency


@pytest.mark.parametrize("quiet", [(), ("--quiet",)], ids=["with progress", "quiet"])
def test_ctrl_c_says_how_to_go_on_and_a_second_one_is_no_claim_that_fails(make: Made, quiet: Sequence[str]) -> None:
    folder = make(numbered(3))
    with Emulator(hangs(60)) as emulator:
        process = folder.start(emulator, "--concurrency", "2", *quiet)
        wait_for(2, emulator)
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        said = next(line for line in iter(process.stderr.readline, "") if line.startswith("stopping"))
        process.send_signal(signal.SIGINT)
        ran = folder.ended(process)
    assert "waiting up to 5 s for 2 replies that are on the way; the same command resumes" in said
    assert (ran.code, ran.rulings) == (4, ())
    assert ran.stderr.splitlines()[-1] == "verifier: ended by Ctrl-C before it was done"
    assert "Traceback" not in ran.stderr


def test_two_runs_at_once_pay_every_claim_once(make: Made) -> None:
    folder = make(numbered(24))
    service = Service(folder.names, whole_truth=lambda text: after(0.05, says(text)))
    with Emulator(service) as emulator:
        processes = [folder.start(emulator, "--reports", f"{name}/reports") for name in ("one", "other")]
        ended = [folder.ended(process) for process in processes]
        for ran in ended:
            check(ran, service, emulator.exchanges)
        assert asked(emulator) == dict.fromkeys(folder.names, 1)
    assert [(ran.code, ran.errors) for ran in ended] == [(0, {})] * 2
    records = [rulings_in(folder.folder / name) for name in ("one", "other")]
    sources = Counter(ruling["rounds"][0]["source"] for record in records for ruling in record)
    assert sources == {"live": 24, "journal": 24}


def wait_for(count: int, emulator: Emulator) -> None:
    until = time.monotonic() + 30
    while len(emulator.asked) < count and time.monotonic() < until:
        time.sleep(0.005)
    assert len(emulator.asked) >= count


def test_a_full_disk_ends_the_run_in_one_line_and_it_resumes(make: Made) -> None:
    folder = make(numbered(30))
    service = Service(folder.names)
    service.truths = {name: faulty.truth(name, folder.names, why="so " * 10_000) for name in folder.names}

    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))

    with Emulator(service) as emulator:
        full = folder.ended(folder.start(emulator, "--concurrency", "1", before=little_room))
        paid = len(emulator.asked)
        assert full.code != 0
        assert "Traceback" not in full.stderr
        assert 0 < paid < 30

        ran = folder.run(emulator, "--concurrency", "1")
        # The reply that found no room was answered and could not be kept.
        check(ran, service, emulator.exchanges, repeats=1)
    assert ran.errors == {}


def test_output_that_nobody_can_write_is_one_line_and_no_success(make: Made) -> None:
    folder = make(numbered(2))
    service = Service(folder.names)
    with Emulator(service) as emulator:
        full = os.open("/dev/full", os.O_WRONLY)
        process = folder.start(emulator, "--json", stdout=full)
        os.close(full)
        ran = folder.ended(process)
    assert faulty.key_places(ran) == []
    assert "Traceback" not in ran.stderr
    assert ran.code == 4


CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, PR_CAPBSET_DROP = 1, 2, 24


def like_anybody() -> None:
    """Give up, for the program that is started, root's right to write everywhere; others never had it."""
    if os.geteuid() == 0:
        libc = ctypes.CDLL(None)
        for right in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
            libc.prctl(PR_CAPBSET_DROP, right, 0, 0, 0)


@pytest.mark.parametrize(("closed", "calls"), [("work", 0), ("reports", 2)], ids=["the journal's", "the reports'"])
def test_a_folder_that_cannot_be_written_is_one_line(make: Made, closed: str, calls: int) -> None:
    folder = make(numbered(2))
    service = Service(folder.names)
    (folder.folder / "reports").mkdir()
    shut = folder.folder if closed == "work" else folder.folder / closed
    with Emulator(service) as emulator:
        shut.chmod(0o555)
        try:
            ran = folder.ended(folder.start(emulator, before=like_anybody))
        finally:
            shut.chmod(0o755)
        assert len(emulator.asked) <= calls
        mended = folder.run(emulator)
        check(mended, service, emulator.exchanges)
        assert len(emulator.asked) == 2
    if ran.code == 0:
        pytest.skip("this process may write everywhere")
    assert ran.code == (2 if closed == "work" else 4)
    assert "Traceback" not in ran.stderr
    assert ran.stderr.splitlines()[-1].startswith("verifier: ")
