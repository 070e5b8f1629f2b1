"""Progress: a bar on a terminal, plain lines elsewhere, nothing where none is wanted."""

import io
import os
import pty
import re
import struct
import subprocess
import termios
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fcntl import ioctl
from pathlib import Path

import pytest

from tests import ROOT
from tests.conftest import Commit
from tests.model.emulator import Emulator, refuses
from tests.preloaded import python
from tests.runs import faulty
from verifier.cli.progress import PlainLines, Silence, TerminalBar, progress
from verifier.cost.prices import Bill, Price
from verifier.model.errors import TransientError
from verifier.model.retrying import Retry
from verifier.runs.watching import Watcher
from verifier.safety.terminal import escape_terminal
from verifier.values.claim import Claim, Word
from verifier.values.outcome import Outcome, Round
from verifier.values.prompt import Prompt, Reply, Source, Usage
from verifier.values.ruling import Ruling

PRICE = Price(1.0, 0.25, 10.0, "2026-07-01", "a test")
NASTY = "\x1b[2J[red]gone[/red]\u202e\n"
ESCAPED = escape_terminal(NASTY)


def claim(name: str) -> Claim:
    return Claim(id=name, statement="The pool drains.")


def prompt(name: str) -> Prompt:
    return Prompt(name, 1, "", "", "The pool drains.")


def ruled(name: str, word: Word, usage: Usage | None = None) -> Outcome:
    rounds = (Round.of(prompt(name), Reply("{}", Source.LIVE, "gemini-3.8-flash", usage=usage)),)
    return Outcome(claim(name), (), (), rounds, None, Ruling(word, (), "so the table says"))


def failed(name: str, error: str) -> Outcome:
    return Outcome(claim(name), (), (), (), None, None, error)


def retry(name: str, reason: str = "the service answered 429", wait_s: float = 2.0) -> Retry:
    return Retry(prompt(name), TransientError(reason), 1, 4, wait_s)


def bill(outcome: Outcome) -> Bill:
    return Bill(PRICE.of(outcome.usage))


def tell_everything(shown: Watcher) -> None:
    shown.begins(5, bill, lambda: 1)
    for name in ("a", "b", "c", "d"):
        shown.started(claim(name))
    shown.retried(retry("a", f"the service answered {NASTY}", wait_s=1000.0))
    shown.done(ruled("b", Word.FULLY, Usage(100_000, 0, 1_000, 500)))
    shown.done(ruled("c", Word.UNPROVEN))
    shown.done(failed("d", f"it says {NASTY}"))
    shown.ends()


def test_elsewhere_than_on_a_terminal_there_is_a_line_for_each_claim_and_retry() -> None:
    stream = io.StringIO()

    tell_everything(progress(stream=stream))

    assert stream.getvalue().splitlines() == [
        f'"a", round 1: the service answered {ESCAPED}; asking again in 1000.0 s (2 of 4)',
        "1/5 b: FULLY RESOLVED",
        "2/5 c: UNPROVEN",
        f"3/5 d: ERROR: it says {ESCAPED}",
    ]


BAD_KEY = "the key is not valid"
ENDED = f"not asked, because the run had ended: {BAD_KEY}"


def tell_of_the_end(shown: Watcher) -> None:
    shown.begins(5, bill, lambda: 1)
    for name in ("a", "b", "c"):
        shown.started(claim(name))
    shown.done(replace(failed("a", BAD_KEY), fatal=True))
    shown.done(replace(failed("b", BAD_KEY), fatal=True))
    shown.done(failed("c", ENDED))
    shown.done(ruled("d", Word.FULLY))
    shown.done(failed("e", "blocked"))
    shown.ends()


def test_what_ended_the_run_is_said_once() -> None:
    stream = io.StringIO()

    tell_of_the_end(progress(stream=stream))

    assert stream.getvalue().splitlines() == [
        f"1/5 a: ERROR: {BAD_KEY}",
        "4/5 d: FULLY RESOLVED",
        "5/5 e: ERROR: blocked",
        "the run ended early: 2 other claims were not judged",
    ]


def test_what_ended_the_run_is_said_once_above_the_bar_too() -> None:
    shown = plain(on_a_terminal(tells="tell_of_the_end"))

    assert shown.count(BAD_KEY) == 1
    assert "2 other claims were not judged" in shown
    assert "5/5" in shown
    assert "1 fully, 4 error" in shown


def test_letters_that_the_stream_does_not_have_are_escaped() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")

    lines = PlainLines(stream)
    lines.begins(1, bill, lambda: 0)
    lines.done(failed("a", "größer als erlaubt"))

    assert raw.getvalue() == b"1/1 a: ERROR: gr\\xf6\\xdfer als erlaubt\n"


def test_quiet_says_nothing() -> None:
    stream = io.StringIO()

    tell_everything(progress(quiet=True, stream=stream))

    assert stream.getvalue() == ""


def test_what_nobody_is_spared_is_said_in_quiet_too() -> None:
    for quiet in (False, True):
        stream = io.StringIO()
        progress(quiet=quiet, stream=stream).insist("stopping")
        assert stream.getvalue() == "stopping\n"


def test_quiet_says_nothing_on_a_terminal_either() -> None:
    assert isinstance(progress(quiet=True), Silence)


SHOWS = """
import sys
from tests.cli import test_progress
from verifier.cli.progress import progress
getattr(test_progress, sys.argv[1])(progress())
sys.stdout.write("the result\\n")
"""


