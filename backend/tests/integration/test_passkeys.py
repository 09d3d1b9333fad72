"""A3: passkeys, and every answer of an authenticator that must not be taken. The browser's part is in e2e."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from backend.config.keys import Keys
from backend.tests.authenticator import Authenticator
from backend.tests.conftest import EMAIL, JSON, PASSWORD, Console, running_console, test_settings

HOST, ORIGIN = "console.example.org", "https://console.example.org"
BEHIND_TLS = {"X-Forwarded-Proto": "https", "Host": HOST}


@pytest.fixture
async def own(mongo_url: str, keys: Keys, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Console]:
    settings = test_settings(
        tmp_path_factory.mktemp("passkeys"), trusted_proxies=["127.0.0.0/8"], passkey_hosts=[HOST]
    )  # fmt: skip
    async with running_console(mongo_url, settings, keys) as console:
        yield console


async def _post(
    console: Console, path: str, body: Any = None, *, admin: bool = False, headers: dict[str, str] | None = None
) -> Any:
    async with httpx.AsyncClient(base_url=console.url, headers={**BEHIND_TLS, **(headers or {})}, verify=False) as http:
        if admin:
            http.headers["Authorization"] = f"Bearer {console.token}"
        return await http.post(path, json=body)


async def _registered(console: Console) -> Authenticator:
    authenticator = Authenticator(HOST, ORIGIN)
    offered = (await _post(console, "/api/auth/passkeys/registration", admin=True)).json()
    body = {**authenticator.create(offered), "name": "Test"}
    answer = await _post(console, "/api/auth/passkeys", body, admin=True)
    assert answer.status_code == 200, answer.text
    return authenticator


async def _challenge(console: Console) -> JSON:
    return dict((await _post(console, "/api/auth/passkeys/challenge")).json())


async def _sign_in(console: Console, body: JSON) -> int:
    return int((await _post(console, "/api/auth/passkeys/sign-in", body)).status_code)


async def test_a_passkey_signs_in_confirms_and_is_removed(own: Console) -> None:
    body = {"email": EMAIL, "password": PASSWORD}
    other = {"Authorization": f"Bearer {(await _post(own, '/api/auth/login', body)).json()['token']}"}
    key = await _registered(own)
    assert (await own.http.get("/api/auth/check", headers=other)).status_code == 401, "other sessions end with it"
    signed_in = await _post(own, "/api/auth/passkeys/sign-in", key.get(await _challenge(own)))
    assert signed_in.status_code == 200
    assert signed_in.headers["set-cookie"].startswith("__Host-airsenal_console=")
    bearer = {"Authorization": f"Bearer {signed_in.json()['token']}"}
    confirmed = await _post(own, "/api/auth/confirm", {"passkey": key.get(await _challenge(own))}, headers=bearer)
    assert confirmed.status_code == 200
    listed = (await own.http.get("/api/auth/passkeys")).json()
    assert [(row["name"], row["host"], row["last_used_at"] is not None) for row in listed] == [("Test", HOST, True)]
    before = signed_in.json()["token"]
    assert (await own.http.delete(f"/api/auth/passkeys/{listed[0]['id']}")).status_code == 200
    assert await _sign_in(own, key.get(await _challenge(own))) == 401
    old = {"Authorization": f"Bearer {before}"}
    assert (await own.http.get("/api/auth/check", headers=old)).status_code == 401, "other sessions end with it"
    assert (await own.http.delete(f"/api/auth/passkeys/{listed[0]['id']}")).status_code == 404


async def test_trying_passkeys_is_slowed_down(own: Console) -> None:
    now = time.monotonic()
    own.services.auth._throttle._clock = lambda: now
    tries = [await _sign_in(own, {"challenge": "guess", "credential": {}}) for _ in range(52)]
    assert tries == [400] * 51 + [429]


async def test_a_challenge_works_once_and_only_for_what_it_was_made_for(own: Console) -> None:
    key = await _registered(own)
    answer = key.get(await _challenge(own))
    assert await _sign_in(own, answer) == 200
    assert await _sign_in(own, answer) == 400, "the same answer again"
    registration = (await _post(own, "/api/auth/passkeys/registration", admin=True)).json()
    assert await _sign_in(own, key.get(registration)) == 400, "a challenge for another purpose"
    fresh, other = await _challenge(own), await _challenge(own)
    assert await _sign_in(own, {**key.get(fresh), "challenge": other["challenge"]}) == 401, "not the one it signed"
    assert await _sign_in(own, {**key.get(fresh), "challenge": "made up"}) == 400
    assert await _sign_in(own, {**key.get(fresh), "challenge": own.token}) == 400, "a session's token is none"


async def test_what_an_authenticator_must_not_get_away_with(own: Console) -> None:
    key = await _registered(own)
    for change in ({"origin": "https://evil.example"}, {"rp_id": "evil.example"}, {"verifies": False}, {"uses": -1}):
        before = {name: getattr(key, name) for name in change}
        if "uses" in change:
            await _sign_in(own, key.get(await _challenge(own)))
            change = {"uses": 0}  # a copy of the key that counts from the beginning
        for name, value in change.items():
            setattr(key, name, value)
        assert await _sign_in(own, key.get(await _challenge(own))) == 401, change
        for name, value in before.items():
            setattr(key, name, value if name != "uses" else 10)
        assert await _sign_in(own, key.get(await _challenge(own))) == 200
    stranger = Authenticator(HOST, ORIGIN)
    assert await _sign_in(own, stranger.get(await _challenge(own))) == 401
    stranger._id = key._id
    assert await _sign_in(own, stranger.get(await _challenge(own))) == 401, "a known id with another key"
    for broken in ({}, {"id": 5}, {"id": "x", "response": []}, {"id": "x", "rawId": "x", "response": {"a": [[[]]]}}):
        assert await _sign_in(own, {"challenge": (await _challenge(own))["challenge"], "credential": broken}) == 401


async def test_a_new_passkey_must_verify_its_person_at_this_very_address(own: Console) -> None:
    for change in ({"origin": "https://evil.example"}, {"rp_id": "evil.example"}, {"verifies": False}):
        key = Authenticator(HOST, ORIGIN)
        for name, value in change.items():
            setattr(key, name, value)
        offered = (await _post(own, "/api/auth/passkeys/registration", admin=True)).json()
        refused = await _post(own, "/api/auth/passkeys", {**key.create(offered), "name": "x"}, admin=True)
        assert refused.status_code == 400, change
    key = await _registered(own)
    offered = (await _post(own, "/api/auth/passkeys/registration", admin=True)).json()
    assert [row["id"] for row in offered["options"]["excludeCredentials"]] == [key.create(offered)["credential"]["id"]]
    again = await _post(own, "/api/auth/passkeys", {**key.create(offered), "name": "twice"}, admin=True)
    assert again.status_code == 409
    rows = (await own.http.get("/api/audit", params={"kind": "auth.passkey_added"})).json()
    assert "twice" not in str(rows), "what did not happen has no row"


async def test_a_challenge_works_once_also_when_the_console_was_started_again(
    own: Console, mongo_url: str, keys: Keys
) -> None:
    key = await _registered(own)
    used = key.get(await _challenge(own))
    assert await _sign_in(own, used) == 200
    async with running_console(mongo_url, own.settings, keys, sign_in=False) as again:
        assert await _sign_in(again, used) == 400
        assert await _sign_in(again, key.get(await _challenge(again))) == 200


async def test_a_confirmation_that_is_sent_twice_is_refused_and_has_its_row(own: Console) -> None:
    key = await _registered(own)
    body = {"passkey": key.get(await _challenge(own))}
    assert (await _post(own, "/api/auth/confirm", body, admin=True)).status_code == 200
    assert (await _post(own, "/api/auth/confirm", body, admin=True)).status_code == 400
    rows = (await own.http.get("/api/audit", params={"kind": "auth.confirmation_refused"})).json()
    assert "sent twice" in rows[0]["text"]


async def test_passkeys_work_at_listed_names_only(own: Console) -> None:
    for host, https, reason in [
        ("evil.example", "https", "PASSKEY_HOSTS"), ("127.0.0.1:8001", "http", "localhost"),
        ("[::1", "https", "PASSKEY_HOSTS"), (HOST, "http", "need https"),
    ]:  # fmt: skip
        headers = {"Host": host, "X-Forwarded-Proto": https}
        refused = await _post(own, "/api/auth/passkeys/challenge", headers=headers)
        assert refused.status_code == 400, host
        assert reason in refused.json()["detail"]
        state = await own.http.get("/api/auth/factors", headers=headers)
        assert (state.json()["passkeys_here"], reason in state.json()["passkeys_reason"]) == (False, True)
    local = await _post(
        own, "/api/auth/passkeys/challenge", headers={"Host": "localhost:8001", "X-Forwarded-Proto": "http"}
    )
    assert local.json()["options"]["rpId"] == "localhost"
    elsewhere = await _registered(own)
    elsewhere.rp_id, elsewhere.origin = "localhost", "http://localhost:8001"
    headers = {"Host": "localhost:8001", "X-Forwarded-Proto": "http"}
    body = elsewhere.get(local.json())
    assert (await _post(own, "/api/auth/passkeys/sign-in", body, headers=headers)).status_code == 401, (
        "made for another name"
    )
