"""The front door: first admin, sign-in, sessions, and what is refused."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import bcrypt
import httpx
import jwt
import pytest

from backend.auth.service import DEVICE_LIFETIME, Caller
from backend.config.keys import Keys
from backend.models.auth import Session
from backend.repositories.audit import AuditFilter
from backend.tests.conftest import EMAIL, PASSWORD, Console, running_console, test_settings


@pytest.fixture
async def fresh(mongo_url: str, keys: Keys, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Console]:
    """A console that nobody has set up yet."""
    settings = test_settings(tmp_path_factory.mktemp("fresh"))
    async with running_console(mongo_url, settings, keys, sign_in=False) as console:
        yield console


def _setup_body(console: Console, **changes: str) -> dict[str, str]:
    token = console.services.setup_token or ""
    return {"setup_token": token, "email": EMAIL, "password": PASSWORD, **changes}


def _hold_throttle(console: Console) -> None:
    """Its waits do not pass while a busy machine takes its time."""
    now = time.monotonic()
    console.services.auth._throttle._clock = lambda: now


async def test_the_first_admin_is_made_once_with_the_printed_token(fresh: Console) -> None:
    http = fresh.http
    assert (await http.get("/api/auth/setup")).json() == {"setup_needed": True}
    wrong = await http.post("/api/auth/setup", json=_setup_body(fresh, setup_token="guess"))
    assert wrong.status_code == 403
    rows = await fresh.services.audit.rows.newest(AuditFilter(kind="auth.setup_refused"), limit=5)
    assert [(row.who, row.text) for row in rows] == [(EMAIL, "Setup refused: wrong set-up token.")]
    for changes, field in [({"email": "nobody"}, "email"), ({"password": "short"}, "password"),
                           ({"password": "ü" * 37}, "password")]:  # fmt: skip
        refused = await http.post("/api/auth/setup", json=_setup_body(fresh, **changes))
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["field"] == field
    both = await asyncio.gather(*(http.post("/api/auth/setup", json=_setup_body(fresh)) for _ in range(2)))
    assert sorted(answer.status_code for answer in both) == [200, 409]
    assert (await http.get("/api/auth/setup")).json() == {"setup_needed": False}
    assert await fresh.services.auth.new_setup_token() is None


async def test_guessing_the_set_up_token_is_slowed_down(fresh: Console) -> None:
    _hold_throttle(fresh)
    tries = [await fresh.http.post("/api/auth/setup", json=_setup_body(fresh, setup_token="guess")) for _ in range(8)]
    assert [answer.status_code for answer in tries] == [403] * 6 + [429] * 2
    assert int(tries[-1].headers["retry-after"]) >= 1


async def test_a_browser_session_lives_in_a_strict_cookie(console: Console) -> None:
    async with httpx.AsyncClient(base_url=console.url) as browser:
        answer = await browser.post("/api/auth/login", json={"email": EMAIL, "password": PASSWORD})
        session, device = answer.headers.get_list("set-cookie")
        port = httpx.URL(console.url).port
        assert session.startswith(f"airsenal_console_{port}=")
        assert device.startswith(f"airsenal_console_{port}_device=")
        assert "HttpOnly" in device
        cookie = session
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie
        assert "Path=/" in cookie
        assert (await browser.get("/api/auth/check")).json()["authenticated"] is True
        before = browser.cookies[f"airsenal_console_{port}"]
        signer = console.services.auth._signer
        for other in (
            browser.cookies[f"airsenal_console_{port}_device"],
            signer.sign("passkey", "x", DEVICE_LIFETIME)[0],
        ):
            answer = await console.http.get("/api/auth/check", headers={"Authorization": f"Bearer {other}"})
            assert answer.status_code == 401, "a token for one purpose is worth nothing for another"
            assert signer.read("device", before) is None
        again = await browser.post("/api/auth/login", json={"email": EMAIL, "password": PASSWORD})
        assert len(again.headers.get_list("set-cookie")) == 1, "the device is known already"
        old = await console.http.get("/api/auth/check", headers={"Authorization": f"Bearer {before}"})
        assert old.status_code == 401, "a new sign-in takes the place of the one before (ASVS 5.0.0 7.2.4)"
        # Another site's form: the cookie would come along in an old browser; the Origin gives it away.
        for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
            forged = await browser.post("/api/jobs", json={"command": "say"}, headers=headers)
            assert forged.status_code == 403
            assert (await browser.delete("/api/jobs/logs", headers=headers)).status_code == 403
            assert (await browser.post("/api/auth/login", json={}, headers=headers)).status_code == 403
        own = await browser.post("/api/jobs", json={"command": "say"}, headers={"Origin": console.url})
        assert own.status_code == 200
        assert (await browser.post("/api/auth/logout")).json() == {"success": True}
        assert (await browser.get("/api/auth/check")).status_code == 401


async def test_behind_tls_the_cookie_is_bound_to_the_host(
    mongo_url: str, keys: Keys, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A6: `__Host-`, Secure; what plain http would send under another name is nobody's session."""
    settings = test_settings(tmp_path_factory.mktemp("tls"), trusted_proxies=["127.0.0.0/8"])
    async with running_console(mongo_url, settings, keys, sign_in=False) as console:
        behind = {"X-Forwarded-Proto": "https", "Host": "console.example.org"}
        answer = await console.http.post("/api/auth/setup", json=_setup_body(console), headers=behind)
        cookies = answer.headers.get_list("set-cookie")
        assert cookies[0].startswith("__Host-airsenal_console=")
        assert all("Secure" in cookie and "HttpOnly" in cookie and "Path=/" in cookie for cookie in cookies)
        token = answer.json()["token"]
        async with httpx.AsyncClient(base_url=console.url) as http:
            for name, status in [
                ("__Host-airsenal_console", 200), ("airsenal_console", 401), ("session", 401), ("__Host-session", 401),
            ]:  # fmt: skip
                headers = {**behind, "Cookie": f"{name}={token}"}
                assert (await http.get("/api/auth/check", headers=headers)).status_code == status, name
            headers = {**behind, "Cookie": f"__Host-airsenal_console={token}", "Origin": "http://console.example.org"}
            assert (await http.post("/api/auth/ws-ticket", headers=headers)).status_code == 403
            headers["Origin"] = "https://console.example.org"
            assert (await http.post("/api/auth/ws-ticket", headers=headers)).status_code == 200


