"""Ports: the asked one, the next free one, and what is said when there is none."""

from __future__ import annotations

import errno
import socket
from pathlib import Path

import pytest

from backend.config.settings import Settings
from backend.errors import StartError
from backend.listening import address_of, check_reach, explained, listen
from backend.tests.conftest import test_settings as settings_for


def test_the_asked_port_is_used_when_it_is_free() -> None:
    with listen("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
    with listen("127.0.0.1", port) as again:
        assert again.getsockname()[1] == port


def test_the_next_free_port_is_used_when_it_is_taken() -> None:
    with listen("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with listen("127.0.0.1", port) as second, listen("127.0.0.1", port) as third:
            assert port < second.getsockname()[1] < third.getsockname()[1] < port + 50


def test_a_bound_port_is_kept() -> None:
    """Nobody can take it between the choice and the first request: it listens from the first moment."""
    with listen("127.0.0.1", 0) as ours, socket.create_connection(ours.getsockname(), timeout=5) as early:
        assert early.getpeername() == ours.getsockname()


def test_no_free_port_is_one_sentence() -> None:
    with listen("127.0.0.1", 65_535), pytest.raises(StartError, match="All ports from 65535 to 65535 are taken"):
        listen("127.0.0.1", 65_535)


@pytest.mark.parametrize("host", ["no.such.host.invalid", "127.0.0.1:80", "http://localhost"])
def test_a_host_that_is_none_is_named(host: str) -> None:
    with pytest.raises(StartError, match="is not a name or address"):
        listen(host, 0)


def test_an_address_of_another_machine_is_named() -> None:
    with pytest.raises(StartError, match=r"This machine has no address 192\.0\.2\.7"):
        listen("192.0.2.7", 0)


def test_a_forbidden_port_is_named() -> None:
    assert "Port 80 needs special rights" in str(explained("127.0.0.1", 80, OSError(errno.EACCES, "Permission denied")))


@pytest.mark.parametrize(
    ("host", "shown"),
    [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("localhost", "localhost"), ("::", "127.0.0.1")],
)
def test_the_address_is_one_a_browser_takes(host: str, shown: str) -> None:
    if host == "::" and not socket.has_dualstack_ipv6():
        host = "0.0.0.0"
    with listen(host, 0) as listener:
        assert address_of(host, listener) == f"http://{shown}:{listener.getsockname()[1]}"


def test_localhost_is_ipv4_first() -> None:
    with listen("localhost", 0) as listener:
        assert listener.family == socket.AF_INET


def test_others_are_served_only_behind_https_or_when_told_to() -> None:
    def settings(**changes: object) -> Settings:
        return settings_for(Path("/nowhere"), **changes)

    for host in ("127.0.0.1", "localhost"):
        with listen(host, 0) as listener:
            check_reach(listener, settings())
    # Bound for a moment and never accepted from: nobody is served here.
    with listen("0.0.0.0", 0) as listener:
        with pytest.raises(StartError, match=r"ALLOW_PLAIN_HTTP=true"):
            check_reach(listener, settings())
        check_reach(listener, settings(trusted_proxies=["127.0.0.1"]))
        check_reach(listener, settings(allow_plain_http=True))
