"""Bytes in, bytes kept: nasty output through the real runner, spool and archive."""

from __future__ import annotations

import asyncio
import hashlib
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from backend.jobs import log_reader
from backend.jobs.feed import Feeds
from backend.jobs.log_reader import LogReader
from backend.repositories.log_chunks import LogChunk, LogChunkRepository
from backend.tests.conftest import Console

SCRIPTS = Path(__file__).parents[1] / "scripts"


@pytest.mark.parametrize("kind", ["no_newline", "long_line", "nul", "bad_utf8", "bars", "split_utf8"])
async def test_the_stored_log_equals_what_the_command_wrote(console: Console, kind: str) -> None:
    """O1, O2: compared with the same command piped to a file."""
    job = await console.run("bytes", kind=kind)
    assert job["status"] == "completed"
    expected = subprocess.run(
        [sys.executable, SCRIPTS / "nasty.py", kind], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=True
    ).stdout  # fmt: skip
    raw = (await console.http.get(f"/api/jobs/{job['id']}/log/raw?limit=4194304")).content
    download = (await console.http.get(f"/api/jobs/{job['id']}/log/download")).content
    if kind != "bars":  # two streams: their order at the same instant is the kernel's choice
        assert download.removesuffix(b"\n") == expected.removesuffix(b"\n")
        assert raw == expected[: len(raw)]
        assert job["attempts"][0]["sha256"] == hashlib.sha256(expected).hexdigest()
    assert job["log_bytes"] == len(expected)


async def test_lines_as_people_read_them(console: Console) -> None:
    bars = await console.run("bytes", kind="bars")
    assert bars["logs"][-1] == "finished" or "finished" in bars["logs"]
    split = await console.run("bytes", kind="split_utf8")
    assert split["logs"] == ["héllo ✓ 🎉"]
    both = await console.run("bytes", kind="both")
    assert both["logs"] == ["a result line", "working: 99%"]
    long = await console.run("bytes", kind="long_line")
    assert len(long["logs"][0]) < 70_000
    assert "the download has it whole" in long["logs"][0]
    assert long["logs"][1] == "after"
    nul = await console.run("bytes", kind="nul")
    assert nul["logs"] == ["a\ufffdb", "\ufffd\ufffd"]


async def test_pages_search_and_the_end(console: Console) -> None:
    job = await console.run("count", lines=200_000)
    log = f"/api/jobs/{job['id']}/log"
    assert len(job["logs"]) == 2000
    assert job["logs"][-1] == "line 199999"
    middle = (await console.http.get(f"{log}?from=123456&limit=3")).json()
    assert middle["lines"] == ["line 123456", "line 123457", "line 123458"]
    assert (middle["from"], middle["next"], middle["total"], middle["complete"]) == (123456, 123459, 200_000, False)
    end = (await console.http.get(f"{log}?from=-2")).json()
    assert (end["lines"], end["complete"]) == (["line 199998", "line 199999"], True)
    found = (await console.http.get(f"{log}?search=LINE 19999&limit=20")).json()
    assert found["numbers"] == [19999, *range(199_990, 200_000)]
    beyond = (await console.http.get(f"{log}?from=5000000")).json()
    assert (beyond["lines"], beyond["complete"]) == ([], True)
    for bad in ("limit=0", "limit=99999", "from=x", "attempt=0", "search="):
        assert (await console.http.get(f"{log}?{bad}")).status_code == 422


async def test_the_middle_of_a_log_over_its_limit_is_dropped_and_marked(console: Console) -> None:
    """O6: the job goes on, its beginning and end stay, and the hole says how large it is."""
    console.services.jobs.queue.attempts.log_max_bytes = 4 * 1024 * 1024
    try:
        job = await console.run("count", lines=1_000_000)
    finally:
        console.services.jobs.queue.attempts.log_max_bytes = 2 * 1024**3
    assert job["status"] == "completed"
    assert job["log_lines"] == 1_000_000
    assert job["logs"][-1] == "line 999999"
    first = (await console.http.get(f"/api/jobs/{job['id']}/log?limit=5000")).json()
    assert first["lines"][0] == "line 0"
    found = (await console.http.get(f"/api/jobs/{job['id']}/log?search=bytes dropped here")).json()
    assert len(found["lines"]) == 1
    download = (await console.http.get(f"/api/jobs/{job['id']}/log/download")).content
    assert len(download) < 7 * 1024 * 1024


async def test_who_reads_all_of_a_long_log_gets_both_ends_and_the_lines_they_are(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A companion reads it at once: gigabytes must not become the console's memory."""
    job = await console.run("count", lines=200_000)
    reader = LogReader(LogChunkRepository(console.services.database.db), Feeds(lambda _: None))
    whole = await reader.rows(job["id"], 0, 5, job["log_bytes"])
    assert (len(whole.texts), whole.line(0), whole.line(199_999)) == (200_000, 5, 200_004)
    monkeypatch.setattr(log_reader, "MAX_ROWS_BYTES", 200_000)
    rows = await reader.rows(job["id"], 0, 0, job["log_bytes"])
    assert sum(map(len, rows.texts)) < 2_000_000
    hole = next(at for at, text in enumerate(rows.texts) if "bytes dropped here" in text)
    # What follows the hole begins in the middle of a line.
    for at in (*range(hole), *range(hole + 2, len(rows.texts))):
        assert rows.texts[at] == f"line {rows.line(at)}"
    assert rows.texts[-1] == "line 199999"


@pytest.mark.parametrize(("lines", "width"), [(200, 60_000), (6, 9_000_000), (2500, 10)])
async def test_a_job_shows_the_end_of_its_log_also_when_lines_are_long(
    console: Console, lines: int, width: int
) -> None:
    """Bounded by size the beginning gives way, never the end; a line cut in its middle is not shown as a line."""
    job = await console.run("wide", lines=lines, width=width)
    numbers = [int(line[:6]) for line in job["logs"]]
    assert numbers == list(range(lines))[-len(numbers) :]
    assert len(numbers) == {200: 4 * 1024 * 1024 // 60_006, 6: 3, 2500: 2000}[lines]


async def test_a_line_is_found_at_once_also_among_half_a_million_empty_ones(console: Console) -> None:
    """It is counted on the loop, so it must be too quick for anybody to wait for it."""
    chunks = LogChunkRepository(console.services.database.db)
    empty = LogChunk("empty", 0, 0, 2**19, b"\n" * 2**19, 1, 2**19, [(0, 0, 1)])
    await chunks.store(empty, datetime.now(UTC))
    reader = LogReader(chunks, Feeds(lambda _: None))
    began = time.thread_time()
    places = [await reader.byte_of_line("empty", line) for line in (1, 2**18 + 5, 2**19)]
    assert time.thread_time() - began < 0.1
    assert places == [(1, 1), (2**18 + 5, 2**18 + 5), (2**19, 2**19)]
    await chunks.delete_log(["empty"])


async def test_a_long_search_leaves_others_their_turn(console: Console) -> None:
    job = await console.run("count", lines=400_000)
    search = asyncio.create_task(console.http.get(f"/api/jobs/{job['id']}/log?search=nowhere"))
    waits = []
    while not search.done():
        began = time.monotonic()
        assert (await console.http.get("/api/health")).status_code == 200
        waits.append(time.monotonic() - began)
        # Asked without a pause it would be this loop that the search waits for.
        await asyncio.sleep(0.01)
    assert (await search).json()["lines"] == []
    # The slowest one hangs on what else the machine does; nearly all of them must be quick.
    assert len(waits) > 5
    assert sorted(waits)[len(waits) * 9 // 10] < 0.5
