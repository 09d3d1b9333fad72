"""The job WebSocket: who may, the three formats, and coming back without a gap or a double line."""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
from contextlib import suppress
from datetime import timedelta
from typing import Any

import httpx
import pytest
import websockets
from websockets import Origin
from websockets.exceptions import ConnectionClosed

from backend.auth import sessions as auth_sessions
from backend.auth.sessions import Sessions
from backend.errors import NotAuthenticated
from backend.jobs import websocket_manager
from backend.tests.conftest import EMAIL, PASSWORD, Console
from backend.utils.clock import utc_now


async def _messages(console: Console, job_id: str, query: str = "") -> list[Any]:
    received: list[Any] = []
    async with websockets.connect(f"{console.ws}/ws/jobs/{job_id}?token={console.token}{query}") as socket:
        async for message in socket:
            received.append(message if isinstance(message, bytes) else json.loads(message))
    assert socket.close_code == 1000
    return received


async def _close_code(url: str, **options: Any) -> int | None:
    async with websockets.connect(url, **options) as socket:
        with pytest.raises(ConnectionClosed):
            await socket.recv()
    return socket.close_code


async def test_nobody_reads_a_log_without_a_session(console: Console, capsys: pytest.CaptureFixture[str]) -> None:
    """Lesson 1: a predecessor's log socket took no token."""
    job = await console.run("say")
    address = f"{console.ws}/ws/jobs/{job['id']}"
    assert await _close_code(address) == 1008
    assert await _close_code(f"{address}?token=forged") == 1008
    assert await _close_code(f"{address}?ticket=forged") == 1008
    assert capsys.readouterr().out.count("socket refused") == 3
    assert await _close_code(f"{console.ws}/ws/jobs/unknown?token={console.token}") == 1008
    async with httpx.AsyncClient(base_url=console.url) as browser:
        await browser.post("/api/auth/login", json={"email": EMAIL, "password": PASSWORD})
        name = f"airsenal_console_{httpx.URL(console.url).port}"
        cookie = {"Cookie": f"{name}={browser.cookies[name]}"}
    assert await _close_code(address, additional_headers=cookie) == 1008
    assert await _close_code(address, additional_headers=cookie, origin="https://evil.example") == 1008
    async with websockets.connect(address, additional_headers=cookie, origin=Origin(console.url)) as socket:
        assert json.loads(await socket.recv())["type"] == "log"


async def test_a_ticket_opens_one_socket(console: Console) -> None:
    job = await console.run("say")
    ticket = (await console.http.post("/api/auth/ws-ticket")).json()["ticket"]
    address = f"{console.ws}/ws/jobs/{job['id']}?ticket={ticket}"
    async with websockets.connect(address) as socket:
        assert json.loads(await socket.recv()) == {"type": "log", "message": "text=hello"}
    assert await _close_code(address) == 1008
    async with httpx.AsyncClient(base_url=console.url) as browser:
        await browser.post("/api/auth/login", json={"email": EMAIL, "password": PASSWORD})
        ticket = (await browser.post("/api/auth/ws-ticket")).json()["ticket"]
        await browser.post("/api/auth/logout")
    assert await _close_code(f"{console.ws}/ws/jobs/{job['id']}?ticket={ticket}") == 1008, "its session has ended"


async def test_a_ticket_is_good_for_thirty_seconds_and_for_once(console: Console) -> None:
    """A10, by a clock that the test sets."""
    now, old = [1000.0], console.services.auth.sessions
    sessions = Sessions(old._sessions, old._signer, utc_now, timedelta(hours=4), timer=lambda: now[0])
    session = await old.authenticate(console.token)
    early, twice, late = (sessions.new_ticket(session)[0] for _ in range(3))
    assert len(early) == 32
    now[0] += 29.9
    assert sessions.redeem(early) is session
    assert sessions.redeem(twice) is session
    with pytest.raises(NotAuthenticated):
        sessions.redeem(twice)
    now[0] += 0.2
    with pytest.raises(NotAuthenticated):
        sessions.redeem(late)


def test_a_session_that_another_console_ended_is_noticed_within_five_seconds() -> None:
    """A10: the longest that a look back may be old, and the time to the next look."""
    assert auth_sessions.RECHECK_SECONDS + websocket_manager.RECHECK_SECONDS < 5


async def test_the_default_format_sends_the_log_so_far_then_the_state_then_what_happens(console: Console) -> None:
    job = await console.submit("count", lines=6, pause=0.1)
    await console.when(job["id"], lambda now: now["log_lines"] >= 2)
    received = await _messages(console, job["id"])
    logs = [message["message"] for message in received if message["type"] == "log"]
    assert logs == [f"line {number}" for number in range(6)]
    assert [message["type"] for message in received][:2] == ["log", "log"]
    states = [message["status"] for message in received if message["type"] == "status"]
    assert states == ["running", "completed"]
    assert received[-1] == {"type": "end", "lines": 6, "bytes": 42}


async def test_ping_is_answered(console: Console) -> None:
    job = await console.submit("count", lines=30, pause=0.1)
    async with websockets.connect(f"{console.ws}/ws/jobs/{job['id']}?token={console.token}") as socket:
        await socket.send("ping")
        async with asyncio.timeout(5):
            while await socket.recv() != "pong":
                pass
    await console.http.post(f"/api/jobs/{job['id']}/cancel")


