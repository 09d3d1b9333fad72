"""No input makes the console stumble: every operation of our own OpenAPI document, with and without a session, good and
bad data, every check that schemathesis has. Whatever routes there are, they are walked."""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
import websockets.exceptions
import websockets.sync.client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from backend import openapi
from backend.api.public import PUBLIC_ROUTES
from backend.tests.airsenal.answers import gameweek_24
from backend.tests.airsenal.fpl_api import StandInFplApi
from backend.tests.conftest import EMAIL, PASSWORD
from backend.tests.console_process import ConsoleProcess

# About a minute in all. More, to look for something: FUZZ_EXAMPLES=1000.
ADDRESSES = itertools.count(1)
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "12"))
# A stranger's: before the 401 all operations run the same code, so what is sent to one is tried at many others too.
REFUSED_EXAMPLES = max(1, EXAMPLES // 3)
SCHEMA: Any = schemathesis.openapi.from_dict(json.loads(openapi.document()))
OPERATIONS = {operation.ok().label: operation.ok() for operation in SCHEMA.get_all_operations()}
# What is right by its type is taken everywhere but here, where it can be wrong by its meaning.
REFUSED_BY_MEANING = {
    "DELETE /api/auth/totp": "it is not on",
    "GET /api/jobs/summary": "not every text is the name of a time zone",
    "POST /api/airsenal/apply/{command}": "there is nothing to send, and nobody to send it as",
    "POST /api/airsenal/database/check": "there is no database yet",
    "POST /api/auth/confirm": "the password is right or wrong; one of two ways must be given",
    "POST /api/auth/email": "not every text is an e-mail address",
    "POST /api/auth/hash-password": "passwords have rules that no pattern can say",
    "POST /api/auth/login": "wrong passwords are slowed down",
    "POST /api/auth/passkeys": "passkeys need a host name, and an authenticator",
    "POST /api/auth/passkeys/challenge": "passkeys need a host name",
    "POST /api/auth/passkeys/registration": "passkeys need a host name",
    "POST /api/auth/passkeys/sign-in": "passkeys need a host name, and an authenticator",
    "POST /api/auth/password": "the present password is right or wrong",
    "POST /api/auth/recovery-codes": "two-step sign-in is not on",
    "POST /api/auth/setup": "the console has an admin, and wrong tokens are slowed down",
    "POST /api/auth/tokens": "names are printable, and there are a hundred tokens at most",
    "POST /api/auth/totp/confirm": "the code is right or wrong",
    "POST /api/jobs": "not every text is a command",
    "POST /api/secrets": "names and values have rules that no pattern can say",
}


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ConsoleProcess]:
    # Without an FPL API a 502 would be right, and here look like a stumble: test_team.py has what happens then.
    with StandInFplApi(gameweek_24()) as fpl:
        process = ConsoleProcess(
            tmp_path_factory.mktemp("fuzz") / "data", MONGO_URL="", LOG_LEVEL="WARNING", TRUSTED_PROXIES="127.0.0.0/8",
            FPL_API_URL=fpl.url,
        )  # fmt: skip
        process.start()
        try:
            yield process
        finally:
            process.stop()


def _signed_in(console: ConsoleProcess) -> dict[str, str]:
    """Some operations end the session they came with, or change the way in."""
    if console.http.get("/api/auth/check").status_code != 200:
        # From elsewhere: what the fuzzing does to the sign-in slows its own address down, as it should.
        elsewhere = {"X-Forwarded-For": f"2001:db8:{next(ADDRESSES):x}::1"}
        answer = console.http.post("/api/auth/login", json={"email": EMAIL, "password": PASSWORD}, headers=elsewhere)
        assert answer.status_code == 200, answer.text
        console.http.headers["Authorization"] = f"Bearer {answer.json()['token']}"
    return {"Authorization": console.http.headers["Authorization"]}


@pytest.mark.parametrize("signed_in", [True, False], ids=["signed in", "stranger"])
@pytest.mark.parametrize("label", sorted(OPERATIONS))
def test_no_input_makes_an_operation_stumble(console: ConsoleProcess, label: str, signed_in: bool) -> None:
    operation = OPERATIONS[label]
    excluded: list[Any] = [positive_data_acceptance] if label in REFUSED_BY_MEANING else []
    modes = [operation.as_strategy(generation_mode=mode) for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)]

    examples = EXAMPLES if signed_in or tuple(label.split()) in PUBLIC_ROUTES else REFUSED_EXAMPLES

    @settings(
        max_examples=examples, derandomize=True, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=st.one_of(modes))
    def walk(case: Any) -> None:
        headers = _signed_in(console) if signed_in else {}
        case.call_and_validate(base_url=str(console.http.base_url), headers=headers, excluded_checks=excluded)

    walk()
    assert "Traceback" not in console.output, console.output[-3000:]