async def test_logout_revokes_the_token_at_once(console: Console) -> None:
    async with httpx.AsyncClient(base_url=console.url) as http:
        token = (await http.post("/api/auth/login", json={"email": EMAIL, "password": PASSWORD})).json()["token"]
        http.cookies.clear()
        bearer = {"Authorization": f"Bearer {token}"}
        assert (await http.get("/api/jobs", headers=bearer)).status_code == 200
        await http.post("/api/auth/logout", headers=bearer)
        refused = await http.get("/api/jobs", headers=bearer)
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"].startswith("Bearer")


async def test_forged_and_expired_tokens_are_refused(console: Console, keys: Keys) -> None:
    # Of a session that is there, so that nothing but the signature and the time are wrong.
    living = jwt.decode(console.token, options={"verify_signature": False})
    claims = {"sub": EMAIL, "jti": "nope", "exp": time.time() + 60}
    forged = [
        jwt.encode(living, "another secret, also long enough...", algorithm="HS256"),
        jwt.encode(living, "", algorithm="none"),
        jwt.encode({**living, "exp": time.time() - 1}, keys.jwt_secret, algorithm="HS256"),
        jwt.encode(claims, "another secret, also long enough...", algorithm="HS256"),
        jwt.encode(claims, "", algorithm="none"),
        jwt.encode(claims, keys.jwt_secret, algorithm="HS256"),
        jwt.encode({**claims, "exp": time.time() - 1}, keys.jwt_secret, algorithm="HS256"),
        jwt.encode({"sub": EMAIL}, keys.jwt_secret, algorithm="HS256"),
        console.token[:-2],
        "x" * 5000,
    ]
    for token in forged:
        answer = await console.http.get("/api/jobs", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 401


async def test_wrong_email_and_wrong_password_look_the_same_and_are_slowed_down(
    fresh: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A5, ASVS 5.0.0 6.3.8 and 6.3.1. The time is bcrypt's, so the same work is the same time."""
    compared: list[bytes] = []
    compare = bcrypt.checkpw

    def noted(password: bytes, hashed: bytes) -> bool:
        compared.append(hashed)
        return compare(password, hashed)

    monkeypatch.setattr(bcrypt, "checkpw", noted)
    await fresh.http.post("/api/auth/setup", json=_setup_body(fresh))
    fresh.http.cookies.clear()
    answers = []
    for body in ({"email": EMAIL, "password": "wrong password"}, {"email": "x@y.z", "password": PASSWORD}):
        answers.append(await fresh.http.post("/api/auth/login", json=body))
    assert {answer.status_code for answer in answers} == {401}
    assert {answer.text for answer in answers} == {'{"detail":"Invalid credentials"}'}
    assert len(compared) == 2
    assert len(set(compared)) == 1, "against the same hash"
    last = answers[-1]
    for _ in range(8):
        last = await fresh.http.post("/api/auth/login", json={"email": EMAIL, "password": "wrong password"})
    assert last.status_code == 429
    assert int(last.headers["retry-after"]) >= 1


async def test_changing_the_email_through_secrets_changes_the_login(fresh: Console) -> None:
    """A predecessor sealed the address and compared the sealed text: changing it locked the admin out."""
    http = fresh.http
    token = (await http.post("/api/auth/setup", json=_setup_body(fresh))).json()["token"]
    http.headers["Authorization"] = f"Bearer {token}"
    saved = await http.post("/api/secrets", json={"key": "APP_ADMIN_EMAIL", "value": "new@example.org"})
    assert saved.json() == {"success": True, "key": "APP_ADMIN_EMAIL"}
    assert (await http.post("/api/auth/login", json={"email": EMAIL, "password": PASSWORD})).status_code == 401
    body = {"email": "New@example.org", "password": PASSWORD}
    assert (await http.post("/api/auth/login", json=body)).status_code == 200
    plain = await http.post("/api/secrets", json={"key": "APP_ADMIN_PASSWORD_HASH", "value": "my new password"})
    assert plain.status_code == 422
    hashed = (await http.post("/api/auth/hash-password", json={"password": "a new password"})).json()["hash"]
    await http.post("/api/secrets", json={"key": "APP_ADMIN_PASSWORD_HASH", "value": hashed})
    assert (await http.get("/api/auth/check")).status_code == 401, "a new password ends every session"
    body["password"] = "a new password"
    assert (await http.post("/api/auth/login", json=body)).status_code == 200


async def test_the_admin_can_come_from_the_environment(
    mongo_url: str, keys: Keys, tmp_path_factory: pytest.TempPathFactory
) -> None:
    hashed = "$2b$04$Zh1.CYCSGFSRcHIfQt.jduCBVLkdBr8CWV3CmWVEKZHPBNNbTnvDm"
    from pydantic import SecretStr

    settings = test_settings(
        tmp_path_factory.mktemp("env"), app_admin_email="env@example.org", app_admin_password_hash=SecretStr(hashed)
    )
    async with running_console(mongo_url, settings, keys, sign_in=False) as console:
        assert (await console.http.get("/api/auth/setup")).json() == {"setup_needed": False}
        assert console.services.setup_token is None


async def test_long_passwords_are_refused_never_cut(console: Console) -> None:
    answer = await console.http.post("/api/auth/hash-password", json={"password": "x" * 73})
    assert answer.status_code == 422
    assert "72 bytes" in answer.json()["detail"]
    assert (await console.http.post("/api/auth/hash-password", json={"password": "x" * 72})).status_code == 200


async def test_a_forgotten_password_has_a_way_back(
    mongo_url: str, keys: Keys, tmp_path_factory: pytest.TempPathFactory
) -> None:
    settings = test_settings(tmp_path_factory.mktemp("forgotten"))
    async with running_console(mongo_url, settings, keys) as console:
        token = console.token
        await console.run("say")
    async with running_console(mongo_url, settings, keys, sign_in=False, new_admin=True) as console:
        assert (await console.http.get("/api/auth/setup")).json() == {"setup_needed": True}
        refused = await console.http.get("/api/jobs", headers={"Authorization": f"Bearer {token}"})
        assert refused.status_code == 401
        body = {**_setup_body(console), "email": "new@example.org"}
        answer = (await console.http.post("/api/auth/setup", json=body)).json()
        jobs = await console.http.get("/api/jobs", headers={"Authorization": f"Bearer {answer['token']}"})
        assert len(jobs.json()) == 1


async def test_a_stranger_cannot_lock_the_admin_out_and_blanks_are_no_new_account(
    mongo_url: str, keys: Keys, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A2."""
    settings = test_settings(tmp_path_factory.mktemp("strangers"), trusted_proxies=["127.0.0.0/8"])
    async with running_console(mongo_url, settings, keys, sign_in=False) as console:
        _hold_throttle(console)

        async def sign_in(email: str, password: str, address: str, cookies: httpx.Cookies | None = None) -> int:
            body, headers = {"email": email, "password": password}, {"X-Forwarded-For": address}
            async with httpx.AsyncClient(base_url=console.url, cookies=cookies, verify=False) as http:
                return (await http.post("/api/auth/login", json=body, headers=headers)).status_code

        await console.http.post("/api/auth/setup", json=_setup_body(console))
        known = console.http.cookies
        assert any(name.endswith("_device") for name in known)
        tries = [await sign_in(" " * blanks + EMAIL.upper(), "wrong password", "203.0.113.5") for blanks in range(8)]
        assert tries[0] == 401
        assert tries[-1] == 429, "blanks and capitals do not make another account"
        assert await sign_in(EMAIL, PASSWORD, "203.0.113.6") == 200
        one_customer = [await sign_in(EMAIL, "wrong password", f"2001:db8::{number}") for number in range(8)]
        assert one_customer[-1] == 429, "nor do the addresses that one customer has"
        assert await sign_in(EMAIL, PASSWORD, "2001:db8:0:1::1") == 200
        many = [await sign_in(EMAIL, "wrong password", f"198.51.100.{number}") for number in range(60)]
        assert many.index(429) == 51, "the first wait begins with the try after the free ones"
        # The whole account waits now, except for the device that signed in before: it has tries of its own.
        assert await sign_in(EMAIL, PASSWORD, "203.0.113.7") == 429
        assert await sign_in(EMAIL, PASSWORD, "198.51.100.59", known) == 200
        assert await sign_in(EMAIL, PASSWORD, "203.0.113.7") == 429, "which helps no stranger"
        own = [await sign_in(EMAIL, "wrong password", "203.0.113.8", known) for _ in range(8)]
        assert own[-1] == 429, "and a stolen device gains only its own few tries"
        other = await sign_in("somebody@example.org", "wrong password", "203.0.113.10", known)
        assert other == 401, "those are for the account it signed in to"
        forged = httpx.Cookies({name: value[:-3] + "abc" for name, value in known.items()})
        assert await sign_in(EMAIL, PASSWORD, "203.0.113.9", forged) == 429


async def test_guesses_sent_at_once_count_while_they_are_checked(fresh: Console) -> None:
    _hold_throttle(fresh)
    await fresh.http.post("/api/auth/setup", json=_setup_body(fresh))
    fresh.http.cookies.clear()
    body = {"email": EMAIL, "password": "wrong password"}
    burst = await asyncio.gather(*(fresh.http.post("/api/auth/login", json=body) for _ in range(30)))
    assert sum(answer.status_code == 401 for answer in burst) == 6
    assert sum(answer.status_code == 429 for answer in burst) == 24


async def test_a_session_that_ends_while_it_is_read_stays_ended(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    auth = console.services.auth
    session = await auth.authenticate((await auth.login(EMAIL, PASSWORD, Caller("race"))).token)
    auth.sessions._checked.clear()
    read, go_on = asyncio.Event(), asyncio.Event()
    from_database = auth.sessions._sessions.get

    async def slow(session_id: str) -> Session | None:
        found = await from_database(session_id)
        read.set()
        await go_on.wait()
        return found

    monkeypatch.setattr(auth.sessions._sessions, "get", slow)
    reading = asyncio.create_task(auth.still_valid(session))
    await read.wait()
    await auth.logout(session)
    go_on.set()
    await reading
    assert not await auth.still_valid(session)
