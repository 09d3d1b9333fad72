"""A3, S4: codes of an authenticator app, recovery codes, and that losing one of them opens nothing."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pyotp
import pytest
from cryptography.fernet import Fernet

from backend.config.keys import Keys
from backend.config.settings import Settings
from backend.tests.conftest import EMAIL, JSON, PASSWORD, Console, running_console, test_settings
from backend.utils.clock import utc_now


class Phone:
    """An authenticator app, whose clock the test sets together with the server's. It stands still in between, in the
    middle of a step."""

    def __init__(self, console: Console, secret: str) -> None:
        self._totp = pyotp.TOTP(secret)
        self._now = datetime.fromtimestamp(utc_now().timestamp() // 30 * 30 + 15, UTC)
        self.agree_with(console)

    def agree_with(self, console: Console) -> None:
        console.services.auth.two_step._now = lambda: self._now

    def later(self, seconds: int) -> None:
        self._now += timedelta(seconds=seconds)

    def code(self, steps: int = 0) -> str:
        return self._totp.at(self._now + timedelta(seconds=30 * steps))


async def _enrol(console: Console) -> tuple[Phone, list[str]]:
    offer = (await console.http.post("/api/auth/totp")).json()
    assert offer["qr"].startswith("data:image/svg+xml")
    assert offer["secret"] in offer["uri"]
    phone = Phone(console, offer["secret"])
    codes = (await console.http.post("/api/auth/totp/confirm", json={"code": phone.code()})).json()["codes"]
    phone.later(30)
    return phone, codes


async def _sign_in(console: Console, otp: str | None = None, password: str = PASSWORD) -> httpx.Response:
    # A known device each time, so that no limit is in the way of what is tested.
    async with httpx.AsyncClient(base_url=console.url, verify=False) as http:
        console.services.auth._throttle._tries.clear()
        body = {"email": EMAIL, "password": password, **({"otp": otp} if otp is not None else {})}
        return await http.post("/api/auth/login", json=body)


@pytest.fixture
async def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return test_settings(tmp_path_factory.mktemp("two-step"))


@pytest.fixture
async def own(mongo_url: str, keys: Keys, settings: Settings) -> AsyncIterator[Console]:
    async with running_console(mongo_url, settings, keys) as console:
        yield console


async def test_a_code_is_asked_for_after_the_password_and_works_once(own: Console) -> None:
    phone, _ = await _enrol(own)
    asked = await _sign_in(own)
    assert (asked.status_code, asked.json()["code"]) == (401, "second_factor_needed")
    wrong = await _sign_in(own, phone.code(), password="wrong password")
    assert wrong.json() == {"detail": "Invalid credentials"}, "who lacks the password learns nothing of the second step"
    code = phone.code()
    both = await asyncio.gather(_sign_in(own, code), _sign_in(own, f"{code[:3]} {code[3:]}"))
    assert sorted(answer.status_code for answer in both) == [200, 401], "of two at once one wins"
    again = await _sign_in(own, code)
    assert (again.status_code, again.json()["code"]) == (401, "second_factor_refused")
    assert (await _sign_in(own, phone.code(-1))).status_code == 401, "an older one is worth nothing either"
    assert (await _sign_in(own, phone.code(1))).status_code == 401, "nor is one whose time has not come"
    waiting = phone.code(1)
    phone.later(30)
    assert (await _sign_in(own, phone.code(-1))).status_code == 401, "it ends with its 30 seconds"
    assert (await _sign_in(own, waiting)).status_code == 200
    assert (await _sign_in(own, "000000 ")).status_code == 401


async def test_nothing_is_on_before_a_code_proves_it(own: Console) -> None:
    secret = (await own.http.post("/api/auth/totp")).json()["secret"]
    wrong = await own.http.post("/api/auth/totp/confirm", json={"code": "12345"})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "code")
    assert (await _sign_in(own)).status_code == 200
    phone = Phone(own, secret)
    assert (await own.http.post("/api/auth/totp/confirm", json={"code": phone.code()})).status_code == 200
    late = await own.http.post("/api/auth/totp/confirm", json={"code": phone.code(1)})
    assert late.status_code == 400, "an offer is used once"
    assert (await _sign_in(own, phone.code())).status_code == 401, "the code that proved it is used up"


async def test_a_recovery_code_works_once_and_is_stored_as_a_hash(own: Console) -> None:
    phone, codes = await _enrol(own)
    assert len(set(codes)) == 10
    assert all(re.fullmatch(r"([A-Z2-7]{6}-){3}[A-Z2-7]{6}", code) for code in codes), "24 letters of 5 bits"
    assert (await _sign_in(own, codes[0].lower().replace("-", " "))).status_code == 200
    assert (await _sign_in(own, codes[0])).status_code == 401
    both = await asyncio.gather(*(_sign_in(own, codes[1]) for _ in range(5)))
    assert sorted(answer.status_code for answer in both) == [200, 401, 401, 401, 401]
    assert (await _sign_in(own, codes[2], password="wrong password")).json()["detail"] == "Invalid credentials"
    assert (await own.http.get("/api/auth/factors")).json()["recovery_codes"] == 8, "a wrong password uses none up"
    fresh = (await own.http.post("/api/auth/recovery-codes")).json()["codes"]
    assert (await _sign_in(own, codes[3])).status_code == 401
    assert (await _sign_in(own, fresh[0])).status_code == 200
    db = own.services.database.db
    rows = [await db[name].find().to_list(100) for name in ("factors", "recovery_codes")]
    assert [len(found) for found in rows] == [1, 9]
    assert not [code for code in codes + fresh if code in str(rows) or code.replace("-", "") in str(rows)]
    assert phone._totp.secret not in str(rows)


async def test_turning_it_on_or_off_ends_every_other_session(own: Console) -> None:
    async def other(otp: str | None = None) -> httpx.Headers:
        return httpx.Headers({"Authorization": f"Bearer {(await _sign_in(own, otp)).json()['token']}"})

    before = await other()
    phone, _ = await _enrol(own)
    assert (await own.http.get("/api/auth/check", headers=before)).status_code == 401
    assert (await own.http.get("/api/auth/check")).status_code == 200
    before = await other(phone.code())
    assert (await own.http.get("/api/auth/check", headers=before)).status_code == 200
    assert (await own.http.delete("/api/auth/totp")).status_code == 200
    assert (await own.http.get("/api/auth/check", headers=before)).status_code == 401
    assert (await _sign_in(own)).status_code == 200
    state: JSON = (await own.http.get("/api/auth/factors")).json()
    assert (state["totp"], state["recovery_codes"]) == (False, 0)
    assert (await own.http.delete("/api/auth/totp")).status_code == 400
    assert (await own.http.post("/api/auth/recovery-codes")).status_code == 400


async def test_guesses_at_the_second_step_are_slowed_down_whatever_comes_between(own: Console) -> None:
    await _enrol(own)
    own.services.auth._throttle._tries.clear()
    async with httpx.AsyncClient(base_url=own.url) as http:
        body = {"email": EMAIL, "password": PASSWORD}
        answers = []
        for number in range(8):
            # The right password without a code must not give new tries.
            answers.append((await http.post("/api/auth/login", json=body)).status_code)
            answers.append((await http.post("/api/auth/login", json={**body, "otp": f"00000{number}"})).status_code)
    assert answers[-1] == 429
    assert answers.count(401) == 6


async def test_another_encryption_key_never_switches_the_second_step_off(
    mongo_url: str, keys: Keys, settings: Settings
) -> None:
    """S4."""
    async with running_console(mongo_url, settings, keys) as console:
        phone, codes = await _enrol(console)
    other = Keys(keys.jwt_secret, (Fernet.generate_key().decode(),))
    async with running_console(mongo_url, settings, other, sign_in=False) as console:
        assert (await _sign_in(console)).status_code == 401
        refused = await _sign_in(console, phone.code())
        assert (refused.status_code, refused.json()["code"]) == (401, "second_factor_unreadable")
        assert "ENCRYPTION_KEY" in refused.json()["detail"]
        assert "recovery code" in refused.json()["detail"]
        answer = await _sign_in(console, codes[0])
        assert answer.status_code == 200
        headers = {"Authorization": f"Bearer {answer.json()['token']}"}
        assert (await console.http.get("/api/auth/factors", headers=headers)).json()["totp_readable"] is False
    both = Keys(keys.jwt_secret, (*other.encryption_keys, *keys.encryption_keys))
    async with running_console(mongo_url, settings, both, sign_in=False) as console:
        phone.agree_with(console)
        assert (await _sign_in(console, phone.code())).status_code == 200


async def test_a_new_admin_starts_with_nothing_of_the_old_one(mongo_url: str, keys: Keys, settings: Settings) -> None:
    async with running_console(mongo_url, settings, keys) as console:
        token = (await console.http.post("/api/auth/tokens", json={"name": "old"})).json()["token"]
        await _enrol(console)
    async with running_console(mongo_url, settings, keys, sign_in=False, new_admin=True) as console:
        body = {"setup_token": console.services.setup_token, "email": EMAIL, "password": PASSWORD}
        await console.http.post("/api/auth/setup", json=body)
        old = {"Authorization": f"Bearer {token}"}
        assert (await console.http.get("/api/jobs", headers=old)).status_code == 401
        state = (await console.http.get("/api/auth/factors")).json()
        assert (state["totp"], state["recovery_codes"], state["passkeys"]) == (False, 0, 0)
        assert (await _sign_in(console)).status_code == 200
