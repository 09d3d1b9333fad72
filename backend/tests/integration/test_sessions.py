"""A7 to A9: limits of a session, seeing and ending them, and being asked again before what matters."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
import websockets
from websockets import Origin
from websockets.exceptions import ConnectionClosed

from backend.auth import refusals
from backend.auth.events import SecurityEvent
from backend.auth.sessions import Sessions
from backend.config.keys import Keys
from backend.errors import Unavailable
from backend.jobs import websocket_manager
from backend.tests.conftest import EMAIL, PASSWORD, Console, running_console, test_settings
from backend.utils.clock import utc_now


@pytest.fixture
async def own(mongo_url: str, keys: Keys, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Console]:
    async with running_console(mongo_url, test_settings(tmp_path_factory.mktemp("sessions")), keys) as console:
        yield console


def _later(console: Console, **ahead: float) -> None:
    """The front door's clock, set forward."""
    auth, now = console.services.auth, lambda: utc_now() + timedelta(**ahead)
    auth._now = auth.sessions._now = auth.tokens._now = now


async def _token(console: Console, **headers: str) -> str:
    async with httpx.AsyncClient(base_url=console.url, headers=headers, verify=False) as http:
        body = {"email": EMAIL, "password": PASSWORD}
        return str((await http.post("/api/auth/login", json=body)).json()["token"])


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def test_sessions_are_listed_and_ended_and_their_sockets_close(own: Console) -> None:
    other = await _token(own, **{"User-Agent": "Phone\t1"})
    rows = (await own.http.get("/api/auth/sessions")).json()
    assert [row["current"] for row in rows] == [False, True]
    assert (rows[0]["device"], rows[0]["address"], rows[0]["method"]) == ("Phone1", "127.0.0.1", "password")
    assert other not in str(rows)
    job = await own.submit("count", lines=400_000, pause=0.00001)
    async with websockets.connect(f"{own.ws}/ws/jobs/{job['id']}?token={other}") as socket:
        await socket.recv()
        assert (await own.http.delete(f"/api/auth/sessions/{rows[0]['id']}")).status_code == 200
        assert (await own.http.get("/api/jobs", headers=_bearer(other))).status_code == 401
        async with asyncio.timeout(6):
            with pytest.raises(ConnectionClosed):
                while True:
                    await socket.recv()
    assert socket.close_code == 1008
    await own.http.post(f"/api/jobs/{job['id']}/cancel")
    assert (await own.http.delete(f"/api/auth/sessions/{rows[0]['id']}")).status_code == 404
    several = [await _token(own) for _ in range(3)]
    assert (await own.http.post("/api/auth/sessions/end-others")).json()["ended"] == 3
    for token in several:
        assert (await own.http.get("/api/jobs", headers=_bearer(token))).status_code == 401
    assert len((await own.http.get("/api/auth/sessions")).json()) == 1


async def test_twelve_hours_after_signing_in_a_session_ends(own: Console) -> None:
    _later(own, hours=11, minutes=59)
    assert (await own.http.get("/api/jobs")).status_code == 200
    _later(own, hours=12, minutes=1)
    own.services.auth.sessions._checked.clear()
    assert (await own.http.get("/api/jobs")).status_code == 401


async def test_a_browser_that_sends_nothing_for_four_hours_signs_in_again(own: Console) -> None:
    async with httpx.AsyncClient(base_url=own.url) as browser:
        await browser.post("/api/auth/login", json={"email": EMAIL, "password": PASSWORD})
        _later(own, hours=3)
        assert (await browser.get("/api/jobs")).status_code == 200, "and it was seen now"
        _later(own, hours=6)
        assert (await browser.get("/api/jobs")).status_code == 200
        _later(own, hours=10.5)
        ended = await browser.get("/api/jobs")
        assert (ended.status_code, "nothing was done" in ended.json()["detail"]) == (401, True)
        assert (await own.http.get("/api/jobs")).status_code == 200, "a program's token has the twelve hours only"
        assert len((await own.http.get("/api/auth/sessions")).json()) == 1


def _cookie(console: Console, browser: httpx.AsyncClient) -> tuple[str, str]:
    name = f"airsenal_console_{httpx.URL(console.url).port}"
    return name, browser.cookies[name]


