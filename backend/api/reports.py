"""The newest parsed results."""

from __future__ import annotations

from fastapi import APIRouter

from backend.api.dependencies import Admin, ServicesDep, errors
from backend.models.api import Reports

router = APIRouter(prefix="/api/reports", tags=["reports"])


@router.get("/latest", summary="Newest reports", responses=errors(401))
async def latest_reports(_: Admin, services: ServicesDep) -> Reports:
    """The newest prediction and optimisation; null where there is none yet."""
    return Reports(
        prediction=await services.jobs.newest_output("prediction"),
        optimisation=await services.jobs.newest_output("optimisation"),
    )
