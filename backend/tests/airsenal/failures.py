"""Ways in which the real FPL API fails, to be switched on and off while the stand-in runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["status", "html", "broken_json", "slow_drip", "drop", "hang"]


@dataclass
class Failure:
    """`path`: only paths that begin so (below `/api/`). `times`: so often, then all is well again; None: for ever."""

    kind: Kind
    status: int = 503
    path: str = ""
    times: int | None = None
    seconds: float = 1.0
    """slow_drip: between two bytes. hang: before the connection is closed without a word."""

    def strikes(self, path: str) -> bool:
        if not path.startswith(self.path) or self.times == 0:
            return False
        if self.times is not None:
            self.times -= 1
        return True


def body(failure: Failure) -> tuple[int, str, bytes]:
    """Status, content type and content of an answer that goes wrong."""
    if failure.kind == "html":
        page = "<!doctype html><html><body><h1>The game is being updated.</h1></body></html>"
        return 200, "text/html; charset=utf-8", page.encode()
    if failure.kind == "broken_json":
        return 200, "application/json", b'{"events": [{"id": 1, "name": "Gamew'
    if failure.kind == "slow_drip":
        return 200, "application/json", b'{"events": []}' + b" " * 1000
    return failure.status, "application/json", b'{"detail": "Stand-in failure."}'
