"""A12, A14: every route there is carries the safe headers, whatever it answers."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import httpx
import pytest

from backend import openapi
from backend.config.keys import Keys
from backend.tests.conftest import Console, running_console, test_settings

DOCUMENT = json.loads(openapi.document())
ROUTES = [
    (method.upper(), path.replace("{", "").replace("}", ""))
    for path, operations in DOCUMENT["paths"].items()
    for method in operations
]
OTHERS = [
    ("GET", "/"), ("GET", "/favicon.svg"), ("GET", "/theme.js"), ("GET", "/jobs/x"), ("GET", "/assets/none.js"),
    ("GET", "/api/none"), ("PUT", "/api/jobs"), ("OPTIONS", "/api/jobs"), ("GET", "/api/openapi.json"), ("HEAD", "/"),
]  # fmt: skip
# Ends the session that the walk is made with.
LEFT_OUT = {("POST", "/api/auth/logout")}


@pytest.fixture(scope="module")
async def proxied(mongo_url: str, keys: Keys, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Console]:
    settings = test_settings(tmp_path_factory.mktemp("proxied"), trusted_proxies=["127.0.0.0/8"])
    async with running_console(mongo_url, settings, keys) as console:
        yield console


@pytest.mark.parametrize("signed_in", [True, False], ids=["signed in", "stranger"])
async def test_every_route_carries_the_safe_headers(proxied: Console, signed_in: bool) -> None:
    async with httpx.AsyncClient(base_url=proxied.url) as stranger:
        http = proxied.http if signed_in else stranger
        for method, path in ROUTES + OTHERS:
            if signed_in and (method, path) in LEFT_OUT:
                continue
            answer = await http.request(method, path)
            where = f"{method} {path} → {answer.status_code}"
            headers = answer.headers
            assert headers["x-content-type-options"] == "nosniff", where
            assert headers["referrer-policy"] in ("same-origin", "no-referrer"), where
            assert headers["cross-origin-opener-policy"] == "same-origin", where
            assert headers["cross-origin-resource-policy"] == "same-origin", where
            assert "camera=()" in headers["permissions-policy"], where
            assert headers["x-request-id"], where
            policy = headers["content-security-policy"]
            assert "unsafe-inline" not in policy, where
            assert "unsafe-eval" not in policy, where
            for none in ("base-uri", "object-src", "frame-ancestors"):
                assert f"{none} 'none'" in policy, where
            if path.startswith("/api"):
                assert headers["cache-control"] == "no-store", where
                assert "html" not in headers.get("content-type", ""), where
            for told in ("server", "x-powered-by", "access-control-allow-origin", "strict-transport-security"):
                assert told not in headers, where


async def test_hsts_is_said_behind_https_only(proxied: Console) -> None:
    behind = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}
    for path in ("/", "/api/health", "/api/jobs", "/api/none"):
        said = (await proxied.http.get(path, headers=behind)).headers["strict-transport-security"]
        assert int(said.split("max-age=")[1].split(";")[0]) >= 365 * 24 * 3600


async def test_hsts_is_not_said_on_the_word_of_a_stranger(console: Console) -> None:
    answer = await console.http.get("/api/health", headers={"X-Forwarded-Proto": "https"})
    assert "strict-transport-security" not in answer.headers


async def test_what_a_job_prints_is_never_a_page(console: Console) -> None:
    """A12: not even when somebody opens its address."""
    job = await console.run("say", text="<script>alert(1)</script>")
    for path, kind in {
        "log/download": "text/plain", "log/raw": "application/octet-stream", "log": "application/json",
        "output": "application/json", "": "application/json",
    }.items():  # fmt: skip
        answer = await console.http.get(f"/api/jobs/{job['id']}/{path}".rstrip("/"), headers={"Accept": "text/html"})
        assert answer.headers["content-type"].startswith(kind), path
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert answer.headers["x-content-type-options"] == "nosniff"
    download = await console.http.get(f"/api/jobs/{job['id']}/log/download")
    assert download.headers["content-disposition"].startswith("attachment")
