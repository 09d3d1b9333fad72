"""The list of the newest 50 jobs, with a short and with a long history behind it."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from motor.motor_asyncio import AsyncIOMotorClient

from benchmarks.harness import PlainClient, Row, console, ended, median, submit


async def _list_ms(clients: Sequence[PlainClient], rounds: int = 60) -> list[float]:
    """Medians of consoles that are asked in turns: what else the machine does meanwhile falls on each of them."""
    times: list[list[float]] = [[] for _ in clients]
    for _ in range(rounds):
        for client, taken in zip(clients, times, strict=True):
            began = time.perf_counter()
            await client.get("/api/jobs")
            taken.append((time.perf_counter() - began) * 1000)
    return [median(taken) for taken in times]


@asynccontextmanager
async def _history() -> AsyncIterator[tuple[PlainClient, Callable[[int], Awaitable[None]]]]:
    """A console with 60 jobs of its own, and what adds copies of the last one until there are so many."""
    async with console() as (process, http):
        for _ in range(60):
            last = await submit(http, "nothing")
        await ended(http, last)
        mongo: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(process.database_url)
        jobs = mongo["airsenal_console"]["jobs"]
        template = await jobs.find_one({"_id": last})
        assert template
        client = PlainClient(http)
        await client.open()
        yield client, partial(_grow, jobs, template)
        mongo.close()


async def _grow(jobs: Any, template: dict[str, Any], until: int) -> None:
    present = await jobs.count_documents({})
    for start in range(present, until, 5_000):
        rows = [
            {**template, "_id": f"old-{number}", "sequence": number}
            for number in range(start, min(until, start + 5_000))
        ]
        await jobs.insert_many(rows)


async def run() -> list[Row]:
    async with _history() as (short, grow_short), _history() as (long, grow_long):
        await grow_short(100)
        rows = []
        for size in (10_000, 100_000):
            await grow_long(size)
            few, many = await _list_ms([short, long])
            rows.append(Row(f"list of 50 jobs, {size:,} in history", many / few, 1.2, "x the same at 100"))
        rows.append(Row("list of 50 jobs, 100,000 in history, p50", many, 5.0, "ms"))
    return rows