async def test_batches_start_where_they_are_asked_to(console: Console) -> None:
    job = await console.run("count", lines=5000)
    received = await _messages(console, job["id"], "&format=batch&from=4990")
    batches = [message for message in received if message["type"] == "logs"]
    assert batches[0]["from"] == 4990
    assert [line for batch in batches for line in batch["lines"]] == [f"line {n}" for n in range(4990, 5000)]
    last = await _messages(console, job["id"], "&format=batch&from=-2")
    assert next(message["lines"] for message in last if message["type"] == "logs") == ["line 4998", "line 4999"]


async def test_a_bar_is_shown_before_its_line_ends(console: Console) -> None:
    """Lesson 3: a bar drawn with carriage returns never ends its line."""
    job = await console.submit("bytes", kind="no_newline")
    received = await _messages(console, job["id"], "&format=batch")
    assert {"type": "logs", "from": 0, "lines": ["never ends"]} in received
    watched = await console.submit("system_watch", seconds=2)
    received = await _messages(console, watched["id"], "&format=batch")
    assert any(message["type"] == "partial" and "Watching" in message["line"] for message in received)


async def test_a_client_that_loses_its_connection_twenty_times_gets_every_byte_once(console: Console) -> None:
    """O5: resume by byte, compared by hash with the stored log."""
    job = await console.submit("count", lines=400, pause=0.01)
    held = bytearray()
    cuts = 0
    dice = random.Random(5)
    finished = False
    while not finished:
        address = f"{console.ws}/ws/jobs/{job['id']}?token={console.token}&format=binary&from={len(held)}"
        async with websockets.connect(address) as socket:
            frames_left = dice.randint(1, 5) if cuts < 20 else 10**9
            async for message in socket:
                if isinstance(message, str):
                    finished = json.loads(message)["type"] == "end"
                    continue
                header = int.from_bytes(message[:8])
                assert header >> 56 == 1
                assert header & (1 << 56) - 1 == len(held)
                held += message[8:]
                with suppress(ConnectionClosed):  # the server may have sent everything and said goodbye
                    await socket.send(json.dumps({"type": "ack", "offset": len(held)}))
                frames_left -= 1
                if frames_left == 0:
                    cuts += 1
                    break
    assert cuts >= 10
    whole = await console.http.get(f"/api/jobs/{job['id']}/log/download")
    assert hashlib.sha256(held).digest() == hashlib.sha256(whole.content).digest()


async def test_a_client_that_does_not_acknowledge_is_paused(console: Console) -> None:
    job = await console.run("count", lines=400_000)
    address = f"{console.ws}/ws/jobs/{job['id']}?token={console.token}&format=binary"
    async with websockets.connect(address, max_queue=None) as socket:
        await asyncio.sleep(1)
        received = 0
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                while True:
                    message = await socket.recv()
                    received += len(message) - 8 if isinstance(message, bytes) else 0
        assert 0 < received <= 1024 * 1024
        await socket.send(json.dumps({"type": "ack", "offset": received}))
        async with asyncio.timeout(5):
            assert isinstance(await socket.recv(), bytes)


async def test_a_client_that_takes_nothing_is_told_where_to_resume(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(websocket_manager, "SEND_SECONDS", 0.3)
    monkeypatch.setattr(websocket_manager, "RECHECK_SECONDS", 0.1)
    job = await console.run("count", lines=400_000)
    address = f"{console.ws}/ws/jobs/{job['id']}?token={console.token}&format=binary"
    received = 0
    async with websockets.connect(address, max_queue=None) as socket:
        with suppress(ConnectionClosed):
            async with asyncio.timeout(20):
                while True:
                    try:
                        message = await asyncio.wait_for(socket.recv(), 0.1)
                    except TimeoutError:
                        await socket.send("ping")  # that somebody is there does not make him quicker
                    else:
                        received += len(message) - 8 if isinstance(message, bytes) else 0
    assert (socket.close_code, socket.close_reason) == (1013, f"too slow; resume from byte {received}")


async def test_the_socket_closes_soon_after_logout(console: Console) -> None:
    """A10: within five seconds."""
    async with httpx.AsyncClient(base_url=console.url) as http:
        token = (await http.post("/api/auth/login", json={"email": EMAIL, "password": PASSWORD})).json()["token"]
        job = await console.submit("count", lines=400_000, pause=0.00001)
        async with websockets.connect(f"{console.ws}/ws/jobs/{job['id']}?token={token}") as socket:
            await socket.recv()
            await http.post("/api/auth/logout", headers={"Authorization": f"Bearer {token}"})
            async with asyncio.timeout(6):
                with pytest.raises(ConnectionClosed):
                    while True:
                        await socket.recv()
        assert socket.close_code == 1008
    await console.http.post(f"/api/jobs/{job['id']}/cancel")


async def test_the_token_in_the_address_is_in_no_log(console: Console, capsys: pytest.CaptureFixture[str]) -> None:
    job = await console.run("say")
    await _messages(console, job["id"])
    captured = capsys.readouterr()
    assert console.token not in captured.out + captured.err
