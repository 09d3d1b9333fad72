"""A million lines: read, masked with ten secrets, stored journaled, read back, SHA-256 equal. Against `cat | tee`."""

from __future__ import annotations

import asyncio
import hashlib
import subprocess
import tempfile
import time
from pathlib import Path

from benchmarks.harness import console, median, report

LINES = 1_000_000


def write_lines(path: Path) -> str:
    # 58 bytes a line, as a chatty tool prints.
    with path.open("w") as file:
        for number in range(LINES):
            file.write(f"{number:09d} the quick brown fox jumps over the lazy dog {number % 97:3d}\n")
    return hashlib.sha256(path.read_bytes()).hexdigest()


def tee_seconds(path: Path) -> float:
    with tempfile.NamedTemporaryFile() as target:
        began = time.perf_counter()
        subprocess.run(f"cat {path} | tee {target.name} > /dev/null", shell=True, check=True)
        return time.perf_counter() - began


async def main(rounds: int = 3) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lines.txt"
        expected = write_lines(path)
        async with console() as (_, http):
            for number in range(10):
                body = {"key": f"S{number}", "value": f"secret value number {number} {'x' * number}"}
                (await http.post("/api/secrets", json=body)).raise_for_status()
            ratios, stored_only = [], []
            for _ in range(rounds):
                tee = tee_seconds(path)
                began = time.perf_counter()
                answer = await http.post("/api/jobs", json={"command": "lines", "parameters": {"file": str(path)}})
                job_id = answer.json()["id"]
                while (job := (await http.get(f"/api/jobs/{job_id}?logs=false")).json())["status"] != "completed":
                    assert job["status"] in ("pending", "running"), job
                    await asyncio.sleep(0.005)
                stored = time.perf_counter() - began
                digest = hashlib.sha256()
                async with http.stream("GET", f"/api/jobs/{job_id}/log/download") as download:
                    async for data in download.aiter_raw():
                        digest.update(data)
                whole = time.perf_counter() - began
                assert digest.hexdigest() == expected
                assert job["log_lines"] == LINES
                ratios.append(whole / tee)
                stored_only.append(stored / tee)
            report("a million lines, stored and read back", ratio=round(median(ratios), 2), goal=2.5,
                   stored_only=round(median(stored_only), 2), tee_seconds=round(tee, 3))  # fmt: skip


if __name__ == "__main__":
    asyncio.run(main())
