"""Leads: the files that the model, shown a commit's paths alone, would open to judge a claim.

The pydantic model is the door, as for verdicts. What passes on are paths.
"""

from __future__ import annotations

from pydantic import Field

from verifier.values.verdict import Asked

MOST_LEADS = 8
"""Files that one claim is led to."""


class AskedLeads(Asked):
    """The whole reply."""

    paths: list[str] = Field(description="Files to open, whole paths, the likeliest first.")
