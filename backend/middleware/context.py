"""Outermost: gives each request an id and a client address, logs it, adds security headers, and turns a crash into a
500 that names the id."""

from __future__ import annotations

import ipaddress
import re
import time
import uuid
from collections.abc import Sequence

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger("access")

_SANE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
# Answers of the API are data: a browser that is tricked into showing one as a page must not run anything.
# What `default-src` does not stand in for is named too (ASVS 5.0.0 3.4.3, 3.4.6).
API_CSP = "default-src 'none'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
# Behind https only (RFC 6797 §7.2). One year, as ASVS 5.0.0 3.4.1 asks.
HSTS = "max-age=31536000; includeSubDomains"
# Probes come every few seconds for ever; their lines would bury everything else.
_QUIET = ("/api/health", "/assets/")

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class TrustedProxies:
    """Who the client is: the peer, or what a listed proxy says (X-Forwarded-For, read from the right)."""

    def __init__(self, names: Sequence[str]) -> None:
        self._networks: list[Network] = [ipaddress.ip_network(name, strict=False) for name in names]

    def trusts(self, address: str) -> bool:
        parsed = _parsed(address)
        return parsed is not None and any(parsed in network for network in self._networks)

    def client(self, peer: str, headers: Headers) -> str:
        if not self.trusts(peer):
            return peer
        # A proxy may add a line of its own instead of extending the client's: the lines together are the list.
        hops = [hop.strip() for line in headers.getlist("x-forwarded-for") for hop in line.split(",") if hop.strip()]
        last = peer
        for hop in reversed(hops):
            if _parsed(hop) is None:
                break  # "unknown", or made up: what stands left of it is no better
            last = hop[:64]
            if not self.trusts(hop):
                break
        return last


def _parsed(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(address)
    except ValueError:
        return None


def _without_escapes(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    """Python before 3.11.10 and 3.12.6 takes half a minute to read a cookie of backslashes (CVE-2024-7592), and all
    others wait for it. Our cookies have none, and those of other programs on this host are not read."""
    return name, value.replace(b"\\", b"") if name == b"cookie" else value


class RequestContext:
    def __init__(self, app: ASGIApp, proxies: TrustedProxies) -> None:
        self._app = app
        self._proxies = proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        scope["headers"] = [_without_escapes(name, value) for name, value in scope["headers"]]
        headers = Headers(scope=scope)
        peer = scope["client"][0] if scope.get("client") else "local"
        given = headers.get("x-request-id", "")
        request_id = given if _SANE_ID.fullmatch(given) else str(uuid.uuid4())
        state = scope.setdefault("state", {})
        state["request_id"], state["client_address"] = request_id, self._proxies.client(peer, headers)
        if self._proxies.trusts(peer) and headers.get("x-forwarded-proto") == "https":
            scope["forwarded_scheme"] = "https"
        with structlog.contextvars.bound_contextvars(request_id=request_id, address=state["client_address"]):
            if scope["type"] == "http":
                await self._http(scope, receive, send, request_id)
            else:
                await self._app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send, request_id: str) -> None:
        started = time.perf_counter()
        status = 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = request_id
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Content-Security-Policy", API_CSP)
                if "https" in (scope["scheme"], scope.get("forwarded_scheme")):
                    headers["Strict-Transport-Security"] = HSTS
                if scope["path"].startswith("/api"):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        except Exception:
            log.exception("request failed", method=scope["method"], path=scope["path"])
            if status:
                raise
            await JSONResponse(
                {"detail": "Something went wrong in the console. The log has the details.", "request_id": request_id},
                500,
            )(scope, receive, send_with_headers)
        finally:
            if not scope["path"].startswith(_QUIET) or status >= 500:
                # The path without its query: a query may hold a token.
                log.info(
                    "request", method=scope["method"], path=scope["path"], status=status,
                    milliseconds=round((time.perf_counter() - started) * 1000, 1),
                )  # fmt: skip
