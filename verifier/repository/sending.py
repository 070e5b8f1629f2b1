"""Which files of a commit may be sent to a model at all: what the claim set withholds, and what is verifier's own."""

from __future__ import annotations

from verifier.repository.globbing import any_matches
from verifier.repository.snapshot import Snapshot
from verifier.values.claim import ClaimSet


class SendRules:
    """Which files may be sent at all."""

    def __init__(self, claims: ClaimSet, snapshot: Snapshot) -> None:
        self._claims = claims
        self._snapshot = snapshot
        self._known: dict[str, bool] = {}

    def may(self, path: str) -> bool:
        """Whether the file may be sent."""
        if path not in self._known:
            self._known[path] = self.refusal(path) is None
        return self._known[path]

    def refusal(self, path: str) -> str | None:
        """The rule by which the file may not be sent. None: it may."""
        for rule, patterns in (("exclude", self._claims.context.exclude), ("never_send", self._claims.never_send)):
            if any_matches(patterns, path):
                binding = next((pattern for pattern in patterns if any_matches((pattern,), path)), patterns[0])
                return f'the claim set\'s {rule} has "{binding}"'
        return "verifier's own file" if self._snapshot.is_own(path) else None
