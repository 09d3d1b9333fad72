"""Every route that answers without a signed-in admin. A test holds all other routes to need one."""

from __future__ import annotations

PUBLIC_ROUTES: frozenset[tuple[str, str]] = frozenset(
    {
        ("POST", "/api/auth/login"),
        ("GET", "/api/auth/setup"),
        ("POST", "/api/auth/setup"),
        ("POST", "/api/auth/passkeys/challenge"),
        ("POST", "/api/auth/passkeys/sign-in"),
        ("GET", "/api"),
        ("GET", "/api/"),
        ("GET", "/api/health"),
        ("GET", "/api/health/ready"),
        # The page itself: no data in it. What it shows comes through the routes above and below.
        ("GET", "/{path:path}"),
    }
)
# They authenticate on their own, since a WebSocket is closed with a code, not answered with a status.
SELF_AUTHENTICATING = frozenset({"/ws/jobs/{job_id}", "/ws/events"})
