"""Inspect AI over the same prompts with its mock model, which asks nobody, and a scorer that looks for a word; run by
the Python of the peers.

python benchmarks/inspect_mock.py PROMPTS LOGS
"""

import json
import sys
from pathlib import Path

from inspect_ai import Task, eval  # type: ignore[import-not-found,unused-ignore]  # noqa: A004
from inspect_ai.dataset import Sample  # type: ignore[import-not-found,unused-ignore]
from inspect_ai.scorer import includes  # type: ignore[import-not-found,unused-ignore]

if __name__ == "__main__":
    prompts = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    samples = [Sample(input="\n".join([system, *sections]), target="output") for system, sections in prompts]
    eval(
        Task(dataset=samples, scorer=includes()),
        model="mockllm/model",
        display="none",
        log_dir=sys.argv[2],
        max_connections=32,
    )
