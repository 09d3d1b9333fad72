"""The server itself, without the console: what strangers may send, and that it stops."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect

from backend import web_server
from backend.listening import listen
from backend.tests.conftest import Console
from backend.web_server import LARGEST_HEAD, WebServer

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


async def _echo_length(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    length, more = 0, True
    while more:
        event = await receive()
        if event["type"] == "http.disconnect":
            return
        length += len(event.get("body", b""))
        more = event.get("more_body", False)
    body = str(length).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture(scope="module")
async def port() -> AsyncIterator[int]:
    listener = listen("127.0.0.1", 0)
    number = listener.getsockname()[1]
    ready = asyncio.Event()
    server = WebServer(_echo_length, ready.set)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    await ready.wait()
    yield number
    server.should_exit = True
    began = time.monotonic()
    await serving
    assert time.monotonic() - began < 5


async def _send(port: int, pieces: Iterator[bytes]) -> tuple[bytes, int]:
    """What was answered, and how many bytes the server took before it answered or hung up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    sent = 0
    try:
        async with asyncio.timeout(20):
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
                sent += len(piece)
                await asyncio.sleep(0)
            return await reader.read(65_536), sent
    except ConnectionError:
        return b"", sent
    finally:
        writer.close()


HEAD = b"POST / HTTP/1.1\r\nHost: x\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


def _endless(start: bytes, piece: bytes) -> Iterator[bytes]:
    yield start
    for _ in range(2_000):
        yield piece


@pytest.mark.parametrize(
    ("start", "piece"),
    [
        (b"GET /", b"a" * 16_384),
        (HEAD + b"X-Long: ", b"a" * 16_384),
        (HEAD, b"X-Many: a\r\n" * 1_500),
        (CHUNKED + b"0\r\n", b"X-Trailer: a\r\n" * 1_500),
        (CHUNKED + b"0\r\nX-Trailer: ", b"a" * 16_384),
        (CHUNKED + b"5;", b"a" * 16_384),
    ],
    ids=["address", "one header", "many headers", "many trailers", "one trailer", "chunk extension"],
)
async def test_what_has_no_end_is_cut_off(port: int, start: bytes, piece: bytes) -> None:
    answer, sent = await _send(port, _endless(start, piece))
    assert answer == b"" or b" 400 " in answer
    assert sent < 8 * 1024 * 1024  # the rest of it lies in the buffers of both kernels


async def test_a_long_body_is_no_long_head(port: int) -> None:
    length = 4 * 1024 * 1024

    def plain() -> Iterator[bytes]:
        yield HEAD + b"Content-Length: %d\r\nConnection: close\r\n\r\n" % length
        for _ in range(length // 65_536):
            yield b"b" * 65_536

    def chunked() -> Iterator[bytes]:
        yield CHUNKED.replace(b"Host", b"Connection: close\r\nHost")
        for _ in range(length // 1_024):
            yield b"400\r\n" + b"b" * 1_024 + b"\r\n"
        yield b"0\r\n\r\n"

    for pieces in (plain(), chunked()):
        answer, _ = await _send(port, pieces)
        assert answer.endswith(b"\r\n\r\n%d" % length)


async def test_a_request_whose_end_can_be_read_in_two_ways_is_refused(port: int) -> None:
    """ASVS 5.0.0 4.2.1: what a proxy takes for a body must not be a second request to us."""
    smuggled = b"GET /admin HTTP/1.1\r\nHost: x\r\n\r\n"
    for heads in (
        b"Content-Length: %d\r\nTransfer-Encoding: chunked" % (5 + len(smuggled)),
        b"Transfer-Encoding: chunked\r\nContent-Length: 5", b"Content-Length: 5\r\nContent-Length: 6",
        b"Content-Length: 5, 6", b"Content-Length: +5", b"Transfer-Encoding: xchunked", b"Transfer-Encoding : chunked",
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", b"Content-Length: 0x5",
    ):  # fmt: skip
        head = b"POST / HTTP/1.1\r\nHost: x\r\n" + heads + b"\r\n\r\n"
        answer, _ = await _send(port, iter([head + b"0\r\n\r\n" + smuggled]))
        assert answer.startswith(b"HTTP/1.1 400 "), heads
        assert answer.count(b"HTTP/1.1 ") == 1, heads


async def test_the_limit_is_for_each_request_of_a_connection(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    request = b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"a" * (LARGEST_HEAD // 4) + b"\r\n\r\n"
    for _ in range(12):
        writer.write(request)
        assert b" 200 " in await reader.readuntil(b"\r\n\r\n0")
    writer.write(request * 3)  # and when they come without waiting for the answers
    for _ in range(3):
        assert b" 200 " in await reader.readuntil(b"\r\n\r\n0")
    writer.close()


async def test_who_connected_just_before_the_stop_is_answered() -> None:
    listener = listen("127.0.0.1", 0)
    number = listener.getsockname()[1]
    ready = asyncio.Event()
    server = WebServer(_echo_length, ready.set)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    await ready.wait()
    reader, writer = await asyncio.open_connection("127.0.0.1", number)
    server.should_exit = True
    async with asyncio.timeout(20):
        while listener.fileno() != -1:  # noqa: ASYNC110 - until it accepts nobody any more
            await asyncio.sleep(0.01)
    writer.write(HEAD + b"Content-Length: 2\r\n\r\nab")
    async with asyncio.timeout(5):
        answer = await reader.read()  # to the end of the connection, which is not reset
        await serving
    writer.close()
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.endswith(b"\r\n\r\n2")


async def test_a_body_that_does_not_come_holds_no_connection(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_server, "BODY_SECONDS", 0.3)
    for body in (b"Content-Length: 2\r\n\r\na", b"Transfer-Encoding: chunked\r\n\r\n5\r\nab"):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(HEAD + body)
        async with asyncio.timeout(20):
            assert await reader.read() == b""
        writer.close()
    # One that came is not counted on: the connection serves the next request later.
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in range(2):
        writer.write(HEAD + b"Content-Length: 2\r\n\r\nab")
        async with asyncio.timeout(20):
            assert (await reader.readuntil(b"\r\n\r\n2")).startswith(b"HTTP/1.1 200 ")
        await asyncio.sleep(0.5)
    writer.close()


async def test_a_websocket_has_no_body_to_wait_for(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_server, "BODY_SECONDS", 0.2)
    async with connect(f"{console.ws}/ws/events?token={console.token}") as socket:
        await asyncio.sleep(0.6)
        async with asyncio.timeout(20):
            await (await socket.ping())


async def test_a_websocket_request_that_is_none_is_refused_and_closed(console: Console) -> None:
    """uvicorn would leave the connection open for ever."""
    upgrade = "Host: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    for head in (
        f"GET /ws/jobs/x?token={'x' * 20_000} HTTP/1.1\r\n{upgrade}{key}\r\n",
        f"GET /ws/jobs/x HTTP/1.1\r\n{upgrade}{key}X-Long: {'x' * 20_000}\r\n\r\n",
        f"POST /ws/jobs/x HTTP/1.1\r\n{upgrade}{key}Content-Length: 0\r\n\r\n",
        f"GET /ws/jobs/x HTTP/1.1\r\n{upgrade}\r\n",
    ):
        reader, writer = await asyncio.open_connection("127.0.0.1", httpx.URL(console.url).port)
        writer.write(head.encode())
        async with asyncio.timeout(10):
            answer = await reader.read()
        assert answer.split(b" ")[1][:1] == b"4", answer
        writer.close()
