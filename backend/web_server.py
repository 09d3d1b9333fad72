"""uvicorn as the console wants it: our signals, our sockets, connections that cannot delay the stop."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Generator
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

# WebSockets are closed at once and requests under way get this long; an endless download must not hold up the stop.
_GRACE_SECONDS = 3
# Clients send acknowledgements only.
_LARGEST_WEBSOCKET_MESSAGE = 64 * 1024
# Request line, headers, trailers and the framing of chunks together. Cookies and tokens of ours are under 2 KiB.
LARGEST_HEAD = 64 * 1024
# uvicorn waits for a first request for ever: a few hundred silent connections would use up all descriptors.
HEAD_SECONDS = 20.0
# From the head to the body's end. Ours take 1 MiB at most; who sends a byte a minute would hold a descriptor for ever.
BODY_SECONDS = 60.0
# A client that connected just before the stop has this long to send its request; closing at once would reset it.
_FIRST_REQUEST_SECONDS = 0.5
# Also how many connections asyncio accepts in one go, before anybody else gets a turn.
_BACKLOG = 128


class BoundedHttpProtocol(HttpToolsProtocol):
    """The fast parser, which has no limit of its own, and anybody may connect.

    Counts everything that is not body, since that stays in memory until the request ends. A head has to be complete
    in HEAD_SECONDS, the first one counted from the connection's start, and its body in BODY_SECONDS; between requests
    uvicorn's own limit holds.
    """

    _beside_body = 0
    _in_head = False
    _head_timer: asyncio.TimerHandle | None = None
    _body_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        self._body_is_there()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        if self.cycle is None and not self.transport.is_closing():
            self.loop.call_later(_FIRST_REQUEST_SECONDS, super().shutdown)
        else:
            super().shutdown()

    def _wait_for_head(self) -> None:
        self._stop_waiting()
        self._head_timer = self.loop.call_later(HEAD_SECONDS, self._head_is_late)

    def _stop_waiting(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _wait_for_body(self) -> None:
        self._body_is_there()
        self._body_timer = self.loop.call_later(BODY_SECONDS, self.transport.close)

    def _body_is_there(self) -> None:
        if self._body_timer is not None:
            self._body_timer.cancel()
            self._body_timer = None

    def _head_is_late(self) -> None:
        if self.cycle is not None and not self.cycle.response_complete:
            self._wait_for_head()  # The answer before it is still on its way, perhaps a long download.
        else:
            self.transport.close()

    def data_received(self, data: bytes) -> None:
        self._beside_body += len(data)
        super().data_received(data)
        if self._beside_body > LARGEST_HEAD and not self.transport.is_closing():
            if self._in_head:
                self.send_400_response("Request head too large.")
            else:
                self.transport.close()

    def on_message_begin(self) -> None:
        self._beside_body, self._in_head = 0, True
        if self._head_timer is None:
            self._wait_for_head()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._stop_waiting()
        self._wait_for_body()
        super().on_headers_complete()

    def handle_websocket_upgrade(self) -> None:
        self._body_is_there()
        super().handle_websocket_upgrade()
        socket = getattr(self.transport.get_protocol(), "conn", None)
        # A line above 8 KiB, a POST, a body: websockets refuses it, and uvicorn would leave that unsaid and the
        # connection open for ever.
        if socket is not None and socket.handshake_exc is not None and not self.transport.is_closing():
            self.transport.write(b"".join(socket.data_to_send()))
            self.transport.close()

    def on_body(self, body: bytes) -> None:
        # Never below zero: the first piece of a request is not counted, for it may hold the end of the one before.
        self._beside_body = max(0, self._beside_body - len(body))
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._beside_body = 0
        self._body_is_there()
        super().on_message_complete()


class WebServer(uvicorn.Server):
    """`should_exit = True` ends `serve()`. `on_ready` is called when requests are answered."""

    def __init__(self, app: Callable[..., Any], on_ready: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                # uvloop starts child processes four times slower.
                loop="asyncio",
                http=BoundedHttpProtocol,
                backlog=_BACKLOG,
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

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        loop = asyncio.get_running_loop()
        for listener in sockets or []:
            loop.remove_reader(listener)
        # asyncio gives an accepted connection its protocol one turn later, and drops it when the server closed first.
        await asyncio.sleep(0.01)
        await super().shutdown(sockets)
