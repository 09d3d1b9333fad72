"""A million lines: read, masked with ten secrets, stored journaled, read back, SHA-256 equal. Against `cmd | tee`."""

from __future__ import annotations

import asyncio
import hashlib
import subprocess
import tempfile
import time

import httpx

from benchmarks.harness import Row, console, ended, median, submit

LINES = 1_000_000
SEQ = f"seq -f '%09.0f the quick brown fox jumps over the lazy dog ab' {LINES}"


def _tee() -> tuple[float, str]:
    with tempfile.NamedTemporaryFile() as target:
        began = time.perf_counter()
        subprocess.run(f"{SEQ} | tee {target.name} > /dev/null", shell=True, check=True)
        seconds = time.perf_counter() - began
        return seconds, hashlib.sha256(target.read()).hexdigest()


async def _through(http: httpx.AsyncClient, expected: str) -> float:
    began = time.perf_counter()
    job_id = await submit(http, "lines", count=LINES)
    job = await ended(http, job_id)
    digest = hashlib.sha256()
    async with http.stream("GET", f"/api/jobs/{job_id}/log/download") as download:
        async for data in download.aiter_raw():
            digest.update(data)
    seconds = time.perf_counter() - began
    assert digest.hexdigest() == expected
    assert job["log_lines"] == LINES
    return seconds


async def run() -> list[Row]:
    async with console() as (_, http):
        for number in range(10):
            body = {"key": f"S{number}", "value": f"secret value number {number} {'x' * number}"}
            (await http.post("/api/secrets", json=body)).raise_for_status()
        ratios = []
        for _ in range(5):
            tee, expected = await asyncio.to_thread(_tee)
            ratios.append(await _through(http, expected) / tee)
    return [
        Row("1,000,000 lines: masked, stored journaled, read back, SHA-256 equal", median(ratios), 2.5, "x `cmd | tee`")
    ]
