"""Memory: idle, and while a job prints a gibibyte with five viewers that hardly read."""

from __future__ import annotations

import asyncio
import hashlib

import websockets

from benchmarks.harness import Row, console, pss_mib, submit

GIB = 1024**3


def _expected_sha256() -> str:
    """Of the same command piped to a file of its own."""
    line = b"a line of about sixty characters, as chatty programs print\n"
    block = line * 65_536
    digest, left = hashlib.sha256(), GIB
    while left:
        digest.update(block[:left])
        left -= min(left, len(block))
    return digest.hexdigest()


async def _slow_viewer(url: str, stop: asyncio.Event) -> None:
    async with websockets.connect(url, max_queue=1, max_size=None) as socket:
        while not stop.is_set():
            try:
                async with asyncio.timeout(1):
                    await socket.recv()
            except (TimeoutError, websockets.ConnectionClosed):
                return
            await asyncio.sleep(0.5)


async def run() -> list[Row]:
    async with console(JOB_LOG_MAX_BYTES=str(4 * GIB)) as (process, http):
        await asyncio.sleep(3)
        console_only = pss_mib(process.console_pids())
        everything = pss_mib([*process.console_pids(), process.database_pid()])
        job_id = await submit(http, "flood", bytes=GIB)
        token = http.headers["Authorization"].split()[1]
        url = f"{str(http.base_url).replace('http', 'ws', 1)}/ws/jobs/{job_id}?token={token}"
        stop = asyncio.Event()
        viewers = [asyncio.create_task(_slow_viewer(url, stop)) for _ in range(5)]
        before = peak = pss_mib([process.pid])
        while True:
            job = (await http.get(f"/api/jobs/{job_id}?logs=false")).json()
            peak = max(peak, pss_mib([process.pid]))
            if job["status"] != "running" and job["status"] != "pending":
                break
            await asyncio.sleep(0.1)
        assert job["log_bytes"] == GIB, job
        assert job["attempts"][0]["sha256"] == _expected_sha256(), "the stored log is not what was printed"
        stop.set()
        await asyncio.gather(*viewers, return_exceptions=True)
    return [
        Row("memory growth while a job prints 1 GiB, 5 slow viewers", peak - before, 50, "MiB"),
        Row("idle memory (PSS), console", console_only, 70, "MB"),
        Row("idle memory (PSS), with mongod", everything, 190, "MB"),
    ]
