"""Refuses a body that says it is too large, before a byte of it is read.

Starlette's limit, further in, ends bodies that say nothing; to declared ones it would answer in plain text.
"""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

MAX_BODY_BYTES = 1024 * 1024


class BodySize:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        length = Headers(scope=scope).get("content-length", "") if scope["type"] == "http" else ""
        if length.isdecimal() and int(length[:20]) > MAX_BODY_BYTES:
            answer = JSONResponse({"detail": "The request's body is larger than 1 MiB."}, 413)
            await answer(scope, receive, send)
        else:
            await self._app(scope, receive, send)