def on_a_terminal(columns: int = 120, tells: str = "tell_everything", **environment: str) -> str:
    """What a bar shows that is told so much."""
    code, out, shown = run_on_a_terminal(["-c", SHOWS, tells], columns, **environment)
    assert (code, out) == (0, "the result\n")
    return shown


def run_on_a_terminal(arguments: Sequence[str], columns: int = 120, **environment: str) -> tuple[int, str, str]:
    """Exit code and output of a program whose stderr is a terminal, its stdout a file; and what the terminal shows."""
    ours, its = pty.openpty()
    ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "TERM", "COLUMNS", "LINES")}
    around: Mapping[str, str] = {
        "PYTHONPATH": str(ROOT),
        "TERM": "xterm-256color",
        "PYTHONIOENCODING": "utf-8",
    }
    process = subprocess.Popen(
        [*python(), *arguments], stderr=its, stdout=subprocess.PIPE, env={**kept, **around, **environment}
    )
    os.close(its)
    shown = b""
    try:
        while some := os.read(ours, 65536):
            shown += some
    except OSError:  # Linux says EIO where the other end is closed.
        pass
    finally:
        os.close(ours)
    out = process.communicate()[0].decode()
    return process.returncode, out, shown.decode()


def plain(shown: str) -> str:
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown)


def test_on_a_terminal_a_bar_says_how_far_the_run_is() -> None:
    shown = on_a_terminal()

    last = plain(shown).replace("\r", "\n").rstrip().splitlines()[-1]
    assert re.fullmatch(
        r"3/5 \S{16} [\d-]+:[\d-]+ 1 in flight \(1 waiting\), 1 fully, 1 unproven, 1 error, 101500 tokens, \$0\.1150 *",
        last,
    )


def test_on_a_terminal_retries_and_errors_stand_above_the_bar_escaped() -> None:
    shown = on_a_terminal()

    assert f'"a", round 1: the service answered {ESCAPED}; asking again' in plain(shown)
    assert f"d: ERROR: it says {ESCAPED}" in plain(shown)
    assert "\x1b[2J" not in shown
    assert "\u202e" not in shown


def test_the_bar_of_a_whole_run_says_what_waits_for_the_service(
    tmp_path: Path, commit: Commit, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"no{number}" for number in range(4)]
    (tmp_path / "claims").mkdir()
    (tmp_path / "claims" / "pool.yaml").write_text(faulty.claims(names), encoding="utf-8")
    commit(faulty.code(names))
    monkeypatch.chdir(tmp_path)
    busy = refuses(429, "RESOURCE_EXHAUSTED", "Slow down.", retry_info_s=1)
    with Emulator(faulty.Service(names, {"no1": [busy]})) as emulator:
        command = ["-c", "from verifier.cli import main; main()", "run", "--repo", str(repository)]
        code, out, shown = run_on_a_terminal(command, GOOGLE_GEMINI_BASE_URL=emulator.url, GEMINI_API_KEY=faulty.KEY)

    lines = plain(shown).replace("\r", "\n").rstrip().splitlines()
    assert (code, len(out.splitlines())) == (0, 5)
    assert any(line.startswith("4 claims: at most ") for line in lines)
    assert sum("asking again in" in line for line in lines) == 1
    assert any(re.match(r"3/4 .* 1 in flight \(1 waiting\), 3 fully, \d+ tokens", line.strip()) for line in lines)
    assert re.match(r"4/4 .* 0 in flight, 4 fully, \d+ tokens", lines[-1].strip())


def test_the_cursor_comes_back() -> None:
    shown = on_a_terminal()

    assert shown.rindex("\x1b[?25h") > shown.rindex("\x1b[?25l")


def colours(shown: str) -> set[str]:
    return {code for codes in re.findall(r"\x1b\[([0-9;]*)m", shown) for code in codes.split(";")} - {"0", "", "1", "2"}


def test_a_terminal_gets_colours_unless_it_wants_none() -> None:
    assert colours(on_a_terminal()) != set()
    assert colours(on_a_terminal(NO_COLOR="1")) == set()


def test_a_terminal_that_cannot_move_its_cursor_gets_plain_lines() -> None:
    shown = on_a_terminal(TERM="dumb")

    assert "1/5 b: FULLY RESOLVED" in shown
    assert "\x1b" not in shown


@pytest.mark.parametrize("columns", [30, 50])
def test_on_a_narrow_terminal_the_bar_stays_on_one_line_and_says_the_count(columns: int) -> None:
    shown = on_a_terminal(columns)

    last = plain(shown).replace("\r", "\n").rstrip().splitlines()[-1]
    assert last.startswith("3/5 ")
    assert "…" in last
    assert len(last) <= columns
    assert "\x1b[1A" not in shown


@pytest.mark.parametrize(
    ("waiting", "says"), [(0, "2 in flight"), (1, "2 in flight (1 waiting)"), (5, "2 in flight (2 waiting)")]
)
def test_the_bar_says_how_many_wait_at_the_moment_it_is_drawn(waiting: int, says: str) -> None:
    waiting_now = [9]
    bar = TerminalBar(io.StringIO())
    bar.begins(2, bill, lambda: waiting_now[0])
    for name in ("a", "b"):
        bar.started(claim(name))

    waiting_now[0] = waiting

    assert str(bar) == says
    bar.ends()


def test_claims_that_end_without_having_started_leave_nothing_in_flight() -> None:
    bar = TerminalBar(io.StringIO())

    for name in ("a", "b"):
        bar.done(failed(name, "not asked, because the run had ended"))

    assert str(bar) == "0 in flight, 2 error"
