"""kill -9 of console, runner and database at the worst moments. Everything here is a process of its own."""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from pymongo import MongoClient

from backend.jobs.processes import processes_of_job
from backend.tests.console_process import ConsoleProcess


@pytest.fixture(scope="module")
def consoles() -> Iterator[list[ConsoleProcess]]:
    started: list[ConsoleProcess] = []
    yield started
    for process in started:
        process.stop()


@pytest.fixture
def console(consoles: list[ConsoleProcess], tmp_path_factory: pytest.TempPathFactory) -> ConsoleProcess:
    """The one that the test before left up and idle, for a first start is half of a test's work; a new one after a
    test that failed."""
    if not consoles or not _is_left_idle(consoles[-1]):
        name = f"crash_{os.getpid()}_{time.monotonic_ns()}"
        consoles.append(ConsoleProcess(tmp_path_factory.mktemp("crash") / "data", DB_NAME=name))
        consoles[-1].start()
    return consoles[-1]


def _is_left_idle(console: ConsoleProcess, seconds: float = 5) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with suppress(httpx.TransportError):
            queue = console.http.get("/api/queue").json()
            if not queue["running"] and not queue["waiting"] and not any((console.data_dir / "spool").iterdir()):
                return True
        time.sleep(0.05)
    return False


def _runner(console: ConsoleProcess, job_id: str) -> int:
    return int((console.data_dir / "spool" / f"{job_id}.1" / "runner").readlink().name.split()[0])


def test_a_job_goes_on_while_the_console_is_dead_and_no_line_is_missing(console: ConsoleProcess) -> None:
    """Q3: three deaths during one job."""
    job = console.submit("count", lines=60, pause=0.1)
    behind = console.submit("say")
    for _ in range(3):
        time.sleep(0.8)
        console.kill()
        time.sleep(0.5)
        console.start()
    ended = console.ended(job["id"])
    assert (ended["status"], ended["exit_code"], len(ended["attempts"])) == ("completed", 0, 1)
    assert ended["logs"] == [f"line {number}" for number in range(60)]
    assert console.ended(behind["id"])["status"] == "completed"
    assert list((console.data_dir / "spool").iterdir()) == []


def test_a_job_that_ended_while_the_console_was_dead_is_recorded(console: ConsoleProcess) -> None:
    job = console.submit("fail", code=2)
    slow = console.submit("count", lines=5, pause=0.2)
    console.when(slow["id"], lambda now: now["status"] == "running")
    console.kill()
    time.sleep(2)
    console.start()
    assert console.ended(job["id"])["exit_code"] == 2
    ended = console.ended(slow["id"])
    assert (ended["status"], ended["log_lines"]) == ("completed", 5)


def test_accepted_means_stored(console: ConsoleProcess) -> None:
    """Q1, Q2: kill right after the answer, five times; every accepted job runs, and runs once."""
    accepted = []
    dice = random.Random(1)
    for _ in range(5):
        for _ in range(dice.randint(1, 12)):
            accepted.append(console.submit("say", text="x")["id"])
        console.kill()
        console.start()
    for job_id in accepted:
        job = console.ended(job_id)
        assert job["status"] == "completed", job
        assert job["logs"] == ["text=x"]


def test_a_dead_runner_means_lost_and_its_child_is_ended(console: ConsoleProcess) -> None:
    """Q4: not repeated unless its command says so."""
    job = console.submit("count", lines=1000, pause=0.1)
    console.when(job["id"], lambda now: now["log_lines"] > 0)
    assert len(processes_of_job(f"{job['id']}.1")) == 1
    os.kill(_runner(console, job["id"]), signal.SIGKILL)
    ended = console.ended(job["id"])
    assert (ended["status"], ended["cause"]) == ("failed", "lost")
    assert processes_of_job(f"{job['id']}.1") == []


def test_a_lost_repeatable_job_is_repeated(tmp_path: Path) -> None:
    console = ConsoleProcess(tmp_path / "data", MAX_JOB_RETRIES="1", DB_NAME=f"lost_{time.monotonic_ns()}")
    console.start()
    try:
        job = console.submit("repeatable", pause=0.7)
        console.when(job["id"], lambda now: now["log_lines"] > 0)
        os.kill(_runner(console, job["id"]), signal.SIGKILL)
        ended = console.ended(job["id"])
        assert (ended["status"], ended["retry_count"]) == ("completed", 1)
        assert [attempt["cause"] for attempt in ended["attempts"]] == ["lost", "exit_code"]
    finally:
        console.stop()


def test_a_stranger_with_the_same_pid_is_never_taken_for_the_runner(console: ConsoleProcess) -> None:
    """The machine was restarted: runner and child are gone, and the pid belongs to somebody else now."""
    job = console.submit("count", lines=1000, pause=0.1)
    console.when(job["id"], lambda now: now["log_lines"] > 0)
    runner = _runner(console, job["id"])
    console.kill()
    os.kill(runner, signal.SIGKILL)
    record = console.data_dir / "spool" / f"{job['id']}.1" / "runner"
    _, start_time, boot = str(record.readlink()).split()
    record.unlink()
    record.symlink_to(f"{os.getpid()} {start_time} {boot}")
    console.start()
    ended = console.ended(job["id"])
    assert (ended["status"], ended["cause"]) == ("failed", "lost")


