"""Ways in which the real FPL API fails, to be switched on and off while the stand-in runs."""

from __future__ import annotations

import functools
import gzip
from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "status",
    "html",
    "captcha",
    "broken_json",
    "wrong_shape",
    "huge",
    "packed_twice",
    "slow_drip",
    "drop",
    "reset",
    "hang",
]
HUGE = 30_000_000


@dataclass
class Failure:
    """`path`: only paths that begin so (below `/api/`). `times`: so often, then all is well again; None: for ever."""

    kind: Kind
    status: int = 503
    path: str = ""
    times: int | None = None
    retry_after: str | None = "1"
    """Sent with status 429."""
    seconds: float = 1.0
    """slow_drip: between two bytes. hang: before the connection is closed without a word."""

    def strikes(self, path: str) -> bool:
        if not path.startswith(self.path) or self.times == 0:
            return False
        if self.times is not None:
            self.times -= 1
        return True


@functools.cache
def _huge() -> bytes:
    """130 kB on the way."""
    return gzip.compress(b" " * HUGE, 1)


def headers(failure: Failure) -> dict[str, str]:
    if failure.kind == "huge":
        return {"Content-Encoding": "gzip"}
    if failure.kind == "packed_twice":
        return {"Content-Encoding": "gzip, gzip"}
    limited = failure.kind == "status" and failure.status == 429 and failure.retry_after is not None
    return {"Retry-After": failure.retry_after or ""} if limited else {}


def body(failure: Failure) -> tuple[int, str, bytes]:
    """Status, content type and content of an answer that goes wrong."""
    if failure.kind == "html":
        page = "<!doctype html><html><body><h1>The game is being updated.</h1></body></html>"
        return 200, "text/html; charset=utf-8", page.encode()
    if failure.kind == "captcha":
        return 200, "text/html", b"<!doctype html><html><body>Are you a robot?</body></html>"
    if failure.kind == "wrong_shape":
        return 200, "application/json", b'{"gameweeks": []}'
    if failure.kind == "huge":
        return 200, "application/json", _huge()
    if failure.kind == "packed_twice":
        return 200, "application/json", gzip.compress(_huge())
    if failure.kind == "broken_json":
        return 200, "application/json", b'{"events": [{"id": 1, "name": "Gamew'
    if failure.kind == "slow_drip":
        return 200, "application/json", b'{"events": []}' + b" " * 1000
    return failure.status, "application/json", b'{"detail": "Stand-in failure."}'
