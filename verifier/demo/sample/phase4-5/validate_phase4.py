#!/usr/bin/env python3
"""Validate phase 4: look at every component and say how much of it is there.

Components have the numbers of ROADMAP.md. The results go to the screen and, in detail, to
phase4_validation.json.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent

COMPONENTS = range(1, 10)
"""The components of phase 4, as ROADMAP.md numbers them; the tenth is this script."""


@dataclass(frozen=True)
class Detail:
    """One thing that was looked for, and whether it was there."""

    wanted: str
    path: str
    found: bool


@dataclass(frozen=True)
class Result:
    """What became of one component: passed, failed or skipped."""

    component: int
    outcome: str
    details: list[Detail]


def contains(path: str, *wanted: str) -> list[Detail]:
    """Look for each text in a file of the repository."""
    file = ROOT / path
    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    return [Detail(each, path, each in text) for each in wanted]


def check_docker() -> list[Detail]:
    """Component 1: a user of its own, and a health check."""
    return [
        *contains("docker/Dockerfile", "USER gloss", "HEALTHCHECK"),
        *contains("docker/docker-compose.production.yml", "healthcheck:", "read_only: true"),
    ]


def check_error_handling() -> list[Detail]:
    """Component 4: the handler and what belongs to it."""
    return contains(
        "src/core/error_handler.py",
        "class ProductionErrorHandler",
        "class CircuitBreaker",
        "class RetryPolicy",
        "class ErrorRegistry",
    )


def check_endpoints() -> list[Detail]:
    """Component 8: the pages for operators."""
    return contains("main.py", '"/health"', '"/ready"', '"/metrics"', '"/status"')


def check_environment() -> list[Detail]:
    """Component 9: a variable of each group."""
    return contains(
        ".env.example", "SERVICE_API_TOKEN=", "METRICS_ENABLED=", "MAX_IN_FLIGHT=", "ALERT_CONTACT=", "DEPLOY_VERSION="
    )


CHECKS: dict[int, Callable[[], list[Detail]]] = {
    1: check_docker,
    4: check_error_handling,
    8: check_endpoints,
    9: check_environment,
}
"""Components without a check here are skipped."""


def validate(component: int) -> Result:
    """Run the check of a component, if it has one."""
    if component not in CHECKS:
        return Result(component, "skipped", [])
    details = CHECKS[component]()
    return Result(component, "passed" if all(each.found for each in details) else "failed", details)


def main() -> int:
    """Print the results and write them in detail; 0 when no check failed."""
    results = [validate(component) for component in COMPONENTS]
    passed = sum(result.outcome == "passed" for result in results)
    success_rate = 100 * passed / len(results)
    for result in results:
        print(f"component {result.component}: {result.outcome}")
        for detail in result.details:
            print(f"  {'found' if detail.found else 'MISSING'}: {detail.wanted} in {detail.path}")
    print(f"success rate: {success_rate:.0f} % ({passed} of {len(results)} components passed)")
    report = {"success_rate": success_rate, "results": [asdict(result) for result in results]}
    (ROOT / "phase4_validation.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return int(any(result.outcome == "failed" for result in results))


if __name__ == "__main__":
    sys.exit(main())
