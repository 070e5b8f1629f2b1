"""Authored replies: what is known answers, and only what is new is left to be written."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.conftest import Commit
from tests.demo.authoring import main
from tests.runs.workers import claim, files, write_claims
from verifier.demo.sample import JUDGED, place_sample
from verifier.model.cassettes.files import read_cassette
from verifier.setup.shipped_files import shipped


def test_a_reply_that_is_missing_is_said_with_the_place_of_its_prompt(
    folder: Path, commit: Commit, repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    commit(files(1))
    write_claims(folder, claim(1))

    main(["inbox", "--", "run", "--repo", str(repository), "--record", "new.yaml"])

    (prompt,) = Path("inbox").glob("*.prompt.md")
    key = prompt.name.partition(".")[0]
    said = capsys.readouterr().out
    assert f"no reply authored yet for prompt {key}: it was written to inbox\n" in said
    assert "503" not in said


def test_with_the_shipped_cassette_at_hand_only_controls_are_left_to_be_answered(folder: Path) -> None:
    inbox = folder / "inbox"
    inbox.mkdir()
    cassette = yaml.safe_load(shipped("cassettes/phase4.yaml").read_text("utf-8"))
    cassette["interactions"] = [one for one in cassette["interactions"] if "~" not in one["request"]["body"]]
    (inbox / "phase4.yaml").write_text(
        yaml.safe_dump(cassette, allow_unicode=True, explicit_end=True), encoding="utf-8"
    )
    asked = ["--repo", str(place_sample(folder)), "--ref", JUDGED, "-q", "--record", "new.yaml", "--controls", "1"]

    main([str(inbox), "--", "run", str(shipped("claims/phase4.yaml")), *asked, "--controls-seed", "3"])

    known, new = read_cassette(inbox / "phase4.yaml"), read_cassette(folder / "new.yaml")
    answered = {one.key: one.reply_text for one in new.interactions if one.reply_text}
    assert answered == {one.key: one.reply_text for one in known.interactions}
    left = [path.read_text("utf-8") for path in sorted(inbox.glob("*.prompt.md"))]
    assert len(left) == 2
    assert any("This is not the case: Health check endpoints" in prompt for prompt in left)
    assert any('throw new Error("not implemented")' in prompt or "NotImplementedError" in prompt for prompt in left)
