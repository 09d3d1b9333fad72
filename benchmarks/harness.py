"""A console as a process of its own on a fresh data folder, and what the benchmarks share.

Machines differ and are noisy, so every figure is a ratio to a baseline measured in the same run, in turns with it.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from backend.tests.console_process import ConsoleProcess

COMMANDS = """
pack: Benchmarks
commands:
  - {id: date, title: Date, touches: reads, argv: [date, "+%s.%N"]}
  - {id: nothing, title: Nothing, touches: reads, argv: [/bin/true]}
  - id: lines
    title: Lines
    touches: reads
    argv: [seq, -f, "%09.0f the quick brown fox jumps over the lazy dog ab", "{count}"]
    parameters: [{name: count, type: int, required: true}]
    secrets: [S0, S1, S2, S3, S4, S5, S6, S7, S8, S9]
  - id: tick
    title: Tick
    touches: reads
    argv: ["{programs}/../../../../benchmarks/tick.py", "{count}"]
    parameters: [{name: count, type: int, default: 250}]
  - id: flood
    title: Flood
    touches: reads
    argv: [sh, -c, 'yes "a line of about sixty characters, as chatty programs print" | head -c "$0"', "{bytes}"]
    parameters: [{name: bytes, type: int, required: true}]
""".replace(
    '["{programs}/../../../../benchmarks/tick.py"', '["{python}", "-I", "{programs}/../../../../benchmarks/tick.py"'
)


@dataclass(frozen=True)
class Row:
    """One line of the table. `value` and `goal` are in `unit`; smaller is better unless `at_least`."""

    measure: str
    value: float
    goal: float
    unit: str
    at_least: bool = False
    note: str = ""

    @property
    def met(self) -> bool:
        return self.value >= self.goal if self.at_least else self.value <= self.goal


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def median(values: Sequence[float]) -> float:
    return percentile(values, 0.5)


@asynccontextmanager
async def console(**settings: str) -> AsyncIterator[tuple[ConsoleProcess, httpx.AsyncClient]]:
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    (folder / "commands").mkdir()
    (folder / "commands" / "bench.yaml").write_text(COMMANDS)
    chosen = {
        "COMMANDS_DIR": str(folder / "commands"),
        "LOG_LEVEL": "WARNING",
        "JOB_QUEUE_LIMIT": "1000000",
        **settings,
    }
    process = ConsoleProcess(folder / "data", **chosen)
    await asyncio.to_thread(process.start)
    try:
        async with httpx.AsyncClient(base_url=process.http.base_url, headers=process.http.headers, timeout=60) as http:
            yield process, http
    finally:
        await asyncio.to_thread(process.stop)
        shutil.rmtree(folder, ignore_errors=True)


class PlainClient:
    """One kept connection and nothing else: a client library's own millisecond would count as ours."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def open(self) -> None:
        url = self._http.base_url
        self._reader, self._writer = await asyncio.open_connection(url.host, url.port)

    async def get(self, path: str) -> bytes:
        return await self._ask("GET", path, b"")

    async def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return dict(json.loads(await self._ask("POST", path, json.dumps(body).encode())))

    async def _ask(self, method: str, path: str, text: bytes) -> bytes:
        self._writer.write(
            f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {self._http.headers['Authorization']}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(text)}\r\n\r\n".encode()
            + text
        )
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode()
        length = int(head.lower().split("content-length: ")[1].split()[0])
        body = await self._reader.readexactly(length)
        assert " 200 " in head.splitlines()[0], body
        return body


async def submit(http: httpx.AsyncClient, command: str, **parameters: object) -> str:
    answer = await http.post("/api/jobs", json={"command": command, "parameters": parameters})
    answer.raise_for_status()
    return str(answer.json()["id"])


async def ended(http: httpx.AsyncClient, job_id: str, every: float = 0.01) -> dict[str, Any]:
    while True:
        job: dict[str, Any] = (await http.get(f"/api/jobs/{job_id}?logs=false")).json()
        if job["status"] in ("completed", "failed", "cancelled"):
            assert job["status"] == "completed", job
            return job
        await asyncio.sleep(every)


async def bare_spawn(argv: Sequence[str]) -> tuple[float, str]:
    """asyncio's own spawn: the moment before it, and what the child printed. The limit of every dispatch."""
    began = time.time()
    child = await asyncio.create_subprocess_exec(*argv, stdout=asyncio.subprocess.PIPE)
    out, _ = await child.communicate()
    return began, out.decode()


def pss_mib(pids: Sequence[int]) -> float:
    total = 0
    for pid in pids:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total / 1024
