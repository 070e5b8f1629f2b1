"""The floor: the same prompts through google-genai and nothing else, as a process to be measured.

    python -m benchmarks.bare_loop URL PROMPTS CONCURRENCY

PROMPTS is a JSON list of [system, [section, ...]].
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import httpx2
from google import genai
from google.genai import types

from verifier.values.verdict import AskedVerdict


async def main(url: str, prompts: str, concurrency: str) -> None:
    """Ask every prompt once."""
    transport = {"transport": httpx2.AsyncHTTPTransport(limits=httpx2.Limits(max_connections=int(concurrency)))}
    options = types.HttpOptions(base_url=url, async_client_args=transport)
    client = genai.Client(api_key="any", vertexai=False, http_options=options)
    gate = asyncio.Semaphore(int(concurrency))
    schema = AskedVerdict.as_schema()

    async def ask(system: str, sections: list[str]) -> str:
        config = types.GenerateContentConfig(
            system_instruction=system, response_mime_type="application/json", response_json_schema=schema
        )
        contents = types.Content(role="user", parts=[types.Part(text=text) for text in sections])
        async with gate:
            reply = await client.aio.models.generate_content(model="gemini-3.8-flash", contents=contents, config=config)
        return reply.text or ""

    asked = json.loads(Path(prompts).read_text(encoding="utf-8"))
    replies = await asyncio.gather(*(ask(system, sections) for system, sections in asked))
    assert all(map(json.loads, replies))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
