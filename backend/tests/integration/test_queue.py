"""The queue as a whole: full, draining, with damaged records, with too many consoles, with no memory."""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from motor.motor_asyncio import AsyncIOMotorClient

from backend.config.keys import Keys
from backend.jobs import processes, recovery, runner_pool
from backend.jobs.service import Limits
from backend.tests.conftest import Console, moment, running_console, test_settings


def _records(console: Console, mongo_url: str) -> Any:
    client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(mongo_url)
    return client[console.settings.db_name]["jobs"]


async def test_a_full_queue_says_so(console: Console) -> None:
    """Q11."""
    before = console.services.jobs._limits
    console.services.jobs._limits = Limits(max_retries=0, pending=3)
    try:
        running = await console.submit("count", lines=1000, pause=0.05)
        await console.when(running["id"], lambda job: job["status"] == "running")
        waiting = [await console.submit("say") for _ in range(3)]
        refused = await console.http.post("/api/jobs", json={"command": "say"})
        assert refused.status_code == 429
        assert "3 jobs wait" in refused.json()["detail"]
        assert int(refused.headers["retry-after"]) > 0
        for job in [*waiting, running]:
            await console.http.post(f"/api/jobs/{job['id']}/cancel")
        await console.ended(running["id"])
        assert (await console.run("say"))["status"] == "completed"
    finally:
        console.services.jobs._limits = before


async def test_draining_finishes_what_runs_and_starts_nothing(console: Console) -> None:
    """Q10."""
    running = [
        await console.submit("count", lines=8, pause=0.1),
        await console.submit("other_lane", lines=8, pause=0.1),
    ]
    for job in running:
        await console.when(job["id"], lambda now: now["status"] == "running")
    waiting = await console.submit("say")
    state = (await console.http.post("/api/queue/drain")).json()
    assert state["draining"] is True
    assert set(state["running"]) == {job["id"] for job in running}
    ready = await console.http.get("/api/health/ready")
    assert ready.status_code == 503
    assert "draining" in ready.json()["checks"]["queue"]["detail"]
    for job in running:
        assert (await console.ended(job["id"]))["status"] == "completed"
    await asyncio.sleep(0.5)
    assert (await console.job(waiting["id"]))["status"] == "pending"
    assert (await console.http.get("/api/queue")).json()["running"] == []
    await console.http.post("/api/queue/resume")
    assert (await console.ended(waiting["id"]))["status"] == "completed"
    assert (await console.http.get("/api/health/ready")).status_code == 200


async def test_a_damaged_record_can_be_closed_and_hides_nothing(console: Console, mongo_url: str) -> None:
    """Q5: the way out must not need a healthy record."""
    jobs = _records(console, mongo_url)
    job = await console.submit("count", lines=1000, pause=0.05)
    await console.when(job["id"], lambda now: now["log_lines"] > 0)
    waiting = await console.submit("say")
    await jobs.update_one(
        {"_id": job["id"]}, {"$set": {"attempts": "spoiled", "created_at": 5}, "$unset": {"lane": ""}}
    )
    assert (await console.http.get("/api/jobs")).status_code == 200
    shown = await console.http.get(f"/api/jobs/{job['id']}")
    assert shown.status_code == 409
    assert "Close it" in shown.json()["detail"]
    closed = await console.http.post(f"/api/jobs/{job['id']}/close")
    assert closed.json() == {"success": True, "job_id": job["id"]}
    assert (await console.ended(waiting["id"]))["status"] == "completed"
    await jobs.delete_one({"_id": job["id"]})
    assert (await console.http.post(f"/api/jobs/{waiting['id']}/close")).status_code == 400
    assert (await console.http.post("/api/jobs/unknown/close")).status_code == 404


