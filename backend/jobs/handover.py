"""How an attempt travels from the console to its runner, over a socket. Standard library only: the runner imports it.

Four bytes of length, the attempt as JSON, and later one byte `GO`. Without `GO` nothing of the job may start. The
runner answers `FREE` when the attempt is over and it can take another.
"""

from __future__ import annotations

import json
import socket
import struct
from typing import Any

GO, FREE = b"\x01", b"\x02"
_LENGTH = struct.Struct(">I")


def packed(spec: dict[str, Any]) -> bytes:
    text = json.dumps(spec).encode()
    return _LENGTH.pack(len(text)) + text


def receive_spec(connection: socket.socket) -> dict[str, Any] | None:
    """Waits for it; None when the console closed its end first."""
    head = _exactly(connection, _LENGTH.size)
    text = _exactly(connection, _LENGTH.unpack(head)[0]) if head else None
    return dict(json.loads(text)) if text else None


def _exactly(connection: socket.socket, size: int) -> bytes | None:
    data = b""
    while len(data) < size:
        piece = connection.recv(size - len(data))
        if not piece:
            return None
        data += piece
    return data
