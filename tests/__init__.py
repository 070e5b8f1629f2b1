"""Tests, in folders of the names of what they test."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
"""The project's folder."""
