"""When each byte of a log was written, by range."""

from __future__ import annotations

import pytest

from backend.tests.conftest import Console


async def test_times_rise_with_the_lines_and_lie_within_the_job(console: Console) -> None:
    job = await console.run("count", lines=4, pause=0.3)
    address = f"/api/jobs/{job['id']}/log/times"
    whole = (await console.http.get(address)).json()
    assert (whole["from"], whole["next"]) == (0, job["log_bytes"])
    bytes_, times = zip(*whole["marks"], strict=True)
    assert bytes_[0] == 0
    assert list(bytes_) == sorted(set(bytes_))
    assert list(times) == sorted(times)
    # Three pauses lie between them, of which a busy machine may swallow some.
    assert times[-1] - times[0] >= 200
    part = (await console.http.get(f"{address}?from=10&limit=10")).json()
    assert (part["from"], part["next"], part["marks"][0][0]) == (10, 20, 10)
    assert {time for _, time in part["marks"]} <= set(times)
    behind = (await console.http.get(f"{address}?from={job['log_bytes']}")).json()
    assert (behind["next"], behind["marks"]) == (job["log_bytes"], [])


@pytest.mark.parametrize("query", ["from=-1", "limit=0", "limit=2000000"])
async def test_a_range_that_is_none(console: Console, query: str) -> None:
    answer = await console.http.get(f"/api/jobs/nope/log/times?{query}")
    assert answer.status_code == 422
    assert (await console.http.get("/api/jobs/nope/log/times")).status_code == 404
