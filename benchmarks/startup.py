"""From the database's readiness to the console's, the second start of a data folder."""

from __future__ import annotations

import asyncio
import json

from benchmarks.harness import Row, console, median


async def run() -> list[Row]:
    seconds = []
    async with console(LOG_LEVEL="DEBUG") as (process, _):
        for _ in range(5):
            await asyncio.to_thread(process.stop)
            await asyncio.to_thread(process.start)
            events = {}
            for line in process.output.splitlines():
                if line.startswith("{"):
                    event = json.loads(line)
                    events[event["event"]] = event
            seconds.append(events["console ready"]["seconds"] - events["database started"]["seconds"])
    return [Row("console ready after its database is up", median(seconds), 0.6, "s")]
