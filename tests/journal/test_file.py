"""The journal's file: opened with care, and left as it is where it is not ours to write."""

import asyncio
import hashlib
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import ROOT
from tests.conftest import Commit, git
from tests.model.asking import prompt
from tests.preloaded import python
from verifier.errors import VerifierError
from verifier.journal import Addressee, Journal, JournalError, refuse_tracked
from verifier.repository.snapshot import Snapshot
from verifier.values.prompt import ModelSettings, Prompt, Reply, Source

ADDRESSEE = Addressee("127.0.0.1", ModelSettings(), {})


def keep(journal: Journal, number: int = 0, text: str = "{}") -> None:
    asyncio.run(journal.replies.keep(ADDRESSEE, prompt(number), Reply(text, Source.LIVE, "gemini-3.8-flash")))


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_new_journal_makes_its_folder_and_keeps_it_out_of_git(repository: Path) -> None:
    with Journal(repository / ".verifier" / "journal.sqlite") as journal:
        keep(journal)

    assert git(repository, "status", "--porcelain") == ""
    assert sorted(path.name for path in (repository / ".verifier").iterdir()) == [".gitignore", "journal.sqlite"]


def test_a_folder_that_was_there_gets_no_gitignore(tmp_path: Path) -> None:
    Journal(tmp_path / "journal.sqlite").close()

    assert [path.name for path in tmp_path.iterdir()] == ["journal.sqlite"]


