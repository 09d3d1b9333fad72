"""A listening socket on the asked port or the next free one, bound once and kept: nobody can take it in between."""

from __future__ import annotations

import errno
import ipaddress
import socket

from backend.config.settings import Settings
from backend.errors import StartError

# How far to look for a free port. Who has fifty consoles on one machine wants to be asked.
_TRIES = 50


def listen(host: str, port: int) -> socket.socket:
    """Port 0 means any. Raises StartError with what to do; `socket.getsockname()` tells which port it became."""
    family, where = _resolve(host)
    for number in range(port, port + (_TRIES if port else 1)):
        if number > 65_535:
            break
        # With the protocol named: asyncio sets TCP_NODELAY only then, and without it every answer waits 40 ms for an
        # acknowledgement between its head and its body.
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            # Old connections of an earlier console must not keep its port from us; a living listener still does.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if where == "::":
                listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)  # "everybody" means IPv4 too
            listener.bind((where, number))
            # Here and not later: two consoles may bind one port with SO_REUSEADDR, but only one may listen on it.
            listener.listen(2048)
        except OSError as error:
            listener.close()
            if error.errno != errno.EADDRINUSE:
                raise explained(host, number, error) from None
        else:
            listener.setblocking(False)
            return listener
    last = min(port + _TRIES - 1, 65_535)
    raise StartError(f"All ports from {port} to {last} are taken: choose another with --port.")


def check_reach(listener: socket.socket, settings: Settings) -> None:
    """The console speaks http: whoever can reach it from elsewhere must come through a proxy that speaks https."""
    address = ipaddress.ip_address(listener.getsockname()[0].partition("%")[0])
    if address.is_loopback or settings.trusted_proxies or settings.allow_plain_http:
        return
    raise StartError(
        f"It would listen on {address}, where others can reach it, without https: put a proxy with https in front and "
        "list it in TRUSTED_PROXIES, or leave HOST at 127.0.0.1. In a container whose port is published to this "
        "machine or to a proxy only, set ALLOW_PLAIN_HTTP=true."
    )


def address_of(host: str, listener: socket.socket) -> str:
    """What a person types into the browser of this machine."""
    port = listener.getsockname()[1]
    if host in ("0.0.0.0", "::", ""):  # noqa: S104 - compared, not bound
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _resolve(host: str) -> tuple[socket.AddressFamily, str]:
    try:
        found = socket.getaddrinfo(host or None, None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError:
        raise StartError(f"HOST {host!r} is not a name or address: use 127.0.0.1 or 0.0.0.0.") from None
    # IPv4 first: for "localhost" that is where people and proxies look.
    found.sort(key=lambda entry: entry[0] != socket.AF_INET)
    return found[0][0], str(found[0][4][0])


def explained(host: str, port: int, error: OSError) -> StartError:
    """The sentence for a port that cannot be had."""
    if error.errno in (errno.EACCES, errno.EPERM):
        return StartError(f"Port {port} needs special rights: choose one above 1023 with --port.")
    if error.errno == errno.EADDRNOTAVAIL:
        return StartError(f"This machine has no address {host}: set HOST (or --host) to 127.0.0.1 or 0.0.0.0.")
    return StartError(f"Port {port} on {host} cannot be used ({error.strerror}): choose another with --port or --host.")
