"""The stream of changes: who may, what it tells, and coming back without a missed change."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import websockets
from websockets.exceptions import ConnectionClosed

from backend.jobs.events import KEEP, MOST_JOBS
from backend.tests.conftest import EMAIL, PASSWORD, Console

JSON = dict[str, Any]


def _address(console: Console, after: str = "") -> str:
    return f"{console.ws}/ws/events?token={console.token}&after={after}"


async def _until(socket: websockets.ClientConnection, wanted: Callable[[JSON], bool]) -> list[JSON]:
    received: list[JSON] = []
    async with asyncio.timeout(30):
        while not received or not wanted(received[-1]):
            received.append(json.loads(await socket.recv()))
    return received


def _states(messages: list[JSON], job_id: str) -> list[str]:
    return [job["status"] for message in messages for job in message.get("jobs", []) if job["id"] == job_id]


async def test_nobody_hears_anything_without_a_session(console: Console) -> None:
    for query in ("", "?token=forged", "?ticket=forged"):
        async with websockets.connect(f"{console.ws}/ws/events{query}") as socket:
            with suppress(ConnectionClosed):
                await socket.recv()
        assert socket.close_code == 1008


async def test_a_job_is_told_from_its_submit_to_its_end_without_its_log(console: Console) -> None:
    async with websockets.connect(_address(console)) as socket:
        hello = json.loads(await socket.recv())
        assert hello["type"] == "hello"
        assert not hello["resumed"]
        job = await console.submit("count", lines=20, pause=0.05)
        messages = await _until(socket, lambda message: "completed" in _states([message], job["id"]))
    states = _states(messages, job["id"])
    assert states[-1] == "completed"
    assert "running" in states
    assert [message["number"] for message in messages] == sorted(message["number"] for message in messages)
    told = messages[-1]["jobs"][-1]
    seen = await console.job(job["id"])
    assert told == {name: value for name, value in seen.items() if name not in ("logs", "output")}


async def test_cancel_drain_and_secrets_are_told(console: Console) -> None:
    async with websockets.connect(_address(console)) as socket:
        job = await console.submit("count", lines=1000, pause=0.1)
        await console.when(job["id"], lambda now: now["status"] == "running")
        await console.http.post(f"/api/jobs/{job['id']}/cancel")
        messages = await _until(socket, lambda message: "cancelled" in _states([message], job["id"]))
        assert any(told["cancel_requested_at"] for message in messages for told in message.get("jobs", []))
        await console.http.post("/api/queue/drain")
        await _until(socket, lambda message: "queue" in message.get("topics", []))
        await console.http.post("/api/queue/resume")
        await _until(socket, lambda message: "queue" in message.get("topics", []))
        await console.http.post("/api/secrets", json={"key": "EVENTS_TEST", "value": "much too secret"})
        told = await _until(socket, lambda message: "secrets" in message.get("topics", []))
        assert "much too secret" not in json.dumps(told)


async def test_who_was_away_for_a_moment_misses_nothing(console: Console) -> None:
    async with websockets.connect(_address(console)) as socket:
        hello = json.loads(await socket.recv())
    jobs = [await console.run("say") for _ in range(3)]
    async with websockets.connect(_address(console, f"{hello['epoch']}.{hello['number']}")) as socket:
        messages = await _until(socket, lambda message: "completed" in _states([message], jobs[-1]["id"]))
    assert messages[0]["resumed"]
    assert [_states(messages, job["id"])[-1] for job in jobs] == ["completed"] * 3


async def test_who_missed_too_much_or_saw_another_start_reads_everything_anew(console: Console) -> None:
    events = console.services.events
    for after in (f"{'0' * 12}.0", f"{events.epoch}.{events.number + 7}", "nonsense"):
        async with websockets.connect(_address(console, after)) as socket:
            assert json.loads(await socket.recv())["resumed"] is False
    async with websockets.connect(_address(console)) as socket:
        await socket.recv()
        for _ in range(KEEP + 1):
            events.changed("queue")
        messages = await _until(socket, lambda message: message["number"] == events.number)
    assert [message["type"] for message in messages] == ["reset"]


async def test_a_burst_of_jobs_is_told_as_one_hint(console: Console) -> None:
    events = console.services.events
    job = await console.services.jobs._get((await console.run("say"))["id"])
    async with websockets.connect(_address(console)) as socket:
        await socket.recv()
        for number in range(MOST_JOBS + 1):
            events.job_changed(job.model_copy(update={"id": str(number)}))
        messages = await _until(socket, lambda message: message["number"] == events.number)
    assert messages[-1]["jobs"] == []
    assert messages[-1]["topics"] == ["jobs"]


async def test_signing_out_ends_the_stream_within_five_seconds(console: Console) -> None:
    body = {"email": EMAIL, "password": PASSWORD}
    token = (await console.http.post("/api/auth/login", json=body)).json()["token"]
    async with websockets.connect(f"{console.ws}/ws/events?token={token}") as socket:
        await socket.recv()
        await console.http.post("/api/auth/logout", headers={"Authorization": f"Bearer {token}"})
        async with asyncio.timeout(5):
            with suppress(ConnectionClosed):
                while True:
                    await socket.recv()
    assert socket.close_code == 1008