async def test_a_cookie_sent_in_another_place_gains_no_time(own: Console) -> None:
    """A7: as a bearer or in a socket's address the value of a cookie is held to the four hours like the cookie."""
    async with httpx.AsyncClient(base_url=own.url) as browser:
        await browser.post("/api/auth/login", json={"email": EMAIL, "password": PASSWORD})
        _, value = _cookie(own, browser)
        assert (await own.http.get("/api/jobs", headers=_bearer(value))).status_code == 200
        job = await own.run("say")
        _later(own, hours=5)
        async with websockets.connect(f"{own.ws}/ws/jobs/{job['id']}?token={value}") as socket:
            with pytest.raises(ConnectionClosed):
                await socket.recv()
        assert socket.close_code == 1008
        assert (await own.http.get("/api/jobs", headers=_bearer(value))).status_code == 401
        assert (await own.http.get("/api/jobs")).status_code == 200
    (row,) = (await own.http.get("/api/audit", params={"kind": "auth.session_ended"})).json()
    assert (row["who"], row["address"], "left alone" in row["text"]) == (EMAIL, "127.0.0.1", True), "once, not per try"


async def test_an_open_socket_is_no_request(own: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    """A7: a page that is left open does not keep its session, nor does its log go on without one."""
    monkeypatch.setattr(websocket_manager, "RECHECK_SECONDS", 0.1)
    job = await own.submit("count", lines=1_000, pause=0.05)
    address = f"{own.ws}/ws/jobs/{job['id']}"
    async with httpx.AsyncClient(base_url=own.url) as browser:
        await browser.post("/api/auth/login", json={"email": EMAIL, "password": PASSWORD})
        ticket = (await browser.post("/api/auth/ws-ticket")).json()["ticket"]
        cookie = {"Cookie": "=".join(_cookie(own, browser))}
        async with (
            websockets.connect(address, additional_headers=cookie, origin=Origin(own.url)) as page,
            websockets.connect(f"{address}?ticket={ticket}") as by_ticket,
            websockets.connect(f"{address}?token={own.token}") as program,
        ):
            await asyncio.gather(page.recv(), by_ticket.recv(), program.recv())
            _later(own, hours=5)
            for socket in (page, by_ticket):
                async with asyncio.timeout(10):
                    with pytest.raises(ConnectionClosed):
                        while True:
                            await socket.recv()
                assert (socket.close_code, socket.close_reason) == (1008, "the session has ended")
            async with asyncio.timeout(10):
                await program.send("ping")
                while await program.recv() != "pong":
                    pass
    await own.http.post(f"/api/jobs/{job['id']}/cancel")


ASKS_AGAIN = [
    ("POST", "/api/auth/password", {"current_password": PASSWORD, "new_password": "another good one"}),
    ("POST", "/api/auth/email", {"email": "x@example.org"}),
    ("POST", "/api/auth/totp", None),
    ("POST", "/api/auth/totp/confirm", {"code": "123456"}),
    ("DELETE", "/api/auth/totp", None),
    ("POST", "/api/auth/recovery-codes", None),
    ("POST", "/api/auth/passkeys/registration", None),
    ("POST", "/api/auth/passkeys", {"challenge": "x", "credential": {}, "name": "x"}),
    ("DELETE", "/api/auth/passkeys/x", None),
    ("POST", "/api/auth/tokens", {"name": "x"}),
    ("DELETE", "/api/auth/tokens/x", None),
    ("POST", "/api/auth/sessions/end-others", None),
    ("DELETE", "/api/auth/sessions/x", None),
    ("POST", "/api/secrets", {"key": "APP_ADMIN_EMAIL", "value": "x@example.org"}),
    ("DELETE", "/api/secrets/X", None),
    ("POST", "/api/jobs", {"command": "make_transfers", "confirm": "Make transfers"}),
    ("POST", "/api/airsenal/database/restore", {"id": "x"}),
]


async def test_ten_minutes_after_signing_in_what_matters_asks_again(own: Console) -> None:
    """A9."""
    other = await _token(own)
    _later(own, minutes=11)
    for method, path, body in ASKS_AGAIN:
        answer = await own.http.request(method, path, json=body)
        assert (answer.status_code, answer.json().get("code")) == (403, "step_up_needed"), f"{method} {path}"
    assert (await own.http.post("/api/jobs", json={"command": "say"})).status_code == 200, "ordinary work goes on"
    wrong = await own.http.post("/api/auth/confirm", json={"password": "wrong password"})
    assert (wrong.status_code, wrong.json()["detail"]) == (403, "That is not your password.")
    assert (await own.http.post("/api/auth/confirm", json={})).status_code == 422
    assert (await own.http.post("/api/auth/confirm", json={"password": PASSWORD})).status_code == 200
    own.services.auth.sessions._checked.clear()  # as other consoles, and this one a moment later, see it
    assert (await own.http.post("/api/auth/totp")).status_code == 200
    _later(own, minutes=22)
    assert (await own.http.post("/api/auth/totp")).status_code == 403
    await own.http.post("/api/auth/confirm", json={"password": PASSWORD})
    elsewhere = await own.http.post("/api/auth/totp", headers=_bearer(other))
    assert elsewhere.status_code == 403, "a confirmation counts for its own session only"


async def test_guessing_the_password_in_a_stolen_session_is_slowed_down(own: Console) -> None:
    answers = [await own.http.post("/api/auth/confirm", json={"password": "wrong password"}) for _ in range(8)]
    assert answers[0].status_code == 403
    assert answers[-1].status_code == 429
    body = {"current_password": PASSWORD, "new_password": "another good one"}
    assert (await own.http.post("/api/auth/password", json=body)).status_code == 429


async def test_changing_the_password_ends_the_other_sessions(own: Console) -> None:
    other = await _token(own)
    for body, field in [
        ({"current_password": "wrong password", "new_password": "another good one"}, "current_password"),
        ({"current_password": PASSWORD, "new_password": "football"}, "new_password"),
        ({"current_password": PASSWORD, "new_password": "admin@example.org"}, "new_password"),
        ({"current_password": PASSWORD, "new_password": PASSWORD}, "new_password"),
    ]:
        refused = await own.http.post("/api/auth/password", json=body)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, field)
    assert (await own.http.get("/api/jobs", headers=_bearer(other))).status_code == 200
    body = {"current_password": PASSWORD, "new_password": "another good one"}
    assert (await own.http.post("/api/auth/password", json=body)).status_code == 200
    assert (await own.http.get("/api/jobs", headers=_bearer(other))).status_code == 401
    assert (await own.http.get("/api/jobs")).status_code == 200, "the present session goes on"
    old = {"email": EMAIL, "password": PASSWORD}
    assert (await own.http.post("/api/auth/login", json=old)).status_code == 401
    assert (await own.http.post("/api/auth/login", json={**old, "password": "another good one"})).status_code == 200


