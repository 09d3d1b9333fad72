"""uvicorn as the console wants it: our signals, our sockets, connections that cannot delay the stop."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Generator
from typing import Any

import uvicorn

# WebSockets are closed at once and requests under way get this long; an endless download must not hold up the stop.
_GRACE_SECONDS = 3
# Clients send acknowledgements only.
_LARGEST_WEBSOCKET_MESSAGE = 64 * 1024


class WebServer(uvicorn.Server):
    """`should_exit = True` ends `serve()`. `on_ready` is called when requests are answered."""

    def __init__(self, app: Callable[..., Any], on_ready: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                # uvloop starts child processes four times slower.
                loop="asyncio",
                # httptools saves 0.08 ms a request, but takes headers without end from anybody into memory.
                http="h11",
                ws="websockets-sansio",
                ws_max_size=_LARGEST_WEBSOCKET_MESSAGE,
                # A live log is many small frames: deflating each costs more time than the network saves.
                ws_per_message_deflate=False,
                # The lifespan runs around the server, in __main__, where its errors can become one sentence.
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                # Who is believed about addresses is a setting of ours (TRUSTED_PROXIES), not of uvicorn's.
                proxy_headers=False,
                timeout_graceful_shutdown=_GRACE_SECONDS,
            )
        )
        self._on_ready = on_ready

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """uvicorn would raise the signal again when it is done, which ends the process before its database."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_ready()
