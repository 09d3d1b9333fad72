"""The views of the API: for the admin only, each under a policy of its own."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from backend.api import docs
from backend.tests.conftest import Console


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "docs").mkdir()
    for name in ("swagger", "redoc", "rapidoc", "scalar"):
        (tmp_path / "docs" / f"{name}.html").write_text('<meta name="csp-nonce" content="__CSP_NONCE__">')
    monkeypatch.setattr(docs, "DIST", tmp_path)
    monkeypatch.setattr("backend.api.pages.DIST", tmp_path)


async def test_each_view_has_a_policy_of_its_own_and_scripts_from_here_only(console: Console, built: None) -> None:
    policies = {}
    for name in ("swagger", "redoc", "rapidoc", "scalar"):
        answer = await console.http.get(f"/docs/{name}")
        assert answer.status_code == 200
        assert "__CSP_NONCE__" not in answer.text
        policies[name] = answer.headers["content-security-policy"]
        assert "default-src 'self'" in policies[name]
        assert "script-src" not in policies[name]
        assert "unsafe-eval" not in policies[name]
    assert "unsafe-inline" not in policies["swagger"]
    assert [name for name, policy in policies.items() if "blob:" in policy] == ["redoc"]
    assert (await console.http.get("/docs/other")).status_code == 404


async def test_a_stranger_is_led_to_the_sign_in_and_a_program_is_told(console: Console, built: None) -> None:
    async with httpx.AsyncClient(base_url=console.url) as stranger:
        page = await stranger.get("/docs/redoc", headers={"Accept": "text/html,*/*;q=0.8"})
        assert (page.status_code, page.headers["location"]) == (303, "/login?to=/docs/redoc")
        assert (await stranger.get("/docs/redoc")).status_code == 401
        # The API answers in JSON whoever asks.
        assert (await stranger.get("/api/openapi.json", headers={"Accept": "text/html"})).status_code == 401
        # Not as a plain file either, where nobody would ask who it is.
        assert "__CSP_NONCE__" not in (await stranger.get("/docs/redoc.html")).text
