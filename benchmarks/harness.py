"""A console as a process of its own on a fresh data folder, and the baselines to compare it with."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import statistics
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from backend.tests.console_process import ConsoleProcess

COMMANDS = """
pack: Benchmarks
commands:
  - {id: stamp, title: Stamp, touches: reads, argv: ["{python}", "-I", "-S", "-c", "import time; print(time.time())"]}
  - {id: date, title: Date, touches: reads, argv: [date, "+%s.%N"]}
  - {id: "true", title: "True", touches: reads, argv: [/bin/true]}
  - id: lines
    title: Lines
    touches: reads
    argv: [cat, "{file}"]
    parameters: [{name: file, type: text, required: true}]
    secrets: [S0, S1, S2, S3, S4, S5, S6, S7, S8, S9]
  - id: tick
    title: Tick
    touches: reads
    argv: ["{python}", "-I", "-S", "-u", "-c", "import time\\nfor _ in range(int('{count}')): print(time.time()); time.sleep(0.02)"]
    parameters: [{name: count, type: int, default: 300}]
"""


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def report(name: str, **figures: object) -> None:
    print(json.dumps({"benchmark": name, **figures}), flush=True)


@asynccontextmanager
async def console(**settings: str) -> AsyncIterator[tuple[ConsoleProcess, httpx.AsyncClient]]:
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    (folder / "commands").mkdir()
    (folder / "commands" / "bench.yaml").write_text(COMMANDS)
    process = ConsoleProcess(
        folder / "data", COMMANDS_DIR=str(folder / "commands"), LOG_LEVEL="WARNING", JOB_QUEUE_LIMIT="1000000", **settings
    )
    process.start()
    try:
        async with httpx.AsyncClient(base_url=process.http.base_url, headers=process.http.headers, timeout=60) as http:
            yield process, http
    finally:
        process.stop()
        shutil.rmtree(folder, ignore_errors=True)


async def bare_spawn_seconds(argv: Sequence[str], count: int) -> list[float]:
    """From asyncio's spawn of a child to the child's own time stamp: the limit of any dispatch."""
    import time

    seconds = []
    for _ in range(count):
        began = time.time()
        child = await asyncio.create_subprocess_exec(*argv, stdout=asyncio.subprocess.PIPE)
        out, _ = await child.communicate()
        seconds.append(float(out) - began)
    return seconds


median = statistics.median
__all__ = ["argparse", "bare_spawn_seconds", "console", "median", "os", "percentile", "report"]
