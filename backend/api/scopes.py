"""What an API token needs for each route, decided here and nowhere else. A route without a rule needs `admin`."""

from __future__ import annotations

from typing import Literal

Level = Literal["read", "run", "admin", "session"]
_ORDER: tuple[Level, ...] = ("read", "run", "admin", "session")

# `session`: not for API tokens at all. Everything about signing in is: a leaked token must not make itself at home.
RULES: dict[tuple[str, str], Level] = {
    ("GET", "/api/auth/check"): "read",
    ("POST", "/api/auth/ws-ticket"): "read",
    ("POST", "/api/auth/hash-password"): "admin",
    ("GET", "/api/commands"): "read",
    ("GET", "/api/commands/problems"): "read",
    ("GET", "/api/commands/{command_id}"): "read",
    ("POST", "/api/commands/{command_id}/preview"): "read",
    ("GET", "/api/jobs"): "read",
    ("GET", "/api/jobs/summary"): "read",
    ("GET", "/api/jobs/{job_id}"): "read",
    ("GET", "/api/jobs/{job_id}/log/times"): "read",
    ("GET", "/api/jobs/{job_id}/output"): "read",
    ("GET", "/api/jobs/{job_id}/log"): "read",
    ("GET", "/api/jobs/{job_id}/log/download"): "read",
    ("GET", "/api/jobs/{job_id}/log/raw"): "read",
    ("POST", "/api/jobs"): "run",
    ("POST", "/api/jobs/{job_id}/cancel"): "run",
    ("GET", "/api/openapi.json"): "read",
    ("GET", "/api/queue"): "read",
    ("GET", "/api/settings/retention"): "read",
    ("GET", "/api/reports/latest"): "read",
    ("GET", "/api/reports/newest"): "read",
    ("GET", "/api/reports"): "read",
    ("GET", "/api/reports/compare"): "read",
    ("GET", "/api/reports/{report_id}"): "read",
    ("GET", "/api/reports/{report_id}/played"): "read",
    ("GET", "/api/reports/{report_id}/players.csv"): "read",
    ("GET", "/api/team/current"): "read",
    ("GET", "/api/team/deadline"): "read",
    ("GET", "/api/team/find/{team_id}"): "read",
    ("GET", "/api/airsenal/status"): "read",
    ("GET", "/api/airsenal/database"): "read",
    ("GET", "/api/airsenal/database/copies/{copy_id}"): "read",
    ("GET", "/api/airsenal/search-cost"): "read",
    ("GET", "/api/airsenal/apply/{command}"): "read",
}


def needed(method: str, path: str) -> Level:
    """`path` is the route's pattern, such as `/api/jobs/{job_id}`."""
    return RULES.get((method, path)) or ("session" if path.startswith("/api/auth/") else "admin")


def allows(scope: Level, level: Level) -> bool:
    return _ORDER.index(scope) >= _ORDER.index(level)