async def test_a_lost_host_is_noticed(console: Console, mongo_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Q5: another console's job without a beat for 90 s; that it really stands still is looked at for three beats."""
    monkeypatch.setattr(recovery, "BEAT_SECONDS", 0.1)
    jobs = _records(console, mongo_url)
    job = await console.run("say")
    long_ago = datetime.now(UTC) - timedelta(seconds=91)
    spoiled = {"status": "running", "node": "elsewhere", "owner": "gone", "beat_at": long_ago, "lane": "faraway",
               "attempts.0.ended_at": None}  # fmt: skip
    await jobs.update_one({"_id": job["id"]}, {"$set": spoiled})
    ended = await console.ended(job["id"])
    assert (ended["status"], ended["cause"]) == ("failed", "lost")
    assert "90 s" in ended["error"]


async def test_two_consoles_on_one_database_run_every_job_once(
    mongo_url: str, keys: Keys, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    """Q2, Q8: by mistake, but then nothing may run twice, and a lane may not overlap itself."""
    first = test_settings(tmp_path_factory.mktemp("first"))
    second = test_settings(tmp_path_factory.mktemp("second"), db_name=first.db_name)
    async with running_console(mongo_url, first, keys) as one, running_console(mongo_url, second, keys) as two:
        jobs = []
        for number in range(60):
            console = one if number % 2 else two
            jobs.append((await console.submit("say", text=str(number)))["id"])
        ended = [await one.ended(job_id, 60) for job_id in jobs]
    assert {job["status"] for job in ended} == {"completed"}
    assert {len(job["attempts"]) for job in ended} == {1}
    assert Counter(job["logs"][0] for job in ended) == Counter(f"text={number}" for number in range(60))
    spans = sorted((moment(a["started_at"]), moment(a["ended_at"])) for a in (job["attempts"][0] for job in ended))
    overlaps = [pair for pair in itertools.pairwise(spans) if pair[0][1] > pair[1][0]]
    assert overlaps == []


async def test_running_out_of_memory_is_named(console: Console) -> None:
    job = await console.run("hungry")
    assert (job["status"], job["cause"]) == ("failed", "out_of_memory")


async def test_many_short_jobs_leave_no_zombie(console: Console) -> None:
    """P7; benchmarks/soak.py runs thousands."""
    jobs = [await console.submit("say") for _ in range(200)]
    assert (await console.ended(jobs[-1]["id"], 90))["status"] == "completed"
    await asyncio.sleep(0.3)
    ours = {os.getpid(), console.services.executor.runners.host_pid}
    ours |= set(processes.descendants(os.getpid()))
    defunct = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                state = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if state[0] == "Z" and int(state[1]) in ours:
                defunct.append(entry.name)
    assert defunct == []


async def test_lists_stay_quick_with_a_noisy_job(console: Console) -> None:
    """Lesson 12: lists carry no log bodies."""
    job = await console.run("chatty", bytes=20_000_000)
    assert job["status"] == "completed"
    began = time.monotonic()
    answer = await console.http.get("/api/jobs")
    assert len(answer.content) < 400_000
    assert time.monotonic() - began < 2


async def test_a_job_closed_by_hand_keeps_its_log(console: Console) -> None:
    job = await console.submit("count", lines=1000, pause=0.05)
    await console.when(job["id"], lambda now: now["log_lines"] > 2)
    await console.http.post(f"/api/jobs/{job['id']}/close")
    closed = await console.when(job["id"], lambda now: now["log_lines"] > 2 and now["status"] == "failed")
    assert closed["cause"] == "lost"
    assert closed["logs"][0] == "line 0"
    assert (await console.http.get("/api/queue")).json()["running"] == []


async def test_a_stopped_runner_host_is_replaced(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    """It lives, so nothing is closed; it only never answers."""
    monkeypatch.setattr(runner_pool, "HOST_SECONDS", 0.5)
    host = console.services.executor.runners.host_pid
    assert host
    waiting = processes.descendants(host)
    os.kill(host, signal.SIGSTOP)
    for pid in waiting:
        os.kill(pid, signal.SIGKILL)
    assert (await console.run("say"))["cause"] == "exit_code"
    assert console.services.executor.runners.host_pid != host


async def test_a_runner_that_died_while_it_waited_costs_no_job(console: Console) -> None:
    host = console.services.executor.runners.host_pid
    assert host
    for pid in processes.descendants(host):
        os.kill(pid, signal.SIGKILL)
    assert (await console.run("say"))["cause"] == "exit_code"
    assert (await console.run("say"))["cause"] == "exit_code"