async def test_a_new_email_address_is_the_one_to_sign_in_with(own: Console) -> None:
    assert (await own.http.post("/api/auth/email", json={"email": "nobody"})).json()["errors"][0]["field"] == "email"
    assert (await own.http.post("/api/auth/email", json={"email": "new@example.org"})).status_code == 200
    assert (await own.http.get("/api/auth/check")).json()["email"] == "new@example.org"
    body = {"email": "new@example.org", "password": PASSWORD}
    assert (await own.http.post("/api/auth/login", json=body)).status_code == 200


async def test_every_event_is_told_once_and_without_a_secret(own: Console) -> None:
    told: list[SecurityEvent] = []

    async def listen(event: SecurityEvent) -> None:
        told.append(event)

    own.services.auth.events.subscribe(listen)
    http = own.http
    await http.post("/api/auth/login", json={"email": "a\nforged@row", "password": "wrong password"})
    await _token(own)
    await http.post("/api/auth/confirm", json={"password": PASSWORD})
    made = (await http.post("/api/auth/tokens", json={"name": "script", "scope": "read"})).json()
    for _ in range(2):
        await http.get("/api/jobs", headers=_bearer(made["token"]))
    await http.post("/api/jobs", json={"command": "say"}, headers=_bearer(made["token"]))
    await http.delete(f"/api/auth/tokens/{made['id']}")
    await http.post("/api/auth/sessions/end-others")
    await http.post("/api/auth/logout")
    assert [event.kind for event in told] == [
        "sign_in_refused", "signed_in", "confirmed", "token_made", "token_first_used", "request_refused",
        "token_revoked", "session_ended", "signed_out",
    ]  # fmt: skip
    assert told[0].who == "a?forged@row"
    assert {event.address for event in told} == {"127.0.0.1"}
    assert {event.who for event in told[1:]} == {EMAIL}
    assert made["token"] not in str(told)
    assert PASSWORD not in str(told)


async def _audit(console: Console, kind: str) -> list[str]:
    rows = (await console.http.get("/api/audit", params={"kind": f"auth.{kind}", "limit": 500})).json()
    return [f"{row['address']} {row['text']}" for row in rows]


