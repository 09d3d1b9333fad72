"""The squad as the FPL API shows it."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path

from backend.api.dependencies import Admin, ServicesDep, errors
from backend.api.routing import Router
from backend.models.team import CurrentTeam, Deadline, FoundTeam

router = Router(prefix="/api/team", tags=["team"])


@router.get("/current", summary="The current squad", responses=errors(401, 404, 409, 502))
async def current_team(_: Admin, services: ServicesDep) -> CurrentTeam:
    """When the FPL API fails, the last good answer, marked `stale`; 502 when there is none. It is asked at most every
    two minutes. A 404 has a `code`: the team's number is missing, wrong or unknown, or its squad is not public yet."""
    return await services.team.current()


@router.get("/deadline", summary="The next deadline", responses=errors(401, 502))
async def next_deadline(_: Admin, services: ServicesDep) -> Deadline:
    """Between seasons the first one of the next as soon as FPL lists it; null after the last."""
    return await services.team.deadline()


@router.get("/find/{team_id}", summary="Look a team id up", responses=errors(401, 404, 422, 502))
async def find_team(team_id: Annotated[int, Path(ge=1, le=99_999_999)], _: Admin, services: ServicesDep) -> FoundTeam:
    """Whose team it is, before it is stored as FPL_TEAM_ID."""
    return await services.team.find(team_id)
