"""What each scope of an API token opens, read off every route there is."""

from __future__ import annotations

from backend.api.public import PUBLIC_ROUTES
from backend.api.scopes import RULES, allows, needed
from backend.tests.unit.test_routes import _app, _routes

# Changes nothing: a socket's ticket, and the words a command would be started with.
HARMLESS_POSTS = {("POST", "/api/auth/ws-ticket"), ("POST", "/api/commands/{command_id}/preview")}
MAY_RUN = {("POST", "/api/jobs"), ("POST", "/api/jobs/{job_id}/cancel")}


def test_read_writes_nothing_run_starts_and_cancels_and_the_rest_is_admin() -> None:
    protected = {(method, route.path) for method, route in _routes(_app())} - PUBLIC_ROUTES
    assert RULES.keys() <= protected, "a rule for a route that is not there"
    for method, path in protected:
        level = needed(method, path)
        if (method, path) in MAY_RUN:
            assert level == "run", f"{method} {path}"
        elif method != "GET" and (method, path) not in HARMLESS_POSTS:
            assert level in ("admin", "session"), f"{method} {path}"
        assert not (path.startswith("/api/secrets") and level == "read"), "which secrets exist is not for reading along"


def test_nothing_about_signing_in_is_for_tokens() -> None:
    open_to_tokens = {path for method, path in RULES if path.startswith("/api/auth/")}
    assert open_to_tokens == {"/api/auth/check", "/api/auth/ws-ticket", "/api/auth/hash-password"}
    for path in ("/api/auth/tokens", "/api/auth/totp", "/api/auth/password", "/api/auth/anything-new"):
        assert needed("POST", path) == "session"
        assert not allows("admin", "session")


def test_a_route_nobody_thought_of_needs_admin() -> None:
    assert needed("GET", "/api/something/new") == "admin"
    assert needed("PUT", "/api/jobs") == "admin"
    assert allows("admin", "run")
    assert allows("run", "read")
    assert not allows("run", "admin")
    assert not allows("read", "run")