async def test_what_did_not_happen_has_no_row_and_what_did_has_one(own: Console) -> None:
    missing = "f" * 32
    assert (await own.http.delete(f"/api/auth/sessions/{missing}")).status_code == 404
    assert missing not in str(await _audit(own, "session_ended"))
    async with httpx.AsyncClient(base_url=own.url) as browser:
        body = {"email": EMAIL, "password": PASSWORD}
        await browser.post("/api/auth/login", json=body)
        assert await _audit(own, "session_ended") == []
        await browser.post("/api/auth/login", json=body)
        assert await _audit(own, "session_ended") == ["127.0.0.1 Session ended: a new sign-in took its place."]
        other = (await browser.get("/api/auth/sessions")).json()[0]["id"]
    assert (await own.http.delete(f"/api/auth/sessions/{other}")).status_code == 200
    assert other in (await _audit(own, "session_ended"))[0]


async def test_a_flood_of_refusals_has_rows_but_few(own: Console) -> None:
    """A13: that somebody guesses must be seen, and must not fill the log: anybody could."""
    auth, body, now = own.services.auth, {"email": EMAIL, "password": "wrong password"}, time.monotonic()
    auth._throttle._clock = lambda: now
    async with httpx.AsyncClient(base_url=own.url) as stranger:
        for _ in range(40):
            await stranger.post("/api/auth/login", json=body)
        found = await _audit(own, "sign_in_refused")
        assert len(found) == 7, "six that were looked at, and one for all that had to wait"
        assert found[0] == "127.0.0.1 Sign in refused: too many tries."
        await auth.refusals.tell()
        assert (await _audit(own, "sign_in_refused"))[0] == "127.0.0.1 Sign in refused: too many tries, 33 times more."
        for path in ("/api/auth/login", "/api/auth/setup", "/api/auth/passkeys/challenge"):
            for _ in range(3):
                await stranger.post(path, headers={"Origin": "https://evil.example"}, json={})
        assert len(await _audit(own, "request_refused")) == 3
        cookie = {"Cookie": f"airsenal_console_{httpx.URL(own.url).port}=made-up", "Origin": "https://evil.example"}
        for number in range(60):
            await stranger.post(f"/api/jobs/{number}/cancel", headers=cookie)
        with pytest.raises(ConnectionClosed):
            async with websockets.connect(f"{own.ws}/ws/events", additional_headers=cookie) as socket:
                await socket.recv()
        refused = await _audit(own, "request_refused")
        assert 3 < len(refused) <= refusals.MOST + 1, "and all others together"
        assert refused[0].startswith("other addresses ")
        await auth.refusals.tell()
        assert "43 times more" in str(await _audit(own, "request_refused"))
        with pytest.raises(ConnectionClosed):
            async with websockets.connect(f"{own.ws}/ws/events", additional_headers=cookie) as socket:
                await socket.recv()
        assert (await _audit(own, "request_refused"))[0] == ("127.0.0.1 Request refused: another site: /ws/events.")


async def test_what_cannot_be_recorded_does_not_happen(own: Console) -> None:
    """S7, for the front door: an audit that fails stops the action."""

    async def full(_: SecurityEvent) -> None:
        raise Unavailable("The audit cannot be written.")

    own.services.auth.events.subscribe(full)
    assert (await own.http.post("/api/auth/tokens", json={"name": "script"})).status_code == 503
    assert (await own.http.get("/api/auth/tokens")).json() == []
    body = {"current_password": PASSWORD, "new_password": "another good one"}
    assert (await own.http.post("/api/auth/password", json=body)).status_code == 503
    assert (await own.http.post("/api/auth/login", json={"email": EMAIL, "password": PASSWORD})).status_code == 503
    own.services.auth.events._listeners.clear()
    assert (await own.http.post("/api/auth/login", json={"email": EMAIL, "password": PASSWORD})).status_code == 200


@pytest.mark.parametrize("where", ["here", "at another console on the database"])
async def test_a_sign_in_under_way_does_not_survive_a_change_of_the_account(own: Console, where: str) -> None:
    """The old password was checked, it was changed and all sessions ended, then this one would have been stored."""
    auth = own.services.auth
    other = Sessions(auth.sessions._sessions, auth._signer, utc_now, timedelta(hours=4))
    sessions = auth.sessions if where == "here" else other

    async def change_in_between(event: SecurityEvent) -> None:
        if event.kind == "signed_in":
            await sessions.end_others(None)

    auth.events.subscribe(change_in_between)
    try:
        async with httpx.AsyncClient(base_url=own.url) as nobody:
            refused = await nobody.post("/api/auth/login", json={"email": EMAIL, "password": PASSWORD})
            assert refused.status_code == 401
            assert "changed in this moment" in refused.json()["detail"]
    finally:
        auth.events._listeners.remove(change_in_between)
    assert await sessions.all() == [], "and nothing of it is left"
    assert await _token(own)
