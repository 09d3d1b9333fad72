"""Between two jobs of a lane: what was read ahead, what is claimed, and what nobody seems to look after."""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo.errors import AutoReconnect

from backend.jobs import queue, recovery
from backend.jobs.executor import Execution
from backend.jobs.log_writer import LogWriter
from backend.jobs.service import Limits
from backend.models.jobs import Job
from backend.tests.conftest import Console, moment
from backend.utils.clock import utc_now


async def _cancelled(console: Console, job_id: str) -> None:
    await console.when(job_id, lambda now: now["log_lines"] > 0)
    await console.http.post(f"/api/jobs/{job_id}/cancel")
    assert (await console.ended(job_id))["status"] == "cancelled"


async def test_draining_holds_back_what_was_read_ahead_too(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    """Q10: the write that ends a job would claim the one behind it."""
    monkeypatch.setattr(queue, "AHEAD_SECONDS", 60)
    first, second = [await console.submit("count", lines=1000, pause=0.05) for _ in range(2)]
    third = await console.submit("say")
    await _cancelled(console, first["id"])
    await console.when(second["id"], lambda now: now["status"] == "running")
    await console.http.post("/api/queue/drain")
    try:
        await _cancelled(console, second["id"])
        await asyncio.sleep(0.3)
        assert (await console.job(third["id"]))["status"] == "pending"
    finally:
        await console.http.post("/api/queue/resume")
    assert (await console.ended(third["id"]))["status"] == "completed"


async def test_no_successor_begins_before_its_claim_is_stored(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Q2, Q8: its runner stands ready while the database takes its time."""
    attempts = console.services.jobs.queue.attempts
    end, asked, go_on = attempts._jobs.end_attempt_and_claim, asyncio.Event(), asyncio.Event()

    async def slowly(*arguments: Any) -> Any:
        asked.set()
        await go_on.wait()
        return await end(*arguments)

    monkeypatch.setattr(queue, "AHEAD_SECONDS", 60)
    monkeypatch.setattr(attempts._jobs, "end_attempt_and_claim", slowly)
    first, second = [await console.submit("count", lines=1000, pause=0.05) for _ in range(2)]
    third = await console.submit("say", text="once")
    await _cancelled(console, first["id"])
    await console.when(second["id"], lambda now: now["log_lines"] > 0)
    await console.http.post(f"/api/jobs/{second['id']}/cancel")
    try:
        async with asyncio.timeout(20):
            await asked.wait()
        prepared = console.settings.data_dir / "spool" / f"{third['id']}.1"
        for _ in range(50):
            assert not os.path.lexists(prepared / "runner")
            await asyncio.sleep(0.01)
        assert (prepared / "runner.log").exists(), "the runner has its attempt"
    finally:
        go_on.set()
    assert (await console.ended(third["id"]))["logs"] == ["text=once"]


async def test_a_retry_that_came_due_goes_before_what_was_read_ahead(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "AHEAD_SECONDS", 0.1)
    before = console.services.jobs._limits
    console.services.jobs._limits = Limits(max_retries=1, pending=100)
    try:
        blocker = await console.submit("count", lines=1000, pause=0.05)
        failing = await console.submit("fail", code=1)
        long = await console.submit("count", lines=1000, pause=0.05)
        behind = await console.submit("say")
    finally:
        console.services.jobs._limits = before
    await _cancelled(console, blocker["id"])
    await console.when(failing["id"], lambda now: now["retry_count"] == 1)
    await console.when(long["id"], lambda now: now["log_lines"] > 10)  # half a second: the retry is due by then
    await _cancelled(console, long["id"])
    behind, failing = await console.ended(behind["id"]), await console.ended(failing["id"])
    assert moment(failing["attempts"][1]["started_at"]) < moment(behind["attempts"][0]["started_at"])


async def test_a_clock_that_is_set_back_delays_no_job(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    blocker = await console.submit("count", lines=1000, pause=0.05)
    job = await console.submit("say")
    await console.when(blocker["id"], lambda now: now["log_lines"] > 0)
    monkeypatch.setattr(console.services.jobs.queue, "_now", lambda: utc_now() - timedelta(hours=1))
    await _cancelled(console, blocker["id"])
    assert (await console.ended(job["id"]))["status"] == "completed"


async def test_a_job_that_the_console_stumbled_over_is_taken_up_within_three_beats(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody follows it and its lane stands still; the 90 s are for hosts that may only be out of reach."""
    follow = LogWriter.follow
    stumbled: list[Execution] = []

    async def stumble_once(writer: LogWriter, execution: Execution) -> None:
        if not stumbled:
            stumbled.append(execution)
            raise RuntimeError("nobody thought of this")
        await follow(writer, execution)

    monkeypatch.setattr(LogWriter, "follow", stumble_once)
    monkeypatch.setattr(recovery, "BEAT_SECONDS", 0.3)
    job = await console.run("say", text="once")
    assert (len(stumbled), job["status"], job["logs"], len(job["attempts"])) == (1, "completed", ["text=once"], 1)


async def test_a_claim_whose_answer_got_lost_is_no_stale_job(
    console: Console, mongo_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database stored the claim, was away for minutes, and the lane asks again: nobody may settle it meanwhile."""
    client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(mongo_url)
    jobs, repository = client[console.settings.db_name]["jobs"], console.services.jobs.queue._jobs
    claim = repository.claim
    lost: list[Job] = []

    async def without_an_answer(job: Job) -> bool:
        got = await claim(job)
        if not lost:
            lost.append(job)
            await jobs.update_one({"_id": job.id}, {"$set": {"beat_at": datetime.now(UTC) - timedelta(minutes=5)}})
            await console.services.jobs.queue.recovery.settle_stale()
            raise AutoReconnect("away")
        return got

    blocker = await console.submit("count", lines=1000, pause=0.05)
    job = await console.submit("say")
    monkeypatch.setattr(repository, "claim", without_an_answer)
    await _cancelled(console, blocker["id"])
    ended = await console.ended(job["id"])
    assert (len(lost), ended["status"], len(ended["attempts"])) == (1, "completed", 1)
