"""What stands beside a job: it prepares, tells how far it is, and says what came out."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from collections.abc import Iterator

import pytest

from backend.errors import BadRequest
from backend.jobs.companion import Finished, ReadRows
from backend.models.jobs import Cause, Job, Outcome, Progress
from backend.tests.conftest import Console, moment


class Steps:
    """Of the command `told`."""

    refuse = ""
    breaks = False
    huge: object = None
    hold: asyncio.Event | None = None

    def __init__(self) -> None:
        self.calls: list[str] = []

    async def before(self, job: Job) -> None:
        self.calls.append(f"before {job.attempt}")
        if self.hold:
            await self.hold.wait()
        if self.refuse:
            raise BadRequest(self.refuse)

    def progress(self, job: Job) -> Steps:
        if self.breaks:
            raise ValueError("this is nobody's business either")
        return self

    def feed(self, rows: list[str]) -> Progress | None:
        found = re.search(r"step (\d+) of (\d+)", rows[-1]) if rows else None
        return Progress(label="Stepping", done=int(found[1]), total=int(found[2]), unit="steps") if found else None

    async def after(self, job: Job, outcome: Outcome, rows: ReadRows) -> Finished:
        self.calls.append(f"after {outcome.cause.value} {outcome.exit_code}")
        lines = (await rows()).texts
        if self.breaks:
            raise ValueError("this is nobody's business")
        if outcome.succeeded and "sum=0" in lines:
            outcome = outcome.model_copy(update={"cause": Cause.NO_RESULT, "error": "It did not step at all."})
            return Finished(outcome, warnings=["no steps"])
        if self.huge:
            return Finished(outcome, {"huge": self.huge}, ["a warning"])
        return Finished(outcome, {"type": "steps", "rows": lines}, ["small steps"])


@pytest.fixture
def steps(console: Console) -> Iterator[Steps]:
    companion = Steps()
    console.services.jobs.queue.attempts.companions["test.steps"] = companion
    yield companion
    del console.services.jobs.queue.attempts.companions["test.steps"]


async def test_it_sees_the_attempt_from_before_its_start_to_its_result(console: Console, steps: Steps) -> None:
    job = await console.submit("told", steps=4)
    running = await console.when(job["id"], lambda job: bool(job["progress"] and job["progress"]["ends_at"]))
    assert running["status"] == "running"
    progress = running["progress"]
    assert (progress["label"], progress["total"], progress["unit"]) == ("Stepping", 4, "steps")
    assert 1 < progress["done"] <= 4
    assert moment(progress["started_at"]) < moment(progress["ends_at"])
    ended = await console.ended(job["id"])
    assert (ended["status"], ended["progress"], ended["warnings"]) == ("completed", None, ["small steps"])
    answer = (await console.http.get(f"/api/jobs/{job['id']}/output")).json()
    # Of the bar only its last frame, as a terminal shows it. The two streams come side by side.
    assert (answer["output"]["type"], sorted(answer["output"]["rows"])) == ("steps", ["step 4 of 4", "sum=10"])
    assert steps.calls == ["before 1", "after exit_code 0"]
    assert (await console.http.get("/api/jobs")).json()[0]["warnings"] == ["small steps"]


async def test_exit_code_0_is_not_its_word_for_success(console: Console, steps: Steps) -> None:
    ended = await console.run("told", steps=0)
    assert (ended["status"], ended["cause"], ended["error"]) == ("failed", "no_result", "It did not step at all.")
    assert ended["warnings"] == ["no steps"]
    failed = await console.run("told", steps=1, code=3)
    assert (failed["status"], failed["exit_code"], failed["warnings"]) == ("failed", 3, ["small steps"])


async def test_what_it_refuses_does_not_start(console: Console, steps: Steps) -> None:
    steps.refuse = "The shelf is empty: fill it first."
    ended = await console.run("told")
    assert (ended["status"], ended["cause"], ended["error"]) == ("failed", "could_not_start", steps.refuse)
    assert (ended["log_bytes"], steps.calls) == (0, ["before 1"])
    assert (await console.run("say"))["status"] == "completed", "its lane goes on"


@pytest.mark.parametrize("how", ["cancel", "close"])
async def test_what_is_not_wanted_any_more_when_it_is_ready_does_not_begin(
    console: Console, steps: Steps, how: str
) -> None:
    steps.hold = asyncio.Event()
    job = await console.submit("told", steps=1)
    await console.when(job["id"], lambda _: bool(steps.calls))
    assert (await console.http.post(f"/api/jobs/{job['id']}/{how}")).status_code == 200
    steps.hold.set()
    ended = await console.ended(job["id"])
    assert (ended["log_bytes"], steps.calls) == (0, ["before 1"])
    assert ended["status"] == ("cancelled" if how == "cancel" else "failed")
    steps.hold = None
    assert (await console.run("told", steps=1))["status"] == "completed", "its lane goes on"
    assert steps.calls[-2:] == ["before 1", "after exit_code 0"]
    assert (await console.job(job["id"]))["log_bytes"] == 0


async def test_its_own_failure_is_no_success_of_the_job(console: Console, steps: Steps) -> None:
    steps.breaks = True
    ended = await console.run("told", steps=1)
    assert (ended["status"], ended["cause"]) == ("failed", "no_result")
    assert "ValueError" in ended["error"]
    assert "business" not in str(ended)


@pytest.mark.parametrize("huge", ["x" * 17_000_000, 10**30], ids=["text", "number"])
async def test_a_result_that_cannot_be_stored_does_not_hold_the_lane(
    console: Console, steps: Steps, huge: object
) -> None:
    steps.huge = huge
    job = await console.submit("told", steps=1)
    behind = await console.submit("say")
    ended = await console.ended(job["id"])
    assert (ended["status"], ended["exit_code"]) == ("completed", 0)
    assert ended["warnings"] == ["Its result could not be stored; its log has all of it."]
    assert (await console.http.get(f"/api/jobs/{job['id']}/output")).json()["output"] is None
    assert (await console.ended(behind["id"]))["status"] == "completed", "its lane goes on"


async def test_a_program_that_falls_silent_is_stopped(console: Console) -> None:
    ended = await console.run("hangs")
    assert (ended["status"], ended["cause"]) == ("failed", "time_limit")
    assert "printed nothing for 1 s" in ended["error"]
    assert ended["logs"] == ["1", "2", "3", "4"], "as long as it said something it went on"


async def test_a_runner_that_died_before_it_was_told_to_begin_leaves_nothing_lost(
    console: Console, steps: Steps
) -> None:
    """Nothing ran, so it may run: also for a command that must not be repeated."""
    steps.hold = asyncio.Event()
    job = await console.submit("told")
    async with asyncio.timeout(20):
        while steps.calls != ["before 1"]:  # noqa: ASYNC110 - no event for a list
            await asyncio.sleep(0.01)
    watched = console.services.executor._watched.values()
    (ready,) = [one.runner for one in watched if one.marker == f"{job['id']}.1"]
    assert ready
    os.kill(ready.pid, signal.SIGKILL)
    steps.hold.set()
    ended = await console.ended(job["id"])
    assert (ended["status"], [attempt["cause"] for attempt in ended["attempts"]]) == (
        "completed",
        ["lost", "exit_code"],
    ), ended
