"""Refuses requests for a name that is not ours: the way in of DNS rebinding.

A page of another site may let its own name point at this machine after it was loaded. For the browser it is the same
origin then, so neither Origin nor Fetch-Metadata gives it away; only the Host header names the other site. Addresses,
and names that public DNS cannot hold, cannot be turned around like this.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Awaitable, Callable, Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from backend.middleware.context import TrustedProxies

# RFC 6761, 6762, 8375, ICANN's resolution on `internal`, and what home routers use. (`box`, another one, was sold.)
_LOCAL = frozenset({"localhost", "local", "internal", "lan", "home.arpa"})
REFUSED = (
    "The console is not known by this name. If the name is yours, add it to ALLOWED_HOSTS, or list the proxy in front "
    "of the console in TRUSTED_PROXIES, and start the console again."
)


class KnownHosts:
    def __init__(
        self, app: ASGIApp, *, names: Iterable[str], only_names: bool, proxies: TrustedProxies,
        refused: Callable[[str], Awaitable[None]],
    ) -> None:  # fmt: skip
        """`only_names`: also behind a listed proxy, who otherwise decides for which names it passes requests on.
        `refused` is told the address of whoever asked."""
        self._app = app
        self._names = {name.lower() for name in names}
        self._only_names = only_names
        self._proxies = proxies
        self._refused = refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or self._is_known(scope):
            await self._app(scope, receive, send)
            return
        await self._refused(scope["state"]["client_address"])
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": "unknown host"})
        else:
            await JSONResponse({"detail": REFUSED}, 421)(scope, receive, send)

    def _is_known(self, scope: Scope) -> bool:
        # Of two (RFC 9112 knows one) a proxy may have read the other.
        hosts = {name_of(host) for host in Headers(scope=scope).getlist("host") or [""]}
        if all(host in self._names or is_local(host) for host in hosts):
            return True
        peer = scope["client"][0] if scope.get("client") else ""
        return not self._only_names and self._proxies.trusts(peer)


def name_of(host: str) -> str:
    """The name or address in a Host header, without its port. What is none stays as it is, and is known to nobody."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return host or "?"
    return name.removesuffix(".")


def is_local(name: str) -> bool:
    """Whether no site elsewhere can have this name. A request without one comes from no browser."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return "." not in name or any(name.endswith(f".{domain}") for domain in _LOCAL)
    return True
