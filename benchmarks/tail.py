"""Live tail: from a line's own time stamp to the client's socket, with one and with fifty watchers."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import struct
import time
from collections.abc import Iterator

import httpx

from benchmarks.harness import Row, console, percentile, submit


class _Watcher(asyncio.Protocol):
    """Notes when bytes arrive and reads them afterwards: fifty clients that parse on one processor would measure
    themselves."""

    def __init__(self, path: str, connected: asyncio.Event) -> None:
        self._path = path
        self._connected = connected
        self.arrived: list[tuple[float, bytes]] = []
        self.ended = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(
            f"GET {self._path} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        self.arrived.append((time.time(), data))
        self._connected.set()

    def connection_lost(self, _: Exception | None) -> None:
        self.ended.set_result(None)

    def delays(self, since: float) -> Iterator[float]:
        """Of the lines printed after `since`; a frame counts from the moment its last byte was there."""
        rest, in_head = b"", True
        for now, data in self.arrived:
            rest += data
            if in_head:
                _, end, rest = rest.partition(b"\r\n\r\n")
                in_head = not end
            while (frame := _frame(rest)) is not None:
                text, rest = frame
                message = json.loads(text) if text.startswith(b"{") else {}
                if message.get("type") == "logs":
                    yield from (now - float(line) for line in message["lines"] if float(line) > since)


def _frame(data: bytes) -> tuple[bytes, bytes] | None:
    """The first frame's payload and what follows it (RFC 6455 §5.2; servers do not mask)."""
    if len(data) < 2:
        return None
    size, at = data[1], 2
    if size == 126 and len(data) >= 4:
        size, at = struct.unpack_from(">H", data, 2)[0], 4
    elif size == 127 and len(data) >= 10:
        size, at = struct.unpack_from(">Q", data, 2)[0], 10
    return (data[at : at + size], data[at + size :]) if len(data) >= at + size else None


async def _tail(http: httpx.AsyncClient, count: int) -> float:
    job_id = await submit(http, "tick", count=400)
    path = f"/ws/jobs/{job_id}?format=batch&token={http.headers['Authorization'].split()[1]}"
    watchers = []
    for _ in range(count):
        connected = asyncio.Event()
        watcher = _Watcher(path, connected)
        await asyncio.get_running_loop().create_connection(
            lambda watcher=watcher: watcher, http.base_url.host, http.base_url.port or 80,  # type: ignore[misc]
        )  # fmt: skip
        await connected.wait()
        watchers.append(watcher)
    # Fifty handshakes are not what is measured.
    since = time.time()
    await asyncio.gather(*(watcher.ended for watcher in watchers))
    return percentile([delay for watcher in watchers for delay in watcher.delays(since)], 0.99) * 1000


async def run() -> list[Row]:
    async with console() as (_, http):
        return [
            Row("live tail, print to client, 1 watcher, p99", await _tail(http, 1), 2.0, "ms"),
            Row("live tail, 50 watchers, p99", await _tail(http, 50), 5.0, "ms"),
        ]
