"""Keys for scripts: what each scope may do, and how a token ends."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
import websockets
from websockets.exceptions import ConnectionClosed

from backend.config.keys import Keys
from backend.tests.conftest import JSON, Console, running_console, test_settings
from backend.utils.clock import utc_now


@pytest.fixture(scope="module")
async def own(mongo_url: str, keys: Keys, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Console]:
    settings = test_settings(tmp_path_factory.mktemp("tokens"))
    async with running_console(mongo_url, settings, keys) as console:
        yield console


async def _make(console: Console, name: str, scope: str, **more: object) -> JSON:
    answer = await console.http.post("/api/auth/tokens", json={"name": name, "scope": scope, **more})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def _status(console: Console, token: JSON, method: str, path: str, body: object = None) -> int:
    async with httpx.AsyncClient(base_url=console.url, verify=False) as http:
        headers = {"Authorization": f"Bearer {token['token']}"}
        return (await http.request(method, path, json=body, headers=headers)).status_code


async def test_each_scope_may_what_it_says(own: Console) -> None:
    read, run, admin = [await _make(own, f"scope {scope}", scope) for scope in ("read", "run", "admin")]
    job = await own.run("say")
    for token, answers in [(read, (200, 403, 403, 403)), (run, (200, 200, 403, 403)), (admin, (200, 200, 200, 403))]:
        asked = [
            await _status(own, token, "GET", f"/api/jobs/{job['id']}"),
            await _status(own, token, "POST", "/api/jobs", {"command": "say"}),
            await _status(own, token, "DELETE", f"/api/jobs/{job['id']}/logs"),
            await _status(own, token, "POST", "/api/auth/tokens", {"name": "child", "scope": "admin"}),
        ]
        assert tuple(asked) == answers, token["scope"]
    for method, path in [
        ("POST", "/api/auth/totp"), ("GET", "/api/auth/sessions"), ("POST", "/api/auth/logout"),
        ("POST", "/api/auth/confirm"), ("DELETE", f"/api/auth/tokens/{read['id']}"), ("GET", "/api/auth/factors"),
    ]:  # fmt: skip
        assert await _status(own, admin, method, path) == 403, path
    # A person has to confirm these, and nobody is there to.
    assert await _status(own, admin, "POST", "/api/secrets", {"key": "FPL_TEAM_ID", "value": "1"}) == 403
    irreversible = {"command": "make_transfers", "confirm": "Make transfers"}
    assert await _status(own, admin, "POST", "/api/jobs", irreversible) == 403
    rows = str((await own.http.get("/api/audit", params={"kind": "auth.request_refused", "limit": 100})).json())
    for refused in ("scope read (read) at POST /api/jobs", "scope admin (admin) where a person has to confirm"):
        assert refused in rows


async def test_it_is_kept_as_a_hash_and_its_use_is_shown(own: Console) -> None:
    token = await _make(own, "hashed", "read")
    assert token["token"].startswith("aoc_")
    assert len(token["token"]) == 47
    stored = await own.services.database.db["api_tokens"].find_one({"name": "hashed"})
    assert stored is not None
    assert stored["hash"] == hashlib.sha256(token["token"].encode()).hexdigest()
    assert token["token"] not in str(stored)
    listed = next(row for row in (await own.http.get("/api/auth/tokens")).json() if row["name"] == "hashed")
    assert listed["last_used_at"] is None
    assert "token" not in listed
    assert await _status(own, token, "GET", "/api/jobs") == 200
    listed = next(row for row in (await own.http.get("/api/auth/tokens")).json() if row["name"] == "hashed")
    assert (listed["last_used_at"] is not None, listed["last_used_address"]) == (True, "127.0.0.1")
    assert await _status(own, token, "GET", "/api/jobs") == 200
    again = await own.services.database.db["api_tokens"].find_one({"name": "hashed"})
    assert again is not None
    assert again["last_used_at"].isoformat() == listed["last_used_at"].replace("Z", "+00:00"), "once a minute is enough"


async def test_it_ends_when_revoked_and_when_its_time_is_over(own: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    token, short, never = (
        await _make(own, "revoked", "run"), await _make(own, "short", "read", days=1),
        await _make(own, "never ends", "read", days=None),
    )  # fmt: skip
    assert await _status(own, token, "GET", "/api/jobs") == 200
    assert (await own.http.delete(f"/api/auth/tokens/{token['id']}")).status_code == 200
    assert await _status(own, token, "GET", "/api/jobs") == 401
    assert (await own.http.delete(f"/api/auth/tokens/{token['id']}")).status_code == 404
    assert await _status(own, short, "GET", "/api/jobs") == 200
    assert never["expires_at"] is None
    monkeypatch.setattr(own.services.auth.tokens, "_now", lambda: utc_now() + timedelta(days=2))
    assert await _status(own, short, "GET", "/api/jobs") == 401
    assert await _status(own, never, "GET", "/api/jobs") == 200
    assert [row["expired"] for row in (await own.http.get("/api/auth/tokens")).json() if row["name"] == "short"] == [
        True
    ]


async def test_forged_ones_and_wrong_places_are_refused(own: Console) -> None:
    token = await _make(own, "real", "read")
    for forged in ("aoc_" + "x" * 43, token["token"][:-1] + "_", "aoc_", token["token"].removeprefix("aoc_")):
        assert await _status(own, {"token": forged}, "GET", "/api/jobs") == 401
    name = f"airsenal_console_{httpx.URL(own.url).port}"
    async with httpx.AsyncClient(base_url=own.url, cookies={name: token["token"]}) as browser:
        assert (await browser.get("/api/jobs")).status_code == 401, "a cookie is for sessions"
    for body, status in [({"name": " "}, 422), ({"name": "x", "scope": "root"}, 422), ({"name": "x", "days": 0}, 422),
                         ({"name": "real"}, 409), ({"name": "a\nb"}, 422)]:  # fmt: skip
        assert (await own.http.post("/api/auth/tokens", json=body)).status_code == status, body


async def test_a_script_may_watch_a_log_until_its_token_is_revoked(own: Console) -> None:
    token = await _make(own, "watcher", "read")
    job = await own.submit("count", lines=400_000, pause=0.00001)
    address = f"{own.ws}/ws/jobs/{job['id']}"
    async with websockets.connect(address, additional_headers={"Authorization": f"Bearer {token['token']}"}) as socket:
        assert json.loads(await socket.recv())["type"] in ("log", "status")
        await own.http.delete(f"/api/auth/tokens/{token['id']}")
        with pytest.raises(ConnectionClosed):
            while True:
                await socket.recv()
    assert socket.close_code == 1008
    await own.http.post(f"/api/jobs/{job['id']}/cancel")
