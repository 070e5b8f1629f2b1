"""Authored replies: what is known answers, and only what is new is left to be written."""

from __future__ import annotations

from pathlib import Path

import yaml

from tests.demo.authoring import main
from verifier.demo.sample import JUDGED, place_sample
from verifier.model.cassettes.files import read_cassette
from verifier.setup.shipped_files import shipped


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
