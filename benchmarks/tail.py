"""Live tail: from a line's own time stamp to the client, with one and with fifty watchers."""

from __future__ import annotations

import asyncio
import json
import time

import httpx
import websockets

from benchmarks.harness import Row, console, percentile, submit


class _Watchers:
    """Delays are taken once everybody is connected: fifty handshakes are not what is measured."""

    def __init__(self, expected: int) -> None:
        self._missing = expected
        self._from = float("inf")
        self.delays: list[float] = []

    async def watch(self, url: str) -> None:
        live = False
        async with websockets.connect(url) as socket:
            async for message in socket:
                now = time.time()
                frame = json.loads(message)
                if frame["type"] == "logs":
                    self.delays.extend(now - float(line) for line in frame["lines"] if float(line) > self._from)
                elif not live:
                    live = True
                    self._missing -= 1
                    if self._missing == 0:
                        self._from = now


async def _tail(http: httpx.AsyncClient, count: int) -> float:
    job_id = await submit(http, "tick", count=400)
    token = http.headers["Authorization"].split()[1]
    url = f"{str(http.base_url).replace('http', 'ws', 1)}/ws/jobs/{job_id}?format=batch&token={token}"
    watchers = _Watchers(count)
    await asyncio.gather(*(watchers.watch(url) for _ in range(count)))
    return percentile(watchers.delays, 0.99) * 1000


async def run() -> list[Row]:
    async with console() as (_, http):
        return [
            Row("live tail, print to client, 1 watcher, p99", await _tail(http, 1), 2.0, "ms"),
            Row("live tail, 50 watchers, p99", await _tail(http, 50), 5.0, "ms"),
        ]
