"""Names of our cookies. A browser sends them to every port of a host, so other programs there must not share a name."""

from __future__ import annotations

from urllib.parse import urlsplit

PRODUCT = "airsenal_console"


def cookie_name(https: bool, host: str, suffix: str = "") -> str:
    """`host` is the Host header. `__Host-` demands Secure, which plain http cannot have (RFC 6265bis §4.1.3.2)."""
    port = port_of(host)
    name = f"{PRODUCT}_{port}{suffix}" if port else f"{PRODUCT}{suffix}"
    return f"__Host-{name}" if https else name


def port_of(host: str) -> int | None:
    try:
        return urlsplit(f"//{host}").port
    except ValueError:
        return None
