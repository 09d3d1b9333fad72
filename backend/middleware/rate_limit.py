"""Requests and new sockets a minute per signed-in token, else per address. Constant time and memory for each."""

from __future__ import annotations

import time
from collections.abc import Callable

from cachetools import LRUCache
from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from backend.auth.cookies import cookie_name
from backend.utils.addresses import one_client

WINDOW_SECONDS = 60.0
# Who floods us from more addresses than this pushes out his own counters first, the least recently seen.
MAX_CLIENTS = 20_000
_LIMITED = ("/api", "/ws/")
_EXEMPT = ("/api/health",)


class RateLimit:
    """A token bucket: `per_minute` at once, refilled evenly. `identify` maps a token that bears our signature to its
    session; anything else counts for the address, so made-up tokens gain nothing."""

    def __init__(
        self, app: ASGIApp, *, per_minute: int, identify: Callable[[str], str | None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self._app = app
        self._capacity = float(per_minute)
        self._rate = per_minute / WINDOW_SECONDS
        self._identify = identify
        self._clock = clock
        self._buckets: LRUCache[str, tuple[float, float]] = LRUCache(MAX_CLIENTS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"] if scope["type"] in ("http", "websocket") else ""
        limited = path.startswith(_LIMITED) and not path.startswith(_EXEMPT)
        wait = self._take(self._client(scope)) if limited else 0.0
        if wait <= 0:
            await self._app(scope, receive, send)
            return
        seconds = max(1, round(wait + 0.5))
        await JSONResponse(
            {"detail": f"Too many requests. Try again in {seconds} s."}, 429, {"Retry-After": str(seconds)}
        )(scope, receive, send)

    def _client(self, scope: Scope) -> str:
        headers = Headers(scope=scope)
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            cookies = cookie_parser(headers.get("cookie", ""))
            https = scope.get("forwarded_scheme", scope["scheme"]) == "https"
            token = cookies.get(cookie_name(https, headers.get("host", ""))) or ""
        session = self._identify(token) if token else None
        return f"session {session}" if session else f"address {one_client(scope['state']['client_address'])}"

    def _take(self, client: str) -> float:
        """Take one request from the bucket; returns the seconds to wait when it is empty."""
        now = self._clock()
        left, then = self._buckets.get(client, (self._capacity, now))
        left = min(self._capacity, left + (now - then) * self._rate)
        allowed = left >= 1.0
        self._buckets[client] = (left - 1.0 if allowed else left, now)
        return 0.0 if allowed else (1.0 - left) / self._rate
