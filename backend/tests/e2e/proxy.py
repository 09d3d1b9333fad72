"""A TCP proxy between browser and console that cuts the log's WebSocket whenever it is told to."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from urllib.parse import urlsplit

LOG_STREAM = b"GET /ws/jobs/"
MUCH = 300_000


class CuttingProxy:
    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        assert parts.hostname
        assert parts.port
        self._target = (parts.hostname, parts.port)
        self._server = socket.create_server(("127.0.0.1", 0))
        self._stream: socket.socket | None = None
        self._flowing = threading.Event()
        self.url = f"http://127.0.0.1:{self._server.getsockname()[1]}"

    def __enter__(self) -> CuttingProxy:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        # A thread that waits in accept() notices a shutdown, not a close.
        with suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()

    def cut(self) -> None:
        """Resets the log's stream as a proxy does that is restarted, once much of it has passed."""
        assert self._flowing.wait(30), "nothing flows that could be cut"
        self._flowing.clear()
        assert self._stream
        with suppress(OSError):
            # With no time to linger a close is a reset: what is on its way is lost too.
            self._stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._stream.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._server.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with suppress(OSError), client, socket.create_connection(self._target) as console:
            first = client.recv(65536)
            console.sendall(first)
            is_stream = first.startswith(LOG_STREAM)
            if is_stream:
                self._stream = client
            back = threading.Thread(
                target=_copy, args=(console, client, self._flowing.set if is_stream else None), daemon=True
            )
            back.start()
            _copy(client, console)
            back.join()


def _copy(source: socket.socket, target: socket.socket, flows: Callable[[], None] | None = None) -> None:
    """Until one side has closed; then the other is closed as well. `flows` is called when MUCH has passed."""
    passed = 0
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
            passed += len(data)
            if flows and passed >= MUCH:
                flows()
                flows = None
    for end in (source, target):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