def test_the_list_of_what_may_be_refused_is_up_to_date() -> None:
    assert REFUSED_BY_MEANING.keys() <= OPERATIONS.keys()


def test_odd_requests_are_refused_with_a_clear_4xx(console: ConsoleProcess) -> None:
    with httpx.Client(base_url=console.http.base_url, headers=_signed_in(console)) as http:
        for path, statuses in {
            "/api/jobs/" + "x" * 101: (422,), "/api/jobs/%00": (404, 422), "/api/audit?before=-1": (422,),
            "/api/audit?before=" + "9" * 400: (422,), "/api/jobs?limit=1e3": (422,),
            "/api/jobs?before=%F0%9F": (404, 422),
            "/api/commands/" + "%2e%2e%2f" * 5: (404, 422), "/api/audit?since=0001-01-01T00:00:00%2B14:00": (200, 422),
            "/api/audit?text=%5B%2A%28": (200,), "/api/audit?kind=%24ne": (200,),
        }.items():  # fmt: skip
            assert http.get(path).status_code in statuses, path
        for body in (b"null", b"[1]", b'"x"', b"{", b'{"command": 5}', b"\xff\xfe", b"[" * 100_000, b'{"a": NaN}'):
            answer = http.post("/api/jobs", content=body, headers={"Content-Type": "application/json"})
            assert answer.status_code == 422, body[:20]
        wrong_type = http.post("/api/secrets", json={"key": {"$ne": ""}, "value": "operator injection"})
        assert wrong_type.status_code == 422
        for loose in ({"priority": "5"}, {"priority": True}, {"priority": 1.0}):
            wrong = {"command": "say", "parameters": {}, **loose}
            assert http.post("/api/jobs", json=wrong).status_code == 422, loose
        job = console.submit("say")["id"]
        for pinned in ("true", 1, "on"):
            assert http.post(f"/api/jobs/{job}/pin", json={"pinned": pinned}).status_code == 422, pinned
    assert "Traceback" not in console.output


def test_no_frame_makes_a_socket_stumble(console: ConsoleProcess) -> None:
    job = console.submit("count", lines=1000, pause=0.05)["id"]
    address = f"{str(console.http.base_url).replace('http', 'ws', 1)}/ws/jobs/{job}"
    header = _signed_in(console)
    frames: list[Any] = [
        "", "{", "null", "[]", '"ack"', '{"type": "ack"}', '{"type": "ack", "offset": -1}', '{"type": 5}', "\0",
        '{"type": "ack", "offset": 1e400}', '{"type": "ack", "offset": "9"}', '{"type": "ack", "offset": NaN}',
        '{"type": "ack", "offset": ' + "9" * 500 + "}", "[" * 5000, b"\xff\x00", "ping" * 100, '{"a": "\\ud800"}',
    ]  # fmt: skip
    for style in ("line", "batch", "binary"):
        with websockets.sync.client.connect(f"{address}?format={style}", additional_headers=header) as socket:
            for frame in frames:
                socket.send(frame)
            socket.send("ping")
            while socket.recv(timeout=20) != "pong":
                pass
    with (
        websockets.sync.client.connect(address, additional_headers=header) as socket,
        pytest.raises(websockets.exceptions.ConnectionClosed),
    ):
        socket.send("x" * 5_000_000)
        while True:
            socket.recv(timeout=20)
    for odd in ("?format=none", "?format=binary&from=" + "9" * 300, "?from=%00", "?token=" + "x" * 20_000, "?ticket="):
        try:
            with websockets.sync.client.connect(address + odd, additional_headers=header) as socket:
                socket.recv(timeout=20)
        except (websockets.exceptions.ConnectionClosed, websockets.exceptions.InvalidStatus):
            pass
    assert console.job(job)["status"] == "running"
    console.http.post(f"/api/jobs/{job}/cancel", headers=header)
    assert "Traceback" not in console.output, console.output[-3000:]
