"""The edge: limits, headers, errors of one shape, probes, pages, and what the log says."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from backend import web_server
from backend.auth.cookies import cookie_name
from backend.config.keys import Keys
from backend.errors import StartError
from backend.middleware.context import TrustedProxies
from backend.tests.conftest import EMAIL, Console, running_console, test_settings
from backend.utils.logging import configure_logging


@pytest.fixture(scope="module")
async def strict(mongo_url: str, keys: Keys, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Console]:
    """With a low rate limit, one allowed origin and a proxy on this machine."""
    settings = test_settings(
        tmp_path_factory.mktemp("strict"), rate_limit_enabled=True, rate_limit_per_minute=20,
        cors_origins=["https://friend.example"], trusted_proxies=["127.0.0.0/8"],
    )  # fmt: skip
    async with running_console(mongo_url, settings, keys) as console:
        yield console


async def test_too_many_requests_are_429_with_a_time_and_probes_are_exempt(strict: Console) -> None:
    async with httpx.AsyncClient(base_url=strict.url, headers={"X-Forwarded-For": "203.0.113.5"}) as http:
        answers = [await http.get("/api/auth/setup") for _ in range(25)]
        assert answers[0].status_code == 200
        assert answers[-1].status_code == 429
        assert int(answers[-1].headers["retry-after"]) >= 1
        assert "Try again in" in answers[-1].json()["detail"]
        assert all([(await http.get("/api/health")).status_code == 200 for _ in range(30)])
        # Made-up tokens do not open a bucket of their own.
        made_up = await http.get("/api/auth/setup", headers={"Authorization": "Bearer made-up"})
        assert made_up.status_code == 429
        with pytest.raises(InvalidStatus) as refused:
            await connect(f"{strict.ws}/ws/events", additional_headers=dict(http.headers))
        assert refused.value.response.status_code == 429
        elsewhere = await http.get("/api/auth/setup", headers={"X-Forwarded-For": "203.0.113.6"})
        assert elsewhere.status_code == 200


def test_addresses_are_believed_from_listed_proxies_only() -> None:
    """A15."""
    from starlette.datastructures import Headers

    proxies = TrustedProxies(["10.0.0.0/8"])
    forwarded = Headers({"x-forwarded-for": "6.6.6.6, 203.0.113.5, 10.1.1.1"})
    assert proxies.client("10.2.2.2", forwarded) == "203.0.113.5"
    assert proxies.client("198.51.100.1", forwarded) == "198.51.100.1"
    assert proxies.client("10.2.2.2", Headers({})) == "10.2.2.2"
    lines = Headers(raw=[(b"x-forwarded-for", b"6.6.6.6"), (b"x-forwarded-for", b"203.0.113.5, 10.1.1.1")])
    assert proxies.client("10.2.2.2", lines) == "203.0.113.5"
    assert proxies.client("10.2.2.2", Headers({"x-forwarded-for": "6.6.6.6, made-up, 10.1.1.1"})) == "10.1.1.1"
    assert proxies.client("10.2.2.2", Headers({"x-forwarded-for": "6.6.6.6, made-up"})) == "10.2.2.2"


async def test_other_origins_are_allowed_by_list_only(strict: Console) -> None:
    ask = {"Access-Control-Request-Method": "GET", "X-Forwarded-For": "203.0.113.7"}
    friend = await strict.http.options("/api/jobs", headers={**ask, "Origin": "https://friend.example"})
    assert friend.headers["access-control-allow-origin"] == "https://friend.example"
    stranger = await strict.http.options("/api/jobs", headers={**ask, "Origin": "https://evil.example"})
    assert "access-control-allow-origin" not in stranger.headers


async def test_every_answer_carries_an_id_and_safe_headers(console: Console) -> None:
    given = await console.http.get("/api/health", headers={"X-Request-ID": "my-id.1"})
    assert given.headers["x-request-id"] == "my-id.1"
    for bad in ("x" * 65, "two words", "<script>"):
        made = await console.http.get("/api/health", headers={"X-Request-ID": bad})
        assert len(made.headers["x-request-id"]) == 36
    assert given.headers["x-content-type-options"] == "nosniff"
    assert given.headers["content-security-policy"].startswith("default-src 'none'")
    assert given.headers["cache-control"] == "no-store"


async def test_errors_have_one_shape(console: Console) -> None:
    for method, path, body, status in [
        ("GET", "/api/nowhere", None, 404), ("PUT", "/api/jobs", b"{}", 405), ("POST", "/api/jobs", b"{", 422),
        ("POST", "/api/jobs", b"[]", 422), ("POST", "/api/jobs", b"x" * 1_100_000, 413),
        ("GET", "/api/jobs", None, 401),
    ]:  # fmt: skip
        headers = {"Content-Type": "application/json"}
        if status == 401:
            headers["Authorization"] = "Bearer nonsense"
        answer = await console.http.request(method, path, content=body, headers=headers)
        assert answer.status_code == status, (method, path)
        assert isinstance(answer.json()["detail"], str)
        assert set(answer.json()) <= {"detail", "errors", "request_id"}


async def test_a_body_without_a_length_is_bounded_too(console: Console) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(30):
            yield b"x" * 65536

    answer = await console.http.post("/api/jobs", content=endless())
    assert answer.status_code == 413


async def test_a_crash_is_a_500_with_the_id_that_finds_it_in_the_log(
    console: Console, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret detail of the inside")

    monkeypatch.setattr(console.services.history, "page", broken)
    answer = await console.http.get("/api/jobs")
    assert answer.status_code == 500
    assert answer.json()["request_id"] == answer.headers["x-request-id"]
    assert "inside" not in answer.text
    said = "".join(capsys.readouterr()) + caplog.text  # where it goes depends on the tests before this one
    failed = [line for line in said.splitlines() if "request failed" in line]
    assert any(answer.headers["x-request-id"] in line for line in failed), said


async def test_probes(console: Console) -> None:
    async with httpx.AsyncClient(base_url=console.url) as nobody:
        assert (await nobody.get("/api/health")).json()["status"] == "ok"
        assert (await nobody.get("/api")).json()["message"]
        assert (await nobody.get("/api/")).json()["message"]
        ready = await nobody.get("/api/health/ready")
        assert ready.status_code == 200
        assert {name for name, check in ready.json()["checks"].items() if check["ok"]} == {"database", "queue", "disk"}
        console.services.jobs.queue.recovery.last_beat -= 3600
        red = await nobody.get("/api/health/ready")
        assert red.status_code == 503
        assert red.json()["checks"]["queue"]["ok"] is False
        console.services.jobs.queue.recovery.last_beat += 3600


async def test_the_page_has_a_fresh_nonce_and_files_never_leave_their_folder(
    console: Console, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from backend.api import pages

    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text('<meta name="csp-nonce" content="__CSP_NONCE__">')
    (tmp_path / "assets" / "app-1a2b.js").write_text("1")
    (tmp_path / "assets" / "app-1a2b.js.br").write_bytes(b"packed")
    (tmp_path.parent / "outside.txt").write_text("outside")
    monkeypatch.setattr(pages, "DIST", tmp_path)
    async with httpx.AsyncClient(base_url=console.url) as browser:
        first, second = await browser.get("/"), await browser.get("/jobs/anything")
        assert "__CSP_NONCE__" not in first.text
        assert first.text != second.text
        nonce = first.text.split('content="')[1].split('"')[0]
        policy = first.headers["content-security-policy"]
        assert f"'nonce-{nonce}'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert first.headers["cache-control"] == "no-store"
        packed = await browser.get("/assets/app-1a2b.js", headers={"Accept-Encoding": "br"})
        assert packed.headers["content-encoding"] == "br"
        assert "immutable" in packed.headers["cache-control"]
        assert packed.headers["content-type"].startswith("text/javascript")
        assert (await browser.get("/assets/gone-9.js")).status_code == 404
        for path in ("/../outside.txt", "/%2e%2e/outside.txt", "/assets/..%2f..%2foutside.txt", "//etc/passwd"):
            assert "outside" not in (await browser.get(path)).text
        monkeypatch.setattr(pages, "DIST", tmp_path / "nothing")
        assert (await browser.get("/")).status_code == 503


def test_secrets_do_not_reach_the_log(capfd: pytest.CaptureFixture[str]) -> None:
    import structlog

    root = logging.getLogger()
    before = root.handlers[:], root.level
    try:
        configure_logging("INFO", "json")
        structlog.get_logger("test").info(
            "event", password="hunter2", path="/ws?token=abc.def.ghi", url="mongodb://user:pass@host", fine="kept\nline"
        )  # fmt: skip
        logging.getLogger("library").warning("with a %s", "value")
        lines = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    finally:
        root.handlers[:], root.level = before
        structlog.reset_defaults()
    assert lines[0]["password"] == "***"
    assert "abc.def" not in lines[0]["path"]
    assert "pass@" not in lines[0]["url"]
    assert lines[0]["fine"] == "kept\nline"
    assert lines[1]["event"] == "with a value"


async def test_the_catalogue_and_its_problems(console: Console) -> None:
    commands = {row["id"]: row for row in (await console.http.get("/api/commands")).json()}
    assert {"setup_db", "update_db", "predict", "optimize", "pipeline", "system_watch", "say"} <= set(commands)
    assert commands["predict"]["available"] is False
    assert commands["predict"]["unavailable_reason"]
    assert (await console.http.get("/api/commands/problems")).json() == []
    assert (await console.http.get("/api/commands/say")).json()["parameters"][0]["name"] == "text"
    preview = await console.http.post("/api/commands/say/preview", json={"parameters": {"text": "a b"}})
    assert preview.json()["argv"][-1] == "text=a b"
    wrong = await console.http.post("/api/commands/say/preview", json={"parameters": {"text": 5}})
    assert wrong.json()["errors"][0]["field"] == "parameters.text"


async def test_reports_and_team_are_empty_so_far(console: Console) -> None:
    assert (await console.http.get("/api/reports/latest")).json() == {"prediction": None, "optimisation": None}
    team = await console.http.get("/api/team/current")
    assert team.status_code == 404
    assert team.json()["detail"] == "FPL team ID not configured"


async def test_the_openapi_document_is_for_the_admin(console: Console) -> None:
    assert (await console.http.get("/api/openapi.json")).json()["info"]["title"] == "AIrsenal Ops Console"
    async with httpx.AsyncClient(base_url=console.url) as nobody:
        assert (await nobody.get("/api/openapi.json")).status_code == 401


async def test_far_fetched_input_is_refused_not_a_crash(console: Console) -> None:
    async with httpx.AsyncClient(base_url=console.url) as nobody:
        for path in ("x" * 300, "assets/" + "x" * 300, "a%00b", "%ed%a0%80"):
            assert (await nobody.get("/" + path)).status_code in (200, 404, 503)
    job = await console.run("say", text="hello")
    for path, number in [("log", 2**63), ("log", -(2**63)), ("log/raw", 2**63)]:
        answer = await console.http.get(f"/api/jobs/{job['id']}/{path}", params={"from": number})
        assert answer.status_code == 422, (path, number)
    named = await console.http.post("/api/jobs", content=b'{"command": "say", "parameters": {"\\ud800": 1}}',
                                    headers={"Content-Type": "application/json"})  # fmt: skip
    assert named.status_code == 422
    assert named.json()["errors"][0]["field"] == "parameters.\\ud800"
    for start in ("--5", "-", "5-", "9" * 16):
        async with connect(f"{console.ws}/ws/jobs/{job['id']}?token={console.token}&format=batch&from={start}") as ws:
            assert "hello" in "".join([str(message) async for message in ws])
            assert ws.close_code == 1000


async def test_no_request_takes_long_to_read(console: Console) -> None:
    """Everybody waits while a head is read. In a Python before 3.11.10 and 3.12.6 the first took half a minute."""
    heads = [("/", {"Cookie": f'a="{chr(92) * 60_000}"'}), ("/" + "a/" * 28_000, {})]
    async with httpx.AsyncClient(base_url=console.url, timeout=10) as nobody:
        for path, headers in heads:
            began = time.process_time()  # console and test are one process; other programs do not count
            assert (await nobody.get(path, headers=headers)).status_code in (200, 503)
            assert time.process_time() - began < 2
        many = b"{" + b",".join(b'"a%d":1' % number for number in range(80_000)) + b"}"
        refused = await nobody.post("/api/auth/login", content=many, headers={"Content-Type": "application/json"})
        assert (refused.status_code, refused.json()["detail"]) == (422, "body: must have at most 50 fields")
        name = cookie_name(False, httpx.URL(console.url).netloc.decode())
        kept = {"Cookie": f'other="{chr(92)}"x"; {name}={console.token}'}
        assert (await nobody.get("/api/auth/check", headers=kept)).status_code == 200


async def test_a_name_that_points_here_is_no_way_in_unless_it_is_ours(
    mongo_url: str, keys: Keys, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """DNS rebinding: for the browser the other site's page is our own origin then."""
    local = test_settings(tmp_path_factory.mktemp("local"), passkey_hosts=["ops.example.org"])
    async with running_console(mongo_url, local, keys) as console:

        async def ask(path: str, host: str, method: str = "GET") -> int:
            headers = {"Host": host, "Origin": f"http://{host}", "Sec-Fetch-Site": "same-origin"}
            body = {"email": EMAIL, "password": "a guess"} if method == "POST" else None
            return (await console.http.request(method, path, headers=headers, json=body)).status_code

        evil, port = "evil.example:8001", httpx.URL(console.url).port
        for path in ("/", "/api/health", "/api/jobs", "/api/auth/setup", "/setup"):
            assert await ask(path, evil) == 421, path
        assert await ask("/api/auth/login", evil, "POST") == 421, "it cannot guess, nor make the admin wait"
        for host in (f"127.0.0.1:{port}", f"localhost:{port}", "nas.local", "ops.example.org", "OPS.example.org:443"):
            assert await ask("/api/jobs", host) == 200, host
        answer = await console.http.get("/api/jobs", headers={"Host": evil})
        assert "ALLOWED_HOSTS" in answer.json()["detail"]
        with pytest.raises(InvalidStatus):
            await connect(f"ws://{evil}/ws/events?token={console.token}", host="127.0.0.1", port=port)
        rows = (await console.http.get("/api/audit", params={"kind": "auth.request_refused"})).json()
        assert [row["text"] for row in rows] == ["Request refused: a name that is not the console's."]
    # A listed proxy decides by itself what it passes on, unless the names are listed too.
    proxied = test_settings(tmp_path_factory.mktemp("proxied"), trusted_proxies=["127.0.0.0/8"])
    listed = test_settings(
        tmp_path_factory.mktemp("listed"), trusted_proxies=["127.0.0.0/8"], allowed_hosts=["Ours.example.org"]
    )
    for settings, status in ((proxied, 200), (listed, 421)):
        async with running_console(mongo_url, settings, keys, sign_in=False) as console:
            for host, wanted in (("ours.example.org", 200), ("any.example.org", status), ("localhost", 200)):
                assert (await console.http.get("/api/health", headers={"Host": host})).status_code == wanted, host


