"""The list of the newest 50 jobs, with a short and with a long history behind it."""

from __future__ import annotations

import time
from typing import Any

import httpx
from motor.motor_asyncio import AsyncIOMotorClient

from benchmarks.harness import Row, console, ended, median, submit


async def _list_ms(http: httpx.AsyncClient, rounds: int = 60) -> float:
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        (await http.get("/api/jobs")).raise_for_status()
        times.append((time.perf_counter() - began) * 1000)
    return median(times)


async def _grow(jobs: Any, template: dict[str, Any], until: int) -> None:
    present = await jobs.count_documents({})
    for start in range(present, until, 5_000):
        rows = [
            {**template, "_id": f"old-{number}", "sequence": number}
            for number in range(start, min(until, start + 5_000))
        ]
        await jobs.insert_many(rows)


async def run() -> list[Row]:
    async with console() as (process, http):
        for _ in range(60):
            last = await submit(http, "nothing")
        await ended(http, last)
        client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(process.database_url)
        jobs = client["airsenal_console"]["jobs"]
        template = await jobs.find_one({"_id": last})
        assert template
        await _grow(jobs, template, 100)
        few = await _list_ms(http)
        rows = []
        for size in (10_000, 100_000):
            await _grow(jobs, template, size)
            many = await _list_ms(http)
            rows.append(Row(f"list of 50 jobs, {size:,} in history", many / few, 1.2, "x the same at 100"))
        rows.append(Row("list of 50 jobs, 100,000 in history, p50", many, 5.0, "ms"))
        client.close()
    return rows
