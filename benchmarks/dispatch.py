"""From the API call to the child's own time stamp, and how many short jobs a second one lane gets through."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime

import httpx

from benchmarks.harness import PlainClient, Row, bare_spawn, console, ended, median, percentile, submit

DATE = ["date", "+%s.%N"]


async def _dispatch(http: httpx.AsyncClient, client: PlainClient) -> float:
    began = time.time()
    job_id = (await client.post("/api/jobs", {"command": "date", "parameters": {}}))["id"]
    await ended(http, job_id)
    line = (await http.get(f"/api/jobs/{job_id}/log")).json()["lines"][0]
    return float(line) - began


async def _bare_rate(count: int) -> float:
    began = time.perf_counter()
    for _ in range(count):
        child = await asyncio.create_subprocess_exec("/bin/true")
        await child.wait()
    return count / (time.perf_counter() - began)


async def _queued_rate(http: httpx.AsyncClient, count: int) -> float:
    await http.post("/api/queue/drain")
    jobs = [await submit(http, "nothing") for _ in range(count)]
    await http.post("/api/queue/resume")
    last = await ended(http, jobs[-1], 0.25)
    first = await ended(http, jobs[0])
    seconds = datetime.fromisoformat(last["completed_at"]) - datetime.fromisoformat(first["started_at"])
    return count / seconds.total_seconds()


async def run() -> list[Row]:
    async with console() as (_, http):
        client = PlainClient(http)
        await client.open()
        for _ in range(10):
            await _dispatch(http, client)
        bare, ours = [], []
        for _ in range(100):
            began, printed = await bare_spawn(DATE)
            bare.append(float(printed) - began)
            ours.append(await _dispatch(http, client))
        limit = median(bare)
        rates = []
        for _ in range(3):
            bare_rate = await _bare_rate(250)
            rates.append(await _queued_rate(http, 500) / bare_rate)
    return [
        Row("dispatch, API call to the child's time stamp, p50", median(ours) / limit, 2.5, "x bare spawn"),
        Row("the same, p95", percentile(ours, 0.95) / limit, 4.0, "x bare spawn"),
        Row("500 queued `/bin/true` in one lane", median(rates), 0.45, "of bare spawns a second", at_least=True),
    ]
