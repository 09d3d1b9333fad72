"""Names that no site elsewhere can have, and all others, which have to be listed."""

from __future__ import annotations

import pytest
from starlette.types import Message, Receive, Scope, Send

from backend.middleware.context import TrustedProxies
from backend.middleware.hosts import KnownHosts, is_local, name_of


@pytest.mark.parametrize(
    "host",
    ["", "localhost", "LOCALHOST:8001", "app.localhost:8001", "127.0.0.1", "127.0.0.1:8001", "192.168.1.5:80", "[::1]",
     "[::1]:8001", "[fe80::1%25eth0]:8001", "console", "console:8001", "nas.local", "nas.local.:8001", "a.b.internal",
     "box.lan", "server.home.arpa"],
)  # fmt: skip
def test_nobody_can_turn_these_to_another_machine(host: str) -> None:
    assert is_local(name_of(host))


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8001", "127.0.0.1.evil.example", "localhost.evil.example", "evil-local.example",
     "fritz.box", "notlocal.xlocal", "evil.example.", "user@evil.example", "localhost@evil.example",
     "[::1.evil.example", "127.0.0.1:80@evil.example",
     "evil.example/localhost", "evil.example?.local", "evil.example#.local"],
)  # fmt: skip
def test_anybody_can_have_these(host: str) -> None:
    assert not is_local(name_of(host))


@pytest.mark.parametrize(("hosts", "status"), [(["localhost", "evil.example"], 421), (["localhost"], 200), ([], 200)])
async def test_of_several_host_headers_each_must_be_ours(hosts: list[str], status: int) -> None:
    answered: list[int] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200})

    async def refused(address: str) -> None:
        assert address == "192.0.2.1"

    async def receive() -> Message:
        raise AssertionError

    async def send(message: Message) -> None:
        answered.append(message.get("status", 0))

    known = KnownHosts(app, names=(), only_names=False, proxies=TrustedProxies([]), refused=refused)
    headers = [(b"host", host.encode()) for host in hosts]
    state = {"client_address": "192.0.2.1"}
    await known({"type": "http", "client": ("192.0.2.1", 1), "headers": headers, "state": state}, receive, send)
    assert answered[0] == status
