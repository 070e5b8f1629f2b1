"""Shards: every claim in one of them, whatever comes and goes beside it; and one record of them all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result

from tests.conftest import Commit
from tests.model.emulator import Emulator
from tests.runs.workers import at, call, claim, files, worker, write_claims
from verifier.values.shard import Shard

NUMBERS = range(1, 9)
SHARDS = 3


@pytest.fixture
def judged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, repository: Path, commit: Commit) -> Path:
    """A repository that bears out all claims of the current folder but the last."""
    write_claims(tmp_path / "work", *map(claim, NUMBERS))
    monkeypatch.chdir(tmp_path / "work")
    commit({**files(*NUMBERS), "worker8.py": worker(8, 88)})
    return repository


def run(repository: Path, gemini: Emulator, *arguments: str) -> Result:
    return call("run", "--repo", str(repository), "-q", *arguments, **at(gemini))


def run_shards(repository: Path, gemini: Emulator, *arguments: str) -> list[str]:
    """The records of all shards, each made on a machine with a journal of its own."""
    for n in range(1, SHARDS + 1):
        run(repository, gemini, "--shard", f"{n}/{SHARDS}", "--journal", f"journal-{n}.sqlite", *arguments)
    return sorted(map(str, Path("reports").rglob("*shard*.json")))


def test_a_claim_that_is_added_moves_no_other() -> None:
    ids = [f"claim-{n}" for n in range(1000)]
    shards = [Shard(f"{n}/4") for n in range(1, 5)]

    shares = [{one for one in ids if shard.has("pool.yaml", one)} for shard in shards]

    assert sorted(claim_id for share in shares for claim_id in share) == sorted(ids)
    assert min(map(len, shares)) > 200
    # Written down once: another hash would tear apart what journals of earlier nights know.
    assert [one for one in ids[:12] if shards[0].has("pool.yaml", one)] == KEPT


KEPT = ["claim-2", "claim-9"]


@pytest.mark.parametrize("text", ["0/4", "5/4", "1", "1/0", "a/b", "1/4/2", "-1/4"])
def test_what_is_no_share_is_refused_in_a_line(judged: Path, gemini: Emulator, text: str) -> None:
    result = run(judged, gemini, f"--shard={text}")

    assert result.exit_code == 2
    assert "is not a share such as 2/8" in result.stderr


def test_the_shards_come_to_the_record_of_the_whole_run(judged: Path, gemini: Emulator) -> None:
    whole = run(judged, gemini, "--json")
    records = run_shards(judged, gemini)

    merged = call("report", "merge", *reversed(records), "--json")

    assert merged.exit_code == whole.exit_code == 1
    one, other = json.loads(whole.stdout), json.loads(merged.stdout)
    assert [ruling["claim_id"] for ruling in other["rulings"]] == [f"adds-{n}" for n in NUMBERS]
    assert [stable(ruling) for ruling in other["rulings"]] == [stable(ruling) for ruling in one["rulings"]]
    assert {key: one[key] for key in SAME} == {key: other[key] for key in SAME}
    (note,) = other["repository"]["notes"]
    assert note.startswith("merged from 3 shards: 1/3: ")


SAME = ("tool", "claim_set", "model", "settings", "complete", "totals")


def stable(ruling: dict[str, object]) -> str:
    """A ruling but for the names that the service gave its replies."""
    return json.dumps({**ruling, "rounds": None}, sort_keys=True)


def test_a_merged_report_lies_where_that_of_the_whole_run_would(judged: Path, gemini: Emulator) -> None:
    records = run_shards(judged, gemini)

    merged = call("report", "merge", *records)

    assert merged.stdout.splitlines()[-1] == f"report: {records[0].partition('.shard')[0]}.md"
    assert call("recheck", f"{records[0].partition('.shard')[0]}.json", "--repo", str(judged)).exit_code == 0


def test_a_shard_that_is_missing_is_named_and_passes_no_gate(judged: Path, gemini: Emulator) -> None:
    first, *_ = run_shards(judged, gemini)

    merged = call("report", "merge", first, "--fail-on", "never")

    assert merged.exit_code == 4
    assert "verifier: 2 shards are missing: 2/3, 3/3\n" in merged.stderr
    assert "claims were judged by none of the shards: adds-" in merged.stderr


def test_a_claim_that_a_shard_lacks_is_named(judged: Path, gemini: Emulator) -> None:
    records = [Path(one) for one in run_shards(judged, gemini)]
    document = json.loads(records[0].read_text("utf-8"))
    lost = document["rulings"].pop()["claim_id"]
    records[0].write_text(json.dumps(document), "utf-8")

    merged = call("report", "merge", *map(str, records))

    assert merged.exit_code == 4
    assert f"verifier: 1 claim was judged by none of the shards: {lost}\n" in merged.stderr


def test_shards_of_two_runs_are_not_merged(judged: Path, gemini: Emulator, commit: Commit) -> None:
    records = run_shards(judged, gemini)
    another = Path("another.json")

    def merged_with(*arguments: str) -> str:
        """What is said of the first shard beside a second of another run."""
        another.write_text(run(judged, gemini, "--shard", "2/3", "--json", *arguments).stdout, "utf-8")
        result = call("report", "merge", records[0], str(another))
        assert result.exit_code == 2
        return result.stderr

    prompts = Path("prompts")
    copy_templates(prompts)
    assert "another.json is of another setting than" in merged_with("--max-rounds", "2")
    assert "is of another model than" in merged_with("--model", "gemini-3.1-pro-preview", "--allow-other-model")
    assert "is of another set of prompts than" in merged_with("--prompts", str(prompts))
    assert "is of another choice of claims than" in merged_with("--claim", "adds-1")
    write_claims(Path(), *map(claim, range(1, 8)))
    assert "is of another claim set than" in merged_with()
    write_claims(Path(), *map(claim, NUMBERS))
    commit({"more.py": "MORE = 1\n"})
    assert "is of another commit than" in merged_with()
    another.write_bytes(Path(records[0]).read_bytes())
    assert "are both shard 1/3" in call("report", "merge", records[0], str(another)).stderr
    another.write_text(run(judged, gemini, "--json").stdout, "utf-8")
    assert "another.json is no shard of a run" in call("report", "merge", records[0], str(another)).stderr


def copy_templates(folder: Path) -> None:
    from verifier.setup.shipped_files import shipped

    folder.mkdir()
    for path in shipped("prompts").iterdir():
        (folder / path.name).write_bytes(path.read_bytes() + b"\n")


def test_caps_are_told_for_a_shard_and_for_all(judged: Path, gemini: Emulator) -> None:
    result = call(
        "run", "--repo", str(judged), "--shard", "1/3", "--max-cost", "1.5", "--max-tokens", "900000", **at(gemini)
    )

    assert "caps are those of shard 1/3; all 3 may take $4.5 and 2,700,000 tokens" in result.stderr


def test_a_shard_without_a_claim_is_not_missed(judged: Path, gemini: Emulator) -> None:
    write_claims(Path(), claim(1))
    records = run_shards(judged, gemini)

    assert len(records) == SHARDS
    assert call("report", "merge", *records).exit_code == 0