async def test_a_connection_that_sends_no_request_is_closed(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a few hundred of them use up the descriptors, and nobody else gets in."""
    monkeypatch.setattr(web_server, "HEAD_SECONDS", 0.2)
    port = httpx.URL(console.url).port

    async def slow_head(writer: asyncio.StreamWriter) -> None:
        writer.write(b"GET /api/health HTTP/1.1\r\nX-Endless: ")
        await writer.drain()

    async with asyncio.timeout(10):
        idle, idle_writer = await asyncio.open_connection("127.0.0.1", port)
        assert await idle.read() == b""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(2):
            writer.write(b"GET /api/health HTTP/1.1\r\nHost: console\r\n\r\n")
            assert b" 200 " in await reader.readline()
            while (await reader.readline()).strip():
                pass
            await asyncio.sleep(0.5)
        await reader.read(65536)
        await slow_head(writer)
        assert await reader.read() == b""
    for opened in (idle_writer, writer):
        opened.close()


@pytest.mark.skipif(sys.platform != "linux", reason="not possible here: this system has no prctl")
@pytest.mark.skipif(os.geteuid() == 0, reason="not possible here: root may read every process")
def test_jobs_cannot_read_the_consoles_environment() -> None:
    code = "from backend.__main__ import hide_environment; hide_environment(); print(flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as console:
        assert console.stdin is not None
        assert console.stdout is not None
        console.stdout.readline()
        with pytest.raises(PermissionError):
            Path(f"/proc/{console.pid}/environ").read_bytes()
        console.stdin.write(b"\n")


def test_a_job_that_crashes_leaves_no_picture_of_its_memory() -> None:
    code = (
        "import resource; from backend.__main__ import write_no_cores\n"
        "resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)\n"
        "write_no_cores(); print(resource.getrlimit(resource.RLIMIT_CORE)[0])"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "0\n"


def test_the_limit_of_open_files_is_raised() -> None:
    code = (
        "import resource; from backend.__main__ import raise_open_files\n"
        "hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (64, hard))\n"
        "raise_open_files(); print(*resource.getrlimit(resource.RLIMIT_NOFILE))"
    )
    soft, hard = map(int, subprocess.check_output([sys.executable, "-c", code], text=True).split())
    assert soft == (min(hard, 65_536) if hard > 0 else 65_536)


async def test_a_folder_that_cannot_be_made_is_one_sentence(mongo_url: str, keys: Keys, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    settings = test_settings(tmp_path, local_db_path=tmp_path / "file" / "data.db")
    with pytest.raises(StartError, match="LOCAL_DB_PATH"):
        async with running_console(mongo_url, settings, keys, sign_in=False):
            pass
