"""Settings that the pages show."""

from __future__ import annotations

from backend.api.dependencies import Admin, ServicesDep, errors
from backend.api.routing import Router
from backend.models.history import LogRetention

router = Router(prefix="/api/settings", tags=["settings"])


@router.get("/retention", summary="How long logs are kept", responses=errors(401))
async def log_retention(_: Admin, services: ServicesDep) -> LogRetention:
    """The environment variables of the same names, in capitals, set these."""
    return LogRetention.model_validate(services.settings, from_attributes=True)
