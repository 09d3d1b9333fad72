"""The edge: limits, headers, errors of one shape, probes, pages, and what the log says."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from backend.config.keys import Keys
from backend.middleware.context import TrustedProxies
from backend.tests.conftest import Console, running_console, test_settings
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
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(**_: object) -> None:
        raise RuntimeError("secret detail of the inside")

    monkeypatch.setattr(console.services.jobs, "newest", broken)
    answer = await console.http.get("/api/jobs")
    assert answer.status_code == 500
    assert answer.json()["request_id"] == answer.headers["x-request-id"]
    assert "inside" not in answer.text


async def test_probes(console: Console) -> None:
    async with httpx.AsyncClient(base_url=console.url) as nobody:
        assert (await nobody.get("/api/health")).json()["status"] == "ok"
        assert (await nobody.get("/api")).json()["message"]
        assert (await nobody.get("/api/")).json()["message"]
        ready = await nobody.get("/api/health/ready")
        assert ready.status_code == 200
        assert {name for name, check in ready.json()["checks"].items() if check["ok"]} == {"database", "queue", "disk"}
        console.services.jobs.queue.last_beat -= 3600
        red = await nobody.get("/api/health/ready")
        assert red.status_code == 503
        assert red.json()["checks"]["queue"]["ok"] is False
        console.services.jobs.queue.last_beat += 3600


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
