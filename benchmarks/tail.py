"""Live tail: from a line's own time stamp to the client, with one and with fifty watchers."""

from __future__ import annotations

import asyncio
import json
import time

import httpx
import websockets

from benchmarks.harness import Row, console, percentile, submit


async def _watch(url: str, delays: list[float]) -> None:
    async with websockets.connect(url) as socket:
        live = False
        async for message in socket:
            now = time.time()
            frame = json.loads(message)
            if frame["type"] == "logs" and live:
                delays.extend(now - float(line) for line in frame["lines"])
            live = live or frame["type"] == "status"


async def _tail(http: httpx.AsyncClient, watchers: int) -> float:
    job_id = await submit(http, "tick", count=250)
    token = http.headers["Authorization"].split()[1]
    url = f"{str(http.base_url).replace('http', 'ws', 1)}/ws/jobs/{job_id}?format=batch&token={token}"
    delays: list[float] = []
    await asyncio.gather(*(_watch(url, delays) for _ in range(watchers)))
    return percentile(delays, 0.99) * 1000


async def run() -> list[Row]:
    async with console() as (_, http):
        return [
            Row("live tail, print to client, 1 watcher, p99", await _tail(http, 1), 2.0, "ms"),
            Row("live tail, 50 watchers, p99", await _tail(http, 50), 5.0, "ms"),
        ]