def test_a_spoiled_note_of_the_runner_means_lost_not_stuck(console: ConsoleProcess) -> None:
    job = console.submit("count", lines=1000, pause=0.1)
    behind = console.submit("say")
    console.when(job["id"], lambda now: now["log_lines"] > 0)
    console.kill()
    note = console.data_dir / "spool" / f"{job['id']}.1" / "runner"
    boot = str(note.readlink()).split()[2]
    note.unlink()
    note.symlink_to(f"x y {boot}")
    console.start()
    assert console.ended(job["id"])["cause"] == "lost"
    assert console.ended(behind["id"])["status"] == "completed"


def test_a_job_cancelled_before_it_started_is_cancelled_after_a_crash_too(console: ConsoleProcess) -> None:
    """The console died between claiming the job and starting its runner, and somebody had cancelled it."""
    job = console.submit("count", lines=1000, pause=0.1)
    console.when(job["id"], lambda now: now["log_lines"] > 0)
    runner = _runner(console, job["id"])
    console.kill()
    os.kill(runner, signal.SIGKILL)
    for pid in processes_of_job(f"{job['id']}.1"):
        os.kill(pid, signal.SIGKILL)
    shutil.rmtree(console.data_dir / "spool" / f"{job['id']}.1")
    client: MongoClient[dict[str, Any]] = MongoClient(os.environ.get("MONGO_URL") or console.database_url)
    change = {"cancel_requested_at": datetime.now(UTC), "cancelled_by": "somebody"}
    client[console.database_name]["jobs"].update_one({"_id": job["id"]}, {"$set": change})
    client.close()
    console.start()
    assert console.ended(job["id"])["status"] == "cancelled"
    assert console.ended(console.submit("say")["id"])["status"] == "completed"


def test_cancel_works_on_a_job_that_an_earlier_console_started(console: ConsoleProcess) -> None:
    job = console.submit("count", lines=1000, pause=0.1)
    console.when(job["id"], lambda now: now["log_lines"] > 0)
    console.kill()
    console.start()
    console.http.post(f"/api/jobs/{job['id']}/cancel")
    assert console.ended(job["id"])["status"] == "cancelled"


def test_a_clean_stop_says_which_jobs_go_on(console: ConsoleProcess) -> None:
    job = console.submit("count", lines=20, pause=0.1)
    console.when(job["id"], lambda now: now["log_lines"] > 0)
    assert console.stop() == 0
    assert job["id"][:8] in console.output
    console.start()
    assert console.ended(job["id"])["log_lines"] == 20


@pytest.mark.skipif(
    "MONGO_URL" in os.environ, reason="not possible here: the database of MONGO_URL is not ours to stop"
)
def test_a_paused_database_loses_nothing(console: ConsoleProcess) -> None:
    """Q6: requests answer 503, readiness is red, the job goes on, and everything recovers by itself."""
    job = console.submit("count", lines=100, pause=0.1)
    console.when(job["id"], lambda now: now["log_lines"] > 0)
    database = console.database_pid()
    os.kill(database, signal.SIGSTOP)
    try:
        answer = console.http.get(f"/api/jobs/{job['id']}")
        assert answer.status_code == 503
        assert "database" in answer.json()["detail"]
        ready = console.http.get("/api/health/ready")
        assert ready.status_code == 503
        assert ready.json()["checks"]["database"]["ok"] is False
        assert console.http.get("/api/health").status_code == 200
    finally:
        os.kill(database, signal.SIGCONT)
    ended = console.ended(job["id"])
    assert ended["logs"] == [f"line {number}" for number in range(100)]
    assert console.http.get("/api/health/ready").status_code == 200


@pytest.mark.skipif(
    "MONGO_URL" in os.environ, reason="not possible here: the database of MONGO_URL is not ours to stop"
)
def test_nothing_starts_before_it_is_stored(console: ConsoleProcess) -> None:
    """Q1, Q2: a runner stands ready, the database does not answer, and the one who submitted is told so."""
    assert console.ended(console.submit("say")["id"])["status"] == "completed"  # its lane sleeps now
    spool = console.data_dir / "spool"
    database = console.database_pid()
    body = {"command": "say", "parameters": {"text": "once"}}
    with ThreadPoolExecutor(1) as asking:
        os.kill(database, signal.SIGSTOP)
        try:
            answer = asking.submit(console.http.post, "/api/jobs", json=body)
            _until(lambda: any(spool.iterdir()), "a runner is given the attempt")
            prepared = next(spool.iterdir())
            while not answer.done():  # and then it is gone
                assert not os.path.lexists(prepared / "runner")
                time.sleep(0.01)
            assert answer.result().status_code == 503
            assert console.http.get("/api/health").status_code == 200
        finally:
            os.kill(database, signal.SIGCONT)
    # Its lane is not held by a job that nobody runs, whether the write got through in the end or not.
    assert console.ended(console.submit("say", text="behind")["id"], 60)["status"] == "completed"
    logs = [console.job(job["id"])["logs"] for job in console.http.get("/api/jobs?limit=5").json()]
    assert logs.count(["text=once"]) <= 1
    _until(lambda: not any(spool.iterdir()), "nothing is left in the spool")


def _until(condition: Callable[[], bool], what: str, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)
