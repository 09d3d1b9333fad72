"""Probes. No authentication, no rate limit."""

from __future__ import annotations

import platform
import sys

from fastapi import Response

from backend import __version__
from backend.api.dependencies import ServicesDep
from backend.api.routing import Router
from backend.models.api import Health, Readiness, Welcome

router = Router(prefix="/api", tags=["health"])


@router.get("/health", summary="Is the process alive")
async def health() -> Health:
    """Liveness: no database call."""
    return Health(
        python_version=platform.python_version(),
        python_version_valid=sys.version_info >= (3, 11),
        version=__version__,
    )


@router.get(
    "/health/ready",
    summary="Can it do its work",
    responses={503: {"model": Readiness, "description": "Something failed; `checks` names it."}},
)
async def ready(response: Response, services: ServicesDep) -> Readiness:
    """200 only when the database answers, the queue beats and the disk has room."""
    checks = await services.readiness()
    ok = all(check.ok for check in checks.values())
    response.status_code = 200 if ok else 503
    return Readiness(status="ok" if ok else "unavailable", checks=checks)


@router.get("", include_in_schema=False)
@router.get("/", summary="What this is")
async def welcome() -> Welcome:
    return Welcome(message="AIrsenal Ops Console API", version=__version__)