def test_an_empty_file_becomes_a_journal(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    path.touch()

    with Journal(path) as journal:
        keep(journal)
        assert journal.replies.find(ADDRESSEE.key(prompt(0))) != ()


def no_database(path: Path) -> None:
    path.write_text("claims:\n" * 100)


def short(path: Path) -> None:
    path.write_bytes(b"SQLite format 3\0" + b"\1" * 20)


def somebody_elses(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE bookmarks (url TEXT)")
    database.close()


def newer(path: Path) -> None:
    with Journal(path) as journal:
        keep(journal)
    database = sqlite3.connect(path)
    database.execute("PRAGMA user_version = 4")
    database.close()


def cut_short(path: Path) -> None:
    filled(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def overwritten(path: Path) -> None:
    filled(path)
    content = bytearray(path.read_bytes())
    content[8192:20480] = b"\xee" * 12288
    path.write_bytes(content)


def filled(path: Path) -> None:
    with Journal(path) as journal:
        for number in range(20):
            keep(journal, number, "{}" + " " * 3000)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        pytest.param(no_database, "is no journal; it was left as it is; give another place with --journal", id="text"),
        pytest.param(short, "is no journal; it was left as it is", id="half a header"),
        pytest.param(somebody_elses, "is a database, but no journal of verifier", id="another program's database"),
        pytest.param(newer, r"newer verifier \(journal version 4, this one knows 3\)", id="a newer version"),
        pytest.param(cut_short, "is damaged; it was left as it is; move it away, or give another", id="cut short"),
        pytest.param(overwritten, "is damaged; it was left as it is", id="overwritten in the middle"),
    ],
)
def test_a_file_that_is_no_good_journal_is_said_so_and_left_untouched(
    make: Callable[[Path], None], says: str, tmp_path: Path
) -> None:
    path = tmp_path / "journal.sqlite"
    make(path)
    before = digest(path)

    with pytest.raises(JournalError, match=says) as raised:
        Journal(path)

    assert digest(path) == before
    assert "\n" not in str(raised.value)
    assert isinstance(raised.value, VerifierError)


def test_a_newer_version_that_only_the_log_tells_of_is_refused_too(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    Journal(path).close()
    newer = sqlite3.connect(path, isolation_level=None)
    newer.execute("PRAGMA user_version = 4")

    with pytest.raises(JournalError, match=r"newer verifier \(journal version 4, this one knows 3\)"):
        Journal(path)
    newer.close()


def version_1(path: Path) -> None:
    """A journal as the first version left it: begun without batches, and with records of rulings."""
    with Journal(path) as journal:
        keep(journal)
    with sqlite3.connect(path) as older:
        older.execute("DROP TABLE batched")
        older.execute("DROP TABLE controls")
        older.execute("DROP TRIGGER answered")
        older.execute("DROP TABLE asking")
        older.execute("CREATE TABLE records (key TEXT PRIMARY KEY, claim_id TEXT, made_at TEXT, record TEXT)")
        older.execute("INSERT INTO records VALUES ('k', 'c', '2026-01-01', '{}')")
        older.execute("PRAGMA user_version = 1")
    older.close()


def test_a_journal_of_the_first_version_keeps_its_replies_and_gets_what_it_lacks(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    version_1(path)

    with Journal(path) as journal:
        assert [kept.text for kept in journal.replies.find(ADDRESSEE.key(prompt(0)))] == ["{}"]
        assert journal.batches.waiting_for(ADDRESSEE.key(prompt(0))) is None

    with sqlite3.connect(path) as brought_up:
        assert brought_up.execute("PRAGMA user_version").fetchone() == (3,)
        assert not brought_up.execute("SELECT 1 FROM sqlite_schema WHERE name = 'records'").fetchall()
    brought_up.close()


def test_a_journal_that_is_a_folder_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match=r"cannot be read \(Is a directory\); give another place with --journal"):
        Journal(tmp_path)


def test_a_folder_that_cannot_be_made_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(JournalError, match=r"cannot be read \(Not a directory\); give another place"):
        Journal(tmp_path / "file" / "journal.sqlite")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user can reach."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


OPENS_AS_NOBODY = """
import os, sys
from pathlib import Path
from verifier.journal import Journal, JournalError
if os.geteuid() == 0:
    os.setegid(65534)
    os.seteuid(65534)
try:
    Journal(Path(sys.argv[1])).close()
except JournalError as error:
    print(error)
"""


@pytest.mark.parametrize("there_already", [False, True])
def test_a_folder_that_may_not_be_written_is_said_so(there_already: bool, open_folder: Path) -> None:
    path = open_folder / "journal.sqlite"
    if there_already:
        Journal(path).close()
        path.chmod(0o444)
    open_folder.chmod(0o555)

    done = subprocess.run(
        [sys.executable, "-c", OPENS_AS_NOBODY, str(path)], capture_output=True, text=True, check=True
    )

    assert done.stdout.startswith(f"{path}: the journal cannot be written (")
    assert done.stdout.endswith("; give another place with --journal\n")
    open_folder.chmod(0o755)
    assert path.exists() is there_already


FILLS_THE_DISK = """
import asyncio, resource, signal, sys
from pathlib import Path
from tests.model.asking import prompt
from tests.journal.test_file import ADDRESSEE, LongWinded
from verifier.errors import ModelError
from verifier.journal import Journal
from verifier.model.journalled import Journalled
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
model = LongWinded()
with Journal(Path(sys.argv[1])) as journal:
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))
    journalled = Journalled(model, journal, ADDRESSEE)
    for number in range(100):
        try:
            asyncio.run(journalled.reply(prompt(number)))
        except ModelError as error:
            print(number, model.asked, error.fatal, len(error.kept or ""), error)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
"""


class LongWinded:
    """A model with replies of ten thousand characters."""

    def __init__(self) -> None:
        self.asked = 0

    async def reply(self, _: Prompt) -> Reply:
        self.asked += 1
        return Reply("{}".ljust(10_000), Source.LIVE, "gemini-3.8-flash")


def test_when_the_disk_takes_no_more_nothing_more_is_asked_and_all_that_was_kept_stays(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [*python(), "-c", FILLS_THE_DISK, str(path)]

    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)

    first, *others = [line.split(" ", 4) for line in done.stdout.splitlines()]
    number = int(first[0])
    why = first[4]
    assert why.startswith(f"{path}: the disk ")
    assert why.endswith("and the same command resumes")
    assert first[:4] == [str(number), str(number + 1), "True", "10000"]
    assert others == [[str(later), str(number + 1), "True", "0", why] for later in range(number + 1, 100)]
    with Journal(path) as journal:
        assert [n for n in range(100) if journal.replies.find(ADDRESSEE.key(prompt(n)))] == list(range(number))


KEEPS_MANY = """
import sys
from pathlib import Path
from tests.journal.test_file import keep
from verifier.journal import Journal
with Journal(Path(sys.argv[1])) as journal:
    for number in range(int(sys.argv[2]), int(sys.argv[3])):
        keep(journal, number)
"""


def test_processes_that_open_one_new_journal_at_once_keep_everything(tmp_path: Path) -> None:
    path = tmp_path / "new" / "journal.sqlite"
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [*python(), "-c", KEEPS_MANY, str(path)]

    processes = [
        subprocess.Popen([*command, str(20 * n), str(20 * n + 20)], env=environment, stderr=subprocess.PIPE, text=True)
        for n in range(3)
    ]

    assert [process.communicate()[1] for process in processes] == ["", "", ""]
    with Journal(path) as journal:
        assert all(len(journal.replies.find(ADDRESSEE.key(prompt(number)))) == 1 for number in range(60))


def test_a_journal_in_the_judged_commit_is_refused(commit: Commit, repository: Path) -> None:
    path = repository / ".verifier" / "journal.sqlite"
    snapshot = commit({".verifier/journal.sqlite": b"SQLite format 3\0"})

    with pytest.raises(JournalError, match=r"^\.verifier/journal\.sqlite is in the judged commit, which could so ans"):
        refuse_tracked(path, snapshot)


@pytest.mark.parametrize(
    "tracked",
    [
        pytest.param(".verifier/journal.sqlite-wal", id="its log, which SQLite would read in"),
        pytest.param(".Verifier/Journal.SQLite", id="another case, one file on many disks"),
    ],
)
def test_what_would_become_part_of_the_journal_is_refused(tracked: str, commit: Commit, repository: Path) -> None:
    snapshot = commit({tracked: b"x"})

    with pytest.raises(JournalError, match="is in the judged commit"):
        refuse_tracked(repository / ".verifier" / "journal.sqlite", snapshot)


def test_a_link_on_the_way_to_the_journal_is_refused(commit: Commit, repository: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (repository / ".verifier").symlink_to(tmp_path / "elsewhere")
    snapshot = commit({"a.py": "x = 1\n"})

    with pytest.raises(JournalError, match=r"^\.verifier is in the judged commit"):
        refuse_tracked(repository / ".verifier" / "journal.sqlite", snapshot)


@pytest.mark.parametrize(
    "tracked",
    [
        pytest.param(".verifier/notes.md", id="a neighbour"),
        pytest.param("docs/.verifier/journal.sqlite", id="the same name elsewhere"),
        pytest.param(".verifier/journal.sqlite.md", id="a longer name"),
    ],
)
def test_a_commit_that_does_not_bring_the_journal_is_judged(tracked: str, commit: Commit, repository: Path) -> None:
    refuse_tracked(repository / ".verifier" / "journal.sqlite", commit({tracked: b"x"}))


def test_a_journal_outside_the_repository_cannot_be_in_the_commit(
    commit: Commit, repository: Path, tmp_path: Path
) -> None:
    snapshot = commit({"journal.sqlite": b"x"})

    refuse_tracked(tmp_path / "journal.sqlite", snapshot)

    git(tmp_path, "clone", "--quiet", "--bare", str(repository), "bare.git")
    with Snapshot.open(tmp_path / "bare.git") as bare:
        refuse_tracked(repository / "journal.sqlite", bare)
