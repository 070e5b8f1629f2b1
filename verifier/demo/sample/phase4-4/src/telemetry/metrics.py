"""Counters and gauges, written in the text format that Prometheus reads."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Labels = tuple[tuple[str, str], ...]


class Counters:
    """Counts by name and labels; they only ever go up."""

    def __init__(self) -> None:
        self._values: Counter[tuple[str, Labels]] = Counter()
        self._lock = threading.Lock()

    def add(self, name: str, **labels: str) -> None:
        """Count one more."""
        with self._lock:
            self._values[name, tuple(sorted(labels.items()))] += 1

    def of(self, name: str) -> dict[Labels, int]:
        """Every count of this name, by its labels."""
        with self._lock:
            return {labels: value for (each, labels), value in self._values.items() if each == name}


def exposition(prefix: str, name: str, kind: str, text: str, samples: Mapping[Labels, float]) -> str:
    """One metric as Prometheus reads it: a help line, a type line, a line per sample."""
    full_name = f"{prefix}_{name}"
    lines = [f"# HELP {full_name} {text}", f"# TYPE {full_name} {kind}"]
    lines += [f"{full_name}{_labels(labels)} {value:g}" for labels, value in sorted(samples.items())]
    return "\n".join(lines) + "\n"


def _labels(labels: Labels) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
